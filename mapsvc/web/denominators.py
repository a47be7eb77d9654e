"""What another denominator changes, for programs and for the script of a map page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from mapsvc.maps import denominators
from mapsvc.model import ALL
from mapsvc.web.answers import json_answer, page_parameters
from mapsvc.web.app import release

bp = Blueprint("denominators", __name__)


@bp.get("/api/v1/denominators/<layer>/<indicator>/<period>")
def changes(layer: str, indicator: str, period: str) -> Response:
    """Tell which conclusions change where an indicator is divided by something else.

    Every other denominator is held beside the indicator's own, or only the one that ``denominator``
    names. An indicator that declares none has an empty list.
    """
    given = page_parameters("group", "denominator")
    group = given.get("group", ALL)
    current = release()
    found = denominators.effects(
        current, layer, indicator, period, group, given.get("denominator", "")
    )
    entry = current.indicator(indicator)
    return json_answer(
        {
            "release": current.id,
            "indicator": indicator,
            "layer": layer,
            "period": period,
            "group": group,
            "denominator_key": entry.get("denominator_key"),
            "unit": entry["unit"],
            "alternatives": [_effect(each) for each in found],
        }
    )


def _effect(each: denominators.Effect) -> dict[str, Any]:
    return {
        "key": each.key,
        "title": each.title,
        "own_title": each.own_title,
        "unit": each.unit,
        "sentence": each.sentence,
        "compared": each.compared,
        "since": each.since,
        "periods": each.periods,
        "instead": each.instead,
        "without": each.without,
        "gained": each.gained,
        "changes": [
            {
                "id": change.id,
                "name": change.name,
                "differs": change.differs,
                "own": _conclusion(change.own),
                "other": _conclusion(change.other),
            }
            for change in each.changes
        ],
    }


def _conclusion(said: denominators.Conclusion) -> dict[str, Any]:
    return {
        "value": said.value,
        "beside": said.beside,
        "trend": said.trend,
        "class": said.klass,
        "said": said.said,
    }
