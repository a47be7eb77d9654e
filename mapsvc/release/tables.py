"""The tables of a release: jurisdictions of a layer, values of an indicator."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from mapsvc.geoid import feature_ids
from mapsvc.model import RELIABILITIES, STATUSES
from mapsvc.release.values import Published
from mapsvc.tiles.sketch import Sketch

Floats = npt.NDArray[np.float64]


def write_values(path: Path, ids: Sequence[str], published: Published) -> None:
    """Write an indicator's values in one layer, sorted by period, group and id."""
    values, classes = published.values, published.classes
    periods, groups, places = values.value.shape
    table = pa.table(
        {
            "period": _repeat([str(period) for period in values.periods], groups * places, 1),
            "group": _repeat(values.groups, places, periods),
            "id": _repeat(ids, 1, periods * groups),
            "numerator": _numbers(values.numerator),
            "denominator": _numbers(values.denominator),
            "value": _numbers(values.value),
            "lower": _numbers(values.lower),
            "upper": _numbers(values.upper),
            "status": _words(values.status, [str(status) for status in STATUSES]),
            "reliability": _words(values.reliability, [str(code) for code in RELIABILITIES]),
            "class": pa.array(classes.ravel(), mask=(classes < 0).ravel(), type=pa.int8()),
            "source": _texts(published.source, published.sources),
            "note": _texts(values.note, values.notes),
        }
    )
    pq.write_table(table, path, compression="zstd")


def write_layer(
    path: Path, frame: gpd.GeoDataFrame, labels: Floats, areas: Floats, drawn: Sketch
) -> None:
    """Write the jurisdictions of a layer as GeoParquet in longitude and latitude.

    ``labels`` are points (n × 2, degrees) and ``areas`` square metres, NaN where there is none.
    """
    table = gpd.GeoDataFrame(
        {
            "fid": feature_ids(frame["id"]),
            "id": frame["id"].to_numpy(),
            "name": frame["name"].to_numpy(),
            "kind": frame["kind"].to_numpy(),
            "parent": frame["parent"].to_numpy(),
            "valid_from": frame["valid_from"].to_numpy(),
            "valid_to": frame["valid_to"].to_numpy(),
            "lon": labels[:, 0],
            "lat": labels[:, 1],
            "area_m2": areas,
            "sketch": drawn.paths,
            "sketch_x": drawn.points[:, 0],
            "sketch_y": drawn.points[:, 1],
            "outline": drawn.outlines,
        },
        geometry=shapely.normalize(frame.geometry.to_numpy()),
        crs="EPSG:4326",
    )
    table.to_parquet(path, index=False, compression="zstd")


def _repeat(names: Sequence[str], each: int, times: int) -> pa.DictionaryArray:
    """Return every name ``each`` times, and all of that ``times`` over."""
    codes = np.tile(np.repeat(np.arange(len(names), dtype=np.int32), each), times)
    return pa.DictionaryArray.from_arrays(codes, pa.array(names, pa.string()))


def _numbers(values: Floats) -> pa.Array:
    flat = values.ravel()
    return pa.array(flat, mask=np.isnan(flat), type=pa.float64())


def _texts(codes: npt.NDArray[np.int32], texts: Sequence[str]) -> pa.DictionaryArray:
    """Return the text of each code, null for 0."""
    flat = codes.ravel()
    indices = pa.array(np.maximum(flat - 1, 0), mask=flat == 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(texts[1:], pa.string()))


def _words(codes: npt.NDArray[np.int8], names: Sequence[str]) -> pa.DictionaryArray:
    flat = codes.ravel().astype(np.int32)
    indices = pa.array(np.maximum(flat, 0), mask=flat < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.string()))
