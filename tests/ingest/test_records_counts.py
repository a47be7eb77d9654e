"""What a dataset that withholds small counts may sum: whole numbers from zero, else all is told."""

import csv
from dataclasses import replace

import pytest

from mapsvc.errors import InputError
from mapsvc.ingest.catalog import read_catalog
from mapsvc.ingest.records import LISTED_PER_COLUMN, read_records
from mapsvc.release.build import build_release
from tests.miniature import write_miniature
from tests.release.test_withholding import edit, guard


@pytest.fixture
def stops(tmp_path):
    """Return a function that reads the stops, guarded, with some of their counts replaced."""
    boundaries, datasets = write_miniature(tmp_path)
    path = datasets / "stops/stops.csv"

    def allow(document):
        for field in document["resources"][0]["schema"]["fields"]:
            if field["name"] == "stops":
                field.update(type="number", constraints={})

    edit(path.with_name("datapackage.json"), allow)

    def put(counts):
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        for row, count in counts.items():
            rows[row - 2][header.index("stops")] = count
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows])
        return boundaries, datasets

    return put


def dataset(folders, policy):
    (found,) = [each for each in read_catalog(*folders).datasets if each.key == "stops"]
    return replace(found, policy=policy)


def problems(folders):
    with pytest.raises(InputError) as caught:
        read_records(dataset(folders, "small_cells"))
    return caught.value.problems


def test_every_number_that_is_no_count_is_told_at_once_with_its_row(stops):
    found = problems(stops({3: "2.5", 7: "-4", 9: "-0.5"}))
    assert {(each.row, each.what.partition(",")[0]) for each in found} == {
        (3, "2.5 is no whole number"),
        (7, "-4 is below the minimum 0"),
        (9, "-0.5 is below the minimum 0"),
    }
    for each in found:
        assert (each.file, each.column) == ("stops/stops.csv", "stops")
        assert each.mend


def test_many_are_counted(stops):
    found = problems(stops(dict.fromkeys(range(2, 2 + LISTED_PER_COLUMN + 3), "0.5")))
    assert len(found) == LISTED_PER_COLUMN + 1
    assert found[-1].what == "and 3 more problems in this column"


def test_whole_numbers_however_written_and_blanks_are_counts(stops):
    folders = stops({2: "5.0", 3: "1e1", 4: "", 5: "0"})
    table = read_records(dataset(folders, "small_cells"))["stops"]
    assert table.column("stops").to_pylist()[:4] == [5, 10, None, 0]


def test_a_dataset_that_withholds_nothing_may_sum_any_number(stops):
    table = read_records(dataset(stops({3: "2.5"}), "none"))["stops"]
    assert table.column("stops").to_pylist()[1] == 2.5


def test_the_build_ends_with_the_list_and_not_in_the_middle(stops, tmp_path):
    boundaries, datasets = stops({3: "2.5", 7: "-4"})
    guard(datasets)
    with pytest.raises(InputError) as caught:
        build_release(boundaries, datasets, tmp_path / "atlas")
    assert [each.row for each in caught.value.problems] == [3, 7]
    assert list((tmp_path / "atlas/releases").iterdir()) == []
