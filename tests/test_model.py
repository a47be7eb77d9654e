"""Laws of the words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapsvc.errors import InputError, Problem
from mapsvc.geoid import MAX_SAFE_INTEGER, feature_id, feature_ids
from mapsvc.model import Period


@given(st.integers(1000, 9999), st.integers(0, 40))
def test_a_period_is_read_back_from_its_text(first, length):
    period = Period(first, min(first + length, 9999))
    assert Period.parse(str(period)) == period
    assert period.years[0] == period.first
    assert period.years[-1] == period.last


@pytest.mark.parametrize("text", ["", "14", "2014-", "2014-2010", "2014-2014", "٢٠١٤", "2014 "])
def test_what_is_not_a_period_is_refused(text):
    with pytest.raises(ValueError, match="not a"):
        Period.parse(text)


@given(st.text(min_size=1, max_size=20))
def test_a_feature_id_is_one_that_javascript_keeps(identifier):
    assert 0 <= feature_id(identifier) <= max(MAX_SAFE_INTEGER, 10**15)
    assert feature_id(identifier) == feature_id(identifier)


def test_two_jurisdictions_with_one_feature_id_are_refused():
    with pytest.raises(ValueError, match="share the feature id"):
        feature_ids(["06001", "6001"])


def test_a_problem_says_what_where_and_how_to_mend_it():
    problem = Problem("'12a' is not a whole number", "a.csv", 7, "arrests", "Write 12")
    assert str(problem) == "a.csv, row 7, column 'arrests': '12a' is not a whole number. Write 12"
    assert str(Problem("it is empty")) == "it is empty"
    assert str(InputError([problem, Problem("it is empty")])).count("\n") == 1
