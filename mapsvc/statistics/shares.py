"""Shares of a whole with their intervals, such as the records whose group is unknown."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from mapsvc.statistics.arrays import Floats, as_counts, check_confidence


def share(
    part: npt.ArrayLike, whole: npt.ArrayLike, confidence: float = 0.95
) -> tuple[Floats, Floats, Floats]:
    """Return (share, lower, upper), each from 0 to 1, with Wilson's score interval.

    p = part / whole, limits (p + z²/2n ± z√(p(1 - p)/n + z²/4n²)) / (1 + z²/n): Wilson, Journal of
    the American Statistical Association 22 (1927); method 3 of Newcombe, Statistics in Medicine 17
    (1998). Where the whole is missing or 0 there is no share: NaN. The share of records with group
    unknown, which stands beside every disparity ratio, is ``share(unknown, records)``. Raises
    ValueError for a negative or infinite count, and where a part is larger than its whole.

    >>> value, lower, upper = share([81, 0], [263, 20])
    >>> lower.round(4).tolist(), upper.round(4).tolist()
    ([0.2553, 0.0], [0.3662, 0.1611])
    """
    check_confidence(confidence)
    parts, wholes = np.broadcast_arrays(as_counts(part), as_counts(whole))
    if np.any(parts > wholes):
        raise ValueError("a part cannot be larger than its whole")
    z = float(ndtri(1 - (1 - confidence) / 2))
    size = np.where(wholes > 0, wholes, np.nan)
    value = parts / size
    centre = value + z**2 / (2 * size)
    spread = z * np.sqrt(value * (1 - value) / size + (z / (2 * size)) ** 2)
    stretch = 1 + z**2 / size
    # At 0 and at the whole the limit is the share itself, which rounding would miss.
    lower = np.where(value == 0, 0.0, (centre - spread) / stretch)
    upper = np.where(value == 1, 1.0, (centre + spread) / stretch)
    return value, lower, upper
