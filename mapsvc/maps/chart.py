"""A line of values over the years with their intervals, as points of an SVG drawing.

Only single years are drawn. A year without a value leaves a gap; a break in the series ends the
line, because figures on its two sides do not compare.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mapsvc.maps import text

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 14, 30
"""Room around what is drawn."""
_STEPS = (2.0, 2.5, 5.0, 10.0, 20.0, 25.0)
_FEWEST, _MOST = 3, 6
"""Levels above zero."""
_NOTHING = 1e-6
"""Below this no number of the axis would differ from zero."""


@dataclass(frozen=True)
class Point:
    """A year of a series; the numbers are None where there is no value to draw."""

    year: int
    value: float | None
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class Chart:
    """Coordinates in a drawing, ``WIDTH`` by ``HEIGHT`` where nothing else was asked for."""

    lines: Sequence[str]
    """Points of each unbroken stretch, as ``x,y x,y``."""
    bands: Sequence[str]
    """Outline of each stretch's intervals."""
    dots: Sequence[tuple[float, float, str]]
    """(x, y, what a reader is told of it)."""
    years: Sequence[tuple[float, str]]
    levels: Sequence[tuple[float, str]]
    breaks: Sequence[tuple[float, str]]
    missing: Sequence[tuple[float, str]] = field(default=())
    """Years without a value."""


def chart(
    points: Sequence[Point],
    breaks: Sequence[Mapping[str, object]],
    size: tuple[float, float] = (WIDTH, HEIGHT),
) -> Chart | None:
    """Lay out a series, ordered by year; None where it has fewer than two values.

    ``breaks`` have a ``year``, the first after the break, and a ``text``. ``size`` is the width and
    height of the drawing, the numbers of years and levels at its edges included.
    """
    width, height = size
    known = [point for point in points if point.value is not None]
    if len(known) < 2:
        return None
    first, last = points[0].year, points[-1].year
    top = max(max(point.value or 0.0, point.upper or 0.0) for point in known)
    levels = levels_to(top)
    scale = levels[-1] or 1.0

    def x(year: float) -> float:
        return round(LEFT + (year - first) / max(last - first, 1) * (width - LEFT - RIGHT), 1)

    def y(value: float) -> float:
        return round(height - BOTTOM - value / scale * (height - TOP - BOTTOM), 1)

    cuts = {int(str(item["year"])): str(item["text"]) for item in breaks}
    lines, bands = [], []
    for stretch in stretches(points, set(cuts)):
        lines.append(" ".join(f"{x(point.year)},{y(point.value or 0.0)}" for point in stretch))
        bounded = [point for point in stretch if point.lower is not None]
        if len(bounded) > 1:
            upper = [f"{x(point.year)},{y(point.upper or 0.0)}" for point in bounded]
            lower = [f"{x(point.year)},{y(point.lower or 0.0)}" for point in reversed(bounded)]
            bands.append(" ".join([*upper, *lower]))
    places = max(text.decimals(level) for level in levels)
    return Chart(
        lines=lines,
        bands=bands,
        dots=[
            (x(point.year), y(point.value or 0.0), f"{point.year}: {text.number(point.value or 0)}")
            for point in known
        ],
        years=[(x(year), str(year)) for year in ticks(first, last)],
        levels=[
            (y(level), text.number(level, 0 if level.is_integer() else places)) for level in levels
        ],
        breaks=[(x(year - 0.5), cuts[year]) for year in sorted(cuts) if first < year <= last],
        missing=[(x(point.year), str(point.year)) for point in points if point.value is None],
    )


def stretches(points: Sequence[Point], cuts: set[int]) -> list[list[Point]]:
    """Return the runs of years with a value; a year after a break begins a run of its own."""
    found: list[list[Point]] = []
    previous: int | None = None
    for point in points:
        if point.value is None:
            continue
        if previous != point.year - 1 or point.year in cuts:
            found.append([])
        found[-1].append(point)
        previous = point.year
    return found


def levels_to(top: float) -> list[float]:
    """Return round numbers from 0 to at or above ``top``, as near it as a few of them can be."""
    if top < _NOTHING:
        return [0.0, 1.0]
    power = 10.0 ** (math.floor(math.log10(top)) - 1)
    steps = [round(factor * power, 12) for factor in _STEPS]
    # A quotient that is whole but for rounding needs no further level.
    counts = [math.ceil(top / step - 1e-9) for step in steps]
    fits = [pair for pair in zip(steps, counts, strict=True) if _FEWEST <= pair[1] <= _MOST]
    step, count = min(fits, key=lambda pair: (pair[0] * pair[1], pair[1]))
    return [round(index * step, 9) for index in range(count + 1)]


def ticks(first: int, last: int) -> list[int]:
    """Return the years to write under a drawing, the last one among them."""
    every = max(1, -(-(last - first) // 6))
    return list(range(last, first - 1, -every))[::-1]
