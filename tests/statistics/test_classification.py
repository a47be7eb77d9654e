"""Laws of class breaks: what a legend may rely on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapsvc.statistics.classification import SCHEMES, class_breaks, classify

values = st.lists(st.floats(0, 1e6, allow_nan=False), min_size=0, max_size=60)


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
@given(data=values, count=st.integers(2, 7))
def test_breaks_rise_and_take_in_every_value(scheme, data, count):
    breaks = class_breaks(data, scheme, count)
    assert breaks == sorted(set(breaks))
    assert bool(breaks) == bool(data)
    if data:
        assert breaks[-1] >= max(data)
        assert set(classify(data, breaks).tolist()) <= set(range(len(breaks)))


@given(data=values, count=st.integers(2, 7))
def test_a_larger_value_is_never_in_a_lower_class(data, count):
    classes = classify(sorted(data), class_breaks(data, "quantiles", count))
    assert np.all(np.diff(classes) >= 0)


def test_missing_values_have_no_class_and_make_no_class():
    breaks = class_breaks([1, 2, np.nan, 3, 4], "quantiles", 2)
    assert breaks == [2.5, 4.0]
    assert classify([np.nan], breaks).tolist() == [-1]


def test_a_value_on_a_bound_belongs_to_the_class_below():
    assert classify([2.5], [2.5, 4.0]).tolist() == [0]


def test_bounds_have_three_significant_digits_as_a_legend_shows_them():
    breaks = class_breaks([1234.56, 2345.67, 3456.78, 4567.89], "equal_interval", 2)
    assert breaks == [2900.0, 4570.0]


def test_ties_make_fewer_classes_not_empty_ones():
    assert class_breaks([0] * 50 + [1, 2, 3, 4, 5, 6], "quantiles", 5) == [0.0, 6.0]


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_one_value_and_zeros_alone_are_one_class_and_no_value_is_none(scheme):
    assert class_breaks([7.0], scheme, 5) == [7.0]
    assert class_breaks([0.0] * 58, scheme, 5) == [0.0]
    assert classify([0.0, np.nan], [0.0]).tolist() == [0, -1]
    assert class_breaks([np.nan], scheme, 5) == []
    assert classify([1.0, np.nan], []).tolist() == [-1, -1]


def test_an_unknown_scheme_is_an_error():
    with pytest.raises(KeyError):
        class_breaks([1.0, 2.0], "rainbow", 3)
