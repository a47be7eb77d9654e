"""Laws of the worked example: its numbers are those of the release, and its rules the ones used."""

import math

import numpy as np
import pytest

from mapsvc.errors import BadParameterError
from mapsvc.maps import choropleth, method, ranks
from mapsvc.model import RELIABILITIES, STATUSES
from tests.synthetic_release import COUNT, RATE


@pytest.fixture(scope="session")
def state(miniature):
    return miniature.release


def views(release):
    for entry in release.catalogue["indicators"]:
        for layer in entry["layers"]:
            for period in entry["periods"]:
                for group in entry["groups"]:
                    for identifier in release.layer(layer).ids:
                        asked = (layer, period, group["key"], identifier)
                        yield choropleth.view(release, entry["slug"], *asked)


def test_the_calculation_ends_at_the_published_value_and_limits_of_every_place(state):
    for seen in views(state):
        column = state.values(seen.layer, seen.indicator, seen.period, seen.group)
        row = state.layer(seen.layer).row(seen.jurisdiction)
        found = method.worked(state, seen)
        for name in ("value", "lower", "upper"):
            published, shown = getattr(column, name)[row], getattr(found, name)
            if shown is None:
                assert math.isnan(published)
            else:
                assert shown == pytest.approx(published, rel=1e-12)


def test_the_decision_follows_from_the_numbers_shown(state):
    for seen in views(state):
        found = method.worked(state, seen)
        if found.reliability is None:
            continue
        if found.events < method.RULES["unreliable_below"] or (
            found.width is None or found.width > method.RULES["widest"]
        ):
            assert found.reliability == "unreliable"
        elif found.events < method.RULES["caution_below"]:
            assert found.reliability == "use_with_caution"
        else:
            assert found.reliability == "reliable"


def test_the_place_that_is_chosen_is_reliable_and_in_the_middle(state):
    seen = choropleth.view(state, "stop-rate")
    found = method.worked(state, seen)
    column = state.values("counties", "stop-rate", seen.period)
    reliable = (column.status == 0) & (column.reliability == 0)
    assert found.reliability == "reliable"
    below = int((column.value[reliable] < found.value).sum())
    above = int((column.value[reliable] > found.value).sum())
    assert 0 <= above - below <= 1


def test_a_withheld_place_shows_none_of_its_numbers(release):
    found = method.worked(release, choropleth.view(release, RATE, jurisdiction="06007"))
    assert found.status == "suppressed"
    numbers = (found.events, found.denominator, found.value, found.events_lower, found.width)
    assert numbers == (None,) * 5


def test_a_count_has_limits_and_neither_denominator_nor_reliability(release):
    found = method.worked(release, choropleth.view(release, COUNT))
    assert (found.denominator, found.reliability, found.width) == (None, None, None)
    assert found.lower < found.events < found.upper


def test_every_place_is_under_one_mark(release):
    for slug in (RATE, COUNT):
        listed = method.marks(release, choropleth.view(release, slug))
        assert sum(mark.places for mark in listed) == len(release.layer("counties").ids)
        assert all(mark.text for mark in listed)


def test_every_denominator_of_every_period_is_in_the_table(state):
    for entry in state.catalogue["indicators"]:
        for layer, placed in entry["layers"].items():
            rows = method.denominators(entry, layer)
            assert bool(rows) == (placed["denominators"] is not None)
            for period in placed["denominators"] or ():
                pooled = "-" in period
                wanted = period.replace("-", "–")
                assert any(
                    wanted in row.periods if pooled else _covers(row.periods, int(period))
                    for row in rows
                )


def _covers(spans, year):
    single = spans.partition("; pooled ")[0]
    return any(
        int(span.split("–")[0]) <= year <= int(span.split("–")[-1])
        for span in single.split(", ")
        if span and not span.startswith("pooled")
    )


def test_every_value_is_in_one_of_the_classes_told(state):
    entry = state.indicator("stop-rate")
    told = method.classes(entry, "counties")
    column = state.values("counties", "stop-rate", "2016")
    assert len(told) == len(entry["layers"]["counties"]["classes"]["all"])
    assert int(column.klass.max()) < len(told)
    assert told[0].startswith("up to ")


def test_a_small_place_and_one_without_a_rate_have_no_rank(state):
    about, listed = ranks.ranking(state, "counties", "stop-rate", "2016")
    column = state.values("counties", "stop-rate", "2016")
    for row, each in enumerate(listed):
        large = column.denominator[row] >= 50_000
        shown = STATUSES[column.status[row]] == "ok" and (
            RELIABILITIES[column.reliability[row]] != "unreliable"
        )
        assert (each["rank"] is not None) == (large and shown)
        if each["rank"]:
            assert 1 <= each["rank_best"] <= each["rank"] <= each["rank_worst"] <= about["ranked"]
    assert about["ranked"] == 2
    assert "FBI" in about["caution"]


def test_pooled_years_do_not_make_a_small_place_large(state):
    single = ranks.ranking(state, "counties", "stop-rate", "2016")[1]
    pooled = ranks.ranking(state, "counties", "stop-rate", "2013-2016")[1]
    assert [each["rank"] is None for each in pooled] == [each["rank"] is None for each in single]
    assert np.nanmin(state.values("counties", "stop-rate", "2013-2016").denominator[:3]) > 50_000


def test_a_group_is_ranked_by_the_size_of_the_place(state):
    listed = ranks.ranking(state, "counties", "stop-rate", "2016", "blue")[1]
    assert [each["rank"] is not None for each in listed] == [True, True, *[False] * 4]


def test_counts_have_no_ranks(release):
    with pytest.raises(BadParameterError):
        ranks.ranking(release, "counties", COUNT, "2014")
