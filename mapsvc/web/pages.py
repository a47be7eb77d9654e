"""The pages that people read: catalogue, map, datasets.

Every page is whole without script: the map page carries its figures as a table, its controls are a
form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from mapsvc.basemap import hosts
from mapsvc.language import language
from mapsvc.maps import (
    changes,
    choropleth,
    denominators,
    differences,
    finding,
    method,
    reporting,
    shows,
    text,
    thumbnail,
)
from mapsvc.maps.addresses import Addresses
from mapsvc.maps.elements import Assets, Sheet
from mapsvc.release.reader import Release
from mapsvc.web import assets, compare_urls, headers, urls, view_urls
from mapsvc.web.app import release, settings
from mapsvc.web.loading import map_assets
from mapsvc.web.stills import card, front, still

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
def map_page(indicator: str) -> Answer:
    """Show an indicator: map, legend, controls, sources, caveats, and every value in a table."""
    current = release()
    if place := _place_by_name(current, indicator):
        return redirect(place)
    seen = changes.beside(current, asked_view(current, indicator), request.args.get("compare"))
    entry = seen.entry(current)
    layer = current.layer_info(seen.layer)
    return page(
        "map.html",
        figure=figure(current, seen, "page"),
        title=choropleth.label(current, seen),
        card=card(current, seen),
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
        report_words=reporting.words(),
        standing=shows.standing(current, seen),
        standing_words=differences.words(),
        both=changes.both(current, seen),
        basemaps=settings().basemap,
        basemap_hosts=hosts(settings().basemap),
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
    context.setdefault("card", front(current))
    body = render_template(
        template,
        release_id=current.id,
        atlas_title=current.catalogue["title"],
        words=text.words(),
        enumerated=text.listed,
        number=text.number,
        count=text.count,
        years=text.years,
        period_text=text.period,
        sentence=text.sentence,
        first_sentence=text.first_sentence,
        **context,
    )
    response = Response(body, content_type="text/html; charset=utf-8")
    response.headers["Content-Language"] = language()
    response.set_etag(headers.etag(body.encode()))
    return response


def asked_view(current: Release, indicator: str) -> choropleth.View:
    """Return the view that the query asks for; raises UnknownNameError for what is not there."""
    asked = (request.args.get(name) for name in choropleth.FIELDS)
    return choropleth.view(current, indicator, *asked)


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
    addresses = Addresses(
        page=back or urls.map_url(seen.indicator),
        dataset=urls.dataset_url(entry["dataset"]),
        tiles=tiles,
        context_tiles=context_tiles,
        columns=columns,
        classes=classes,
        history=history,
        effects=effects,
        profiles=urls.jurisdiction_template(seen.layer),
        reporting=reported,
        differences=beside,
        changes=changed,
        two_style=assets.static_url("css/two.css"),
        places=compare_urls.places_url(seen.indicator),
        search=search,
        neighbours=neighbours,
    )
    loads = loaded or map_assets()
    sheet: Sheet = choropleth.sheet(
        current, seen, addresses, loads, form, still(current, seen), settings().basemap
    )
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


def _place_by_name(current: Release, indicator: str) -> str | None:
    """Return this page's address with the id of the place that it calls by a name, if it does.

    A form without script has a text field where there are too many places for a list.
    """
    asked = request.args.get("jurisdiction", "")
    layer = request.args.get("layer") or next(iter(current.indicator(indicator)["layers"]))
    if not asked or layer not in current.layer_keys or asked in current.layer(layer).index:
        return None
    found = finding.by_name(current, asked, layer)
    if found is None:
        return None
    kept = (*choropleth.FIELDS, "compare")
    fields = {name: request.args[name] for name in kept if name in request.args}
    return urls.map_url(indicator, **{**fields, "jurisdiction": found})


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


def _account(current: Release, dataset: str) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = current.report["datasets"].get(dataset)
    return found
