"""Many places compared at once are compared as one by one, and only codes of something differ."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapsvc.statistics import comparison, rates
from mapsvc.statistics.sensitivity import beside_rest, differing, trends

cells = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 90_000), st.booleans()), min_size=2, max_size=8
)


@given(cells)
def test_each_place_is_beside_the_rest_as_it_is_when_compared_alone(listed):
    events, people, shown = (np.array(column) for column in zip(*listed, strict=True))
    counted = np.ones(len(listed), dtype=bool)
    found = beside_rest(events.astype(float), people.astype(float), counted, shown)
    for row, code in enumerate(found.tolist()):
        rest = events.sum() - events[row], people.sum() - people[row]
        value = rates.crude_rate(*rest, 1)
        if not shown[row] or rates.reliability(rest[0], *value) == rates.UNRELIABLE:
            assert code == -1
        else:
            alone = comparison.compare(events[row], people[row], *rest)
            assert code == int(alone.verdict)


@given(cells, st.floats(1.5, 40))
def test_a_denominator_that_is_larger_everywhere_changes_nobodys_standing(listed, factor):
    events, people, shown = (np.array(column) for column in zip(*listed, strict=True))
    counted = np.ones(len(listed), dtype=bool)
    one = beside_rest(events.astype(float), people.astype(float), counted, shown)
    other = beside_rest(events.astype(float), people * factor, counted, shown)
    # A ratio that lies on the limit itself may fall to either side by rounding.
    ratio = comparison.compare_with_rest(events, people, events.sum(), people.sum())
    clear = (abs(ratio.lower - 1) > 1e-9) & (abs(ratio.upper - 1) > 1e-9)
    assert not np.any(differing(one, other) & clear)


def test_a_place_without_a_figure_is_in_no_rest_and_has_no_verdict():
    events = np.array([50.0, 60.0, 70.0, 9000.0])
    people = np.array([1000.0, 1000.0, 1000.0, np.nan])
    known = np.isfinite(people)
    alone = beside_rest(events[:3], people[:3], known[:3], known[:3])
    assert beside_rest(events, people, known, known).tolist() == [*alone.tolist(), -1]


def test_a_trend_is_the_verdict_of_the_two_periods_and_none_where_one_is_not_shown():
    events, before = np.array([200.0, 40.0, 41.0]), np.array([100.0, 80.0, 40.0])
    people = np.full(3, 1000.0)
    shown = np.array([True, True, False])
    assert trends(events, people, before, people, shown).tolist() == [0, 1, -1]
    assert trends(events, people * 2, before, people, shown).tolist()[0] == 2


@pytest.mark.parametrize(("own", "other", "said"), [(0, 0, False), (0, 2, True), (-1, 2, False)])
def test_only_two_conclusions_can_differ(own, other, said):
    assert differing([own], [other]).tolist() == differing([other], [own]).tolist() == [said]


@given(st.integers(0, 500), st.floats(1, 1e7), st.floats(1, 1e7))
def test_how_far_a_rate_can_be_trusted_does_not_depend_on_its_denominator(events, one, other):
    found = [rates.reliability(events, *rates.crude_rate(events, base, 1)) for base in (one, other)]
    lower, upper = rates.poisson_limits(events)
    if events and abs((upper - lower) / events - rates.UNRELIABLE_ABOVE_RELATIVE_WIDTH) < 1e-9:
        return
    assert found[0] == found[1]
