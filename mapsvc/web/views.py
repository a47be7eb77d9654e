"""What the script of a map page asks for beside columns: classes, and a place over the years."""

from __future__ import annotations

from flask import Blueprint, Response

from mapsvc.maps import choropleth
from mapsvc.maps.classes import classes_of
from mapsvc.model import ALL, RELIABILITIES, STATUSES
from mapsvc.web.answers import json_answer, page_parameters
from mapsvc.web.app import release
from mapsvc.web.columns import COUNTS, LIMITS, rounded, whole

bp = Blueprint("views", __name__)


@bp.get("/api/v1/classes/<layer>/<indicator>")
def classes(layer: str, indicator: str) -> Response:
    """Give the upper bounds of a rate's classes, rising, and a colour for each and either theme.

    The same for every period. ``classes`` and ``palette`` are those of a map page.
    """
    given = page_parameters("group", "denominator", "classes", "palette")
    current = release()
    seen = choropleth.view(current, indicator, layer, **given)
    found = classes_of(current, seen)
    return json_answer(
        {
            "release": current.id,
            "indicator": indicator,
            "layer": layer,
            "group": seen.group,
            "denominator_key": seen.entry(current).get("denominator_key"),
            "classes": seen.classes or None,
            "palette": seen.palette or seen.entry(current)["palette"],
            "title": found.title,
            "bounds": found.bounds,
            "colours": found.colours,
        }
    )


@bp.get("/api/v1/history/<layer>/<indicator>/<identifier>")
def history(layer: str, indicator: str, identifier: str) -> Response:
    """Give a jurisdiction's values in every period of an indicator, as arrays beside ``periods``.

    ``status`` and ``reliability`` are positions in ``statuses`` and ``reliabilities``.
    """
    given = page_parameters("group", "denominator")
    current = release()
    entry = current.indicator(indicator)
    periods = entry["periods"]
    row = current.layer(layer).row(identifier)
    group, denominator = given.get("group", ALL), given.get("denominator", "")
    found = [current.values(layer, indicator, each, group, denominator) for each in periods]
    codes = [int(each.reliability[row]) for each in found]
    return json_answer(
        {
            "release": current.id,
            "indicator": indicator,
            "layer": layer,
            "id": identifier,
            "group": group,
            "denominator_key": current.indicator(indicator, denominator).get("denominator_key"),
            "periods": periods,
            **{name: [whole(getattr(each, name)[row]) for each in found] for name in COUNTS},
            **{
                name: [rounded(name, getattr(each, name)[row]) for each in found]
                for name in ("value", *LIMITS)
            },
            "status": [int(each.status[row]) for each in found],
            "statuses": STATUSES,
            "reliability": [None if code < 0 else code for code in codes],
            "reliabilities": RELIABILITIES,
            "note": [each.note[row] or None for each in found],
            "breaks": entry["breaks"],
        }
    )
