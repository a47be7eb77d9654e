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
from mapsvc.tiles.attributes import Attributes
from mapsvc.tiles.grid import EXTENT
from mapsvc.tiles.splicing import LayerTemplate

Value = str | int | float | bool

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
