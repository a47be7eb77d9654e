"""Laws of sketches: every territory is drawn, inside the picture, and neighbours share borders."""

import re

import numpy as np
import shapely

from mapsvc.tiles.sketch import WIDTH, sketch

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
