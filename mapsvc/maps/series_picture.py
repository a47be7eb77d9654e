"""One indicator of one jurisdiction over the years as a picture: line, intervals, breaks, sources.

The same figures as the profile's chart, with everything that it needs to stand alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mapsvc.language import N_, _
from mapsvc.maps import chart, svg, text
from mapsvc.maps.picture import read_with_care, records, release_line
from mapsvc.maps.svg import tag
from mapsvc.maps.theme import paper
from mapsvc.maps.typeset import Column, Frame, Picture, foot, placed, point, set_line, sheet
from mapsvc.model import ALL
from mapsvc.release.reader import Release

_SHAPE = 0.42
"""Height of the drawing as a part of its width, where the picture has no height."""
_LEAST_DRAWING = 120.0
_NOTHING = 40.0
_BAND = N_("The band, where it is wider than the line, is the 95 % interval.")
_NO_LINE = N_("Too few years with a value for a chart.")


@dataclass(frozen=True)
class Series:
    """What a jurisdiction had, year by year."""

    points: Sequence[chart.Point]
    """The years of the indicator in order."""
    rate: bool


def series(release: Release, layer: str, identifier: str, indicator: str) -> Series:
    """Return the single years of an indicator of a jurisdiction, everyone together.

    Raises UnknownNameError for a layer, jurisdiction or indicator that the release does not have.
    """
    entry = release.indicator(indicator)
    row = release.layer(layer).row(identifier)
    rate = entry["per"] is not None
    points = []
    for period in entry["periods"]:
        if "-" in period:
            continue
        found = text.cell(release.values(layer, indicator, period, ALL), row, rate).numbers
        points.append(chart.Point(int(period), found["value"], found["lower"], found["upper"]))
    return Series(points, rate)


def label(release: Release, layer: str, identifier: str, indicator: str) -> str:
    """Return the title of a series, for example ``Arrest rate, Alder County``."""
    name = release.layer(layer).names[release.layer(layer).row(identifier)]
    return f"{release.indicator(indicator)['title']}, {name}"


def told(release: Release, found: Series, indicator: str) -> str:
    """Say a series in sentences: its first and last year, its extremes, its gaps, its breaks."""
    entry = release.indicator(indicator)
    known = [(each.value, each.year) for each in found.points if each.value is not None]
    unit = entry["unit"]
    if not known:
        return _("No value to show, of {unit}, in any year.").format(unit=unit)
    said = [f"{unit[:1].upper()}{unit[1:]}, {text.years([str(year) for _value, year in known])}."]
    write = text.number if found.rate else text.count
    (first, start), (last, end) = known[0], known[-1]
    span = _("{first} in {start}, {last} in {end}.") if known[1:] else _("{first} in {start}.")
    said.append(span.format(first=write(first), start=start, last=write(last), end=end))
    if len(known) > 2:
        (low, lowest), (high, highest) = min(known), max(known)
        said.append(
            _("Lowest {low} in {lowest}, highest {high} in {highest}.").format(
                low=write(low), lowest=lowest, high=write(high), highest=highest
            )
        )
    if missing := [str(each.year) for each in found.points if each.value is None]:
        said.append(_("No value to show in {years}.").format(years=text.spans(missing)))
    said += [
        _("Break in the series in {year}: {text}").format(
            year=each["year"], text=text.sentence(each["text"])
        )
        for each in _crossed(entry, found)
    ]
    return " ".join(said)


def draw(
    release: Release, layer: str, identifier: str, indicator: str, frame: Frame, caveat: str = ""
) -> Picture:
    """Draw a series; ``caveat`` is what a reader must be told.

    Raises UnknownNameError for what the release does not have.
    """
    entry = release.indicator(indicator)
    found = series(release, layer, identifier, indicator)
    ink = paper(frame.theme)
    margin = max(20.0, round(0.03 * frame.width))
    width = frame.width - 2 * margin
    density = 1.0 if frame.width >= 560 else 0.92
    head = Column(margin, margin - 4, width, ink)
    title = label(release, layer, identifier, indicator)
    head.paragraph(title, (28 if frame.width >= 1000 else 22) * density, bold=True, gap=3)
    unit = entry["unit"]
    head.paragraph(f"{unit[:1].upper()}{unit[1:]}", 15 * density, "quiet", gap=14)
    # Whether there is a line does not depend on the room for it, which depends on the notes.
    lined = chart.chart(found.points, entry["breaks"]) is not None
    below = _notes(entry, found, width, ink, density) if lined else Column(0, 0, width, ink)
    dataset = release.dataset(entry["dataset"])
    end = foot(
        frame,
        density,
        width,
        read_with_care(caveat),
        text.sentence(records(dataset)),
        release_line(release),
    )
    rest = head.y + below.y + end.y + 1.8 * margin
    natural = width * _SHAPE if lined else _NOTHING
    room = max((frame.height or rest + natural) - rest, _LEAST_DRAWING if lined else _NOTHING)
    drawn = chart.chart(found.points, entry["breaks"], (width, room))
    top = head.y
    height = frame.height or int(rest + room)
    body = _drawing(drawn, width, room, ink) if drawn else _nothing(ink)
    return sheet(
        frame,
        height,
        title,
        told(release, found, indicator),
        placed(head, 0, 0),
        tag("g", {"transform": f"translate({point(margin, top)})"}, body),
        placed(below, margin, top + room + 0.5 * margin),
        placed(end, margin, height - end.y - 0.6 * margin),
    )


def _crossed(entry: Mapping[str, Any], found: Series) -> list[Mapping[str, Any]]:
    first, last = found.points[0].year, found.points[-1].year
    return [each for each in entry["breaks"] if first < int(each["year"]) <= last]


def _notes(
    entry: Mapping[str, Any], found: Series, width: float, ink: Mapping[str, str], density: float
) -> Column:
    column = Column(0, 0, width, ink)
    size = 12.5 * density
    if any(each.lower is not None for each in found.points):
        column.paragraph(_(_BAND), size, "quiet", gap=2)
    for each in _crossed(entry, found):
        said = _("Dashed line, {year}: {text}").format(
            year=each["year"], text=text.sentence(each["text"])
        )
        column.paragraph(said, size, "quiet", gap=2)
    if any(each.value is None for each in found.points):
        column.paragraph(_("A cross is a year without a value to show."), size, "quiet", gap=2)
    return column


def _drawing(drawn: chart.Chart, width: float, height: float, ink: Mapping[str, str]) -> str:
    right, bottom = width - chart.RIGHT, height - chart.BOTTOM
    parts = []
    for y, title in drawn.levels:
        parts.append(_line(chart.LEFT, y, right, y, ink["line"], 1))
        parts.append(set_line(chart.LEFT - 7, y + 4, title, 12.5, ink["quiet"], anchor="end"))
    for x, title in drawn.years:
        parts.append(set_line(x, height - 8, title, 12.5, ink["quiet"], anchor="middle"))
    for x, _title in drawn.breaks:
        parts.append(_line(x, chart.TOP - 4, x, bottom, ink["warn"], 1.25, "4 4"))
    for outline in drawn.bands:
        parts.append(
            tag("polygon", {"points": outline, **svg.paint(ink["accent"]), "fill_opacity": 0.16})
        )
    for points in drawn.lines:
        stroke = {**svg.paint(ink["accent"], "stroke"), "stroke_width": 2.25}
        parts.append(
            tag(
                "polyline", {"points": points, "fill": "none", "stroke_linejoin": "round", **stroke}
            )
        )
    for x, y, _title in drawn.dots:
        dot = {**svg.paint(ink["accent"]), **svg.paint(ink["page"], "stroke"), "stroke_width": 1.5}
        parts.append(tag("circle", {"cx": x, "cy": y, "r": 3.2, **dot}))
    for x, _title in drawn.missing:
        cross = {"d": f"M{point(x - 3, bottom - 6)}l6 6m0 -6l-6 6", "fill": "none"}
        parts.append(
            tag("path", {**cross, **svg.paint(ink["quiet"], "stroke"), "stroke_width": 1.25})
        )
    return "".join(parts)


def _nothing(ink: Mapping[str, str]) -> str:
    return set_line(0, 20, _(_NO_LINE), 15, ink["quiet"])


def _line(
    x0: float, y0: float, x1: float, y1: float, colour: str, width: float, dashes: str | None = None
) -> str:
    line = {"d": f"M{point(x0, y0)}L{point(x1, y1)}", "stroke_width": width}
    return tag("path", {**line, **svg.paint(colour, "stroke"), "stroke_dasharray": dashes})
