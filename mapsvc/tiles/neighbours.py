"""Do the territories of a tile fit each other, and the tiles each other?

A tile may have no gap and no overlap that the territories themselves do not have, wider than half
a unit of the grid: what is narrower is less than a sixteenth of a pixel and comes of rounding. So
no layer need be declared a partition: a lake that is nobody's is a gap of the territories, a campus
inside its city an overlap. Lines move when they are simplified, by ``ALLOWANCE`` at most; what a
tile leaves uncovered may so lie near what the territories leave uncovered. A jurisdiction that
collapsed to a square of one unit overlaps its neighbours by the rule that keeps it on the map.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mapsvc.tiles.checker import CheckedFeature
from mapsvc.tiles.grid import BUFFER, EXTENT, project, to_grid

WIDTH = 0.5
"""Units of the grid: nothing wider may part or double neighbours."""

AGREEMENT = 1.0
"""Units by which two tiles may differ where both draw: each rounds where it cuts, by a half."""

ALLOWANCE = 4.0
"""Units by which simplifying may move the edge of what is covered, or of a true overlap."""

_DETAIL = 0.25
"""Units to which the edge of what is covered is looked at."""
_NOISE = 0.05
"""Units: a gap or an overlap of the territories that is narrower is a border badly matched."""
_MARGIN = BUFFER + 16

Shape = Any
"""A shapely geometry."""
Shapes = NDArray[np.object_]


class Ground:
    """What the territories of a layer truly cover, on the grid of any zoom.

    ``polygons`` are longitudes and latitudes (EPSG:4326), None where there is no territory;
    ``fids`` their feature ids.
    """

    def __init__(self, fids: Sequence[int], polygons: Shapes, max_zoom: int) -> None:
        present = ~shapely.is_missing(polygons) & ~shapely.is_empty(polygons)
        deepest = shapely.transform(
            polygons[present], lambda lonlat: to_grid(project(lonlat), max_zoom)
        )
        broken = ~shapely.is_valid(deepest)
        deepest[broken] = shapely.make_valid(deepest[broken])
        own = np.asarray(fids, dtype=object)[present]
        self._territory = dict(zip(own.tolist(), deepest, strict=True))
        self._max_zoom = max_zoom
        covered = shapely.union_all(deepest)
        self._covered = {}
        for zoom in range(max_zoom, -1, -1):
            covered = shapely.simplify(covered, _DETAIL)
            self._covered[zoom] = covered
            covered = _scaled(covered, 0.5)
        self._block = lru_cache(maxsize=1024)(self._cut)
        self._shared = lru_cache(maxsize=1024)(self._intersection)

    def uncovered(self, z: int, x: int, y: int) -> Shape:
        """Return what no territory covers in a tile and around it, in the tile's units."""
        ground = shapely.make_valid(self._block(z, z, x, y))
        left, top = x * EXTENT, y * EXTENT
        frame = shapely.box(
            left - _MARGIN, top - _MARGIN, left + EXTENT + _MARGIN, top + EXTENT + _MARGIN
        )
        return _moved(_true(shapely.difference(frame, ground)), left, top)

    def overlap(self, z: int, x: int, y: int, first: int, second: int) -> Shape:
        """Return what two features truly have in common, in a tile's units."""
        shared = _scaled(self._shared(first, second), 0.5 ** (self._max_zoom - z))
        return _moved(_true(shared), x * EXTENT, y * EXTENT)

    def _cut(self, zoom: int, depth: int, x: int, y: int) -> Shape:
        """Return what is covered in a block, ``2**depth`` of which are as wide as the world.

        Each block is cut from the one around it, so that a tile does not look at a whole coast.
        """
        if depth == 0:
            return self._covered[zoom]
        size = EXTENT << (zoom - depth)
        return shapely.clip_by_rect(
            self._block(zoom, depth - 1, x >> 1, y >> 1),
            x * size - 2 * _MARGIN,
            y * size - 2 * _MARGIN,
            (x + 1) * size + 2 * _MARGIN,
            (y + 1) * size + 2 * _MARGIN,
        )

    def _intersection(self, first: int, second: int) -> Shape:
        none = shapely.Polygon()
        return shapely.intersection(
            self._territory.get(first, none), self._territory.get(second, none)
        )


def gaps(shapes: Shapes, ground: Ground, z: int, x: int, y: int, width: float = WIDTH) -> Shapes:
    """Return what the polygons of a tile leave uncovered, and the territories do not.

    Shapes are in the tile's units, and so are the answers, all wider than ``width``: parts that
    touch nothing that is truly uncovered, and of the others what lies farther from it than
    simplifying may move a line.
    """
    reach = EXTENT + BUFFER
    box = shapely.box(-BUFFER, -BUFFER, reach, reach)
    fit = shapely.coverage_is_valid(shapes)
    if fit and shapely.area(shapes).sum() == box.area:
        return np.empty(0, dtype=object)
    covered = shapely.coverage_union_all(shapes) if fit else shapely.union_all(shapes)
    parts = _wider(_areas(shapely.difference(box, covered)), width)
    if not len(parts):
        return parts
    true = ground.uncovered(z, x, y)
    shapely.prepare(true)
    touching = shapely.dwithin(true, parts, 1.0)
    rest = _wider(_areas(shapely.difference(parts[touching], true)), width)
    far = [
        shapely.difference(part, shapely.buffer(shapely.clip_by_rect(true, *around), ALLOWANCE))
        for part, around in zip(
            rest, shapely.bounds(rest) + np.array([-1, -1, 1, 1]) * (ALLOWANCE + 1), strict=True
        )
    ]
    return np.concatenate([parts[~touching], _wider(_areas(far), width)])


def overlaps(
    fids: Sequence[int],
    shapes: Shapes,
    ground: Ground,
    z: int,
    x: int,
    y: int,
    width: float = WIDTH,
) -> dict[tuple[int, int], Shapes]:
    """Return what two polygons of a tile both cover, and the two territories do not.

    Shapes are in the tile's units, and so are the answers, all wider than ``width``.
    """
    whole = np.flatnonzero(~collapsed(shapes)).tolist()
    shapes, fids = shapes[whole], [fids[row] for row in whole]
    if shapely.coverage_is_valid(shapes):
        return {}
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = first < second
    found = {}
    for a, b in zip(first[once].tolist(), second[once].tolist(), strict=True):
        parts = _wider(_areas(shapely.intersection(shapes[a], shapes[b])), width)
        if len(parts):
            true = shapely.buffer(ground.overlap(z, x, y, fids[a], fids[b]), ALLOWANCE)
            parts = _wider(_areas(shapely.difference(parts, true)), width)
        if len(parts):
            found[fids[a], fids[b]] = parts
    return found


def collapsed(shapes: Shapes) -> NDArray[np.bool_]:
    """Tell which polygons are squares of one unit: what is left of a jurisdiction too small."""
    sides = shapely.bounds(shapes)[:, 2:] - shapely.bounds(shapes)[:, :2]
    small: NDArray[np.bool_] = (sides == 1).all(axis=1)
    return small


def misfits(
    features: Sequence[CheckedFeature], ground: Ground, z: int, x: int, y: int
) -> Iterator[str]:
    """Yield the gaps and overlaps of a tile's polygons that are too wide, a line each."""
    drawn = [each for each in features if each.fid is not None and _is_area(each.geometry)]
    shapes = np.array([feature.geometry for feature in drawn], dtype=object)
    if not len(shapes) or not shapely.is_valid(shapes).all():
        return
    fids = [feature.fid or 0 for feature in drawn]
    for (first, second), parts in overlaps(fids, shapes, ground, z, x, y).items():
        for part in parts:
            yield f"features {first} and {second} overlap by {_where(part)}"
    for part in gaps(shapes, ground, z, x, y):
        yield f"there is a gap of {_where(part)}"


def disagreements(
    here: Sequence[CheckedFeature], there: Sequence[CheckedFeature], dx: int, dy: int
) -> Iterator[int | None]:
    """Yield the features that two neighbouring tiles draw differently where both draw.

    The second tile is ``dx`` columns and ``dy`` rows from the first; (1, 0) is east of it. They
    have in common a strip as wide as two buffers.
    """
    # Half a unit inside: an edge along the knife is what clip_by_rect gets wrong.
    inner, reach = BUFFER - 0.5, EXTENT + BUFFER - 0.5
    left, top = (EXTENT - inner if step else -inner for step in (dx, dy))
    strip = (left, top, reach, reach)
    first = _in_strip(here, strip, 0, 0)
    second = _in_strip(there, strip, dx * EXTENT, dy * EXTENT)
    either = sorted(first.keys() | second.keys(), key=str)
    none = shapely.Polygon()
    a = np.array([first.get(fid, none) for fid in either], dtype=object)
    b = np.array([second.get(fid, none) for fid in either], dtype=object)
    for row in np.flatnonzero(~shapely.equals_exact(a, b, 0.0)):
        if len(_wider(_areas(shapely.symmetric_difference(a[row], b[row])), AGREEMENT)):
            yield either[row]


def _in_strip(
    features: Sequence[CheckedFeature], strip: tuple[float, float, float, float], dx: int, dy: int
) -> Mapping[int | None, Shape]:
    """Return what of each polygon lies in a strip, in the units of the tile that it is given in."""
    drawn = [feature for feature in features if _is_area(feature.geometry)]
    if not drawn:
        return {}
    shapes = np.array([feature.geometry for feature in drawn], dtype=object)
    left, top, right, bottom = strip
    cut = shapely.clip_by_rect(shapes, left - dx, top - dy, right - dx, bottom - dy)
    cut = shapely.transform(cut, lambda xy: xy - (-dx, -dy))
    broken = ~shapely.is_valid(cut)
    cut[broken] = shapely.make_valid(cut[broken])
    return {
        feature.fid: shape
        for feature, shape in zip(drawn, cut, strict=True)
        if not shapely.is_empty(shape)
    }


def _wider(parts: Shapes, width: float) -> Shapes:
    """Return the polygons that a disc fits into, ``width`` across."""
    if not width:
        return parts
    # A disc as wide as twice the area by the length of its edge fits into any polygon.
    sure = 2 * shapely.area(parts) > width * shapely.length(parts)
    maybe = ~sure & (shapely.area(parts) > 0.75 * width * width)
    maybe[maybe] = ~shapely.is_empty(shapely.buffer(parts[maybe], -width / 2))
    chosen: Shapes = parts[sure | maybe]
    return chosen


def _areas(shapes: Any) -> Shapes:
    """Return the polygons among the parts of shapes."""
    parts = shapely.get_parts(shapely.get_parts(np.atleast_1d(shapes)))
    areas: Shapes = parts[shapely.area(parts) > 0]
    return areas


def _true(geometry: Shape) -> Shape:
    """Return a gap or an overlap of the territories without what comes of borders badly matched."""
    return shapely.multipolygons(_wider(_areas(geometry), _NOISE))


def _is_area(geometry: Any) -> bool:
    return geometry is not None and shapely.get_dimensions(geometry) == 2


def _scaled(geometry: Shape, factor: float) -> Shape:
    return shapely.transform(geometry, lambda xy: xy * factor)


def _moved(geometry: Shape, left: int, top: int) -> Shape:
    return shapely.transform(geometry, lambda xy: xy - (left, top))


def _where(part: Shape) -> str:
    """Say how wide a shape is, and where."""
    circle = shapely.maximum_inscribed_circle(part)
    x, y = shapely.get_coordinates(circle)[0]
    return f"{2 * circle.length:.2g} units at ({x:.0f}, {y:.0f})"
