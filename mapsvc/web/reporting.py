"""Who reported, as a map asks for it: one category for each jurisdiction of a layer and period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from mapsvc.errors import UnknownNameError
from mapsvc.language import Message
from mapsvc.maps import reporting
from mapsvc.model import ALL, REPORTINGS
from mapsvc.release.reader import Release
from mapsvc.web import urls
from mapsvc.web.answers import json_answer, parameters
from mapsvc.web.app import release

bp = Blueprint("reporting", __name__)


@bp.get("/api/v1/reporting/<layer>/<indicator>/<period>")
def reported(layer: str, indicator: str, period: str) -> Response:
    """Give who reported, as arrays in the order of the layer's ids.

    ``category`` is a position in ``categories``, ``coverage_place`` in ``coverage_places``: the
    whole whose coverage of residents it is, null for the jurisdiction's own.
    """
    group = parameters("group").get("group", ALL)
    current = release()
    current.values(layer, indicator, period, group)
    if not reporting.offered(current, indicator, layer):
        known = [key for key in current.layer_keys if reporting.offered(current, indicator, key)]
        kind = Message("layer with an account of {indicator}", indicator=indicator)
        raise UnknownNameError(kind, layer, known)
    found = reporting.reporting(current, indicator, layer, period, group)
    places = {name: at for at, name in enumerate(dict.fromkeys(filter(None, found.of)))}
    return json_answer(
        {
            "release": current.id,
            "layer": layer,
            "indicator": indicator,
            "period": period,
            "group": group,
            "ids": current.layer(layer).ids,
            "category": [REPORTINGS.index(each) for each in found.category],
            "categories": REPORTINGS,
            "counts": found.counts,
            "reported": [None if part is None else round(part, 2) for part in found.part],
            "due": found.due,
            "unit": found.unit,
            "coverage_percent": found.percent,
            "coverage_place": [None if name is None else places[name] for name in found.of],
            "coverage_places": list(places),
        }
    )


def shown_on(
    current: Release, entry: Mapping[str, Any], year: int | None, jurisdiction: str | None = None
) -> str | None:
    """Return the address of the map of an account's entry in a year; None where there is none."""
    for each in current.catalogue["indicators"]:
        held = each["measure"] in entry["measures"] and entry["layer"] in each["layers"]
        if held and str(year) in each["periods"]:
            return urls.map_url(
                each["slug"],
                entry["layer"],
                str(year),
                jurisdiction=jurisdiction,
                show="reporting",
            )
    return None
