"""Laws of coverage: everyone reported or is listed as missing, and missing is never zero."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapsvc.errors import InputError
from mapsvc.ingest.catalog import read_catalog
from mapsvc.model import STATUSES, Reporting, Status
from mapsvc.release.build import join_all, read_sources
from mapsvc.release.coverage import Surroundings, coverages
from mapsvc.release.gaps import NO_RECORD
from mapsvc.statistics.coverage import full_months
from tests.miniature import write_miniature
from tests.release.test_build import edit

NOT_REPORTED = STATUSES.index(Status.NOT_REPORTED)


@pytest.fixture(scope="module")
def sources(miniature):
    return read_sources(miniature.boundaries, miniature.datasets)


def entry(coverage, dataset, layer):
    (found,) = [each for each in coverage[dataset] if each["layer"] == layer]
    return found


def missing_in(found, year):
    return {
        each["id"]: span["reason"]
        for each in found["missing"]
        for span in each["spans"]
        if span["first"] <= year <= span["last"]
    }


def test_everyone_reported_or_is_listed_as_missing(miniature):
    for entries in miniature.release.coverage.values():
        assert entries
        for found in entries:
            for at, year in enumerate(found["years"]):
                missing = len(missing_in(found, year))
                assert found["usable"][at] + missing == found["places"][at]


def test_every_measure_that_is_mapped_has_its_coverage_in_every_layer(miniature):
    release = miniature.release
    for indicator in release.catalogue["indicators"]:
        for layer in indicator["layers"]:
            held = [
                each
                for each in release.coverage[indicator["dataset"]]
                if indicator["measure"] in each["measures"] and each["layer"] == layer
            ]
            assert len(held) == 1


def test_missing_is_what_the_values_say_was_not_reported(miniature):
    release = miniature.release
    found = entry(release.coverage, "stops", "counties")
    for year in found["years"]:
        status = release.values("counties", "stop-rate", str(year)).status
        ids = np.array(release.layer("counties").ids)
        assert set(missing_in(found, year)) == set(ids[status == NOT_REPORTED])


def test_a_gap_says_whether_there_was_no_record_or_an_incomplete_one(miniature):
    found = entry(miniature.release.coverage, "stops", "counties")
    assert found["missing"] == [
        {
            "id": "99011",
            "spans": [
                {
                    "first": 2014,
                    "last": 2014,
                    "reason": NO_RECORD,
                    "category": Reporting.NOT_REPORTED,
                    "months": None,
                },
                {
                    "first": 2015,
                    "last": 2015,
                    "reason": "January to June only",
                    "category": Reporting.PARTLY,
                    "months": None,
                },
            ],
        }
    ]


def test_where_no_record_means_zero_nobody_is_missing_and_there_is_no_indicator(miniature):
    for dataset in ("incidents", "crashes"):
        for found in miniature.release.coverage[dataset]:
            assert found["absence"] == "zero"
            assert found["missing"] == []
            assert found["usable"] == found["places"]
            assert found["indicator"] is None


def test_measures_that_cover_a_layer_alike_share_an_entry(miniature):
    found = entry(miniature.release.coverage, "incidents", "agencies")
    assert found["measures"] == ["incidents", "grave-incidents"]


def test_the_indicator_weighs_who_is_missing_by_residents(miniature):
    """Fir has 2,000 of 281,000 residents in 2013, and as many more a year as everyone."""
    indicator = entry(miniature.release.coverage, "stops", "counties")["indicator"]
    assert indicator["months"] == "year"
    assert indicator["parents"] is None
    lost = pytest.approx(100 * (1 - 2_000 / 281_000), abs=0.01)
    assert indicator["all"] == [100.0, lost, lost, 100.0]


def of_agencies(sources, months):
    """Return the coverage of a register that a sheriff and a city's police report to."""
    (dataset,) = [each for each in sources.catalog.datasets if each.key == "incidents"]
    measure = replace(
        dataset.measures[0], absence="not_reported", group=None, group_total=None,
        group_titles={}, months="months",
    )  # fmt: skip
    indicator = replace(dataset.indicators[0], measure=measure, layers=("agencies",))
    dataset = replace(dataset, measures=(measure,), indicators=(indicator,))
    joined = join_all(sources)
    records = joined["incidents"].tables["incidents"]
    ids = sources.layers["agencies"].ids
    rows = [ids.index(agency) for agency in months]
    table = records.table.slice(0, len(rows)).append_column(
        "months", pa.array(list(months.values()), pa.int64())
    )
    kept = replace(
        records,
        table=table,
        places={"agencies": np.array(rows, np.int32)},
        years=np.full(len(rows), 2013, np.int32),
    )
    joined["incidents"] = replace(joined["incidents"], tables={"incidents": kept})
    around = Surroundings(sources.layers, sources.population, sources.served_by)
    (found,) = coverages([dataset], joined, around)["incidents"]
    return found


def test_the_indicator_of_a_parent_is_nacjds(sources):
    """Alder: 120,000 residents, 70,000 in Alderton; the sheriff reported 6 months of 12."""
    found = of_agencies(sources, {"ZZ0010000": 6, "ZZ0010100": 12})
    parents = found["indicator"]["parents"]
    assert found["indicator"]["months"] == "reported"
    assert parents["99001"][0] == pytest.approx(100 * (1 - 50 / 120 * 6 / 12), abs=1e-3)
    assert parents["99003"][0] == 0


def test_a_parent_of_which_a_part_has_unknown_residents_has_no_indicator(sources):
    parents = of_agencies(sources, {"ZZ0010000": 12})["indicator"]["parents"]
    assert parents["99009"] == [0.0, 0.0, None, None]


def test_who_reported_part_of_a_year_is_listed_with_the_months(sources):
    found = of_agencies(sources, {"ZZ0010000": 6, "ZZ0010100": 12, "ZZ0030000": 18})
    listed = {
        each["id"]: span["months"]
        for each in (*found["missing"], *found["partly"])
        for span in each["spans"]
        if span["first"] <= 2013 <= span["last"] and span["months"] is not None
    }
    assert listed == {"ZZ0010000": 6.0, "ZZ0030000": 9.0}


def test_blank_months_are_nothing_reported(sources):
    found = of_agencies(sources, {"ZZ0010000": None, "ZZ0010100": 12})
    assert found["indicator"]["parents"]["99001"][0] == pytest.approx(100 * 70 / 120, abs=1e-3)


@given(months=st.integers(0, 60))
def test_months_count_as_those_of_one_reporter(months):
    found = full_months(np.array([float(months)]))[0]
    assert 0 <= found <= 12
    assert (found == 12) == (months > 0 and months % 12 == 0)
    if months <= 12:
        assert found == months


def test_more_months_of_the_same_number_of_reporters_are_never_less():
    found = full_months(np.arange(13.0, 25.0))
    assert all(one < other for one, other in pairwise(found.tolist()))


def test_months_must_be_a_column_of_numbers(tmp_path):
    boundaries, datasets = write_miniature(tmp_path)
    path = datasets / "stops/datapackage.json"

    def name(column):
        def change(document):
            document["mapsvc"]["measures"][0]["months"] = column

        edit(path, change)
        with pytest.raises(InputError) as caught:
            read_catalog(boundaries, datasets)
        return str(caught.value)

    assert "no column 'moths'" in name("moths")
    assert "column 'months' is of type string" in name("months")


def categories(found):
    return {
        each["id"]: [(span["first"], span["last"], span["category"]) for span in each["spans"]]
        for each in found["missing"]
    }


def test_a_gap_is_a_part_a_silence_or_an_absence(sources):
    """Of agencies: who reported some months, who stopped, who should be there, who need not."""
    found = categories(of_agencies(sources, {"ZZ0010000": 6, "ZZ0010100": 12, "ZZ0030000": 0}))
    assert found["ZZ0010000"][0] == (2014, 2016, "not_reported")
    assert "ZZ0010100" in found
    assert found["ZZ0050000"] == [(2013, 2016, "missing")]
    # Firth contracts with its sheriff, and the transit police has lines in two counties; a campus
    # has neither residents nor a recorded place.
    assert found["ZZ0110000"] == found["ZZ0039900"] == [(2013, 2016, "missing")]
    assert found["ZZ0019900"] == [(2013, 2016, "not_applicable")]


def test_a_usable_record_of_half_a_year_is_a_part(sources):
    found = of_agencies(sources, {"ZZ0010000": 6, "ZZ0010100": 12, "ZZ0030000": 18})
    assert found["partly"] == [
        {"id": "ZZ0010000", "spans": [{"first": 2013, "last": 2013, "months": 6.0}]},
        {"id": "ZZ0030000", "spans": [{"first": 2013, "last": 2013, "months": 9.0}]},
    ]
