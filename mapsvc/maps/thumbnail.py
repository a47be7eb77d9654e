"""Small pictures of a layer for lists: simplified shapes, drawn once a page, coloured often.

The shapes are SVG symbols that every picture on a page refers to, so a picture costs a class a
jurisdiction. Colours come from the style sheet: ``q0`` to ``q8`` by class, ``q-none`` without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mapsvc.model import RELIABILITIES, STATUSES, Reliability, Status
from mapsvc.release.reader import LayerTable, ValueSlice

_LARGEST = 14.0


@dataclass(frozen=True)
class Outlines:
    """The shapes of a layer for pictures ``mapsvc.tiles.sketch.WIDTH`` wide."""

    layer: str
    height: int
    paths: Sequence[tuple[int, str]]
    """(row of the layer, SVG path)."""
    points: npt.NDArray[np.float64]
    """(jurisdictions, 2): where a symbol stands; NaN where nowhere."""


@dataclass(frozen=True)
class Mark:
    """One jurisdiction in a picture: a shape with a class, or a circle."""

    row: int
    klass: str
    x: float = 0.0
    y: float = 0.0
    radius: float = 0.0


def outlines(table: LayerTable, height: int) -> Outlines:
    """Return the shapes that the release has drawn of a layer, ``height`` units high."""
    paths = [(row, path) for row, path in enumerate(table.sketch) if path is not None]
    return Outlines(table.key, height, paths, table.sketch_points)


def areas(drawn: Outlines, column: ValueSlice) -> list[Mark]:
    """Return the class of a rate for each shape; an unreliable one is not shown."""
    unreliable = RELIABILITIES.index(Reliability.UNRELIABLE)
    shown = (column.klass >= 0) & (column.reliability != unreliable)
    return [
        Mark(row, f"q{column.klass[row]}" if shown[row] else "q-none") for row, _ in drawn.paths
    ]


def circles(drawn: Outlines, column: ValueSlice) -> list[Mark]:
    """Return a circle for each count above zero, its area in proportion, the largest first."""
    known = (column.status == STATUSES.index(Status.OK)) & (column.value > 0)
    rows = np.flatnonzero(known & np.isfinite(drawn.points).all(axis=1))
    largest = column.value[rows].max(initial=1.0)
    radii = _LARGEST * np.sqrt(column.value[rows] / largest)
    order = np.argsort(-radii, kind="stable")
    return [
        Mark(int(row), "", float(x), float(y), round(float(radius), 1))
        for row, (x, y), radius in zip(
            rows[order], np.round(drawn.points[rows[order]], 1), radii[order], strict=True
        )
    ]
