"""Laws of indicator values: what a status means, what is pooled, what is never there."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mapsvc.derive.indicators import Base, Places, compute
from mapsvc.derive.tally import Tally
from mapsvc.model import STATUSES, Denominator, Indicator, Period, Status
from tests.derive.test_tally import measure

RESIDENTS = Denominator(title="Residents", series="residents")


def indicator(absence="not_reported", per=1000, years=(2010, 2011), pooled=()):
    return Indicator(
        slug="i",
        measure=measure(absence=absence),
        title="I",
        description="",
        method="",
        unit="",
        noun="events",
        denominator=RESIDENTS if per else None,
        group_denominator=None,
        per=per,
        layers=("l",),
        years=years,
        pooled=tuple(pooled),
        default_period=Period(years[0], years[0]),
        scheme="quantiles",
        classes=5,
        given_breaks=(),
        palette="Blues",
        caveats=(),
    )


def counted(count, present=None, incomplete=None, remarks=None, first=2010):
    """Make a tally from years × places, with one group."""
    cube = np.array(count, dtype=float)[:, None, :]
    flags = np.ones_like(cube, bool) if present is None else np.array(present, bool)[:, None, :]
    faults = np.zeros_like(flags) if incomplete is None else np.array(incomplete, bool)[:, None, :]
    last = first + len(count) - 1
    return Tally((first, last), ("all",), cube, flags, faults, {}, remarks or {})


def places(number, residents=None, territory=None, since=None):
    since = np.array(since or [0] * number)
    return Places(
        ids=tuple("abcdefgh"[:number]),
        residents=np.array(residents or [True] * number),
        territory=np.array(territory or [True] * number),
        exists=lambda year: since <= year,
    )


def base(values):
    cube = np.array(values, dtype=float)[:, None, :]
    return Base(cube, np.array([True]), ("Residents",))


def statuses(values, period=0):
    return [STATUSES[code] for code in values.status[period, 0]]


def test_a_rate_is_numerator_over_denominator_times_per():
    values = compute(indicator(years=(2010, 2010)), counted([[5.0]]), places(1), base([[2000.0]]))
    assert values.value[0, 0, 0] == 2.5
    assert values.lower[0, 0, 0] < 2.5 < values.upper[0, 0, 0]
    assert statuses(values) == [Status.OK]


def test_years_are_pooled_by_summing_before_dividing():
    pooled = indicator(pooled=[Period(2010, 2011)])
    values = compute(pooled, counted([[10.0], [30.0]]), places(1), base([[1000.0], [3000.0]]))
    assert values.numerator[2, 0, 0] == 40
    assert values.denominator[2, 0, 0] == 4000
    assert values.value[2, 0, 0] == 10.0


def test_a_pooled_period_with_a_missing_year_is_not_reported_and_says_which():
    pooled = indicator(pooled=[Period(2010, 2011)])
    tallied = counted([[10.0], [0.0]], present=[[True], [False]])
    values = compute(pooled, tallied, places(1), base([[1000.0], [1000.0]]))
    assert statuses(values, 2) == [Status.NOT_REPORTED]
    assert values.notes[values.note[2, 0, 0]] == "No report for 2011"
    assert np.isnan(values.numerator[2, 0, 0])


def test_no_row_is_a_zero_only_in_a_complete_register():
    tallied = counted([[0.0]], present=[[False]])
    here = places(1), base([[1000.0]])
    assert statuses(compute(indicator(years=(2010, 2010)), tallied, *here)) == [Status.NOT_REPORTED]
    zero = compute(indicator(absence="zero", years=(2010, 2010)), tallied, *here)
    assert statuses(zero) == [Status.OK]
    assert zero.value[0, 0, 0] == 0


def test_an_incomplete_row_is_not_reported_even_in_a_complete_register_and_keeps_its_remark():
    tallied = counted([[7.0]], incomplete=[[True]], remarks={(0, 0, 0): "3 of 12 months"})
    values = compute(
        indicator(absence="zero", years=(2010, 2010)), tallied, places(1), base([[1000.0]])
    )
    assert statuses(values) == [Status.NOT_REPORTED]
    assert values.notes[values.note[0, 0, 0]] == "3 of 12 months"
    assert np.isnan(values.numerator[0, 0, 0])


def test_each_reason_has_its_status_and_the_count_stays_where_it_is_known():
    here = places(
        5,
        residents=[True, False, True, True, True],
        territory=[True, False, False, True, True],
        since=[0, 0, 0, 2015, 0],
    )
    values = compute(
        indicator(years=(2010, 2010)),
        counted([[12.0, 3.0, 4.0, 0.0, 5.0]]),
        here,
        base([[1000.0, np.nan, np.nan, 1000.0, np.nan]]),
    )
    assert statuses(values) == [
        Status.OK,
        Status.NOT_APPLICABLE,
        Status.NO_BOUNDARY,
        Status.NO_BOUNDARY,
        Status.NOT_REPORTED,
    ]
    np.testing.assert_array_equal(values.numerator[0, 0], [12, 3, 4, np.nan, 5])
    assert np.isnan(values.value[0, 0, 1:]).all()


def test_a_count_needs_no_territory_and_is_its_own_value():
    values = compute(
        indicator(per=None, years=(2010, 2010)),
        counted([[3.0, 0.0]]),
        places(2, residents=[False, True], territory=[False, True]),
        None,
    )
    assert statuses(values) == [Status.OK, Status.OK]
    assert values.value[0, 0].tolist() == [3, 0]
    assert values.reliability[0, 0].tolist() == [-1, -1]
    assert np.isnan(values.denominator).all()


def test_nobody_to_divide_by_is_not_applicable():
    values = compute(indicator(years=(2010, 2010)), counted([[3.0]]), places(1), base([[0.0]]))
    assert statuses(values) == [Status.NOT_APPLICABLE]
    assert np.isnan(values.value[0, 0, 0])


@given(
    st.lists(
        st.tuples(
            st.integers(0, 500),
            st.booleans(),
            st.booleans(),
            st.one_of(st.none(), st.integers(0, 9999)),
        ),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(["zero", "not_reported"]),
)
def test_a_value_is_there_exactly_where_the_status_is_ok(cells, absence):
    tallied = counted(
        [[float(n) if present else 0.0 for n, present, _, _ in cells]],
        present=[[present for _, present, _, _ in cells]],
        incomplete=[[present and bad for _, present, bad, _ in cells]],
    )
    bases = base([[np.nan if b is None else float(b) for *_, b in cells]])
    values = compute(indicator(absence, years=(2010, 2010)), tallied, places(len(cells)), bases)
    ok = values.status == 0
    for column in (values.value, values.lower, values.upper):
        assert np.array_equal(np.isfinite(column), ok)
        assert not np.isinf(column).any()
    assert np.array_equal(values.reliability >= 0, ok)
