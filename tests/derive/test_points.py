"""Points to polygons, against geopandas' ``sjoin``, which is slow and right."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from mapsvc.derive.points import build_grid, locate, locate_in
from mapsvc.ingest.boundaries import read_layers
from mapsvc.ingest.catalog import read_catalog
from tests.miniature import write_miniature


def by_sjoin(longitude, latitude, polygons, predicate="intersects"):
    """Return the first polygon that sjoin finds for each point, or -1."""
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(longitude, latitude))
    areas = gpd.GeoDataFrame(geometry=gpd.GeoSeries(list(polygons)))
    joined = gpd.sjoin(points, areas, predicate=predicate)
    found = np.full(len(points), -1)
    for point, polygon in joined["index_right"].items():
        found[point] = polygon if found[point] < 0 else min(found[point], polygon)
    return found


@pytest.fixture(scope="module")
def layers(tmp_path_factory):
    catalog = read_catalog(*write_miniature(tmp_path_factory.mktemp("points")))
    return read_layers(catalog.layers)


@pytest.mark.parametrize("key", ["counties", "agencies"])
def test_points_anywhere_go_where_sjoin_puts_them(layers, key):
    polygons = layers[key].geometry
    random = np.random.default_rng(1)
    longitude, latitude = random.uniform(-101, -93, 20_000), random.uniform(39, 45, 20_000)
    areas = [each if each is not None and each.area else None for each in polygons]
    found = locate(longitude, latitude, polygons)
    assert (found == by_sjoin(longitude, latitude, areas, "within")).all()
    assert len(set(found.tolist())) == sum(each is not None for each in areas) + 1


@pytest.mark.parametrize("key", ["counties", "agencies"])
def test_a_point_on_a_border_goes_to_the_first_of_its_neighbours(layers, key):
    polygons = layers[key].geometry
    areas = np.array([each if each is not None and each.area else None for each in polygons])
    corners = shapely.get_coordinates(areas)
    sides = shapely.get_coordinates(shapely.segmentize(areas, 0.25))
    for longitude, latitude in (corners.T, sides.T):
        found = locate(longitude, latitude, polygons)
        assert (found == by_sjoin(longitude, latitude, areas)).all()
        assert (found >= 0).all()


def test_a_hole_belongs_to_the_enclave_and_not_to_what_surrounds_it(layers):
    ids = layers["counties"].ids
    found = locate(np.array([-95.0, -95.7]), np.array([41.0, 41.0]), layers["counties"].geometry)
    assert [ids[index] for index in found] == ["99011", "99005"]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300])
def test_a_point_that_is_no_place_is_nowhere(layers, bad):
    polygons = layers["counties"].geometry
    longitude = np.array([bad, -95.0, bad, -95.0])
    latitude = np.array([41.0, bad, bad, 41.0])
    assert locate(longitude, latitude, polygons).tolist()[:3] == [-1, -1, -1]
    assert locate(longitude, latitude, polygons)[3] >= 0


def test_what_has_no_area_has_no_point():
    polygons = np.array(
        [None, Point(0, 0), LineString([(0, 0), (1, 1)]), Polygon(), box(0, 0, 1, 1)]
    )
    assert locate(np.array([0.0, 0.5]), np.array([0.0, 0.5]), polygons).tolist() == [4, 4]
    assert locate(np.array([0.0]), np.array([0.0]), polygons[:4]).tolist() == [-1]
    assert locate(np.array([0.0]), np.array([0.0]), polygons[:0]).tolist() == [-1]


def test_no_points_give_no_answers(layers):
    assert locate(np.zeros(0), np.zeros(0), layers["counties"].geometry).shape == (0,)


def test_polygons_that_overlap_give_a_point_to_the_first():
    polygons = np.array([box(2, 2, 4, 4), box(0, 0, 3, 3), box(0, 0, 9, 9)])
    longitude, latitude = np.array([2.5, 1.0, 3.5, 8.0]), np.array([2.5, 1.0, 3.5, 8.0])
    assert locate(longitude, latitude, polygons).tolist() == [0, 1, 0, 2]


def test_a_grid_serves_any_number_of_times(layers):
    polygons = layers["counties"].geometry
    random = np.random.default_rng(2)
    longitude, latitude = random.uniform(-101, -93, 500), random.uniform(39, 45, 500)
    expected = locate(longitude, latitude, polygons)
    for fineness in (1, 10_000, 10**7):
        grid = build_grid(polygons, expected=fineness)
        assert (locate_in(grid, longitude, latitude) == expected).all()


def star(west, south, radii):
    """Return a polygon whose corners stand at the radii around a point: never crossing itself."""
    angles = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    return Polygon(
        np.stack([west + radii * np.cos(angles), south + radii * np.sin(angles)], axis=1)
    )


STARS = st.builds(
    star, st.floats(-3, 3), st.floats(-3, 3),
    st.lists(st.floats(0.01, 4), min_size=3, max_size=12).map(np.array),
)  # fmt: skip
COORDINATES = st.floats(-8, 8) | st.integers(-8, 8).map(float)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(STARS, min_size=1, max_size=5),
    st.lists(st.tuples(COORDINATES, COORDINATES), min_size=1, max_size=40),
    st.sampled_from([1, 400, 10_000]),
)
def test_any_polygons_at_any_fineness_answer_as_sjoin(stars, points, fineness):
    # A part far away leaves most of the grid empty; a hole takes points out again.
    far = MultiPolygon([stars[0], box(20, 20, 20.001, 20.001)])
    ring = box(-5, -5, 5, 5) - box(-4.5, -4.5, 4.5, 4.5)
    polygons = np.array([far, *stars[1:], ring])
    corners = shapely.get_coordinates(polygons)
    places = np.concatenate([np.array(points), corners, (corners[1:] + corners[:-1]) / 2])
    longitude, latitude = np.ascontiguousarray(places.T)
    found = locate_in(build_grid(polygons, fineness), longitude, latitude)
    assert (found == by_sjoin(longitude, latitude, polygons)).all()
