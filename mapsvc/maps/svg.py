"""SVG as text: elements whose words are escaped, lines broken without a font, hatches as patterns.

Looks are attributes, never a style sheet: a content security policy may forbid one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape

from mapsvc.maps.sprite import DRAWINGS, Dot, Line, Shape
from mapsvc.maps.theme import rgba

FONTS = "system-ui, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif"

_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot say, not even escaped."""
_ADVANCES: Mapping[float, str] = {
    0.28: " ijl!,.:;I’'|`",
    0.38: "()/[]\\ft1r",
    0.48: '"-^_{}“”*?–',
    0.58: "7JLaksvxyzc",
    0.64: "235689EFbdeghnopqu",
    0.68: "04#$&+<=>BKPRSTZ~",
    0.77: "ACDGHNOQUVXY",
    0.92: "Mmw…",
    1.02: "W%@",
}
"""Widths in ems of a wide face's letters: lines that fit in it fit in what a system has instead."""
_WIDTHS = {letter: width for width, letters in _ADVANCES.items() for letter in letters}
_OTHER_LETTER, _WIDE_LETTER = 0.66, 1.02
_WIDE_FROM = "\u1100"
"""From here on most scripts have letters as wide as they are high."""


def tag(name: str, attributes: Mapping[str, object], *content: str) -> str:
    """Return an element around finished markup; attributes are escaped, None leaves one out."""
    written = "".join(
        f' {key.replace("_", "-")}="{escape(text_of(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(content)
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


def text_of(value: object) -> str:
    """Write a value for markup: numbers short, texts without what XML forbids. Not escaped.

    >>> text_of(0.3000001), text_of(12.0), text_of("a\\x00b")
    ('0.3', '12', 'ab')
    """
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return _FORBIDDEN.sub("", str(value))


def words(text: str) -> str:
    """Return a text as markup, on one line.

    >>> words("a <b>  c")
    'a &lt;b&gt; c'
    """
    return escape(" ".join(text_of(text).split()), quote=False)


def measure(text: str, size: float, bold: bool = False) -> float:
    """Return how wide a text is at most, about, in the units of its ``size``."""
    ems = sum(
        _WIDTHS.get(letter, _WIDE_LETTER if letter >= _WIDE_FROM else _OTHER_LETTER)
        for letter in text
    )
    return ems * size * (1.03 if bold else 1.0)


@lru_cache(maxsize=512)
def wrap(text: str, width: float, size: float, bold: bool = False) -> tuple[str, ...]:
    """Break a text into lines no wider than ``width``; a word that is wider is broken too."""
    lines: list[str] = []
    line = ""
    for word in text_of(text).split():
        longer = f"{line} {word}" if line else word
        if measure(longer, size, bold) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        while measure(word, size, bold) > width and len(word) > 1:
            fits = next(
                n for n in range(len(word) - 1, 0, -1)
                if n == 1 or measure(word[:n], size, bold) <= width
            )  # fmt: skip
            lines.append(word[:fits])
            word = word[fits:]
        line = word
    return (*lines, line) if line else tuple(lines)


def paint(colour: str, name: str = "fill") -> dict[str, object]:
    """Return a colour of the theme as attributes that every reader of SVG knows.

    >>> paint("rgba(24, 98, 148, 0.72)")
    {'fill': '#186294', 'fill-opacity': 0.72}
    """
    red, green, blue, alpha = rgba(colour)
    solid = f"#{red:02x}{green:02x}{blue:02x}"
    return {name: solid} if alpha == 1 else {name: solid, f"{name}-opacity": alpha}


def pattern(identifier: str, drawing: str, ground: str, ink: str) -> str:
    """Return a hatch of the map over a ground of its own, so that one shape needs one fill."""
    side = DRAWINGS[drawing].side
    (_, shapes), *_ = DRAWINGS[drawing].layers
    return tag(
        "pattern",
        {"id": identifier, "width": side, "height": side, "patternUnits": "userSpaceOnUse"},
        tag("rect", {"width": side, "height": side, **paint(ground)}),
        *(_shape(each, ink) for each in shapes),
    )


def rescaled(identifier: str, of: str, scale: float) -> str:
    """Return a pattern like another, for a group that is drawn ``scale`` times as large."""
    turned = f"scale({text_of(1 / scale)})"
    return tag("pattern", {"id": identifier, "href": f"#{of}", "patternTransform": turned})


def mark(drawing: str, x: float, y: float, colours: Mapping[str, str]) -> str:
    """Return the mark of a status with its middle at a point."""
    found = DRAWINGS[drawing]
    half = found.side / 2
    drawn = [_shape(each, colours[name]) for name, shapes in found.layers for each in shapes]
    return tag("g", {"transform": f"translate({text_of(x - half)} {text_of(y - half)})"}, *drawn)


def _shape(shape: Shape, ink: str) -> str:
    if isinstance(shape, Line):
        ends: Sequence[float] = (shape.x0, shape.y0, shape.x1, shape.y1)
        x0, y0, x1, y1 = map(text_of, map(float, ends))
        d = f"M{x0},{y0}L{x1},{y1}"
        return tag("path", {"d": d, "stroke-width": float(shape.width), **paint(ink, "stroke")})
    if isinstance(shape, Dot):
        at = {"cx": float(shape.x), "cy": float(shape.y), "r": float(shape.radius)}
        return tag("circle", {**at, **paint(ink)})
    side = float(shape.high - shape.low)
    corner = {"x": float(shape.low), "y": float(shape.low), "width": side, "height": side}
    return tag("rect", {**corner, **paint(ink)})
