"""The ground under the map: land, neighbouring states, lakes and place names around California.

Run as ``python -m derivations.california.context SOURCES_DIR``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import shapely
from shapely import box

from derivations.california.common import (
    PROJECT,
    hash_of,
    sources_folder,
    write_geoparquet,
    write_json,
)

NATURAL_EARTH = {
    "authority": "Natural Earth",
    "product": "Physical and cultural vectors, 1:10,000,000",
    "vintage": "2017",
    "url": "https://www.naturalearthdata.com/downloads/10m-physical-vectors/",
}
CENSUS = {
    "authority": "US Census Bureau",
    "product": "Cartographic boundary file, states, 1:500,000",
    "vintage": "2016",
    "url": "https://www.census.gov/geographies/mapping-files/time-series/geo/cartographic-boundary.html",
}


class Layer(NamedTuple):
    """A context layer: its source file, and the columns kept with their new names."""

    name: str
    title: str
    file: str
    columns: dict[str, str]
    source: dict[str, str]
    changed: str


LAYERS = (
    Layer(
        "land",
        "Land",
        "land.geojson",
        {},
        NATURAL_EARTH,
        "Clipped to the surroundings of California; no attributes kept. East of that, to 94° west, "
        "a plain box: between 30 and 45 degrees north there is nothing but land.",
    ),
    Layer(
        "states",
        "Neighbouring states",
        "states_neighbouring.geojson",
        {"GEOID": "id", "NAME": "name"},
        CENSUS,
        "Oregon, Nevada, Arizona, Idaho and Utah, clipped; id and name kept.",
    ),
    Layer(
        "lakes",
        "Lakes",
        "lakes.geojson",
        {"name": "name", "scalerank": "rank"},
        NATURAL_EARTH,
        "Clipped; name and rank kept. A name that says only that there is none was dropped.",
    ),
    Layer(
        "places",
        "Populated places",
        "populated_places.geojson",
        {"name": "name", "scalerank": "rank", "pop_max": "population"},
        NATURAL_EARTH,
        "Clipped; name, rank and the largest population estimate of the place kept.",
    ),
)

NOT_A_NAME = "sin nombre"

INLAND = box(-111.0, 30.0, -94.0, 45.0)
"""Land beyond the eastern edge of the source, so that wide maps do not show a sea there."""


def context_layer(sources: Path, layer: Layer) -> gpd.GeoDataFrame:
    """Return one context layer with its kept columns, in longitude and latitude."""
    frame = gpd.read_file(sources / "context" / layer.file).rename(columns=layer.columns)
    frame = frame[[*layer.columns.values(), "geometry"]]
    if layer.name == "lakes":
        frame["name"] = frame["name"].mask(frame["name"].str.contains(NOT_A_NAME, na=False))
    if layer.name == "land":
        merged = shapely.union_all([*frame.geometry, INLAND])
        frame = gpd.GeoDataFrame(geometry=[merged], crs=frame.crs).explode(ignore_index=True)
    return frame


def write_context(sources: Path, folder: Path) -> None:
    """Write the context layers and their descriptor into ``folder``."""
    resources: list[dict[str, Any]] = []
    for layer in LAYERS:
        path = folder / f"{layer.name}.parquet"
        write_geoparquet(context_layer(sources, layer), path)
        resources.append(
            {
                "name": layer.name,
                "title": layer.title,
                "path": path.name,
                "hash": hash_of(path),
                "licenses": [{"name": "other-pd", "title": "Public domain"}],
                "sources": [{"title": layer.source["product"], "path": layer.source["url"]}],
                "mapsvc": {
                    "role": "context",
                    "layer": layer.name,
                    **{key: layer.source[key] for key in ("authority", "product", "vintage")},
                    "changes": [layer.changed],
                },
            }
        )
    descriptor = {
        "name": "context",
        "title": "The ground around California",
        "licenses": [{"name": "other-pd", "title": "Public domain"}],
        "resources": resources,
    }
    write_json(folder / "datapackage.json", descriptor)


if __name__ == "__main__":
    write_context(sources_folder(), PROJECT / "boundaries" / "context")
