"""A miniature boundary set: a jagged partition with the cases that break tiles."""

from __future__ import annotations

import math
import random
from typing import NamedTuple

import numpy as np
import shapely

from mapsvc.tiles.coverage import Polygons, label_points

WEST, SOUTH, STEP = -121.0, 36.5, 0.6
COLUMNS, ROWS = 4, 3
LAKE = shapely.Point(WEST + 2.5 * STEP, SOUTH + 1.5 * STEP).buffer(0.04)
"""Nobody's: a hole in the cell around it."""


class BoundarySet(NamedTuple):
    fids: list[int]
    polygons: Polygons
    properties: list[dict[str, str]]
    labels: np.ndarray


def _jagged(start, end, rng, depth=7):
    """A line between two points, each half of which is bent again: like a river, or a coast."""
    if depth == 0:
        return [start]
    (ax, ay), (bx, by) = start, end
    shift = rng.uniform(-0.14, 0.14) * math.dist(start, end)
    length = math.dist(start, end)
    middle = (
        (ax + bx) / 2 - (by - ay) / length * shift,
        (ay + by) / 2 + (bx - ax) / length * shift,
    )
    return _jagged(start, middle, rng, depth - 1) + _jagged(middle, end, rng, depth - 1)


def partition(seed: int = 7) -> Polygons:
    """Return 12 cells whose borders are jagged, one of them cut in two, with what is hard.

    There are T-junctions (half a cell's border ends on its neighbour's), an enclave that is a
    hole in its surroundings, a lake that is nobody's, a tiny polygon in a corner, a strip a few
    metres wide, and an island that belongs to a cell.
    """
    rng = random.Random(seed)
    node = {
        (i, j): (
            WEST + STEP * (i + rng.uniform(-0.15, 0.15)),
            SOUTH + STEP * (j + rng.uniform(-0.15, 0.15)),
        )
        for i in range(COLUMNS + 1)
        for j in range(ROWS + 1)
    }
    lines = []
    for (i, j), here in node.items():
        for there in ((i + 1, j), (i, j + 1)):
            if there in node:
                lines.append([*_jagged(here, node[there], rng), node[there]])
    # A line from the middle of one border to the middle of another: two T-junctions.
    low = next(line for line in lines if line[0] == node[1, 1] and line[-1] == node[2, 1])[64]
    high = next(line for line in lines if line[0] == node[1, 2] and line[-1] == node[2, 2])[64]
    lines.append([*_jagged(low, high, rng), high])
    x, y = node[3, 1][0] + STEP / 2, node[3, 1][1] + STEP / 2
    enclave = shapely.Point(x, y).buffer(0.05)
    lake = LAKE
    strip = shapely.box(x + 0.12, y - 0.15, x + 0.1203, y + 0.15)
    corner_x, corner_y = node[2, 1]
    tiny = shapely.box(corner_x - 1e-4, corner_y - 1e-4, corner_x + 1e-4, corner_y + 1e-4)
    rings = [shape.exterior for shape in (enclave, lake, strip, tiny)]
    noded = shapely.unary_union([*map(shapely.LineString, lines), *rings])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    merged = []
    taken = np.zeros(len(faces), dtype=bool)
    points = shapely.point_on_surface(faces)
    for shape in (lake, enclave, strip, tiny):
        inside = shapely.within(points, shape) & ~taken
        taken |= inside
        if shape is not lake:
            merged.append(shapely.union_all(faces[inside]))
    cells = list(faces[~taken])
    island = shapely.Point(WEST - 0.3, SOUTH + 0.3).buffer(0.01)
    cells[0] = shapely.MultiPolygon([cells[0], island])
    return np.array([*cells, *merged], dtype=object)


def boundary_set(seed: int = 7) -> BoundarySet:
    """Return the partition as the rows of a layer, the last of which has no territory."""
    polygons = np.append(partition(seed), None)
    ids = [f"{position:05d}" for position in range(9001, 9001 + len(polygons))]
    properties = [{"id": name, "name": f"County {name}", "kind": "county"} for name in ids]
    return BoundarySet([int(name) for name in ids], polygons, properties, label_points(polygons))
