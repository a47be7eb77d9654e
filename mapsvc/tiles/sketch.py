"""A layer drawn as SVG paths, made once at build: small for lists, finer for whole pictures."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from mapsvc.tiles.grid import project

WIDTH = 200
"""Of a sketch, in its own units; the height follows from the layer."""
_TOLERANCE = 0.9
FINENESS = 5
"""How many units of an outline are one of a sketch: an outline is that much finer."""


class Sketch(NamedTuple):
    """The shapes of a layer in a picture ``WIDTH`` units wide, y down."""

    height: int
    paths: list[str | None]
    """An SVG path for each jurisdiction, None without territory."""
    outlines: list[str | None]
    """The same, ``FINENESS`` times as wide and in whole units: good for a map of 1,000 pixels."""
    points: NDArray[np.float64]
    """(jurisdictions, 2): where a symbol stands; NaN where nowhere."""


def sketch(polygons: NDArray[np.object_], anchors: NDArray[np.float64]) -> Sketch:
    """Project polygons (EPSG:4326, None allowed) to Web Mercator, simplify as one coverage, draw.

    ``anchors`` are (n, 2) longitudes and latitudes, NaN where there is none.
    """
    rows = np.flatnonzero(~shapely.is_missing(polygons))
    flat = shapely.transform(polygons[rows], project)
    west, south, east, north = shapely.total_bounds(flat)
    scale = WIDTH / (east - west)
    corner, stretch = np.array([west, north]), np.array([scale, -scale])
    placed = shapely.transform(flat, lambda points: (points - corner) * stretch)
    paths: list[str | None] = [None] * len(polygons)
    outlines: list[str | None] = [None] * len(polygons)
    for row, shape in zip(rows, shapely.coverage_simplify(placed, _TOLERANCE), strict=True):
        paths[row] = _path(shape)
    finer = shapely.coverage_simplify(placed, _TOLERANCE / FINENESS)
    for row, shape in zip(rows, finer, strict=True):
        outlines[row] = _outline(shape)
    points = np.full((len(polygons), 2), np.nan)
    known = np.isfinite(anchors).all(axis=1)
    points[known] = (project(anchors[known]) - corner) * stretch
    return Sketch(math.ceil((north - south) * scale), paths, outlines, np.round(points, 1))


def _path(shape: shapely.Geometry) -> str:
    rings = []
    for part in shapely.get_parts(shape):
        for ring in (part.exterior, *part.interiors):
            corners = np.round(shapely.get_coordinates(ring), 1)[:-1]
            rings.append("M" + "L".join(f"{x:g},{y:g}" for x, y in corners) + "Z")
    return "".join(rings)


def _outline(shape: shapely.Geometry) -> str:
    """Return a path of whole steps from corner to corner, which are the shortest to write."""
    rings, at = [], np.zeros(2, int)
    for part in shapely.get_parts(shape):
        for ring in (part.exterior, *part.interiors):
            corners = np.rint(shapely.get_coordinates(ring) * FINENESS).astype(int)[:-1]
            moved = np.r_[True, np.any(np.diff(corners, axis=0), axis=1)]
            corners = corners[moved]
            steps = np.diff(corners, axis=0, prepend=at[None])
            # Closing a ring returns to where it began: the next one starts from there.
            at = corners[0]
            (x, y), rest = steps[0], "".join(f"{dx},{dy} " for dx, dy in steps[1:]).rstrip()
            rings.append(f"m{x},{y}l{rest}z" if rest else f"m{x},{y}h1v1h-1z")
    return "".join(rings)
