"""What the functions of this package ask of their arrays, in one place."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]


def as_counts(values: npt.ArrayLike, what: str = "a count of events") -> Floats:
    """Return counts as floats, NaN where missing; ValueError where one is negative or infinite."""
    counts = np.asarray(values, dtype=np.float64)
    if np.any(counts < 0) or np.any(np.isinf(counts)):
        raise ValueError(f"{what} cannot be negative or infinite")
    return counts


def as_denominators(values: npt.ArrayLike) -> Floats:
    """Return denominators as floats, NaN where nothing can be divided by them.

    That is where one is missing, zero, negative or infinite: there is no rate then.

    >>> as_denominators([100, 0, -5, float("nan")])
    array([100.,  nan,  nan,  nan])
    """
    base = np.asarray(values, dtype=np.float64)
    return np.where((base > 0) & (base < np.inf), base, np.nan)


def check_confidence(confidence: float) -> None:
    """Raise ValueError where a level of confidence is not between 0 and 1."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence!r}, not a number between 0 and 1")


def check_per(per: float) -> None:
    """Raise ValueError where a rate is to be given per nothing, per less, or without end."""
    if not 0 < per < np.inf:
        raise ValueError(f"per is {per!r}, not a number above 0")
