"""Class breaks for maps: mapclassify's schemes over values pooled from many periods."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SCHEMES: Mapping[str, Callable[[Floats, int], Floats]] = {
    "quantiles": lambda values, count: _library().Quantiles(values, k=count).bins,
    "fisher_jenks": lambda values, count: _library().FisherJenks(values, k=count).bins,
    "equal_interval": lambda values, count: _library().EqualInterval(values, k=count).bins,
    "head_tail": lambda values, _: _library().HeadTailBreaks(values).bins,
    "max_breaks": lambda values, count: _library().MaximumBreaks(values, k=count).bins,
    "pretty": lambda values, count: _library().PrettyBreaks(values, k=count).bins,
}
"""Upper bounds of the classes, by scheme."""


def _library() -> Any:
    """Return mapclassify, which is loaded when breaks are first asked for.

    With what it brings it is 70 MB, and a service whose readers keep to the classes of the release
    never needs it.
    """
    import mapclassify

    return mapclassify


SIGNIFICANT_DIGITS = 3


def class_breaks(values: npt.ArrayLike, scheme: str, count: int) -> list[float]:
    """Return the upper bound of each class, rising, the last at or above the largest value.

    Missing values are left out. Bounds are rounded to three significant digits, as a legend shows
    them, so that a legend and a colour cannot disagree; where values tie, there are fewer classes.
    No values, no classes. Raises KeyError for a scheme that is not in SCHEMES.

    >>> class_breaks([1, 2, 3, 4, float("nan")], "quantiles", 2)
    [2.5, 4.0]
    """
    scheme_bins = SCHEMES[scheme]
    data = np.asarray(values, dtype=np.float64).ravel()
    data = data[np.isfinite(data)]
    distinct = np.unique(data)
    if distinct.size == 0:
        return []
    if distinct.size <= 2 or (distinct.size <= count and scheme != "head_tail"):
        bins = distinct
    else:
        with warnings.catch_warnings():
            # Ties make fewer classes than asked for, which is what a reader should see.
            warnings.filterwarnings("ignore", message="Not enough unique values")
            # The values of one indicator are too few to miss the compiler that this asks for.
            warnings.filterwarnings("ignore", message="Numba not installed")
            bins = scheme_bins(data, count)
    rounded = [_round(float(bound)) for bound in bins]
    rounded[-1] = max(rounded[-1], _round(float(distinct[-1]), up=True))
    return sorted(set(rounded))


def thinned(values: npt.ArrayLike, most: int) -> Floats:
    """Return at most so many of the known values, sorted, evenly spaced by rank, ends included.

    For schemes whose time grows with the square of the number of values.

    >>> thinned([5, 1, 2, 3, 4, float("nan")], 3)
    array([1., 3., 5.])
    """
    data = np.asarray(values, dtype=np.float64).ravel()
    data = np.sort(data[np.isfinite(data)])
    if data.size <= most:
        return data
    return data[np.linspace(0, data.size - 1, most).round().astype(np.intp)]


def covering(breaks: Sequence[float], values: npt.ArrayLike) -> list[float]:
    """Return given upper bounds, with one more where the largest value is above the last.

    >>> covering([1.0, 2.0], [0.5, 7.123])
    [1.0, 2.0, 7.13]
    """
    data = np.asarray(values, dtype=np.float64)
    data = data[np.isfinite(data)]
    bounds = sorted(set(breaks))
    if data.size and (not bounds or data.max() > bounds[-1]):
        bounds.append(_round(float(data.max()), up=True))
    return bounds


def reaching(breaks: Sequence[float], values: npt.ArrayLike) -> list[float]:
    """Return upper bounds of other values of the same kind, the last raised to the largest value.

    As many classes are left as there were, so that each keeps its colour.

    >>> reaching([1.0, 2.0], [0.5, 7.123]), reaching([1.0, 2.0], [0.5])
    ([1.0, 7.13], [1.0, 2.0])
    """
    bounds = covering(breaks, values)
    return [*breaks[:-1], bounds[-1]] if breaks else bounds


def classify(values: npt.ArrayLike, breaks: Sequence[float]) -> npt.NDArray[np.int8]:
    """Return the 0-based class of each value, -1 where it is missing.

    A value on a bound is in the class below it; one above the last bound is in the last class.

    >>> classify([1.0, 2.5, 2.6, float("nan"), 9.0], [2.5, 4.0])
    array([ 0,  0,  1, -1,  1], dtype=int8)
    """
    data = np.asarray(values, dtype=np.float64)
    if not breaks:
        return np.full(data.shape, -1, dtype=np.int8)
    classes = np.minimum(np.searchsorted(np.asarray(breaks), data, side="left"), len(breaks) - 1)
    return np.where(np.isnan(data), -1, classes).astype(np.int8)


def _round(value: float, up: bool = False) -> float:
    if value == 0:
        return 0.0
    digits = SIGNIFICANT_DIGITS - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, digits)
    if up and rounded < value:
        rounded = round(rounded + 10.0**-digits, digits)
    return rounded
