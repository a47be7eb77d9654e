"""The laws that every bundled dataset keeps, checked from the committed files alone."""

from __future__ import annotations

import doctest
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import frictionless
import pytest

from derivations.california import arrests, bookings, datasets, deaths, officers, tables
from derivations.california.common import hash_of
from mapsvc.errors import InputError
from mapsvc.ingest.records import read_records
from tests.bundled import FOLDER, NAMES, dataset, package, resources, rows

ROWS = {
    "arrests/arrests.csv": 2_595 + 580 * 9,
    "arrests/published-state-totals.csv": 50,
    "deaths-in-custody/deaths.csv": 9_911,
    "jail-bookings/bookings.csv": 1_474,
    "officers/officers.csv": 814,
}
SLUGS = {
    "arrest-rate",
    "felony-arrest-rate",
    "violent-felony-arrest-rate",
    "property-felony-arrest-rate",
    "drug-felony-arrest-rate",
    "misdemeanor-arrest-rate",
    "arrest-related-death-rate",
    "arrest-related-deaths",
    "jail-deaths",
    "prison-and-hospital-deaths",
    "deaths-in-custody",
    "jail-booking-rate",
    "officer-assault-rate",
    "officers-killed",
}


def test_the_datasets_are_those_that_the_derivation_writes():
    folders = {path.parent.name for path in FOLDER.glob("*/datapackage.json")}
    assert folders == set(NAMES) == set(datasets.DATASETS)
    assert {f"{path.parent.name}/{path.name}" for path in FOLDER.glob("*/*.csv")} == set(ROWS)


@pytest.mark.parametrize(("path", "count"), ROWS.items())
def test_every_published_row_is_there(path, count):
    assert len(rows(path)) == count


@pytest.mark.parametrize("name", NAMES)
def test_descriptor_and_rows_are_valid_frictionless(name):
    report = frictionless.Package(str(FOLDER / name / "datapackage.json")).validate()
    assert report.flatten(["type", "message"]) == []


@pytest.mark.parametrize("name", NAMES)
def test_descriptor_and_rows_are_valid_for_the_atlas(name):
    read = read_records(dataset(name))
    assert {each: table.num_rows for each, table in read.items()} == {
        resource["name"]: len(table) for resource, table in resources(name)
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_hash_is_that_of_its_file(name):
    for resource, _ in resources(name):
        assert resource["hash"] == hash_of(FOLDER / name / resource["path"])


@pytest.mark.parametrize("name", NAMES)
def test_every_primary_key_is_unique_and_gives_the_order_of_the_rows(name):
    for resource, table in resources(name):
        keys = [tuple(row[column] for column in resource["schema"]["primaryKey"]) for row in table]
        assert len(set(keys)) == len(keys)
        assert [key[0] for key in keys] == sorted(key[0] for key in keys)


@pytest.mark.parametrize("path", [*ROWS, *(f"{name}/datapackage.json" for name in NAMES)])
def test_files_are_plain_utf8_with_unix_line_ends(path):
    data = (FOLDER / path).read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in data
    assert data.endswith(b"\n")
    data.decode("utf-8")


def texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text of a descriptor with its place, but for what stands for an empty cell."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for position, child in enumerate(value):
            yield from texts(child, f"{path}/{position}")
    elif isinstance(value, dict):
        for key, child in value.items():
            if key != "missingValues":
                yield from texts(child, f"{path}/{key}")


@pytest.mark.parametrize("name", NAMES)
def test_no_text_of_a_descriptor_is_empty_or_untidy(name):
    for path, text in texts(package(name), name):
        assert text.strip() == text != "", path
        assert "  " not in text, path
        # What an author leaves for later, or where it was written, is nothing for a reader.
        assert not re.search(r"TODO|FIXME|/home|/tmp", text), path


@pytest.mark.parametrize("name", NAMES)
def test_everything_that_a_reader_meets_is_described(name):
    described = dataset(name)
    assert described.title
    assert described.description
    assert described.publisher
    assert described.vintage
    assert described.licence
    assert described.caveats
    assert all(source["title"] and source["path"] for source in described.sources)
    for resource, _ in resources(name):
        assert resource["title"]
        assert resource["description"]
        assert all(field["description"] for field in resource["schema"]["fields"])
    for indicator in described.indicators:
        assert indicator.description, indicator.slug
        assert indicator.method, indicator.slug
        assert indicator.measure.universe, indicator.slug


def test_slugs_and_measures_are_unique_and_complete():
    indicators = [each for name in NAMES for each in dataset(name).indicators]
    measures = [each.key for name in NAMES for each in dataset(name).measures]
    assert Counter(each.slug for each in indicators) == Counter(SLUGS)
    assert len(set(measures)) == len(measures)
    assert {each.measure.key for each in indicators} == set(measures)


def test_no_two_indicators_share_a_palette():
    palettes = [each.palette for name in NAMES for each in dataset(name).indicators]
    assert len(set(palettes)) == len(palettes)


@pytest.mark.parametrize("name", NAMES)
def test_every_value_that_a_measure_asks_for_occurs_in_its_column(name):
    tables_by_name = {resource["name"]: table for resource, table in resources(name)}
    for measure in dataset(name).measures:
        table = tables_by_name[measure.resource]
        groups = {measure.group: tuple(measure.group_titles)} if measure.group else {}
        for column, values in (*measure.filter.items(), *groups.items()):
            assert set(values) <= {row[column] for row in table}, (measure.key, column)
        passing = [
            row
            for row in table
            if all(row[column] in values for column, values in measure.filter.items())
        ]
        assert passing, measure.key
        columns = {measure.sum, measure.group, measure.note, *measure.reported_where} - {None}
        assert columns <= set(table[0]), measure.key


@pytest.mark.parametrize("name", NAMES)
def test_an_indicator_covers_years_that_have_records(name):
    tables_by_name = {resource["name"]: table for resource, table in resources(name)}
    for indicator in dataset(name).indicators:
        measure = indicator.measure
        years = {
            int(row["year"])
            for row in tables_by_name[measure.resource]
            if all(row[column] in values for column, values in measure.filter.items())
        }
        first, last = indicator.years
        assert set(range(first, last + 1)) <= years, indicator.slug


@pytest.mark.parametrize("name", NAMES)
def test_pooled_years_never_cross_a_declared_break(name):
    described = dataset(name)
    for indicator in described.indicators:
        for each in described.breaks:
            if not each.measures or indicator.measure.key in each.measures:
                crossed = [str(p) for p in indicator.pooled if p.first < each.year <= p.last]
                assert crossed == [], indicator.slug


@pytest.mark.parametrize("module", [arrests, bookings, datasets, deaths, officers, tables])
def test_examples_of_the_derivation_run(module):
    assert doctest.testmod(module).failed == 0


def test_a_source_with_other_columns_or_fewer_rows_is_refused(tmp_path):
    path = tmp_path / "source.csv"
    path.write_text("a,c\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        tables.read_source(path, ("a", "b"), 2)
    assert len(caught.value.problems) == 2
    path.write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    assert tables.read_source(path, ("a", "b"), 2) == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


def test_a_fraction_is_not_a_count():
    with pytest.raises(ValueError, match="not a whole number"):
        tables.whole("3.5")


def test_refreshing_hashes_changes_nothing_else(tmp_path):
    (tmp_path / "a.csv").write_text("x\n", encoding="utf-8")
    described = {"name": "a", "resources": [{"name": "a", "path": "a.csv", "hash": "?"}]}
    descriptor = tmp_path / "datapackage.json"
    descriptor.write_text(json.dumps(described), encoding="utf-8")
    datasets.refresh_hashes(descriptor)
    described["resources"][0]["hash"] = hash_of(tmp_path / "a.csv")
    assert json.loads(descriptor.read_text(encoding="utf-8")) == described
