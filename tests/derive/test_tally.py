"""Laws of counting joined rows into cubes."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from mapsvc.derive.tally import tally
from mapsvc.model import Measure


def measure(**changes):
    words = {
        "key": "m",
        "dataset": "d",
        "resource": "r",
        "title": "M",
        "universe": "u",
        "sum": "n",
        "filter": {},
        "reported_where": {},
        "note": None,
        "group": None,
        "group_total": None,
        "group_titles": {},
        "absence": "not_reported",
        "additive": {"periods": True, "groups": True, "places": True},
    }
    return Measure(**{**words, **changes})


def count(rows, span=(2010, 2011), places=3, denominators=(), **changes):
    """Tally rows given as (place, year, columns)."""
    names = list(rows[0][2])
    table = pa.table({name: [row[2][name] for row in rows] for name in names})
    return tally(
        measure(**changes),
        table,
        np.array([row[0] for row in rows], np.int32),
        np.array([row[1] for row in rows], np.int32),
        places,
        span,
        denominators,
    )


@given(
    st.lists(st.tuples(st.integers(-1, 4), st.integers(2008, 2013), st.integers(0, 99)), min_size=1)
)
def test_every_placed_row_within_the_years_is_counted_once(rows):
    counted = count([(p, y, {"n": n}) for p, y, n in rows], (2009, 2012), 5)
    expected = sum(n for p, y, n in rows if p >= 0 and 2009 <= y <= 2012)
    assert counted.count.sum() == expected


def test_rows_are_counted_where_no_column_is_summed():
    counted = count([(0, 2010, {"x": "a"}), (0, 2010, {"x": "b"})], sum=None)
    assert counted.count[0, 0, 0] == 2


def test_a_filter_takes_only_the_rows_that_pass():
    rows = [
        (0, 2010, {"n": 1, "k": "a"}),
        (0, 2010, {"n": 2, "k": "b"}),
        (1, 2010, {"n": 4, "k": None}),
    ]
    counted = count(rows, filter={"k": ("a",)})
    assert counted.count.sum() == 1
    assert counted.present.sum() == 1


def test_a_blank_is_incomplete_and_never_zero():
    counted = count([(0, 2010, {"n": None}), (1, 2010, {"n": 0})])
    assert counted.incomplete[0, 0].tolist() == [True, False, False]
    assert counted.present[0, 0].tolist() == [True, True, False]


def test_a_row_that_fails_reported_where_is_incomplete_and_its_remark_kept():
    rows = [
        (0, 2010, {"n": 9, "ok": False, "why": "3 of 12 months"}),
        (1, 2010, {"n": 8, "ok": True, "why": None}),
    ]
    counted = count(rows, reported_where={"ok": ("true",)}, note="why")
    assert counted.incomplete[0, 0].tolist() == [True, False, False]
    assert counted.count[0, 0].tolist() == [0, 8, 0]
    assert counted.remarks == {(0, 0, 0): "3 of 12 months"}


def test_a_named_total_is_the_group_of_everyone():
    rows = [(0, 2010, {"n": 10, "g": "all"}), (0, 2010, {"n": 4, "g": "a"})]
    counted = count(rows, group="g", group_total="all", group_titles={"a": "A", "b": "B"})
    assert counted.groups == ("all", "a", "b")
    assert counted.count[0, :, 0].tolist() == [10, 4, 0]
    assert counted.present[0, :, 0].tolist() == [True, True, False]


def test_without_a_named_total_everyone_is_the_sum_with_unlisted_groups_in_it():
    rows = [(0, 2010, {"n": 4, "g": "a"}), (0, 2010, {"n": 3, "g": "unknown"})]
    counted = count(rows, group="g", group_titles={"a": "A"})
    assert counted.count[0, :, 0].tolist() == [7, 4]


def test_a_denominator_column_is_summed_and_a_blank_makes_it_unknown():
    rows = [
        (0, 2010, {"n": 1, "d": 5}),
        (0, 2010, {"n": 1, "d": 6}),
        (1, 2010, {"n": 1, "d": None}),
    ]
    base = count(rows, denominators=("d",)).columns["d"][0, 0]
    assert base[0] == 11
    assert np.isnan(base[1:]).all()
