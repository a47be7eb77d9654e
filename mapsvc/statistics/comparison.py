"""Two rates side by side: higher or lower, rising or falling, and how far apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainccinv, betaincinv

from mapsvc.statistics.arrays import Codes, Floats, as_counts, as_denominators, check_confidence

HIGHER, LOWER, NOT_DISTINGUISHABLE = 0, 1, 2
"""Codes of ``VERDICTS`` and ``TRENDS``; -1 where there is nothing to compare."""
VERDICTS = ("higher", "lower", "not_distinguishable")
"""Of one place beside another."""
TRENDS = ("rising", "falling", "stable")
"""Of one period beside an earlier one."""

COMPARED, TOO_FEW_EVENTS, NO_DENOMINATOR, NOT_REPORTED = 0, 1, 2, 3
"""Codes of ``DISPARITY_STATUSES``."""
DISPARITY_STATUSES = ("ok", "too_few_events", "no_denominator", "not_reported")
FEWEST_EVENTS_FOR_DISPARITY = 10
"""In the group and in the reference group: a rate from fewer is unreliable by itself."""


@dataclass(frozen=True)
class Comparison:
    """Ratios of rates with their intervals; every array has the shape of what was compared."""

    ratio: Floats
    """NaN where a rate is missing, or the reference rate is 0."""
    lower: Floats
    """NaN where a rate is missing."""
    upper: Floats
    """NaN where a rate is missing, or there is no upper limit: the reference has no events."""
    verdict: Codes
    """Of ``VERDICTS``, or of ``TRENDS`` between two periods; -1 where a rate is missing."""
    breaks: tuple[int, ...] = ()
    """First years after the breaks in the series that lie between the two: say so if any."""


@dataclass(frozen=True)
class Disparity:
    """Ratios of a group's rate to the reference group's; arrays of one shape."""

    ratio: Floats
    """NaN unless ``status`` is 0, as are the limits."""
    lower: Floats
    upper: Floats
    status: Codes
    """Of ``DISPARITY_STATUSES``; the first that applies of not_reported, no_denominator and
    too_few_events."""


def rate_ratio(
    events: npt.ArrayLike,
    denominator: npt.ArrayLike,
    reference_events: npt.ArrayLike,
    reference_denominator: npt.ArrayLike,
    confidence: float = 0.95,
) -> tuple[Floats, Floats, Floats]:
    """Return (ratio, lower, upper) of two Poisson rates, with the exact conditional interval.

    Given a + b events in all, a is binomial with odds of the rate ratio times the denominators'
    ratio; the limits are the Clopper-Pearson limits of that binomial share, as odds, divided by
    the denominators' ratio: Przyborowski and Wilenski, Biometrika 31 (1940); Lehmann, Testing
    Statistical Hypotheses, 4.5. Where the reference has no events the ratio is NaN and so is the
    upper limit, since there is none, but not the lower. Where a count is missing, or a denominator
    is missing, zero, negative or infinite, all three are NaN. Raises ValueError for a negative or
    infinite count.

    >>> ratio, lower, upper = rate_ratio(41, 28010, 15, 19017)
    >>> float(ratio.round(6)), float(lower.round(6)), float(upper.round(4))
    (1.855759, 1.005684, 3.6093)
    """
    check_confidence(confidence)
    ours, base, theirs, their_base = np.broadcast_arrays(
        as_counts(events),
        as_denominators(denominator),
        as_counts(reference_events),
        as_denominators(reference_denominator),
    )
    known = np.isfinite(ours) & np.isfinite(theirs)
    scale = their_base / base
    a, b = np.where(known, ours, 1.0), np.where(known, theirs, 1.0)
    tail = (1 - confidence) / 2
    some, reference = np.where(a > 0, a, 1.0), np.where(b > 0, b, 1.0)
    # The share and its complement are inverted apart: 1 - share would lose digits near 1.
    lower = betaincinv(some, b + 1, tail) / betainccinv(b + 1, some, tail)
    upper = betainccinv(a + 1, reference, tail) / betaincinv(reference, a + 1, tail)
    missing = np.where(known, scale, np.nan)
    return (
        np.where(b > 0, a / reference, np.nan) * missing,
        np.where(a > 0, lower, 0.0) * missing,
        np.where(b > 0, upper, np.nan) * missing,
    )


def verdict(lower: npt.ArrayLike, upper: npt.ArrayLike) -> Codes:
    """Return 0 where an interval of a ratio is above 1, 1 below, 2 where it has 1; -1 for none.

    A lower limit that is NaN means no comparison; an upper limit that is NaN, no limit.

    >>> verdict([1.1, 0.2, 0.9, 1.2, float("nan")], [2, 0.9, 1.1, float("nan"), float("nan")])
    array([ 0,  1,  2,  0, -1], dtype=int8)
    """
    low, high = np.broadcast_arrays(
        np.asarray(lower, dtype=np.float64), np.asarray(upper, dtype=np.float64)
    )
    codes = np.where(low > 1, HIGHER, np.where(high < 1, LOWER, NOT_DISTINGUISHABLE))
    return np.where(np.isnan(low), -1, codes).astype(np.int8)


def compare(
    events: npt.ArrayLike,
    denominator: npt.ArrayLike,
    reference_events: npt.ArrayLike,
    reference_denominator: npt.ArrayLike,
    confidence: float = 0.95,
) -> Comparison:
    """Compare rates with those of a peer: places that have no one in common.

    Raises ValueError for a negative or infinite count.
    """
    ratio, lower, upper = rate_ratio(
        events, denominator, reference_events, reference_denominator, confidence
    )
    return Comparison(ratio, lower, upper, verdict(lower, upper))


def compare_with_rest(
    events: npt.ArrayLike,
    denominator: npt.ArrayLike,
    whole_events: npt.ArrayLike,
    whole_denominator: npt.ArrayLike,
    confidence: float = 0.95,
) -> Comparison:
    """Compare rates with that of the rest of the whole, such as a state, that has them as parts.

    The part is subtracted, because a place is no yardstick of itself and because the interval asks
    for two counts that are independent. Where nothing is left of the whole there is no comparison.
    Raises ValueError where a part has more events or a larger denominator than its whole, and for a
    negative or infinite count.
    """
    part, base = as_counts(events), as_denominators(denominator)
    whole, whole_base = as_counts(whole_events), as_denominators(whole_denominator)
    if np.any(part > whole) or np.any(base > whole_base):
        raise ValueError("a part has more events or a larger denominator than its whole")
    return compare(part, base, whole - part, whole_base - base, confidence)


def change(
    events: npt.ArrayLike,
    denominator: npt.ArrayLike,
    earlier_events: npt.ArrayLike,
    earlier_denominator: npt.ArrayLike,
    years: tuple[int, int],
    break_years: Iterable[int] = (),
    confidence: float = 0.95,
) -> Comparison:
    """Compare rates with those of the same places in an earlier period: rising, falling, stable.

    ``years`` are the first year of the earlier period and the last of the later one,
    ``break_years`` the first years after each declared break in the series; ``breaks`` of the
    answer are those that the comparison is across, within a pooled period or between the two. The
    verdict is given all the same: whoever shows it shows them. Raises ValueError where the years
    are not in order, and for a negative or infinite count.
    """
    found = compare(events, denominator, earlier_events, earlier_denominator, confidence)
    return Comparison(
        found.ratio, found.lower, found.upper, found.verdict, crossed(*years, break_years)
    )


def crossed(first: int, last: int, break_years: Iterable[int]) -> tuple[int, ...]:
    """Return the breaks that years from ``first`` to ``last`` are on both sides of, in order.

    A break is named by the first year after it. Raises ValueError where the years are not in order.

    >>> crossed(2010, 2015, [2010, 2011, 2015, 2016])
    (2011, 2015)
    """
    if first > last:
        raise ValueError(f"years are not in order: {first} to {last}")
    return tuple(sorted({year for year in break_years if first < year <= last}))


def disparity(
    events: npt.ArrayLike,
    denominator: npt.ArrayLike,
    reference_events: npt.ArrayLike,
    reference_denominator: npt.ArrayLike,
    confidence: float = 0.95,
) -> Disparity:
    """Return the ratio of each group's rate to the reference group's, with its exact interval.

    Only where both groups have at least 10 events; elsewhere there is a status instead. A disparity
    in rates is not by itself evidence of discrimination: whoever shows one says so, beside the
    share of records with group unknown (``mapsvc.statistics.shares.share``). Raises ValueError for
    a negative or infinite count.
    """
    ours, base, theirs, their_base = np.broadcast_arrays(
        as_counts(events),
        as_denominators(denominator),
        as_counts(reference_events),
        as_denominators(reference_denominator),
    )
    few = (ours < FEWEST_EVENTS_FOR_DISPARITY) | (theirs < FEWEST_EVENTS_FOR_DISPARITY)
    status = np.where(few, TOO_FEW_EVENTS, COMPARED)
    status = np.where(np.isnan(base) | np.isnan(their_base), NO_DENOMINATOR, status)
    status = np.where(np.isnan(ours) | np.isnan(theirs), NOT_REPORTED, status)
    shown = np.where(status == COMPARED, ours, np.nan)
    ratio, lower, upper = rate_ratio(shown, base, theirs, their_base, confidence)
    return Disparity(ratio, lower, upper, status.astype(np.int8))
