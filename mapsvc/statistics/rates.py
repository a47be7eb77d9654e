"""Rates with their intervals, and how far to trust them: arrays in, arrays of that shape out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

Floats = npt.NDArray[np.float64]

CAUTION_BELOW_EVENTS = 20
"""CDC WISQARS: rates from fewer than 20 events are to be used with caution."""
UNRELIABLE_BELOW_EVENTS = 10
"""NCHS, Vital and Health Statistics series 2, number 200: fewer than 10 events."""
UNRELIABLE_ABOVE_RELATIVE_WIDTH = 1.6
"""The same standard: a relative confidence interval width above 160 %."""

RELIABLE, USE_WITH_CAUTION, UNRELIABLE = 0, 1, 2
"""Codes of ``mapsvc.model.RELIABILITIES``."""


def poisson_limits(events: npt.ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Return the exact (Garwood) limits, in events, of Poisson counts; NaN stays NaN.

    L = χ²(α/2; 2d) / 2 with L = 0 where d = 0, U = χ²(1 - α/2; 2d + 2) / 2: Garwood, Biometrika 28
    (1936). Half a χ² quantile with 2d degrees of freedom is a gamma quantile of shape d. Raises
    ValueError for a negative or infinite count.

    >>> lower, upper = poisson_limits([0, 10])
    >>> lower.round(4).tolist(), upper.round(4).tolist()
    ([0.0, 4.7954], [3.6889, 18.3904])
    """
    counts = np.asarray(events, dtype=np.float64)
    if np.any(counts < 0) or np.any(np.isinf(counts)):
        raise ValueError("a count of events cannot be negative or infinite")
    # Counts repeat many times over a table, and each quantile is a numerical inversion.
    unique, inverse = np.unique(counts, return_inverse=True)
    alpha = 1 - confidence
    lower = np.zeros_like(unique)
    some = unique > 0
    lower[some] = gammaincinv(unique[some], alpha / 2)
    lower[np.isnan(unique)] = np.nan
    upper = gammaincinv(unique + 1, 1 - alpha / 2)
    return lower[inverse].reshape(counts.shape), upper[inverse].reshape(counts.shape)


def crude_rate(
    events: npt.ArrayLike, denominator: npt.ArrayLike, per: float, confidence: float = 0.95
) -> tuple[Floats, Floats, Floats]:
    """Return (rate, lower, upper) per ``per`` units of the denominator, exact Poisson limits.

    Where the denominator is missing, zero or negative there is no rate: NaN, never infinity.

    >>> rate, lower, upper = crude_rate([44276.0], [1614744.0], 100_000)
    >>> round(float(rate[0]), 2)
    2741.98
    """
    counts, base = np.broadcast_arrays(
        np.asarray(events, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    )
    scale = np.divide(per, base, out=np.full(base.shape, np.nan), where=base > 0)
    lower, upper = poisson_limits(counts, confidence)
    return counts * scale, lower * scale, upper * scale


def reliability(
    events: npt.ArrayLike, value: npt.ArrayLike, lower: npt.ArrayLike, upper: npt.ArrayLike
) -> npt.NDArray[np.int8]:
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
