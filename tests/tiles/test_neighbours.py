"""Neighbours fit in every tile of ours, and the same check fails what is cut feature by feature."""

import numpy as np
import pytest
import shapely

from mapsvc.release.check import check_release
from mapsvc.tiles.checker import CheckedFeature
from mapsvc.tiles.grid import EXTENT, WORLD_METRES, project, to_grid, unit_metres, unproject
from mapsvc.tiles.mvt import Feature, TileLayer, encode_layers
from mapsvc.tiles.neighbours import Ground, disagreements, gaps, misfits, overlaps
from mapsvc.tiles.pyramid import build_pyramid, clip
from mapsvc.tiles.survey import Roll, survey
from tests.tiles.checker import decode
from tests.tiles.fixtures import boundary_set

MAX_ZOOM = 9


@pytest.fixture(scope="module")
def boundaries():
    return boundary_set()


@pytest.fixture(scope="module")
def ground(boundaries):
    return Ground(boundaries.fids, boundaries.polygons, MAX_ZOOM)


@pytest.fixture(scope="module")
def tiles(boundaries):
    made = build_pyramid(
        "counties",
        boundaries.fids,
        boundaries.polygons,
        boundaries.properties,
        boundaries.labels,
        0,
        MAX_ZOOM,
    )
    return {(z, x, y): tile for z, x, y, tile in made}


def faults(boundaries, tiles):
    roll = Roll([p["id"] for p in boundaries.properties], boundaries.fids, boundaries.polygons)
    readers = {place: lambda tile=tile: tile for place, tile in tiles.items()}
    return list(survey("counties", roll, range(MAX_ZOOM + 1), readers))


def test_the_pyramid_of_the_partition_is_sound(boundaries, tiles):
    assert faults(boundaries, tiles) == []


@pytest.mark.parametrize("atlas", ["miniature", pytest.param("bundled", marks=pytest.mark.release)])
def test_every_tile_of_a_release_is_sound(atlas, request):
    assert check_release(request.getfixturevalue(atlas).release) == []


def test_simplifying_each_polygon_alone_fails_the_same_check(boundaries, ground):
    mercator = shapely.transform(boundaries.polygons[:-1], project)
    found = {"gap": 0, "overlap": 0}
    for zoom in range(3, MAX_ZOOM + 1):
        alone = shapely.transform(mercator, lambda xy, z=zoom: to_grid(xy, z))
        alone = shapely.set_precision(shapely.simplify(alone, 2.0), 1.0)
        alone[shapely.is_empty(alone)] = None
        rows = np.flatnonzero(~shapely.is_missing(alone))
        boxes = shapely.bounds(alone[rows]) // EXTENT
        west, north = boxes[:, :2].min(axis=0).astype(int)
        east, south = boxes[:, 2:].max(axis=0).astype(int)
        for x in range(west, east + 1):
            for y in range(north, south + 1):
                cut = clip(alone[rows], x, y)
                kept = ~shapely.is_missing(cut)
                fids = [boundaries.fids[row] for row in rows[kept]]
                features = [CheckedFeature(f, g, {}) for f, g in zip(fids, cut[kept], strict=True)]
                for line in misfits(features, ground, zoom, x, y):
                    found["gap" if "gap" in line else "overlap"] += 1
    assert found["gap"] > 5
    assert found["overlap"] > 5


def whole_world(*polygons):
    """Return the ground of polygons given in the units of tile 0/0/0."""

    def back(xy):
        return unproject((xy * unit_metres(0) - WORLD_METRES / 2) * (1, -1))

    shapes = [shapely.transform(shape, back) for shape in polygons]
    return Ground(range(1, len(shapes) + 1), np.array(shapes, dtype=object), 0)


LEFT, RIGHT = shapely.box(10, 10, 2000, 4000), shapely.box(2000, 10, 4000, 4000)


@pytest.mark.parametrize(("width", "told"), [(0.4, False), (0.6, True), (3.0, True)])
def test_a_gap_wider_than_half_a_unit_is_told(width, told):
    ground = whole_world(LEFT, RIGHT)
    right = RIGHT - shapely.box(2000, 1000, 2000 + width, 3000)
    assert bool(len(gaps(np.array([LEFT, right], dtype=object), ground, 0, 0, 0))) == told


@pytest.mark.parametrize(("width", "told"), [(0.4, False), (0.6, True), (3.0, True)])
def test_an_overlap_wider_than_half_a_unit_is_told(width, told):
    ground = whole_world(LEFT, RIGHT)
    left = LEFT | shapely.box(2000, 1000, 2000 + width, 3000)
    found = overlaps([1, 2], np.array([left, RIGHT], dtype=object), ground, 0, 0, 0)
    assert (list(found) == [(1, 2)]) == told


def test_a_lake_that_is_nobodys_is_no_gap_and_a_campus_in_its_city_no_overlap():
    lake, campus = shapely.box(500, 500, 600, 620), shapely.box(900, 900, 950, 950)
    shapes = np.array([LEFT - lake, campus], dtype=object)
    ground = whole_world(*shapes)
    assert not len(gaps(shapes, ground, 0, 0, 0))
    assert not overlaps([1, 2], shapes, ground, 0, 0, 0)


def test_a_gap_far_from_a_lake_is_told_though_they_are_one():
    lake = shapely.box(500, 500, 600, 620)
    ground = whole_world(LEFT - lake)
    grown = np.array([LEFT - shapely.box(500, 500, 700, 620)], dtype=object)
    (part,) = gaps(grown, ground, 0, 0, 0)
    assert shapely.bounds(part)[0] == pytest.approx(604, abs=0.3)


def test_a_square_of_one_unit_may_overlap_what_is_around_it():
    square = shapely.box(700, 700, 701, 701)
    assert not overlaps([1, 2], np.array([LEFT, square], dtype=object), whole_world(LEFT), 0, 0, 0)


def features(*shapes):
    return [CheckedFeature(fid, shape, {}) for fid, shape in enumerate(shapes, start=1)]


def test_tiles_that_draw_the_same_agree_and_others_do_not():
    here = features(shapely.box(4000, 100, 4160, 900))
    assert list(disagreements(here, features(shapely.box(-64, 100, 50, 900)), 1, 0)) == [1]
    assert list(disagreements(here, features(shapely.box(-64, 100, 64, 900)), 1, 0)) == []
    assert list(disagreements(here, features(shapely.box(-64, 100, 64, 901)), 1, 0)) == []
    assert list(disagreements(here, features(shapely.box(-64, 100, 64, 902)), 1, 0)) == [1]
    assert list(disagreements(here, [], 1, 0)) == [1]


def recoded(tile, change):
    """Encode a tile again with its features changed."""
    layers = {}
    for name, rows in decode(tile).items():
        kept = [change(name, row) for row in rows]
        layers[name] = [Feature(*row) for row in kept if row is not None]
    return encode_layers([TileLayer(name, rows) for name, rows in layers.items() if rows])


def spoiled(tiles, change, zoom):
    return {
        place: recoded(tile, change) if place[0] == zoom else tile for place, tile in tiles.items()
    }


def test_a_feature_that_is_lost_at_one_zoom_is_told(boundaries, tiles):
    lost = boundaries.fids[0]
    found = faults(boundaries, spoiled(tiles, lambda _, f: None if f.fid == lost else f, 4))
    name = boundaries.properties[0]["id"]
    assert f"tiles of counties at zoom 4 lack {name}" in found
    assert f"tiles of counties at zoom 4 lack the label of {name}" in found
    assert any("there is a gap" in line for line in found)


def test_an_id_that_changes_with_the_zoom_is_told(boundaries, tiles):
    found = faults(boundaries, spoiled(tiles, lambda _, f: f._replace(fid=f.fid + 1), 5))
    assert any("its id property is" in line and "/5/" in line for line in found)
    assert not any("/4/" in line for line in found)


def test_a_border_moved_in_one_tile_is_told(boundaries, tiles):
    place = next(at for at in sorted(tiles) if at[0] == 8 and (8, at[1] + 1, at[2]) in tiles)

    def move(name, feature):
        if name != "counties":
            return feature
        moved = shapely.transform(feature.geometry, lambda xy: xy - (0, 3))
        return feature._replace(geometry=moved)

    found = faults(boundaries, {**tiles, place: recoded(tiles[place], move)})
    assert any("differs where they meet" in line for line in found)


def test_a_tile_that_is_missing_is_told(boundaries, tiles):
    place = sorted(place for place in tiles if place[0] == 8)[8]
    found = faults(boundaries, {at: tile for at, tile in tiles.items() if at != place})
    assert any(
        "which does not exist" in line or "differs where they meet" in line for line in found
    )
