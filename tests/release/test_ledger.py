"""Laws of the ledger: parts add up, each place without a rate has its reason, dates are kept."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapsvc.derive.conservation import geodesic_areas
from mapsvc.model import STATUSES, Status
from mapsvc.release.build import read_sources
from mapsvc.release.ledger import ledgers
from mapsvc.release.report import summarise
from mapsvc.release.spans import spans
from mapsvc.remarks import NO_FIGURE, NO_RESIDENTS, NO_TERRITORY, NOBODY, SERVED_NOWHERE

YEARS = [2013, 2014, 2015, 2016]


@pytest.fixture(scope="module")
def sources(miniature):
    return read_sources(miniature.boundaries, miniature.datasets)


@pytest.fixture(scope="module")
def ledger(miniature):
    return miniature.release.ledger["agencies"]


def compute(sources, served_by):
    areas = {key: geodesic_areas(layer.geometry) for key, layer in sources.layers.items()}
    return ledgers(sources.layers, areas, sources.population, served_by)["agencies"]


def reasons(ledger, year):
    return {
        each["id"]: span["reason"]
        for each in ledger["without_rate"]
        for span in each["spans"]
        if span["first"] <= year <= span["last"]
    }


def test_only_a_layer_that_divides_another_has_a_ledger(miniature):
    assert list(miniature.release.ledger) == ["agencies"]
    assert miniature.release.ledger["agencies"]["of"] == "counties"


def test_the_parts_of_every_parent_add_up_to_it(ledger):
    assert ledger["years"] == YEARS
    assert len(ledger["parents"]) == 6
    for parent in ledger["parents"]:
        assert parent["parts_area_m2"] == pytest.approx(parent["area_m2"], abs=1)
        assert parent["residents"] == parent["parts_residents"]


def test_a_part_without_a_figure_is_counted_as_unknown(ledger):
    unknown = {each["id"]: each["unknown"] for each in ledger["parents"]}
    assert unknown.pop("99009") == [0, 0, 1, 1]
    assert all(counts == [0, 0, 0, 0] for counts in unknown.values())


def test_parts_are_counted_with_and_without_territory(ledger):
    counts = {each["id"]: (each["parts"], each["parts_mapped"]) for each in ledger["parents"]}
    assert counts["99001"] == ([3] * 4, 2)
    assert counts["99011"] == ([2] * 4, 1)


def test_each_reason_is_the_one_that_applies(ledger):
    assert reasons(ledger, 2013) == {
        "ZZ0019900": NO_RESIDENTS,
        "ZZ0039900": NO_RESIDENTS,
        "ZZ0110100": NO_TERRITORY,
        "ZZ0090100": NOBODY,
    }
    assert reasons(ledger, 2015)["ZZ0090100"] == NO_FIGURE


@pytest.mark.parametrize("year", YEARS)
def test_a_place_has_a_rate_exactly_where_the_ledger_has_no_reason(miniature, ledger, year):
    release = miniature.release
    status = release.values("agencies", "crash-rate", str(year)).status
    ids = np.array(release.layer("agencies").ids)
    ok = set(ids[status == STATUSES.index(Status.OK)])
    assert ok == set(ids) - set(reasons(ledger, year))


def test_who_polices_what_is_kept_as_it_was_declared(ledger, sources):
    assert len(ledger["served_by"]) == len(sources.served_by) == 11
    dated = [each for each in ledger["served_by"] if each["valid_from"] or each["valid_to"]]
    assert [(each["agency"], each["valid_from"], each["valid_to"]) for each in dated] == [
        ("ZZ0030100", None, "2014-12-31"),
        ("ZZ0030000", "2015-01-01", None),
        ("ZZ0070000", None, "2012-12-31"),
        ("ZZ0070100", "2013-01-01", None),
    ]


def test_residents_before_the_department_was_there_are_pointed_out(sources):
    later = [
        replace(each, valid_from="2015-05-01") if each.agency == "ZZ0070100" else each
        for each in sources.served_by
    ]
    assert compute(sources, later)["policed_by_another"] == [
        {"id": "ZZ0070100", "spans": [{"first": 2013, "last": 2014, "reason": SERVED_NOWHERE}]}
    ]
    assert compute(sources, sources.served_by)["policed_by_another"] == []


def test_a_part_that_polices_nothing_yet_is_not_expected_to_have_residents(sources):
    away = [
        replace(sources.served_by[0], agency="ZZ0090100", valid_from="2000-01-01",
                valid_to="2014-12-31")
    ]  # fmt: skip
    found = compute(sources, away)
    assert reasons(found, 2015)["ZZ0090100"] == SERVED_NOWHERE
    assert [each["unknown"] for each in found["parents"]] == [[0] * 4] * 6


@given(texts=st.lists(st.none() | st.sampled_from(["a", "b"]), max_size=12))
def test_spans_say_the_same_as_the_years_one_by_one(texts):
    years = list(range(2000, 2000 + len(texts)))
    found = spans(years, texts)
    spread = {
        year: span["reason"] for span in found for year in range(span["first"], span["last"] + 1)
    }
    assert [spread.get(year) for year in years] == texts
    for one, other in pairwise(found):
        assert one["last"] < other["first"]
        assert one["reason"] != other["reason"] or one["last"] + 1 < other["first"]


def test_what_a_builder_reads_tells_of_records_out_of_time():
    late = [{"id": "a", "year": 2001, "count": 3, "reason": "It did not exist"}]
    report = {
        "datasets": {
            name: {
                "rows_read": 9,
                "joined": 9,
                "unmatched": [],
                "rejected": [],
                "layers": {"agencies": {"joined": 9, "unmatched": [], "out_of_time": listed}},
            }
            for name, listed in (("late", late), ("timely", []))
        },
        "partitions": {},
    }
    lines = [line for line in summarise(report).splitlines() if "out of time" in line]
    assert lines == ["    agencies: out of time: a in 2001: It did not exist"]
