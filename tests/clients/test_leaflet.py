"""Leaflet with its vector grid, on another site, shows what the API says."""

import json

import pytest

from mapsvc.web import urls
from tests.clients.views import CALIFORNIA, POMONA, near

OTHERWISE = "#ff00ff"


@pytest.mark.parametrize(("service", "view"), [("state", CALIFORNIA), ("pomona", POMONA)])
def test_a_vector_grid_paints_every_place_by_its_class(request, opened, service, view):
    service = request.getfixturevalue(service)
    address = urls.tilejson_url(view.layer, view.indicator, view.period, view.group)
    colours = view.colours(service)
    page = opened(
        "leaflet",
        tilejson=service.base + address,
        colours=json.dumps(colours),
        otherwise=OTHERWISE,
        center=json.dumps(view.center),
        zoom=view.zoom,
    )
    everywhere = view.places(service)
    places = view.roomy(everywhere, 4)
    assert len(places) > len(everywhere) / 2
    spots = [place.spot[:2] for place in places]
    for place, square in zip(
        places, page.evaluate("p => client.squares(p, 2)", spots), strict=True
    ):
        expected = colours[place.properties["class"]] if "class" in place.properties else OTHERWISE
        assert all(near(pixel, expected) for pixel in square), place.properties["name"]
    known = {feature["id"]: feature["properties"] for feature in page.evaluate("client.known()")}
    assert known == {place.id: place.properties for place in everywhere}
    assert service.json(address)["attribution"] in page.evaluate("client.attribution()")
