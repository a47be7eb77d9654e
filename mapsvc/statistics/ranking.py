"""Ranks of places with their ranges; never shown unasked, and not of small places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

from mapsvc.statistics.arrays import Floats, as_counts, as_denominators, check_confidence

FEWEST_RESIDENTS_FOR_RANK = 50_000
PAIRS_AT_ONCE = 1_000_000
"""So that thousands of places do not need gigabytes."""

Ranks = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Ranking:
    """Ranks of places, 1 for the highest rate, 0 for a place without a rank."""

    rank: Ranks
    """One more than the places with a higher rate; equal rates share a rank."""
    best: Ranks
    """One more than the places whose rate is distinguishably higher."""
    worst: Ranks
    """The number of places with a rank, less those whose rate is distinguishably lower."""
    ranked: int
    """How many places have a rank."""


def ranks(
    events: npt.ArrayLike,
    denominator: npt.ArrayLike,
    residents: npt.ArrayLike,
    confidence: float = 0.95,
) -> Ranking:
    """Rank places by rate, each with its range by pairwise comparison.

    Two rates are distinguishable where the exact conditional interval of their ratio
    (``mapsvc.statistics.comparison.rate_ratio``) does not have 1; the confidence is that of each
    comparison. The range always has the rank itself, and needs no random numbers. Places with fewer
    than 50,000 residents, without a rate, or with residents missing have no rank and do not count
    in those of others. ``residents`` is the denominator itself where rates are per residents.
    Arrays have one entry for each place. Raises ValueError where they do not, and for a negative or
    infinite count.

    >>> found = ranks([900, 500, 480, 9], [1e6, 1e6, 1e6, 1e4], [1e6, 1e6, 1e6, 1e4])
    >>> found.rank.tolist(), found.best.tolist(), found.worst.tolist(), found.ranked
    ([1, 2, 3, 0], [1, 2, 2, 0], [1, 3, 3, 0], 3)
    """
    check_confidence(confidence)
    counts, base, people = (
        as_counts(events),
        as_denominators(denominator),
        as_denominators(residents),
    )
    if counts.ndim != 1 or not counts.shape == base.shape == people.shape:
        raise ValueError("events, denominator and residents must have one entry for each place")
    places = np.flatnonzero(
        np.isfinite(counts) & np.isfinite(base) & (people >= FEWEST_RESIDENTS_FOR_RANK)
    )
    places = places[np.argsort(counts[places] / base[places], kind="stable")]
    own, size = counts[places], base[places]
    rate = own / size
    lower_than, higher_than = np.zeros((2, places.size), dtype=np.int64)
    start = 0
    while start < places.size:
        # Rates rise, so that only the columns from the row on can be distinguishably higher.
        stop = start + max(1, PAIRS_AT_ONCE // (places.size - start))
        above = _higher(
            own[start:], size[start:], own[start:stop, None], size[start:stop, None], confidence
        )
        lower_than[start:stop] = above.sum(axis=1)
        higher_than[start:] += above.sum(axis=0)
        start = stop
    rank, best, worst = np.zeros((3, counts.size), dtype=np.int32)
    rank[places] = 1 + places.size - np.searchsorted(rate, rate, side="right")
    best[places] = 1 + lower_than
    worst[places] = places.size - higher_than
    return Ranking(rank, best, worst, places.size)


def _higher(
    a: Floats, base: Floats, b: Floats, their_base: Floats, confidence: float
) -> npt.NDArray[np.bool_]:
    """Return where the lower limit of the ratio of a's rate to b's is above 1.

    That is where a or more of a + b events would come by a chance below α/2 at equal rates, which
    is quicker to find out than the limit.
    """
    chance = betainc(np.where(a > 0, a, 1.0), b + 1, base / (base + their_base))
    return np.asarray((a > 0) & (chance < (1 - confidence) / 2), dtype=np.bool_)
