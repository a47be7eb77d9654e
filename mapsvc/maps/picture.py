"""A map as one picture: a view of a release as SVG, with legend, source and caveat inside.

The same classes, hatches, circles and words as the page, from the outlines that a release holds: no
browser draws it, and the same view, size and theme give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mapsvc.errors import BadParameterError
from mapsvc.language import Message, _
from mapsvc.maps import choropleth, shapes, svg, text
from mapsvc.maps.legend import ZERO, Legend, Row, legend, told
from mapsvc.maps.svg import tag
from mapsvc.maps.theme import colours, paper
from mapsvc.maps.typeset import (
    Column,
    Frame,
    Picture,
    foot,
    placed,
    point,
    set_line,
    sheet,
)
from mapsvc.model import Status
from mapsvc.release.reader import LayerTable, Release
from mapsvc.tiles.sketch import FINENESS, WIDTH

_SIDE_BY_SIDE = 680
"""Pixels of width from which on the legend stands beside the map."""
_DENSITIES = (1.3, 1.15, 1.0, 0.92, 0.85, 0.78, 0.72)
"""How much larger or smaller words are set: the largest for which there is room."""
_LEAST_MAP = 150
_SWATCH = (28.0, 17.0)


def draw(release: Release, seen: choropleth.View, frame: Frame, caveat: str = "") -> Picture:
    """Draw the values of a view; ``caveat`` is what a reader must be told.

    Raises BadParameterError for a height in which the legend has no room.
    """
    shown = legend(release, seen, frame.theme)
    content = _Content(release, seen, shown, caveat)
    arrange = _beside if frame.width >= _SIDE_BY_SIDE else _below
    laid = next((made for each in _DENSITIES if (made := arrange(content, frame, each)).fits), None)
    if laid is None:
        laid = arrange(content, frame, 1.0 if frame.height is None else _DENSITIES[-1])
        if frame.height is not None:
            most = Message("{n} or more for what this picture says, or none", n=laid.needed)
            raise BadParameterError("height", str(frame.height), most)
    drawn = shapes.draw_map(
        content.table, content.values, shown, content.units, laid.room,
        _largest(frame, laid.density), frame,
    )  # fmt: skip
    alt = told(release, seen, shown)
    return sheet(frame, laid.height, choropleth.label(release, seen), alt, drawn, laid.words)


def alternative(release: Release, seen: choropleth.View) -> str:
    """Return what the picture of a view shows in sentences, without drawing it."""
    return told(release, seen, legend(release, seen, "light"))


def records(dataset: Mapping[str, Any]) -> str:
    """Return whose records a picture is made of."""
    return _("Records: {title}, {publisher}, {vintage}").format(
        title=dataset["title"], publisher=dataset["publisher"], vintage=dataset["vintage"]
    )


def read_with_care(caveat: str) -> str:
    """Return a caveat as a sentence of its own; empty where there is none."""
    return text.sentence(_("Read with care: {caveat}").format(caveat=caveat)) if caveat else ""


def release_line(release: Release) -> str:
    """Return which atlas and release a picture is of."""
    return _("{atlas}, release {release}").format(
        atlas=release.catalogue["title"], release=release.id
    )


class _Content:
    """What a picture says, before anything has its place."""

    def __init__(self, release: Release, seen: choropleth.View, shown: Legend, caveat: str) -> None:
        entry, info = seen.entry(release), release.layer_info(seen.layer)
        self.shown = shown
        self.title = str(entry["title"])
        said = _("By {place}, {when}")
        if seen.denominator:
            said = _("By {place}, {when}, divided by: {other}")
        self.subtitle = said.format(
            place=info["singular"], when=shown.when, other=entry["denominator_title"]
        )
        parts = [records(release.dataset(entry["dataset"]))]
        named = (entry["layers"][seen.layer]["denominators"] or {}).get(seen.period) or {}
        if source := named.get(seen.group):
            facts = [source["authority"], source["product"], source["vintage"]]
            parts.append(f"{source['title']}: {', '.join(fact for fact in facts if fact)}")
        parts.append(choropleth.boundaries(info))
        self.source = " ".join(map(text.sentence, parts))
        self.caveat = read_with_care(caveat)
        self.release = release_line(release)
        self.table: LayerTable = release.layer(seen.layer)
        self.values = seen.values(release).value
        self.units = (float(WIDTH * FINENESS), float(info["sketch_height"] * FINENESS))


@dataclass(frozen=True)
class _Laid:
    """Words in their places, and the room that they leave for the map."""

    words: str
    room: tuple[float, float, float, float]
    height: int
    needed: int
    """The least height for these words."""
    density: float
    fits: bool


def _beside(content: _Content, frame: Frame, density: float) -> _Laid:
    """Set the words at the left, the map at the right and the sources below both."""
    margin = max(24.0, round(0.03 * frame.width))
    gap = 1.4 * margin
    panel = min(max(0.32 * frame.width, 236), 396)
    width = frame.width - 2 * margin - panel - gap
    words = _head(content, frame, density, margin, margin, panel)
    words.width = min(panel, 300 * density)
    _legend(content, frame, density, words)
    foot = _foot(content, frame, density, frame.width - 2 * margin)
    below = margin + foot.y + 0.7 * margin
    needed = int(words.y + below) + 1
    natural = min(width * content.units[1] / content.units[0], 0.64 * frame.width)
    height = frame.height or max(int(margin + natural + below), needed if density <= 1 else 0)
    room = (margin + panel + gap, margin, width, height - margin - below)
    said = placed(words, 0, 0) + placed(foot, margin, height - below + margin)
    return _Laid(said, room, height, needed, density, needed <= height)


def _below(content: _Content, frame: Frame, density: float) -> _Laid:
    """Set title, map, legend and sources one below another."""
    density = min(density, 1.0)
    margin = 20.0 * density
    width = frame.width - 2 * margin
    head = _head(content, frame, density, margin, margin, width)
    key = Column(margin, 0, min(width, 420), paper(frame.theme))
    _legend(content, frame, density, key)
    foot = _foot(content, frame, density, width)
    rest = margin + key.y + margin + foot.y + 0.8 * margin
    natural = min(width * content.units[1] / content.units[0], 1.15 * width)
    height = frame.height or int(head.y + natural + rest)
    room = max(height - head.y - rest, 1.0)
    said = placed(head, 0, 0) + placed(key, 0, head.y + room + margin)
    said += placed(foot, margin, height - foot.y - 0.8 * margin)
    needed = int(head.y + min(_LEAST_MAP, natural) + rest) + 1
    where = (margin, head.y, width, room)
    return _Laid(said, where, height, needed, density, needed <= height + 1)


def _head(
    content: _Content, frame: Frame, density: float, x: float, y: float, width: float
) -> Column:
    column = Column(x, y - 4 * density, width, paper(frame.theme))
    size = 32 if frame.width >= 1000 else 26 if frame.width >= _SIDE_BY_SIDE else 23
    column.paragraph(content.title, size * density, bold=True, gap=3 * density)
    column.paragraph(content.subtitle, 16 * density, "quiet", gap=20 * density)
    return column


def _foot(content: _Content, frame: Frame, density: float, width: float) -> Column:
    return foot(frame, density, width, content.caveat, content.source, content.release)


def _legend(content: _Content, frame: Frame, density: float, column: Column) -> None:
    """Set the legend below what a column holds."""
    shown, size = content.shown, 14 * density
    column.paragraph(shown.title, 15 * density, bold=True, gap=8 * density)
    column.paragraph(shown.note, size, gap=8 * density)
    if shown.sizes:
        _circles(content, frame, density, column)
    for row in shown.rows:
        _row(content, frame, density, column, row)


def _row(content: _Content, frame: Frame, density: float, column: Column, row: Row) -> None:
    size, (across, up) = 14 * density, (_SWATCH[0] * density, _SWATCH[1] * density)
    number = text.count(row.count)
    indent = across + 11 * density
    room = column.width - indent - svg.measure(number, size) - 10 * density
    top = column.y
    column.parts.append(_swatch(content, frame, row.look, column.x, top, (across, up)))
    ink = column.ink
    baseline = top + up - (up - 0.73 * size) / 2
    for line in svg.wrap(row.title, room, size):
        column.parts.append(set_line(column.x + indent, baseline, line, size, ink["ink"]))
        baseline += size * 1.25
    first = top + up - (up - 0.73 * size) / 2
    right = column.x + column.width
    column.parts.append(set_line(right, first, number, size, ink["quiet"], anchor="end"))
    column.y = max(top + up, baseline - size * 1.25 + 0.3 * size) + 6 * density


def _swatch(
    content: _Content, frame: Frame, look: str, x: float, y: float, size: tuple[float, float]
) -> str:
    ink = colours(frame.theme)
    across, up = size
    middle = (x + across / 2, y + up / 2)
    if look == ZERO:
        return shapes.zero(*middle, ink)
    if content.shown.reference and look != Status.NO_BOUNDARY:
        return svg.mark(f"mark-{look}", *middle, ink)
    box = {"x": x + 0.5, "y": y + 0.5, "width": across - 1, "height": up - 1, "rx": 2.5}
    if look == Status.NO_BOUNDARY:
        return tag("rect", {**box, **shapes.open_outline(ink, 1.0)})
    at = svg.text_of
    place = {"transform": f"translate({at(x)} {at(y)})"}
    box |= {"x": 0.5, "y": 0.5}
    fill = shapes.fill_of(content.shown, look, "")
    return tag("g", place, tag("rect", {**box, **fill, **svg.paint(ink["edge"], "stroke")}))


def _circles(content: _Content, frame: Frame, density: float, column: Column) -> None:
    """Set three circles inside one another, each with its number."""
    ink, shown, size = colours(frame.theme), content.shown, 13 * density
    largest = _largest(frame, density)
    radii = [shapes.radius_of(each, shown.reference, largest) for each in shown.sizes]
    middle, base = column.x + radii[0] + 1, column.y + 2 * radii[0] + 2
    low = column.y - size
    for count, radius in zip(shown.sizes, radii, strict=True):
        column.parts.append(shapes.circle(middle, base - radius, radius, ink))
        top = base - 2 * radius
        low = max(top + 0.5 * size, low + 1.25 * size)
        across = middle + radii[0] + 14 * density
        line = {"d": f"M{point(middle, top)}L{point(across - 4, low)}", "fill": "none"}
        column.parts.append(tag("path", {**line, **svg.paint(ink["empty-mark"], "stroke")}))
        label = text.count(count)
        column.parts.append(set_line(across, low + 0.36 * size, label, size, column.ink["ink"]))
    column.y = max(base, low + 0.5 * size) + 12 * density


def _largest(frame: Frame, density: float) -> float:
    """Return the radius of the largest circle, which the legend shows as well."""
    return density * min(max(0.034 * frame.width, 20), 34)
