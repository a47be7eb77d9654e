"""Polygons on the integer grid of each zoom, simplified and snapped as one coverage.

The rules, in order:

1. *Simplify* in Web Mercator with ``shapely.coverage_simplify``, from the deepest zoom up, each
   zoom from the one below it: a border that two polygons share stays one border. The deepest zoom
   stays as it is: its tiles are enlarged for every zoom beyond it.
2. *Snap* to the grid of the zoom. Shared vertices move together.
3. *Repair* what snapping broke. The borders of polygons that became invalid, or that no longer
   match, are noded together on the grid (snap rounding), the faces between them are built anew,
   and each face goes to every polygon that held its inner point (where that lies on a border, to
   the polygon that held most of the face). Where that moves an edge of a polygon beside them, this
   is noded with them, until none moves. So there is no gap and no overlap that the source did not
   have.
4. *Keep*: a polygon that has no face left becomes the square of one unit that holds its anchor,
   the point given for it; nothing vanishes at any zoom. Without anchors it is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import shapely
from numpy.typing import NDArray

from mapsvc.tiles.borders import at_rim, edges, without_repeats
from mapsvc.tiles.grid import project, to_grid, unit_metres, unproject

Polygons = NDArray[np.object_]
"""Shapely polygons and multipolygons; None where there is no territory."""

TOLERANCE = 4.0
"""Square root, in grid units, of the effective area under which a vertex goes (Visvalingam).

A tile shown at 512 pixels has 8 units to the pixel: triangles under a quarter of a square pixel
go, and at 256 pixels under a sixteenth.
"""


def snap(polygons: Polygons, anchors: NDArray[np.float64] | None = None) -> Polygons:
    """Snap polygons in grid units to whole units, as one coverage.

    ``anchors`` is an (n, 2) array of grid units, a point of each polygon; see the module for
    what it is for. Returns an array of the same length: valid polygons with integer coordinates,
    no repeated points and exterior rings of positive area (with y down); None where the input
    is None or, without anchors, where nothing is left.
    """
    present = np.flatnonzero(~shapely.is_missing(polygons) & ~shapely.is_empty(polygons))
    source = polygons[present]
    snapped = _repaired(source, shapely.transform(source, _round))
    result = np.full(len(polygons), None, dtype=object)
    result[present] = snapped
    if anchors is not None:
        lost = present[shapely.is_missing(snapped)]
        corners = np.floor(anchors[lost])
        result[lost] = shapely.box(corners[:, 0], corners[:, 1], *(corners + 1).T)
    return shapely.orient_polygons(result, exterior_cw=False)


def _round(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
    # Halves go up, as they do in GEOS, which rounds in _node.
    return np.floor(coordinates + 0.5)


def _repaired(source: Polygons, snapped: Polygons) -> Polygons:
    """Return the snapped polygons with those that snapping broke noded anew from their source.

    The borders that these share with the others must stay as they were, edge by edge; where noding
    moves one, the polygon on its other side is noded too.
    """
    chosen = _misfits(snapped)
    result = snapped.copy()
    result[~chosen] = without_repeats(snapped[~chosen])
    more = chosen
    while more.any():
        if 2 * chosen.sum() > len(source):
            return _node(source)
        noded = _node(source[chosen])
        near = np.flatnonzero(~chosen & _meeting(result, snapped[chosen]))
        more = np.zeros(len(source), dtype=bool)
        more[near] = _misfits(np.concatenate((result[near], noded)))[: len(near)]
        more[near] |= _torn(snapped[chosen], noded, result[near])
        if not more.any():
            result[chosen] = noded
        chosen |= more
    return result


def _meeting(polygons: Polygons, others: Polygons) -> NDArray[np.bool_]:
    """Tell which polygons may meet any of the others."""
    meeting = np.zeros(len(polygons), dtype=bool)
    meeting[shapely.STRtree(polygons).query(others)[1]] = True
    return meeting


def _misfits(polygons: Polygons) -> NDArray[np.bool_]:
    """Tell which polygons are invalid, or do not match another along their borders."""
    valid = shapely.is_valid(polygons)
    misfit = ~valid & ~shapely.is_missing(polygons)
    whole = np.flatnonzero(valid)
    rim = whole[at_rim(polygons[whole])]
    wrong = shapely.coverage_invalid_edges(polygons[rim])
    misfit[rim] = ~(shapely.is_missing(wrong) | shapely.is_empty(wrong))
    return misfit


def _torn(before: Polygons, after: Polygons, others: Polygons) -> NDArray[np.bool_]:
    """Tell which of ``others`` had an edge in common with ``before`` and not with ``after``."""
    ends, owners = zip(*map(edges, (before, after, others)), strict=True)
    points, place = np.unique(np.concatenate(ends).ravel(), return_inverse=True)
    place = np.sort(place.reshape(-1, 2), axis=1)
    old, new, there = np.split(
        place[:, 0] * len(points) + place[:, 1], np.cumsum([len(each) for each in ends])[:2]
    )
    torn = np.zeros(len(others), dtype=bool)
    torn[owners[2][np.isin(there, np.setdiff1d(old, new))]] = True
    return torn


def _node(polygons: Polygons) -> Polygons:
    """Build the polygons anew from their borders, noded together on the integer grid."""
    polygons = polygons.copy()
    broken = ~shapely.is_valid(polygons)
    polygons[broken] = shapely.make_valid(
        polygons[broken], method="structure", keep_collapsed=False
    )
    borders = shapely.union_all(shapely.boundary(polygons), grid_size=1.0)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(borders)))
    face, owner = _owners(faces, polygons)
    members: dict[int, list[int]] = {}
    for row, number in sorted(zip(owner.tolist(), face.tolist(), strict=True)):
        members.setdefault(row, []).append(number)
    result = np.full(len(polygons), None, dtype=object)
    for row, numbers in members.items():
        first, *others = faces[numbers]
        result[row] = shapely.coverage_union_all([first, *others]) if others else first
    return result


def _owners(faces: Polygons, polygons: Polygons) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return pairs of rows: each face, and each polygon that held its inner point.

    A face whose inner point lies on a border, so inside no polygon, goes to the polygon that held
    most of it: it would be a gap.
    """
    inner = shapely.point_on_surface(faces)
    tree = shapely.STRtree(polygons)
    face, owner = tree.query(inner, predicate="within")
    orphans = np.setdiff1d(np.arange(len(faces)), face)
    orphan, candidate = tree.query(inner[orphans], predicate="intersects")
    if not len(orphan):
        return face, owner
    share = shapely.area(shapely.intersection(faces[orphans[orphan]], polygons[candidate]))
    order = np.lexsort((candidate, -share, orphan))
    adopted, first = np.unique(orphan[order], return_index=True)
    return (
        np.concatenate([face, orphans[adopted]]),
        np.concatenate([owner, candidate[order][first]]),
    )


def grid_levels(
    polygons: Polygons, zooms: Sequence[int], anchors: NDArray[np.float64] | None = None
) -> dict[int, Polygons]:
    """Return polygons (EPSG:4326) on the grid of each zoom, simplified, snapped and whole.

    ``anchors`` is an (n, 2) array of longitudes and latitudes, a point of each polygon. Each
    array in the answer is what ``snap`` returns, in the order of ``polygons``.
    """
    present = np.flatnonzero(~shapely.is_missing(polygons) & ~shapely.is_empty(polygons))
    simplified = shapely.transform(polygons[present], project)
    corners = None if anchors is None else project(anchors)
    levels = {}
    for zoom in sorted(zooms, reverse=True):
        if zoom < max(zooms):
            simplified = shapely.coverage_simplify(simplified, TOLERANCE * unit_metres(zoom))
        level = np.full(len(polygons), None, dtype=object)
        level[present] = shapely.transform(simplified, partial(to_grid, zoom=zoom))
        levels[zoom] = snap(level, None if corners is None else to_grid(corners, zoom))
    return dict(sorted(levels.items()))


def label_points(polygons: Polygons) -> NDArray[np.float64]:
    """Return a point inside each polygon, as far from its border as can be, for its label.

    It is the pole of inaccessibility in Web Mercator. Input and the (n, 2) answer are longitudes
    and latitudes; a row is NaN where there is no polygon.
    """
    points = np.full((len(polygons), 2), np.nan)
    present = np.flatnonzero(~shapely.is_missing(polygons) & ~shapely.is_empty(polygons))
    territory = polygons[present]
    if len(present):
        radii = shapely.maximum_inscribed_circle(shapely.transform(territory, project))
        points[present] = unproject(shapely.get_coordinates(radii)[::2])
    return points
