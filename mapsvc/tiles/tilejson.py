"""TileJSON 3.0: what a client must know of a pyramid before it asks for a tile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

GEOMETRY_FIELDS: Mapping[str, str] = {"id": "String", "name": "String", "kind": "String"}
"""The properties that every tile of a boundary set has, and their types."""

TYPES: Mapping[str, str] = {
    "double": "Number",
    "integer": "Number",
    "string": "String",
    "boolean": "Boolean",
}
"""The type of a field whose column is of a kind."""


def field_types(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the fields of a source layer whose features say ``rows``, and their types.

    >>> field_types([{"name": "Alder", "rank": 3}, {"name": "Birch", "population": None}])
    {'name': 'String', 'rank': 'Number'}
    """
    names = {bool: "Boolean", int: "Number", float: "Number", str: "String"}
    return {
        key: names[type(value)] for row in rows for key, value in row.items() if value is not None
    }


def vector_layers(
    layer_key: str,
    fields: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Describe the source layers of a boundary set: its polygons and its label points.

    A field's description is its type, ``String`` or ``Number``: the words by which GDAL and QGIS
    choose a column's type. ``fields`` are what an indicator adds to the polygons, and ``labels``
    what it adds to their labels.
    """
    own = dict(GEOMETRY_FIELDS)
    return [
        {"id": layer_key, "fields": own | dict(fields or {})},
        {"id": f"{layer_key}-labels", "fields": own | dict(labels or {})},
    ]


def default_center(
    bounds: tuple[float, float, float, float], zoom: int
) -> tuple[float, float, int]:
    """Return the middle of (west, south, east, north) as longitude, latitude and ``zoom``.

    >>> default_center((-124.0, 32.0, -114.0, 42.0), 5)
    (-119.0, 37.0, 5)
    """
    west, south, east, north = bounds
    return (west + east) / 2, (south + north) / 2, zoom


def tilejson(
    *,
    url: str,
    name: str,
    layers: list[dict[str, Any]],
    bounds: tuple[float, float, float, float],
    center: tuple[float, float, int],
    min_zoom: int,
    max_zoom: int,
    attribution: str,
    release: str,
    description: str = "",
) -> dict[str, Any]:
    """Return a TileJSON 3.0 document.

    ``url`` is absolute and holds ``{z}``, ``{x}`` and ``{y}``; ``layers`` is what
    ``vector_layers`` returns; ``bounds`` is (west, south, east, north) and ``center``
    (longitude, latitude, zoom), in degrees. ``release`` names the release the tiles come from.
    Raises ValueError for a URL that a client elsewhere could not use, and for a centre or zooms
    out of their bounds.
    """
    if not url.startswith(("http://", "https://")) or not all(
        part in url for part in ("{z}", "{x}", "{y}")
    ):
        raise ValueError(f"{url!r} is not an absolute address with {{z}}, {{x}} and {{y}}")
    west, south, east, north = bounds
    longitude, latitude, zoom = center
    if not (west <= longitude <= east and south <= latitude <= north):
        raise ValueError(f"The centre {center} is outside {bounds}")
    if not 0 <= min_zoom <= zoom <= max_zoom:
        raise ValueError(f"The zoom {zoom} is not within {min_zoom} to {max_zoom}")
    return {
        "tilejson": "3.0.0",
        "name": name,
        "description": description,
        "attribution": attribution,
        "release": release,
        "scheme": "xyz",
        "tiles": [url],
        "minzoom": min_zoom,
        "maxzoom": max_zoom,
        "bounds": list(bounds),
        "center": list(center),
        "vector_layers": layers,
    }
