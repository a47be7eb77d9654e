"""A vector tile checker of its own: the wire format against specification 2.1, clause by clause.

It shares no code with the encoder: commands are decoded here from the parsed message.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import shapely
from mapbox_vector_tile.Mapbox import vector_tile_pb2

MOVE_TO, LINE_TO, CLOSE_PATH = 1, 2, 7
POINT, POLYGON = 1, 3
VALUE_FIELDS = (
    "string_value",
    "float_value",
    "double_value",
    "int_value",
    "uint_value",
    "sint_value",
    "bool_value",
)


@dataclass(frozen=True)
class DecodedFeature:
    fid: int
    geometry: Any
    properties: dict[str, Any]


def decode(tile: bytes) -> dict[str, list[DecodedFeature]]:
    """Return the features of each source layer; raises ValueError for a tile that breaks a rule."""
    layers, problems = _read(tile)
    if problems:
        raise ValueError("\n".join(problems))
    return layers


def problems(tile: bytes) -> list[str]:
    """Return every rule that a tile breaks."""
    return _read(tile)[1]


def column_types(tile: bytes, layer_name: str) -> dict[str, set[str]]:
    """Return the wire types that each column of a layer uses."""
    message = vector_tile_pb2.tile.FromString(tile)
    layer = next(layer for layer in message.layers if layer.name == layer_name)
    types: dict[str, set[str]] = {}
    for feature in layer.features:
        for key, value in zip(feature.tags[::2], feature.tags[1::2], strict=True):
            name = next(field for field in VALUE_FIELDS if layer.values[value].HasField(field))
            types.setdefault(layer.keys[key], set()).add(name)
    return types


def _read(tile: bytes) -> tuple[dict[str, list[DecodedFeature]], list[str]]:
    message = vector_tile_pb2.tile.FromString(tile)
    found: list[str] = []
    layers: dict[str, list[DecodedFeature]] = {}
    if not message.layers:
        found.append("the tile has no layer")
    for layer in message.layers:
        where = f"layer {layer.name!r}"
        if layer.name in layers:
            found.append(f"{where}: the name is taken (4.1)")
        if not layer.name or layer.version != 2:
            found.append(f"{where}: a layer has a name and version 2 (4.1)")
        if not layer.HasField("extent") or layer.extent != 4096:
            found.append(f"{where}: the extent is 4096, and written (4.1)")
        if not layer.features:
            found.append(f"{where}: no features (4.1)")
        values = [value.SerializeToString() for value in layer.values]
        if len(set(values)) < len(values) or len(set(layer.keys)) < len(layer.keys):
            found.append(f"{where}: keys or values repeat (4.1)")
        fids = [feature.id for feature in layer.features]
        if len(set(fids)) < len(fids) or not all(f.HasField("id") for f in layer.features):
            found.append(f"{where}: ids are missing or repeat (4.2)")
        layers[layer.name] = []
        for feature in layer.features:
            here = f"{where}, feature {feature.id}"
            properties = _properties(layer, feature, here, found)
            geometry = _geometry(feature, here, found)
            layers[layer.name].append(DecodedFeature(feature.id, geometry, properties))
    return layers, found


def _properties(layer: Any, feature: Any, here: str, found: list[str]) -> dict[str, Any]:
    tags = list(feature.tags)
    if len(tags) % 2:
        found.append(f"{here}: an odd number of tags (4.4)")
        return {}
    properties = {}
    for key, value in zip(tags[::2], tags[1::2], strict=True):
        if key >= len(layer.keys) or value >= len(layer.values):
            found.append(f"{here}: a tag points outside the layer (4.4)")
            continue
        kinds = [field for field in VALUE_FIELDS if layer.values[value].HasField(field)]
        if len(kinds) != 1 or layer.keys[key] in properties:
            found.append(f"{here}: {layer.keys[key]!r} is not one value (4.1, 4.4)")
            continue
        properties[layer.keys[key]] = getattr(layer.values[value], kinds[0])
    return properties


def _commands(geometry: list[int]) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    x = y = place = 0
    while place < len(geometry):
        command, count = geometry[place] & 7, geometry[place] >> 3
        place += 1
        points = []
        for _ in range(count if command != CLOSE_PATH else 0):
            dx, dy = (n >> 1 ^ -(n & 1) for n in geometry[place : place + 2])
            x, y, place = x + dx, y + dy, place + 2
            points.append((x, y))
        if command == CLOSE_PATH and count != 1:
            points = [(0, 0)]
        yield command, points


def _geometry(feature: Any, here: str, found: list[str]) -> Any:
    commands = list(_commands(list(feature.geometry)))
    if feature.type == POINT:
        if [command for command, _ in commands] != [MOVE_TO] or not commands[0][1]:
            found.append(f"{here}: a point is one MoveTo (4.3.4.2)")
            return None
        points = commands[0][1]
        return shapely.Point(points[0]) if len(points) == 1 else shapely.MultiPoint(points)
    if feature.type != POLYGON:
        found.append(f"{here}: type {feature.type} is not expected")
        return None
    shells: list[tuple[list[tuple[int, int]], list[list[tuple[int, int]]]]] = []
    rings = [commands[start : start + 3] for start in range(0, len(commands), 3)]
    for ring in rings:
        if [command for command, _ in ring] != [MOVE_TO, LINE_TO, CLOSE_PATH]:
            found.append(f"{here}: a ring is MoveTo, LineTo, ClosePath (4.3.4.4)")
            return None
        (_, start), (_, rest), (_, close) = ring
        points = [*start, *rest]
        if len(start) != 1 or len(rest) < 2 or close:
            found.append(f"{here}: MoveTo 1, LineTo 2 or more, ClosePath 1 (4.3.4.4)")
            return None
        if any(a == b for a, b in zip(points, [*points[1:], points[0]], strict=True)):
            found.append(f"{here}: a zero-length segment or a repeated closing point (4.3.3.2)")
        area = sum(
            ax * by - bx * ay
            for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True)
        )
        if area == 0:
            found.append(f"{here}: a ring without area (4.3.4.4)")
            return None
        if area > 0:
            shells.append((points, []))
        elif shells:
            shells[-1][1].append(points)
        else:
            found.append(f"{here}: a hole comes before its shell (4.3.4.4)")
            return None
    parts = [shapely.Polygon(shell, holes) for shell, holes in shells]
    for part in parts:
        shell = shapely.Polygon(part.exterior)
        if not all(shell.covers(shapely.Polygon(hole)) for hole in part.interiors):
            found.append(f"{here}: a hole is not inside its shell (4.3.4.4)")
    geometry = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    if not geometry.is_valid:
        found.append(f"{here}: {shapely.is_valid_reason(geometry)}")
    return geometry
