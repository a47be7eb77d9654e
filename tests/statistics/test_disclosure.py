"""What is withheld is safe, and no more than it takes."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from mapsvc.statistics import disclosure
from mapsvc.statistics.disclosure import DisclosureError, Table, protect, weak_cells
from tests.statistics.disclosure_tables import (
    fewest,
    integer_outsider,
    outsider,
    tables,
    with_totals,
)


@settings(max_examples=1000, deadline=None)
@given(tables())
def test_no_withheld_count_of_a_thousand_tables_can_be_worked_out(table):
    """Attacked by one linear programme over everything published, zeros included."""
    withheld = protect(table)
    small = (table.counts >= 1) & (table.counts <= 10)
    assert withheld[small].all()
    assert not withheld[table.counts == 0].any()
    if not small.any():
        assert not withheld.any()
    seen = outsider(table, withheld)
    assert np.all(seen.upper - seen.lower >= 10 - 1e-6)


@settings(max_examples=15, deadline=None)
@given(tables(places=4, groups=3), st.randoms(use_true_random=False))
def test_integer_programming_does_not_get_further(table, random):
    withheld = protect(table)
    for cell in random.sample(np.flatnonzero(withheld).tolist(), min(4, int(withheld.sum()))):
        low, high = integer_outsider(table, withheld, cell)
        assert high - low >= 10


@settings(max_examples=30, deadline=None)
@given(tables(places=2, groups=2))
def test_no_safe_pattern_withholds_fewer_cells(table):
    withheld = protect(table)
    small = (table.counts >= 1) & (table.counts <= 10)
    if withheld.sum() <= small.sum() + 3:
        assert withheld.sum() == fewest(table)
    else:
        with pytest.raises(AssertionError, match="no safe pattern"):
            fewest(table, at_most=3)


@pytest.mark.parametrize(
    ("base", "cells"),
    [
        ([3, 40, 60], 2),  # any other
        ([3, 8, 60], 3),  # together they are 11: an interval of 9
        ([3, 9, 60], 2),  # 12: an interval of 10
        ([3], 2),  # its total is the same number
        ([1, 2, 3], 4),  # the total is small itself
        ([3, 0, 0, 40], 2),  # zeros are published
        ([3, 0, 0, 0], 2),
    ],
)
def test_one_total_takes_what_arithmetic_says(base, cells):
    table = with_totals(base, [0])
    assert protect(table).sum() == cells == fewest(table)


def test_one_small_count_in_a_table_of_two_ways_takes_three_more():
    table = with_totals([[20, 50, 12], [8, 19, 22], [17, 32, 12]], [0, 1])
    assert protect(table).sum() == 4 == fewest(table)


@pytest.mark.parametrize("seed", range(3))
def test_larger_tables_are_safe_whole_or_by_the_heuristic(seed, monkeypatch):
    random = np.random.default_rng(seed)
    base = random.poisson(random.lognormal(1.5, 1.3, (6, 3, 3)))
    table = with_totals(base, [0, 1, 2])
    best = protect(table)
    assert weak_cells(table, best).size == 0
    monkeypatch.setattr(disclosure, "ROUNDS", 1)
    quick = protect(table)
    assert weak_cells(table, quick).size == 0
    assert best.sum() <= quick.sum() <= 1.5 * best.sum()
    monkeypatch.setattr(disclosure, "WHOLE_CELLS", 0)
    monkeypatch.setattr(disclosure, "THIN_WORK", 0)
    coarse = protect(table)
    seen = outsider(table, coarse)
    assert np.all(seen.upper - seen.lower >= 10 - 1e-6)


def test_twenty_places_with_every_total_are_chosen_and_attacked_in_seconds():
    """A third of the size that ``benchmarks/bench_disclosure.py`` measures."""
    random = np.random.default_rng(0)
    base = random.poisson(random.lognormal(1.5, 1.2, (20, 6, 10)))
    table = with_totals(base, [1, 2])
    withheld = protect(table)
    start = time.process_time()
    assert weak_cells(table, withheld).size == 0
    assert time.process_time() - start < 15


def test_the_same_table_gives_the_same_pattern():
    random = np.random.default_rng(3)
    table = with_totals(random.poisson(random.lognormal(1.5, 1.2, (4, 3, 3))), [0, 1, 2])
    again = Table(table.counts.copy(), table.identities.copy())
    assert np.array_equal(protect(table), protect(again))


def test_an_empty_table_and_one_of_zeros_withhold_nothing():
    assert not protect(with_totals(np.zeros((3, 2), dtype=int), [0, 1])).any()
    assert protect(Table(np.zeros(0, dtype=int), sparse.csr_array((0, 0)))).size == 0


def test_a_table_of_one_cell_withholds_it_where_it_is_small():
    for count in (0, 3, 11):
        alone = Table(np.array([count]), sparse.csr_array((0, 1)))
        assert protect(alone).tolist() == [count == 3]


def test_tables_that_share_no_cell_do_not_change_each_other():
    one, other = with_totals([3, 40, 60], [0]), with_totals([7, 6, 0, 90], [0])
    both = Table(
        np.concatenate([one.counts, other.counts]),
        sparse.block_diag([one.identities, other.identities], format="csr"),
    )
    assert protect(both).tolist() == [*protect(one), *protect(other)]


def test_the_dearest_cells_stay_published():
    table = with_totals([3, 40, 60, 80], [0])
    assert protect(table, cost=np.array([1.0, 3, 2, 9, 9])).tolist() == [1, 0, 1, 0, 0]
    assert protect(table, cost=np.array([1.0, 3, 4, 9, 2])).tolist() == [1, 0, 0, 0, 1]


def test_another_threshold_and_width():
    table = with_totals([3, 8, 60, 90], [0])
    assert protect(table, threshold=3, width=9).sum() == 2
    assert protect(table, threshold=2).sum() == 0
    assert protect(table, threshold=3, width=60).sum() == 2
    assert protect(table, threshold=8, width=100).sum() == 3


def test_what_nobody_publishes_protects_and_is_protected():
    total = sparse.csr_array(np.array([[1, 1, 1, -1]]))
    counts = np.array([3, 40, 60, 103])
    beside = Table(counts, total, np.array([False, True, False, False]))
    assert protect(beside).tolist() == [True, True, False, False]
    small = Table(counts, total, np.array([True, False, False, False]))
    withheld = protect(small)
    assert withheld[0]
    assert withheld.sum() == 2
    assert weak_cells(small, np.array([True, False, False, False])).tolist() == [0]
    large = Table(np.array([40, 60, 100]), total[:, 1:], np.array([True, False, False]))
    assert protect(large).tolist() == [True, False, False]
    assert weak_cells(large, protect(large)).size == 0


def test_what_is_public_already_is_not_counted_on():
    table = with_totals([3, 40, 60, 80], [0])
    kept = np.array([False, True, False, True, True])
    assert protect(table, published=kept).tolist() == [True, False, True, False, False]


@pytest.mark.parametrize("kept", [[0, 1, 1, 1, 1], [1, 0, 0, 0, 0]])
def test_what_earlier_releases_give_away_is_an_error_without_the_count(kept):
    table = with_totals([7, 40, 60, 80], [0])
    with pytest.raises(DisclosureError, match="earlier releases") as caught:
        protect(table, published=np.array(kept, dtype=bool))
    assert caught.value.cells == (0,)
    assert "7" not in str(caught.value)


def test_identities_may_weigh_their_parts():
    """Twice the first and the second: only the third can move with either."""
    table = Table(np.array([4, 50, 58]), sparse.csr_array(np.array([[2, 1, -1]])))
    withheld = protect(table)
    assert withheld.sum() == 2
    seen = outsider(table, withheld)
    assert np.all(seen.upper - seen.lower >= 10 - 1e-6)


def test_what_only_whole_numbers_give_away_is_protected_too():
    """12 a + b = 485 and b + c = 14: b may be anything from 1 to 13, but a is whole if b is 5."""
    rows = np.array([[12, 1, 0, -1, 0], [0, 1, 1, 0, -1]])
    table = Table(np.array([40, 5, 9, 485, 14]), sparse.csr_array(rows))
    cheap = np.array([True, True, True, False, False])
    seen = outsider(table, cheap)
    assert np.all(seen.upper[1:] - seen.lower[1:] >= 10)
    assert weak_cells(table, cheap).tolist() == [0, 1, 2]
    withheld = protect(table, cost=np.array([1.0, 1, 1, 4, 4]))
    assert withheld.tolist() == [False, True, True, True, False]
    for cell in np.flatnonzero(withheld):
        low, high = integer_outsider(table, withheld, cell)
        assert high - low >= 10


@pytest.mark.parametrize(
    ("counts", "row", "why"),
    [
        ([1, 2, 4], [1, 1, -1], "does not hold"),
        ([-1, 2, 1], [1, 1, -1], "negative"),
        ([0.5, 0.5, 1], [1, 1, -1], "whole number"),
        ([1, 2], [1, 1, -1], "not as many"),
    ],
)
def test_what_is_no_table_is_refused(counts, row, why):
    with pytest.raises(ValueError, match=why):
        Table(np.array(counts), sparse.csr_array(np.array([row])))
