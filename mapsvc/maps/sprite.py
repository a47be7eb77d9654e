"""Hatches and marks as the images of a sprite: what a style draws where there is no colour.

The same drawings as ``static/js/patterns.js`` and ``drawSymbol`` of ``static/js/style.js``, in
their coordinates; a test in a browser compares the two pixel by pixel.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mapsvc.maps.theme import colours, rgba

PATTERN_SIDE = 8
"""CSS pixels after which a hatch repeats."""
MARK_SIDE = 12
RATIOS = (1, 2)
"""Device pixels a CSS pixel, for which there is a sprite each."""

_FINE = 16
"""Samples across a pixel, by which the coverage of its edge is measured."""

Mask = NDArray[np.bool_]
Samples = NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """A stroke with flat ends."""

    x0: float
    y0: float
    x1: float
    y1: float
    width: float

    def covers(self, x: Samples, y: Samples) -> Mask:
        dx, dy = self.x1 - self.x0, self.y1 - self.y0
        length = np.hypot(dx, dy)
        along = ((x - self.x0) * dx + (y - self.y0) * dy) / length
        across = ((x - self.x0) * dy - (y - self.y0) * dx) / length
        inside: Mask = (np.abs(across) <= self.width / 2) & (along >= 0) & (along <= length)
        return inside


@dataclass(frozen=True)
class Dot:
    """A filled circle."""

    x: float
    y: float
    radius: float

    def covers(self, x: Samples, y: Samples) -> Mask:
        inside: Mask = np.hypot(x - self.x, y - self.y) <= self.radius
        return inside


@dataclass(frozen=True)
class Square:
    """A filled square, from ``low`` to ``high`` on both axes."""

    low: float
    high: float

    def covers(self, x: Samples, y: Samples) -> Mask:
        inside: Mask = (np.minimum(x, y) >= self.low) & (np.maximum(x, y) <= self.high)
        return inside


Shape = Line | Dot | Square


@dataclass(frozen=True)
class Drawing:
    """An image: ``layers`` are painted in turn, each a colour of the theme and its shapes."""

    side: int
    layers: Sequence[tuple[str, Sequence[Shape]]]


def _lines(width: float, *ends: tuple[float, float, float, float]) -> list[Shape]:
    return [Line(*points, width) for points in ends]


_MIDDLE = MARK_SIDE / 2

DRAWINGS: Mapping[str, Drawing] = {
    "not_reported": Drawing(
        PATTERN_SIDE,
        [("empty-mark", _lines(1, (-2, 10, 10, -2), (-2, 2, 2, -2), (6, 10, 10, 6)))],
    ),
    "not_applicable": Drawing(PATTERN_SIDE, [("empty-mark", [Dot(2, 2, 1.1), Dot(6, 6, 1.1)])]),
    "suppressed": Drawing(PATTERN_SIDE, [("empty-mark", _lines(1, (0, 0, 8, 8), (8, 0, 0, 8)))]),
    "unreliable": Drawing(
        PATTERN_SIDE,
        [("empty-mark", _lines(0.8, (-2, -2, 10, 10), (-2, 6, 2, 10), (6, -2, 10, 2)))],
    ),
    "use_with_caution": Drawing(PATTERN_SIDE, [("mark", [Dot(4, 4, 0.9)])]),
    "mark-not_reported": Drawing(
        MARK_SIDE,
        [
            (
                "empty-mark",
                _lines(
                    1.4,
                    (_MIDDLE - 3, _MIDDLE - 3, _MIDDLE + 3, _MIDDLE + 3),
                    (_MIDDLE + 3, _MIDDLE - 3, _MIDDLE - 3, _MIDDLE + 3),
                ),
            )
        ],
    ),
    "mark-suppressed": Drawing(
        MARK_SIDE,
        [
            ("empty-mark", [Square(_MIDDLE - 3.5, _MIDDLE + 3.5)]),
            ("empty", [Square(_MIDDLE - 2.5, _MIDDLE + 2.5)]),
        ],
    ),
    "mark-not_applicable": Drawing(MARK_SIDE, [("empty-mark", [Dot(_MIDDLE, _MIDDLE, 1.5)])]),
}
"""By the name of an image: a status or reliability as a hatch, and, for counts, as a mark."""


@dataclass(frozen=True)
class Sprite:
    """A sheet of images, and where each is in it."""

    index: Mapping[str, Mapping[str, Any]]
    png: bytes


@lru_cache(maxsize=4)
def sprite(theme: str, ratio: int) -> Sprite:
    """Return the sprite of a theme at 1 or 2 device pixels a CSS pixel: the same bytes each time.

    Raises UnknownNameError for an unknown theme and ValueError for another ratio.
    """
    if ratio not in RATIOS:
        raise ValueError(f"There are sprites at {RATIOS} pixels a pixel, not {ratio}")
    ink = colours(theme)
    width = ratio * sum(drawing.side for drawing in DRAWINGS.values())
    sheet = np.zeros((ratio * MARK_SIDE, width, 4), dtype=np.uint8)
    index: dict[str, Mapping[str, Any]] = {}
    left = 0
    for name, drawing in DRAWINGS.items():
        side = ratio * drawing.side
        sheet[:side, left : left + side] = pixels(drawing, ink, ratio)
        index[name] = {"x": left, "y": 0, "width": side, "height": side, "pixelRatio": ratio}
        left += side
    return Sprite(index, png(sheet))


def pixels(drawing: Drawing, ink: Mapping[str, str], ratio: int) -> NDArray[np.uint8]:
    """Paint a drawing: (side, side, 4), red, green, blue and opacity from 0 to 255."""
    side = ratio * drawing.side
    at = (np.arange(side * _FINE) + 0.5) / (ratio * _FINE)
    x, y = np.meshgrid(at, at)
    painted = np.zeros((side, side, 4))  # colours weighed by their opacity
    for name, shapes in drawing.layers:
        red, green, blue, alpha = rgba(ink[name])
        inside = np.logical_or.reduce([shape.covers(x, y) for shape in shapes])
        coverage = inside.reshape(side, _FINE, side, _FINE).mean(axis=(1, 3)) * alpha
        colour = np.array([red, green, blue, 255.0])
        painted = coverage[..., None] * colour + (1 - coverage[..., None]) * painted
    opacity = painted[..., 3:] / 255
    straight = np.divide(painted[..., :3], opacity, where=opacity > 0, out=painted[..., :3] * 0)
    image: NDArray[np.uint8] = np.rint(np.dstack([straight, painted[..., 3:]])).astype(np.uint8)
    return image


def png(image: NDArray[np.uint8]) -> bytes:
    """Encode an image of shape (height, width, 4) as PNG (W3C PNG, third edition, 11).

    Written here because a sprite is all that needs it: an image library would be a dependency for
    a dozen lines.
    """
    height, width, _ = image.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), image.reshape(height, -1)], axis=1)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
