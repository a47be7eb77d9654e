"""The sheet of a picture and the words on it, with room measured and not rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mapsvc.maps import svg
from mapsvc.maps.svg import tag
from mapsvc.maps.theme import paper

SIZES = {"width": (320, 1600), "height": (240, 1200)}
"""Least and most pixels of a picture that is asked for."""
DEFAULT_WIDTH = 1200
LINE = 1.32
"""Height of a line, in sizes of its letters."""


@dataclass(frozen=True)
class Frame:
    """What a picture is drawn in; without a height it is as high as it needs to be."""

    width: int = DEFAULT_WIDTH
    height: int | None = None
    theme: str = "light"
    separate: bool = True
    """Whether each place is a shape with its id. One shape for all that look alike is drawn into
    pixels three times as fast, and has no seams."""


@dataclass(frozen=True)
class Picture:
    """A drawn picture."""

    svg: str
    width: int
    height: int
    alt: str
    """What it shows, in sentences."""


def sheet(frame: Frame, height: int, title: str, alt: str, *drawn: str) -> Picture:
    """Return a picture with its title and its description for those who do not see it."""
    root = tag(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": frame.width,
            "height": height,
            "viewBox": f"0 0 {frame.width} {height}",
            "role": "img",
            "aria_labelledby": "title desc",
            "font_family": svg.FONTS,
        },
        tag("title", {"id": "title"}, svg.words(title)),
        tag("desc", {"id": "desc"}, svg.words(alt)),
        tag(
            "rect",
            {"width": frame.width, "height": height, **svg.paint(paper(frame.theme)["page"])},
        ),
        *drawn,
    )
    return Picture(root + "\n", frame.width, height, alt)


def foot(
    frame: Frame, density: float, width: float, caveat: str, source: str, release: str
) -> Column:
    """Set what stands below a picture: what to know, whose figures, of which release."""
    column = Column(0, 0, width, paper(frame.theme))
    column.rule(10 * density)
    size = 12 * max(density, 0.85)
    column.paragraph(caveat, size, "ink", gap=3 * density)
    column.paragraph(source, size, "quiet", gap=3 * density)
    column.paragraph(release, size, "quiet")
    return column


class Column:
    """Words and rows one below another, from a corner downward."""

    def __init__(self, x: float, y: float, width: float, ink: Mapping[str, str]) -> None:
        self.x, self.y, self.width, self.ink = x, y, width, ink
        self.parts: list[str] = []

    def paragraph(
        self, said: str, size: float, colour: str = "ink", bold: bool = False, gap: float = 0
    ) -> None:
        """Set a text in as many lines as it needs, and leave a gap after it."""
        for line in svg.wrap(said, self.width, size, bold):
            self.parts.append(set_line(self.x, self.y + size, line, size, self.ink[colour], bold))
            self.y += size * LINE
        if said:
            self.y += gap

    def rule(self, gap: float) -> None:
        """Draw a line across, and leave a gap after it."""
        at = {"x": self.x, "y": self.y, "width": self.width, "height": 1}
        self.parts.append(tag("rect", {**at, **svg.paint(self.ink["line"])}))
        self.y += gap


def placed(column: Column, x: float, y: float) -> str:
    """Return what a column holds, moved."""
    return tag("g", {"transform": f"translate({svg.text_of(x)} {svg.text_of(y)})"}, *column.parts)


def point(x: float, y: float) -> str:
    """Return a point of a path."""
    return f"{svg.text_of(round(x, 1))},{svg.text_of(round(y, 1))}"


def set_line(
    x: float,
    y: float,
    said: str,
    size: float,
    colour: str,
    bold: bool = False,
    anchor: str | None = None,
) -> str:
    """Set one line from its left end, or to its right or middle by ``anchor``."""
    at: dict[str, object] = {"x": round(x, 1), "y": round(y, 1), "font_size": round(size, 2)}
    at |= {"fill": colour, "text_anchor": anchor, "font_weight": 600 if bold else None}
    return tag("text", at, svg.words(said))
