"""Laws of smoothed rates, and agreement with PySAL on the data that it ships."""

from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
from esda.smoothing import Empirical_Bayes
from hypothesis import assume, given
from hypothesis import strategies as st
from pyogrio import read_dataframe

from mapsvc.statistics.smoothing import empirical_bayes

EXAMPLES = files("libpysal") / "examples"

# The documentation of esda.smoothing.Empirical_Bayes: homicides of 1979-1984 in the first ten of
# the 78 counties around Saint Louis, smoothed.
PUBLISHED = [
    *(2.36718950e-05, 4.54539167e-05, 4.78114019e-05, 2.76907146e-05, 6.58989323e-05),
    *(3.66494122e-05, 5.79952721e-05, 2.03064590e-05, 3.31152999e-05, 3.02748380e-05),
]

places = st.lists(
    st.tuples(
        st.one_of(st.just(np.nan), st.integers(0, 1000)),
        st.one_of(st.sampled_from([np.nan, np.inf, 0, -7]), st.integers(1, 10**7)),
    ),
    min_size=1,
    max_size=12,
)


def saint_louis(events, population):
    """Homicides of some years in the counties around Saint Louis."""
    table = pd.read_csv(EXAMPLES / "stl" / "stl_hom.csv")
    return table[events].to_numpy(float), table[population].to_numpy(float)


def north_carolina(events, births):
    """Sudden infant deaths in the counties of North Carolina (Cressie, 1993)."""
    table = read_dataframe(str(EXAMPLES / "sids2" / "sids2.shp"), read_geometry=False)
    return table[events].to_numpy(float), table[births].to_numpy(float)


@pytest.mark.parametrize("county", range(10))
def test_homicides_around_saint_louis_are_smoothed_as_esda_documents(county):
    smoothed = empirical_bayes(*saint_louis("HC7984", "PO7984"), per=1)
    assert smoothed[county] == pytest.approx(PUBLISHED[county], rel=5e-9)


@pytest.mark.parametrize(
    "data",
    [
        *(("stl", "HC7984", "PO7984"), ("stl", "HC8488", "PO8488"), ("stl", "HC8893", "PO8893")),
        *(("sids2", "SID74", "BIR74"), ("sids2", "SID79", "BIR79")),
    ],
)
def test_rates_are_smoothed_as_esda_does_where_they_vary_more_than_by_chance(data):
    example, *columns = data
    events, people = saint_louis(*columns) if example == "stl" else north_carolina(*columns)
    overall = events.sum() / people.sum()
    assert (people * (events / people - overall) ** 2).sum() / people.sum() > (
        overall / people.mean()
    )
    oracle = Empirical_Bayes(events, people).r.ravel()
    np.testing.assert_allclose(empirical_bayes(events, people, per=1), oracle, rtol=1e-8)


@given(places)
def test_a_value_is_between_the_crude_rate_and_that_of_all_or_missing_without_population(pairs):
    events, people = np.array(pairs, dtype=float).T
    smoothed = empirical_bayes(events, people, per=1)
    known = np.isfinite(events) & (people > 0) & np.isfinite(people)
    assert np.array_equal(np.isfinite(smoothed), known)
    assert np.array_equal(np.isnan(smoothed), ~known)
    if known.any():
        crude = events[known] / people[known]
        overall = events[known].sum() / people[known].sum()
        low, high = np.minimum(crude, overall), np.maximum(crude, overall)
        assert np.all(smoothed[known] >= low * (1 - 1e-12))
        assert np.all(smoothed[known] <= high * (1 + 1e-12))


@given(st.lists(st.floats(0, 1), min_size=2, max_size=2))
def test_rounding_carries_no_value_past_the_crude_rate(rates):
    """With so many residents that the weight of the crude rate rounds to 1."""
    people = np.array([1e17, 3e17])
    events = np.floor(people * rates)
    crude, overall = events / people, events.sum() / people.sum()
    smoothed = empirical_bayes(events, people, per=1)
    assert np.all(smoothed >= np.minimum(crude, overall))
    assert np.all(smoothed <= np.maximum(crude, overall))


@given(places, places)
def test_places_without_population_and_other_periods_change_nothing(pairs, others):
    events, people = np.array(pairs, dtype=float).T
    known = np.isfinite(events) & (people > 0) & np.isfinite(people)
    smoothed = empirical_bayes(events, people, per=1)
    if known.any():
        alone = empirical_bayes(events[known], people[known], per=1)
        np.testing.assert_allclose(smoothed[known], alone, rtol=1e-9)
    rows = np.full((2, 2, len(pairs)), np.nan)
    rows[0] = events, people
    size = min(len(pairs), len(others))
    rows[1, :, :size] = np.array(others[:size], dtype=float).T
    stacked = empirical_bayes(rows[:, 0], rows[:, 1], per=1)
    np.testing.assert_allclose(stacked[0], smoothed, rtol=1e-9)


@given(st.integers(0, 1000), st.integers(1, 10**7), st.sampled_from([1, 1000, 100_000]))
def test_one_place_alone_keeps_its_rate(events, people, per):
    assert empirical_bayes([events], [people], per)[0] == pytest.approx(events / people * per)


@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=12))
def test_no_events_anywhere_are_zeros(people):
    assert empirical_bayes(np.zeros(len(people)), people, 100).tolist() == [0] * len(people)


@given(
    st.lists(st.tuples(st.integers(1, 1000), st.sampled_from([-1, 0, 0, 1])), min_size=1),
    st.integers(2, 50),
)
def test_rates_that_vary_less_than_by_chance_all_become_the_rate_of_all(table, each):
    """Nearly equal rates are under-dispersed: between places there is no variance to keep."""
    thousands, off = np.array(table).T
    people, events = thousands * 1000, thousands * each + off
    overall = events.sum() / people.sum()
    between = (people * (events / people - overall) ** 2).sum() / people.sum()
    assume(between <= overall / people.mean())
    np.testing.assert_allclose(empirical_bayes(events, people, per=1), overall, rtol=1e-12)


def test_the_formula_worked_by_hand():
    """Two places of 1,000 with 0 and 10 events, one of 10,000 with 90; rates per 1,000.

    θ = 100/12 = 25/3, Σ P(r - θ)² / ΣP = 115/18, θ / P̄ = 25/12, so σ² = 155/36 and w = 155/455 for
    the small places, 1550/1850 for the large one.
    """
    small, large = 155 / 455, 1550 / 1850
    theta = 25 / 3
    expected = [theta * (1 - small), theta + small * (10 - theta), theta + large * (9 - theta)]
    found = empirical_bayes([0, 10, 90], [1000, 1000, 10_000], per=1000)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@given(st.integers(2, 10), st.integers(1, 20))
def test_of_two_places_with_one_rate_the_smaller_moves_further(times, events):
    smoothed = empirical_bayes([0, 0, events * 1000], [1000, 1000 * times, 1000 * times], per=1)
    assert smoothed[0] > smoothed[1] > 0


def test_no_place_with_population_has_no_value_and_no_warning():
    assert np.isnan(empirical_bayes([3, np.nan], [0, 100], per=1)).all()
    assert empirical_bayes([], [], per=1).shape == (0,)


def test_a_negative_count_is_an_error():
    with pytest.raises(ValueError, match="negative or infinite"):
        empirical_bayes([-1], [100], per=1)
