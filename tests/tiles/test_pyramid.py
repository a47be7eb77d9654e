"""The laws of a pyramid, on the miniature boundary set and on any polygon."""

import pickle
from collections import defaultdict

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mapsvc.errors import InputError, Problem
from mapsvc.tiles import pyramid
from mapsvc.tiles.grid import BUFFER, EXTENT, project, tile_box, tiles_covering, to_grid
from mapsvc.tiles.pyramid import build_context_pyramid, build_pyramid, clip
from tests.tiles import checker
from tests.tiles.fixtures import boundary_set

MAX_ZOOM = 10


@pytest.fixture(scope="module")
def boundaries():
    return boundary_set()


def build(boundaries, order=None, max_zoom=MAX_ZOOM, progress=None, workers=1):
    rows = range(len(boundaries.fids)) if order is None else order
    return list(
        build_pyramid(
            "counties",
            [boundaries.fids[row] for row in rows],
            boundaries.polygons[list(rows)],
            [boundaries.properties[row] for row in rows],
            boundaries.labels[list(rows)],
            0,
            max_zoom,
            progress,
            workers,
        )
    )


@pytest.fixture(scope="module")
def tiles(boundaries):
    return build(boundaries)


@pytest.fixture(scope="module")
def decoded(tiles):
    return {(z, x, y): checker.decode(tile) for z, x, y, tile in tiles}


def test_every_tile_keeps_every_rule(tiles):
    assert {(z, x, y): checker.problems(tile) for z, x, y, tile in tiles} == {
        (z, x, y): [] for z, x, y, _ in tiles
    }


def test_several_processes_cut_the_same_tiles_in_the_same_order(boundaries, tiles, monkeypatch):
    monkeypatch.setattr(pyramid, "WORTH_PROCESSES", 0)
    assert build(boundaries, workers=2) == tiles


def test_what_is_wrong_in_a_process_is_told_whole():
    error = InputError([Problem("it is heavy", "a.parquet", 3, mend="Divide it")])
    assert pickle.loads(pickle.dumps(error)).problems == error.problems


def test_tiles_come_by_zoom_column_and_row_each_once(tiles):
    places = [(z, x, y) for z, x, y, _ in tiles]
    assert places == sorted(set(places))
    assert {z for z, _, _ in places} == set(range(MAX_ZOOM + 1))


def test_no_territory_vanishes_at_any_zoom(boundaries, decoded):
    seen = defaultdict(set)
    for (z, _, _), layers in decoded.items():
        seen[z] |= {feature.fid for feature in layers.get("counties", [])}
    assert dict(seen) == {zoom: set(boundaries.fids[:-1]) for zoom in range(MAX_ZOOM + 1)}


def test_a_feature_says_what_it_is_wherever_it_is(boundaries, decoded):
    expected = dict(zip(boundaries.fids, boundaries.properties, strict=True))
    for layers in decoded.values():
        for features in layers.values():
            assert all(feature.properties == expected[feature.fid] for feature in features)
            ids = [feature.properties["id"] for feature in features]
            assert ids == sorted(ids)


def test_a_label_is_in_one_tile_a_zoom_and_in_its_box(boundaries, decoded):
    seen = defaultdict(list)
    for (z, _, _), layers in decoded.items():
        for feature in layers.get("counties-labels", []):
            seen[z].append(feature.fid)
            assert 0 <= feature.geometry.x < EXTENT
            assert 0 <= feature.geometry.y < EXTENT
    assert sorted(seen) == list(range(MAX_ZOOM + 1))
    assert all(sorted(fids) == boundaries.fids[:-1] for fids in seen.values())


def test_a_label_is_on_its_polygon_in_the_same_tile(decoded):
    for layers in decoded.values():
        shapes = {feature.fid: feature.geometry for feature in layers.get("counties", [])}
        for label in layers.get("counties-labels", []):
            assert shapes[label.fid].covers(label.geometry)


def along_edge(features, at, columns):
    """Where each feature meets a tile's edge: its stretches of it, in units, on the x axis."""
    low, high = -BUFFER - 1, EXTENT + BUFFER + 1
    ends = [(at, low), (at, high)] if columns else [(low, at), (high, at)]
    met = {f.fid: f.geometry.intersection(shapely.LineString(ends)) for f in features}
    flat = {
        fid: shapely.transform(stretch, lambda xy: xy[:, ::-1] * (1, 0) if columns else xy * (1, 0))
        for fid, stretch in met.items()
    }
    return {fid: stretch for fid, stretch in flat.items() if stretch.length > 1}


@pytest.mark.parametrize("columns", [True, False], ids=["columns", "rows"])
def test_neighbouring_tiles_agree_along_their_edge_to_half_a_unit(decoded, columns):
    compared = 0
    for (z, x, y), layers in decoded.items():
        neighbour = decoded.get((z, x + 1, y) if columns else (z, x, y + 1), {})
        here = along_edge(layers.get("counties", []), EXTENT, columns)
        there = along_edge(neighbour.get("counties", []), 0, columns)
        assert set(here) == set(there)
        for fid, stretch in here.items():
            assert shapely.hausdorff_distance(stretch, there[fid]) <= 0.5
            compared += 1
    assert compared > 20


def test_the_same_input_gives_the_same_bytes_in_whatever_order_its_rows_come(boundaries, tiles):
    order = np.random.default_rng(3).permutation(len(boundaries.fids)).tolist()
    assert build(boundaries, order) == tiles


def test_progress_tells_how_many_of_all_tiles_were_tried(boundaries):
    told = []
    made = build(boundaries, max_zoom=4, progress=lambda done, total: told.append((done, total)))
    total = told[0][1]
    assert told == [(done, total) for done in range(1, total + 1)]
    assert total >= len(made)


def test_a_jurisdiction_without_territory_has_a_label_where_it_sits():
    made = list(
        build_pyramid(
            "agencies",
            [7],
            np.array([None], dtype=object),
            [{"id": "CA0070000", "name": "Campus", "kind": "campus"}],
            np.array([[-121.0, 37.0]]),
            0,
            1,
        )
    )
    assert [(z, x, y) for z, x, y, _ in made] == [(0, 0, 0), (1, 0, 0)]
    assert all(list(checker.decode(tile)) == ["agencies-labels"] for *_, tile in made)


def test_a_territory_without_a_label_point_is_an_error(boundaries):
    labels = np.full_like(boundaries.labels, np.nan)
    with pytest.raises(ValueError, match="'counties': a territory has no label point"):
        build(boundaries._replace(labels=labels))


def test_a_tile_that_is_too_heavy_stops_the_build(boundaries, monkeypatch):
    monkeypatch.setattr(pyramid, "MAX_TILE_BYTES", 1_000)
    with pytest.raises(InputError, match="Tile 0/0/0 of layer 'counties' weighs"):
        build(boundaries)


@pytest.mark.parametrize("zooms", [(-1, 3), (4, 3), (0, 25)])
def test_zooms_that_make_no_pyramid_are_an_error(zooms):
    with pytest.raises(ValueError, match="not within 0 to 24"):
        list(build_pyramid("a", [], np.array([], dtype=object), [], np.empty((0, 2)), *zooms))


corner = st.tuples(st.integers(-300, 4400), st.integers(-300, 4400))


@given(st.lists(corner, min_size=3, max_size=12, unique=True))
@example([(-5, 293), (-5, -5), (0, 0), (28, -124)])  # clip_by_rect fails it on the whole unit
@settings(max_examples=200, deadline=None)
def test_clipping_keeps_what_is_in_the_box_to_a_unit(points):
    """Vertices and edges on the knife, the worst case, included: -64 and 4160 are drawn often."""
    on_knife = [tuple(-BUFFER if abs(c + BUFFER) < 60 else c for c in point) for point in points]
    shape = shapely.make_valid(shapely.Polygon(on_knife), method="structure", keep_collapsed=False)
    shape = shapely.set_precision(shape, 1.0)
    origin = (3 * EXTENT, 5 * EXTENT)
    moved = shapely.transform(shape, lambda xy: xy + origin)
    (cut,) = clip(np.array([moved], dtype=object), 3, 5)
    expected = shapely.intersection(shape, shapely.box(*tile_box(0, 0, BUFFER)))
    if cut is None:
        assert shapely.buffer(expected, -1).is_empty
    else:
        assert cut.is_valid
        assert cut.geom_type in ("Polygon", "MultiPolygon")
        assert shapely.buffer(shapely.symmetric_difference(cut, expected), -0.6).is_empty


PLACES = [
    {"name": "Village", "rank": 8, "population": None},
    {"name": "Capital", "rank": 0, "population": 4_000_000},
    {"name": "Town", "rank": 4, "population": 90_000},
]
BOUNDS = (-121.5, 36.0, -119.5, 38.0)


@pytest.fixture(scope="module")
def context(boundaries):
    points = shapely.points([(-121.0, 37.0), (-120.6, 37.1), (-120.1, 37.2)])
    pond = shapely.Point(-120.5, 37.5).buffer(0.002)
    layers = {
        "land": (np.array([shapely.box(-125, 30, -110, 45)], dtype=object), [{}]),
        "states": (boundaries.polygons[:3], [{"name": name} for name in "ABC"]),
        "lakes": (np.array([pond], dtype=object), [{"name": "Pond"}]),
        "places": (np.array(points, dtype=object), PLACES),
    }
    return list(build_context_pyramid(layers, BOUNDS, max_zoom=6))


def test_context_tiles_keep_every_rule_and_cover_their_bounds(context):
    assert not any(checker.problems(tile) for *_, tile in context)
    for zoom in range(7):
        made = {(x, y) for z, x, y, _ in context if z == zoom}
        assert made == tiles_covering(BOUNDS, zoom)


def names(context, layer):
    found = defaultdict(list)
    for z, _, _, tile in context:
        found[z] += [f.properties["name"] for f in checker.decode(tile).get(layer, [])]
    return found


def test_places_appear_by_rank_and_all_of_them_at_the_last_zoom(context):
    shown = names(context, "places")
    assert shown[0] == ["Capital"]
    assert shown[2] == ["Capital"]
    assert sorted(shown[3]) == ["Capital", "Town"]
    assert sorted(shown[5]) == ["Capital", "Town"]
    assert sorted(shown[6]) == ["Capital", "Town", "Village"]


def test_the_more_important_place_comes_first_in_a_tile(context):
    for *_, tile in context:
        ranks = [f.properties["rank"] for f in checker.decode(tile).get("places", [])]
        assert ranks == sorted(ranks)


def test_a_population_that_is_not_known_is_an_absent_key(context):
    features = [f for *_, t in context for f in checker.decode(t).get("places", [])]
    village = next(f for f in features if f.properties["name"] == "Village")
    assert village.properties == {"name": "Village", "rank": 8}


def test_a_lake_appears_when_it_covers_the_grid_and_not_before(context):
    shown = names(context, "lakes")
    assert not shown[0]
    assert "Pond" in shown[6]


def test_a_label_that_the_coarse_polygon_misses_moves_to_its_nearest_vertex():
    """A crescent loses the bay that its tip closed; its label stays on the polygon."""
    point = (-120.0, 37.0)
    x, y = to_grid(project([point]), 3)[0]
    unit = np.floor((x, y))
    shape = shapely.box(*(unit + 2), *(unit + 4))
    corners = pyramid._label_corners(np.array([point]), np.array([shape], dtype=object), 3)
    assert corners.tolist() == [(unit + 2).tolist()]
