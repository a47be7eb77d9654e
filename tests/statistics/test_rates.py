"""Laws and published figures of crude rates and of the limits of counts."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import chi2, norm, poisson

from mapsvc.statistics.rates import (
    TABLED_COUNTS,
    byar_limits,
    crude_rate,
    poisson_limits,
    reliability,
)

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
    # Biological Effects of Low Level Exposures to Chemicals and Radiation (1992), table 7.5.
    (30, 20.24, 42.83),
    (50, 37.11, 65.92),
    (100, 81.36, 121.63),
]

# NCHS, National Vital Statistics Reports, "Deaths: Final Data", technical notes: lower and upper
# 95 % confidence limit factors for a death rate based on a Poisson variable of 1 through 99 deaths.
NCHS_FACTORS = [
    (1, 0.02532, 5.57164),
    (2, 0.12110, 3.61234),
    (3, 0.20622, 2.92242),
    (4, 0.27247, 2.56040),
    (5, 0.32470, 2.33367),
    (6, 0.36698, 2.17658),
    (7, 0.40205, 2.06038),
    (8, 0.43173, 1.97040),
    (9, 0.45726, 1.89831),
    (10, 0.47954, 1.83904),
    (11, 0.49920, 1.78928),
    (12, 0.51671, 1.74680),
    (13, 0.53246, 1.71003),
    (14, 0.54671, 1.67783),
    (15, 0.55969, 1.64935),
    (16, 0.57159, 1.62394),
    (17, 0.58254, 1.60110),
    (18, 0.59266, 1.58043),
    (19, 0.60207, 1.56162),
    (20, 0.61083, 1.54442),
]

# SAS/STAT user's guide, PROC STDRATE, getting started: deaths from skin cancer in Florida in 2000,
# person-years, and the crude rate per 100,000 that it prints, by age.
FLORIDA = [
    (4, 1_885_014, 0.2122),
    (14, 1_957_573, 0.7152),
    (43, 2_356_649, 1.8246),
    (72, 2_088_000, 3.4483),
    (70, 1_548_371, 4.5209),
    (126, 1_447_432, 8.7051),
    (136, 1_087_524, 12.5055),
    (73, 335_944, 21.7298),
]


@pytest.mark.parametrize(("events", "lower", "upper"), PUBLISHED)
def test_limits_are_the_published_ones(events, lower, upper):
    low, high = poisson_limits([events])
    assert low[0] == pytest.approx(lower, abs=5e-3)
    assert high[0] == pytest.approx(upper, abs=5e-3)


@pytest.mark.parametrize(("events", "lower", "upper"), NCHS_FACTORS)
def test_limits_are_those_that_nchs_prints_as_factors(events, lower, upper):
    low, high = poisson_limits([events])
    assert low[0] / events == pytest.approx(lower, abs=5.001e-6)
    assert high[0] / events == pytest.approx(upper, abs=5.001e-6)


@pytest.mark.parametrize(
    ("confidence", "lower", "upper"), [(0.95, 2.6861, 3.3848), (0.99, 2.5874, 3.5027)]
)
def test_limits_of_a_mean_are_those_of_nag(confidence, lower, upper):
    """NAG Library, example results of g07abc: 98 observations whose mean is 3.0204 (296 events)."""
    low, high = poisson_limits(296, confidence)
    assert low / 98 == pytest.approx(lower, abs=5e-5)
    assert high / 98 == pytest.approx(upper, abs=5e-5)


@pytest.mark.parametrize(("events", "persons", "published"), FLORIDA)
def test_crude_rates_are_those_of_sas(events, persons, published):
    assert crude_rate(events, persons, 100_000)[0] == pytest.approx(published, abs=5e-5)


@given(st.integers(0, 5000))
def test_limits_leave_two_and_a_half_percent_on_either_side(events):
    low, high = poisson_limits([events])
    assert poisson.cdf(events, high[0]) == pytest.approx(0.025, rel=1e-6)
    if events:
        assert poisson.sf(events - 1, low[0]) == pytest.approx(0.025, rel=1e-6)
    else:
        assert low[0] == 0


@given(
    st.lists(st.integers(0, 100_000), min_size=1, max_size=30), st.sampled_from([0.8, 0.95, 0.99])
)
def test_limits_are_half_the_chi_square_quantiles(events, confidence):
    counts = np.array(events, dtype=float)
    tail = (1 - confidence) / 2
    low, high = poisson_limits(counts, confidence)
    np.testing.assert_allclose(high, chi2.ppf(1 - tail, 2 * counts + 2) / 2, rtol=1e-10)
    some = counts > 0
    np.testing.assert_allclose(low[some], chi2.ppf(tail, 2 * counts[some]) / 2, rtol=1e-10)
    assert np.all((low <= counts) & (counts <= high))


def test_limits_do_not_tell_whether_a_count_was_in_the_table():
    counts = np.array([TABLED_COUNTS - 1, TABLED_COUNTS, 7.5, 8], dtype=float)
    low, high = poisson_limits(counts)
    np.testing.assert_allclose(low, chi2.ppf(0.025, 2 * counts) / 2, rtol=1e-10)
    np.testing.assert_allclose(high, chi2.ppf(0.975, 2 * counts + 2) / 2, rtol=1e-10)


def test_limits_keep_the_shape_and_what_is_missing():
    for limits in (poisson_limits, byar_limits):
        low, high = limits(np.array([[1.0, np.nan], [0.0, 3.0]]))
        assert low.shape == high.shape == (2, 2)
        assert np.isnan(low).tolist() == np.isnan(high).tolist() == [[False, True], [False, False]]
        assert low[1, 0] == 0
        assert limits(3.0)[0].shape == ()
        assert limits(np.zeros((0, 4)))[1].shape == (0, 4)


@pytest.mark.parametrize("limits", [poisson_limits, byar_limits])
@pytest.mark.parametrize("bad", [-1, float("inf")])
def test_limits_refuse_what_is_not_a_count(limits, bad):
    with pytest.raises(ValueError, match="negative or infinite"):
        limits([bad])


@pytest.mark.parametrize("limits", [poisson_limits, byar_limits])
@pytest.mark.parametrize("bad", [0, 1, 95, float("nan")])
def test_limits_refuse_what_is_not_a_confidence(limits, bad):
    with pytest.raises(ValueError, match="between 0 and 1"):
        limits([1], bad)


def test_byars_lower_limit_is_that_of_the_public_health_departments_software():
    """Department of Health and Social Care, PHStatsMethods, test of byars_lower for 100 events."""
    assert byar_limits(100)[0] == pytest.approx(81.36210549052788, rel=1e-12)


@given(st.integers(10, 10**6))
def test_byars_limits_are_within_a_fifth_of_a_percent_of_the_exact_ones_from_ten_events(events):
    """Public Health England, Technical Guide: Confidence Intervals (2018), appendix 1."""
    exact, approximate = poisson_limits(events), byar_limits(events)
    assert approximate[0] == pytest.approx(exact[0], rel=2e-3)
    assert approximate[1] == pytest.approx(exact[1], rel=2e-3)


@given(st.integers(0, 10**6), st.floats(0.5, 0.9999))
@example(1, 0.998)
def test_byars_limits_are_around_the_count_and_never_below_zero(events, confidence):
    lower, upper = byar_limits(events, confidence)
    assert 0 <= lower <= events <= upper


def test_byars_limits_are_a_cubed_normal_quantile():
    """By the formula of Breslow and Day (1987), p. 69, in another order of working."""
    z = norm.isf(0.025)
    lower, upper = byar_limits(42)
    assert np.cbrt(lower / 42) == pytest.approx(1 - 1 / 378 - z / (3 * 42**0.5), rel=1e-12)
    assert np.cbrt(upper / 43) == pytest.approx(1 - 1 / 387 + z / (3 * 43**0.5), rel=1e-12)


@given(
    st.lists(st.integers(0, 10_000), min_size=1, max_size=20),
    st.lists(
        st.one_of(st.none(), st.just(float("inf")), st.integers(-5, 1_000_000)),
        min_size=1,
        max_size=20,
    ),
)
def test_a_rate_is_never_infinite_and_nan_only_without_denominator(events, bases):
    size = min(len(events), len(bases))
    counts = np.array(events[:size], dtype=float)
    base = np.array([np.nan if b is None else b for b in bases[:size]], dtype=float)
    rate, low, high = crude_rate(counts, base, 100_000)
    possible = (base > 0) & np.isfinite(base)
    assert np.array_equal(np.isnan(rate), ~possible)
    assert not np.isinf([rate, low, high]).any()
    assert np.all((low <= rate)[possible] & (rate <= high)[possible])


def test_a_rate_of_zero_events_is_a_real_zero_with_an_upper_limit():
    rate, low, high = crude_rate([0.0], [100_000.0], 100_000)
    assert rate[0] == low[0] == 0
    assert high[0] == pytest.approx(3.6889, abs=5e-5)


@pytest.mark.parametrize("per", [0, -1, float("inf"), float("nan")])
def test_a_rate_is_per_something(per):
    with pytest.raises(ValueError, match="per is"):
        crude_rate([1], [1], per)


def test_reliability_turns_at_ten_and_twenty_events():
    events = np.array([0.0, 9, 10, 19, 20, np.nan])
    rate, low, high = crude_rate(events, np.full(6, 1000.0), 1000)
    assert reliability(events, rate, low, high).tolist() == [2, 2, 1, 1, 0, -1]


def test_a_wide_relative_interval_is_unreliable_whatever_the_count():
    assert reliability([25.0], [1.0], [0.1], [1.71])[0] == 2
    assert reliability([25.0], [1.0], [0.1], [1.69])[0] == 0
