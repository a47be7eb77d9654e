"""Laws of sketches: every territory is drawn, inside the picture, and neighbours share borders."""

import re

import numpy as np
import shapely

from mapsvc.tiles.sketch import FINENESS, WIDTH, sketch

SQUARES = np.array(
    [shapely.box(-120, 36, -118, 38), shapely.box(-118, 36, -117, 38), None], dtype=object
)
ANCHORS = np.array([[-119.0, 37.0], [-117.5, 37.0], [np.nan, np.nan]])


def corners(path):
    return {tuple(map(float, pair)) for pair in re.findall(r"([\d.-]+),([\d.-]+)", path)}


def test_every_territory_is_drawn_within_the_picture():
    drawn = sketch(SQUARES, ANCHORS)
    assert drawn.paths[2] is None
    for path in drawn.paths[:2]:
        assert path.startswith("M")
        assert path.endswith("Z")
        assert all(0 <= x <= WIDTH and 0 <= y <= drawn.height for x, y in corners(path))


def test_neighbours_share_the_corners_of_their_border():
    first, second, _ = sketch(SQUARES, ANCHORS).paths
    assert len(corners(first) & corners(second)) == 2


def test_a_symbol_stands_where_its_jurisdiction_is():
    points = sketch(SQUARES, ANCHORS).points
    assert points[0, 0] < points[1, 0] < WIDTH
    assert np.isnan(points[2]).all()


def test_outlines_are_the_sketch_in_whole_finer_units():
    drawn = sketch(SQUARES, ANCHORS)
    assert drawn.outlines[2] is None
    for path, outline in zip(drawn.paths[:2], drawn.outlines[:2], strict=True):
        steps = np.array(re.findall(r"(-?\d+),(-?\d+)", outline), int)
        finer = np.cumsum(steps, axis=0)
        expected = np.array(sorted(corners(path))) * FINENESS
        np.testing.assert_allclose(sorted(map(tuple, finer)), expected, atol=1)


def test_each_ring_of_an_outline_begins_where_it_should():
    ring = shapely.box(-120, 36, -118, 38) - shapely.box(-119.5, 36.5, -118.5, 37.5)
    island = shapely.box(-117, 36, -116, 37)
    (outline,) = sketch(np.array([ring | island], dtype=object), ANCHORS[:1]).outlines
    rings = re.findall(r"m([^z]+)z", outline)
    at, boxes = np.zeros(2, int), []
    for each in rings:
        steps = np.array(re.findall(r"(-?\d+),(-?\d+)", each), int)
        points = at + np.cumsum(steps, axis=0)
        at = points[0]
        boxes.append((*points.min(axis=0), *points.max(axis=0)))
    assert len(boxes) == 3
    assert min(box[0] for box in boxes) == 0
    assert max(box[2] for box in boxes) == WIDTH * FINENESS
