"""What an outsider can work out: the attack against simpler, slower ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from mapsvc.statistics import disclosure_audit
from mapsvc.statistics.disclosure_audit import audit, audit_many, known_from, recovered
from tests.statistics.disclosure_tables import (
    enumerated,
    integer_outsider,
    outsider,
    tables,
    with_totals,
)

ATTACKED = settings(max_examples=25, deadline=None)


@st.composite
def attacked(draw, **sizes):
    """A table and any pattern of withheld cells; zeros are published."""
    table = draw(tables(**sizes))
    share = draw(st.integers(1, 9)) / 10
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return table, (random.random(table.counts.size) < share) & (table.counts > 0)


@ATTACKED
@given(attacked())
def test_the_bounds_are_those_of_an_attack_on_the_whole_table_at_once(case):
    table, withheld = case
    lower, upper = audit(table.identities, table.counts, withheld)
    seen = outsider(table, withheld)
    endless = np.isinf(upper[withheld])
    # Integer programming may narrow an interval of linear programming, never widen it.
    assert np.all(lower[withheld] >= seen.lower - 1e-6)
    assert np.all(upper[withheld][~endless] <= seen.upper[~endless] + 1e-6)
    assert np.all(seen.upper[endless] >= 10 * table.counts.sum())
    assert np.array_equal(lower[~withheld], table.counts[~withheld])
    assert np.array_equal(upper[~withheld], table.counts[~withheld])


@settings(max_examples=15, deadline=None)
@given(attacked())
def test_the_bounds_are_those_of_integer_programming(case):
    table, withheld = case
    lower, upper = audit(table.identities, table.counts, withheld)
    for cell in np.flatnonzero(withheld)[:6]:
        low, high = integer_outsider(table, withheld, cell)
        assert low == lower[cell]
        assert high == upper[cell] or (np.isinf(upper[cell]) and high > 10 * table.counts.sum())


@pytest.mark.parametrize(
    ("base", "axes", "cells"),
    [
        ([2, 3, 4, 9], [0], [0, 1, 2]),
        ([2, 3, 4, 9], [0], [0, 3]),
        ([[3, 2, 8], [4, 6, 1]], [0, 1], [0, 1, 4, 5]),
        ([[3, 2], [4, 6]], [0, 1], [0, 1, 3, 4]),
        ([[3, 2], [4, 6]], [0, 1], [0, 1, 3]),
    ],
)
def test_the_bounds_are_those_of_trying_every_table(base, axes, cells):
    table = with_totals(base, axes)
    withheld = np.isin(np.arange(table.counts.size), cells)
    lower, upper = audit(table.identities, table.counts, withheld)
    low, high = enumerated(table, withheld, roof=16)
    assert lower[withheld].tolist() == low.tolist()
    assert upper[withheld].tolist() == high.tolist()


def test_the_first_example_of_fischetti_and_salazar():
    """Activities by regions, 22 withheld with three more: from 5 to 30 where zeros are possible.

    Management Science 47 (2001). Here zeros are published, which takes one from either end.
    """
    table = with_totals([[20, 50, 10], [8, 19, 22], [17, 32, 12]], [0, 1])
    assert table.counts[-1] == 190
    withheld = np.isin(np.arange(16), [4, 6, 8, 10])
    lower, upper = audit(table.identities, table.counts, withheld)
    assert (lower[6], upper[6]) == (6, 29)


@ATTACKED
@given(attacked(), st.randoms(use_true_random=False))
def test_publishing_less_never_narrows_an_interval(case, random):
    table, withheld = case
    fewer = withheld & [random.random() < 0.7 for _ in withheld]
    lower, upper = audit(table.identities, table.counts, withheld)
    low, high = audit(table.identities, table.counts, fewer)
    assert np.all(lower[fewer] <= low[fewer])
    assert np.all(upper[fewer] >= high[fewer])


@ATTACKED
@given(attacked())
def test_the_attack_does_not_look_at_what_is_withheld(case):
    table, withheld = case
    masked = np.where(withheld, -1, table.counts)
    for enough in (np.inf, 10):
        known = audit(table.identities, table.counts, withheld, enough)
        assert np.array_equal(audit(table.identities, masked, withheld, enough), known)


@ATTACKED
@given(attacked())
def test_stopping_at_enough_finds_the_same_weak_cells_and_never_too_wide_an_interval(case):
    table, withheld = case
    lower, upper = audit(table.identities, table.counts, withheld)
    low, high = audit(table.identities, table.counts, withheld, enough=10)
    assert np.all((lower <= low) & (high <= upper))
    weak = recovered(lower, upper, withheld)
    assert np.array_equal(recovered(low, high, withheld), weak)


def test_linear_programmes_alone_find_the_same_where_every_vertex_is_whole(monkeypatch):
    """A table of two ways is totally unimodular."""
    random = np.random.default_rng(7)
    table = with_totals(random.integers(0, 30, (8, 7)), [0, 1])
    withheld = (random.random(table.counts.size) < 0.5) & (table.counts > 0)
    known = audit(table.identities, table.counts, withheld)
    monkeypatch.setattr(disclosure_audit, "WHOLE_CELLS", 0)
    assert np.array_equal(audit(table.identities, table.counts, withheld), known)


def test_nothing_bounds_a_cell_that_adds_up_to_nothing():
    free = sparse.csr_array((0, 2), dtype=np.int64)
    lower, upper = audit(free, np.array([4, 70]), np.array([True, False]))
    assert lower.tolist() == [1, 70]
    assert upper.tolist() == [np.inf, 70]
    assert recovered(lower, upper, np.array([True, False])).size == 0


def test_a_cell_withheld_alone_is_recovered():
    table = with_totals([3, 40, 60], [0])
    withheld = np.array([True, False, False, False])
    lower, upper = audit(table.identities, table.counts, withheld)
    assert (lower[0], upper[0]) == (3, 3)
    assert recovered(lower, upper, withheld).tolist() == [0]


def test_an_interval_of_nine_is_too_narrow_and_of_ten_is_not():
    for other, weak in ((8, [0, 1]), (9, [])):
        table = with_totals([3, other, 60], [0])
        withheld = np.array([True, True, False, False])
        assert (
            recovered(*audit(table.identities, table.counts, withheld), withheld).tolist() == weak
        )


def test_what_contradicts_itself_is_refused():
    total = sparse.csr_array(np.array([[1, 1, -1]]))
    with pytest.raises(ValueError, match="contradict"):
        audit(total, np.array([1, 2, 4]), np.zeros(3, dtype=bool))
    with pytest.raises(ValueError, match="contradict"):
        audit(total, np.array([9, 0, 4]), np.array([False, True, False]))


def test_an_outsider_who_kept_an_earlier_release_subtracts_it():
    table = with_totals([3, 40, 60], [0])
    now = np.array([True, True, False, False])
    before = np.array([True, False, True, False])
    alone = audit(table.identities, table.counts, now)
    assert recovered(*alone, now).size == 0
    kept = audit_many(table.identities, [(table.counts, before), (table.counts, now)])
    for (lower, upper), withheld in zip(kept, (before, now), strict=True):
        assert recovered(lower, upper, withheld).tolist() == np.flatnonzero(withheld).tolist()


def test_a_revised_count_does_not_tell_the_present_one():
    old, new = np.array([3, 40, 61, 104]), np.array([3, 40, 60, 103])
    shown = np.zeros(4, dtype=bool)
    assert known_from(new, [(old, shown)]).tolist() == [True, True, False, False]
    assert known_from(new, [(old, ~shown)]).tolist() == [False] * 4
    assert known_from(new, []).tolist() == [False] * 4
