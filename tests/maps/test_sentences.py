"""Laws of the sentences: a number in words is the number, and the words agree with the verdict."""

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from mapsvc.maps import sentences
from mapsvc.statistics import comparison

RATIOS = st.floats(0, 1000, allow_nan=False)
EVENTS = st.integers(10, 100_000)
PEOPLE = st.integers(1_000, 10_000_000)


def read(text):
    """Return the range of ratios that a text such as ``45 % below that of 2015`` stands for."""
    if text.startswith("the same"):
        return 1, 1
    amount = float(re.search(r"[0-9,.]+", text)[0].replace(",", ""))
    if "times" in text:
        half = 0.05 if amount < 10 else 0.5
        return amount - half, amount + half
    sign = 1 if "above" in text else -1
    if text.startswith("less than"):
        low, high = 0, 1
    elif text.startswith("more than"):
        low, high = 99, 100
    else:
        low, high = amount - 0.5, amount + 0.5
    return tuple(sorted((1 + sign * low / 100, 1 + sign * high / 100)))


@given(RATIOS)
@example(1.0)
@example(1.0949999)
@example(1.095)
@example(0.99999)
@example(9.97)
@example(0.0)
def test_the_size_in_words_is_the_ratio_rounded(ratio):
    low, high = read(sentences.size(ratio, "that of 2015"))
    assert low - 1e-9 <= ratio <= high + 1e-9


@given(RATIOS)
def test_the_size_in_words_is_above_only_above_one_and_below_only_below(ratio):
    words = sentences.size(ratio, "others")
    assert ("below" in words) == (ratio < 1)
    assert ("above" in words or "times" in words) == (ratio > 1)


@given(EVENTS, PEOPLE, EVENTS, PEOPLE)
def test_a_sentence_says_higher_or_lower_only_where_the_interval_does(a, base, b, their_base):
    found = comparison.compare(a, base, b, their_base)
    verdict = comparison.VERDICTS[int(found.verdict)]
    numbers = float(found.ratio), float(found.lower), float(found.upper)
    words = sentences.beside(*numbers, verdict, "the rate of the other counties")
    assert ("higher, by more than chance" in words) == (found.lower > 1)
    assert ("lower, by more than chance" in words) == (found.upper < 1)
    assert words.startswith("Not distinguishable") == (found.lower <= 1 <= found.upper)
    assert "the rate of the other counties" in words
    if verdict != "not_distinguishable":
        low, high = read(words.partition(";")[0].removeprefix("About ").lower())
        assert low - 1e-9 <= found.ratio <= high + 1e-9


@given(EVENTS, PEOPLE, EVENTS, PEOPLE)
def test_the_written_interval_shows_on_which_side_of_one_it_is(a, base, b, their_base):
    found = comparison.compare(a, base, b, their_base)
    assume(all(abs(float(limit) - 1) > 1e-5 for limit in (found.lower, found.upper)))
    written = sentences.interval(float(found.ratio), float(found.lower), float(found.upper))
    low, high = (
        float(text.replace(",", "")) for text in written.partition("interval ")[2].split(" to ")
    )
    assert (low > 1, high < 1) == (found.lower > 1, found.upper < 1)


@given(EVENTS, PEOPLE, EVENTS, PEOPLE)
def test_a_change_is_rising_or_falling_only_where_the_interval_is(a, base, b, their_base):
    found = comparison.change(a, base, b, their_base, (2015, 2024))
    trend = comparison.TRENDS[int(found.verdict)]
    numbers = float(found.ratio), float(found.lower), float(found.upper)
    words = sentences.change(*numbers, trend, "2015", "2024")
    assert words.startswith("Rising: ") == (found.lower > 1)
    assert words.startswith("Falling: ") == (found.upper < 1)
    assert words.startswith("Stable: ") == (found.lower <= 1 <= found.upper)
    assert "2015" in words
    assert "2024" in words


def test_a_break_is_named_by_its_year_and_none_is_not_spoken_of():
    assert sentences.breaks_crossed([]) == ""
    assert sentences.breaks_outside([]) == ""
    for say in (sentences.breaks_crossed, sentences.breaks_outside):
        assert "2012, 2015 and 2017" in say([2012, 2015, 2017])
        assert "2012" in say([2012])


@pytest.mark.parametrize("share", [0.0, 0.0312, 0.5, 1.0])
def test_a_share_of_unknown_group_is_told_in_per_cent_with_its_interval(share):
    words = sentences.outside_groups(share, share / 2, (1 + share) / 2, "stops")
    assert f"{share * 100:.1f} % of all stops" in words
    assert "95 % interval" in words


def test_the_cautions_say_what_they_must():
    assert "not by itself evidence of discrimination" in sentences.DISPARITY_CAUTION
    assert "FBI cautions against ranking" in sentences.RANKING_CAUTION
    assert set(sentences.VERDICTS) == set(comparison.VERDICTS)
