"""Records to jurisdictions: every row is joined or listed, and nothing is guessed."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mapsvc.derive.join import EXAMPLES, LISTED_VALUES, JoinReport, join
from mapsvc.errors import ConservationError, InputError
from mapsvc.ingest.boundaries import read_layers
from mapsvc.ingest.catalog import read_catalog
from mapsvc.ingest.crosswalk import read_crosswalk
from mapsvc.ingest.records import read_records
from tests.miniature import write_miniature


@pytest.fixture
def atlas(tmp_path):
    """Return the datasets folder of a made-up state and a function that joins one of them."""
    boundaries, datasets = write_miniature(tmp_path)

    def joined(name):
        catalog = read_catalog(boundaries, datasets)
        layers = read_layers(catalog.layers)
        crosswalk = read_crosswalk(catalog.aliases, layers)
        (dataset,) = [each for each in catalog.datasets if each.key == name]
        return join(dataset, read_records(dataset), layers, crosswalk), layers

    return datasets, joined


def append(datasets, name, *rows, edit=None):
    """Add rows to a dataset's file, and edit its descriptor."""
    folder = datasets / name
    with (folder / f"{name}.csv").open("a", encoding="utf-8") as stream:
        stream.writelines(f"{row}\n" for row in rows)
    path = folder / "datapackage.json"
    package = json.loads(path.read_text("utf-8"))
    del package["resources"][0]["hash"]
    if edit is not None:
        edit(package["resources"][0])
    path.write_text(json.dumps(package), "utf-8")


def problems(call, *arguments):
    with pytest.raises(InputError) as caught:
        call(*arguments)
    assert all(each.file and each.mend for each in caught.value.problems)
    return caught.value.problems


def test_each_row_has_its_jurisdiction_and_year(atlas):
    joined, layers = atlas[1]("stops")
    table = joined.tables["stops"]
    ids = np.array(layers["counties"].ids)
    assert ids[table.places["counties"]].tolist() == table.table["county"].to_pylist()
    assert table.years.tolist() == table.table["year"].to_pylist()
    assert table.places["counties"].dtype == np.int32


def test_the_report_counts_rows_by_the_primary_place_and_by_layer(atlas):
    joined, _ = atlas[1]("incidents")
    rows = joined.tables["incidents"].table.num_rows
    report = joined.report.as_dict()
    assert report == {
        "rows_read": rows,
        "joined": rows - 2,
        "unmatched": [
            {
                "reason": "The state patrol serves no county",
                "count": 2,
                "examples": [
                    {"value": "SP01", "row": rows - 1, "count": 1},
                    {"value": "SP02", "row": rows, "count": 1},
                ],
            }
        ],
        "rejected": [],
        "layers": {
            "agencies": {"joined": rows - 2, "unmatched": report["unmatched"]},
            "counties": {
                "joined": rows - 1,
                "unmatched": [
                    {
                        "reason": "It happened in another state",
                        "count": 1,
                        "examples": [{"value": "Out of State", "row": rows + 1, "count": 1}],
                    }
                ],
            },
        },
    }
    json.dumps(report)


def test_a_code_goes_to_whoever_had_it_in_the_rows_year(atlas):
    joined, layers = atlas[1]("incidents")
    table = joined.tables["incidents"]
    bearers = {
        (year, layers["agencies"].ids[index])
        for number, year, index in zip(
            table.table["agency"].to_pylist(), table.years, table.places["agencies"], strict=True
        )
        if number == "0071"
    }
    assert bearers == {
        (2012, "ZZ0070000"), (2013, "ZZ0070100"), (2014, "ZZ0070100"), (2015, "ZZ0070100"),
        (2016, "ZZ0070100"),
    }  # fmt: skip


def test_unknown_codes_of_every_place_are_told_once_each_with_a_suggestion(atlas):
    datasets, joined = atlas
    append(datasets, "incidents", "x1,2014,0012,Aldr,slight", "x2,2014,0012,Birch,slight",
           "x3,2014,0010,Aldr County,slight", "x4,2014,0010,Xanadu,slight")  # fmt: skip
    first = joined_rows(datasets, "incidents") - 4 + 2
    told = problems(joined, "incidents")
    assert [(each.row, each.column) for each in told] == [
        (first, "agency"), (first, "county"), (first + 2, "county"), (first + 3, "county"),
    ]  # fmt: skip
    assert all(each.file == "incidents/incidents.csv" for each in told)
    assert told[0].what == "'agencies' has no number '0012', in 2 rows"
    assert "Did you mean 'Alder'?" in told[1].mend
    assert "declare it under unplaced" in told[3].mend


def joined_rows(datasets, name):
    return len((datasets / name / f"{name}.csv").read_text("utf-8").splitlines()) - 1


def test_many_unknown_codes_are_counted(atlas):
    datasets, joined = atlas
    append(datasets, "incidents", *(f"x{n},2014,Q{n:03},Birch,slight" for n in range(80)))
    told = problems(joined, "incidents")
    assert len(told) == LISTED_VALUES + 1
    assert told[-1].what == f"and {80 - LISTED_VALUES} more unknown values"


def optional(resource, *columns):
    for field in resource["schema"]["fields"]:
        if field["name"] in columns:
            del field["constraints"]["required"]


def test_a_blank_code_is_told_unless_it_is_declared(atlas):
    datasets, joined = atlas
    append(
        datasets, "incidents", "x1,2014,,Birch,slight",
        edit=lambda resource: optional(resource, "agency"),
    )  # fmt: skip
    (told,) = problems(joined, "incidents")
    assert (told.row, told.column) == (joined_rows(datasets, "incidents") + 1, "agency")
    assert "missing" in told.what

    def declare(resource):
        resource["hash"] = ""
        resource["mapsvc"]["places"][0]["unplaced"].append(
            {"values": [""], "reason": "The agency is withheld"}
        )

    path = datasets / "incidents" / "datapackage.json"
    package = json.loads(path.read_text("utf-8"))
    declare(package["resources"][0])
    path.write_text(json.dumps(package), "utf-8")
    report = joined("incidents")[0].report.as_dict()
    reasons = {each["reason"]: each["count"] for each in report["unmatched"]}
    assert reasons == {"The state patrol serves no county": 2, "The agency is withheld": 1}


def test_a_declared_pattern_takes_no_row_from_a_jurisdiction_that_exists(atlas):
    datasets, joined = atlas
    before = joined("incidents")[0].report.joined

    def declare_all(resource):
        resource["mapsvc"]["places"][0]["unplaced"] = [{"pattern": ".*", "reason": "Whatever"}]

    append(datasets, "incidents", edit=declare_all)
    assert joined("incidents")[0].report.joined == before


def test_examples_are_few_and_counts_whole(atlas):
    datasets, joined = atlas
    append(datasets, "incidents", *(f"x{n},2014,SP{n:02},Birch,slight" for n in range(10, 40)))
    (unmatched,) = joined("incidents")[0].report.as_dict()["unmatched"]
    assert unmatched["count"] == 32
    assert len(unmatched["examples"]) == EXAMPLES


def test_a_missing_year_is_told(atlas):
    datasets, joined = atlas
    append(datasets, "incidents", "x1,,0010,Birch,slight", "x2,,0010,Birch,slight",
           edit=lambda resource: optional(resource, "year"))  # fmt: skip
    told = problems(joined, "incidents")
    assert (told[0].row, told[0].column) == (joined_rows(datasets, "incidents"), "year")
    assert told[0].what == "the year is missing, in 2 rows"


def test_points_go_to_the_jurisdiction_that_they_are_in(atlas):
    joined, layers = atlas[1]("crashes")
    table = joined.tables["crashes"]
    by_place = {
        (longitude, latitude): tuple(
            layers[key].ids[table.places[key][row]] if table.places[key][row] >= 0 else None
            for key in ("counties", "agencies")
        )
        for row, (longitude, latitude) in enumerate(
            zip(*(table.table[c].to_pylist() for c in ("longitude", "latitude")), strict=True)
        )
    }
    assert by_place[-99.2, 40.7] == ("99001", "ZZ0010100")
    assert by_place[-99.8, 41.7] == ("99001", "ZZ0010000")
    assert by_place[-97.0, 42.0] == ("99003", "ZZ0030000"), "where three meet: the first"
    assert by_place[-95.0, 41.0] == ("99011", "ZZ0110000")
    assert by_place[-93.0, 41.0] == (None, None)


def test_a_point_beyond_every_jurisdiction_is_listed_and_no_fault(atlas):
    joined, _ = atlas[1]("crashes")
    (unmatched,) = joined.report.as_dict()["unmatched"]
    assert unmatched["count"] == 1
    rows = joined.tables["crashes"].table.num_rows
    assert unmatched["examples"] == [{"value": "-93 41", "row": rows + 1, "count": 1}]


def test_coordinates_missing_or_off_the_globe_are_told_together(atlas):
    datasets, joined = atlas

    def loosen(resource):
        for field in resource["schema"]["fields"][2:]:
            field["constraints"] = {}

    append(datasets, "crashes", "x1,2014,,41", "x2,2014,41,-95", "x3,2014,200,41", edit=loosen)
    last = joined_rows(datasets, "crashes") + 1
    told = problems(joined, "crashes")
    assert [(each.row, each.column) for each in told] == [
        (last - 2, "longitude"), (last, "longitude"), (last - 1, "latitude"),
    ]  # fmt: skip
    assert "missing" in told[0].what
    assert told[1].what == "200 is not within -180 and 180 degrees"
    assert "in that order" in told[2].mend


def test_a_table_without_places_is_passed_on_and_not_counted(atlas):
    datasets, joined = atlas
    (datasets / "stops" / "totals.csv").write_text("year,stops\n2014,5\n")
    path = datasets / "stops" / "datapackage.json"
    package = json.loads(path.read_text("utf-8"))
    package["resources"].append(
        {
            "name": "totals", "path": "totals.csv",
            "schema": {"fields": [{"name": "year", "type": "year"},
                                  {"name": "stops", "type": "integer"}]},
        }
    )  # fmt: skip
    path.write_text(json.dumps(package), "utf-8")
    result, _ = joined("stops")
    assert result.tables["totals"].places == {}
    assert result.tables["totals"].years is None
    assert result.report.rows_read == result.tables["stops"].table.num_rows


def test_rows_that_are_neither_joined_nor_listed_stop_the_build():
    report = JoinReport(rows_read=10, joined=7)
    with pytest.raises(ConservationError, match="10 rows read, but 7 joined and 0 listed"):
        report.check("stops")
