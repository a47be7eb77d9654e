"""TileJSON of what the tile addresses offer: a layer, the ground, an indicator in a layer."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import numpy as np

from mapsvc.model import ALL
from mapsvc.release.reader import Release
from mapsvc.tiles.tilejson import TYPES, default_center, vector_layers
from mapsvc.tiles.tilejson import tilejson as describe
from mapsvc.web.tiles import CONTEXT, EVERY_YEAR, View, columns, valued_layers, zooms
from mapsvc.web.urls import absolute, tile_template

_WORLD = (-180.0, -85.0, 180.0, 85.0)


def tilejson(release: Release, view: View, base: str) -> dict[str, Any]:
    """Return the TileJSON of a layer, the context, or an indicator's columns in a layer.

    ``base`` is the scheme and host of its addresses. Raises UnknownNameError.
    """
    info = zooms(release, view.layer)
    west, south, east, north = bounds = tuple(info["bounds"] or _WORLD)
    across = max(east - west, north - south, 1e-6)
    zoom = min(max(int(np.log2(360 / across)), info["min_zoom"]), info["max_zoom"])
    query = {
        "group": view.group if view.group != ALL else None,
        "denominator": view.denominator or None,
    }
    address = tile_template(view.layer, view.indicator or None, view.period or None, **query)
    words = _words(release, view, info)
    document = describe(
        url=absolute(base, address),
        name=words["name"],
        description=words["description"],
        layers=source_layers(release, view),
        bounds=(west, south, east, north),
        center=default_center(bounds, zoom),
        min_zoom=info["min_zoom"],
        max_zoom=info["max_zoom"],
        # Clients show it as HTML.
        attribution=html.escape(words["attribution"]),
        release=release.id,
    )
    document.update(words["more"])
    return document


def _words(release: Release, view: View, info: Mapping[str, Any]) -> dict[str, Any]:
    """Return the name, the description, the attribution, and what TileJSON has no word for."""
    source = ""
    if view.layer != CONTEXT:
        source = f"{info['authority']}, {info['product']} {info['vintage']}".strip()
    if not view.indicator:
        title = info.get("title", "Ground")
        return {"name": title, "description": "", "attribution": source, "more": {}}
    entry = release.indicator(view.indicator, view.denominator)
    dataset = release.dataset(entry["dataset"])
    period = "every year" if view.period == EVERY_YEAR else view.period
    return {
        "name": f"{entry['title']}, {period}",
        "description": entry["unit"],
        "attribution": f"{dataset['publisher']}; {source}",
        "more": {
            "caveats": list(dict.fromkeys([*entry["caveats"], *dataset["caveats"]])),
            "breaks": entry["breaks"],
        },
    }


def source_layers(release: Release, view: View) -> list[dict[str, Any]]:
    """Describe the source layers of a view's tiles, as TileJSON does; raises UnknownNameError."""
    if view.layer == CONTEXT:
        described: list[dict[str, Any]] = release.archive(CONTEXT).metadata.get("vector_layers", [])
        return described or [
            {"id": layer, "fields": {}} for layer in release.catalogue["context"]["layers"]
        ]
    fields = {each.name: TYPES[each.kind] for each in columns(release, view)}
    labelled = bool(fields) and len(valued_layers(release, view)) > 1
    return vector_layers(view.layer, fields, fields if labelled else None)
