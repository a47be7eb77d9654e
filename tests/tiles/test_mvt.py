"""The laws of encoding and splicing, by a checker that shares no code with either."""

import math
import struct

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from mapsvc.tiles import splicing
from mapsvc.tiles.attributes import Attributes, Column, varint
from mapsvc.tiles.mvt import (
    Feature,
    TileLayer,
    TileTemplate,
    encode_layers,
    encode_tiles,
    read_properties,
)
from tests.tiles import checker

HOLE = shapely.Polygon(
    [(0, 0), (100, 0), (100, 100), (0, 100)], [[(10, 10), (20, 10), (20, 20), (10, 20)]]
)
PARTS = shapely.MultiPolygon([shapely.box(200, 0, 300, 50), shapely.box(-64, 60, 30, 90)])


def square(left=0, top=0, side=10):
    return shapely.box(left, top, left + side, top + side)


def layer(*properties, name="counties", geometry=None):
    features = [
        Feature(number, geometry or square(20 * number), each)
        for number, each in enumerate(properties, start=1)
    ]
    return TileLayer(name, features)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("shape", [HOLE, PARTS], ids=["hole", "parts"])
def test_polygons_come_back_as_they_were_however_they_were_wound(shape, reverse):
    given_shape = shapely.reverse(shape) if reverse else shape
    (feature,) = checker.decode(encode_layers([layer({"id": "1"}, geometry=given_shape)]))[
        "counties"
    ]
    assert feature.geometry.equals(shape)
    assert feature.fid == 1


def test_points_come_back_as_they_were():
    points = shapely.MultiPoint([(1, 2), (4095, 0)])
    tile = encode_layers(
        [
            layer({}, geometry=shapely.Point(3, 4), name="one"),
            layer({}, geometry=points, name="two"),
        ]
    )
    decoded = checker.decode(tile)
    assert decoded["one"][0].geometry.equals(shapely.Point(3, 4))
    assert decoded["two"][0].geometry.equals(points)


@pytest.mark.parametrize(
    "value", [None, math.nan, math.inf, np.float64(1.5), np.int64(3), np.True_, b"x", 2**63, [1]]
)
def test_a_property_that_the_library_would_lose_or_spoil_is_an_error(value):
    with pytest.raises(ValueError, match="'value' cannot be"):
        encode_layers([layer({"value": value})])


@pytest.mark.parametrize("fid", [-1, 1.0, "6001", None, True, np.int64(1), 2**53])
def test_an_id_that_is_not_an_unsigned_integer_is_an_error(fid):
    with pytest.raises(ValueError, match="not an unsigned id"):
        encode_layers([TileLayer("counties", [Feature(fid, square(), {})])])


def test_two_features_with_one_id_are_an_error():
    with pytest.raises(ValueError, match="1 is not an unsigned id of one feature"):
        encode_layers([TileLayer("counties", [Feature(1, square(), {})] * 2)])


@pytest.mark.parametrize(
    "rows", [[{"a": 1}, {"a": 1.0}], [{"a": "1"}, {"a": 1}], [{"a": True}, {"a": 1}]]
)
def test_a_column_of_two_types_is_an_error(rows):
    with pytest.raises(ValueError, match="'a' cannot be"):
        encode_layers([layer(*rows)])


@pytest.mark.parametrize(
    "shape",
    [
        shapely.Polygon(),
        shapely.Polygon([(0, 0), (9, 9), (9, 0), (0, 9)]),
        shapely.Polygon([(0, 0), (9, 0), (0, 0)]),
        shapely.Polygon([(0, 0), (9, 0), (5, 0)]),
        shapely.Polygon([(0, 0), (9, 0), (9, 0), (9, 9)]),
        shapely.Polygon([(0, 0), (9, 0), (9, 9.5)]),
        shapely.LineString([(0, 0), (9, 9)]),
        shapely.GeometryCollection([square()]),
        shapely.Point(0.5, 1),
        shapely.Point(np.nan, 1),
        None,
    ],
    ids=str,
)
def test_geometry_that_a_tile_cannot_hold_is_an_error(shape):
    with pytest.raises(ValueError, match=r"cannot be encoded, features \[7\]"):
        encode_layers([TileLayer("counties", [Feature(7, shape, {})])])


def test_many_tiles_are_encoded_as_each_alone_and_wrong_geometry_is_told_by_its_layer():
    rows = [{"id": "1", "kind": "a"}, {"id": "2"}]
    tiles = [
        [layer(*rows)],
        [layer(rows[1], name="b"), layer(*rows, name="c", geometry=shapely.Point(1, 2))],
        [layer({}, geometry=PARTS), layer({}, name="d", geometry=shapely.MultiPoint([(1, 2)]))],
    ]
    assert encode_tiles(tiles) == [encode_layers(layers) for layers in tiles]
    wrong = TileLayer("d", [Feature(7, square(), {}), Feature(8, shapely.Point(0.5, 1), {})])
    with pytest.raises(ValueError, match=r"Layer 'd': .* features \[8\]"):
        encode_tiles([*tiles, [wrong]])


@pytest.mark.parametrize(
    "layers",
    [[], [TileLayer("a", [])], [layer({}, name="")], [layer({}, name="a"), layer({}, name="a")]],
    ids=["no layer", "no feature", "no name", "same name"],
)
def test_an_empty_tile_or_layer_and_a_name_taken_twice_are_errors(layers):
    with pytest.raises(ValueError, match=r"unique names|no features"):
        encode_layers(layers)


def test_equal_numbers_of_two_types_keep_their_types():
    rows = [{"count": 1, "rate": 1.0, "flag": True}, {"count": 0, "rate": 0.0, "flag": False}]
    tile = encode_layers([layer(*rows)])
    assert [feature.properties for feature in checker.decode(tile)["counties"]] == rows
    assert checker.column_types(tile, "counties") == {
        "count": {"int"},
        "rate": {"double"},
        "flag": {"bool"},
    }


@pytest.mark.parametrize(
    "shape",
    [
        shapely.Polygon([(0, 0), (9, 9), (9, 0), (0, 9)]),
        shapely.Polygon([(0, 0), (9, 0), (0, 0)]),
        shapely.Polygon([(0, 0), (9, 0), (5, 0)]),
        shapely.Polygon(shapely.reverse(square()).exterior.coords, [square(2, 2, 2).exterior]),
    ],
    ids=["bow-tie", "two points", "no area", "hole first"],
)
def test_the_checker_finds_what_the_library_lets_pass(shape):
    content = [{"name": "a", "features": [{"id": 1, "geometry": shape, "properties": {}}]}]
    options = {"y_coord_down": True, "check_winding_order": False}
    assert checker.problems(mapbox_vector_tile.encode(content, default_options=options))


def test_read_properties_lists_what_each_feature_says():
    tile = encode_layers([layer({"id": "06001"}), layer({"id": "06003"}, name="labels")])
    assert read_properties(tile) == {
        "counties": [{"fid": 1, "id": "06001"}],
        "labels": [{"fid": 1, "id": "06003"}],
    }


OWN = [{"id": f"0600{number}", "name": f"County {number}", "kind": "ok"} for number in range(1, 6)]
BASE = encode_layers(
    [layer(*OWN), layer(*OWN, name="counties-labels", geometry=shapely.Point(5, 5))]
)

kinds = {
    "double": st.floats(allow_nan=False, allow_infinity=False),
    "integer": st.integers(-(2**63), 2**63 - 1),
    "boolean": st.booleans(),
    "string": st.sampled_from(["ok", "suppressed", "County 1", "", "ñ"]),
}
dtypes = {"double": np.float64, "integer": np.int64, "boolean": np.bool_}


@st.composite
def tables(draw):
    """Return feature ids, and rows of columns in which None is null."""
    fids = draw(st.lists(st.integers(1, 8), unique=True, max_size=8))
    columns = {}
    for name in draw(st.lists(st.sampled_from("abcdef"), unique=True)):
        kind = draw(st.sampled_from(sorted(kinds)))
        columns[name] = kind, [draw(st.none() | kinds[kind]) for _ in fids]
    return fids, columns


def column(name, kind, values):
    if kind == "string":
        return Column.of_strings(name, values)
    valid = np.array([value is not None for value in values], dtype=bool)
    array = np.array([0 if value is None else value for value in values], dtype=dtypes[kind])
    return Column(name, kind, array, valid)


@given(tables())
@settings(max_examples=200, deadline=None)
def test_splicing_is_encoding_the_tile_anew(table):
    """The spliced tile reads as the library's, with nulls absent; labels have what areas have."""
    fids, columns = table
    attributes = Attributes.of(fids, [column(name, *rest) for name, rest in columns.items()])
    added = {
        fid: {name: rows[at] for name, (_, rows) in columns.items() if rows[at] is not None}
        for at, fid in enumerate(fids)
    }
    rows = [own | added.get(fid, {}) for fid, own in enumerate(OWN, start=1)]
    anew = encode_layers(
        [layer(*rows), layer(*rows, name="counties-labels", geometry=shapely.Point(5, 5))]
    )
    spliced = TileTemplate.parse(BASE).splice(("counties", "counties-labels"), attributes)
    assert checker.decode(spliced) == checker.decode(anew)
    assert checker.column_types(spliced, "counties") == checker.column_types(anew, "counties")
    order = [list(feature.properties) for feature in checker.decode(spliced)["counties"]]
    assert all(names[:3] == ["id", "name", "kind"] for names in order)


@pytest.mark.parametrize("count", [50, 5_000, 9_000], ids=["one byte", "two bytes", "four bytes"])
def test_tags_of_any_width_are_read_back(count):
    points = [Feature(number, shapely.Point(number % 4096, 0), {}) for number in range(count)]
    template = TileTemplate.parse(encode_layers([TileLayer("places", points)]))
    numbers = np.arange(count)
    attributes = Attributes.of(
        numbers,
        [
            Column("number", "integer", numbers, numbers > 0),
            Column("half", "double", numbers / 2, numbers < count - 1),
        ],
    )
    features = checker.decode(template.splice(("places",), attributes))["places"]
    assert features[0].properties == {"half": 0.0}
    assert features[1].properties == {"number": 1, "half": 0.5}
    assert features[-1].properties == {"number": count - 1}
    assert [feature.properties.get("number", 0) for feature in features] == numbers.tolist()


def test_a_tile_may_have_more_values_than_are_looked_up():
    points = [Feature(number, shapely.Point(number % 4096, 0), {}) for number in range(3_400)]
    template = TileTemplate.parse(encode_layers([TileLayer("places", points)]))
    numbers = np.arange(34_000).reshape(10, -1)
    attributes = Attributes.of(
        np.arange(3_400), [column(str(key), "integer", row) for key, row in enumerate(numbers)]
    )
    assert numbers.size > len(splicing._low_slots())
    features = checker.decode(template.splice(("places",), attributes))["places"]
    read = [[feature.properties[str(key)] for key in range(10)] for feature in features]
    assert read == numbers.T.tolist()


def test_what_has_no_attributes_keeps_its_bytes():
    template = TileTemplate.parse(BASE)
    nothing = Attributes.of([], [])
    assert template.splice(("counties-labels",), nothing) == BASE
    some = Attributes.of([1], [column("value", "double", [2.5])])
    assert template.splice(("agencies",), some) == BASE


def test_the_geometry_does_not_change_by_a_byte():
    attributes = Attributes.of([1], [Column("a", "double", np.array([0.5]), np.array([True]))])
    spliced = TileTemplate.parse(BASE).splice(("counties",), attributes)
    before, after = (TileTemplate.parse(tile).layers["counties"] for tile in (BASE, spliced))
    assert before.bodies == after.bodies


def test_a_template_knows_the_features_of_its_layers_in_their_order():
    template = TileTemplate.parse(BASE)
    assert template.feature_ids("counties").tolist() == [1, 2, 3, 4, 5]
    assert template.ids("counties") == tuple(own["id"] for own in OWN)
    assert template.feature_ids("agencies").tolist() == []
    assert template.ids("agencies") == ()
    nameless = TileTemplate.parse(encode_layers([layer({"name": "a"}, {"id": "b"})]))
    assert nameless.ids("counties") == (None, "b")


def test_a_column_may_not_take_the_name_of_a_property():
    attributes = Attributes.of([1], [Column.of_strings("kind", ["x"])])
    with pytest.raises(ValueError, match="kind"):
        TileTemplate.parse(BASE).splice(("counties",), attributes)


def test_what_is_not_a_tile_is_an_error():
    with pytest.raises(ValueError, match="Not a vector tile"):
        TileTemplate.parse(b"\x1a\xff\xff")


one = np.array([True])


@pytest.mark.parametrize(
    "columns",
    [
        [Column("a", "double", np.array([np.nan]), one)],
        [Column("a", "double", np.array([1]), one)],
        [Column("a", "integer", np.array([1.0]), one)],
        [Column("a", "integer", np.array([2**63], dtype=np.uint64), one)],
        [Column("a", "boolean", np.array([1]), one)],
        [Column("a", "string", np.array(["x"]), one)],
        [Column("a", "string", np.array([1]), one, ("only",))],
        [Column("a", "string", np.array([-1]), one, ("only",))],
        [Column("a", "double", np.array([1.0, 2.0]), np.array([True, True]))],
        [Column.of_strings("a", ["x"]), Column.of_strings("a", ["y"])],
    ],
    ids=[
        "nan",
        "integers as doubles",
        "doubles as integers",
        "64 bits",
        "integers as booleans",
        "text uncoded",
        "code too large",
        "code negative",
        "too long",
        "name twice",
    ],
)
def test_columns_that_do_not_hold_what_they_say_are_errors(columns):
    with pytest.raises(ValueError, match=r"Column 'a'|unique"):
        Attributes.of([1], columns)


def test_attributes_of_one_feature_twice_are_an_error():
    with pytest.raises(ValueError, match="unique"):
        Attributes.of([1, 1], [])


def test_what_is_null_may_be_anything():
    """NaN, and a code beyond the categories, are no error where the row is not valid."""
    null = np.array([False])
    columns = [
        Column("a", "double", np.array([np.nan]), null),
        Column("b", "string", np.array([9]), null),
    ]
    assert not Attributes.of([1], columns).values


@given(st.integers(0, 2**64 - 1))
def test_a_varint_is_seven_bits_a_byte_lowest_first(number):
    encoded = varint(number)
    assert sum((byte & 0x7F) << 7 * place for place, byte in enumerate(encoded)) == number
    assert [byte >> 7 for byte in encoded] == [1] * (len(encoded) - 1) + [0]


def test_doubles_are_written_to_the_last_bit():
    value = struct.unpack("<d", struct.pack("<Q", 0x3FF0000000000001))[0]
    attributes = Attributes.of([1], [Column("a", "double", np.array([value]), one)])
    spliced = TileTemplate.parse(BASE).splice(("counties",), attributes)
    assert checker.decode(spliced)["counties"][0].properties["a"] == value
