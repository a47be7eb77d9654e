"""The checker judges tiles of others as their authors do, and names the one rule that is broken."""

import gzip
import json
import struct
from pathlib import Path

import mapbox_vector_tile
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from mapbox_vector_tile.Mapbox import vector_tile_pb2

from mapsvc.tiles.checker import MAX_TILE_BYTES, inspect
from mapsvc.tiles.mvt import Feature, TileLayer, encode_layers

PACKAGE = Path(__file__).parent / "foreign/node_modules/@mapbox/mvt-fixtures"
FIXTURES = {folder.name: folder for folder in sorted(PACKAGE.glob("fixtures/*"))}
REAL = sorted(PACKAGE.glob("real-world/*/*"))

# A MoveTo of half a billion points with numbers for one: the package calls fixture 051 invalid and
# 057, the same commands, valid. The specification (4.3.2) has two numbers for every point.
CONTRADICTED = {"057"}

REASONS = {
    "003": "no type of geometry",
    "004": "no geometry",
    "005": "odd number of tags",
    "006": "type of geometry is 8",
    "007": "version has wire type",
    "008": "extent has wire type",
    "010": "string has wire type",
    "011": "exactly one of the seven types",
    "012": "version is 99",
    "013": "keys has wire type",
    "014": "no name",
    "015": "another layer has this name",
    "023": "no name",
    "024": "no version",
    "026": "exactly one of the seven types",
    "030": "geometry is written 2 times",
    "040": "points outside the layer",
    "041": "points outside the layer",
    "042": "points outside the layer",
    "044": "a command of 6 points",
    "045": "numbers for 0.5",
    "046": "segment without length",
    "047": "ClosePath with a count of 2",
    "048": "ClosePath with a count of 0",
    "051": "536870911 points",
    "052": "numbers for 0.5",
    "057": "536870911 points",
    "058": "536870911 points",
    "061": "no version",
}


def musts(tile):
    return [str(breach) for breach in inspect(tile).breaches if breach.must]


def test_the_tiles_of_others_are_installed():
    assert len(FIXTURES) == 74, "Run `make foreign-tiles` first"
    assert len(REAL) > 200


@pytest.mark.parametrize("folder", FIXTURES.values(), ids=FIXTURES)
def test_a_fixture_is_judged_by_the_specification_as_its_authors_judge_it(folder):
    valid = json.loads((folder / "info.json").read_text("utf-8"))["validity"]["v2"]
    found = musts((folder / "tile.mvt").read_bytes())
    assert (not found) == (valid and folder.name not in CONTRADICTED), found
    if found:
        assert any(REASONS[folder.name] in line for line in found), found


@pytest.mark.parametrize("path", REAL[::16], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_real_tiles_read_as_another_decoder_reads_them(path):
    data = path.read_bytes()
    data = gzip.decompress(data) if path.suffix == ".gz" else data
    checked = inspect(data)
    assert not [b for b in checked.breaches if b.must and "cannot be read" in b.what]
    message = vector_tile_pb2.tile.FromString(data)
    assert list(checked.layers) == [layer.name for layer in message.layers]
    content = mapbox_vector_tile.decode(data, default_options={"geojson": False})
    for name, layer in checked.layers.items():
        theirs = content[name]["features"]
        assert [each.properties for each in layer.features] == [f["properties"] for f in theirs]
        assert [each.fid or 0 for each in layer.features] == [f["id"] for f in theirs]


def square(left, top, side):
    return shapely.box(left, top, left + side, top + side)


def good():
    """Return a sound tile as a message to spoil: a polygon with a hole and an island; a square."""
    shape = shapely.MultiPolygon(
        [square(0, 0, 100) - square(10, 10, 20), square(200, 200, 50)],
    )
    rows = [{"id": "a", "rate": 1.5, "count": 2}, {"id": "b", "rate": 2.5, "count": 3}]
    features = [
        Feature(7, shape, rows[0]),
        Feature(8, square(1000, 1000, 60), rows[1]),
    ]
    labels = [Feature(7, shapely.Point(50, 50), {"id": "a"})]
    tile = encode_layers([TileLayer("counties", features), TileLayer("labels", labels)])
    return vector_tile_pb2.tile.FromString(tile)


def test_a_good_tile_breaks_no_rule():
    assert inspect(good().SerializeToString()).breaches == []


def zigzag(*numbers):
    return [number << 1 ^ number >> 31 for number in numbers]


def ring(*points, close=15):
    """Encode a ring of (dx, dy) steps, the first from the cursor."""
    first, *rest = points
    steps = [number for point in rest for number in zigzag(*point)]
    return [9, *zigzag(*first), len(rest) << 3 | 2, *steps, *([close] if close else [])]


SQUARE = [(0, 0), (9, 0), (0, 9), (-9, 0)]


def spoil(**changes):
    """Return what sets fields of the second feature of the first layer."""

    def change(message):
        feature = message.layers[0].features[1]
        for name, value in changes.items():
            if isinstance(value, list):
                del getattr(feature, name)[:]
                getattr(feature, name).extend(value)
            else:
                setattr(feature, name, value)

    return change


def clear(part, name):
    return lambda message: part(message).ClearField(name)


def layer_of(message):
    return message.layers[0]


def feature_of(message):
    return message.layers[0].features[1]


def put(part, **changes):
    def change(message):
        for name, value in changes.items():
            setattr(part(message), name, value)

    return change


HERE = "counties, feature 8: "
BROKEN = {
    "version": (put(layer_of, version=1), "counties: its version is 1, not 2"),
    "extent missing": (clear(layer_of, "extent"), "counties: its extent is not written"),
    "extent": (put(layer_of, extent=512), "counties: its extent is 512"),
    "name": (put(layer_of, name="labels"), "labels: another layer has this name"),
    "no name": (put(layer_of, name=""), "layer 1: it has no name"),
    "no features": (clear(layer_of, "features"), "counties: it has no features"),
    "no layers": (lambda message: message.ClearField("layers"), "it has no layer"),
    "key twice": (lambda m: m.layers[0].keys.append("id"), "counties: its keys repeat"),
    "value twice": (
        lambda m: m.layers[0].values.add(string_value="a"),
        "counties: its values repeat",
    ),
    "odd tags": (lambda m: feature_of(m).tags.append(0), HERE + "it has an odd number of tags"),
    "key beyond": (lambda m: feature_of(m).tags.extend([9, 0]), HERE + "the tag 9, 0 points"),
    "value beyond": (lambda m: feature_of(m).tags.extend([0, 99]), HERE + "the tag 0, 99 points"),
    "property twice": (lambda m: feature_of(m).tags.extend([0, 0]), HERE + "it has two values"),
    "no id": (clear(feature_of, "id"), "counties, feature number 2: it has no id"),
    "id twice": (put(feature_of, id=7), "counties: 2 features have the id 7"),
    "no type": (clear(feature_of, "type"), HERE + "it has no type of geometry"),
    "unknown type": (put(feature_of, type=0), HERE + "its type of geometry is 0"),
    "no geometry": (clear(feature_of, "geometry"), HERE + "it has no geometry"),
    "two types": (
        lambda m: (
            setattr(m.layers[0].values[1], "int_value", 4)
            or m.layers[0].values[1].ClearField("double_value")
        ),
        "counties: 'rate' is of the types double, int",
    ),
    "two values in one": (
        lambda m: setattr(m.layers[0].values[1], "int_value", 4),
        "counties: value 1 cannot be read",
    ),
    "not a number": (
        lambda m: setattr(m.layers[0].values[1], "double_value", float("nan")),
        "counties: value 1 is nan",
    ),
    "a command that is none": (spoil(geometry=[9 + 4, 0, 0]), HERE + "a command has the number 5"),
    "cut short": (spoil(geometry=ring(*SQUARE)[:-3]), HERE + "a command of 3 points has numbers"),
    "no closing": (spoil(geometry=ring(*SQUARE, close=0)), HERE + "ring 1 is not MoveTo"),
    "two closings": (spoil(geometry=ring(*SQUARE, close=23)), HERE + "ring 1 has a ClosePath"),
    "two starts": (
        spoil(geometry=[17, 0, 0, 2, 2, *ring(*SQUARE)[3:]]),
        HERE + "ring 1 has a MoveTo with a count of 2",
    ),
    "two points": (spoil(geometry=ring((0, 0), (9, 9))), HERE + "ring 1 has a LineTo"),
    "no length": (
        spoil(geometry=ring(*SQUARE[:2], (0, 0), *SQUARE[2:])),
        HERE + "ring 1 has a segment without length",
    ),
    "closing point": (
        spoil(geometry=ring(*SQUARE, (0, -9))),
        HERE + "ring 1 repeats its closing point",
    ),
    "no area": (
        spoil(geometry=ring((0, 0), (9, 0), (9, 0), (-5, 0))),
        HERE + "ring 1 has no area",
    ),
    "hole first": (
        spoil(geometry=ring((0, 0), (0, 9), (9, 0), (0, -9))),
        HERE + "ring 1, the first, has a negative area",
    ),
    "hole outside": (
        spoil(geometry=ring(*SQUARE) + ring((40, 0), (0, 3), (3, 0), (0, -3))),
        HERE + "its polygon is not valid: Hole lies outside shell",
    ),
    "bow-tie": (
        spoil(geometry=ring((0, 0), (9, 9), (0, -9), (-9, 12))),
        HERE + "its polygon is not valid: Self-intersection",
    ),
    "parts overlap": (
        spoil(geometry=ring(*SQUARE) + ring((2, -7), (20, 0), (0, 20), (-20, 0))),
        HERE + "its polygon is not valid",
    ),
    "too far": (spoil(geometry=ring((-200, 0), *SQUARE[1:])), HERE + "it reaches more than 128"),
    "point with a line": (
        lambda m: m.layers[1].features[0].geometry.extend([10, 2, 2]),
        "labels, feature 7: a point is one MoveTo",
    ),
    "too heavy": (
        lambda m: m.layers[0].values.add(string_value="x" * MAX_TILE_BYTES),
        "it weighs 500,",
    ),
}


@pytest.mark.parametrize(("change", "line"), BROKEN.values(), ids=BROKEN)
def test_the_rule_that_a_tile_breaks_is_named(change, line):
    message = good()
    change(message)
    found = [str(breach) for breach in inspect(message.SerializePartialToString()).breaches]
    assert any(each.startswith(line) for each in found), found


@pytest.mark.parametrize(
    ("written", "line"),
    [
        (b"\x1a\x7f", "it cannot be read: field 3 is cut short"),
        (b"\x1b", "it cannot be read: field 3 has the wire type 3"),
        (b"\x1a\x02\x22\x80", "layer 1: it cannot be read: a number is cut short"),
        (b"\xff" * 12, "it cannot be read: a number has more than 64 bits"),
        (b"\x1a\x03\x0a\x01\xff", "layer 1: it cannot be read: it is not UTF-8"),
        (b"\x28\x00", "it has a field 5"),
    ],
)
def test_bytes_that_are_no_tile_are_told_and_never_raise(written, line):
    assert any(str(breach).startswith(line) for breach in inspect(written).breaches)


@given(st.binary(max_size=60), st.integers(0, 300))
def test_no_bytes_raise(noise, place):
    tile = good().SerializeToString()
    inspect(noise)
    inspect(tile[:place] + noise + tile[place + len(noise) :])


value = st.one_of(
    st.text(max_size=5),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
)


@given(
    st.dictionaries(st.text(min_size=1, max_size=4), value, max_size=5), st.integers(0, 2**53 - 1)
)
def test_what_is_encoded_is_read_back(properties, fid):
    tile = encode_layers([TileLayer("a", [Feature(fid, square(3, 4, 5), properties)])])
    checked = inspect(tile)
    assert checked.breaches == []
    (feature,) = checked.features("a")
    assert feature.fid == fid
    assert feature.properties == properties
    assert {key: type(each) for key, each in feature.properties.items()} == {
        key: type(each) for key, each in properties.items()
    }
    assert feature.geometry.equals(square(3, 4, 5))


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (b"\x15" + struct.pack("<f", 0.5), 0.5),
        (b"\x28\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 2**64 - 1),
        (b"\x30\x03", -2),
    ],
    ids=["float", "uint", "sint"],
)
def test_types_that_this_project_does_not_write_are_read(entry, expected):
    message = good()
    message.layers[0].values[1].ParseFromString(entry)
    assert (
        inspect(message.SerializeToString()).features("counties")[0].properties["rate"] == expected
    )
