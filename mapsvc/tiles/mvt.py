"""Mapbox Vector Tiles (specification 2.1): encoding, and splicing attributes into tiles.

The only module that uses mapbox-vector-tile. That library drops, without a word, what it cannot
encode; here such input is an error. Splicing is ours: the geometry of a tile is encoded once, and
the attributes of any indicator are put in when the tile is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import mapbox_vector_tile
import numpy as np
import shapely
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # has no types
from mapbox_vector_tile.encoder import VectorTile
from mapbox_vector_tile.geom_encoder import GeometryEncoder
from mapbox_vector_tile.Mapbox import vector_tile_pb2
from numpy.typing import NDArray

from mapsvc.geoid import MAX_SAFE_INTEGER
from mapsvc.tiles.attributes import Attributes, encode_key, field, varint
from mapsvc.tiles.grid import EXTENT

Value = str | int | float | bool

# Field numbers and wire types of the specification's Tile, Layer and Feature messages.
_LAYER = 0x1A
_NAME, _FEATURE, _VALUE = 0x0A, b"\x12", 0x22
_EXTENT, _VERSION = b"\x28", b"\x78"
_ID, _TAGS = b"\x08", b"\x12"

_MOVE_TO, _CLOSE_PATH = 1 << 3 | 1, 1 << 3 | 7

_ENCODED = np.array([True, False, False, True, True, False, True, False, False])
"""By type of geometry: points, polygons and their collections; the last stands for none."""

_PLACEHOLDER = shapely.Point(0, 0)
"""Stands for geometry while the library writes ids and attributes."""


class Feature(NamedTuple):
    """One feature of a tile; coordinates are whole units of the tile with y down."""

    fid: int
    """Unsigned, unique in its layer."""
    geometry: shapely.Geometry
    """Point, MultiPoint, Polygon or MultiPolygon."""
    properties: Mapping[str, Value]
    """What has no value has no key: None and NaN are errors."""


@dataclass(frozen=True)
class TileLayer:
    """A layer of a tile: at least one feature, each column of one type throughout."""

    name: str
    features: Sequence[Feature]


class _Double(float):
    """A float that never shares a slot with an equal integer, which would change its type."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Double) and float.__eq__(self, other)

    def __hash__(self) -> int:
        return hash((_Double, float.__hash__(self)))


def encode_layers(layers: Sequence[TileLayer]) -> bytes:
    """Encode the layers of a tile, in their order; polygons are wound as the specification asks.

    Raises ValueError for anything that could not be read back as it was given: no layer, a layer
    without a name or features or whose name is taken, an id that is not a unique unsigned integer
    below 2**53, a property that is not exactly str, int, float or bool, that is not finite, or
    whose type differs in its column, and geometry that is empty, invalid, of another type, off
    the integer grid, or that repeats a point.
    """
    names = [layer.name for layer in layers]
    if not layers or not all(names) or len(set(names)) < len(names):
        raise ValueError(f"A tile needs layers with unique names, not {names}")
    encoder = VectorTile(default_options={"extents": EXTENT})
    for layer in layers:
        geometry = _checked_geometry(layer)
        encoder.add_layer(
            layer.name,
            [
                {"id": feature.fid, "geometry": _PLACEHOLDER, "properties": properties}
                for feature, properties in zip(
                    layer.features, _checked_properties(layer), strict=True
                )
            ],
        )
        written = encoder.layer.features
        for feature, (kind, numbers) in zip(written, _commands(geometry), strict=True):
            feature.type = kind
            del feature.geometry[:]
            feature.geometry.extend(numbers)
    encoded: bytes = encoder.tile.SerializeToString()
    return encoded


def _commands(geometry: NDArray[np.object_]) -> Iterator[tuple[int, list[int]]]:
    """Yield the type and the geometry commands of each shape (specification, 4.3).

    The library takes a point at a time, which is half the time of a whole pyramid; here all rings
    of a layer are encoded at once.
    """
    areas = np.flatnonzero(shapely.get_dimensions(geometry) == 2)
    parts, part_owner = shapely.get_parts(geometry[areas], return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    ends = np.append(ring[1:] != ring[:-1], True)[: len(ring)]
    points, ring = coordinates[~ends].astype(np.int64), ring[~ends]
    sizes = np.bincount(ring, minlength=len(rings))
    numbers = np.empty(int((2 * sizes + 3).sum()), dtype=np.int64)
    first = np.append(0, np.cumsum(2 * sizes + 3))
    numbers[first[:-1]] = _MOVE_TO
    numbers[first[:-1] + 3] = (sizes - 1) << 3 | 2
    numbers[first[1:] - 1] = _CLOSE_PATH
    owner = part_owner[ring_part]
    heads = np.append(0, np.cumsum(sizes))[:-1]
    before = np.roll(points, 1, axis=0)
    # The cursor is at the origin where a feature begins.
    before[heads[np.append(True, owner[1:] != owner[:-1])[: len(owner)]]] = 0
    steps = points - before
    place = np.repeat(first[:-1] + 2 - 2 * heads, sizes) + 2 * np.arange(len(points))
    place[heads] -= 1
    for axis in range(2):
        numbers[place + axis] = steps[:, axis] << 1 ^ steps[:, axis] >> 63
    bounds = first[np.searchsorted(owner, np.arange(len(areas) + 1))].tolist()
    flat = numbers.tolist()
    spans = dict(zip(areas.tolist(), pairwise(bounds), strict=True))
    for row, shape in enumerate(geometry):
        if row in spans:
            start, end = spans[row]
            yield vector_tile_pb2.tile.Polygon, flat[start:end]
        else:
            yield vector_tile_pb2.tile.Point, GeometryEncoder(True, EXTENT).encode(shape)


def read_properties(tile: bytes) -> dict[str, list[dict[str, Any]]]:
    """Return, for each layer of a tile, the feature id (``fid``) and properties of its features."""
    layers = mapbox_vector_tile.decode(tile, default_options={"geojson": False})
    return {
        name: [{"fid": feature["id"], **feature["properties"]} for feature in layer["features"]]
        for name, layer in layers.items()
    }


def _checked_geometry(layer: TileLayer) -> NDArray[np.object_]:
    geometry = np.array([feature.geometry for feature in layer.features], dtype=object)
    if not len(geometry):
        raise ValueError(f"Layer {layer.name!r} has no features")
    types = shapely.get_type_id(geometry)
    wrong = ~_ENCODED[types] | shapely.is_empty(geometry) | ~shapely.is_valid(geometry)
    coordinates, owner = shapely.get_coordinates(geometry, return_index=True)
    with np.errstate(invalid="ignore"):
        off_grid = (coordinates != np.rint(coordinates)).any(axis=1)
    wrong[owner[off_grid]] = True
    distinct = shapely.get_num_coordinates(shapely.remove_repeated_points(geometry[~wrong]))
    wrong[~wrong] = distinct < shapely.get_num_coordinates(geometry[~wrong])
    if wrong.any():
        ids = [feature.fid for feature, no in zip(layer.features, wrong, strict=True) if no]
        raise ValueError(f"Layer {layer.name!r}: geometry that cannot be encoded, features {ids}")
    return shapely.orient_polygons(geometry, exterior_cw=False)


def _checked_properties(layer: TileLayer) -> list[dict[str, Value]]:
    """Return the properties as the library must have them."""
    seen: set[int] = set()
    for fid in (feature.fid for feature in layer.features):
        if type(fid) is not int or not 0 <= fid <= MAX_SAFE_INTEGER or fid in seen:
            raise ValueError(f"Layer {layer.name!r}: {fid!r} is not an unsigned id of one feature")
        seen.add(fid)
    kinds: dict[str, type] = {}
    checked = []
    for feature in layer.features:
        properties: dict[str, Value] = {}
        for key, value in feature.properties.items():
            kind = type(value)
            known = kinds.setdefault(key, kind) if isinstance(key, str) else None
            if (
                kind not in (str, int, float, bool)
                or kind is not known
                or (isinstance(value, float) and not math.isfinite(value))
                or (isinstance(value, int) and not -(2**63) <= value < 2**63)
            ):
                raise ValueError(
                    f"Layer {layer.name!r}, feature {feature.fid}: {key!r} cannot be {value!r}"
                )
            properties[key] = _Double(value) if kind is float else value
        checked.append(properties)
    return checked


def _message(tile: bytes) -> Any:
    try:
        return vector_tile_pb2.tile.FromString(tile)
    except DecodeError as error:
        raise ValueError("Not a vector tile") from error


@dataclass(frozen=True)
class _Layer:
    """What of an encoded layer does not change, each part as it is written."""

    name: str
    raw: bytes
    """The whole layer, as it stands in the tile."""
    fids: NDArray[np.int64]
    ids: tuple[str | None, ...]
    features: tuple[tuple[bytes, bytes, bytes], ...]
    """The id, the packed tags, and the type and geometry of each feature."""
    head: bytes
    """The name."""
    keys: tuple[str, ...]
    key_bytes: bytes
    values: Mapping[bytes, int]
    """The slot of each encoded value."""
    value_count: int
    value_bytes: bytes
    tail: bytes
    """Extent and version."""


@dataclass(frozen=True)
class TileTemplate:
    """A parsed tile, into which attributes are spliced without touching its geometry."""

    layers: Mapping[str, _Layer]

    @classmethod
    def parse(cls, tile: bytes) -> TileTemplate:
        """Parse an uncompressed tile; raises ValueError where it is not one."""
        return cls({layer.name: _parse_layer(layer) for layer in _message(tile).layers})

    def feature_ids(self, layer: str) -> NDArray[np.int64]:
        """Return the feature ids of a layer in the tile's order; none where it has no layer."""
        return self.layers[layer].fids if layer in self.layers else np.empty(0, dtype=np.int64)

    def ids(self, layer: str) -> tuple[str | None, ...]:
        """Return the ``id`` property of each feature of a layer, in the tile's order."""
        return self.layers[layer].ids if layer in self.layers else ()

    def splice(self, layers: Collection[str], attributes: Attributes) -> bytes:
        """Return the tile with ``attributes`` on the features of ``layers``, after their own.

        A null is an absent key, a feature without a row stays as it is, and so do the other
        layers. Each value is written once in a layer. A tile without these layers is returned as
        it is. Raises ValueError where a column has the name of a property of the tile.
        """
        return b"".join(
            _spliced(part, attributes) if part.name in layers else part.raw
            for part in self.layers.values()
        )


def _parse_layer(layer: Any) -> _Layer:
    raw = field(_LAYER, layer.SerializeToString())
    keys = tuple(layer.keys)
    id_key = keys.index("id") if "id" in keys else None
    strings = [value.string_value for value in layer.values]
    fids, ids, features = [], [], []
    for feature in layer.features:
        fids.append(feature.id)
        tags = list(feature.tags)
        own = dict(zip(tags[::2], tags[1::2], strict=True))
        ids.append(strings[own[id_key]] if id_key in own else None)
        feature.ClearField("id")
        feature.ClearField("tags")
        features.append(
            (_ID + varint(fids[-1]), b"".join(map(varint, tags)), feature.SerializeToString())
        )
    values = [field(_VALUE, value.SerializeToString()) for value in layer.values]
    return _Layer(
        name=layer.name,
        raw=raw,
        fids=np.array(fids, dtype=np.int64),
        ids=tuple(ids),
        features=tuple(features),
        head=field(_NAME, layer.name.encode()),
        keys=keys,
        key_bytes=b"".join(map(encode_key, keys)),
        values={value: slot for slot, value in reversed(list(enumerate(values)))},
        value_count=len(values),
        value_bytes=b"".join(values),
        tail=_EXTENT + varint(layer.extent) + _VERSION + varint(layer.version),
    )


def _spliced(layer: _Layer, attributes: Attributes) -> bytes:
    """Return the layer with the attributes on its features."""
    taken = set(attributes.names).intersection(layer.keys)
    if taken:
        raise ValueError(f"Layer {layer.name!r} has the properties {sorted(taken)} of its own")
    codes = attributes.rows(layer.fids)
    present = codes >= 0
    used, inverse = np.unique(codes[present], return_inverse=True)
    values = [attributes.values[code] for code in used.tolist()]
    slots = np.arange(layer.value_count, layer.value_count + len(values))
    shared = layer.values.keys() & attributes.index.keys()
    if shared:
        fresh = np.array([value not in shared for value in values], dtype=bool)
        slots[fresh] = layer.value_count + np.arange(fresh.sum())
        slots[~fresh] = [layer.values[value] for value in values if value in shared]
        values = [value for value in values if value not in shared]
    pairs = np.empty((len(inverse), 2), dtype=np.uint32)
    pairs[:, 0] = np.nonzero(present)[1] + len(layer.keys)
    pairs[:, 1] = slots[inverse]
    width, tags = _fixed_width(pairs)
    ends = (np.cumsum(present.sum(axis=1)) * (2 * width)).tolist()
    parts = [layer.head]
    start = 0
    for (head, own, geometry), end in zip(layer.features, ends, strict=True):
        size = len(own) + end - start
        length = varint(size)
        parts += (
            _FEATURE,
            varint(len(head) + 1 + len(length) + size + len(geometry)),
            head,
            _TAGS,
            length,
            own,
            tags[start:end],
            geometry,
        )
        start = end
    parts += (layer.key_bytes, attributes.keys, layer.value_bytes, *values, layer.tail)
    return field(_LAYER, b"".join(parts))


def _fixed_width(numbers: NDArray[np.uint32]) -> tuple[int, bytes]:
    """Encode integers below 2**28 as varints of one width, so that a row can be cut out of them.

    Returns the width, 1, 2 or 4 bytes, and the bytes. A varint may end in empty groups.
    """
    top = int(numbers.max(initial=0))
    if top < 1 << 7:
        return 1, numbers.astype(np.uint8).tobytes()
    if top < 1 << 14:
        return 2, (numbers & 0x7F | 0x80 | numbers >> 7 << 8).astype("<u2").tobytes()
    groups = np.full(numbers.shape, 0x808080, dtype="<u4")
    for place in range(4):
        groups |= (numbers >> 7 * place & 0x7F) << 8 * place
    return 4, groups.tobytes()
