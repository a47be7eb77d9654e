"""Laws and published figures of comparisons between two rates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from mapsvc.statistics.comparison import (
    DISPARITY_STATUSES,
    TRENDS,
    VERDICTS,
    change,
    compare,
    compare_with_rest,
    crossed,
    disparity,
    rate_ratio,
    verdict,
)

# events and denominator of one rate and of the other; ratio and limits; how far they were rounded.
PUBLISHED = [
    # Stata, "Incidence-rate ratio calculator" (iri 41 15 28010 19017), exact: breast cancer after
    # fluoroscopy (Boice and Monson, 1977; Rothman and Greenland, Modern Epidemiology).
    (41, 28010, 15, 19017, (1.855759, 5e-7), (1.005684, 5e-7), (3.6093, 5e-6)),
    # Fay, vignette of R's rateratio.test, section 1.
    (2, 17877, 9, 16660, (0.2070941557, 5e-11), (0.02177406, 5e-9), (1.00054910, 5e-9)),
    # R, example of stats::poisson.test (manual: the counts; output: a public validation of another
    # program against R 4.3): lung cancer in Fredericia and three other Danish cities.
    (11, 800, 21, 3011, (1.971488, 5e-7), (0.8584264, 5e-8), (4.2772659, 5e-8)),
]

events = st.integers(0, 5000)
persons = st.integers(1, 10**7)


@pytest.mark.parametrize(("a", "base", "b", "their_base", "ratio", "lower", "upper"), PUBLISHED)
def test_ratios_and_limits_are_the_published_ones(a, base, b, their_base, ratio, lower, upper):
    found = rate_ratio(a, base, b, their_base)
    for value, (published, rounding) in zip(found, (ratio, lower, upper), strict=True):
        assert value == pytest.approx(published, abs=rounding * 1.001)


@given(events, persons, events, persons, st.sampled_from([0.8, 0.95, 0.99]))
def test_limits_are_the_odds_of_scipys_exact_binomial_interval(a, base, b, their_base, confidence):
    """An independent computation: scipy.stats.binomtest on the share of a in a + b."""
    ratio, lower, upper = rate_ratio(a, base, b, their_base, confidence)
    scale = their_base / base
    if a + b:
        interval = binomtest(a, a + b).proportion_ci(confidence, method="exact")
        # scipy searches for its limits, and a share near 1 has few digits left for its odds.
        close = {"rel": 1e-8 + 1e-11 * (a + 1)}
        assert lower == pytest.approx(interval.low / (1 - interval.low) * scale, **close)
        if b:
            assert upper == pytest.approx(interval.high / (1 - interval.high) * scale, **close)
            assert ratio == pytest.approx(a / b * scale)
    assert np.isnan(ratio) == np.isnan(upper) == (b == 0)
    assert not np.isinf([ratio, lower, upper]).any()


@given(st.integers(1, 5000), persons, st.integers(1, 5000), persons)
def test_the_other_way_round_everything_is_the_reciprocal(a, base, b, their_base):
    ratio, lower, upper = rate_ratio(a, base, b, their_base)
    back, low, high = rate_ratio(b, their_base, a, base)
    assert lower <= ratio <= upper
    assert back == pytest.approx(1 / ratio)
    assert low == pytest.approx(1 / upper, rel=1e-8)
    assert high == pytest.approx(1 / lower, rel=1e-8)


def test_no_events_have_the_limits_that_they_can_have():
    ratio, lower, upper = rate_ratio([0, 30, 0], 1000, [30, 0, 0], 1000)
    assert (ratio[0], lower[0]) == (0, 0)
    # None of 30: the largest share p with (1 - p)³⁰ = 0.025, as odds.
    assert upper[0] == pytest.approx(0.025 ** (-1 / 30) - 1, rel=1e-10)
    assert np.isnan(ratio[1:]).all()
    assert np.isnan(upper[1:]).all()
    assert lower[1] == pytest.approx(1 / upper[0], rel=1e-10)
    assert lower[2] == 0


@pytest.mark.parametrize("base", [np.nan, 0, -1, np.inf])
def test_without_a_denominator_nothing_is_compared(base):
    for found in (compare(3, base, 4, 100), compare(3, 100, 4, base)):
        assert np.isnan([found.ratio, found.lower, found.upper]).all()
        assert found.verdict == -1


def test_a_missing_count_is_not_compared():
    found = compare([np.nan, 3], 100, [3, np.nan], 100)
    assert np.isnan([found.ratio, found.lower, found.upper]).all()
    assert found.verdict.tolist() == [-1, -1]


def test_a_verdict_needs_an_interval_without_one():
    assert verdict([1.01, 0.5, 1.0, 0.5], [2, 0.99, 2, 1.0]).tolist() == [0, 1, 2, 2]
    assert VERDICTS[0] == "higher"
    assert VERDICTS[1] == "lower"
    assert VERDICTS[2] == "not_distinguishable"


def test_places_are_higher_lower_or_not_distinguishable_even_from_none():
    found = compare([300, 50, 110, 40, 0, 0], 1000, [100, 200, 100, 0, 40, 0], 1000)
    assert [VERDICTS[code] for code in found.verdict] == [
        *("higher", "lower", "not_distinguishable", "higher", "lower", "not_distinguishable")
    ]
    assert found.breaks == ()


@given(events, persons, events, persons)
def test_a_place_is_compared_with_the_rest_of_the_state_not_with_itself(a, base, b, their_base):
    found = compare_with_rest(a, base, a + b, base + their_base)
    rest = compare(a, base, b, their_base)
    assert found.verdict == rest.verdict
    np.testing.assert_array_equal(
        [found.ratio, found.lower, found.upper], [rest.ratio, rest.lower, rest.upper]
    )


def test_a_place_that_is_the_whole_state_has_nothing_to_be_compared_with():
    assert compare_with_rest([7], [1000], 7, 1000).verdict.tolist() == [-1]


@pytest.mark.parametrize(("whole_events", "whole_persons"), [(6, 2000), (8, 900)])
def test_a_part_larger_than_its_whole_is_an_error(whole_events, whole_persons):
    with pytest.raises(ValueError, match="than its whole"):
        compare_with_rest(7, 1000, whole_events, whole_persons)


def test_change_is_rising_falling_or_stable_and_names_the_breaks_that_it_is_across():
    found = change([300, 50, 110], 1000, [100, 200, 100], 1000, (2010, 2019), [2015, 2010, 2020])
    assert [TRENDS[code] for code in found.verdict] == ["rising", "falling", "stable"]
    assert found.breaks == (2015,)


@given(st.integers(1980, 2020), st.integers(0, 40), st.lists(st.integers(1970, 2070)))
def test_a_break_is_crossed_where_there_are_years_on_both_sides(first, span, breaks):
    years = range(first, first + span + 1)
    sides = [
        year
        for year in sorted(set(breaks))
        if any(y < year for y in years) and any(y >= year for y in years)
    ]
    assert crossed(years[0], years[-1], breaks) == tuple(sides)


def test_years_out_of_order_are_an_error():
    with pytest.raises(ValueError, match="not in order"):
        change(1, 1, 1, 1, (2011, 2010))


def test_a_disparity_ratio_needs_ten_events_in_both_groups():
    found = disparity([10, 9, 10, 500], 1000, [10, 10, 9, 0], 2000)
    assert [DISPARITY_STATUSES[code] for code in found.status] == [
        *("ok", "too_few_events", "too_few_events", "too_few_events")
    ]
    assert np.isnan([found.ratio[1:], found.lower[1:], found.upper[1:]]).all()
    assert found.ratio[0] == pytest.approx(2)
    np.testing.assert_array_equal(
        [found.ratio[0], found.lower[0], found.upper[0]], rate_ratio(10, 1000, 10, 2000)
    )


def test_a_disparity_says_why_there_is_none():
    found = disparity(
        [50, 50, 50, np.nan, 3], [100, 0, 100, 100, np.nan], [50, 50, np.nan, 50, 50], 100
    )
    assert [DISPARITY_STATUSES[code] for code in found.status] == [
        *("ok", "no_denominator", "not_reported", "not_reported", "no_denominator")
    ]
    assert np.isnan(found.ratio).tolist() == [False, True, True, True, True]


@given(
    st.lists(
        st.tuples(
            st.one_of(st.just(np.nan), events), st.one_of(st.sampled_from([np.nan, 0, -3]), persons)
        ),
        min_size=2,
        max_size=2,
    )
)
def test_a_disparity_has_three_numbers_where_it_is_ok_and_none_elsewhere(groups):
    (a, base), (b, their_base) = groups
    found = disparity(a, base, b, their_base)
    numbers = np.isfinite([found.ratio, found.lower, found.upper])
    assert numbers.all() == numbers.any() == (found.status == 0)


@pytest.mark.parametrize("bad", [-1, np.inf])
def test_what_is_not_a_count_is_an_error(bad):
    for function in (rate_ratio, compare, disparity):
        with pytest.raises(ValueError, match="negative or infinite"):
            function(bad, 100, 3, 100)
        with pytest.raises(ValueError, match="negative or infinite"):
            function(3, 100, bad, 100)


@given(st.integers(1, 200), st.integers(1, 200))
def test_the_interval_covers_the_ratio_at_least_as_often_as_it_says(total, odds):
    """For each total the share of outcomes whose interval has the true ratio, summed exactly."""
    share = odds / (odds + 100)
    outcomes = np.arange(total + 1)
    _, lower, upper = rate_ratio(outcomes, 1.0, total - outcomes, 1.0)
    truth = odds / 100
    covered = (lower <= truth) & ~(upper < truth)
    assert binom.pmf(outcomes[covered], total, share).sum() >= 0.95 - 1e-9
