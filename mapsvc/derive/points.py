"""Points to polygons: a grid answers for most points, geometry only where a border passes.

The grid's cells are wholly inside a polygon, wholly outside all, or crossed by a border. A point
in one of the first two kinds is answered by its cell; for the third, the few polygons whose border
passes are asked one after another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

OUTSIDE = -1
FEWEST_CELLS, MOST_CELLS = 16, 2048
"""Cells along each side of the grid."""
CHUNK = 1 << 17
"""Points whose cells are worked out at once: their arrays stay in the processor's cache."""
PAD = 1e-6
"""Cells by which a border is widened, since the points put on long segments are rounded."""

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Grid:
    """An index of polygons, to be asked by ``locate_in`` any number of times.

    The outermost cells are empty: they take every point beyond the polygons, and NaN.
    """

    polygons: npt.NDArray[np.object_]
    size: int
    west: float
    south: float
    cells_per_x: float
    cells_per_y: float
    cells: Indices
    """By cell, row after row: a polygon's index, OUTSIDE, or -2 - k for the k-th crossed cell."""
    candidates: Indices
    """By crossed cell: the polygons to ask, in their order, and then -1."""
    inside: Indices
    """By crossed cell: the polygon that holds all of it, for points in no candidate; or OUTSIDE."""

    def columns(self, longitude: Floats) -> npt.NDArray[np.int64]:
        return self._cell((longitude - self.west) * self.cells_per_x)

    def rows(self, latitude: Floats) -> npt.NDArray[np.int64]:
        return self._cell((latitude - self.south) * self.cells_per_y)

    def _cell(self, position: Floats) -> npt.NDArray[np.int64]:
        # fmax and fmin take the number where the other is NaN.
        np.fmax(position, 0.0, out=position)
        np.fmin(position, self.size - 1.0, out=position)
        return position.astype(np.int64)


def locate(longitude: Floats, latitude: Floats, polygons: npt.NDArray[np.object_]) -> Indices:
    """Return, for each point, the index of the polygon that it is in, or -1.

    As geopandas' ``sjoin(predicate="within")``, except that a point on a border, or in several
    polygons, goes to the first of them instead of to none or to all. Points and polygons share
    one reference system; ``polygons`` may hold None and geometries without area, which have no
    point. A point with a NaN coordinate is nowhere.
    """
    return locate_in(build_grid(polygons, expected=len(longitude)), longitude, latitude)


def build_grid(polygons: npt.NDArray[np.object_], expected: int = 10**6) -> Grid:
    """Index polygons by a grid whose fineness suits the number of points ``expected``."""
    polygons = np.array(polygons, dtype=object)
    polygons[(shapely.get_dimensions(polygons) != 2) | shapely.is_empty(polygons)] = None
    shapely.prepare(polygons)
    size = min(max(math.isqrt(expected), FEWEST_CELLS), MOST_CELLS)
    if all(polygon is None for polygon in polygons):
        none = np.zeros(0, dtype=np.int32)
        cells = np.full(size * size, OUTSIDE, dtype=np.int32)
        return Grid(polygons, size, 0, 0, 1, 1, cells, none.reshape(0, 0), none)
    west, south, east, north = shapely.total_bounds(polygons).tolist()
    # One empty cell before the polygons, and one after the cell that their far edge begins.
    per_x, per_y = (size - 3) / (east - west), (size - 3) / (north - south)
    frame = Grid(
        polygons, size, west - 1 / per_x, south - 1 / per_y, per_x, per_y,
        *(np.zeros(0, dtype=np.int32),) * 3,
    )  # fmt: skip
    crossings: list[npt.NDArray[np.int64]] = []
    crossing_polygons: list[Indices] = []
    inside = np.full(size * size, OUTSIDE, dtype=np.int32)
    # From last to first, so that the first polygon that holds a cell is the one that stays.
    for index in reversed(range(len(polygons))):
        if polygons[index] is None:
            continue
        crossed = _crossed_cells(frame, polygons[index])
        inside[_held_cells(frame, polygons[index], crossed)] = index
        crossings.append(crossed)
        crossing_polygons.append(np.full(len(crossed), index, dtype=np.int32))
    return _assemble(frame, inside, np.concatenate(crossings), np.concatenate(crossing_polygons))


def _crossed_cells(grid: Grid, polygon: shapely.Geometry) -> npt.NDArray[np.int64]:
    """Return, sorted, the cells that a polygon's border may pass through.

    A column is a rising function of longitude, so that the cells of a segment's corners enclose
    those of all its points: no point can be on the other side of a border that its cell misses.
    """
    lines = shapely.get_parts(shapely.boundary(polygon))
    step = min(1 / grid.cells_per_x, 1 / grid.cells_per_y)
    coordinates, line = shapely.get_coordinates(shapely.segmentize(lines, step), return_index=True)
    same = line[1:] == line[:-1]
    spans = []
    for axis, scale, start in (
        (0, grid.cells_per_x, grid.west),
        (1, grid.cells_per_y, grid.south),
    ):
        position = (coordinates[:, axis] - start) * scale
        ends = np.stack([position[:-1][same], position[1:][same]])
        low = np.floor(ends.min(axis=0) - PAD).astype(np.int64)
        high = np.floor(ends.max(axis=0) + PAD).astype(np.int64)
        spans.append((low, high))
    (left, right), (bottom, top) = spans
    cells = []
    for across in range(int((right - left).max()) + 1):
        for up in range(int((top - bottom).max()) + 1):
            reached = (left + across <= right) & (bottom + up <= top)
            cells.append(((bottom + up) * grid.size + left + across)[reached])
    return np.unique(np.concatenate(cells)).astype(np.int64, copy=False)


def _held_cells(
    grid: Grid, polygon: shapely.Geometry, crossed: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return the cells wholly inside a polygon, given those that its border crosses.

    Between two crossed cells of a row, no border passes: one cell answers for all.
    """
    rows, columns = np.divmod(crossed, grid.size)
    follows = (rows[1:] == rows[:-1]) & (columns[1:] > columns[:-1] + 1)
    start, end = crossed[:-1][follows] + 1, crossed[1:][follows]
    row, column = np.divmod(start, grid.size)
    held = shapely.contains_xy(
        polygon,
        grid.west + (column + 0.5) / grid.cells_per_x,
        grid.south + (row + 0.5) / grid.cells_per_y,
    )
    start, length = start[held], (end - start)[held]
    offsets = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    cells: npt.NDArray[np.int64] = np.repeat(start, length) + offsets
    return cells


def _assemble(frame: Grid, inside: Indices, cell: npt.NDArray[np.int64], polygon: Indices) -> Grid:
    """Return the grid, given which polygon holds each cell and which borders cross which."""
    # A polygon after the one that holds the cell would never be reached.
    useful = (inside[cell] == OUTSIDE) | (polygon < inside[cell])
    cell, polygon = cell[useful], polygon[useful]
    order = np.lexsort((polygon, cell))
    cell, polygon = cell[order], polygon[order]
    crossed, first, count = np.unique(cell, return_index=True, return_counts=True)
    candidates = np.full((len(crossed), int(count.max(initial=0))), -1, dtype=np.int32)
    candidates[
        np.repeat(np.arange(len(crossed)), count), np.arange(len(cell)) - np.repeat(first, count)
    ] = polygon
    cells = inside.copy()
    cells[crossed] = -2 - np.arange(len(crossed), dtype=np.int32)
    return Grid(
        frame.polygons, frame.size, frame.west, frame.south, frame.cells_per_x, frame.cells_per_y,
        cells, candidates, inside[crossed],
    )  # fmt: skip


def locate_in(grid: Grid, longitude: Floats, latitude: Floats) -> Indices:
    """Return, for each point, the index of the polygon of a grid that it is in, or -1."""
    longitude = np.asarray(longitude, dtype=np.float64)
    latitude = np.asarray(latitude, dtype=np.float64)
    found = np.empty(len(longitude), dtype=np.int32)
    for start in range(0, len(found), CHUNK):
        part = slice(start, start + CHUNK)
        cell = grid.rows(latitude[part]) * grid.size + grid.columns(longitude[part])
        found[part] = grid.cells[cell]
    open_points = np.flatnonzero(found < OUTSIDE)
    crossed = -2 - found[open_points]
    found[open_points] = grid.inside[crossed]
    for candidate in grid.candidates.T:
        asked = candidate[crossed]
        left = np.flatnonzero(asked >= 0)
        order = left[np.argsort(asked[left], kind="stable")]
        bounds = np.searchsorted(asked[order], np.arange(len(grid.polygons) + 1))
        settled = asked < 0
        for index in range(len(grid.polygons)):
            here = order[bounds[index] : bounds[index + 1]]
            if not len(here):
                continue
            points = open_points[here]
            hit = shapely.intersects_xy(grid.polygons[index], longitude[points], latitude[points])
            found[points[hit]] = index
            settled[here] = hit
        open_points, crossed = open_points[~settled], crossed[~settled]
    return found
