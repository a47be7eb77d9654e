"""What is concluded of many places at once, so that two ways to divide can be held together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mapsvc.statistics.arrays import Codes, Floats
from mapsvc.statistics.comparison import compare, compare_with_rest
from mapsvc.statistics.rates import UNRELIABLE, crude_rate, reliability

Flags = npt.NDArray[np.bool_]


def beside_rest(events: Floats, denominator: Floats, counted: Flags, shown: Flags) -> Codes:
    """Return each place's verdict beside all others together: codes of ``VERDICTS``, -1 for none.

    ``counted`` are the places that make up the whole, ``shown`` those among them that are compared.
    None is compared where the rate of the rest is unreliable.
    """
    whole, whole_base = events[counted].sum(), denominator[counted].sum()
    own, base = np.where(shown, events, np.nan), np.where(shown, denominator, np.nan)
    found = compare_with_rest(own, base, whole, whole_base)
    rest = np.where(shown, whole - own, np.nan)
    trust = reliability(rest, *crude_rate(rest, whole_base - base, 1))
    return np.where(trust == UNRELIABLE, -1, found.verdict).astype(np.int8)


def trends(
    events: Floats,
    denominator: Floats,
    earlier_events: Floats,
    earlier_denominator: Floats,
    shown: Flags,
) -> Codes:
    """Return each place's trend since an earlier period: codes of ``TRENDS``, -1 for none.

    ``shown`` are the places whose two rates are compared.
    """
    found = compare(
        np.where(shown, events, np.nan), denominator, earlier_events, earlier_denominator
    )
    return found.verdict


def differing(own: npt.ArrayLike, other: npt.ArrayLike) -> Flags:
    """Tell where two conclusions differ; a code below 0 is none, and differs from nothing.

    >>> differing([0, 1, 2, -1], [0, 2, -1, 1])
    array([False,  True, False, False])
    """
    first, second = np.asarray(own), np.asarray(other)
    return np.asarray((first >= 0) & (second >= 0) & (first != second), dtype=bool)
