"""Colours of the ground, the outlines and the marks, read from the style sheet of the map.

The sheet says each colour once, for a light and for a dark page; whatever draws the map elsewhere,
in a style or a picture, reads it here. The colours of classes are ``mapsvc.maps.palette``'s.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from mapsvc import resources
from mapsvc.errors import UnknownNameError

THEMES = ("light", "dark")
"""The first is the default."""

_SHEET = "css/map.css"
_PAGE_SHEET = "css/base.css"
_DARK = "@media (prefers-color-scheme: dark)"
_PROPERTY = re.compile(r"--map-([a-z-]+):\s*([^;]+);")
_PAPER = re.compile(r"--([a-z]+):\s*(#[0-9a-f]{6});")
_PAPER_NAMES = ("page", "ink", "quiet", "line", "accent", "warn")
_HEX = re.compile(r"#[0-9a-f]{6}")
_RGB = re.compile(r"rgb\((\d+) (\d+) (\d+) / (\d+)%\)")


def colours(theme: str) -> Mapping[str, str]:
    """Return the colours of ``light`` or ``dark`` by name, as ``#rrggbb`` or ``rgba(r, g, b, a)``.

    Every reader of styles knows these two forms; few know the style sheet's. Raises
    UnknownNameError for another theme, and ValueError where the sheet has a form of its own.

    >>> colours("light")["symbol"]
    'rgba(24, 98, 148, 0.72)'
    """
    if theme not in THEMES:
        raise UnknownNameError("theme", theme, THEMES)
    return _colours(theme)


@lru_cache(maxsize=len(THEMES))
def _colours(theme: str) -> Mapping[str, str]:
    sheet = (resources.static() / _SHEET).read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)
    light, dark = (dict(_PROPERTY.findall(block)) for block in blocks)
    if sheet.index(_DARK) < sheet.index(":root") or set(light) != set(dark):
        raise ValueError(f"{_SHEET} does not give the same colours for a light and a dark page")
    return {name: _plain(text) for name, text in (light if theme == "light" else dark).items()}


def paper(theme: str) -> Mapping[str, str]:
    """Return the colours of a page: ``page``, ``ink``, ``quiet``, ``line``, ``accent``, ``warn``.

    Raises UnknownNameError for an unknown theme.

    >>> paper("light")["page"]
    '#ffffff'
    """
    if theme not in THEMES:
        raise UnknownNameError("theme", theme, THEMES)
    return _paper(theme)


@lru_cache(maxsize=len(THEMES))
def _paper(theme: str) -> Mapping[str, str]:
    sheet = (resources.static() / _PAGE_SHEET).read_text("utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)[:2]
    found = dict(_PAPER.findall(light if theme == "light" else dark))
    return {name: found[name] for name in _PAPER_NAMES}


def rgba(colour: str) -> tuple[int, int, int, float]:
    """Return red, green and blue from 0 to 255 and the opacity from 0 to 1.

    >>> rgba("#0b1015"), rgba("rgba(24, 98, 148, 0.72)")
    ((11, 16, 21, 1.0), (24, 98, 148, 0.72))
    """
    if _HEX.fullmatch(colour):
        return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16), 1.0
    red, green, blue, alpha = colour.removeprefix("rgba(").removesuffix(")").split(",")
    return int(red), int(green), int(blue), float(alpha)


def _plain(text: str) -> str:
    found = _RGB.fullmatch(text)
    if found:
        red, green, blue, percent = found.groups()
        return f"rgba({red}, {green}, {blue}, {int(percent) / 100:g})"
    if not _HEX.fullmatch(text):
        raise ValueError(f"{_SHEET}: {text!r} is neither #rrggbb nor rgb(r g b / a%)")
    return text
