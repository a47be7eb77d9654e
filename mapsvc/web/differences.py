"""How places stand beside others, as a map asks for it: a category for each place of a layer."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response

from mapsvc.errors import BadParameterError
from mapsvc.language import Message
from mapsvc.maps import changes, differences
from mapsvc.model import ALL
from mapsvc.statistics.comparison import TRENDS
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
        raise BadParameterError(
            "indicator", indicator, Message("a rate, one of {names}", names=", ".join(rates))
        )
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


@bp.get("/api/v1/changes/<layer>/<indicator>/<period>")
def changed(layer: str, indicator: str, period: str) -> Response:
    """Give how each place changed between two periods, as arrays in the order of the layer's ids.

    ``since`` is the other period; the change is from the earlier of the two to the later.
    ``trend`` is a position in ``trends``, null where a place is not compared.
    """
    given = page_parameters("since", "group", "denominator")
    current = release()
    entry = current.indicator(indicator)
    group, denominator = given.get("group", ALL), given.get("denominator", "")
    current.values(layer, indicator, period, group, denominator)
    if "since" not in given:
        raise BadParameterError(
            "since", "", Message("one of {names}", names=", ".join(entry["periods"]))
        )
    since = given["since"]
    current.values(layer, indicator, since, group, denominator)
    found = changes.changes(current, indicator, layer, period, since, group, denominator)
    return json_answer(
        {
            "release": current.id,
            "layer": layer,
            "indicator": indicator,
            "period": period,
            "since": since,
            "group": group,
            "denominator_key": denominator or None,
            "earlier": found.earlier,
            "later": found.later,
            "ids": current.layer(layer).ids,
            "trend": [None if each is None else TRENDS.index(each) for each in found.trend],
            "trends": TRENDS,
            "ratio": _rounded(found.ratio),
            "lower": _rounded(found.lower),
            "upper": _rounded(found.upper),
            "breaks": found.breaks,
            "note": found.note,
        }
    )


def _rounded(numbers: Sequence[float | None]) -> list[float | None]:
    """Return ratios with the digits that the words about them are made of."""
    return [None if number is None else float(f"{number:.8g}") for number in numbers]
