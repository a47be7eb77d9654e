"""What is withheld of a dataset: its layers, groups, years and measures hide nothing in each other.

The outsider of these tests writes down what adds up as a page's reader would, and solves for it.
"""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import linprog

from mapsvc.derive.disclosure import (
    CountCube,
    Division,
    Figures,
    MeasureSum,
    count_cube,
    withhold,
)
from mapsvc.derive.indicators import compute
from mapsvc.model import Period
from mapsvc.statistics.disclosure import DisclosureError
from tests.derive.test_indicators import base, counted, indicator, places

POOLED = Period(2010, 2011)
COUNTIES = ("c1", "c2")
AGENCIES = ("a1", "a2", "a3", "a4")
PARENTS = ("c1", "c1", "c2", "c2")
DIVISION = Division("agencies", "counties", PARENTS)


def cube(count, layer="counties", measure="m", groups=("all",), pooled=(POOLED,), published=None):
    """Make a cube from years × groups × places."""
    count = np.array(count, dtype=float)
    years, _, number = count.shape
    names = {"counties": COUNTIES, "agencies": AGENCIES}[layer][:number]
    shown = np.ones(count.shape, dtype=bool) if published is None else np.array(published)
    return CountCube(
        measure, layer, (2010, 2009 + years), groups, names, count, shown, tuple(pooled)
    )


def one_place(*counts, **options):
    """Make a cube of one place and one group from the counts of its years."""
    return cube([[[count]] for count in counts], **options)


def shown_by(cubes, answers, period, group, place, measure, layer):
    """Return what a release shows: a count, None where it is withheld, "" where it shows none."""
    for each in cubes:
        if (each.measure, each.layer) == (measure, layer):
            at = (each.groups.index(group), each.places.index(place))
            rows = [year - each.years[0] for year in period.years]
            if not each.published[(rows, *at)].all():
                return ""
            withheld = answers[measure, layer].of([period], [group])[0, 0, at[1]]
            return None if withheld else int(each.count[(rows, *at)].sum())
    raise AssertionError


def test_zero_is_shown_and_small_counts_are_not():
    answer = withhold([cube([[[0, 3]], [[40, 10]]])])["m", "counties"]
    assert answer.periods == (Period(2010, 2010), Period(2011, 2011), POOLED)
    assert answer.flags[:, 0].tolist() == [[False, True], [False, True], [False, False]]


def test_a_pooled_period_does_not_give_back_its_year():
    answer = withhold([one_place(3, 40)])["m", "counties"].flags.ravel()
    assert answer[0]
    assert answer.sum() == 2
    alone = withhold([one_place(3, 40, pooled=())])["m", "counties"].flags.ravel()
    assert alone.tolist() == [True, False]


def test_a_pooled_period_that_is_not_shown_gives_nothing_back():
    missing = one_place(3, 40, 0, pooled=(Period(2010, 2012),), published=[[[1]], [[1]], [[0]]])
    flags = withhold([missing])["m", "counties"].flags.ravel()
    assert flags.tolist() == [True, False, False, False]


def test_a_group_is_not_given_back_by_everyone():
    """Of 43, 3 and 40; and of 60 one of no known group, which nobody shows but anybody finds."""
    groups = ("all", "x", "y")
    flags = withhold([cube([[[43], [3], [40]]], groups=groups, pooled=())])["m", "counties"].flags
    assert flags.sum() == 2
    rest = withhold([cube([[[61], [20], [40]]], groups=groups, pooled=())])["m", "counties"].flags
    assert rest.sum() == 1
    none = withhold([cube([[[60], [20], [40]]], groups=groups, pooled=())])["m", "counties"].flags
    assert not none.any()


def test_groups_that_overlap_are_each_no_more_than_everyone():
    groups = ("all", "x", "y")
    flags = withhold([cube([[[50], [45], [30]]], groups=groups, pooled=())])["m", "counties"].flags
    # 5 are not in x: a count that 50 and 45 would give back.
    assert flags.sum() == 1
    assert not flags[0, 2, 0]


def test_a_county_does_not_give_back_its_agencies():
    county = cube([[[43, 90]]], pooled=())
    agencies = cube([[[3, 40, 50, 40]]], "agencies", pooled=())
    answers = withhold([county, agencies], [DIVISION])
    assert answers["m", "agencies"].flags[0, 0, 0]
    assert sum(each.flags.sum() for each in answers.values()) == 2
    assert not answers["m", "agencies"].flags[0, 0, 2:].any()
    assert not answers["m", "counties"].flags[0, 0, 1]


def test_records_of_no_agency_are_a_count_too():
    county = cube([[[103, 100]]], pooled=())
    agencies = cube([[[60, 40, 60, 40]]], "agencies", pooled=())
    answers = withhold([county, agencies], [DIVISION])
    flags = np.concatenate([each.flags.ravel() for each in answers.values()])
    assert flags.sum() == 1
    assert answers["m", "counties"].flags[0, 0].tolist() == [True, False] or (
        answers["m", "agencies"].flags[0, 0, :2].sum() == 1
    )


def test_what_was_not_reported_is_neither_withheld_nor_any_help():
    county = cube([[[43, 90]]], pooled=())
    agencies = cube([[[3, 40, 0, 90]]], "agencies", pooled=(), published=[[[1, 1, 0, 1]]])
    flags = withhold([county, agencies], [DIVISION])["m", "agencies"].flags[0, 0]
    assert flags[0]
    assert not flags[2:].any()
    partial = cube([[[3, 40, 7, 83]]], "agencies", pooled=(), published=[[[1, 1, 0, 1]]])
    answers = withhold([county, partial], [DIVISION])
    assert not answers["m", "agencies"].flags[0, 0, 2]
    assert answers["m", "agencies"].flags[0, 0, 3] or answers["m", "counties"].flags[0, 0, 1]


def test_a_measure_does_not_give_back_those_that_it_sums():
    parts = [one_place(count, measure=name, pooled=()) for name, count in (("a", 3), ("b", 40))]
    whole = one_place(43, measure="m", pooled=())
    answers = withhold([whole, *parts], sums=[MeasureSum("m", ("a", "b"))])
    assert answers["a", "counties"].flags.all()
    assert sum(each.flags.sum() for each in answers.values()) == 2
    apart = withhold([whole, *parts])
    assert sum(each.flags.sum() for each in apart.values()) == 1


def figures(each, withheld, periods=None):
    periods = withheld.periods if periods is None else periods
    count = np.stack(
        [
            each.count[period.first - each.years[0] : period.last - each.years[0] + 1].sum(axis=0)
            for period in periods
        ]
    )
    shown = np.where(withheld.of(periods, each.groups), np.nan, count)
    return Figures(each.measure, each.layer, tuple(periods), each.groups, each.places, shown)


def test_an_earlier_release_shows_what_this_one_may_not_count_on():
    """It withheld one of 40 and the sum; with the other withheld now, 3 would be left over."""
    old = one_place(3, 40, 60, pooled=(POOLED, Period(2010, 2012)))
    first = withhold([old])["m", "counties"]
    again = withhold([old], earlier=[figures(old, first)])["m", "counties"]
    assert again.flags.tolist() == first.flags.tolist()


def test_pools_of_two_releases_do_not_give_back_the_year_between_them():
    old = one_place(40, 50, 4, pooled=(POOLED,))
    before = figures(old, withhold([old])["m", "counties"], [POOLED])
    new = one_place(40, 50, 4, pooled=(Period(2010, 2012),))
    alone = withhold([new])["m", "counties"]
    both = withhold([new], earlier=[before])["m", "counties"]
    assert alone.flags.sum() == both.flags.sum() == 2
    # The old sum of the first two is 90: the new one of all three would leave 4.
    assert both.flags[3, 0, 0]


def test_what_an_earlier_release_gives_away_is_an_error_that_names_it_without_the_count():
    new = one_place(7, 40)
    before = Figures("m", "counties", (Period(2010, 2010),), ("all",), ("c1",), np.array([[[7.0]]]))
    with pytest.raises(DisclosureError, match="m, counties c1, 2010, all") as caught:
        withhold([new], earlier=[before])
    assert "7" not in str(caught.value)
    revised = Figures(
        "m", "counties", (Period(2010, 2010),), ("all",), ("c1",), np.array([[[8.0]]])
    )
    assert withhold([new], earlier=[revised])["m", "counties"].flags[0, 0, 0]


def test_remainders_that_are_given_away_are_an_error_too():
    groups = ("all", "x")
    old = cube([[[61], [58]]], groups=groups, pooled=())
    before = Figures(
        "m", "counties", (Period(2010, 2010),), groups, ("c1",), np.array([[[61.0], [58.0]]])
    )
    with pytest.raises(DisclosureError, match="remainders"):
        withhold([old], earlier=[before])


def test_places_and_groups_of_an_earlier_release_that_are_gone_are_no_hindrance():
    before = Figures(
        "m",
        "counties",
        (Period(2010, 2010),),
        ("all", "gone"),
        ("gone", "c1"),
        np.array([[[5.0, 40], [5.0, 5]]]),
    )
    flags = withhold([one_place(40, 3)], earlier=[before])["m", "counties"].flags
    assert flags.ravel().tolist() == [False, True, True]


def test_counts_are_whole_and_reach_as_far_as_what_is_shown():
    with pytest.raises(ValueError, match="whole number"):
        withhold([one_place(3.5, 4)])
    with pytest.raises(ValueError, match="beyond"):
        withhold([one_place(3, 4, pooled=(Period(2009, 2010),))])


def test_a_cube_has_what_any_indicator_of_its_measure_shows():
    tallies = counted([[3, 0], [40, 5]], present=[[1, 0], [1, 1]]), counted([[40, 5]], first=2011)
    indicators = indicator(pooled=[POOLED]), indicator(years=(2011, 2011), per=None)
    values = [
        compute(
            each, tally, places(2), base([[100.0, 100]] * len(tally.count)) if each.per else None
        )
        for each, tally in zip(indicators, tallies, strict=True)
    ]
    made = count_cube("m", "counties", ("c1", "c2"), list(zip(tallies, values, strict=True)))
    assert made.years == (2010, 2011)
    assert made.count[:, 0].tolist() == [[3, 0], [40, 5]]
    assert made.published[:, 0].tolist() == [[True, False], [True, True]]
    assert made.pooled == (POOLED,)


NUMBERS = st.one_of(st.just(0), st.integers(1, 10), st.integers(11, 40), st.integers(100, 900))


@settings(max_examples=25, deadline=None)
@given(
    hnp.arrays(np.int64, (2, 2, 4), elements=NUMBERS, fill=st.nothing()),
    hnp.arrays(np.int64, (2, 2, 2), elements=st.sampled_from([0, 0, 0, 4, 60]), fill=st.nothing()),
    hnp.arrays(bool, (2, 4), elements=st.sampled_from([True] * 5 + [False]), fill=st.nothing()),
)
def test_no_withheld_count_of_an_atlas_can_be_worked_out(parts, outside, reported):
    """Two groups, two years and their pool, four agencies in two counties."""
    parts = parts * reported[:, None, :]
    by_county = np.stack([parts[..., :2].sum(-1), parts[..., 2:].sum(-1)], axis=-1) + outside
    groups = ("all", "x", "y")

    def with_all(counts):
        return np.concatenate([counts.sum(axis=1, keepdims=True), counts], axis=1)

    published = np.repeat(reported[:, None, :], 3, axis=1)
    cubes = [
        cube(with_all(by_county), groups=groups),
        cube(with_all(parts), "agencies", groups=groups, published=published),
    ]
    answers = withhold(cubes, [DIVISION])
    periods = [Period(2010, 2010), Period(2011, 2011), POOLED]
    where = [("counties", place) for place in COUNTIES] + [
        ("agencies", place) for place in AGENCIES
    ]
    number = {key: at for at, key in enumerate(itertools.product(periods, groups, where))}
    shown = {
        key: shown_by(cubes, answers, key[0], key[1], key[2][1], "m", key[2][0]) for key in number
    }
    equal, total = [], []
    for period, place in itertools.product(periods, where):
        row = np.zeros(len(number))
        for group, sign in zip(groups, (-1, 1, 1), strict=True):
            row[number[period, group, place]] = sign
        equal.append(row)
    for group, place in itertools.product(groups, where):
        if shown[POOLED, group, place] != "":
            row = np.zeros(len(number))
            for period, sign in zip(periods, (1, 1, -1), strict=True):
                row[number[period, group, place]] = sign
            equal.append(row)
    for period, group, county in itertools.product(periods, groups, COUNTIES):
        row = np.zeros(len(number))
        row[number[period, group, ("counties", county)]] = -1
        for agency, parent in zip(AGENCIES, PARENTS, strict=True):
            if parent == county:
                row[number[period, group, ("agencies", agency)]] = 1
        total.append(row)
    lower = np.array([1 if count is None else count or 0 for count in shown.values()], float)
    upper = np.array([1e6 if count in (None, "") else count for count in shown.values()], float)
    for key, count in shown.items():
        if count is not None:
            assert count == "" or count == 0 or count > 10
            continue
        goal = np.zeros(len(number))
        goal[number[key]] = 1
        ends = [
            sign
            * linprog(
                sign * goal,
                A_ub=np.array(total),
                b_ub=np.zeros(len(total)),
                A_eq=np.array(equal),
                b_eq=np.zeros(len(equal)),
                bounds=np.column_stack([lower, upper]),
            ).fun
            for sign in (1, -1)
        ]
        assert ends[1] - ends[0] >= 10 - 1e-6
