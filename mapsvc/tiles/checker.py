"""One vector tile against specification 2.1, clause by clause, and this project's own rules.

It shares no code with the encoder: ``wire`` reads the bytes and ``commands`` the geometry. What
the specification demands (MUST) is told apart from what it advises and what only this project
asks of its tiles, so that a foreign tile can be judged by the specification alone.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import shapely

from mapsvc.tiles.commands import read_geometry
from mapsvc.tiles.grid import EXTENT
from mapsvc.tiles.wire import (
    FEATURE,
    LAYER,
    TILE,
    Scalar,
    Schema,
    WireError,
    read_message,
    read_packed,
    read_text,
    read_value,
)

MAX_TILE_BYTES = 500_000
"""What a tile may weigh before compression."""
MAX_BUFFER = 128
"""Units by which geometry may reach beyond the tile."""

_FIRST_EXTENSION = 16
_VERSIONS = (1, 2)


class Breach(NamedTuple):
    """A rule that a tile breaks."""

    place: str
    """The layer and feature; empty for the tile itself."""
    what: str
    clause: str
    """Of the specification; empty where only this project asks for it."""
    must: bool
    """True where the specification says MUST or SHALL."""

    def __str__(self) -> str:
        clause = f" ({self.clause})" if self.clause else ""
        return ": ".join(filter(None, (self.place, self.what))) + clause


class CheckedFeature(NamedTuple):
    """A feature as its bytes say."""

    fid: int | None
    geometry: Any
    """In units of the tile with y down; None where the commands draw nothing."""
    properties: Mapping[str, Scalar]


@dataclass(frozen=True)
class CheckedLayer:
    """A layer as its bytes say."""

    name: str
    features: Sequence[CheckedFeature]
    types: Mapping[str, frozenset[str]]
    """The wire types of the values of each column; one, where the layer is sound."""


@dataclass(frozen=True)
class CheckedTile:
    """A tile as its bytes say, and every rule that it breaks."""

    layers: Mapping[str, CheckedLayer]
    breaches: Sequence[Breach]

    def features(self, layer: str) -> Sequence[CheckedFeature]:
        """Return the features of a layer; none where the tile has no such layer."""
        return self.layers[layer].features if layer in self.layers else ()


def inspect(tile: bytes) -> CheckedTile:
    """Read an uncompressed tile and judge it; never raises, whatever the bytes are."""
    found: list[Breach] = []
    tell = partial(_tell, found, "")
    if len(tile) > MAX_TILE_BYTES:
        tell(f"it weighs {len(tile):,} bytes, more than {MAX_TILE_BYTES:,}", "", False)
    try:
        held, unknown = read_message(tile, TILE)
    except WireError as error:
        tell(f"it cannot be read: {error}", "3", True)
        return CheckedTile({}, found)
    for number in unknown:
        tell(f"it has a field {number}", "", number < _FIRST_EXTENSION)
    if not held["layers"]:
        tell("it has no layer", "4.1", False)
    layers: dict[str, CheckedLayer] = {}
    for position, data in enumerate(held["layers"], start=1):
        try:
            layer = _LayerReader(data, position, found).read()
        except WireError as error:
            _tell(found, f"layer {position}", f"it cannot be read: {error}", "4.1", True)
            continue
        if layer.name in layers:
            _tell(found, layer.name, "another layer has this name", "4.1", True)
        layers[layer.name] = layer
    return CheckedTile(layers, found)


def _tell(found: list[Breach], place: str, what: str, clause: str, must: bool) -> None:
    found.append(Breach(place, what, clause, must))


@dataclass
class _LayerReader:
    """Reads one layer and tells what is wrong with it."""

    data: bytes
    position: int
    found: list[Breach]
    name: str = ""
    keys: list[str] = field(default_factory=list)
    values: list[tuple[str, Scalar]] = field(default_factory=list)
    types: dict[str, set[str]] = field(default_factory=dict)

    def read(self) -> CheckedLayer:
        held, unknown = read_message(self.data, LAYER)
        self.name = f"layer {self.position}"
        if not held["name"] or not held["name"][0]:
            self.tell("it has no name", "4.1", True)
        else:
            self.name = read_text(held["name"][0])
        self._once(held, LAYER, self.name)
        for number in unknown:
            self.tell(f"it has a field {number}", "", number < _FIRST_EXTENSION)
        self._judge_head(held["version"], held["extent"])
        self.keys = [self._text(key) for key in held["keys"]]
        self.values = [self._value(number, value) for number, value in enumerate(held["values"])]
        for what, entries in (("keys", held["keys"]), ("values", held["values"])):
            if len(set(entries)) < len(entries):
                self.tell(f"its {what} repeat", "4.1", False)
        if not held["features"]:
            self.tell("it has no features", "4.1", False)
        features = [self._feature(n, data) for n, data in enumerate(held["features"], start=1)]
        for key, types in sorted(self.types.items()):
            if len(types) > 1:
                self.tell(f"{key!r} is of the types {', '.join(sorted(types))}", "", False)
        read = [feature for feature in features if feature is not None]
        for fid, count in Counter(feature.fid for feature in read).items():
            if fid is not None and count > 1:
                self.tell(f"{count} features have the id {fid}", "4.2", False)
        self._judge_geometry(read)
        columns = {key: frozenset(types) for key, types in self.types.items()}
        return CheckedLayer(self.name, read, columns)

    def tell(self, what: str, clause: str, must: bool) -> None:
        _tell(self.found, self.name, what, clause, must)

    def _once(self, held: Mapping[str, list[Any]], schema: Schema, place: str) -> None:
        """Tell the fields that are written more than once and may not be."""
        for name, _, repeats in schema.values():
            if not repeats and len(held[name]) > 1:
                _tell(self.found, place, f"its {name} is written {len(held[name])} times", "", True)

    def _judge_head(self, version: list[int], extent: list[int]) -> None:
        if not version:
            self.tell("it has no version", "4.1", True)
        elif version[0] != _VERSIONS[-1]:
            known = version[0] in _VERSIONS
            self.tell(f"its version is {version[0]}, not {_VERSIONS[-1]}", "4.1", not known)
        if not extent:
            # The schema has a default of 4096, so readers do not fail.
            self.tell("its extent is not written", "4.1", False)
        elif extent[0] != EXTENT:
            self.tell(f"its extent is {extent[0]}, not {EXTENT}", "", extent[0] == 0)

    def _text(self, key: bytes) -> str:
        try:
            return read_text(key)
        except WireError as error:
            self.tell(f"a key cannot be read: {error}", "4.1", True)
            return ""

    def _value(self, number: int, data: bytes) -> tuple[str, Scalar]:
        try:
            name, value = read_value(data)
        except WireError as error:
            self.tell(f"value {number} cannot be read: {error}", "4.1", True)
            return "none", ""
        if isinstance(value, float) and not math.isfinite(value):
            self.tell(f"value {number} is {value}", "", False)
        return name, value

    def _feature(self, number: int, data: bytes) -> CheckedFeature | None:
        place = f"{self.name}, feature number {number}"
        try:
            held, unknown = read_message(data, FEATURE)
            fid = held["id"][0] if held["id"] else None
            place = place if fid is None else f"{self.name}, feature {fid}"
            tell = partial(_tell, self.found, place)
            self._once(held, FEATURE, place)
            for each in unknown:
                tell(f"it has a field {each}", "", True)
            if fid is None:
                tell("it has no id", "4.2", False)
            if not held["type"]:
                tell("it has no type of geometry", "4.2", True)
            if not held["geometry"]:
                tell("it has no geometry", "4.2", True)
            properties = self._properties(b"".join(held["tags"]), place)
            geometry = None
            if held["geometry"] and held["type"]:
                numbers = read_packed(held["geometry"][0])
                geometry = read_geometry(held["type"][0], numbers, tell)
        except WireError as error:
            _tell(self.found, place, f"it cannot be read: {error}", "4.2", True)
            return None
        return CheckedFeature(fid, geometry, properties)

    def _properties(self, tags: bytes, place: str) -> dict[str, Scalar]:
        tell = partial(_tell, self.found, place)
        numbers = read_packed(tags).tolist()
        if len(numbers) % 2:
            tell("it has an odd number of tags", "4.4", True)
        properties: dict[str, Scalar] = {}
        for key, value in zip(numbers[::2], numbers[1::2], strict=False):
            if key >= len(self.keys) or value >= len(self.values):
                tell(f"the tag {key}, {value} points outside the layer", "4.4", True)
                continue
            name = self.keys[key]
            if name in properties:
                tell(f"it has two values of {name!r}", "4.4", True)
            kind, properties[name] = self.values[value]
            self.types.setdefault(name, set()).add(kind)
        return properties

    def _judge_geometry(self, features: Sequence[CheckedFeature]) -> None:
        """Tell what is invalid, and what reaches too far, of all geometry of the layer at once."""
        drawn = [feature for feature in features if feature.geometry is not None]
        if not drawn:
            return
        geometry = np.array([feature.geometry for feature in drawn], dtype=object)
        bounds = shapely.bounds(geometry)
        far = (bounds < -MAX_BUFFER).any(axis=1) | (bounds > EXTENT + MAX_BUFFER).any(axis=1)
        for row in np.flatnonzero(far):
            what = f"it reaches more than {MAX_BUFFER} units beyond the tile"
            _tell(self.found, self._place(drawn[row]), what, "", False)
        for row in np.flatnonzero(~shapely.is_valid(geometry)):
            reason = shapely.is_valid_reason(geometry[row])
            what = f"its polygon is not valid: {reason}"
            parts = shapely.is_valid(shapely.get_parts(geometry[row])).all()
            _tell(self.found, self._place(drawn[row]), what, "4.3.4.4", not parts)

    def _place(self, feature: CheckedFeature) -> str:
        return f"{self.name}, feature {feature.fid}"
