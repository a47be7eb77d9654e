"""One rate beside another, for programs: the comparisons that profile pages show."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from mapsvc.errors import BadParameterError
from mapsvc.language import Message, _
from mapsvc.maps import comparisons, sentences
from mapsvc.model import ALL
from mapsvc.web.answers import json_answer, parameters
from mapsvc.web.app import release

bp = Blueprint("compare", __name__)

REST = "rest"
"""The value of ``with`` that means all other places of the layer together."""


@bp.get("/api/v1/compare/<layer>/<identifier>")
def compare(layer: str, identifier: str) -> Response:
    """Compare a place's rate with the rest of its layer, another place, period or group.

    ``with`` is ``rest`` or the id of another place of the layer, ``since`` an earlier period,
    ``reference`` another group: one of the three at most, the rest by default.
    """
    given = parameters("indicator", "period", "group", "with", "since", "reference")
    current = release()
    row = current.layer(layer).row(identifier)
    if "indicator" not in given:
        raise BadParameterError(
            "indicator", "", Message("one of {names}", names=", ".join(current.indicator_slugs))
        )
    slug = given["indicator"]
    entry = current.indicator(slug)
    period = given.get("period", entry["default_period"])
    group = given.get("group", ALL)
    current.values(layer, slug, period, group)
    if len(given.keys() & {"with", "since", "reference"}) > 1:
        raise BadParameterError("with", given.get("with", ""), "one of with, since and reference")
    outside = None
    caution = None
    if "since" in given:
        current.values(layer, slug, given["since"], group)
        found = comparisons.with_earlier(current, layer, slug, row, given["since"], period, group)
    elif "reference" in given:
        base = given["reference"]
        current.values(layer, slug, period, base)
        found = comparisons.with_group(current, layer, slug, row, group, base, period)
        outside = comparisons.outside_groups(current, layer, slug, row, period)
        caution = _(sentences.DISPARITY_CAUTION)
    elif given.get("with", REST) == REST:
        found = comparisons.with_rest(current, layer, slug, row, period, group)
    else:
        other = current.layer(layer).row(given["with"])
        found = comparisons.with_place(current, layer, slug, row, other, period, group)
    document: dict[str, Any] = {
        "release": current.id,
        "layer": layer,
        "id": identifier,
        "indicator": slug,
        "title": entry["title"],
        "unit": entry["unit"],
        "per": entry["per"],
        "ratio": found.ratio,
        "lower": found.lower,
        "upper": found.upper,
        "verdict": found.verdict,
        "sentence": found.sentence,
        "breaks": found.breaks,
        "own": _side(found.own),
        "reference": _side(found.reference) if found.reference else None,
    }
    if caution:
        names = ("share", "lower", "upper")
        document["outside_groups"] = dict(zip(names, outside, strict=True)) if outside else None
        document["caution"] = caution
    return json_answer(document)


def _side(side: comparisons.Side) -> dict[str, Any]:
    return {
        "name": side.name,
        "period": side.period,
        "group": side.group,
        "numerator": _whole(side.events),
        "denominator": _whole(side.denominator),
        "value": side.value,
        "status": side.status,
        "reliability": side.reliability,
        "places": side.places,
    }


def _whole(number: float | None) -> float | None:
    """Return a count as an integer, as the rest of the API does."""
    return int(number) if number is not None and number.is_integer() else number
