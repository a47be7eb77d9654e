"""The tiles in the layout of ArcGIS: a ``VectorTileServer`` for each layer and indicator.

The documents are those of the vector tile service in the ArcGIS REST API. The tiles are those of
the tile service under another address, row before column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import mercantile
from flask import Blueprint, Response, abort, request

from mapsvc.errors import BadParameterError
from mapsvc.maps import choropleth, style
from mapsvc.maps.flatstyle import flattened
from mapsvc.maps.theme import THEMES
from mapsvc.web import style_urls
from mapsvc.web.answers import json_answer
from mapsvc.web.app import absolute_url, release
from mapsvc.web.pages import caveats
from mapsvc.web.styles import sprite_answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

bp = Blueprint("arcgis", __name__)

VERSION = 11.1
"""The release of ArcGIS Server whose documents these are."""
MEDIA_TYPE = "application/x-protobuf"

_SERVICES = "/arcgis/rest/services"
_LAYER = f"{_SERVICES}/<layer>/VectorTileServer"
_INDICATOR = f"{_SERVICES}/<layer>/<indicator>/<period>/VectorTileServer"
_TILE = re.compile(
    r"(?P<pinned>/r/[^/]+)?/arcgis/rest/services/(?P<name>[^/]+(?:/[^/]+/[^/]+)?)"
    r"/VectorTileServer/tile/(?P<z>[^/]+)/(?P<y>[^/]+)/(?P<x>[^/]+)\.pbf",
    re.DOTALL,
)
_SPRITE = re.compile(r"sprite(@2x)?\.(json|png)")
_HALF = 20037508.342787
"""Half the width of the world in Web Mercator, in metres, as ArcGIS writes it."""
_SIDE = 512
_DPI = 96
_INCHES = 39.37
"""In a metre, as ArcGIS reckons scales."""
_WEB_MERCATOR = {"wkid": 102100, "latestWkid": 3857}


@bp.get("/arcgis/rest/info")
def info() -> Response:
    """Say which ArcGIS this speaks like, and that it asks for no token."""
    _check_form()
    return json_answer(
        {"currentVersion": VERSION, "authInfo": {"isTokenBasedSecurity": False}},
    )


@bp.get(_SERVICES)
def services() -> Response:
    """List the services: every layer, and every indicator at its default period."""
    _check_form()
    current = release()
    names = [layer["key"] for layer in current.catalogue["layers"]]
    names += [
        f"{layer}/{entry['slug']}/{entry['default_period']}"
        for entry in current.catalogue["indicators"]
        for layer in entry["layers"]
    ]
    listed = [{"name": name, "type": "VectorTileServer"} for name in names]
    return json_answer({"currentVersion": VERSION, "folders": [], "services": listed})


@bp.get(_LAYER)
@bp.get(_INDICATOR)
def service(layer: str, indicator: str | None = None, period: str | None = None) -> Response:
    """Describe a service: its tiling, extent, style."""
    _check_form()
    current = release()
    entry = current.layer_info(layer)
    name = entry["title"]
    if indicator is not None:
        name = choropleth.label(current, choropleth.view(current, indicator, layer, period))
    return json_answer(document(name, entry))


@bp.get(f"{_LAYER}/resources/styles")
@bp.get(f"{_LAYER}/resources/styles/root.json")
@bp.get(f"{_INDICATOR}/resources/styles")
@bp.get(f"{_INDICATOR}/resources/styles/root.json")
def root_style(layer: str, indicator: str | None = None, period: str | None = None) -> Response:
    """Give the style of a service: the light one, its only source the service itself."""
    _check_form()
    current = release()
    here = absolute_url(style_urls.arcgis_url(layer, indicator, period))
    sources = style.Sources(tiles=here, ground="", sprite="../sprites/sprite")
    if indicator is None:
        found = style.layer_style(current, layer, sources, THEMES[0])
    else:
        seen = choropleth.view(current, indicator, layer, period)
        said = caveats(current, current.indicator(indicator))
        found = style.indicator_style(current, seen, sources, THEMES[0], said)
    # ArcGIS takes one source and keeps its own ground under a layer: no background either.
    own = [part for part in found["layers"] if part.get("source") == layer]
    for part in own:
        part["source"] = "esri"
    tiles = {"esri": {"type": "vector", "url": here}}
    return json_answer({**found, "sources": tiles, "layers": flattened(own)})


@bp.get(f"{_LAYER}/resources/sprites/<name>")
@bp.get(f"{_INDICATOR}/resources/sprites/<name>")
def sprite_file(
    layer: str, name: str, indicator: str | None = None, period: str | None = None
) -> Response:
    """Give the images of the style, or their index."""
    current = release()
    if indicator is None:
        current.layer_info(layer)
    else:
        choropleth.view(current, indicator, layer, period)
    found = _SPRITE.fullmatch(name)
    if not found:
        abort(404)
    return sprite_answer(THEMES[0], bool(found[1]), found[2])


def document(name: str, layer: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ArcGIS must know of a service before it asks for a tile.

    ``layer`` is the catalogue's entry. Addresses in it are relative to the service's own.
    """
    west, south, east, north = layer["bounds"]
    low, high = mercantile.xy(west, south), mercantile.xy(east, north)
    extent = {
        "xmin": low[0], "ymin": low[1], "xmax": high[0], "ymax": high[1],
        "spatialReference": _WEB_MERCATOR,
    }  # fmt: skip
    lods = [_lod(level) for level in range(layer["max_zoom"] + 1)]
    return {
        "currentVersion": VERSION,
        "name": name,
        "copyrightText": f"{layer['authority']}, {layer['product']} {layer['vintage']}",
        "capabilities": "TilesOnly",
        "type": "indexedVector",
        "defaultStyles": "resources/styles",
        "tiles": ["tile/{z}/{y}/{x}.pbf"],
        "exportTilesAllowed": False,
        "maxExportTilesCount": 0,
        "initialExtent": extent,
        "fullExtent": extent,
        "minScale": lods[0]["scale"],
        "maxScale": lods[-1]["scale"],
        "minzoom": layer["min_zoom"],
        "maxzoom": layer["max_zoom"],
        "tileInfo": {
            "rows": _SIDE,
            "cols": _SIDE,
            "dpi": _DPI,
            "format": "pbf",
            "origin": {"x": -_HALF, "y": _HALF},
            "spatialReference": _WEB_MERCATOR,
            "lods": lods,
        },
        "resourceInfo": {
            "styleVersion": 8,
            "tileCompression": "gzip",
            "cacheInfo": {"storageInfo": {"packetSize": 128, "storageFormat": "compactV2"}},
        },
    }


def _lod(level: int) -> dict[str, float]:
    """Return a level of detail: metres a pixel at the equator, and the scale on a 96 dpi screen.

    >>> _lod(0)
    {'level': 0, 'resolution': 78271.51696401172, 'scale': 295828763.795822}
    """
    resolution = 2 * _HALF / _SIDE / 2**level
    return {
        "level": level,
        "resolution": resolution,
        "scale": round(resolution * _DPI * _INCHES, 6),
    }


def _check_form() -> None:
    """Raise BadParameterError for a form other than JSON.

    ArcGIS adds parameters of its own to these addresses: no other is looked at.
    """
    form = request.args.get("f", "json")
    if form not in ("json", "pjson"):
        raise BadParameterError("f", form, "json or pjson")


class ArcgisTiles:
    """The WSGI application before the tile service: gives its tiles under ArcGIS' addresses.

    ``following`` answers ``/tiles/...``. An empty tile is 204, as it is with ArcGIS Online.
    Parameters that ArcGIS adds are dropped.
    """

    def __init__(self, following: WSGIApplication) -> None:
        self._following = following

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        match = _TILE.fullmatch(path) if "/VectorTileServer/tile/" in path else None
        if match is None:
            return self._following(environ, start_response)
        name, z, y, x = match["name"], match["z"], match["y"], match["x"]
        tile = f"{match['pinned'] or ''}/tiles/{name}/{z}/{x}/{y}.mvt"

        def renamed(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            media_type = {"Content-Type": MEDIA_TYPE} if status.startswith("200") else {}
            named = [(key, media_type.get(key, value)) for key, value in headers]
            return start_response(status, named, *rest)

        return self._following({**environ, "PATH_INFO": tile, "QUERY_STRING": ""}, renamed)
