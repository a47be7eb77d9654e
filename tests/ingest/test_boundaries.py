"""Layers and context: every format gives the same jurisdictions, every fault is told."""

from __future__ import annotations

import hashlib
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from shapely.geometry import Point, Polygon

from mapsvc.errors import InputError
from mapsvc.ingest.boundaries import read_context, read_layer, read_layers
from mapsvc.ingest.catalog import ContextSource, LayerSource, SourceFile, read_catalog
from mapsvc.model import BoundarySet, Kind
from tests.miniature.territory import CITIES, COUNTIES

BOX = Polygon([(0, 0), (1, 0), (1, 1), (0, 1)])
BOW_TIE = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
DRAWN = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}


def source(path, key="towns", partition_of=None):
    boundary_set = BoundarySet(
        key=key, title="Towns", singular="town", id_scheme="code", vintage="2016",
        authority="Survey", product="", source_url="", licence="", valid_from=None, valid_to=None,
        sha256="", kinds={"town": Kind("town", "Town", True)}, partition_of=partition_of,
    )  # fmt: skip
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return LayerSource(boundary_set, SourceFile(path, f"region/{path.name}", digest))


def towns(count=1, crs="EPSG:4326", geometry=None, **columns):
    """Return a right layer of so many towns, with some columns replaced."""
    right = {
        "id": [f"0{n}" for n in range(count)], "name": [f"Town {n}" for n in range(count)],
        "kind": ["town"] * count, "parent": [None] * count, "valid_from": [None] * count,
        "valid_to": [None] * count,
    }  # fmt: skip
    right |= columns
    drawn = [BOX] * count if geometry is None else geometry
    return gpd.GeoDataFrame(
        {name: pd.Series(values, dtype=object) for name, values in right.items()},
        geometry=drawn, crs=crs,
    )  # fmt: skip


@pytest.fixture
def faults(tmp_path):
    """Return a function from a data frame to the problems of the GeoParquet file of it."""

    def read(frame):
        path = tmp_path / "towns.parquet"
        frame.to_parquet(path)
        return problems_of(source(path))

    return read


def problems_of(layer_source):
    with pytest.raises(InputError) as caught:
        read_layer(layer_source)
    label = layer_source.file.label
    assert all(problem.file == label and problem.mend for problem in caught.value.problems)
    return caught.value.problems


def geojson(path, *geometries):
    features = [
        {
            "type": "Feature", "geometry": geometry,
            "properties": {"id": f"0{n}", "name": "T", "kind": "town", "parent": None,
                           "valid_from": None, "valid_to": None},
        }
        for n, geometry in enumerate(geometries)
    ]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return source(path)


def test_the_miniature_is_read_sorted_by_id_with_its_holes(miniature):
    layers = read_layers(read_catalog(*miniature).layers)
    assert layers["counties"].ids == tuple(sorted(COUNTIES))
    agencies = layers["agencies"]
    assert agencies.ids == tuple(sorted(agencies.ids))
    assert agencies.key == "agencies"
    kinds = dict(
        zip(agencies.ids, zip(agencies.kinds, agencies.geometry, strict=True), strict=True)
    )
    assert kinds["ZZ0019900"] == ("campus", None)
    assert kinds["ZZ0039900"][1].geom_type == "Point"
    since = dict(zip(agencies.ids, agencies.valid_from, strict=True))
    assert since["ZZ0070100"] == "2013-01-01"
    assert since["ZZ0010100"] is None
    cedar = layers["counties"].geometry[2]
    assert len(cedar.interiors) == 1
    assert cedar.area == pytest.approx(3)


def test_the_miniatures_agencies_divide_its_counties(miniature):
    layers = read_layers(read_catalog(*miniature).layers)
    for layer in layers.values():
        shapes = [each for each in layer.geometry if each is not None and each.area]
        assert shapely.coverage_is_valid(shapes)
        assert sum(each.area for each in shapes) == pytest.approx(24)
    assert len(shapes) == len(COUNTIES) + len(CITIES)


@pytest.mark.parametrize("suffix", ["parquet", "fgb", "gpkg", "geojson"])
def test_every_format_gives_the_same_layer(tmp_path, suffix):
    frame = towns(
        3, id=["01", "00", "02"], geometry=[BOX, Point(3, 4), None], parent=["9", None, None],
        valid_from=[None, "2013-01-01", None],
    )  # fmt: skip
    path = tmp_path / f"towns.{suffix}"
    if suffix == "parquet":
        frame.to_parquet(path)
    else:
        # FlatGeobuf would otherwise put the features into another order, and refuse null ones.
        options = {"SPATIAL_INDEX": "NO"} if suffix == "fgb" else {}
        pyogrio.write_dataframe(frame, path, **options)
    layer = read_layer(source(path))
    assert layer.ids == ("00", "01", "02")
    assert layer.parents == (None, "9", None)
    assert layer.valid_from == ("2013-01-01", None, None)
    assert layer.geometry[0] == Point(3, 4)
    assert layer.geometry[1].equals(BOX)
    assert layer.geometry[2] is None
    assert layer.frame.crs == "EPSG:4326"


def test_columns_of_dates_become_iso_text(tmp_path):
    frame = towns(2)
    frame["valid_from"] = pd.to_datetime(["2013-01-01", None])
    path = tmp_path / "towns.parquet"
    frame.to_parquet(path)
    assert read_layer(source(path)).valid_from == ("2013-01-01", None)


def test_another_reference_system_is_reprojected(tmp_path):
    path = tmp_path / "towns.parquet"
    towns(crs="EPSG:4326").to_crs(3857).to_parquet(path)
    (shape,) = read_layer(source(path)).geometry
    assert shapely.hausdorff_distance(shape, BOX) < 1e-9


def test_coordinates_in_degrees_are_not_touched(tmp_path):
    path = tmp_path / "towns.parquet"
    shape = Polygon([(0.1, 0.2), (0.3, 0.1), (1 / 3, 0.7)])
    towns(crs="OGC:CRS84", geometry=[shape]).to_parquet(path)
    assert read_layer(source(path)).geometry[0].wkb == shape.wkb


def test_heights_are_dropped(tmp_path):
    path = tmp_path / "towns.parquet"
    towns(geometry=[shapely.force_3d(BOX, 7)]).to_parquet(path)
    assert not read_layer(source(path)).geometry[0].has_z


def test_an_unknown_reference_system_is_told(faults):
    (found,) = faults(towns(crs=None))
    assert "coordinate reference system is not known" in found.what
    assert "EPSG:4326" in found.mend


def test_an_empty_file_is_told(faults):
    (found,) = faults(towns(0))
    assert "no feature" in found.what


def test_missing_and_misspelt_columns_are_told_together(faults):
    found = faults(towns().rename(columns={"valid_from": "valid_form"}).drop(columns="kind"))
    assert [(each.column, each.mend) for each in found] == [
        ("kind", "Add it; parent and dates may be null"),
        ("valid_from", "Rename column 'valid_form'"),
    ]


def test_every_fault_of_a_layer_is_told_at_once(faults):
    found = faults(
        towns(
            6, id=["00", "01", "01", None, "04", "05"],
            name=["A", "B", "C", "D", None, "F"],
            kind=["town", "twon", "town", "town", "town", "town"],
            valid_from=[None, None, None, "2013", "2014-01-01", None],
            valid_to=[None, None, None, None, "2013-12-31", None],
            geometry=[BOW_TIE, BOX, BOX, Polygon(), BOX, shapely.LineString([(0, 0), (1, 1)])],
        )
    )  # fmt: skip
    told = {(each.row, each.column): each for each in found}
    assert set(told) == {
        (1, "geometry"), (2, "kind"), (3, "id"), (4, "id"), (4, "valid_from"), (4, "geometry"),
        (5, "name"), (5, "valid_to"), (6, "geometry"),
    }  # fmt: skip
    assert "Self-intersection[0.5 0.5]" in told[1, "geometry"].what
    assert told[2, "kind"].mend == "Did you mean 'town'?"
    assert "row 2" in told[3, "id"].what
    assert "empty" in told[4, "geometry"].what
    assert "LineString" in told[6, "geometry"].what


def test_numbers_as_ids_are_told_because_leading_zeros_count(faults):
    found = faults(towns(id=[6001]))
    assert [(each.row, each.column) for each in found] == [(1, "id")]
    assert "leading zeros" in found[0].mend


@pytest.mark.parametrize("place", [(500000, 4000000), (181, 0), (0, -90.5), (float("inf"), 0)])
def test_coordinates_off_the_globe_are_told(faults, place):
    (found,) = faults(towns(geometry=[Point(place)]))
    assert (found.row, found.column) == (1, "geometry")
    assert "off the globe" in found.what
    assert "reference system" in found.mend


def test_many_faults_of_geometry_are_counted(faults):
    found = faults(towns(30, geometry=[BOW_TIE] * 30))
    assert len(found) == 21
    assert found[-1].what == "and 10 more geometries like these"


OPEN = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}
SHORT = {"type": "MultiPolygon", "coordinates": [DRAWN["coordinates"], [[[5, 6], [7, 8], [5, 6]]]]}


@pytest.mark.parametrize(("drawn", "where"), [(OPEN, "at 0 0"), (SHORT, "at 5 6")])
def test_a_ring_of_geojson_that_is_not_closed_is_told(tmp_path, drawn, where):
    (found,) = problems_of(geojson(tmp_path / "towns.geojson", DRAWN, drawn))
    assert (found.row, found.column) == (2, "geometry")
    assert f"a ring {where} is not closed" in found.what
    assert "first point" in found.mend


def test_the_columns_are_checked_though_a_geometry_is_torn(tmp_path, edit):
    torn = geojson(tmp_path / "towns.geojson", DRAWN, OPEN)
    with edit(torn.file.path) as collection:
        collection["features"][0]["properties"]["kind"] = "twon"
    assert [(each.row, each.column) for each in problems_of(torn)] == [(2, "geometry"), (1, "kind")]


@pytest.mark.parametrize("suffix", ["parquet", "gpkg"])
def test_a_ring_of_binary_geometry_that_is_not_closed_is_told(tmp_path, suffix):
    path = tmp_path / f"towns.{suffix}"
    closed = shapely.to_wkb(BOX, byte_order=1)
    # The last coordinates of the ring become others than the first.
    torn = closed[:-16] + shapely.to_wkb(Point(0, 0.5), byte_order=1)[-16:]
    frame = towns(2)
    if suffix == "parquet":
        frame.to_parquet(path)
        table = pq.read_table(path)
        column = table.schema.get_field_index("geometry")
        pq.write_table(table.set_column(column, table.schema.field(column), [[closed, torn]]), path)
    else:
        columns = [frame[name].to_numpy() for name in frame.columns[:-1]]
        pyogrio.raw.write(
            path, np.array([closed, torn], dtype=object), columns, list(frame.columns[:-1]),
            geometry_type="Polygon", crs="EPSG:4326", driver="GPKG",
        )  # fmt: skip
    found = problems_of(source(path))
    assert [(each.row, each.column) for each in found] == [(2, "geometry")]
    assert "cannot be read" in found[0].what


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("towns.geojson", b"{", "not GeoJSON"),
        ("towns.geojson", b'{"type": "Feature"}', "FeatureCollection"),
        ("towns.parquet", b"PAR1", "cannot be read"),
        ("towns.gpkg", b"nothing", "cannot be read"),
        ("towns.shp", b"", "'.shp' files cannot be read"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_told(tmp_path, name, content, what):
    path = tmp_path / name
    path.write_bytes(content)
    (found,) = problems_of(source(path))
    assert what in found.what


def test_a_parquet_file_without_geometry_is_told(tmp_path):
    path = tmp_path / "towns.parquet"
    towns().drop(columns="geometry").to_parquet(path)
    assert "cannot be read" in problems_of(source(path))[0].what


def test_a_geopackage_of_several_layers_is_told(tmp_path):
    path = tmp_path / "towns.gpkg"
    for layer in ("a", "b"):
        pyogrio.write_dataframe(towns(), path, layer=layer)
    assert "several layers: a, b" in problems_of(source(path))[0].what


def test_a_parent_that_is_not_in_the_parent_layer_is_told(tmp_path):
    regions, towns_path = tmp_path / "regions.parquet", tmp_path / "towns.parquet"
    towns(id=["R1"]).to_parquet(regions)
    towns(2, parent=["R1", "R2"]).to_parquet(towns_path)
    with pytest.raises(InputError) as caught:
        read_layers([source(regions, "regions"), source(towns_path, partition_of="regions")])
    (found,) = caught.value.problems
    assert (found.file, found.column) == ("region/towns.parquet", "parent")
    assert "01: its parent 'R2' is not in layer 'regions'" in found.what
    assert found.mend == "Known are: R1"


def test_the_problems_of_all_layers_are_told_at_once(tmp_path):
    paths = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    for path in paths:
        towns(kind=["village"]).to_parquet(path)
    with pytest.raises(InputError) as caught:
        read_layers([source(path, path.stem) for path in paths])
    assert [each.file for each in caught.value.problems] == ["region/a.parquet", "region/b.parquet"]


def test_context_is_read_with_its_properties(miniature):
    context = read_context(read_catalog(*miniature).context)
    assert set(context) == {"land", "states", "lakes", "places"}
    places = context["places"]
    assert places.properties[0] == {"name": "Alderton", "rank": 1, "population": 70000}
    assert [type(value) for value in places.properties[0].values()] == [str, int, int]
    assert all(each.geom_type == "Point" for each in places.geometries)


def test_faults_of_context_are_told_at_once(tmp_path):
    files = {}
    for layer, shape in (("land", Point(0, 0)), ("places", BOX)):
        path = tmp_path / f"{layer}.parquet"
        gpd.GeoDataFrame({"name": ["x"]}, geometry=[shape], crs=4326).to_parquet(path)
        files[layer] = SourceFile(path, path.name, "")
    with pytest.raises(InputError) as caught:
        read_context([ContextSource(layer, file) for layer, file in files.items()])
    assert [(each.file, each.column) for each in caught.value.problems] == [
        ("land.parquet", "geometry"), ("places.parquet", "geometry"), ("places.parquet", "rank"),
        ("places.parquet", "population"),
    ]  # fmt: skip
