"""Laws of time: a record of a year in which its agency was not there is listed, and no other."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapsvc.derive.existence import (
    DID_NOT_EXIST,
    SERVED_NOWHERE,
    account,
    existing,
    out_of_time,
    serving,
)
from mapsvc.derive.join import Joined, JoinedTable, JoinReport
from mapsvc.ingest.boundaries import Layer
from mapsvc.ingest.catalog import read_catalog
from mapsvc.ingest.served import ServedBy
from mapsvc.model import BoundarySet, Kind, in_year

YEARS = (2000, 2001, 2002)
SPANS = [(None, None), ("2001-06-30", None), (None, "2001-01-01"), ("2002-01-01", "2002-12-31")]


def layer(spans=SPANS):
    names = [f"a{number}" for number in range(len(spans))]
    frame = gpd.GeoDataFrame(
        {
            "id": names,
            "name": names,
            "kind": ["police"] * len(names),
            "parent": pd.Series([None] * len(names), dtype=object),
            "valid_from": pd.Series([since for since, _ in spans], dtype=object),
            "valid_to": pd.Series([until for _, until in spans], dtype=object),
        },
        geometry=[None] * len(names),
        crs="EPSG:4326",
    )
    words = dict.fromkeys(("title", "singular", "vintage", "authority", "product"), "")
    boundary_set = BoundarySet(
        key="agencies", id_scheme="ori", source_url="", licence="", valid_from=None, valid_to=None,
        sha256="", kinds={"police": Kind("police", "Police", True)}, **words,
    )  # fmt: skip
    return Layer(boundary_set, frame)


def served(agency, since=None, until=None, of="agencies"):
    return ServedBy("p", "Place", of, agency, since, until, None)


def joined(places, years):
    table = JoinedTable(
        pa.table({}), {"agencies": np.array(places, np.int32)}, np.array(years, np.int32)
    )
    return Joined({"records": table}, JoinReport(layers={"agencies": (0, [])}))


def dataset(miniature, policy):
    return replace(read_catalog(*miniature[:2]).datasets[0], policy=policy)


def test_a_jurisdiction_exists_in_every_year_that_its_dates_touch():
    assert existing(layer(), YEARS).tolist() == [
        [True, True, True],
        [False, True, True],
        [True, True, False],
        [False, False, True],
    ]


@given(
    since=st.none() | st.dates().map(str),
    until=st.none() | st.dates().map(str),
    year=st.integers(1000, 9999),
)
def test_a_span_touches_the_years_of_its_own_ends(since, until, year):
    if since and until and since > until:
        return
    if since and int(since[:4]) >= 1000:
        assert in_year(since, until, int(since[:4]))
    if until and int(until[:4]) >= 1000:
        assert in_year(since, until, int(until[:4]))
    before = until is not None and year > int(until[:4])
    after = since is not None and year < int(since[:4])
    assert in_year(since, until, year) == (not before and not after)


def test_who_polices_no_recorded_place_serves_wherever_it_exists():
    found = layer()
    assert np.array_equal(serving(found, [], YEARS), existing(found, YEARS))
    elsewhere = [served("a0", "2050-01-01", of="counties")]
    assert np.array_equal(serving(found, elsewhere, YEARS), existing(found, YEARS))


def test_who_polices_a_place_for_a_time_serves_in_those_years_only():
    spans = [served("a0", None, "2000-03-01"), served("a0", "2002-12-31", None)]
    assert serving(layer(), spans, YEARS)[0].tolist() == [True, False, True]


def test_serving_needs_existing():
    assert serving(layer(), [served("a3")], YEARS)[3].tolist() == [False, False, True]


def test_records_out_of_time_are_listed_with_year_count_and_reason():
    records = joined([1, 1, 1, 0, 2, -1], [2000, 2000, 2001, 2001, 2002, 1900])
    assert out_of_time(records, layer(), [served("a0", "2002-01-01", None)]) == [
        {"id": "a0", "year": 2001, "count": 1, "reason": SERVED_NOWHERE},
        {"id": "a1", "year": 2000, "count": 2, "reason": DID_NOT_EXIST},
        {"id": "a2", "year": 2002, "count": 1, "reason": DID_NOT_EXIST},
    ]


@given(rows=st.lists(st.tuples(st.integers(-1, 3), st.integers(1998, 2004))))
def test_every_record_out_of_time_is_counted_once(rows):
    found = layer()
    records = joined([place for place, _ in rows], [year for _, year in rows])
    expected = sum(place >= 0 and not in_year(*SPANS[place], year) for place, year in rows)
    assert sum(each["count"] for each in out_of_time(records, found, [])) == expected


def test_tables_without_years_or_places_have_nothing_out_of_time():
    places = {"agencies": np.array([1], np.int32)}
    tables = {
        "timeless": JoinedTable(pa.table({}), places, None),
        "placeless": JoinedTable(pa.table({}), {}, np.array([2000], np.int32)),
    }
    assert out_of_time(Joined(tables, JoinReport()), layer(), []) == []


def test_the_account_of_a_dataset_has_the_list_under_each_layer(miniature):
    records = joined([3], [2000])
    report = account(dataset(miniature, "none"), records, {"agencies": layer()}, [])
    assert report["layers"]["agencies"]["out_of_time"] == [
        {"id": "a3", "year": 2000, "count": 1, "reason": DID_NOT_EXIST}
    ]
    plain = records.report.as_dict()["layers"]["agencies"]
    assert {**plain, "out_of_time": report["layers"]["agencies"]["out_of_time"]} == (
        report["layers"]["agencies"]
    )


def test_a_dataset_that_withholds_small_numbers_does_not_tell_them_here(miniature):
    report = account(
        dataset(miniature, "small_cells"), joined([3], [2000]), {"agencies": layer()}, []
    )
    assert report["layers"]["agencies"]["out_of_time"] == [
        {"id": "a3", "year": 2000, "count": None, "reason": DID_NOT_EXIST}
    ]


@pytest.mark.parametrize("key", ["stops", "incidents", "crashes"])
def test_a_built_release_reports_them(miniature, key):
    layers = miniature.release.report["datasets"][key]["layers"]
    assert all(entry["out_of_time"] == [] for entry in layers.values())
