"""The tile archives of a release, and what the catalogue says of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from mapsvc.geoid import feature_ids
from mapsvc.ingest.boundaries import Context, Layer
from mapsvc.release.progress import Update
from mapsvc.tiles.archive import write_pmtiles
from mapsvc.tiles.coverage import label_points
from mapsvc.tiles.pyramid import build_context_pyramid, build_pyramid
from mapsvc.tiles.tilejson import default_center, field_types, vector_layers

MIN_ZOOM = 0
CONTEXT_MAX_ZOOM = 8
"""Natural Earth's 1:10,000,000 has nothing more to show beyond."""
CONTEXT_MARGIN = 2.0
"""How far the ground reaches beyond the jurisdictions, as a share of their extent."""

Bounds = tuple[float, float, float, float]


def territories(layer: Layer) -> npt.NDArray[np.object_]:
    """Return the polygons of a layer, None for a jurisdiction without territory."""
    shapes = layer.geometry.copy()
    shapes[shapely.get_dimensions(shapes) != 2] = None
    return shapes


def anchors(layer: Layer) -> npt.NDArray[np.float64]:
    """Return where each jurisdiction is labelled, in degrees; NaN where it has no place.

    A territory is labelled deep inside it, an agency without one where it sits.
    """
    shapes = layer.geometry
    points = label_points(territories(layer))
    seats = np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.POINT)
    points[seats] = shapely.get_coordinates(shapes[seats])
    return points


def write_layer_archive(
    path: Path, layer: Layer, labels: npt.NDArray[np.float64], update: Update, workers: int
) -> Bounds:
    """Cut a layer into tiles; return the bounds of its territories in degrees."""
    territory = territories(layer)
    west, south, east, north = (float(degree) for degree in shapely.total_bounds(territory))
    bounds = (west, south, east, north)
    boundary_set = layer.boundary_set
    write_pmtiles(
        path,
        build_pyramid(
            layer.key,
            feature_ids(layer.ids),
            territory,
            [
                {"id": identifier, "name": name, "kind": kind}
                for identifier, name, kind in zip(layer.ids, layer.names, layer.kinds, strict=True)
            ],
            labels,
            MIN_ZOOM,
            boundary_set.max_zoom,
            update,
            workers,
        ),
        bounds=bounds,
        center=default_center(bounds, MIN_ZOOM),
        metadata={
            "name": boundary_set.title,
            "attribution": boundary_set.authority,
            "vector_layers": vector_layers(layer.key),
        },
    )
    return bounds


def write_context_archive(
    path: Path, context: Mapping[str, Context], extent: Bounds, update: Update
) -> dict[str, Any]:
    """Cut the ground under the map into tiles around ``extent``; return its catalogue entry."""
    west, south, east, north = extent
    margin = CONTEXT_MARGIN * max(east - west, north - south)
    bounds = (
        max(west - margin, -180.0),
        max(south - margin, -85.0),
        min(east + margin, 180.0),
        min(north + margin, 85.0),
    )
    layers = {name: (each.geometries, each.properties) for name, each in context.items()}
    write_pmtiles(
        path,
        build_context_pyramid(layers, bounds, CONTEXT_MAX_ZOOM, update),
        bounds=bounds,
        center=default_center(bounds, MIN_ZOOM),
        metadata={
            "name": "Context",
            "vector_layers": [
                {"id": name, "fields": field_types(each.properties)}
                for name, each in context.items()
            ],
        },
    )
    return {
        "layers": list(layers),
        "bounds": [round(degree, 6) for degree in bounds],
        "min_zoom": MIN_ZOOM,
        "max_zoom": CONTEXT_MAX_ZOOM,
    }
