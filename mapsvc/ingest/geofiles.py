"""Files of geometry opened, whatever their format, and told what is wrong with them as files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pyogrio
import pyproj
import shapely

from mapsvc.errors import Problem
from mapsvc.ingest.catalog import SourceFile

LISTED = 20
"""Problems of one kind in one file beyond this many are counted, not listed."""

PARQUET, JSON = (".parquet", ".geoparquet"), (".geojson", ".json")
FORMATS = (*PARQUET, ".fgb", ".gpkg", *JSON)
WGS84 = pyproj.CRS.from_epsg(4326)
CRS84 = pyproj.CRS.from_user_input("OGC:CRS84")

Note = Callable[..., None]
"""Takes what is wrong, how to mend it and, for one feature, its number from 1."""


def read_geometry(file: SourceFile, problems: list[Problem]) -> gpd.GeoDataFrame | None:
    """Read a file of features into EPSG:4326; None, with problems noted, where it cannot be.

    Where a geometry is torn, which is noted, all of them are None: the columns can be checked yet.
    """

    def note(what: str, mend: str, row: int | None = None) -> None:
        column = "geometry" if row is not None else None
        problems.append(Problem(what, file=file.label, row=row, column=column, mend=mend))

    suffix = file.path.suffix.lower()
    if suffix not in FORMATS:
        note(f"{suffix!r} files cannot be read", f"Use one of {', '.join(FORMATS)}")
        return None
    if suffix in JSON:
        features = _features(file, note)
        if features is None:
            return None
        # GDAL's answer to a ring that is not closed differs from version to version.
        if _note_open_rings(features, note):
            return _without_geometry([feature.get("properties") or {} for feature in features])
    try:
        frame = _open(file, suffix, note)
    except shapely.errors.GEOSException:
        return _without_geometry(_note_torn(file, suffix, note))
    except (ValueError, pa.ArrowInvalid, pyogrio.errors.DataSourceError) as error:
        note(f"cannot be read: {str(error)[:200]}", "Write the file again as GeoParquet or GeoJSON")
        return None
    if frame is None:
        return None
    if not len(frame):
        note("the file holds no feature", "Give it at least one")
        return None
    if frame.crs is None:
        note("the coordinate reference system is not known", "Set it, for example to EPSG:4326")
        return None
    if frame.crs.equals(CRS84) or frame.crs.equals(WGS84):
        return frame.set_crs(WGS84, allow_override=True)
    return frame.to_crs(WGS84)


def _open(file: SourceFile, suffix: str, note: Note) -> gpd.GeoDataFrame | None:
    if suffix in PARQUET:
        return gpd.read_parquet(file.path)
    names = [str(name) for name, _ in pyogrio.list_layers(file.path)]
    if len(names) > 1:
        note(f"the file has several layers: {', '.join(names)}", "Keep one in a file")
        return None
    # Dates stay as they are written, to be checked and shown so.
    options = {"DATE_AS_STRING": "YES"} if suffix in JSON else {}
    frame = pyogrio.read_dataframe(file.path, **options)
    if not isinstance(frame, gpd.GeoDataFrame):
        note("the file has no geometry", "Give it a geometry, or null ones")
        return None
    return frame


def _without_geometry(attributes: pd.DataFrame | list[dict[str, Any]]) -> gpd.GeoDataFrame:
    frame = pd.DataFrame(attributes)
    return gpd.GeoDataFrame(frame, geometry=[None] * len(frame), crs=WGS84)


def _note_torn(file: SourceFile, suffix: str, note: Note) -> pd.DataFrame:
    """Note the features whose bytes are no geometry, such as rings that do not close.

    Returns the columns beside the geometry.
    """
    if suffix in PARQUET:
        metadata = pa.parquet.read_schema(file.path).metadata[b"geo"]
        column = json.loads(metadata)["primary_column"]
        attributes: pd.DataFrame = pa.parquet.read_table(file.path).to_pandas()
        values = attributes.pop(column)
    else:
        attributes = pyogrio.read_dataframe(file.path, read_geometry=False)
        values = pyogrio.raw.read(file.path, columns=[])[2]
    for number, value in enumerate(values, 1):
        try:
            shapely.from_wkb(value)
        except shapely.errors.GEOSException as error:
            note(
                f"the geometry cannot be read: {error}", "Close its rings, or draw it again", number
            )
    return attributes


def _features(file: SourceFile, note: Note) -> list[dict[str, Any]] | None:
    """Return the features of a GeoJSON file, or None, noted, where it has none."""
    try:
        collection = json.loads(file.path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        note(f"not GeoJSON: {error}", "Correct the file")
        return None
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list) or not all(isinstance(each, dict) for each in features):
        note("not a GeoJSON FeatureCollection", "Write one with a list of features")
        return None
    return features


def _note_open_rings(features: list[dict[str, Any]], note: Note) -> bool:
    """Tell whether a ring is not closed, noting each feature that has one."""
    found = False
    for number, feature in enumerate(features, 1):
        for ring in _rings(feature.get("geometry") or {}):
            if len(ring) < 4 or ring[0] != ring[-1]:
                where = f" at {ring[0][0]} {ring[0][1]}" if ring else ""
                mend = "End the ring with its first point; a ring has four or more"
                note(f"a ring{where} is not closed", mend, number)
                found = True
                break
    return found


def _rings(geometry: dict[str, Any]) -> Iterator[list[Any]]:
    coordinates = geometry.get("coordinates") or []
    match geometry.get("type"):
        case "Polygon":
            yield from coordinates
        case "MultiPolygon":
            for polygon in coordinates:
                yield from polygon
        case "GeometryCollection":
            for part in geometry.get("geometries") or []:
                yield from _rings(part)
