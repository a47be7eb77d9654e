"""The edges of polygons on an integer grid, and which of them two polygons share.

Polygons cover the plane once, or not at all, where they are valid and each edge has one of them on
either side: to step over such an edge is to leave one and to enter another, so the number of
polygons around a point changes only at an edge that is *free*. Whoever looks for overlaps and gaps
need look no further than the polygons with free edges: at the rim of a coverage, which have a third
of the vertices of a country's counties.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

_MIX = np.int64(-7046029254386353131), np.int64(-4417276706812531889)
"""Odd numbers without a pattern. The first is 2**64 divided by the golden ratio, so that points
less than 2**30 apart, either way, have different numbers."""


def edges(polygons: NDArray[np.object_]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return the ends of each edge, an (n, 2) array of vertex numbers, and the row of its polygon.

    Polygons have whole coordinates. A vertex has the same number in every call, and an edge runs
    as its ring does.
    """
    parts, owner = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    x, y = coordinates.astype(np.int64).T
    vertices = x * _MIX[0] + y
    inside = (ring[1:] == ring[:-1]) & (vertices[1:] != vertices[:-1])
    return (
        np.column_stack((vertices[:-1], vertices[1:]))[inside],
        owner[part[ring[:-1][inside]]],
    )


def at_rim(polygons: NDArray[np.object_]) -> NDArray[np.intp]:
    """Return the rows of the polygons with a free edge: one without exactly one on its other side.

    Polygons are valid, with whole coordinates.
    """
    ends, owner = edges(shapely.orient_polygons(polygons, exterior_cw=False))
    low, high = np.minimum(*ends.T), np.maximum(*ends.T)
    order = np.argsort(low * _MIX[0] + high * _MIX[1])
    onward = (ends[:, 0] == low)[order]
    low, high = low[order], high[order]
    same = np.zeros(len(ends) + 1, dtype=bool)
    same[1:-1] = (low[1:] == low[:-1]) & (high[1:] == high[:-1])
    # The first of two: like the next, unlike those around both, and run the other way.
    pair = np.flatnonzero(same[1:-1] & ~same[:-2] & ~same[2:] & (onward[1:] != onward[:-1]))
    free = np.ones(len(ends), dtype=bool)
    free[pair] = free[pair + 1] = False
    return np.unique(owner[order[free]])


def repeating(coordinates: NDArray[np.float64], owner: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the rows of the shapes that may repeat a point: all that do, and few others.

    ``coordinates``, an (n, 2) array, and the row of the shape that each is of are what
    ``shapely.get_coordinates`` returns.
    """
    x, y = coordinates.T
    same = (x[1:] == x[:-1]) & (y[1:] == y[:-1]) & (owner[1:] == owner[:-1])
    return np.unique(owner[1:][same])


def without_repeats(polygons: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the polygons without repeated points, as ``shapely.remove_repeated_points`` does."""
    rows = repeating(*shapely.get_coordinates(polygons, return_index=True))
    polygons = polygons.copy()
    polygons[rows] = shapely.remove_repeated_points(polygons[rows])
    return polygons
