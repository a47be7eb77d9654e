"""The pages that people read: catalogue, map, jurisdiction, datasets.

Every page is whole without script: the map page carries its figures as a table, its controls are a
form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, render_template, request

from mapsvc.maps import (
    changes,
    chart,
    choropleth,
    comparisons,
    denominators,
    differences,
    method,
    reporting,
    sentences,
    shows,
    text,
    thumbnail,
)
from mapsvc.maps.elements import Assets, Sheet
from mapsvc.maps.finding import beside as neighbours_of
from mapsvc.maps.peers import peers, residents
from mapsvc.model import ALL
from mapsvc.release.reader import LayerTable, Release
from mapsvc.web import assets, compare_urls, headers, urls, view_urls
from mapsvc.web.app import release
from mapsvc.web.loading import map_assets
from mapsvc.web.policing import policing

bp = Blueprint("pages", __name__)

_OTHER_KINDS = 400
"""Jurisdictions of a layer up to which a thumbnail of it is worth its bytes."""


@bp.get("/")
def home() -> Response:
    """Show what there is: a map to begin with, then every indicator by dataset."""
    current = release()
    entries = current.catalogue["indicators"]
    hero = None
    if entries:
        seen = choropleth.view(current, entries[0]["slug"])
        hero = figure(current, seen, "hero")
    cards = {entry["slug"]: _card(current, entry) for entry in entries}
    drawn = {card.outlines.layer: card.outlines for card in cards.values() if card.outlines}
    return page(
        "home.html",
        hero=hero,
        first=entries[0] if entries else None,
        cards=cards,
        drawings=list(drawn.values()),
        datasets=current.catalogue["datasets"],
        layers=current.catalogue["layers"],
    )


@bp.get("/maps/<indicator>")
def map_page(indicator: str) -> Response:
    """Show an indicator: map, legend, controls, sources, caveats, and every value in a table."""
    current = release()
    seen = changes.beside(current, asked_view(current, indicator), request.args.get("compare"))
    entry = seen.entry(current)
    layer = current.layer_info(seen.layer)
    return page(
        "map.html",
        figure=figure(current, seen, "page"),
        title=choropleth.label(current, seen),
        entry=entry,
        layer=layer,
        seen=seen,
        dataset=current.dataset(entry["dataset"]),
        group=choropleth.group_title(entry, seen.group),
        sources=_sources(entry, seen),
        divisor=method.denominator_title(entry, seen),
        effects=denominators.effects(
            current, seen.layer, indicator, seen.period, seen.group, seen.denominator
        ),
        caveats=caveats(current, entry),
        rows=_rows(current, seen, entry),
        reported=shows.reported(current, seen),
        report_words=reporting.WORDS,
        standing=shows.standing(current, seen),
        standing_words=differences.WORDS,
        both=changes.both(current, seen),
    )


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
        name=table.names[row],
        kind=choropleth.kind_title(current, layer, table.kinds[row]),
        valid=(table.valid_from[row], table.valid_to[row]),
        area_m2=table.area_m2[row],
        residents=residents(current, table, row),
        parent=_parent(current, info, table.parents[row]),
        parts=_parts(current, layer, identifier),
        neighbours=neighbours_of(current, layer, identifier),
        peers=peers(current, layer, row),
        polices=policing(current, layer, identifier),
        histories=[
            _history(current, table, row, entry)
            for entry in current.catalogue["indicators"]
            if layer in entry["layers"]
        ],
    )


@bp.get("/data")
def portal() -> Response:
    """List the datasets with licence, vintage, and how their records joined."""
    current = release()
    return page(
        "data.html",
        datasets=current.catalogue["datasets"],
        layers=current.catalogue["layers"],
        accounts={item["key"]: _account(current, item["key"]) for item in _datasets(current)},
    )


@bp.get("/data/<dataset>")
def dataset_page(dataset: str) -> Response:
    """Show a dataset: provenance, policy, caveats, files, and what did not join and why."""
    current = release()
    found = current.dataset(dataset)
    return page(
        "dataset.html",
        dataset=found,
        account=_account(current, dataset),
        indicators=[current.indicator(slug) for slug in found["indicators"]],
    )


def page(template: str, **context: Any) -> Response:
    """Render a template with the words that all pages share, under an entity tag."""
    current = release()
    body = render_template(
        template,
        release_id=current.id,
        atlas_title=current.catalogue["title"],
        words=text.WORDS,
        number=text.number,
        count=text.count,
        years=text.years,
        period_text=text.period,
        sentence=text.sentence,
        first_sentence=text.first_sentence,
        **context,
    )
    response = Response(body, content_type="text/html; charset=utf-8")
    response.set_etag(headers.etag(body.encode()))
    return response


def asked_view(current: Release, indicator: str) -> choropleth.View:
    """Return the view that the query asks for; raises UnknownNameError for what is not there."""
    query = request.args
    return choropleth.view(
        current,
        indicator,
        query.get("layer"),
        query.get("period"),
        query.get("group"),
        query.get("jurisdiction"),
        query.get("show"),
        query.get("denominator"),
        query.get("classes"),
        query.get("palette"),
    )


def figure(
    current: Release,
    seen: choropleth.View,
    form: str,
    back: str | None = None,
    loaded: Assets | None = None,
) -> tuple[str, str]:
    """Return a map as (links for the head, HTML for the body).

    ``back`` is the address of its page, ``loaded`` what it is drawn with, where not as usual.
    """
    entry = current.indicator(seen.indicator)
    # The classes on the page are this release's: its figures must be too, whatever comes after it.
    with urls.below(urls.pinned_prefix(current.id)):
        tiles = urls.tile_template(seen.layer)
        context_tiles = urls.tile_template("context")
        columns = urls.column_url(seen.layer, seen.indicator, "")
        classes = view_urls.classes_url(seen.layer, seen.indicator)
        history = view_urls.history_url(seen.layer, seen.indicator, "")
        reported = urls.reporting_url(seen.layer, seen.indicator, "")
        effects = urls.denominators_url(seen.layer, seen.indicator, "")
        beside = compare_urls.differences_url(seen.layer, seen.indicator, "")
        changed = compare_urls.changes_url(seen.layer, seen.indicator, "", "")
        search, neighbours = urls.api_search_url(), urls.neighbours_url(seen.layer)
    addresses = choropleth.Addresses(
        page=back or urls.map_url(seen.indicator),
        dataset=urls.dataset_url(entry["dataset"]),
        tiles=tiles,
        context_tiles=context_tiles,
        columns=columns,
        classes=classes,
        history=history,
        effects=effects,
        profiles=urls.jurisdiction_url(seen.layer, ""),
        reporting=reported,
        differences=beside,
        changes=changed,
        two_style=assets.static_url("css/two.css"),
        places=compare_urls.places_url(seen.indicator),
        search=search,
        neighbours=neighbours,
    )
    sheet: Sheet = choropleth.sheet(current, seen, addresses, loaded or map_assets(), form)
    body = sheet.render()
    return sheet.links(), body


def caveats(current: Release, entry: Mapping[str, Any]) -> list[str]:
    """Return what a reader must be told of an indicator and its dataset, each once."""
    return list(dict.fromkeys([*entry["caveats"], *current.dataset(entry["dataset"])["caveats"]]))


@dataclass(frozen=True)
class _Card:
    """An indicator in the catalogue, with a small picture where its layer is small enough."""

    entry: Mapping[str, Any]
    layers: list[str]
    outlines: thumbnail.Outlines | None
    marks: list[thumbnail.Mark]


def _card(current: Release, entry: Mapping[str, Any]) -> _Card:
    layers = [current.layer_info(key) for key in entry["layers"]]
    small = [layer for layer in layers if 0 < layer["mapped"] <= _OTHER_KINDS]
    titles = [layer["title"] for layer in layers]
    if not small:
        return _Card(entry, titles, None, [])
    layer = min(small, key=lambda layer: layer["mapped"])["key"]
    drawn = _outlines(current, layer)
    column = current.values(layer, entry["slug"], entry["default_period"])
    draw = thumbnail.circles if entry["per"] is None else thumbnail.areas
    return _Card(entry, titles, drawn, draw(drawn, column))


@lru_cache(maxsize=8)
def _outlines(current: Release, layer: str) -> thumbnail.Outlines:
    height = current.layer_info(layer)["sketch_height"]
    return thumbnail.outlines(current.layer(layer), height)


def _datasets(current: Release) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = current.catalogue["datasets"]
    return found


def _sources(entry: Mapping[str, Any], seen: choropleth.View) -> Mapping[str, str] | None:
    named = entry["layers"][seen.layer]["denominators"]
    source: Mapping[str, str] | None = ((named or {}).get(seen.period) or {}).get(seen.group)
    return source


def _rows(
    current: Release, seen: choropleth.View, entry: Mapping[str, Any]
) -> list[dict[str, Any]]:
    table = current.layer(seen.layer)
    column = seen.values(current)
    order = sorted(range(len(table.ids)), key=lambda row: table.names[row].casefold())
    return [
        {
            "id": table.ids[row],
            "row": row,
            "name": table.names[row],
            "kind": choropleth.kind_title(current, seen.layer, table.kinds[row]),
            "cell": text.cell(column, row, entry["per"] is not None),
        }
        for row in order
    ]


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
        "caution": sentences.DISPARITY_CAUTION,
        "verdicts": sentences.VERDICTS,
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


def _account(current: Release, dataset: str) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = current.report["datasets"].get(dataset)
    return found
