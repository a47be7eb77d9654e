"""Tile arithmetic: one integer grid for the whole world at each zoom.

At zoom z the world is ``4096 * 2**z`` units wide; the origin is its north-west corner, x grows
east and y grows south. A vertex is rounded on this grid before any tile is cut, so neighbouring
tiles agree by construction: a tile's own coordinates are the grid's, less the tile's corner.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import mercantile
import numpy as np
import pyproj
from numpy.typing import ArrayLike, NDArray

EXTENT = 4096
"""Units along the side of a tile."""

BUFFER = 64
"""Units that a tile reaches beyond its box on every side, so that outlines do not end at it."""

MAX_ZOOM = 24
"""The deepest zoom: a unit is then 0.6 mm, and a coordinate is still exact in 64 bits."""

WORLD_METRES = float(mercantile.CE)
"""Width of the world in Web Mercator (EPSG:3857)."""

MAX_LATITUDE = 85.051128
"""Web Mercator's square world ends here; what lies beyond is moved to its edge."""


class GridBox(NamedTuple):
    """A rectangle on the grid of a zoom, in units."""

    left: int
    top: int
    right: int
    bottom: int


def unit_metres(zoom: int) -> float:
    """Return the side of a grid unit in Web Mercator metres.

    >>> round(unit_metres(10), 2)
    9.55
    """
    return WORLD_METRES / (EXTENT << zoom)


@lru_cache(maxsize=1)
def _web_mercator() -> Any:
    return pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)


def project(lonlat: ArrayLike) -> NDArray[np.float64]:
    """Project an (n, 2) array of longitudes and latitudes (EPSG:4326) to Web Mercator metres."""
    points = np.asarray(lonlat, dtype=float).reshape(-1, 2)
    latitude = np.clip(points[:, 1], -MAX_LATITUDE, MAX_LATITUDE)
    return np.column_stack(_web_mercator().transform(points[:, 0], latitude))


def unproject(mercator: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Web Mercator metres, an (n, 2) array, as longitudes and latitudes (EPSG:4326)."""
    return np.column_stack(
        _web_mercator().transform(mercator[:, 0], mercator[:, 1], direction="INVERSE")
    )


def to_grid(mercator: NDArray[np.float64], zoom: int) -> NDArray[np.float64]:
    """Return Web Mercator metres, an (n, 2) array, as unrounded grid units of ``zoom``."""
    half = WORLD_METRES / 2
    return (mercator * (1.0, -1.0) + half) / unit_metres(zoom)


def tile_box(x: int, y: int, buffer: int = 0) -> GridBox:
    """Return the box of a tile on the grid of its zoom, ``buffer`` units wider on every side.

    >>> tile_box(1, 0, buffer=64)
    GridBox(left=4032, top=-64, right=8256, bottom=4160)
    """
    left, top = x * EXTENT, y * EXTENT
    return GridBox(left - buffer, top - buffer, left + EXTENT + buffer, top + EXTENT + buffer)


def tiles_meeting(box: tuple[float, float, float, float], zoom: int) -> tuple[range, range]:
    """Return the columns and rows of tiles whose buffered box meets a box in grid units.

    ``box`` is (left, top, right, bottom). Columns and rows outside the world are left out.
    """
    left, top, right, bottom = box
    last = (1 << zoom) - 1
    columns = range(
        max(0, int((left - BUFFER) // EXTENT)), min(last, int((right + BUFFER) // EXTENT)) + 1
    )
    rows = range(
        max(0, int((top - BUFFER) // EXTENT)), min(last, int((bottom + BUFFER) // EXTENT)) + 1
    )
    return columns, rows


def tiles_covering(bounds: tuple[float, float, float, float], zoom: int) -> set[tuple[int, int]]:
    """Return the (x, y) of the tiles that cover (west, south, east, north) in degrees."""
    return {(tile.x, tile.y) for tile in mercantile.tiles(*bounds, zooms=zoom)}
