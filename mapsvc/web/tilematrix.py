"""The tile matrix set WebMercatorQuad (OGC 17-083r4, annex D), and where a layer has tiles in it.

A declared document: the library that has it would be a large part of a worker's memory. The tests
hold it to morecantile's.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mapsvc.web import crs

ID = "WebMercatorQuad"
URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
TITLE = "Google Maps Compatible for the World"

TILESETS = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
SCHEMES = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
GEODATA = "http://www.opengis.net/def/rel/ogc/1.0/geodata"
SCHEME = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"

DEEPEST = 24
_HALF_M = math.pi * 6378137.0
_PIXEL_M = 0.00028
_SIDE = 256
_BUFFER = 64 / 4096
"""Of a tile's side: what a tile has of its neighbours."""
_HIGHEST = 85.0511287798066


def document() -> dict[str, Any]:
    """Return the tile matrix set as JSON."""
    return {
        "id": ID,
        "title": TITLE,
        "uri": URI,
        "crs": crs.EPSG_3857,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [_matrix(zoom) for zoom in range(DEEPEST + 1)],
    }


def _matrix(zoom: int) -> dict[str, Any]:
    cell = 2 * _HALF_M / _SIDE / (1 << zoom)
    return {
        "id": str(zoom),
        "scaleDenominator": cell / _PIXEL_M,
        "cellSize": cell,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-_HALF_M, _HALF_M],
        "tileWidth": _SIDE,
        "tileHeight": _SIDE,
        "matrixWidth": 1 << zoom,
        "matrixHeight": 1 << zoom,
    }


def limits(
    bounds: tuple[float, float, float, float], least: int, most: int
) -> list[dict[str, Any]]:
    """Return the rows and columns of tiles that a layer may have, for zooms ``least`` to ``most``.

    ``bounds`` are west, south, east and north in degrees.

    >>> limits((-124.4, 32.5, -114.1, 42.0), 5, 5)[0]["minTileRow"]
    11
    """
    west, south, east, north = bounds
    corners = np.array([(west, min(north, _HIGHEST)), (east, max(south, -_HIGHEST))])
    metres = crs.REFERENCES[crs.EPSG_3857].forward(corners)
    places = (metres * (1.0, -1.0) + _HALF_M) / (2 * _HALF_M)
    return [_limit(places[0], places[1], zoom) for zoom in range(least, most + 1)]


def _limit(first: Any, last: Any, zoom: int) -> dict[str, Any]:
    count = 1 << zoom
    low = np.clip(np.floor(first * count - _BUFFER), 0, count - 1).astype(int).tolist()
    high = np.clip(np.floor(last * count + _BUFFER), 0, count - 1).astype(int).tolist()
    return {
        "tileMatrix": str(zoom),
        "minTileRow": low[1],
        "maxTileRow": high[1],
        "minTileCol": low[0],
        "maxTileCol": high[0],
    }
