"""The counties of the United States, 1:500,000, as the package plotly-geo carries them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import _plotly_geo
import numpy as np
import pyogrio
import shapely

from mapsvc.geoid import feature_ids
from mapsvc.tiles.coverage import label_points

SHAPES = Path(_plotly_geo.__file__).parent / "package_data/cb_2016_us_county_500k.shp"


class Counties(NamedTuple):
    fids: list[int]
    polygons: np.ndarray
    """Longitudes and latitudes."""
    properties: list[dict[str, str]]
    labels: np.ndarray


def read_counties() -> Counties:
    frame = pyogrio.read_dataframe(SHAPES, columns=["GEOID", "NAME"])
    polygons = np.array(frame.geometry.values, dtype=object)
    broken = ~shapely.is_valid(polygons)
    polygons[broken] = shapely.make_valid(polygons[broken], method="structure")
    ids = frame["GEOID"].tolist()
    properties = [
        {"id": identifier, "name": name, "kind": "county"}
        for identifier, name in zip(ids, frame["NAME"].tolist(), strict=True)
    ]
    return Counties(feature_ids(ids), polygons, properties, label_points(polygons))
