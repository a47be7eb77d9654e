"""The geometry of many features at once as the commands of a vector tile (specification, 4.3)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

_MOVE_TO, _LINE_TO, _CLOSE_PATH = 1, 2, 1 << 3 | 7

POINT, POLYGON = 1, 3
"""The types of geometry that are written."""


def encode_geometry(geometry: NDArray[np.object_]) -> tuple[list[int], list[bytes]]:
    """Return the type of each shape, and its commands as packed integers.

    Shapes are points, polygons and their collections, none empty, in whole units of their tile;
    polygons are wound already.
    """
    areas = shapely.get_dimensions(geometry) == 2
    encoded = np.empty(len(geometry), dtype=object)
    encoded[areas] = _split(*_polygons(geometry[areas]))
    encoded[~areas] = _split(*_points(geometry[~areas]))
    return np.where(areas, POLYGON, POINT).tolist(), encoded.tolist()


def _polygons(shapes: NDArray[np.object_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the command integers of all shapes, and how many each has."""
    parts, part_owner = shapely.get_parts(shapes, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    ends = np.ones(len(ring), dtype=bool)
    np.not_equal(ring[1:], ring[:-1], out=ends[:-1])
    points, ring = coordinates[~ends].astype(np.int64), ring[~ends]
    sizes = np.bincount(ring, minlength=len(rings))
    owner = part_owner[ring_part]
    lengths = 2 * sizes + 3
    numbers = np.empty(int(lengths.sum()), dtype=np.int64)
    last = np.cumsum(lengths)
    first = last - lengths
    numbers[first] = 1 << 3 | _MOVE_TO
    numbers[first + 3] = (sizes - 1) << 3 | _LINE_TO
    numbers[last - 1] = _CLOSE_PATH
    heads = np.cumsum(sizes) - sizes
    place = np.repeat(first + 2 - 2 * heads, sizes) + 2 * np.arange(len(points))
    place[heads] -= 1
    # The cursor is at the origin where a feature begins.
    begin = np.ones(len(owner), dtype=bool)
    np.not_equal(owner[1:], owner[:-1], out=begin[1:])
    _write_steps(numbers, place, points, heads[begin])
    return numbers, np.bincount(owner, lengths, minlength=len(shapes)).astype(np.int64)


def _points(shapes: NDArray[np.object_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the command integers of all shapes, and how many each has."""
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    points = coordinates.astype(np.int64)
    sizes = np.bincount(owner, minlength=len(shapes))
    lengths = 2 * sizes + 1
    numbers = np.empty(int(lengths.sum()), dtype=np.int64)
    numbers[np.cumsum(lengths) - lengths] = sizes << 3 | _MOVE_TO
    place = 2 * np.arange(len(points)) + owner + 1
    _write_steps(numbers, place, points, np.cumsum(sizes) - sizes)
    return numbers, lengths


def _write_steps(
    numbers: NDArray[np.int64],
    place: NDArray[np.int64],
    points: NDArray[np.int64],
    starts: NDArray[np.int64],
) -> None:
    """Write each point at its place, as the step from the one before or, at a start, the origin."""
    before = np.empty_like(points)
    before[1:] = points[:-1]
    before[starts] = 0
    steps = points - before
    zigzag = steps << 1 ^ steps >> 63
    numbers[place] = zigzag[:, 0]
    numbers[place + 1] = zigzag[:, 1]


def _split(numbers: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return the numbers as varints, cut into as many as each count says."""
    widths = np.ones(len(numbers), dtype=np.int64)
    bound = 1 << 7
    while (wider := numbers >= bound).any():
        widths += wider
        bound <<= 7
    ends = np.cumsum(widths)
    starts = ends - widths
    packed = np.empty(int(widths.sum()), dtype=np.uint8)
    for place in range(int(widths.max(initial=0))):
        here = widths > place
        more = (widths[here] > place + 1) << 7
        packed[starts[here] + place] = numbers[here] >> 7 * place & 0x7F | more
    data = packed.tobytes()
    bounds = np.append(0, ends)[np.append(0, np.cumsum(counts))].tolist()
    cut = np.empty(len(counts), dtype=object)
    cut[:] = [data[a:b] for a, b in pairwise(bounds)]
    return cut
