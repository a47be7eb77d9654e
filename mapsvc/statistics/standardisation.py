"""Rates adjusted for a composition such as age: strata are always the last axis of an array."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

from mapsvc.statistics.arrays import (
    Floats,
    as_counts,
    as_denominators,
    check_confidence,
    check_per,
)
from mapsvc.statistics.rates import poisson_limits

Limits = Callable[[npt.ArrayLike, float], tuple[Floats, Floats]]


def direct_rate(
    events: npt.ArrayLike,
    persons: npt.ArrayLike,
    standard: npt.ArrayLike,
    per: float,
    confidence: float = 0.95,
) -> tuple[Floats, Floats, Floats]:
    """Return the directly standardised (rate, lower, upper) per ``per`` persons, gamma interval.

    With xᵢ events and nᵢ persons in stratum i and sᵢ persons in the standard: wᵢ = sᵢ / (nᵢ Σs),
    y = Σ wᵢxᵢ, v = Σ wᵢ²xᵢ, w_m = max wᵢ. L is the α/2 quantile of a gamma distribution of shape
    y²/v and scale v/y, 0 where there are no events; U the 1 - α/2 quantile of shape
    (y + w_m)²/(v + w_m²) and scale (v + w_m²)/(y + w_m): Fay and Feuer, Statistics in Medicine 16
    (1997).

    ``events`` and ``persons`` are (..., strata), ``standard`` is (strata), of any scale. A stratum
    without weight takes no part. Where another has no persons, or its events are missing, there is
    no adjusted rate: NaN. Raises ValueError where the strata do not match, where a weight is
    missing, negative or infinite, where all are 0, and for a negative or infinite count.

    >>> rate, lower, upper = direct_rate(
    ...     [30, 25, 25, 15], [1000, 1000, 1100, 900], [1000, 900, 1000, 900], per=1)
    >>> float(rate.round(8)), float(lower.round(8)), float(upper.round(8))
    (0.02374402, 0.01920491, 0.02904848)
    """
    check_confidence(confidence)
    check_per(per)
    weights = _weights(standard)
    counts, base = as_counts(events), as_denominators(persons)
    _match("events", counts, weights)
    _match("persons", base, weights)
    used = weights > 0
    counts, weighted = counts[..., used], weights[used] / base[..., used]
    rate = (weighted * counts).sum(axis=-1)
    variance = (weighted**2 * counts).sum(axis=-1)
    largest = weighted.max(axis=-1)
    lower = _gamma_quantile((1 - confidence) / 2, rate, variance)
    upper = _gamma_quantile(1 - (1 - confidence) / 2, rate + largest, variance + largest**2)
    return rate * per, lower * per, upper * per


def expected_events(
    persons: npt.ArrayLike, standard_events: npt.ArrayLike, standard_persons: npt.ArrayLike
) -> Floats:
    """Return the events to expect at the standard's rates: Σ nᵢ Xᵢ / Nᵢ over the strata.

    ``persons`` is (..., strata), the standard's events X and persons N are (strata). A stratum in
    which nobody lives adds nothing, whatever the standard. Where its persons are missing or
    negative, or somebody lives in a stratum for which the standard has no rate, nothing can be
    expected: NaN. Raises ValueError where the strata do not match, and for a negative or infinite
    count.

    >>> expected_events([[1000, 500], [0, 500]], [20, 10], [10_000, 1_000])
    array([7., 5.])
    """
    counts, base = as_counts(standard_events), as_denominators(standard_persons)
    people = np.asarray(persons, dtype=np.float64)
    people = np.where((people >= 0) & (people < np.inf), people, np.nan)
    if counts.ndim != 1 or counts.shape != base.shape:
        raise ValueError(
            f"the standard's events and persons are of shapes {counts.shape} and {base.shape},"
            " not one number for each stratum"
        )
    _match("persons", people, counts)
    expected = np.where(people == 0, 0.0, people * (counts / base))
    return np.asarray(expected.sum(axis=-1), dtype=np.float64)


def standardised_ratio(
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    confidence: float = 0.95,
    limits: Limits = poisson_limits,
) -> tuple[Floats, Floats, Floats]:
    """Return (ratio, lower, upper) of observed to expected events: an SMR or SIR, with 1 for 1.

    The interval is that of the observed count, by ``limits``: exact Poisson limits, or Byar's
    (``mapsvc.statistics.rates.byar_limits``), divided by the expected events, which are taken as
    known. Where nothing is expected there is no ratio: NaN. Raises ValueError for a negative or
    infinite count of events.

    >>> ratio, lower, upper = standardised_ratio(30, 15.21)
    >>> float(ratio.round(2)), float(lower.round(2)), float(upper.round(2))
    (1.97, 1.33, 2.82)
    """
    check_confidence(confidence)
    counts, base = np.broadcast_arrays(as_counts(observed), as_denominators(expected))
    lower, upper = limits(counts, confidence)
    return counts / base, lower / base, upper / base


def _weights(standard: npt.ArrayLike) -> Floats:
    """Return a standard population as weights that sum to 1."""
    weights = np.asarray(standard, dtype=np.float64)
    if weights.ndim != 1 or weights.size == 0:
        raise ValueError(
            f"a standard is one weight for each stratum, not an array of shape {weights.shape}"
        )
    if not np.all(np.isfinite(weights)):
        raise ValueError("a weight of the standard is missing or infinite")
    if np.any(weights < 0):
        raise ValueError("a weight of the standard is negative")
    total = float(weights.sum())
    if total == 0:
        raise ValueError("the weights of the standard sum to 0")
    return weights / total


def _match(what: str, values: Floats, standard: Floats) -> None:
    strata = values.shape[-1] if values.ndim else 1
    if strata != standard.size:
        raise ValueError(f"{strata} strata of {what}, but {standard.size} of the standard")


def _gamma_quantile(probability: float, mean: Floats, variance: Floats) -> Floats:
    """Return the quantile of gamma distributions by mean and variance; 0 where the mean is 0."""
    nothing = mean == 0
    shape = mean**2 / np.where(nothing, 1.0, variance)
    scale = variance / np.where(nothing, 1.0, mean)
    inverse = gammaincinv(np.where(nothing, 1.0, shape), probability)
    return np.asarray(np.where(nothing, 0.0, inverse * scale), dtype=np.float64)
