"""Addresses and short code by which other programs open the tiles, ready to paste."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

from mapsvc.language import _


@dataclass(frozen=True)
class Tileset:
    """What a program must be told of a tileset; addresses are absolute."""

    title: str
    layer: str
    """The source layer."""
    tiles: str
    """The template of the tiles."""
    tilejson: str
    style: str | None
    """None where there is none: a column for each year has no one picture."""
    dark_style: str | None
    archive: str
    """The PMTiles archive of the layer's geometry."""
    arcgis: str | None
    bounds: Sequence[float]
    """West, south, east, north in degrees."""
    min_zoom: int
    max_zoom: int
    fit_zoom: int
    """The zoom at which the layer is a few tiles wide."""
    attribution: str
    colours: Sequence[str] = ()
    """Of the classes, for clients that read no style; empty for a count."""


@dataclass(frozen=True)
class Snippet:
    """How one program opens a tileset: what to do, and what to paste."""

    key: str
    title: str
    text: str
    language: str
    code: str


def addresses(tileset: Tileset) -> list[tuple[str, str, str]]:
    """Return the addresses to hand to a program, as (what it is, for whom, address)."""
    listed = [
        (_("Tile template (XYZ)"), _("QGIS, Leaflet, any client of vector tiles"), tileset.tiles),
        ("TileJSON", "MapLibre, OpenLayers, ArcGIS Pro", tileset.tilejson),
        (_("Style"), "QGIS, MapLibre, OpenLayers", tileset.style),
        (_("Dark style"), _("the same, for dark pages"), tileset.dark_style),
        (_("ArcGIS vector tile service"), "ArcGIS Pro, Online, Maps SDK", tileset.arcgis),
        (_("PMTiles archive (geometry)"), "GDAL, PMTiles", tileset.archive),
    ]
    return [(name, whom, address) for name, whom, address in listed if address]


def snippets(tileset: Tileset) -> list[Snippet]:
    """Return what to paste into each program; those that need a style only where there is one."""
    found = [_qgis(tileset)]
    if tileset.style:
        found += [_maplibre(tileset), _openlayers(tileset)]
    found.append(_leaflet(tileset))
    if tileset.arcgis:
        found.append(_arcgis(tileset))
    return [*found, _gdal(tileset)]


def _qgis(tileset: Tileset) -> Snippet:
    parts = {
        "type": "xyz",
        "url": tileset.tiles,
        "zmin": str(tileset.min_zoom),
        "zmax": str(tileset.max_zoom),
        "styleUrl": tileset.style or "",
    }
    uri = "&".join(f"{key}={quote(value, safe=':/{}')}" for key, value in parts.items() if value)
    style = "layer.loadDefaultStyle()\n" if tileset.style else ""
    return Snippet(
        "qgis",
        "QGIS",
        _(
            "Layer, Add Layer, Add Vector Tile Layer, New Generic Connection: paste the tile "
            "template as URL and the style as Style URL. Or, in the Python console:"
        ),
        "python",
        f"layer = QgsVectorTileLayer({_js(uri)}, {_js(tileset.title)})\n{style}"
        "QgsProject.instance().addMapLayer(layer)",
    )


def _maplibre(tileset: Tileset) -> Snippet:
    return Snippet(
        "maplibre",
        "MapLibre GL JS",
        _("With the package maplibre-gl and an element with the id map:"),
        "javascript",
        'import * as maplibregl from "maplibre-gl";\n\n'
        f'new maplibregl.Map({{\n  container: "map",\n  style: {_js(tileset.style)},\n}});',
    )


def _openlayers(tileset: Tileset) -> Snippet:
    return Snippet(
        "openlayers",
        "OpenLayers",
        _("With the packages ol and ol-mapbox-style:"),
        "javascript",
        f'import {{ apply }} from "ol-mapbox-style";\n\napply("map", {_js(tileset.style)});',
    )


def _leaflet(tileset: Tileset) -> Snippet:
    west, south, east, north = tileset.bounds
    corners = json.dumps([[south, west], [north, east]])
    if tileset.colours:
        head = f"const colours = {json.dumps(list(tileset.colours))};\n"
        fill = '(zoom, feature) => colours[feature.props.class] ?? "#e9e8e4"'
    else:
        head, fill = "", '"#e6e5df"'
    return Snippet(
        "leaflet",
        "Leaflet",
        _("With the packages leaflet and protomaps-leaflet:"),
        "javascript",
        'import * as L from "leaflet";\n'
        'import { leafletLayer, PolygonSymbolizer } from "protomaps-leaflet";\n\n'
        f'{head}const map = L.map("map").fitBounds({corners});\n'
        "leafletLayer({\n"
        f"  url: {_js(tileset.tiles)},\n"
        f"  maxDataZoom: {tileset.max_zoom},\n"
        "  paintRules: [{\n"
        f"    dataLayer: {_js(tileset.layer)},\n"
        "    symbolizer: new PolygonSymbolizer({\n"
        f"      perFeature: true,\n      fill: {fill},\n"
        '      stroke: "#283440",\n      width: 0.5,\n'
        f"    }}),\n  }}],\n  labelRules: [],\n  attribution: {_js(escape(tileset.attribution))},\n"
        "}).addTo(map);",
    )


def _arcgis(tileset: Tileset) -> Snippet:
    west, south, east, north = tileset.bounds
    centre = json.dumps([round((west + east) / 2, 4), round((south + north) / 2, 4)])
    return Snippet(
        "arcgis",
        "ArcGIS",
        _(
            "In ArcGIS Pro: Map, Add Data, Data From Path. In ArcGIS Online: Add layer from URL. "
            "With the package @arcgis/core:"
        ),
        "javascript",
        'import Map from "@arcgis/core/Map.js";\n'
        'import VectorTileLayer from "@arcgis/core/layers/VectorTileLayer.js";\n'
        'import MapView from "@arcgis/core/views/MapView.js";\n\n'
        f"const tiles = new VectorTileLayer({{ url: {_js(tileset.arcgis)} }});\n"
        "new MapView({\n"
        '  container: "map",\n'
        "  map: new Map({ layers: [tiles] }),\n"
        f"  center: {centre},\n  zoom: {tileset.fit_zoom + 1},\n}});",
    )


def _gdal(tileset: Tileset) -> Snippet:
    base, _mark, query = tileset.tiles.partition("?")
    text = _(
        "GDAL 3.8 or newer reads the archive by range requests, older ones the tiles of a zoom:"
    )
    code = f"ogrinfo -so /vsicurl/{tileset.archive} {tileset.layer}"
    folder = base.removesuffix("/{z}/{x}/{y}.mvt")
    if query:
        text = _(
            "GDAL reads the archive by range requests; of an indicator's tiles only those of "
            "everyone, as a folder has no query:"
        )
    else:
        code = (
            f"ogr2ogr {tileset.layer}.gpkg 'MVT:{folder}/{tileset.fit_zoom}' {tileset.layer} \\\n"
            f"  -oo TILE_EXTENSION=mvt -oo METADATA_FILE={tileset.tilejson}\n{code}"
        )
    return Snippet("gdal", "GDAL", text, "sh", code)


def _js(value: Any) -> str:
    """Write a text as JavaScript and Python both read it."""
    return json.dumps(value, ensure_ascii=False)
