"""Modelled rates that borrow strength from all places: never in place of the crude ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mapsvc.statistics.arrays import Floats, as_counts, as_denominators, check_per


def empirical_bayes(events: npt.ArrayLike, population: npt.ArrayLike, per: float) -> Floats:
    """Return rates per ``per`` persons, drawn towards the rate of all places together.

    Marshall's global empirical Bayes estimator, Applied Statistics 40 (1991): θ = ΣO/ΣP,
    σ² = max(0, ΣP(r - θ)²/ΣP - θ/P̄), w = σ²/(σ² + θ/Pᵢ), value w·r + (1 - w)·θ. It lies between
    the crude rate r and θ; the fewer people live in a place, the nearer to θ. Where the rates vary
    no more than chance would make them, and where there is one place only, all are θ.

    Places are the last axis; each row along it is smoothed by itself. A place without population
    (missing, zero, negative or infinite) or with missing events takes no part and has no value:
    NaN. Raises ValueError for a negative or infinite count.

    >>> empirical_bayes([0, 10, 90], [1000, 1000, 10_000], 1000).round(2)
    array([5.49, 8.9 , 8.89])
    """
    check_per(per)
    counts, base = np.broadcast_arrays(as_counts(events), as_denominators(population))
    known = np.isfinite(counts) & np.isfinite(base)
    observed, people = np.where(known, counts, 0.0), np.where(known, base, 0.0)
    places = known.sum(axis=-1, keepdims=True)
    everyone = people.sum(axis=-1, keepdims=True)
    # Where no place takes part, every value below is overwritten with NaN.
    divisor = np.where(places > 0, everyone, 1.0)
    overall = observed.sum(axis=-1, keepdims=True) / divisor
    own = np.where(known, people, 1.0)
    rate = observed / own
    spread = (people * (rate - overall) ** 2).sum(axis=-1, keepdims=True) / divisor
    between = np.maximum(spread - overall * places / divisor, 0.0)
    total = between + overall / own
    weight = between / np.where(total > 0, total, 1.0)
    value = overall + weight * (rate - overall)
    # Rounding must not carry a value past either end.
    value = np.clip(value, np.minimum(rate, overall), np.maximum(rate, overall))
    return np.where(known, value * per, np.nan)
