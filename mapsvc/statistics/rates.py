"""Rates with their intervals, and how far to trust them: arrays in, arrays of that shape out."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv, ndtri

from mapsvc.statistics.arrays import (
    Codes,
    Floats,
    as_counts,
    as_denominators,
    check_confidence,
    check_per,
)

CAUTION_BELOW_EVENTS = 20
"""CDC WISQARS: rates from fewer than 20 events are to be used with caution."""
UNRELIABLE_BELOW_EVENTS = 10
"""NCHS, Vital and Health Statistics series 2, number 200: fewer than 10 events."""
UNRELIABLE_ABOVE_RELATIVE_WIDTH = 1.6
"""The same standard: a relative confidence interval width above 160 %."""

RELIABLE, USE_WITH_CAUTION, UNRELIABLE = 0, 1, 2
"""Codes of ``mapsvc.model.RELIABILITIES``."""

TABLED_COUNTS = 4096
"""Limits of whole counts below this are worked out once; nearly every count is one of them."""


def poisson_limits(events: npt.ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Return the exact (Garwood) limits, in events, of Poisson counts; NaN stays NaN.

    L = χ²(α/2; 2d) / 2 with L = 0 where d = 0, U = χ²(1 - α/2; 2d + 2) / 2: Garwood, Biometrika 28
    (1936). Half a χ² quantile with 2d degrees of freedom is a gamma quantile of shape d. Raises
    ValueError for a negative or infinite count.

    >>> lower, upper = poisson_limits([0, 10])
    >>> lower.round(4).tolist(), upper.round(4).tolist()
    ([0.0, 4.7954], [3.6889, 18.3904])
    """
    check_confidence(confidence)
    counts = as_counts(events)
    flat = counts.ravel()
    tabled = (flat < TABLED_COUNTS) & (flat == np.floor(flat))
    low, high = _tabled_limits(confidence)
    # The entry past the last count is NaN: for what is missing, and for what comes next.
    index = np.where(tabled, flat, TABLED_COUNTS).astype(np.intp)
    lower, upper = low[index], high[index]
    others = ~tabled & ~np.isnan(flat)
    if others.any():
        # Counts repeat over a table, and each quantile is a numerical inversion.
        unique, inverse = np.unique(flat[others], return_inverse=True)
        low, high = _limits(unique, confidence)
        lower[others], upper[others] = low[inverse], high[inverse]
    return lower.reshape(counts.shape), upper.reshape(counts.shape)


def byar_limits(events: npt.ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Return Byar's approximate limits, in events, of Poisson counts; NaN stays NaN.

    L = d(1 - 1/9d - z/3√d)³, never below 0, and U = (d+1)(1 - 1/9(d+1) + z/3√(d+1))³, z the normal
    quantile: Breslow and Day, Statistical Methods in Cancer Research II (IARC, 1987), p. 69.
    Within 0.2 % of the exact limits from 10 events on; below that use ``poisson_limits``. Raises
    ValueError for a negative or infinite count.

    >>> lower, upper = byar_limits([0, 100])
    >>> lower.round(4).tolist(), upper.round(4).tolist()
    ([0.0, 81.3621], [3.668, 121.6279])
    """
    check_confidence(confidence)
    counts = as_counts(events)
    z = float(ndtri(1 - (1 - confidence) / 2))
    some = np.where(counts > 0, counts, 1.0)
    factor = np.maximum(1 - 1 / (9 * some) - z / (3 * np.sqrt(some)), 0.0)
    lower = np.where(np.isnan(counts), np.nan, np.where(counts > 0, counts * factor**3, 0.0))
    more = counts + 1
    return lower, more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3


def crude_rate(
    events: npt.ArrayLike, denominator: npt.ArrayLike, per: float, confidence: float = 0.95
) -> tuple[Floats, Floats, Floats]:
    """Return (rate, lower, upper) per ``per`` units of the denominator, exact Poisson limits.

    Where the denominator is missing, zero, negative or infinite there is no rate: NaN, never
    infinity. Raises ValueError for a negative or infinite count.

    >>> rate, lower, upper = crude_rate([44276.0], [1614744.0], 100_000)
    >>> round(float(rate[0]), 2)
    2741.98
    """
    check_per(per)
    counts, base = np.broadcast_arrays(as_counts(events), as_denominators(denominator))
    scale = per / base
    lower, upper = poisson_limits(counts, confidence)
    return counts * scale, lower * scale, upper * scale


def reliability(
    events: npt.ArrayLike, value: npt.ArrayLike, lower: npt.ArrayLike, upper: npt.ArrayLike
) -> Codes:
    """Return a code for each rate: 0 reliable, 1 use with caution, 2 unreliable, -1 no rate.

    >>> reliability([9, 10, 20, 0], [9, 10, 20, 0], [4.1, 4.8, 12.2, 0], [17, 18.4, 30.9, 3.7])
    array([2, 1, 0, 2], dtype=int8)
    """
    counts = np.asarray(events, dtype=np.float64)
    rates = np.asarray(value, dtype=np.float64)
    width = np.asarray(upper, dtype=np.float64) - np.asarray(lower, dtype=np.float64)
    unreliable = (counts < UNRELIABLE_BELOW_EVENTS) | (
        width > UNRELIABLE_ABOVE_RELATIVE_WIDTH * rates
    )
    codes = np.where(counts < CAUTION_BELOW_EVENTS, USE_WITH_CAUTION, RELIABLE)
    codes = np.where(unreliable, UNRELIABLE, codes)
    return np.where(np.isnan(rates), -1, codes).astype(np.int8)


@lru_cache(maxsize=8)
def _tabled_limits(confidence: float) -> tuple[Floats, Floats]:
    """Return the limits of 0, 1, ... ``TABLED_COUNTS`` - 1, and NaN after them."""
    lower, upper = _limits(np.arange(TABLED_COUNTS, dtype=np.float64), confidence)
    return np.append(lower, np.nan), np.append(upper, np.nan)


def _limits(counts: Floats, confidence: float) -> tuple[Floats, Floats]:
    alpha = 1 - confidence
    lower = np.zeros_like(counts)
    some = counts > 0
    lower[some] = gammaincinv(counts[some], alpha / 2)
    return lower, gammaincinv(counts + 1, 1 - alpha / 2)
