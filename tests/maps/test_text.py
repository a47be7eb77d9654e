"""Laws of numbers and statuses in words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapsvc.maps import text
from mapsvc.model import RELIABILITIES, STATUSES, Reliability, Status
from mapsvc.release.reader import ValueSlice


def one(status=Status.OK, reliability=None, note=None, **numbers):
    floats = {
        name: np.array([numbers.get(name, np.nan)])
        for name in ("numerator", "denominator", "value", "lower", "upper")
    }
    code = -1 if reliability is None else RELIABILITIES.index(reliability)
    return ValueSlice(
        **floats,
        status=np.array([STATUSES.index(status)], np.int8),
        reliability=np.array([code], np.int8),
        klass=np.array([0], np.int8),
        source=(None,),
        note=(note,),
    )


def test_every_status_and_reliability_has_words_of_its_own():
    titles = [text.WORDS[name]["title"] for name in (*STATUSES, *RELIABILITIES)]
    assert len(set(titles)) == len(titles)


def test_a_rate_is_told_with_its_interval_and_its_count():
    found = text.cell(one(value=1170.4, lower=1100.2, upper=1240.4, numerator=4021), 0, True)
    assert (found.value, found.interval, found.count) == ("1,170", "1,100 to 1,240", "4,021")
    assert found.words == ""


@pytest.mark.parametrize("status", [status for status in STATUSES if status != Status.OK])
def test_what_is_missing_is_a_word_and_never_a_number(status):
    found = text.cell(one(status, note="9 of 12 months"), 0, True)
    assert (found.value, found.interval, found.count) == ("", "", "")
    assert found.words == text.WORDS[status]["title"]
    assert found.note == "9 of 12 months"
    assert found.numbers["value"] is None


def test_a_count_without_residents_is_told_without_a_rate():
    found = text.cell(one(Status.NOT_APPLICABLE, numerator=12), 0, True)
    assert (found.value, found.count) == ("", "12")


def test_an_unreliable_rate_is_not_shown_and_its_count_is():
    column = one(Status.OK, Reliability.UNRELIABLE, value=3.1, lower=0.1, upper=9.0, numerator=2)
    found = text.cell(column, 0, True)
    assert (found.value, found.interval, found.count) == ("", "", "2")
    assert found.numbers["value"] is None
    assert "not shown" in found.words


def test_zero_is_a_number():
    found = text.cell(one(value=0.0, lower=0.0, upper=3.69, numerator=0), 0, True)
    assert (found.value, found.interval, found.count) == ("0", "0.0 to 3.7", "0")
    assert text.cell(one(value=0.0), 0, False).value == "0"


def test_a_small_count_is_a_count_and_has_no_reliability():
    found = text.cell(one(Status.OK, Reliability.UNRELIABLE, value=3.0), 0, False)
    assert (found.value, found.reliability, found.words) == ("3", None, "")


@given(st.floats(0, 1e9))
def test_a_written_number_is_within_half_of_its_last_digit(value):
    places = text.decimals(value)
    written = float(text.number(value).replace(",", ""))
    assert abs(written - value) <= 0.5 * 10**-places + 1e-6


@given(st.floats(0.001, 1e7), st.floats(0, 1e7), st.floats(0, 1e7))
def test_an_interval_has_the_decimals_of_its_value(value, lower, upper):
    low, high = text.interval(value, lower, upper).split(" to ")
    lengths = {len(part.partition(".")[2]) for part in (low, high, text.number(value))}
    assert len(lengths) == 1
