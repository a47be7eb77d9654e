"""Edges that two polygons share, and those that only one has."""

from itertools import permutations

import numpy as np
import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon, box

from mapsvc.tiles.borders import at_rim, edges, without_repeats


def array(*shapes):
    return np.array(shapes, dtype=object)


def chessboard(size, step=1):
    return array(
        *[
            box(x, y, x + step, y + step)
            for x in range(0, size * step, step)
            for y in range(0, size * step, step)
        ]
    )


def test_only_what_is_in_the_middle_of_a_board_has_a_neighbour_on_every_side():
    rim = set(at_rim(chessboard(4)).tolist())
    assert rim == {row for row in range(16) if row // 4 in (0, 3) or row % 4 in (0, 3)}


@pytest.mark.parametrize("clockwise", [(True, True), (True, False), (False, True)])
def test_the_winding_of_a_ring_tells_nothing(clockwise):
    ring = shapely.Polygon(box(0, 0, 3, 3).exterior, [box(1, 1, 2, 2).exterior.coords])
    pair = [
        shapely.orient_polygons(shape, exterior_cw=way)
        for shape, way in zip((ring, box(1, 1, 2, 2)), clockwise, strict=True)
    ]
    assert at_rim(array(*pair)).tolist() == [0]


def test_a_polygon_that_snapping_turned_over_is_at_the_rim():
    """Each of its edges has one other polygon, on the same side: it lies on that below it."""
    over = Polygon([(0, 0), (4, 0), (2, -2)])
    below = box(0, -6, 4, 0)
    above = Polygon([(0, 0), (2, -2), (4, 0), (4, 6), (0, 6)])
    assert 0 in at_rim(array(over, below, above))
    before = Polygon([(0, 0), (4, 0), (2, 2)])
    above = Polygon([(0, 0), (2, 2), (4, 0), (4, 6), (0, 6)])
    assert 0 not in at_rim(array(before, below, above))


def test_an_edge_of_three_polygons_is_free():
    above, below = box(0, 0, 2, 2), box(0, -2, 2, 0)
    around = shapely.buffer(shapely.union(above, below), 1, join_style="mitre")
    around = shapely.difference(around, shapely.union(above, below))
    assert at_rim(array(above, below, around)).tolist() == [2]
    for order in permutations((above, below, below)):
        assert at_rim(array(*order, around)).tolist() == [0, 1, 2, 3]


def test_a_vertex_that_a_neighbour_lacks_makes_its_edge_free():
    """No gap yet, but one at the next rounding."""
    long = Polygon([(0, 0), (10, 0), (10, 5), (0, 5)])
    short = box(0, 5, 4, 9)
    frame = shapely.difference(box(-5, -5, 15, 15), shapely.union(long, short))
    assert set(at_rim(array(long, short, frame)).tolist()) >= {0, 1}


def test_an_edge_is_the_same_in_each_call_and_runs_as_its_ring_does():
    square = box(-(2**27), 5, 2**27, 9)
    there, owner = edges(array(square))
    back, _ = edges(shapely.orient_polygons(array(square), exterior_cw=True))
    assert owner.tolist() == [0] * 4
    forth = {tuple(edge) for edge in there.tolist()}
    assert len(forth) == 4
    assert forth in (
        {tuple(edge) for edge in back.tolist()},
        {tuple(edge[::-1]) for edge in back.tolist()},
    )


def test_points_of_the_deepest_grid_have_numbers_of_their_own():
    random = np.random.default_rng(1)
    points = random.integers(0, 2**30, (200_000, 2)).astype(float)
    lines = points.reshape(-1, 4, 2)
    quads = shapely.polygons(lines[:2000])
    ends, _ = edges(quads)
    assert len(np.unique(ends)) == len(np.unique(lines[:2000].reshape(-1, 2), axis=0))


def test_points_that_repeat_go_and_rings_that_meet_stay():
    point = (0, 0)
    twice = Polygon([point, point, (2, 0), (2, 2), point])
    holed = Polygon(box(0, 0, 9, 9).exterior, [[(0, 0), (3, 1), (1, 3)]])
    parts = MultiPolygon([box(0, 0, 1, 1), box(1, 0, 2, 1)])
    given = array(twice, holed, None, parts)
    found = without_repeats(given)
    assert shapely.equals_exact(found[:2], shapely.remove_repeated_points(given[:2])).all()
    assert shapely.get_num_coordinates(found[0]) == 4
    assert found[2] is None
    assert found[3] is parts
