"""The laws of simplifying and snapping: borders stay whole, nothing vanishes."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from mapsvc.tiles.coverage import grid_levels, label_points, snap
from mapsvc.tiles.grid import project, to_grid
from tests.tiles.fixtures import LAKE, boundary_set, partition

ZOOMS = range(11)


@pytest.fixture(scope="module")
def polygons():
    return partition()


@pytest.fixture(scope="module")
def levels(polygons):
    return grid_levels(polygons, ZOOMS, label_points(polygons))


def collapsed(polygons):
    """Squares of one unit: what is left of a polygon that collapsed."""
    width, height = (shapely.bounds(polygons)[:, 2:] - shapely.bounds(polygons)[:, :2]).T
    return (width == 1) & (height == 1)


def faults(polygons, lake, width=0.5):
    """Count the gaps, and the overlaps of what did not collapse, that are wider than ``width``."""
    whole = polygons[~collapsed(polygons)]
    first, second = shapely.STRtree(whole).query(whole, predicate="intersects")
    twice = first < second
    overlaps = shapely.intersection(whole[first[twice]], whole[second[twice]])
    union = shapely.union_all(polygons)
    gaps = [
        gap
        for part in shapely.get_parts(union)
        for gap in map(shapely.Polygon, part.interiors)
        if not shapely.intersects(gap, lake)
    ]
    slivers = np.array([*overlaps, *gaps], dtype=object)
    return int((~shapely.is_empty(shapely.buffer(slivers, -width / 2))).sum())


@pytest.fixture(scope="module")
def lakes():
    lake = shapely.transform(LAKE, project)
    return {zoom: shapely.transform(lake, lambda xy, z=zoom: to_grid(xy, z)) for zoom in ZOOMS}


@pytest.mark.parametrize("zoom", ZOOMS)
def test_no_polygon_vanishes_and_all_are_valid_on_the_grid(levels, zoom):
    level = levels[zoom]
    assert not shapely.is_missing(level).any()
    assert shapely.is_valid(level).all()
    assert (shapely.area(level) > 0).all()
    coordinates = shapely.get_coordinates(level)
    assert (coordinates == np.rint(coordinates)).all()
    rings = shapely.get_rings(shapely.get_parts(level))
    assert (shapely.length(shapely.remove_repeated_points(rings)) > 0).all()
    assert shapely.equals_exact(shapely.remove_repeated_points(level), level).all()


@pytest.mark.parametrize("zoom", ZOOMS)
def test_exterior_rings_have_positive_area_with_y_down(levels, zoom):
    parts = shapely.get_parts(levels[zoom])
    assert shapely.is_ccw(shapely.get_exterior_ring(parts)).all()


@pytest.mark.parametrize("zoom", ZOOMS)
def test_neighbours_have_no_gap_or_overlap_wider_than_half_a_unit(levels, lakes, zoom):
    assert faults(levels[zoom], lakes[zoom]) == 0


def test_simplifying_each_polygon_alone_fails_the_same_check(polygons, lakes):
    found = 0
    mercator = shapely.transform(polygons, project)
    for zoom in ZOOMS:
        alone = shapely.transform(mercator, lambda xy, z=zoom: to_grid(xy, z))
        alone = shapely.set_precision(shapely.simplify(alone, 2.0), 1.0)
        alone = alone[~shapely.is_empty(alone)]
        found += faults(alone, lakes[zoom])
    assert found > 10


def test_borders_match_vertex_for_vertex_where_nothing_collapses(levels):
    for level in levels.values():
        assert shapely.coverage_is_valid(level[~collapsed(level)])


def test_a_deep_zoom_keeps_the_territory(polygons, levels):
    true = shapely.transform(shapely.transform(polygons, project), lambda xy: to_grid(xy, 10))
    moved = shapely.area(shapely.symmetric_difference(true, levels[10]))
    assert (moved < np.maximum(0.6 * shapely.length(true), 1)).all()


def test_lower_zooms_have_fewer_vertices(levels):
    counts = [int(shapely.get_num_coordinates(level).sum()) for level in levels.values()]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1] / 20


def test_what_collapses_becomes_the_unit_square_that_holds_its_anchor():
    dot = shapely.Point(10.3, 20.6).buffer(0.1)
    line = shapely.box(0, 5.1, 40, 5.2)
    whole = shapely.box(0, 30, 9, 40)
    anchors = np.array([[10.3, 20.6], [20.5, 5.15], [4, 35]])
    snapped = snap(np.array([dot, line, whole], dtype=object), anchors)
    assert shapely.bounds(snapped).tolist() == [[10, 20, 11, 21], [20, 5, 21, 6], [0, 30, 9, 40]]


def test_what_collapses_without_an_anchor_is_left_out():
    dot = shapely.Point(10.3, 20.6).buffer(0.1)
    whole = shapely.box(0, 30, 9, 40)
    assert shapely.is_missing(snap(np.array([dot, whole, None], dtype=object))).tolist() == [
        True,
        False,
        True,
    ]


def test_a_part_that_collapses_goes_and_the_others_stay():
    parts = shapely.MultiPolygon([shapely.box(0, 0, 9, 9), shapely.box(20.1, 20.1, 20.2, 20.2)])
    (snapped,) = snap(np.array([parts], dtype=object), np.array([[4.0, 4.0]]))
    assert snapped.equals(shapely.box(0, 0, 9, 9))


def test_a_border_gets_the_vertex_of_the_t_junction_that_it_lacked():
    south = shapely.box(0, 0, 10, 5)
    pair = [shapely.box(0, 5, 4, 9), shapely.box(4, 5, 10, 9)]
    snapped = snap(np.array([south, *pair], dtype=object))
    assert (4, 5) in snapped[0].exterior.coords
    assert shapely.coverage_is_valid(snapped)


def test_polygons_that_overlap_by_intent_still_do():
    """A campus inside its city belongs to both."""
    city, campus = shapely.box(0, 0, 20, 20), shapely.box(15.2, 5.1, 25.4, 10.3)
    snapped = snap(np.array([city, campus], dtype=object))
    assert shapely.area(snapped).tolist() == [400, 50]
    assert shapely.intersection(*snapped).area == 25


ends = st.tuples(st.integers(0, 30_000), st.integers(0, 30_000))


@given(st.lists(st.tuples(ends, ends), min_size=1, max_size=25))
@settings(max_examples=100, deadline=None)
def test_any_partition_snaps_to_a_coverage_without_loss(cuts):
    """However small the cells, what remains of them fills the whole without overlap."""
    frame = shapely.box(0, 0, 30, 30)
    lines = shapely.linestrings(np.array(cuts) / 1000)
    noded = shapely.union_all([frame.boundary, *lines])
    cells = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    snapped = snap(cells)
    left = snapped[~shapely.is_missing(snapped)]
    assert shapely.is_valid(left).all()
    assert shapely.area(left).sum() == pytest.approx(900)
    assert shapely.union_all(left).area == pytest.approx(900)


def test_a_label_point_is_inside_its_polygon_and_nan_without_one():
    boundaries = boundary_set()
    inside = shapely.contains_xy(boundaries.polygons[:-1], boundaries.labels[:-1])
    assert inside.all()
    assert np.isnan(boundaries.labels[-1]).all()


def test_a_label_point_is_far_from_the_border():
    """The pole of inaccessibility of an L is in its corner, where its centroid is not."""
    shape = shapely.box(0, 0, 3, 1).union(shapely.box(0, 0, 1, 3))
    ((x, y),) = label_points(np.array([shape], dtype=object))
    assert shapely.Point(x, y).distance(shape.boundary) > 0.57


def test_a_layer_without_any_territory_has_no_labels():
    assert np.isnan(label_points(np.array([None, None], dtype=object))).all()


@pytest.mark.parametrize("count", [400, 600, 2500], ids=["few break", "some", "most"])
@pytest.mark.parametrize("seed", range(3))
def test_a_partition_of_a_rectangle_stays_one_however_many_snapping_breaks(count, seed):
    frame = shapely.box(0, 0, 60, 60)
    sites = shapely.multipoints(np.random.default_rng(seed).uniform(0, 60, (count, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(sites, extend_to=frame))
    cells = shapely.get_parts(shapely.intersection(cells, frame))
    rounded = shapely.transform(cells, np.rint)
    assert not shapely.is_valid(rounded).all()
    snapped = snap(cells)
    kept = snapped[~shapely.is_missing(snapped)]
    assert shapely.is_valid(kept).all()
    assert shapely.coverage_is_valid(kept)
    assert shapely.area(kept).sum() == frame.area
    assert shapely.union_all(kept).equals(frame)


@pytest.mark.parametrize("seed", range(12))
def test_coasts_that_snapping_pushes_over_each_other_are_parted(seed):
    """Each is valid alone, and no edge is shared across the water: the rim has to tell."""
    random = np.random.default_rng(seed)
    sites = shapely.multipoints(random.uniform(0, 60, (250, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(sites, extend_to=shapely.box(0, 0, 60, 60)))
    islands = shapely.get_parts(
        shapely.buffer(cells, -random.uniform(0.05, 0.4), join_style="mitre")
    )
    rounded = shapely.transform(islands, lambda xy: np.floor(xy + 0.5))
    rounded = rounded[shapely.is_valid(rounded)]
    assert not shapely.coverage_is_valid(rounded)
    snapped = snap(islands)
    kept = snapped[~shapely.is_missing(snapped)]
    assert shapely.is_valid(kept).all()
    assert shapely.coverage_is_valid(kept)


def test_what_snapping_did_not_break_is_only_rounded():
    sites = shapely.multipoints(np.random.default_rng(5).uniform(0, 60, (150, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(sites, extend_to=shapely.box(0, 0, 60, 60)))
    same = shapely.equals_exact(
        shapely.normalize(snap(cells)),
        shapely.normalize(
            shapely.remove_repeated_points(shapely.transform(cells, lambda xy: np.floor(xy + 0.5)))
        ),
    )
    assert 0.5 < same.mean() < 1
