"""How far a reader may pan from what a map is of."""

from __future__ import annotations

from collections.abc import Sequence

_MARGIN = 0.6
"""How far a map can be dragged beyond what it shows first, in widths of that."""
_EDGE = 85.0
"""Degrees of latitude where Web Mercator ends."""


def limits(bounds: Sequence[float]) -> list[float]:
    """Return west, south, east, north, in degrees, around ``bounds`` with room to each side.

    >>> limits((-120.0, 30.0, -110.0, 40.0))
    [-126.0, 24.0, -104.0, 46.0]
    """
    west, south, east, north = bounds
    across, up = _MARGIN * (east - west), _MARGIN * (north - south)
    return [west - across, max(south - up, -_EDGE), east + across, min(north + up, _EDGE)]
