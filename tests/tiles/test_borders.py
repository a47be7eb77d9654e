"""Edges that two polygons share, and those that only one has."""

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


def test_polygons_on_the_same_side_of_an_edge_both_have_it_free():
    """A triangle that snapping turned over lies on the polygon that it lay beside."""
    over = Polygon([(0, 0), (4, 0), (2, 2)])
    beside = Polygon([(0, 0), (4, 0), (4, 4), (0, 4)])
    assert at_rim(array(over, beside)).tolist() == [0, 1]


def test_an_edge_of_three_polygons_is_free():
    above, below = box(0, 0, 2, 2), box(0, -2, 2, 0)
    around = shapely.buffer(shapely.union(above, below), 1, join_style="mitre")
    around = shapely.difference(around, shapely.union(above, below))
    assert at_rim(array(above, below, around)).tolist() == [2]
    assert at_rim(array(above, below, around, below)).tolist() == [0, 1, 2, 3]


def test_a_vertex_that_a_neighbour_lacks_makes_its_edge_free():
    """No gap yet, but one at the next rounding."""
    long = Polygon([(0, 0), (10, 0), (10, 5), (0, 5)])
    short = box(0, 5, 4, 9)
    frame = shapely.difference(box(-5, -5, 15, 15), shapely.union(long, short))
    assert set(at_rim(array(long, short, frame)).tolist()) >= {0, 1}


def test_no_overlap_and_no_gap_is_away_from_the_rim():
    """Where every edge of polygons is shared they cover each point once: tried on broken boards."""
    random = np.random.default_rng(3)
    for _ in range(200):
        board = chessboard(5, 4)
        corner = 4 * random.integers(1, 5, 2)
        moved = corner + random.integers(-5, 6, 2)

        def move(points, corner=corner, moved=moved):
            return np.where((points == corner).all(axis=1)[:, None], moved, points)

        board = shapely.transform(board, move)
        if not shapely.is_valid(board).all():
            continue
        wrong = shapely.coverage_invalid_edges(board)
        misfits = set(np.flatnonzero(~(shapely.is_missing(wrong) | shapely.is_empty(wrong))))
        inner = set(range(25)) - set(at_rim(board).tolist())
        assert not {row for row in misfits & inner if overlaps(board, row)}


def overlaps(board, row):
    others = np.delete(board, row)
    return (shapely.area(shapely.intersection(others, board[row])) > 0).any()


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
