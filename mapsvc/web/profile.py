"""The page of one jurisdiction: what it is, who polices it, and every indicator over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from mapsvc.language import _
from mapsvc.maps import chart, choropleth, comparisons, sentences, text
from mapsvc.maps.finding import beside
from mapsvc.maps.peers import peers, residents
from mapsvc.model import ALL
from mapsvc.release.reader import LayerTable, Release
from mapsvc.web import stills, urls
from mapsvc.web.app import absolute_url, release
from mapsvc.web.pages import page
from mapsvc.web.policing import policing

bp = Blueprint("profile", __name__)


@bp.get("/jurisdictions/<layer>/<identifier>")
def jurisdiction(layer: str, identifier: str) -> Response:
    """Show a jurisdiction: what it is, what it is part of, and every indicator over time."""
    current = release()
    table = current.layer(layer)
    row = table.row(identifier)
    info = current.layer_info(layer)
    return page(
        "jurisdiction.html",
        layer=info,
        id=identifier,
        card=stills.profile(current, layer, identifier),
        name=table.names[row],
        citation=_("{name}. In: {atlas}, release {release}. {address}").format(
            name=text.isolated(table.names[row]),
            atlas=text.isolated(current.catalogue["title"]),
            release=current.id,
            address=absolute_url(_pinned(current, layer, identifier)),
        ),
        kind=choropleth.kind_title(current, layer, table.kinds[row]),
        valid=(table.valid_from[row], table.valid_to[row]),
        area_m2=table.area_m2[row],
        residents=residents(current, table, row),
        parent=_parent(current, info, table.parents[row]),
        parts=_parts(current, layer, identifier),
        neighbours=beside(current, layer, identifier),
        peers=peers(current, layer, row),
        polices=policing(current, layer, identifier),
        histories=[
            _history(current, table, row, entry)
            for entry in current.catalogue["indicators"]
            if layer in entry["layers"]
        ],
    )


def _pinned(current: Release, layer: str, identifier: str) -> str:
    with urls.below(urls.pinned_prefix(current.id)):
        return urls.jurisdiction_url(layer, identifier)


def _history(
    current: Release, table: LayerTable, row: int, entry: Mapping[str, Any]
) -> dict[str, Any]:
    """Return an indicator over its periods for one jurisdiction, as cells and as a chart."""
    cells = [
        (
            period,
            text.cell(
                current.values(table.key, entry["slug"], period, ALL), row, entry["per"] is not None
            ),
        )
        for period in entry["periods"]
    ]
    points = [
        chart.Point(
            int(period), cell.numbers["value"], cell.numbers["lower"], cell.numbers["upper"]
        )
        for period, cell in cells
        if "-" not in period
    ]
    return {
        "entry": entry,
        "cells": cells,
        "latest": next(
            (pair for pair in reversed(cells) if "-" not in pair[0] and pair[1].value), None
        ),
        "chart": chart.chart(points, entry["breaks"]),
        "compared": _compared(current, table, row, entry),
    }


def _compared(
    current: Release, table: LayerTable, row: int, entry: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return a rate beside the rest of its layer, its earlier self, and between groups."""
    if entry["per"] is None:
        return None
    slug, period = entry["slug"], entry["default_period"]
    return {
        "period": period,
        "rest": comparisons.with_rest(current, table.key, slug, row, period),
        "change": comparisons.over_time(current, table.key, slug, row),
        "groups": comparisons.groups(current, table.key, slug, row),
        "caution": _(sentences.DISPARITY_CAUTION),
        "verdicts": {key: _(said) for key, said in sentences.VERDICTS.items()},
    }


def _parent(
    current: Release, info: Mapping[str, Any], identifier: str | None
) -> dict[str, str] | None:
    layer = info["partition_of"]
    if not layer or not identifier or identifier not in current.layer(layer).index:
        return None
    table = current.layer(layer)
    return {
        "layer": layer,
        "id": identifier,
        "name": table.names[table.row(identifier)],
        "singular": current.layer_info(layer)["singular"],
    }


def _parts(current: Release, layer: str, identifier: str) -> list[dict[str, Any]]:
    """Return the jurisdictions that lie in this one, by layer and kind."""
    found: list[dict[str, Any]] = []
    for info in current.catalogue["layers"]:
        if info["partition_of"] != layer:
            continue
        table = current.layer(info["key"])
        rows = [row for row, parent in enumerate(table.parents) if parent == identifier]
        for kind in dict.fromkeys(table.kinds[row] for row in rows):
            members = sorted(
                (table.names[row], table.ids[row]) for row in rows if table.kinds[row] == kind
            )
            title = choropleth.kind_title(current, info["key"], kind)
            found.append({"layer": info["key"], "title": title, "members": members})
    return found
