"""Finding places: a search as you type, its page without script, and who is beside whom."""

from __future__ import annotations

import math
from typing import Any

from flask import Blueprint, Response

from mapsvc.errors import BadParameterError
from mapsvc.language import Message
from mapsvc.maps import choropleth, finding
from mapsvc.release.reader import Release
from mapsvc.web import pages, urls
from mapsvc.web.answers import json_answer, page_parameters, parameters
from mapsvc.web.app import release

bp = Blueprint("finding", __name__)


@bp.get("/api/v1/search")
def search() -> Response:
    """Give the places that a text may stand for, the best first."""
    given = page_parameters("q", "layer", "limit")
    query = _query(given.get("q", ""))
    if not finding.fold(query):
        raise BadParameterError("q", query, "a name or a code, or how it begins")
    current = release()
    layer = given.get("layer")
    if layer is not None:
        current.layer_info(layer)
    found = finding.find(current, query, layer, _limit(given.get("limit")))
    results = [_described(current, each) for each in found]
    return json_answer({"release": current.id, "query": query, "results": results})


@bp.get("/search")
def search_page() -> Response:
    """List the places that a text may stand for; without one, ask for it."""
    query = _query(page_parameters("q").get("q", ""))
    current = release()
    found = [_described(current, each) for each in finding.find(current, query)]
    return pages.page("search.html", query=query, found=found)


@bp.get("/api/v1/neighbours/<layer>")
def neighbours(layer: str) -> Response:
    """Give where the places of a layer are, and which share a border.

    Arrays in the order of ``ids``: label points in degrees, null where there is none, and
    positions in ``ids`` of those beside each.
    """
    parameters()
    current = release()
    table = current.layer(layer)
    beside = current.neighbours.get(layer, {})
    return json_answer(
        {
            "release": current.id,
            "layer": layer,
            "ids": table.ids,
            "lon": [_degrees(each) for each in table.lon],
            "lat": [_degrees(each) for each in table.lat],
            "neighbours": [
                [table.row(other) for other in beside.get(each, [])] for each in table.ids
            ],
        }
    )


def _query(text: str) -> str:
    if len(text) > finding.LONGEST:
        raise BadParameterError("q", text, Message("at most {n} characters", n=finding.LONGEST))
    return text.strip()


def _limit(text: str | None) -> int:
    if text is None:
        return finding.MOST
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= finding.MOST):
        raise BadParameterError(
            "limit", text, Message("a number from 1 to {most}", most=finding.MOST)
        )
    return int(text)


def _described(current: Release, found: finding.Found) -> dict[str, Any]:
    table = current.layer(found.layer)
    parent = table.parents[found.row]
    layer = current.layer_info(found.layer)["partition_of"]
    above = current.layer(layer) if layer else None
    at = above.index.get(parent) if above and parent else None
    kind = table.kinds[found.row]
    identifier = table.ids[found.row]
    return {
        "layer": found.layer,
        "id": identifier,
        "name": table.names[found.row],
        "kind": kind,
        "kind_title": choropleth.kind_title(current, found.layer, kind),
        "parent": above.names[at] if above and at is not None else None,
        "matched": found.matched,
        "profile": urls.jurisdiction_url(found.layer, identifier),
    }


def _degrees(number: float) -> float | None:
    return round(float(number), 5) if math.isfinite(number) else None
