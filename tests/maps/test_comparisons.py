"""Laws of comparisons over a made-up state: what is compared, with whom, and what never is."""

import itertools

import numpy as np
import pytest

from mapsvc.errors import BadParameterError
from mapsvc.maps import comparisons
from mapsvc.model import RELIABILITIES, STATUSES
from mapsvc.statistics import comparison
from tests.synthetic_release import COUNT, RATE

RATES = ["stop-rate", "incident-rate", "crash-rate"]


@pytest.fixture(scope="session")
def state(miniature):
    return miniature.release


def usable(release, layer, slug, row, period, group="all"):
    column = release.values(layer, slug, period, group)
    return STATUSES[column.status[row]] == "ok" and (
        RELIABILITIES[column.reliability[row]] != "unreliable"
    )


@pytest.mark.parametrize("slug", RATES)
def test_the_place_and_the_rest_add_up_to_the_whole(state, slug):
    column = state.values("counties", slug, "2016")
    counted = column.status == 0
    for row in np.flatnonzero(counted):
        found = comparisons.with_rest(state, "counties", slug, int(row), "2016")
        if found.reference:
            assert found.own.events + found.reference.events == column.numerator[counted].sum()
            people = found.own.denominator + found.reference.denominator
            assert people == column.denominator[counted].sum()
            assert found.reference.places == counted.sum() - 1


@pytest.mark.parametrize("slug", RATES)
def test_a_ratio_is_there_exactly_where_both_rates_would_be_shown(state, slug):
    for row in range(len(state.layer("counties").ids)):
        found = comparisons.with_rest(state, "counties", slug, row, "2016")
        shown = usable(state, "counties", slug, row, "2016")
        assert (found.ratio is not None) == (shown and found.reference.usable)
        if found.ratio is None:
            assert found.sentence.startswith("No comparison. ")
            assert found.verdict is None
        else:
            expected = comparison.compare(
                found.own.events, found.own.denominator,
                found.reference.events, found.reference.denominator,
            )  # fmt: skip
            assert found.ratio == pytest.approx(float(expected.ratio))
            assert found.verdict == comparison.VERDICTS[int(expected.verdict)]


def test_two_places_compared_both_ways_are_opposite(state):
    for row, other in itertools.permutations(range(3), 2):
        one = comparisons.with_place(state, "counties", "stop-rate", row, other, "2016")
        two = comparisons.with_place(state, "counties", "stop-rate", other, row, "2016")
        assert one.ratio * two.ratio == pytest.approx(1)
        opposite = {"higher": "lower", "lower": "higher"}
        assert two.verdict == opposite.get(one.verdict, one.verdict)


def test_a_place_is_not_compared_with_itself(state):
    with pytest.raises(BadParameterError):
        comparisons.with_place(state, "counties", "stop-rate", 0, 0, "2016")


def test_years_are_not_compared_across_a_break_and_the_break_is_named(state):
    found = comparisons.over_time(state, "counties", "stop-rate", 0)
    assert (found.reference.period, found.own.period) == ("2015", "2016")
    assert [item["year"] for item in found.avoided] == [2015]
    assert found.breaks == ()
    assert "2015" in found.sentence.partition(")")[2]


def test_without_a_break_the_first_year_is_compared_with_the_last(state):
    found = comparisons.over_time(state, "counties", "incident-rate", 0)
    assert (found.reference.period, found.own.period) == ("2013", "2016")
    assert found.avoided == []


def test_a_comparison_that_is_asked_for_across_a_break_says_so(state):
    found = comparisons.with_earlier(state, "counties", "stop-rate", 0, "2013", "2016")
    assert [item["year"] for item in found.breaks] == [2015]
    assert "the series breaks in 2015" in found.sentence


@pytest.mark.parametrize("since", ["2016", "2013-2016"])
def test_periods_that_overlap_are_not_compared(state, since):
    with pytest.raises(BadParameterError):
        comparisons.with_earlier(state, "counties", "stop-rate", 0, since, "2016")


def test_the_reference_group_is_the_largest_everywhere_and_is_not_compared_with_itself(state):
    for row in range(6):
        found = comparisons.groups(state, "counties", "stop-rate", row)
        assert found.reference == "Green"
        assert [title for title, _ in found.compared] == ["Blue"]


def test_a_disparity_needs_ten_events_in_both_groups(state):
    seen = set()
    for row in range(6):
        [(_, found)] = comparisons.groups(state, "counties", "stop-rate", row).compared
        few = min(found.own.events, found.reference.events) < 10
        seen.add(few)
        if few:
            assert found.ratio is None
        elif found.own.usable and found.reference.usable:
            blue, green = found.own, found.reference
            expected = (blue.events / blue.denominator) / (green.events / green.denominator)
            assert found.ratio == pytest.approx(expected)
    assert seen == {True, False}


def test_records_of_no_listed_group_are_everyone_less_the_groups(state):
    everyone = state.values("counties", "stop-rate", "2016").numerator[0]
    share, lower, upper = comparisons.outside_groups(state, "counties", "stop-rate", 0, "2016")
    assert share == pytest.approx(1 / everyone)
    assert lower < share < upper


def test_there_is_no_share_where_a_group_is_withheld_or_missing(release):
    for row, identifier in enumerate(release.layer("counties").ids):
        found = comparisons.outside_groups(release, "counties", RATE, row, "2014")
        assert found is None, identifier  # the synthetic groups add up to more than everyone


def test_counts_are_never_compared(release):
    found = comparisons.with_rest(release, "counties", COUNT, 0, "2014")
    assert found.ratio is None
    assert "Counts are not compared" in found.sentence
    assert comparisons.over_time(release, "counties", COUNT, 0) is None
    assert comparisons.groups(release, "counties", COUNT, 0) is None


def test_what_is_withheld_takes_part_in_nothing(release):
    row = release.layer("counties").row("06007")
    found = comparisons.with_rest(release, "counties", RATE, row, "2014")
    assert (found.own.events, found.own.denominator, found.own.value) == (None, None, None)
    assert found.ratio is None
    assert "withheld" in found.sentence
    column = release.values("counties", RATE, "2014")
    other = comparisons.with_rest(release, "counties", RATE, 0, "2014")
    counted = column.status == 0
    assert not counted[row]
    assert other.reference.denominator == column.denominator[counted].sum() - column.denominator[0]


def test_an_unreliable_rate_gives_the_reason_and_no_ratio(release):
    row = release.layer("counties").row("06005")
    found = comparisons.with_rest(release, "counties", RATE, row, "2014")
    assert (found.ratio, found.verdict, found.own.value) == (None, None, None)
    assert "unreliable" in found.sentence
