"""How much of a county's figure was reported: NACJD's coverage indicator."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mapsvc.statistics.arrays import Floats, as_denominators

MONTHS = 12
ROUNDING = 1e-9
"""Relative excess of a sum of populations that is put down to rounding."""


def full_months(months: npt.ArrayLike) -> Floats:
    """Return months reported as months of one reporter, 0 to 12; NaN where none is known.

    Beyond 12 they are the sum over several reporters, and count as their share of as many full
    years as they need at the least: 18 months are half of two years and another half.

    >>> full_months([3, 12, 18, 24])
    array([ 3., 12.,  9., 12.])
    """
    given = np.asarray(months, dtype=np.float64)
    full: Floats = given / np.maximum(np.ceil(given / MONTHS), 1)
    return full


def coverage_indicator(
    population: npt.ArrayLike,
    months: npt.ArrayLike,
    county: npt.ArrayLike,
    county_population: npt.ArrayLike,
    fewest_months: int = 1,
) -> Floats:
    """Return the coverage of each county in percent: 100 where every agency reported all year.

    100 · (1 - Σ (pᵢ / P) · (12 - mᵢ) / 12) over the agencies of a county, pᵢ their populations, P
    the county's, mᵢ the months reported: National Archive of Criminal Justice Data, county-level
    Uniform Crime Reporting data. NACJD takes 1 or 2 months for none, because it estimates those
    agencies as if they had reported nothing: ``fewest_months=3``. Residents of no agency count as
    covered, as there, so give every agency, those that reported nothing too.

    ``population``, ``months`` (NaN: nothing reported) and ``county`` (an index into
    ``county_population``) have an entry for each agency; one without residents has 0. A county
    without population has no indicator: NaN. Raises ValueError for months that are not from 0 to
    12, for a missing, negative or infinite population of an agency, for an unknown county, and
    where agencies have more residents than their county.

    >>> coverage_indicator([600, 400, 50], [12, 6, 0], [0, 0, 1], [1000, 100])
    array([80., 50.])
    """
    people = np.asarray(population, dtype=np.float64)
    reported = np.asarray(months, dtype=np.float64)
    index = np.asarray(county)
    totals = as_denominators(county_population)
    if people.ndim != 1 or people.shape != reported.shape or people.shape != index.shape:
        raise ValueError("population, months and county must have one entry for each agency")
    if totals.ndim != 1:
        raise ValueError("county_population must have one entry for each county")
    if not np.all((people >= 0) & (people < np.inf)):
        raise ValueError("the population of an agency is missing, negative or infinite")
    if np.any((reported < 0) | (reported > MONTHS)):
        raise ValueError("months reported must be from 0 to 12")
    if index.size and not (
        np.issubdtype(index.dtype, np.integer) and 0 <= index.min() <= index.max() < totals.size
    ):
        raise ValueError("an agency is in no county of county_population")
    index = index.astype(np.intp)
    counted = np.where(reported >= fewest_months, reported, 0.0)
    missing = people * (MONTHS - counted) / MONTHS
    uncovered = np.bincount(index, weights=missing, minlength=totals.size)
    residents = np.bincount(index, weights=people, minlength=totals.size)
    excess = np.flatnonzero(residents > totals * (1 + ROUNDING))
    if excess.size:
        raise ValueError(
            f"the agencies of county {excess[0]} have {residents[excess[0]]:,.0f} residents,"
            f" the county {totals[excess[0]]:,.0f}"
        )
    return 100 * np.maximum(1 - uncovered / totals, 0.0)
