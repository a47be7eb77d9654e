"""Laws of NACJD's coverage indicator."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapsvc.statistics.coverage import coverage_indicator

agencies = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(0, 12), st.integers(0, 4)), max_size=20
)


def test_the_formula_worked_by_hand():
    """100 · (1 - (400/1000) · 6/12) = 80; nothing of half a county reported, 50."""
    found = coverage_indicator([600, 400, 50], [12, 6, 0], [0, 0, 1], [1000, 100])
    assert found.tolist() == [80, 50]


@pytest.mark.parametrize(("months", "expected"), [(12, 100), (0, 0)])
def test_all_months_are_a_hundred_and_none_are_nothing(months, expected):
    """The ends that the fedstats.gov page on the indicator gives it."""
    assert coverage_indicator([300, 700], [months] * 2, [0, 0], [1000]).tolist() == [expected]


@given(agencies)
def test_the_indicator_is_the_share_of_person_months_reported(table):
    people, months, county = np.array(table, dtype=float).reshape(-1, 3).T
    county = county.astype(int)
    totals = np.bincount(county, people, 5)
    found = coverage_indicator(people, months, county, totals)
    reported = np.bincount(county, people * months, 5)
    assert np.array_equal(np.isnan(found), totals == 0)
    some = totals > 0
    np.testing.assert_allclose(
        found[some], 100 * reported[some] / totals[some] / 12, rtol=1e-9, atol=1e-9
    )
    assert np.all((found[some] >= 0) & (found[some] <= 100))


def test_agencies_without_residents_count_for_nothing():
    assert coverage_indicator([1000, 0], [12, 0], [0, 0], [1000]).tolist() == [100]


def test_an_agency_that_said_nothing_reported_no_months():
    assert coverage_indicator([500, 500], [12, np.nan], [0, 0], [1000]).tolist() == [50]


def test_one_or_two_months_are_none_where_nacjd_estimates_them():
    plain = coverage_indicator([1000, 1000], [2, 3], [0, 1], [1000, 1000])
    strict = coverage_indicator([1000, 1000], [2, 3], [0, 1], [1000, 1000], fewest_months=3)
    np.testing.assert_allclose(plain, [100 * 2 / 12, 25])
    np.testing.assert_allclose(strict, [0, 25])


def test_a_county_without_population_has_no_indicator():
    found = coverage_indicator([], [], np.array([], dtype=int), [np.nan, 0, -1, 10])
    assert np.isnan(found).tolist() == [True, True, True, False]
    assert found[3] == 100


@pytest.mark.parametrize(
    ("population", "months", "county", "message"),
    [
        ([100], [13], [0], "from 0 to 12"),
        ([100], [-1], [0], "from 0 to 12"),
        ([-1], [12], [0], "missing, negative or infinite"),
        ([np.nan], [12], [0], "missing, negative or infinite"),
        ([np.inf], [12], [0], "missing, negative or infinite"),
        ([100], [12], [1], "in no county"),
        ([100], [12], [-1], "in no county"),
        ([100], [12], [0.5], "in no county"),
        ([100, 1], [12], [0], "one entry for each agency"),
        ([600, 500], [12, 12], [0, 0], "have 1,100 residents, the county 1,000"),
    ],
)
def test_what_makes_no_sense_is_an_error(population, months, county, message):
    with pytest.raises(ValueError, match=message):
        coverage_indicator(population, months, county, [1000])


def test_counties_must_be_a_list():
    with pytest.raises(ValueError, match="one entry for each county"):
        coverage_indicator([1], [12], [0], 1000)
