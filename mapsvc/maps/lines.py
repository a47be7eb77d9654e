"""Several places over the years in one drawing, told apart by dashes, marks and direct labels.

As in ``mapsvc.maps.chart`` a year without a value leaves a gap, and a break in the series ends
every line. The drawing has two layouts, because a wide one cannot be read on a phone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mapsvc.language import _
from mapsvc.maps import text
from mapsvc.maps.chart import Point, levels_to, stretches, ticks

_Scale = Callable[[float], float]

LETTERS = "ABCD"
"""Name the places in the drawing, the table and the matrix; as many as can be compared."""

_APART = 17.0
"""Between the labels at the ends of lines, in units of the drawing."""
_LONGEST = 24
"""Letters of a name that have room beside a line."""


@dataclass(frozen=True)
class Layout:
    """The size of a drawing and the room around its lines."""

    width: int
    height: int
    left: int
    right: int
    top: int = 16
    bottom: int = 30
    named: bool = True
    """Whether labels have the name beside the letter."""


WIDE = Layout(960, 380, 56, 210)
NARROW = Layout(380, 300, 46, 26, named=False)


@dataclass(frozen=True)
class Line:
    """One place; coordinates are in units of the drawing."""

    letter: str
    name: str
    lines: Sequence[str]
    bands: Sequence[str]
    """Outline of the intervals of each stretch of years."""
    whiskers: Sequence[tuple[float, float, float]]
    """x, upper y and lower y of the interval of a year that stands alone."""
    marks: Sequence[tuple[str, str]]
    """A path around each value, and what a reader is told of it."""
    label: tuple[float, float, str] | None
    """x, y and text at the end of the line; None for a place without a value."""
    leader: str
    """From the last value to the label; empty where they are level."""


@dataclass(frozen=True)
class Lines:
    """A drawing of up to four places."""

    layout: Layout
    lines: Sequence[Line]
    years: Sequence[tuple[float, str]]
    levels: Sequence[tuple[float, str]]
    breaks: Sequence[tuple[float, str, str]]
    """x, the first year after the break, what changed."""
    now: float | None
    """x of the year that is compared."""


def lines(
    series: Sequence[tuple[str, Sequence[Point]]],
    breaks: Sequence[Mapping[str, object]],
    now: str,
    layout: Layout = WIDE,
) -> Lines | None:
    """Lay out the series of named places over the same years; None without two values in any.

    ``breaks`` have a ``year``, the first after the break, and a ``text``; ``now`` is the period
    that is compared, marked if it is one year.
    """
    known = [point for _name, points in series for point in points if point.value is not None]
    if len(known) < 2:
        return None
    years = [point.year for point in series[0][1]]
    first, last = years[0], years[-1]
    levels = levels_to(max(max(point.value or 0.0, point.upper or 0.0) for point in known))
    scale = levels[-1] or 1.0
    across = layout.width - layout.left - layout.right
    high = layout.height - layout.top - layout.bottom

    def x(year: float) -> float:
        return round(layout.left + (year - first) / max(last - first, 1) * across, 1)

    def y(value: float) -> float:
        return round(layout.height - layout.bottom - value / scale * high, 1)

    cuts = {int(str(item["year"])): str(item["text"]) for item in breaks}
    ends = {
        at: [point for point in points if point.value is not None][-1]
        for at, (_name, points) in enumerate(series)
        if any(point.value is not None for point in points)
    }
    wanted = {at: y(end.value or 0.0) for at, end in ends.items()}
    placed = _apart(wanted, layout.top + 4.0, layout.height - layout.bottom)
    drawn = []
    for at, (name, points) in enumerate(series):
        runs = stretches(points, set(cuts))
        bounded = [[point for point in run if point.upper is not None] for run in runs]
        label, leader = None, ""
        if at in ends:
            end_x, edge = x(ends[at].year), layout.width - layout.right
            label = (edge + 14.0, placed[at] + 4.5, _label(at, name, layout))
            leader = f"{end_x + 6},{wanted[at]} {edge + 4},{placed[at]} {edge + 11},{placed[at]}"
        drawn.append(
            Line(
                letter=LETTERS[at],
                name=name,
                lines=[
                    " ".join(f"{x(each.year)},{y(each.value or 0.0)}" for each in run)
                    for run in runs
                    if len(run) > 1
                ],
                bands=[_outline(run, x, y) for run in bounded if len(run) > 1],
                whiskers=[
                    (x(run[0].year), y(run[0].upper or 0.0), y(run[0].lower or 0.0))
                    for run in bounded
                    if len(run) == 1
                ],
                marks=[
                    (mark(at, x(each.year), y(each.value or 0.0)), _told(name, each))
                    for run in runs
                    for each in run
                ],
                label=label,
                leader=leader,
            )
        )
    places = max(text.decimals(level) for level in levels)
    return Lines(
        layout=layout,
        lines=drawn,
        years=[(x(year), str(year)) for year in ticks(first, last)],
        levels=[
            (y(level), text.number(level, 0 if level.is_integer() else places)) for level in levels
        ],
        breaks=[
            (x(year - 0.5), str(year), cuts[year]) for year in sorted(cuts) if first < year <= last
        ],
        now=x(int(now)) if now.isdecimal() and first <= int(now) <= last else None,
    )


def mark(at: int, x: float, y: float) -> str:
    """Return the path of a place's mark around a point: circle, square, diamond or triangle.

    >>> mark(1, 10, 10)
    'M6.6 6.6h6.8v6.8h-6.8z'
    """
    if at == 0:
        return f"M{x - 3.8:g} {y:g}a3.8 3.8 0 1 0 7.6 0a3.8 3.8 0 1 0 -7.6 0z"
    if at == 1:
        return f"M{x - 3.4:g} {y - 3.4:g}h6.8v6.8h-6.8z"
    if at == 2:
        return f"M{x:g} {y - 4.8:g}l4.8 4.8l-4.8 4.8l-4.8 -4.8z"
    return f"M{x:g} {y - 4.6:g}l4.6 8h-9.2z"


def _label(at: int, name: str, layout: Layout) -> str:
    if not layout.named:
        return LETTERS[at]
    if len(name) > _LONGEST:
        name = f"{name[: _LONGEST - 1].rstrip()}\N{HORIZONTAL ELLIPSIS}"
    return f"{LETTERS[at]} {name}"


def _told(name: str, point: Point) -> str:
    value = point.value or 0.0
    if point.lower is None or point.upper is None:
        return f"{name}, {point.year}: {text.number(value)}"
    bounds = text.interval(value, point.lower, point.upper)
    said = _("95 % interval {interval}").format(interval=bounds)
    return f"{name}, {point.year}: {text.number(value)} ({said})"


def _outline(run: Sequence[Point], x: _Scale, y: _Scale) -> str:
    upper = [f"{x(point.year)},{y(point.upper or 0.0)}" for point in run]
    lower = [f"{x(point.year)},{y(point.lower or 0.0)}" for point in reversed(run)]
    return " ".join([*upper, *lower])


def _apart(wanted: Mapping[int, float], top: float, bottom: float) -> dict[int, float]:
    """Return heights as near to those wanted as keeps labels apart, in the same order."""
    order = sorted(wanted, key=lambda at: wanted[at])
    placed: dict[int, float] = {}
    least = top
    for at in order:
        placed[at] = max(wanted[at], least)
        least = placed[at] + _APART
    most = bottom
    for at in reversed(order):
        placed[at] = round(min(placed[at], most), 1)
        most = placed[at] - _APART
    return placed
