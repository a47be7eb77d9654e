"""Modelled rates that borrow strength from all places: never in place of the crude ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mapsvc.statistics.arrays import Floats, as_counts, as_denominators, check_per


@dataclass(frozen=True)
class Shrinkage:
    """Marshall's global empirical Bayes estimate with every number on the way to it.

    ``value`` and ``weight`` have an entry for each place, NaN for one that takes no part; the rest
    has one for all places of a row, NaN where none takes part. Rates are per person.
    """

    value: Floats
    weight: Floats
    """Of the place's own rate, from 0 to 1."""
    overall: Floats
    """θ = ΣO/ΣP, the rate of all places together."""
    spread: Floats
    """ΣP(r - θ)²/ΣP, how much the rates differ."""
    chance: Floats
    """θ/P̄, how much they would differ by chance alone."""
    between: Floats
    """σ² = max(0, spread - chance), what is left of the difference."""


def shrinkage(events: npt.ArrayLike, population: npt.ArrayLike) -> Shrinkage:
    """Return rates per person, drawn towards the rate of all places together.

    Marshall's global empirical Bayes estimator, Applied Statistics 40 (1991): θ = ΣO/ΣP,
    σ² = max(0, ΣP(r - θ)²/ΣP - θ/P̄), w = σ²/(σ² + θ/Pᵢ), value w·r + (1 - w)·θ. It lies between
    the crude rate r and θ; the fewer people live in a place, the nearer to θ. Where the rates vary
    no more than chance would make them, and where there is one place only, all are θ.

    Places are the last axis; each row along it is smoothed by itself. A place without population
    (missing, zero, negative or infinite) or with missing events takes no part and has no value:
    NaN. Raises ValueError for a negative or infinite count.
    """
    counts, base = np.broadcast_arrays(as_counts(events), as_denominators(population))
    known = np.isfinite(counts) & np.isfinite(base)
    observed, people = np.where(known, counts, 0.0), np.where(known, base, 0.0)
    places = known.sum(axis=-1, keepdims=True)
    # Where no place takes part, every number below is overwritten with NaN.
    everyone = np.where(places > 0, people.sum(axis=-1, keepdims=True), 1.0)
    overall = observed.sum(axis=-1, keepdims=True) / everyone
    own = np.where(known, people, 1.0)
    rate = observed / own
    spread = (people * (rate - overall) ** 2).sum(axis=-1, keepdims=True) / everyone
    chance = overall * places / everyone
    between = np.maximum(spread - chance, 0.0)
    total = between + overall / own
    weight = between / np.where(total > 0, total, 1.0)
    value = overall + weight * (rate - overall)
    # Rounding must not carry a value past either end.
    value = np.clip(value, np.minimum(rate, overall), np.maximum(rate, overall))

    def of_all(number: Floats) -> Floats:
        return np.where(places > 0, number, np.nan)[..., 0]

    return Shrinkage(
        np.where(known, value, np.nan),
        np.where(known, weight, np.nan),
        of_all(overall),
        of_all(spread),
        of_all(chance),
        of_all(between),
    )


def empirical_bayes(events: npt.ArrayLike, population: npt.ArrayLike, per: float) -> Floats:
    """Return the values of ``shrinkage`` per ``per`` persons; the same errors.

    >>> empirical_bayes([0, 10, 90], [1000, 1000, 10_000], 1000).round(2)
    array([5.49, 8.9 , 8.89])
    """
    check_per(per)
    return shrinkage(events, population).value * per
