"""Laws of shares: never negative, one in sum in every year, and none where they cannot be known."""

import calendar
import datetime
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapsvc.derive.service import (
    BY_RESIDENTS,
    DECLARED,
    NOBODY_THERE,
    ONLY_PLACE,
    days_in,
    services,
)
from mapsvc.ingest.boundaries import Layer
from mapsvc.ingest.catalog import PopulationSource
from mapsvc.ingest.places import PlacePopulation
from mapsvc.ingest.served import ServedBy
from mapsvc.model import BoundarySet, Kind

YEARS = range(2000, 2004)
AGENCIES = {"a": "1", "b": "2", "c": None}
SOURCE = PopulationSource("A", "B", "C", "")


def layer():
    names = list(AGENCIES)
    frame = gpd.GeoDataFrame(
        {
            "id": names,
            "name": names,
            "kind": ["police"] * len(names),
            "parent": pd.Series(list(AGENCIES.values()), dtype=object),
            "valid_from": pd.Series([None] * len(names), dtype=object),
            "valid_to": pd.Series([None] * len(names), dtype=object),
        },
        geometry=[None] * len(names),
        crs="EPSG:4326",
    )
    words = dict.fromkeys(("title", "singular", "vintage", "authority", "product"), "")
    boundary_set = BoundarySet(
        key="agencies", id_scheme="ori", source_url="", licence="", valid_from=None, valid_to=None,
        sha256="", kinds={"police": Kind("police", "Police", True)}, partition_of="counties",
        **words,
    )  # fmt: skip
    return Layer(boundary_set, frame)


def served(agency, place, since=None, until=None, parent=None, share=None):
    return ServedBy(place, place.upper(), "agencies", agency, since, until, None, parent, share)


def people(figures):
    return PlacePopulation((SOURCE,), {key: (count, 0) for key, count in figures.items()})


def find(rows, figures=None, wholes=("1", "2")):
    return {
        each.agency: each for each in services(layer(), wholes, rows, people(figures or {}), YEARS)
    }


dates = st.dates(datetime.date(1999, 1, 1), datetime.date(2005, 1, 1)).map(str)


@st.composite
def service(draw):
    """Places that pass from agency to agency on random days, with residents, some unknown."""
    rows, figures = [], {}
    for place in ("p", "q", "r", "s"):
        days = sorted(draw(st.sets(dates, max_size=3)))
        edges = [None, *days, None]
        for first, following in pairwise(edges):
            until = None
            if following:
                until = str(datetime.date.fromisoformat(following) - datetime.timedelta(1))
            agency = draw(st.sampled_from(["a", "b", "c", None]))
            if agency:
                rows.append(served(agency, place, first, until))
        for year in YEARS:
            if (count := draw(st.none() | st.integers(0, 10**7))) is not None:
                figures[place, year] = count
    return rows, figures


@given(service())
def test_shares_are_not_negative_and_one_in_sum_or_none_at_all(given_):
    rows, figures = given_
    for each in find(rows, figures).values():
        for column in range(len(YEARS)):
            held = each.share[:, column]
            if each.basis[column] is None:
                assert np.isnan(held).all()
                policed = (each.days[:, column] > 0).any()
                assert bool(each.reasons[column]) == policed
                continue
            assert each.reasons[column] is None
            assert np.array_equal(~np.isnan(held), each.days[:, column] > 0)
            assert (held[~np.isnan(held)] >= 0).all()
            assert abs(np.nansum(held) - 1) < 1e-9
            parents = [share[column] for share in each.parent_shares().values()]
            assert min(parents) >= 0
            assert abs(sum(parents) - 1) < 1e-9


@given(service())
def test_no_resident_is_given_to_two_agencies_at_once(given_):
    """A place that changes hands is divided by days, so the agencies' parts are never above it."""
    rows, _ = given_
    for year in YEARS:
        for place in ("p", "q", "r", "s"):
            spent = [
                days_in(each.valid_from, each.valid_to, year)
                for each in rows
                if each.place == place
            ]
            assert sum(spent) <= 365 + calendar.isleap(year)


@given(st.none() | dates, st.none() | dates, st.sampled_from(list(YEARS)))
def test_days_in_a_year_are_those_that_one_can_count(since, until, year):
    first = datetime.date(year, 1, 1)
    days = [first + datetime.timedelta(each) for each in range(365 + calendar.isleap(year))]
    inside = [day for day in days if (since or "") <= str(day) <= (until or "9999-12-31")]
    assert days_in(since, until, year) == len(inside)


def test_a_city_that_leaves_the_sheriff_takes_its_share_with_it():
    figures = {(place, year): count for year in YEARS
               for place, count in (("city", 300), ("land", 100), ("town", 600))}  # fmt: skip
    rows = [
        served("a", "city", None, "2001-12-31"),
        served("b", "city", "2002-01-01"),
        served("a", "land"),
        served("a", "town"),
    ]
    found = find(rows, figures)["a"]
    assert found.places == ("city", "land", "town")
    assert found.share[:, 1].tolist() == [0.3, 0.1, 0.6]
    assert np.isnan(found.share[0, 2])
    assert found.share[1:, 2] == pytest.approx([1 / 7, 6 / 7])
    assert found.basis == (BY_RESIDENTS,) * 4
    assert "b" not in find(rows, figures)


def test_a_place_counts_for_the_days_on_which_it_was_policed():
    figures = {(place, year): 100 for place in "pq" for year in YEARS}
    rows = [served("a", "p"), served("a", "q", None, "2001-07-02")]
    found = find(rows, figures)["a"]
    assert found.share[:, 1] == pytest.approx([365 / (365 + 183), 183 / (365 + 183)])
    assert found.share[0, 2] == 1
    assert found.basis[2] == ONLY_PLACE


def test_where_a_figure_is_missing_there_is_no_share_rather_than_equal_ones():
    figures = {("p", year): 100 for year in YEARS} | {("q", 2000): 50}
    found = find([served("a", "p"), served("a", "q")], figures)["a"]
    assert found.basis == (BY_RESIDENTS, None, None, None)
    assert found.reasons[1] == "No figure for the residents of Q"
    assert np.isnan(found.share[:, 1:]).all()
    assert all(np.isnan(each[1:]).all() for each in found.parent_shares().values())


def test_where_nobody_lives_there_is_nothing_to_share():
    figures = {(place, year): 0 for place in "pq" for year in YEARS}
    found = find([served("a", "p"), served("a", "q")], figures)["a"]
    assert found.reasons == (NOBODY_THERE,) * 4


def test_an_agency_across_counties_has_the_shares_that_it_declares():
    rows = [
        served("a", "north", parent="1", share=0.25),
        served("a", "south", parent="2", share=0.5),
        served("a", "2", share=0.25),
    ]
    found = find(rows)["a"]
    assert found.basis == (DECLARED,) * 4
    assert {key: share[0] for key, share in found.parent_shares().items()} == {"1": 0.25, "2": 0.75}


def test_a_place_is_part_of_itself_of_what_is_declared_or_of_the_agencys_parent():
    rows = [served("a", "2"), served("a", "p", parent="2"), served("a", "q"),
            served("c", "x"), served("c", "y")]  # fmt: skip
    found = find(rows)
    assert found["a"].parents == ("2", "2", "1")
    assert found["c"].parents == (None, None)


def test_an_agency_of_one_place_at_a_time_is_not_listed():
    rows = [served("a", "p", None, "2000-12-31"), served("a", "q", "2001-01-01"), served("b", "p")]
    assert find(rows) == {}


def test_rows_of_another_layer_are_not_its():
    other = [ServedBy(place, place, "counties", "a", None, None, None) for place in "pq"]
    assert find(other) == {}
