"""Laws and published figures of shares with Wilson's interval."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm

from mapsvc.statistics.shares import share

PUBLISHED = [
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3, as the tests of
    # another public program (relianceReport, "matches Newcombe (1998) Table I") quote it.
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
    (29, 29, 0.8830, 1.0000),
    # Fagerland, Lydersen and Laake, Statistical Analysis of Contingency Tables (2017), chapter 2,
    # by the tests of their package contingencytables: the Ligarden data.
    (13, 16, 0.5699, 0.9341),
]


@pytest.mark.parametrize(("part", "whole", "lower", "upper"), PUBLISHED)
def test_limits_are_the_published_ones(part, whole, lower, upper):
    value, low, high = share(part, whole)
    assert value == part / whole
    assert low == pytest.approx(lower, abs=5e-5)
    assert high == pytest.approx(upper, abs=5e-5)


@pytest.mark.parametrize(
    ("part", "whole", "lower", "upper"),
    [
        (430, 474, 0.8776750858242243, 0.9301239839930541),
        (392, 436, 0.8672311846637769, 0.9239627360567735),
        (10, 14, 0.4535045882751561, 0.882788120898909),
    ],
)
def test_limits_are_those_of_an_independent_program_at_z_of_1_96(part, whole, lower, upper):
    """The examples in the README of github.com/msn0/wilson-score-interval, which takes z = 1.96."""
    _, low, high = share(part, whole, confidence=1 - 2 * norm.sf(1.96))
    assert low == pytest.approx(lower, rel=1e-10)
    assert high == pytest.approx(upper, rel=1e-10)


@pytest.mark.parametrize(
    ("part", "whole", "confidence", "side", "published"),
    [
        (20, 360, 0.95, "lower", 0.036248204600072345),
        (550, 2400, 0.998, "lower", 0.20375892211705743),
        (30, 400, 0.95, "upper", 0.10504770626130437),
        (76, 238, 0.998, "upper", 0.418131030603369),
        (100, 1000, 0.95, "lower", 0.0829094435930957),
        (100, 1000, 0.95, "upper", 0.1201519631953484),
        (100, 10000, 0.95, "lower", 0.008229336148148417),
        (100, 10000, 0.95, "upper", 0.012146982255114647),
    ],
)
def test_limits_are_those_of_the_public_health_departments_software(
    part, whole, confidence, side, published
):
    """Department of Health and Social Care, PHStatsMethods: its tests of the Wilson method."""
    _, lower, upper = share(part, whole, confidence)
    assert {"lower": lower, "upper": upper}[side] == pytest.approx(published, rel=1e-10)


@given(st.data())
def test_limits_are_those_of_scipy(data):
    """An independent computation of the same interval: scipy.stats.binomtest."""
    whole = data.draw(st.integers(1, 10_000))
    part = data.draw(st.integers(0, whole))
    confidence = data.draw(st.sampled_from([0.8, 0.95, 0.99]))
    expected = binomtest(part, whole).proportion_ci(confidence, method="wilson")
    _, lower, upper = share(part, whole, confidence)
    assert lower == pytest.approx(expected.low, rel=1e-8, abs=1e-14)
    assert upper == pytest.approx(expected.high, rel=1e-8)


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1, max_size=20))
def test_a_share_and_its_limits_are_in_order_from_zero_to_one_or_nan_without_a_whole(pairs):
    part = np.array([min(pair) for pair in pairs], dtype=float)
    whole = np.array([max(pair) for pair in pairs], dtype=float)
    value, lower, upper = share(part, whole)
    some = whole > 0
    assert np.array_equal(np.isnan([value, lower, upper]), np.tile(~some, (3, 1)))
    inside = (lower >= 0) & (lower <= value) & (value <= upper) & (upper <= 1)
    assert inside[some].all()


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_limits_of_the_rest_are_those_of_the_part_from_the_other_end(part, rest):
    _, lower, upper = share(part, part + rest)
    _, low, high = share(rest, part + rest)
    assert low == pytest.approx(1 - upper, abs=1e-12)
    assert high == pytest.approx(1 - lower, abs=1e-12)


def test_none_and_all_are_exact_at_their_end():
    value, lower, upper = share([0, 20], [20, 20])
    assert (value[0], lower[0]) == (0, 0)
    assert (value[1], upper[1]) == (1, 1)


def test_a_missing_part_or_whole_has_no_share():
    assert np.isnan(share([np.nan, 1, 0], [1, np.nan, 0])).all()


def test_a_part_larger_than_its_whole_is_an_error():
    with pytest.raises(ValueError, match="larger than its whole"):
        share([3], [2])


def test_a_negative_count_is_an_error():
    with pytest.raises(ValueError, match="negative or infinite"):
        share([-1], [2])
