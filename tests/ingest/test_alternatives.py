"""Other denominators in a descriptor: what they inherit, and every fault at once."""

from __future__ import annotations

import pytest

from mapsvc.ingest.catalog import read_catalog
from tests.ingest.test_catalog import faults


@pytest.fixture
def stops(miniature):
    return miniature[1] / "stops" / "datapackage.json"


def test_an_alternative_has_what_the_indicator_has_unless_it_says_otherwise(miniature):
    datasets = read_catalog(*miniature).datasets
    (stop_rate,) = datasets[2].indicators
    (office,) = stop_rate.alternatives
    assert (office.denominator.name, office.denominator.column) == ("office", "population")
    assert (office.unit, office.per, office.method) == (stop_rate.unit, 100_000, stop_rate.method)
    divided = stop_rate.divided_by(office)
    assert (divided.denominator, divided.group_denominator) == (office.denominator, None)
    by_day = datasets[1].indicators[0].alternatives[0]
    assert (by_day.unit, by_day.per) == ("incidents per 1,000 people there by day", 1000)
    assert stop_rate.denominator.name == "residents"


def test_a_series_leaves_the_groups_what_they_are_divided_by(miniature, stops, edit):
    with edit(stops) as package:
        package["mapsvc"]["indicators"][0]["alternatives"] = [
            {"key": "daytime", "title": "By day", "series": "daytime"}
        ]
    (indicator,) = read_catalog(*miniature).datasets[2].indicators
    divided = indicator.divided_by(indicator.alternatives[0])
    assert divided.denominator.series == "daytime"
    assert divided.group_denominator == indicator.group_denominator


def test_every_fault_of_an_alternative_is_told_at_once(miniature, stops, edit):
    with edit(stops) as package:
        package["mapsvc"]["indicators"][0]["alternatives"] = [
            {"key": "residents", "title": "The same name", "series": "residents"},
            {"key": "Odd Key", "title": "An odd key", "series": "residents"},
            {"key": "both", "title": "Both", "series": "residents", "column": "population"},
            {"key": "typo", "title": "Typo", "column": "populaton", "authority": "Office"},
            {"key": "nobody", "title": "Nobody's", "column": "population"},
            {"key": "base", "title": "Base", "series": "residents", "per": 1000},
            {"key": "none", "title": "None", "series": "residents", "per": 0, "unit": "each"},
            {"key": "colours", "title": "Own classes", "series": "residents",
             "classes": {"scheme": "quantiles", "count": 4}},
            {"key": "more", "title": "More", "series": "residents", "palette": "Reds"},
            {"title": "No key", "series": "residents"},
        ]  # fmt: skip
    told = [str(problem) for problem in faults(miniature)]
    for number, words in enumerate(
        [
            "'residents' names two denominators",
            "cannot stand in an address",
            "a denominator is a series or a column",
            "no column 'populaton'",
            "'authority' is missing",
            "another base is another unit",
            "0 is not a rate's base",
            "it has the unit of the indicator",
            "unknown key 'palette'",
            "'key' is missing",
        ]
    ):
        place = f"/mapsvc/indicators/0/alternatives/{number}"
        assert any(place in each and words in each for each in told), (words, told)
    assert len(told) == 10


def test_given_breaks_are_not_taken_for_another_unit(miniature, stops, edit):
    with edit(stops) as package:
        package["mapsvc"]["indicators"][0]["classes"] = {"scheme": "given", "breaks": [1, 2]}
        package["mapsvc"]["indicators"][0]["alternatives"] = [
            {"key": "each", "title": "Each", "series": "residents", "unit": "each", "per": 1}
        ]
    (problem,) = faults(miniature)
    assert "the breaks given are of another unit" in str(problem)


def test_a_count_has_nothing_else_to_be_divided_by(miniature, stops, edit):
    with edit(stops) as package:
        package["mapsvc"]["indicators"][0].update(denominator=None, per=None)
    (problem,) = faults(miniature)
    assert "nothing else to be divided by" in str(problem)
