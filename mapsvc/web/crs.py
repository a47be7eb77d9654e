"""Coordinate reference systems of the OGC API: longitude and latitude, and two others, by formula.

Three systems need no projection library in a worker's memory. The tests hold the formulas to
pyproj.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from mapsvc.language import N_

Floats = npt.NDArray[np.float64]
Shape = shapely.Geometry

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG_4326 = "http://www.opengis.net/def/crs/EPSG/0/4326"
EPSG_3857 = "http://www.opengis.net/def/crs/EPSG/0/3857"

_RADIUS_M = 6378137.0
_HIGHEST = 89.9999
"""Degrees of latitude: Mercator has no pole."""
_FARTHEST_M = 1e9
"""Metres: farther than any place, and small enough for every function."""


class Reference(NamedTuple):
    """A reference system: how degrees (n × 2: longitude, latitude) become its axes, and back."""

    uri: str
    title: str
    forward: Callable[[Floats], Floats]
    inverse: Callable[[Floats], Floats]
    decimals: int
    """Digits after the point that a coordinate needs for a centimetre."""


def _same(points: Floats) -> Floats:
    return points


def _swapped(points: Floats) -> Floats:
    return points[:, ::-1]


def _to_mercator(points: Floats) -> Floats:
    latitude = np.radians(np.clip(points[:, 1], -_HIGHEST, _HIGHEST))
    metres: Floats = np.column_stack([np.radians(points[:, 0]), np.arctanh(np.sin(latitude))])
    return metres * _RADIUS_M


def _from_mercator(points: Floats) -> Floats:
    turned = np.clip(points, -_FARTHEST_M, _FARTHEST_M) / _RADIUS_M
    degrees: Floats = np.degrees(np.column_stack([turned[:, 0], np.arctan(np.sinh(turned[:, 1]))]))
    return degrees


REFERENCES: Mapping[str, Reference] = {
    each.uri: each
    for each in (
        Reference(CRS84, N_("Longitude, latitude (WGS 84)"), _same, _same, 7),
        Reference(EPSG_4326, N_("Latitude, longitude (WGS 84)"), _swapped, _swapped, 7),
        Reference(EPSG_3857, N_("Web Mercator, metres"), _to_mercator, _from_mercator, 2),
    )
}
"""By URI; the first is what is meant where none is named, and what geometry is stored in."""


def geojson_in(text: str, reference: Reference) -> str:
    """Return a GeoJSON geometry in longitude and latitude in the axes of another system."""
    if reference.uri == CRS84 or text == "null":
        return text
    moved = shapely.transform(
        shapely.from_geojson(text),
        lambda points: np.round(reference.forward(points), reference.decimals),
    )
    # The writer of GEOS: the shortest digits that give the same number.
    written: str = shapely.to_geojson(moved)
    return written


def box(numbers: Sequence[float], reference: Reference) -> shapely.Geometry:
    """Return the area of a bounding box of four or six numbers, in longitude and latitude.

    A box whose west is east of its east spans the antimeridian and has two parts. Heights are left
    out, as nothing here has one. Raises ValueError for what is no box.

    >>> box([170, -20, -170, -10], REFERENCES[CRS84]).bounds
    (-180.0, -20.0, 180.0, -10.0)
    """
    if len(numbers) not in (4, 6) or not all(math.isfinite(number) for number in numbers):
        raise ValueError("a box has four or six numbers")
    half = len(numbers) // 2
    corners = np.array([numbers[:2], numbers[half : half + 2]], dtype=np.float64)
    (west, south), (east, north) = reference.inverse(corners).tolist()
    if south > north:
        raise ValueError("the lower corner of a box comes first")
    west, east = (min(max(side, -360.0), 360.0) for side in (west, east))
    if west <= east:
        whole: shapely.Geometry = shapely.box(west, south, east, north)
        return whole
    parts = [shapely.box(west, south, 180.0, north), shapely.box(-180.0, south, east, north)]
    both: shapely.Geometry = shapely.union_all(parts)
    return both


def to_degrees(shape: shapely.Geometry, reference: Reference) -> shapely.Geometry:
    """Return a geometry whose coordinates are those of ``reference`` in longitude and latitude."""
    moved: shapely.Geometry = shapely.transform(shape, reference.inverse)
    return moved
