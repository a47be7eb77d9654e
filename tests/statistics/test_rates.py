"""Laws and published figures of rates and their intervals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, poisson

from mapsvc.statistics.rates import crude_rate, poisson_limits, reliability

# Exact Poisson limits as published tables print them (Garwood, Biometrika 28, 1936; Ulm, American
# Journal of Epidemiology 131, 1990), to two decimals.
PUBLISHED = [
    (0, 0.00, 3.69),
    (1, 0.03, 5.57),
    (2, 0.24, 7.22),
    (3, 0.62, 8.77),
    (5, 1.62, 11.67),
    (10, 4.80, 18.39),
    (20, 12.22, 30.89),
    (50, 37.11, 65.92),
    (100, 81.36, 121.63),
]


@pytest.mark.parametrize(("events", "lower", "upper"), PUBLISHED)
def test_limits_are_the_published_ones(events, lower, upper):
    low, high = poisson_limits([events])
    assert low[0] == pytest.approx(lower, abs=5e-3)
    assert high[0] == pytest.approx(upper, abs=5e-3)


@given(st.integers(0, 5000))
def test_limits_leave_two_and_a_half_percent_on_either_side(events):
    low, high = poisson_limits([events])
    assert poisson.cdf(events, high[0]) == pytest.approx(0.025, rel=1e-6)
    if events:
        assert poisson.sf(events - 1, low[0]) == pytest.approx(0.025, rel=1e-6)
    else:
        assert low[0] == 0


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=30))
def test_limits_are_half_the_chi_square_quantiles(events):
    counts = np.array(events, dtype=float)
    low, high = poisson_limits(counts)
    np.testing.assert_allclose(high, chi2.ppf(0.975, 2 * counts + 2) / 2, rtol=1e-10)
    some = counts > 0
    np.testing.assert_allclose(low[some], chi2.ppf(0.025, 2 * counts[some]) / 2, rtol=1e-10)
    assert np.all((low <= counts) & (counts <= high))


def test_limits_keep_the_shape_and_what_is_missing():
    low, high = poisson_limits(np.array([[1.0, np.nan], [0.0, 3.0]]))
    assert low.shape == high.shape == (2, 2)
    assert np.isnan(low[0, 1])
    assert np.isnan(high[0, 1])
    assert low[1, 0] == 0


@pytest.mark.parametrize("bad", [-1, float("inf")])
def test_limits_refuse_what_is_not_a_count(bad):
    with pytest.raises(ValueError, match="negative or infinite"):
        poisson_limits([bad])


@given(
    st.lists(st.integers(0, 10_000), min_size=1, max_size=20),
    st.lists(st.one_of(st.none(), st.integers(-5, 1_000_000)), min_size=1, max_size=20),
)
def test_a_rate_is_never_infinite_and_nan_only_without_denominator(events, bases):
    size = min(len(events), len(bases))
    counts = np.array(events[:size], dtype=float)
    base = np.array([np.nan if b is None else b for b in bases[:size]], dtype=float)
    rate, low, high = crude_rate(counts, base, 100_000)
    possible = base > 0
    assert np.array_equal(np.isnan(rate), ~possible)
    assert not np.isinf(rate).any()
    assert np.all((low <= rate)[possible] & (rate <= high)[possible])


def test_a_rate_of_zero_events_is_a_real_zero_with_an_upper_limit():
    rate, low, high = crude_rate([0.0], [100_000.0], 100_000)
    assert rate[0] == low[0] == 0
    assert high[0] == pytest.approx(3.6889, abs=5e-5)


def test_reliability_turns_at_ten_and_twenty_events():
    events = np.array([0.0, 9, 10, 19, 20, np.nan])
    rate, low, high = crude_rate(events, np.full(6, 1000.0), 1000)
    assert reliability(events, rate, low, high).tolist() == [2, 2, 1, 1, 0, -1]


def test_a_wide_relative_interval_is_unreliable_whatever_the_count():
    assert reliability([25.0], [1.0], [0.1], [1.71])[0] == 2
    assert reliability([25.0], [1.0], [0.1], [1.69])[0] == 0
