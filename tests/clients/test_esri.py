"""Esri's own reader of a VectorTileServer, on another site, shows what the API says."""

import json
from dataclasses import replace

import pytest

from mapsvc.web import style_urls
from tests.clients.views import CALIFORNIA, POMONA, misdrawn

SQUARE = 16
"""Pixels: two turns of a hatch."""


@pytest.mark.parametrize(("service", "view"), [("state", CALIFORNIA), ("pomona", POMONA)])
def test_the_service_alone_is_enough_for_a_map(request, opened, service, view):
    service = request.getfixturevalue(service)
    view = replace(view, group=None)  # as its addresses have none
    address = style_urls.arcgis_url(view.layer, view.indicator, view.period)
    colours, blank = view.styled(service)
    page = opened(
        "esri",
        service=service.base + address,
        center=json.dumps(view.center),
        zoom=view.zoom,
    )
    everywhere = view.places(service)
    places = view.roomy(everywhere, SQUARE)
    assert "ok" in {place.properties["status"] for place in places}
    spots = [place.spot[:2] for place in places]
    squares = page.evaluate("([p, n]) => client.squares(p, n)", [spots, SQUARE])
    assert list(misdrawn(places, squares, colours, blank)) == []
    asked = {"source": "esri", "layer": view.layer}
    known = {found["id"]: found for found in page.evaluate("s => client.known(s)", asked)}
    assert known == {place.id: place.properties for place in everywhere}
    assert service.json(address)["copyrightText"] in page.evaluate("client.attribution()")
