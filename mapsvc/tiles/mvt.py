"""Mapbox Vector Tiles (specification 2.1): encoding, and splicing attributes into tiles.

The only module that uses mapbox-vector-tile, to read: its encoder drops, without a word, what it
cannot encode, and takes a point at a time. Here such input is an error. Splicing is ours: the
geometry of a tile is encoded once, and the attributes of any indicator are put in when the tile is
asked for.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import mapbox_vector_tile
import numpy as np
import shapely
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # has no types
from mapbox_vector_tile.Mapbox import vector_tile_pb2
from numpy.typing import NDArray

from mapsvc.geoid import MAX_SAFE_INTEGER
from mapsvc.tiles.attributes import (
    Attributes,
    Kind,
    encode_key,
    encode_value,
    field,
    varint,
)
from mapsvc.tiles.borders import repeating
from mapsvc.tiles.drawing import encode_geometry
from mapsvc.tiles.grid import EXTENT
from mapsvc.tiles.splicing import LayerTemplate

Value = str | int | float | bool

# Field numbers and wire types of the specification's Tile, Layer and Feature messages.
_LAYER, _NAME, _FEATURE = 0x1A, 0x0A, 0x12
_ID, _TAGS, _TYPE, _GEOMETRY = b"\x08", 0x12, b"\x18", 0x22
_LAYER_END = b"\x28" + varint(EXTENT) + b"\x78\x02"
"""Extent and version."""

_KINDS: Mapping[type, Kind] = {str: "string", float: "double", int: "integer", bool: "boolean"}

_ENCODED = np.array([True, False, False, True, True, False, True, False, False])
"""By type of geometry: points, polygons and their collections; the last stands for none."""


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


def encode_layers(layers: Sequence[TileLayer]) -> bytes:
    """Encode the layers of a tile, in their order; polygons are wound as the specification asks.

    Raises ValueError for anything that could not be read back as it was given: no layer, a layer
    without a name or features or whose name is taken, an id that is not a unique unsigned integer
    below 2**53, a property that is not exactly str, int, float or bool, that is not finite, or
    whose type differs in its column, and geometry that is empty, invalid, of another type, off
    the integer grid, or that repeats a point.
    """
    for layer in layers:
        geometry = np.array([feature.geometry for feature in layer.features], dtype=object)
        _refuse(layer, ~shapely.is_valid(geometry))
    (tile,) = encode_tiles([layers])
    return tile


def encode_tiles(tiles: Sequence[Sequence[TileLayer]]) -> list[bytes]:
    """Encode many tiles as ``encode_layers`` does one, in a fraction of the time.

    It takes the validity of polygons for granted, which whoever cut them has looked at; all else
    that ``encode_layers`` raises ValueError for, it does too.
    """
    for layers in tiles:
        names = [layer.name for layer in layers]
        if not layers or not all(names) or len(set(names)) < len(names):
            raise ValueError(f"A tile needs layers with unique names, not {names}")
    kinds, geometry = encode_geometry(_checked_geometry([each for tile in tiles for each in tile]))
    drawn = zip(kinds, geometry, strict=True)
    known: dict[int, list[_Property]] = {}
    return [b"".join(_layer(layer, drawn, known) for layer in layers) for layers in tiles]


class _Property(NamedTuple):
    key: str
    kind: type
    value: Value
    entry: bytes
    """The value as an entry of a layer's ``values``."""


def _layer(
    layer: TileLayer, drawn: Iterator[tuple[int, bytes]], known: dict[int, list[_Property]]
) -> bytes:
    """Encode a layer, taking the geometry of its features.

    ``known`` holds the properties met before by the identity of their mapping, as those of a
    territory are the same in every tile.
    """
    keys: dict[str, int] = {}
    values: dict[bytes, int] = {}
    types: dict[str, type] = {}
    seen: set[int] = set()
    parts = [field(_NAME, layer.name.encode())]
    for feature in layer.features:
        fid, _, properties = feature
        if type(fid) is not int or not 0 <= fid <= MAX_SAFE_INTEGER or fid in seen:
            raise ValueError(f"Layer {layer.name!r}: {fid!r} is not an unsigned id of one feature")
        seen.add(fid)
        if id(properties) not in known:
            known[id(properties)] = _checked_properties(layer.name, feature)
        tags = b""
        for key, kind, value, entry in known[id(properties)]:
            if types.setdefault(key, kind) is not kind:
                raise ValueError(_cannot_be(layer.name, feature, key, value))
            tags += varint(keys.setdefault(key, len(keys)))
            tags += varint(values.setdefault(entry, len(values)))
        kind_of_geometry, commands = next(drawn)
        parts.append(
            field(
                _FEATURE,
                _ID
                + varint(fid)
                + (field(_TAGS, tags) if tags else b"")
                + _TYPE
                + varint(kind_of_geometry)
                + field(_GEOMETRY, commands),
            )
        )
    parts += map(encode_key, keys)
    parts += values
    parts.append(_LAYER_END)
    return field(_LAYER, b"".join(parts))


def _checked_properties(layer: str, feature: Feature) -> list[_Property]:
    checked = []
    for key, value in feature.properties.items():
        kind = type(value)
        if (
            not isinstance(key, str)
            or kind not in _KINDS
            or (isinstance(value, float) and not math.isfinite(value))
            or (isinstance(value, int) and not -(2**63) <= value < 2**63)
        ):
            raise ValueError(_cannot_be(layer, feature, key, value))
        checked.append(_Property(key, kind, value, encode_value(_KINDS[kind], value)))
    return checked


def _cannot_be(layer: str, feature: Feature, key: Any, value: Any) -> str:
    return f"Layer {layer!r}, feature {feature.fid}: {key!r} cannot be {value!r}"


def read_properties(tile: bytes) -> dict[str, list[dict[str, Any]]]:
    """Return, for each layer of a tile, the feature id (``fid``) and properties of its features."""
    layers = mapbox_vector_tile.decode(tile, default_options={"geojson": False})
    return {
        name: [{"fid": feature["id"], **feature["properties"]} for feature in layer["features"]]
        for name, layer in layers.items()
    }


def _checked_geometry(layers: Sequence[TileLayer]) -> NDArray[np.object_]:
    """Return the geometry of all features of all layers, wound as the specification asks."""
    for layer in layers:
        if not layer.features:
            raise ValueError(f"Layer {layer.name!r} has no features")
    geometry = np.array(
        [feature.geometry for layer in layers for feature in layer.features], dtype=object
    )
    types = shapely.get_type_id(geometry)
    wrong = ~_ENCODED[types] | shapely.is_empty(geometry)
    coordinates, owner = shapely.get_coordinates(geometry, return_index=True)
    with np.errstate(invalid="ignore"):
        x, y = (coordinates != np.rint(coordinates)).T
        off_grid = x | y
    wrong[owner[off_grid]] = True
    again = repeating(coordinates, owner)
    again = again[~wrong[again]]
    distinct = shapely.get_num_coordinates(shapely.remove_repeated_points(geometry[again]))
    wrong[again] = distinct < shapely.get_num_coordinates(geometry[again])
    if wrong.any():
        ends = np.cumsum([len(layer.features) for layer in layers])
        for layer, bad in zip(layers, np.split(wrong, ends[:-1]), strict=True):
            _refuse(layer, bad)
    return shapely.orient_polygons(geometry, exterior_cw=False)


def _refuse(layer: TileLayer, wrong: NDArray[np.bool_]) -> None:
    """Raise ValueError where geometry of a layer is wrong."""
    if wrong.any():
        ids = [feature.fid for feature, bad in zip(layer.features, wrong, strict=True) if bad]
        raise ValueError(f"Layer {layer.name!r}: geometry that cannot be encoded, features {ids}")


def _message(tile: bytes) -> Any:
    try:
        return vector_tile_pb2.tile.FromString(tile)
    except DecodeError as error:
        raise ValueError("Not a vector tile") from error


@dataclass(frozen=True)
class TileTemplate:
    """A parsed tile, into which attributes are spliced without touching its geometry."""

    layers: Mapping[str, LayerTemplate]

    @classmethod
    def parse(cls, tile: bytes) -> TileTemplate:
        """Parse an uncompressed tile; raises ValueError where it is not one."""
        return cls({layer.name: LayerTemplate.parse(layer) for layer in _message(tile).layers})

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
            part.splice(attributes) if part.name in layers else part.raw
            for part in self.layers.values()
        )
