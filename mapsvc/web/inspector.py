"""The page about the tiles: every address, ready to copy, and what is in a tile."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response

from mapsvc.maps import choropleth, palette, style
from mapsvc.maps.scriptjson import to_script_json
from mapsvc.model import ALL
from mapsvc.release.reader import Release
from mapsvc.tiles.tilejson import GEOMETRY_FIELDS, TYPES
from mapsvc.web import assets, snippets, style_urls, urls
from mapsvc.web.answers import page_parameters
from mapsvc.web.app import absolute_url, release
from mapsvc.web.pages import page
from mapsvc.web.tiles import EVERY_YEAR, View, columns

bp = Blueprint("inspector", __name__)

_MODULES = (
    "copy", "dom", "frame", "ground", "paint", "patterns", "style", "surface", "theme", "tiles",
)  # fmt: skip
_CLOSER = 2


@dataclass(frozen=True)
class Choice:
    """The tileset that is looked at; without an indicator, geometry alone."""

    layer: str
    indicator: str | None
    period: str | None
    group: str


@bp.get("/tiles")
def tiles_page() -> Response:
    """List the addresses of every tileset, with code to paste, and show one with its tiles."""
    query = page_parameters("layer", "indicator", "period", "group")
    current = release()
    chosen = choose(current, query)
    entry = current.indicator(chosen.indicator) if chosen.indicator else None
    layer = current.layer_info(chosen.layer)
    found = tileset(current, chosen)
    return page(
        "tiles.html",
        chosen=chosen,
        entry=entry,
        layer=layer,
        layers=current.catalogue["layers"],
        offered=_indicators(current, chosen.layer),
        every_period=EVERY_YEAR,
        tileset=found,
        addresses=snippets.addresses(found),
        snippets=snippets.snippets(found),
        fields={**GEOMETRY_FIELDS, **_added(current, chosen)},
        rows=[
            (item, current.layer_info(key))
            for item in current.catalogue["indicators"]
            for key in item["layers"]
        ],
        configuration=to_script_json(_configuration(current, chosen, found)),
        modules=assets.module_urls(_MODULES),
        module=assets.module_url("js/inspector.js"),
    )


def _added(current: Release, chosen: Choice) -> dict[str, str]:
    """Return the fields that the indicator adds, with their types."""
    seen = View(chosen.layer, chosen.indicator or "", chosen.period or "", chosen.group)
    return {each.name: TYPES[each.kind] for each in columns(current, seen)}


def choose(current: Release, query: Mapping[str, str]) -> Choice:
    """Return the tileset that a query asks for.

    What exists but does not go together falls back to its default, as the form's fields are sent
    together: another layer may not have the indicator, another indicator not the period. Raises
    UnknownNameError for a layer or an indicator that does not exist.
    """
    entries = current.catalogue["indicators"]
    first = next(iter(entries[0]["layers"])) if entries else current.layer_keys[0]
    layer = current.layer_info(query.get("layer") or first)["key"]
    offered = _indicators(current, layer)
    slug = query.get("indicator")
    if slug is None and offered:
        slug = offered[0]["slug"]
    entry = current.indicator(slug) if slug else None
    if entry is None or layer not in entry["layers"]:
        return Choice(layer, None, None, ALL)
    period = query.get("period") or entry["default_period"]
    if period not in (*entry["periods"], EVERY_YEAR):
        period = entry["default_period"]
    group = query.get("group") or ALL
    if group not in [item["key"] for item in entry["groups"]]:
        group = ALL
    return Choice(layer, entry["slug"], period, group)


def tileset(current: Release, chosen: Choice) -> snippets.Tileset:
    """Return the addresses of a tileset and what a program must know of it."""
    info = current.layer_info(chosen.layer)
    entry = current.indicator(chosen.indicator) if chosen.indicator else None
    names = (chosen.layer, chosen.indicator, chosen.period)
    group = chosen.group if chosen.group != ALL else None
    drawn = chosen.period != EVERY_YEAR
    title = info["title"] if entry is None else f"{entry['title']}, {info['title']}"
    return snippets.Tileset(
        title=title
        if entry is None or not drawn
        else choropleth.label(current, _view(current, chosen)),
        layer=chosen.layer,
        tiles=absolute_url(urls.tile_template(*names, group)),
        tilejson=absolute_url(urls.tilejson_url(*names, group)),
        style=absolute_url(style_urls.style_url(*names, group)) if drawn else None,
        dark_style=absolute_url(style_urls.style_url(*names, group, "dark")) if drawn else None,
        archive=absolute_url(urls.pmtiles_url(chosen.layer)),
        arcgis=absolute_url(style_urls.arcgis_url(*names)) if drawn and group is None else None,
        bounds=info["bounds"],
        min_zoom=info["min_zoom"],
        max_zoom=info["max_zoom"],
        fit_zoom=_fit(info),
        attribution="; ".join(
            [
                *([current.dataset(entry["dataset"])["publisher"]] if entry else []),
                f"{info['authority']}, {info['product']} {info['vintage']}",
            ]
        ),
        colours=_colours(entry, chosen)["light"] if entry and drawn and entry["per"] else (),
    )


def _view(current: Release, chosen: Choice) -> choropleth.View:
    return choropleth.view(
        current, chosen.indicator or "", chosen.layer, chosen.period, chosen.group
    )


def _configuration(current: Release, chosen: Choice, found: snippets.Tileset) -> dict[str, Any]:
    """Return what the page's script must know to draw the tileset."""
    info = current.layer_info(chosen.layer)
    entry = current.indicator(chosen.indicator) if chosen.indicator else None
    valued = entry is not None and chosen.period != EVERY_YEAR
    group = chosen.group if chosen.group != ALL else None
    context = current.catalogue["context"]
    kind = (
        "geometry" if entry is None or not valued else "count" if entry["per"] is None else "rate"
    )
    west, south, east, north = info["bounds"]
    return {
        "title": found.title,
        "layer": chosen.layer,
        "kind": kind,
        "tiles": urls.tile_template(chosen.layer, chosen.indicator, chosen.period, group),
        "zooms": [info["min_zoom"], info["max_zoom"]],
        "maxZoom": info["max_zoom"] + _CLOSER,
        "bounds": [west, south, east, north],
        "mapped": info["mapped"],
        "ground": context
        and {
            "tiles": urls.tile_template("context"),
            "zooms": [context["min_zoom"], context["max_zoom"]],
            "bounds": context["bounds"],
        },
        "classes": {"colours": _colours(entry, chosen) if entry and kind == "rate" else {}},
        "reference": style.reference(current, _view(current, chosen)) if kind == "count" else None,
    }


def _colours(entry: Mapping[str, Any], chosen: Choice) -> Mapping[str, tuple[str, ...]]:
    classes = entry["layers"][chosen.layer]["classes"]
    return palette.themed(entry["palette"], len(classes.get(chosen.group) or classes[ALL]))


def _indicators(current: Release, layer: str) -> list[Mapping[str, Any]]:
    return [item for item in current.catalogue["indicators"] if layer in item["layers"]]


def _fit(info: Mapping[str, Any]) -> int:
    """Return the zoom at which a layer is about two tiles wide."""
    west, _, east, _ = info["bounds"]
    zoom = math.ceil(math.log2(360 / max(east - west, 1e-6)))
    return int(min(max(zoom, info["min_zoom"]), info["max_zoom"]))
