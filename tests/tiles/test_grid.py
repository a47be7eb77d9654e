"""The laws of the grid, against mercantile and the definition."""

import itertools

import mercantile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapsvc.tiles import grid

zooms = st.integers(0, 16)
longitudes = st.floats(-179.999, 179.999)
latitudes = st.floats(-85.0, 85.0)


@st.composite
def tiles(draw):
    zoom = draw(zooms)
    last = (1 << zoom) - 1
    return mercantile.Tile(draw(st.integers(0, last)), draw(st.integers(0, last)), zoom)


@given(tiles())
def test_a_tile_box_is_mercantiles_bounds_of_the_tile(tile):
    bounds = mercantile.xy_bounds(tile)
    corners = np.array([[bounds.left, bounds.top], [bounds.right, bounds.bottom]])
    box = grid.tile_box(tile.x, tile.y)
    units = grid.to_grid(corners, tile.z)
    assert units.ravel() == pytest.approx([box.left, box.top, box.right, box.bottom], abs=1e-3)


@given(longitudes, latitudes, zooms)
def test_a_place_is_in_the_tile_that_mercantile_names(longitude, latitude, zoom):
    point = grid.to_grid(grid.project([(longitude, latitude)]), zoom)[0]
    tile = mercantile.tile(longitude, latitude, zoom)
    left, top, right, bottom = grid.tile_box(tile.x, tile.y)
    assert left - 1e-3 <= point[0] <= right + 1e-3
    assert top - 1e-3 <= point[1] <= bottom + 1e-3


@given(longitudes, latitudes)
def test_unproject_undoes_project(longitude, latitude):
    back = grid.unproject(grid.project([(longitude, latitude)]))
    assert back[0] == pytest.approx((longitude, latitude), abs=1e-9)


@pytest.mark.parametrize("latitude", [-90.0, 90.0])
def test_the_poles_are_moved_to_the_edge_of_the_square_world(latitude):
    y = grid.to_grid(grid.project([(0.0, latitude)]), 0)[0, 1]
    assert y == pytest.approx(0 if latitude > 0 else grid.EXTENT, abs=1e-3)


@given(tiles())
def test_neighbours_share_an_edge_and_the_next_zoom_divides_a_tile(tile):
    box = grid.tile_box(tile.x, tile.y)
    assert grid.tile_box(tile.x + 1, tile.y).left == box.right
    assert grid.tile_box(tile.x, tile.y + 1).top == box.bottom
    child = grid.tile_box(2 * tile.x, 2 * tile.y)
    assert (child.left, child.top) == (2 * box.left, 2 * box.top)


box_sides = st.tuples(st.floats(-500, 33_500), st.floats(0, 9_000))


@given(box_sides, box_sides, st.integers(0, 3))
def test_tiles_meeting_a_box_are_those_whose_buffered_box_intersects_it(across, down, zoom):
    box = (across[0], down[0], sum(across), sum(down))
    columns, rows = grid.tiles_meeting(box, zoom)
    for x, y in itertools.product(range(1 << zoom), repeat=2):
        left, top, right, bottom = grid.tile_box(x, y, grid.BUFFER)
        meets = left <= box[2] and right >= box[0] and top <= box[3] and bottom >= box[1]
        touches = right == box[0] or bottom == box[1]
        assert (x in columns and y in rows) == meets or touches


@given(longitudes, latitudes, st.integers(0, 10))
def test_every_place_in_the_bounds_is_in_a_tile_that_covers_them(longitude, latitude, zoom):
    bounds = (longitude - 1e-3, latitude - 1e-3, longitude + 1e-3, latitude + 1e-3)
    tile = mercantile.tile(longitude, latitude, zoom)
    assert (tile.x, tile.y) in grid.tiles_covering(bounds, zoom)
