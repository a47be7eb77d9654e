"""What a map must show of an indicator: worked out from the API, without any tile."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

import numpy as np
import shapely
from pyproj import Transformer

from mapsvc.maps import palette
from mapsvc.web import style_urls

TO_MERCATOR = Transformer.from_crs(4326, 3857, always_xy=True).transform
TO_DEGREES = Transformer.from_crs(3857, 4326, always_xy=True).transform
CIRCUMFERENCE = 2 * math.pi * 6378137
ATTRIBUTES = (
    *("id", "name", "kind", "value", "numerator", "denominator"),
    *("lower", "upper", "status", "reliability"),
)


class Spot(NamedTuple):
    """The middle of the largest circle in a jurisdiction: a place that is surely inside it."""

    longitude: float
    latitude: float
    radius: float
    """Metres of Web Mercator."""


class Place(NamedTuple):
    """A jurisdiction as the API tells of it."""

    properties: dict[str, Any]
    """What a feature of a tile must have, ``class`` with it; what is null is absent."""
    spot: Spot
    geometry: Any
    """In longitude and latitude."""

    @property
    def id(self) -> str:
        return self.properties["id"]


@dataclass(frozen=True)
class View:
    """An indicator in a layer and a period, and the window in which it is looked at."""

    layer: str
    indicator: str
    period: str
    center: tuple[float, float]
    zoom: float
    """Of tiles 512 pixels wide, as MapLibre counts."""
    group: str | None = None

    def places(self, service: Any) -> list[Place]:
        """Return every jurisdiction that has a polygon."""
        asked = {"layer": self.layer, "period": self.period, "format": "geojson"}
        if self.group:
            asked["group"] = self.group
        answer = service.json(f"/api/v1/indicators/{self.indicator}?{urlencode(asked)}")
        bounds = self._bounds(service)
        return [
            Place(_properties(feature["properties"], bounds), _spot(shape), shape)
            for feature in answer["features"]
            if feature["geometry"] is not None
            and (shape := shapely.geometry.shape(feature["geometry"])).area > 0
        ]

    def colours(self, service: Any) -> tuple[str, ...]:
        """Return the colour of each class on a light page."""
        return palette.themed(self._entry(service)["palette"], len(self._bounds(service)))["light"]

    def styled(self, service: Any) -> tuple[tuple[str, ...], str]:
        """Return the colour of each class in the style's legend, and that of no report."""
        address = style_urls.style_url(self.layer, self.indicator, self.period, self.group)
        legend = service.json(address)["metadata"]["mapsvc:legend"]
        blank = next(row["colour"] for row in legend if row.get("status") == "not_reported")
        return tuple(row["colour"] for row in legend if "class" in row), blank

    def roomy(self, places: list[Place], pixels: float) -> list[Place]:
        """Return the places in which a square of so many pixels lies well inside."""
        metres = CIRCUMFERENCE / (512 * 2**self.zoom)
        return [place for place in places if place.spot.radius > pixels * metres]

    def _entry(self, service: Any) -> dict[str, Any]:
        known = service.json("/api/v1/indicators")["indicators"]
        return next(entry for entry in known if entry["slug"] == self.indicator)

    def _bounds(self, service: Any) -> list[float]:
        return self._entry(service)["layers"][self.layer]["classes"][self.group or "all"]


def _properties(given: dict[str, Any], bounds: list[float]) -> dict[str, Any]:
    found = {name: given[name] for name in ATTRIBUTES if given[name] is not None}
    if found["status"] == "ok":
        found["class"] = int(np.searchsorted(bounds, found["value"]))
    return found


def _spot(shape: Any) -> Spot:
    flat = shapely.transform(shape, TO_MERCATOR, interleaved=False)
    largest = max(shapely.get_parts(flat), key=lambda part: part.area)
    radius = shapely.maximum_inscribed_circle(largest, tolerance=largest.area**0.5 / 1000)
    x, y = shapely.get_coordinates(radius)[0]
    longitude, latitude = TO_DEGREES(x, y)
    return Spot(float(longitude), float(latitude), float(radius.length))


def rgb(colour: str) -> tuple[int, int, int]:
    """Return the red, green and blue of ``#rrggbb``."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def near(pixel: Any, colour: str, tolerance: int = 3) -> bool:
    """Tell whether a pixel has a colour, but for the rounding of a drawing program."""
    return max(abs(a - b) for a, b in zip(pixel, rgb(colour), strict=True)) <= tolerance


def misdrawn(
    places: list[Place],
    squares: list[list[list[int]]],
    colours: tuple[str, ...],
    blank: str,
) -> Iterator[str]:
    """Yield what is wrong in the squares of pixels that a client drew around places.

    A reliable rate has the colour of its class all over, unless a lake lies there; one to be used
    with caution has it and a hatch; a place without a rate, or whose rate is unreliable, is hatched
    on ``blank``.
    """
    uneven = []
    for place, square in zip(places, squares, strict=True):
        said = place.properties
        shown = said["status"] == "ok" and said["reliability"] != "unreliable"
        ground = colours[said["class"]] if shown else blank
        share = sum(near(pixel, ground) for pixel in square) / len(square)
        if not shown or said["reliability"] != "reliable":
            if not 0.2 < share < 0.98:
                yield f"{said['name']}: {share:.0%} is {ground}, so there is no hatch on it"
            continue
        if share < 0.5:
            yield f"{said['name']}: {share:.0%} is {ground}, not {square[0]}"
        if share < 1:
            uneven.append(said["name"])
    if len(uneven) > len(places) / 6:
        yield f"Too many are not of one colour: {uneven}"


CALIFORNIA = View("counties", "arrest-rate", "2014", (-119.27, 37.4), 5, group="black")
"""Thirteen counties did not report."""
POMONA = View("counties", "stop-rate", "2014", (-97.0, 42.0), 6)
"""The enclave did not report."""
