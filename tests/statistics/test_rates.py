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

# Exact Poisson limits of events over an exposure, digit by digit as their sources print them.
PUBLISHED = [
    # R, manual of epitools::pois.exact: the upper limit for no events.
    (0, 1, "0", "3.689"),
    # R, manual of FSA::poiCI: the rows "exact" and "daly".
    (10, 1, "4.795389", "18.39036"),
    (12, 1, "6.200575", "20.96159"),
    # Stata, cii 1000 10, poisson: R. Harbord on Statalist, 27 June 2005.
    (10, 1000, "0.0047954", "0.0183904"),
    # Biological Effects of Low Level Exposures to Chemicals and Radiation (1992), table 7.5.
    (30, 1, "20.24", "42.83"),
    # R, manual of DescTools::PoissonCI: deaths from horse kicks; Welsh nickel workers.
    (196, 280, "0.6054271", "0.8051570"),
    (137, 24.19893, "4.753125", "6.692709"),
]

# UK Health Security Agency, PHEindicatormethods, tests/testthat/testdata_funnel_ratio_outputs.csv:
# events, and their exact limits at 95 % and 99.8 %. A spreadsheet searched for these numbers, so
# that only some five of their digits are right.
UKHSA = [
    (1, 0.025317898, 5.571644585, 0.001000547, 9.233410143),
    (2, 0.242209467, 7.224687515, 0.04540199, 11.22886836),
    (3, 0.618671905, 8.767273828, 0.190533306, 13.06224507),
    (4, 1.089865762, 10.24158653, 0.42855244, 14.79414916),
    (5, 1.623486324, 11.6683331, 0.739371928, 16.45474478),
    (6, 2.201894435, 13.0594765, 1.107104434, 18.0616374),
    (7, 2.814363736, 14.42267712, 1.520336178, 19.62617867),
    (8, 3.453831154, 15.76318696, 1.970813969, 21.15619716),
    (9, 4.11537405, 17.08479966, 2.452425215, 22.65737951),
    (10, 4.795387629, 18.39035799, 2.960519925, 24.13397235),
    (11, 5.491159964, 19.68203932, 3.491483541, 25.58929864),
    (12, 6.20057525, 20.96158966, 4.042439622, 27.02598763),
    (13, 6.921951787, 22.23039332, 4.61106382, 28.44614046),
    (14, 7.65393119, 23.48961686, 5.195441172, 29.85153496),
    (15, 8.395387918, 24.74021692, 5.793975249, 31.24360241),
    (16, 9.14538148, 25.98299459, 6.405328218, 32.62361534),
    (17, 9.903127814, 27.21864742, 7.028349533, 33.99257686),
    (18, 10.66794109, 28.44776062, 7.662057257, 35.3514374),
    (19, 11.43924075, 29.67084937, 8.305592877, 36.70097961),
    (20, 12.21651877, 30.88838097, 8.958211233, 38.04188668),
    (30, 20.24087434, 42.82687112, 15.86916711, 51.08312418),
    (49, 36.25047284, 64.7805979, 30.17809181, 74.7246273),
    (100, 81.36400699, 121.6268111, 71.92139974, 134.9243187),
    (313, 279.2813414, 349.6678193, 261.1643428, 371.620029),
    (716, 664.5083011, 770.4222128, 636.1521174, 802.60414),
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


def printed(number, like):
    """Write a number with as many decimals as a source prints."""
    return f"{number:.{len(like.partition('.')[2])}f}"


@pytest.mark.parametrize(("events", "exposure", "lower", "upper"), PUBLISHED)
def test_limits_are_the_published_ones(events, exposure, lower, upper):
    low, high = poisson_limits(events)
    assert printed(low / exposure, lower) == lower
    assert printed(high / exposure, upper) == upper


@pytest.mark.parametrize(("events", "lower", "upper", "lowest", "highest"), UKHSA)
def test_limits_are_those_of_the_health_security_agency(events, lower, upper, lowest, highest):
    assert poisson_limits(events) == pytest.approx((lower, upper), rel=5e-6)
    assert poisson_limits(events, 0.998) == pytest.approx((lowest, highest), rel=5e-6, abs=1e-7)


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
