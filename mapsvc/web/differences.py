"""How places stand beside others, as a map asks for it: a category for each place of a layer."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response

from mapsvc.errors import BadParameterError
from mapsvc.maps import differences
from mapsvc.model import ALL
from mapsvc.web.answers import json_answer, page_parameters
from mapsvc.web.app import release

bp = Blueprint("differences", __name__)


@bp.get("/api/v1/differences/<layer>/<indicator>/<period>")
def beside(layer: str, indicator: str, period: str) -> Response:
    """Give how each place stands beside the others, as arrays in the order of the layer's ids.

    ``with`` is the id of one place to be beside, in place of all others together. ``standing`` is
    a position in ``standings``; ``ratio`` is of the place's rate to the other's.
    """
    given = page_parameters("group", "denominator", "with")
    current = release()
    view = period, given.get("group", ALL), given.get("denominator", "")
    current.values(layer, indicator, *view)
    if current.indicator(indicator)["per"] is None:
        rates = [each["slug"] for each in current.catalogue["indicators"] if each["per"]]
        raise BadParameterError("indicator", indicator, f"a rate, one of {', '.join(rates)}")
    if "with" in given:
        row = current.layer(layer).row(given["with"])
        found = differences.with_place(current, indicator, layer, row, *view)
    elif differences.with_others_offered(current, indicator):
        found = differences.with_others(current, indicator, layer, *view)
    else:
        expected = "the id of a place: the records are not of every place, and do not add up"
        raise BadParameterError("with", "", expected)
    return json_answer(
        {
            "release": current.id,
            "layer": layer,
            "indicator": indicator,
            "period": period,
            "group": view[1],
            "denominator_key": view[2] or None,
            "with": given.get("with"),
            "beside": found.beside,
            "ids": current.layer(layer).ids,
            "standing": [differences.STANDINGS.index(each) for each in found.standing],
            "standings": differences.STANDINGS,
            "counts": found.counts,
            "ratio": _rounded(found.ratio),
            "lower": _rounded(found.lower),
            "upper": _rounded(found.upper),
            "compared": found.compared,
            "chance": found.chance,
        }
    )


def _rounded(numbers: Sequence[float | None]) -> list[float | None]:
    """Return ratios with the digits that the words about them are made of."""
    return [None if number is None else float(f"{number:.8g}") for number in numbers]
