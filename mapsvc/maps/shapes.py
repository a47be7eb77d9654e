"""The map inside a picture: every place that has land drawn once, and what stands on the places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mapsvc.maps import svg
from mapsvc.maps.legend import CIRCLE, PLAIN, ZERO, Legend
from mapsvc.maps.svg import tag
from mapsvc.maps.theme import colours
from mapsvc.maps.typeset import Frame
from mapsvc.model import Status
from mapsvc.release.reader import LayerTable
from mapsvc.tiles.sketch import FINENESS

_MANY = 150
"""Areas of a layer from which on their outlines are thinner."""
_DRAWING = {"id": "places", "stroke_linejoin": "round", "fill_rule": "evenodd"}


def draw_map(
    table: LayerTable,
    values: Any,
    shown: Legend,
    units: tuple[float, float],
    room: tuple[float, float, float, float],
    largest: float,
    frame: Frame,
) -> str:
    """Draw a layer of ``units`` across and up in the middle of a room: left, top, width, height.

    ``largest`` is the radius of the largest circle, where there are circles.
    """
    x, y, across, up = room
    scale = min(across / units[0], up / units[1])
    left = x + (across - scale * units[0]) / 2
    top = y + (up - scale * units[1]) / 2
    ink = colours(frame.theme)
    counts = shown.reference > 0
    used: dict[str, list[tuple[str, str]]] = {}
    for look, identifier, path in zip(shown.looks, table.ids, table.outlines, strict=True):
        if path is not None:
            drawn = PLAIN if counts and look != Status.NO_BOUNDARY else look
            used.setdefault(drawn, []).append((identifier, path))
    many = sum(map(len, used.values())) > _MANY
    edge = {**svg.paint(ink["edge"], "stroke"), "stroke_width": (0.5 if many else 0.9) / scale}
    groups = [
        tag("g", {"data_look": look, **fill_of(shown, look, "map-"), **(
            open_outline(ink, 1 / scale) if look == Status.NO_BOUNDARY else {}
        )}, _paths(used[look], frame.separate))
        for look in sorted(used, key=lambda look: (look == Status.NO_BOUNDARY, look))
    ]  # fmt: skip
    place = f"translate({svg.text_of(left)} {svg.text_of(top)}) scale({svg.text_of(scale)})"
    areas = tag(
        "g",
        {
            "id": "places",
            "transform": place,
            "stroke_linejoin": "round",
            "fill_rule": "evenodd",
            **edge,
        },
        *groups,
    )
    symbols = ""
    if counts:
        points = table.sketch_points * FINENESS * scale + (left, top)
        symbols = _symbols(values, shown, points, largest, ink)
    return _hatches(shown, set(used), scale) + areas + symbols


def _paths(places: Sequence[tuple[str, str]], separate: bool) -> str:
    """Return (id, path) of places that look alike as they are asked for."""
    if separate:
        return "".join(tag("path", {"data_id": key, "d": path}) for key, path in places)
    return tag("path", {"d": "".join(path for _, path in places)})


def _symbols(
    values: Any, shown: Legend, points: Any, largest: float, ink: Mapping[str, str]
) -> str:
    """Draw the circles from large to small, below them the marks of what has no count."""
    circles, marks = [], []
    for row in np.flatnonzero(np.isfinite(points).all(axis=1)).tolist():
        look, (x, y) = shown.looks[row], points[row].tolist()
        if look == CIRCLE:
            circles.append((radius_of(values[row], shown.reference, largest), x, y))
        elif look == ZERO:
            marks.append(zero(x, y, ink))
        elif look != Status.NO_BOUNDARY:
            marks.append(svg.mark(f"mark-{look}", x, y, ink))
    circles.sort(key=lambda each: -each[0])
    drawn = [circle(x, y, radius, ink) for radius, x, y in circles]
    return tag("g", {"id": "symbols"}, *marks, *drawn)


def _hatches(shown: Legend, used: set[str], scale: float) -> str:
    """Define the hatches that areas and legend are filled with."""
    made = []
    for look, paint in shown.paints.items():
        if paint.hatch and (look in used or any(row.look == look for row in shown.rows)):
            made.append(svg.pattern(look, paint.hatch, paint.colour, paint.ink))
            made.append(svg.rescaled(f"map-{look}", look, scale))
    return tag("defs", {}, *made) if made else ""


def fill_of(shown: Legend, look: str, prefix: str = "") -> dict[str, object]:
    """Return the fill of a look; hatches on the map have a prefix to their names."""
    paint = shown.paints.get(look)
    if paint is None:
        return {"fill": "none"}
    return {"fill": f"url(#{prefix}{look})"} if paint.hatch else svg.paint(paint.colour)


def open_outline(ink: Mapping[str, str], width: float) -> dict[str, object]:
    """Return the dashed outline of what did not exist."""
    dashes = f"{svg.text_of(3 * width)} {svg.text_of(2 * width)}"
    stroke = {**svg.paint(ink["empty-mark"], "stroke"), "stroke_dasharray": dashes}
    return {"fill": "none", **stroke, "stroke_width": 1.2 * width}


def radius_of(count: float, reference: float, largest: float) -> float:
    """Return the radius of a circle whose area is in proportion to a count."""
    return max(1.5, largest * float(np.sqrt(count / reference)))


def circle(x: float, y: float, radius: float, ink: Mapping[str, str]) -> str:
    """Return the circle of a count."""
    at = {"cx": round(x, 1), "cy": round(y, 1), "r": round(radius, 2)}
    return tag(
        "circle", {**at, **svg.paint(ink["symbol"]), **svg.paint(ink["symbol-edge"], "stroke")}
    )


def zero(x: float, y: float, ink: Mapping[str, str]) -> str:
    """Return the mark of a count of none."""
    at = {"cx": round(x, 1), "cy": round(y, 1), "r": 2.5}
    return tag("circle", {**at, **svg.paint(ink["plain"]), **svg.paint(ink["symbol"], "stroke")})
