"""MapLibre GL JS shows what the API says, from the TileJSON alone and from the style."""

import json

import pytest

from mapsvc.web import style_urls, urls
from tests.clients.views import CALIFORNIA, POMONA, misdrawn, near

SQUARE = 16
"""Pixels: two turns of a hatch."""


def own_style(service, view):
    """A style that knows no more than the TileJSON and the colours."""
    colours = view.colours(service)
    steps = [part for pair in enumerate(colours) for part in pair]
    return {
        "version": 8,
        "sources": {
            "places": {
                "type": "vector",
                "url": service.base
                + urls.tilejson_url(view.layer, view.indicator, view.period, view.group),
                "promoteId": "id",
            }
        },
        "layers": [
            {
                "id": "areas",
                "type": "fill",
                "source": "places",
                "source-layer": view.layer,
                "paint": {
                    "fill-color": ["match", ["get", "class"], *steps, "#ff00ff"],
                    "fill-antialias": False,
                },
            }
        ],
    }


@pytest.mark.parametrize(("service", "view"), [("state", CALIFORNIA), ("pomona", POMONA)])
def test_the_tilejson_is_enough_for_a_map(request, opened, service, view):
    service = request.getfixturevalue(service)
    page = opened(
        "maplibre",
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
        assert found == [{"id": place.id, "properties": place.properties}]
    known = page.evaluate("([s, l]) => client.known(s, l)", ["places", view.layer])
    assert {feature["id"] for feature in known} == {place.id for place in everywhere}
    described = service.json(urls.tilejson_url(view.layer, view.indicator, view.period))
    assert described["attribution"] in page.evaluate("client.attribution()")


@pytest.mark.parametrize(("service", "view"), [("state", CALIFORNIA), ("pomona", POMONA)])
def test_the_style_gives_classes_their_colours_and_gaps_their_hatch(request, opened, service, view):
    service = request.getfixturevalue(service)
    address = style_urls.style_url(view.layer, view.indicator, view.period, view.group)
    colours, blank = view.styled(service)
    page = opened(
        "maplibre",
        style=service.base + address,
        center=json.dumps(view.center),
        zoom=view.zoom,
    )
    places = view.roomy(view.places(service), SQUARE)
    assert {place.properties["status"] for place in places} == {"ok", "not_reported"}
    spots = [place.spot[:2] for place in places]
    squares = page.evaluate("([p, n]) => client.squares(p, n)", [spots, SQUARE])
    assert list(misdrawn(places, squares, colours, blank)) == []
