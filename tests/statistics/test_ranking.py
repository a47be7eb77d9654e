"""Laws of ranks and their ranges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapsvc.statistics import ranking
from mapsvc.statistics.comparison import compare
from mapsvc.statistics.ranking import FEWEST_RESIDENTS_FOR_RANK, ranks

places = st.lists(
    st.tuples(
        st.one_of(st.just(np.nan), st.integers(0, 2000)),
        st.one_of(st.sampled_from([np.nan, 0, -1, 49_999]), st.integers(50_000, 10**6)),
    ),
    max_size=15,
)


@given(places, st.sampled_from([0.8, 0.95]), st.sampled_from([1, 7, 10**6]))
def test_ranges_count_the_places_that_are_distinguishably_higher_and_lower(
    table, confidence, pairs_at_once
):
    events, people = np.array(table, dtype=float).reshape(-1, 2).T
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "PAIRS_AT_ONCE", pairs_at_once)
        found = ranks(events, people, people, confidence)
    known = np.isfinite(events) & (people >= FEWEST_RESIDENTS_FOR_RANK)
    assert found.ranked == known.sum()
    for column in (found.rank, found.best, found.worst):
        assert np.array_equal(column > 0, known)
    a, n = events[known], people[known]
    verdicts = compare(a[:, None], n[:, None], a, n, confidence).verdict
    assert found.best[known].tolist() == (1 + (verdicts == 1).sum(axis=1)).tolist()
    assert found.worst[known].tolist() == (len(a) - (verdicts == 0).sum(axis=1)).tolist()
    higher = (a / n > (a / n)[:, None]).sum(axis=1)
    assert found.rank[known].tolist() == (1 + higher).tolist()
    assert np.all((found.best <= found.rank) & (found.rank <= found.worst))


@pytest.mark.parametrize("size", [60, 150])
def test_every_pair_of_small_counts_is_judged_as_by_its_interval(size):
    events, people = np.arange(size, dtype=float), np.full(size, 1e5)
    verdicts = compare(events[:, None], people[:, None], events, people).verdict
    found = ranks(events, people, people)
    assert found.best.tolist() == (1 + (verdicts == 1).sum(axis=1)).tolist()
    assert found.worst.tolist() == (size - (verdicts == 0).sum(axis=1)).tolist()


def test_no_place_below_fifty_thousand_residents_has_a_rank_or_takes_part_in_one():
    officers = [100.0, 100, 100]
    found = ranks([90, 50, 10], officers, [49_999, 50_000, np.nan])
    assert found.rank.tolist() == [0, 1, 0]
    assert found.worst.tolist() == [0, 1, 0]
    assert found.ranked == 1


def test_equal_rates_share_a_rank_and_a_range():
    found = ranks([500, 500, 100], [1e6, 1e6, 1e6], [1e6, 1e6, 1e6])
    assert found.rank.tolist() == [1, 1, 3]
    assert found.best.tolist() == [1, 1, 3]
    assert found.worst.tolist() == [2, 2, 3]


def test_no_events_anywhere_leave_every_place_every_rank():
    found = ranks([0, 0, 0], [1e6, 1e6, 1e5], [1e6, 1e6, 1e5])
    assert found.rank.tolist() == found.best.tolist() == [1, 1, 1]
    assert found.worst.tolist() == [3, 3, 3]


def test_one_place_alone_is_first_and_last_and_none_is_an_empty_ranking():
    found = ranks([7], [1e6], [1e6])
    assert (found.rank[0], found.best[0], found.worst[0], found.ranked) == (1, 1, 1, 1)
    assert ranks([], [], []).ranked == 0
    assert ranks([7, np.nan], [0, 1e6], [1e6, 1e6]).ranked == 0


def test_the_true_rank_is_in_the_range_at_least_as_often_as_it_says():
    """A thousand draws of 20 places whose true rates are known."""
    random = np.random.default_rng(58)
    people = random.uniform(60_000, 500_000, 20)
    truth = random.gamma(20, 1e-5, 20)
    rank = 1 + (truth > truth[:, None]).sum(axis=1)
    inside = 0
    for _ in range(1000):
        found = ranks(random.poisson(truth * people), people, people)
        inside += ((found.best <= rank) & (rank <= found.worst)).sum()
    assert inside / 20_000 >= 0.95


def test_arrays_of_different_lengths_are_an_error():
    with pytest.raises(ValueError, match="one entry for each place"):
        ranks([1, 2], [1e6], [1e6, 1e6])
    with pytest.raises(ValueError, match="one entry for each place"):
        ranks([[1.0]], [[1e6]], [[1e6]])


def test_a_negative_count_is_an_error():
    with pytest.raises(ValueError, match="negative or infinite"):
        ranks([-1], [1e6], [1e6])
