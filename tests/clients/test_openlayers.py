"""OpenLayers, with ol-mapbox-style, shows what the API says."""

import json

import pytest

from mapsvc.web import style_urls
from tests.clients.test_maplibre import SQUARE, own_style
from tests.clients.views import CALIFORNIA, POMONA, misdrawn, near


@pytest.mark.parametrize(("service", "view"), [("state", CALIFORNIA), ("pomona", POMONA)])
def test_the_tilejson_is_enough_for_a_map(request, opened, service, view):
    service = request.getfixturevalue(service)
    page = opened(
        "openlayers",
        style=json.dumps(own_style(service, view)),
        center=json.dumps(view.center),
        zoom=view.zoom,
    )
    everywhere = view.places(service)
    places, colours = view.roomy(everywhere, 4), view.colours(service)
    assert len(places) > len(everywhere) / 2
    spots = [place.spot[:2] for place in places]
    for place, square in zip(
        places, page.evaluate("p => client.squares(p, 2)", spots), strict=True
    ):
        expected = colours[place.properties["class"]] if "class" in place.properties else "#ff00ff"
        assert all(near(pixel, expected) for pixel in square), place.properties["name"]
    for place, found in zip(places, page.evaluate("p => client.rendered(p)", spots), strict=True):
        shown = [{**feature["properties"]} for feature in found]
        # OpenLayers adds from which layer of the tile a feature is.
        assert [each.pop("mvt:layer") for each in shown] == [view.layer]
        assert shown == [place.properties]


@pytest.mark.parametrize(("service", "view"), [("state", CALIFORNIA), ("pomona", POMONA)])
def test_the_style_gives_classes_their_colours_and_gaps_their_hatch(request, opened, service, view):
    service = request.getfixturevalue(service)
    address = style_urls.style_url(view.layer, view.indicator, view.period, view.group)
    colours, blank = view.styled(service)
    page = opened(
        "openlayers",
        style=service.base + address,
        center=json.dumps(view.center),
        zoom=view.zoom,
    )
    places = view.roomy(view.places(service), SQUARE)
    assert {place.properties["status"] for place in places} == {"ok", "not_reported"}
    spots = [place.spot[:2] for place in places]
    squares = page.evaluate("([p, n]) => client.squares(p, n)", [spots, SQUARE])
    assert list(misdrawn(places, squares, colours, blank)) == []
