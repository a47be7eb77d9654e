"""Descriptors: what they declare is read, and every fault is told with its place."""

from __future__ import annotations

import pytest

from mapsvc.errors import InputError
from mapsvc.ingest.catalog import read_catalog
from mapsvc.ingest.descriptors import is_date, suggestion
from mapsvc.model import Period


def faults(folders):
    with pytest.raises(InputError) as caught:
        read_catalog(*folders)
    assert all(problem.file and problem.mend for problem in caught.value.problems)
    return caught.value.problems


@pytest.fixture
def stops(miniature):
    return miniature[1] / "stops" / "datapackage.json"


@pytest.fixture
def region(miniature):
    return miniature[0] / "pomona" / "datapackage.json"


def test_a_right_atlas_is_read_in_the_order_of_its_folders(miniature):
    catalog = read_catalog(*miniature)
    assert catalog.title == "Pomona"
    assert [source.boundary_set.key for source in catalog.layers] == ["counties", "agencies"]
    assert [source.layer for source in catalog.context] == ["land", "states", "lakes", "places"]
    assert [dataset.key for dataset in catalog.datasets] == ["crashes", "incidents", "stops"]
    agencies = catalog.layers[1].boundary_set
    assert agencies.partition_of == "counties"
    assert not agencies.kinds["campus"].residents
    assert agencies.licence == "Public domain"
    assert agencies.source_url == "https://survey.example/"


def test_an_indicator_is_read_whole(miniature):
    stops = read_catalog(*miniature).datasets[2]
    (indicator,) = stops.indicators
    assert indicator.measure is stops.measures[0]
    assert indicator.denominator.series == "residents"
    assert indicator.group_denominator.column == "population"
    assert [str(period) for period in indicator.periods] == [
        "2013", "2014", "2015", "2016", "2013-2016", "2013-2014",
    ]  # fmt: skip
    assert indicator.default_period == Period(2016, 2016)
    assert (indicator.scheme, indicator.classes) == ("quantiles", 3)
    assert stops.measures[0].reported_where == {"complete": ("true",)}
    assert stops.publisher == "Pomona Records Office"
    assert stops.breaks[0].measures == ("stops",)


def test_a_folder_that_is_itself_a_package_is_accepted(miniature):
    catalog = read_catalog(miniature[0] / "pomona", miniature[1] / "stops")
    assert [dataset.key for dataset in catalog.datasets] == ["stops"]
    assert catalog.context == ()


def test_the_declared_hash_is_optional(miniature, stops, edit):
    with edit(stops) as package:
        del package["resources"][0]["hash"]
    assert len(read_catalog(*miniature).datasets[2].resources[0].sha256) == 64


def change_at(package, pointer, value):
    """Set (or, for None given as ``...``, remove) what a JSON pointer names."""
    *parts, last = pointer.split("/")[1:]
    for part in parts:
        package = package[int(part) if isinstance(package, list) else part]
    if isinstance(package, list):
        last = int(last)
    if value is ...:
        del package[last]
    else:
        package[last] = value


MEASURE = "/mapsvc/measures/0"
INDICATOR = "/mapsvc/indicators/0"
PLACE = "/resources/0/mapsvc/places/0"
FIELD = "/resources/0/schema/fields/3"


@pytest.mark.parametrize(
    ("pointer", "value", "what", "mend"),
    [
        ("/name", ..., "missing", "text"),
        ("/name", "Stops!", "cannot stand in an address", "lower-case"),
        ("/title", 7, "not a text", "text"),
        ("/title", " ", "empty", "text"),
        ("/resources", {}, "not a list", "list"),
        ("/mapsvc/policy", ..., "missing", "object"),
        ("/mapsvc/policy/name", "smal_cells", "not known", "'small_cells'"),
        ("/mapsvc/indicator", [], "unknown key 'indicator'", "'indicators'"),
        ("/mapsvc/absence", "null", "not known", "not_reported"),
        ("/mapsvc/absence", ..., "absence of a record", "zero"),
        ("/mapsvc/breaks/0/measures/0", "stop", "no measure 'stop'", "'stops'"),
        ("/mapsvc/breaks/0/year", True, "not a whole number", "whole number"),
        ("/resources/0/path", "stop.csv", "no file 'stop.csv'", "'stops.csv'"),
        ("/resources/0/path", "../stops/stops.csv", "out of the folder", "beside"),
        ("/resources/0/path", "../crashes/crashes.csv", "out of the folder", "beside"),
        ("/resources/0/path", "/etc/hostname", "out of the folder", "beside"),
        ("/resources/0/path", "https://a.example/b.csv", "out of the folder", "beside"),
        ("/resources/0/hash", "sha256:" + "0" * 64, "not the file described", "correct the hash"),
        ("/resources/0/hash", "abc", "not a SHA-256", "sha256:"),
        ("/resources/0/mapsvc/year", "yaer", "no column 'yaer'", "'year'"),
        ("/resources/0/mapsvc/year", "group", "of type string", "year or integer"),
        ("/resources/0/mapsvc/year", ..., "have no year", "mapsvc.year"),
        ("/resources/0/mapsvc/place", [], "unknown key", "'places'"),
        (f"{PLACE}/layer", "countys", "not known", "'counties'"),
        (f"{PLACE}/scheme", "geoids", "no scheme 'geoids'", "'geoid'"),
        (f"{PLACE}/scheme", "number", "no scheme 'number'", "'name'"),
        (f"{PLACE}/scheme", "point", "'columns' is missing", "list"),
        (f"{PLACE}/column", "country", "no column 'country'", "'county'"),
        (f"{PLACE}/unplaced", [{"values": ["x"]}], "'reason' is missing", "text"),
        (f"{PLACE}/unplaced", [{"reason": "x"}], "values or a pattern", "one of the two"),
        (f"{PLACE}/unplaced", [{"pattern": "(", "reason": "x"}], "regular expression", "Correct"),
        (f"{FIELD}/type", "int", "not known", "'integer'"),
        (f"{FIELD}/constraints/minimun", 1, "unknown key", "'minimum'"),
        (f"{FIELD}/constraints/minimum", "0", "not a number", "unquoted"),
        (f"{FIELD}/constraints/pattern", "[0-9]+", "of type integer", "string"),
        (f"{FIELD}/name", "group", "two columns 'group'", "once"),
        ("/resources/0/schema/primaryKey/0", "count", "no column 'count'", "'county'"),
        (f"{MEASURE}/titel", "x", "unknown key 'titel'", "'title'"),
        (f"{MEASURE}/resource", "stop", "not known", "'stops'"),
        (f"{MEASURE}/universe", ..., "missing", "text"),
        (f"{MEASURE}/numerator", {}, "a sum or a count", "exactly one"),
        (f"{MEASURE}/numerator/sum", "stop", "no column 'stop'", "'stops'"),
        (f"{MEASURE}/numerator/sum", "group", "of type string", "integer or number"),
        (f"{MEASURE}/numerator", {"count": "row"}, "not known", "'rows'"),
        (f"{MEASURE}/filter", {"groop": ["all"]}, "no column 'groop'", "'group'"),
        (f"{MEASURE}/filter", {"group": ["al"]}, "not a value of column 'group'", "'all'"),
        (f"{MEASURE}/filter", {"year": [2014]}, "2014 is not a text", "Quote"),
        (f"{MEASURE}/group/total", "everyone", "not a value of column", "all"),
        (f"{MEASURE}/group/titles/gren", "Green", "not a value of column", "'green'"),
        (f"{MEASURE}/note", "month", "no column 'month'", "'months'"),
        (f"{MEASURE}/additive/groups", ..., "missing", "true or false"),
        (f"{INDICATOR}/measure", "stop", "not known", "'stops'"),
        (f"{INDICATOR}/slug", "Stop rate", "cannot stand in an address", "hyphens"),
        (f"{INDICATOR}/layers/0", "agencies", "no place in layer 'agencies'", "counties"),
        (f"{INDICATOR}/layers", [], "no layer", "one"),
        (f"{INDICATOR}/denominator", ..., "missing", "null for a count"),
        (f"{INDICATOR}/denominator", None, "a count is not per anything", "Remove"),
        (f"{INDICATOR}/denominator/series", ..., "a series or a column", "exactly one"),
        (f"{INDICATOR}/group_denominator/column", "people", "no column", "population"),
        (f"{INDICATOR}/group_denominator/column", "group", "of type string", "integer or number"),
        (f"{INDICATOR}/classes", {"scheme": "given", "breaks": [*range(10)]}, "10 classes", "9"),
        (f"{INDICATOR}/layers", "counties", "not a list", "list"),
        ("/resources/0", [], "not an object", "braces"),
        (f"{INDICATOR}/group_denominator/authority", ..., "missing", "text"),
        (f"{INDICATOR}/per", ..., "missing", "whole number"),
        (f"{INDICATOR}/per", 0, "base", "positive"),
        (f"{INDICATOR}/years", [2016, 2013], "not two years", "first and last"),
        (f"{INDICATOR}/pooled/0", "2012-2014", "not within the years", "Correct"),
        (f"{INDICATOR}/pooled/0", "2014", "is one year", "two years"),
        (f"{INDICATOR}/pooled/0", "2013-2014", "there twice", "Remove"),
        (f"{INDICATOR}/pooled/0", "2013/14", "not a year like", "Correct"),
        (f"{MEASURE}/additive/periods", False, "may not be summed over periods", "pooled"),
        (f"{INDICATOR}/default_period", "2013-2015", "not among the periods", "2013 to 2016"),
        (f"{INDICATOR}/classes/scheme", "quantile", "not known", "'quantiles'"),
        (f"{INDICATOR}/classes/count", 1, "1 classes", "2 to 9"),
        (f"{INDICATOR}/classes/breaks", [1], "finds its own breaks", "given"),
        (f"{INDICATOR}/classes", {"scheme": "given", "breaks": [2, 1]}, "not rising", "large"),
        (f"{INDICATOR}/palette", "YlGnBlu", "not known", "'YlGnBu'"),
        (f"{INDICATOR}/palette", "RdYlGn", "not known", "YlGn"),
    ],
)  # fmt: skip
def test_a_fault_of_a_dataset_is_told_with_its_place_and_mend(
    miniature, stops, edit, pointer, value, what, mend
):
    with edit(stops) as package:
        change_at(package, pointer, value)
    found = [each for each in faults(miniature) if what in each.what]
    assert found
    assert found[0].file == "stops/datapackage.json"
    assert mend in found[0].mend
    assert found[0].what.startswith("at /")


@pytest.mark.parametrize(
    ("pointer", "value", "what", "mend"),
    [
        ("/title", ..., "missing", "text"),
        ("/resources/0/mapsvc/role", "layers", "not known", "'layer'"),
        ("/resources/0/mapsvc", ..., "missing", "object"),
        ("/resources/0/mapsvc/layer", "agencies", "two layers 'agencies'", "Rename"),
        ("/resources/0/mapsvc/singular", ..., "missing", "text"),
        ("/resources/0/mapsvc/kind", {}, "unknown key", "'kinds'"),
        ("/resources/0/mapsvc/kinds/county/residents", "yes", "not true or false", "true"),
        ("/resources/0/mapsvc/max_zoom", 30, "not a zoom", "0 to 16"),
        ("/resources/0/mapsvc/valid_from", "2014", "not a date", "2014-12-31"),
        ("/resources/1/mapsvc/partition_of", "country", "not another layer", "'counties'"),
        ("/resources/1/mapsvc/partition_of", "agencies", "not another layer", "counties"),
        ("/resources/4/mapsvc/sources/survey/vintage", ..., "missing", "text"),
        ("/resources/4/mapsvc/sources/survey/yaer", "x", "unknown key", "Known are"),
        ("/resources/1/name", "counties", "two resources 'counties'", "Rename"),
    ],
)  # fmt: skip
def test_a_fault_of_a_region_is_told_with_its_place_and_mend(
    miniature, region, edit, pointer, value, what, mend
):
    with edit(region) as package:
        change_at(package, pointer, value)
    found = [each for each in faults(miniature) if what in each.what]
    assert found
    assert found[0].file.startswith("pomona/")
    assert mend in found[0].mend


def test_an_unknown_context_layer_is_told(miniature, edit):
    with edit(miniature[0] / "context" / "datapackage.json") as package:
        package["resources"][2]["mapsvc"]["layer"] = "lake"
        package["resources"][1]["mapsvc"]["layer"] = "land"
    found = faults(miniature)
    assert any(each.mend == "Did you mean 'lakes'?" for each in found)
    assert any("two context layers 'land'" in each.what for each in found)


def test_the_faults_of_all_descriptors_are_told_at_once(miniature, stops, region, edit):
    with edit(stops) as package:
        del package["title"]
        package["mapsvc"]["indicators"][0]["palette"] = "Rainbow"
    with edit(region) as package:
        package["resources"][0]["mapsvc"]["vintage"] = 2016
    (miniature[1] / "crashes" / "datapackage.json").write_text('{"name": "crashes",\n oops}')
    found = faults(miniature)
    assert {each.file for each in found} >= {
        "stops/datapackage.json", "pomona/datapackage.json", "crashes/datapackage.json",
    }  # fmt: skip
    assert len(found) >= 4
    (broken,) = [each for each in found if each.file.startswith("crashes")]
    assert broken.row == 2
    assert "not JSON" in broken.what


def test_a_name_used_by_two_datasets_is_told(miniature, stops, edit):
    with edit(stops) as package:
        package["name"] = "incidents"
        package["mapsvc"]["indicators"][0]["slug"] = "incident-rate"
    what = [each.what for each in faults(miniature)]
    assert any("incidents/datapackage.json has the same name" in each for each in what)
    assert any("'incident-rate' is already an indicator" in each for each in what)


def test_what_is_there_twice_in_a_dataset_is_told(miniature, stops, edit):
    with edit(stops) as package:
        package["resources"][0]["mapsvc"]["places"] *= 2
        package["resources"] *= 2
        package["mapsvc"]["measures"] *= 2
        package["mapsvc"]["indicators"] *= 2
    what = " ".join(each.what for each in faults(miniature))
    for fault in (
        "a second place in 'counties'", "two resources 'stops'", "two measures 'stops'",
        "'stop-rate' is already an indicator",
    ):  # fmt: skip
        assert fault in what


def test_a_point_has_a_longitude_and_a_latitude_that_are_numbers(miniature, edit):
    with edit(miniature[1] / "crashes" / "datapackage.json") as package:
        places = package["resources"][0]["mapsvc"]["places"]
        places[0]["columns"] = ["longitude"]
        places[1]["columns"] = ["longitude", "crash"]
    what = [each.what for each in faults(miniature)]
    assert len(what) == 2
    assert "two columns" in what[0]
    assert "column 'crash' is of type string" in what[1]


def test_given_breaks_are_the_classes(miniature, stops, edit):
    with edit(stops) as package:
        package["mapsvc"]["indicators"][0]["classes"] = {"scheme": "given", "breaks": [1, 2.5]}
    (indicator,) = read_catalog(*miniature).datasets[2].indicators
    assert (indicator.classes, indicator.given_breaks) == (2, (1.0, 2.5))


def test_a_fault_in_the_table_of_aliases_is_told_with_the_descriptors_faults(
    miniature, stops, edit
):
    with edit(stops) as package:
        del package["title"]
    path = miniature[0] / "pomona" / "aliases.csv"
    path.write_text("layer,id,schema,alias,valid_from,valid_to\n")
    with edit(miniature[0] / "pomona" / "datapackage.json") as package:
        for resource in package["resources"]:
            del resource["hash"]
    found = faults(miniature)
    assert any(
        (each.file, each.row, each.column) == ("pomona/aliases.csv", 1, "scheme") for each in found
    )
    assert any(each.file == "stops/datapackage.json" for each in found)


@pytest.mark.parametrize("content", [b"[1]", b"\xff\xfe{}", b"{'a': 1}"])
def test_a_descriptor_that_is_no_json_object_is_told(miniature, stops, content):
    stops.write_bytes(content)
    (found,) = faults(miniature)
    assert found.file == "stops/datapackage.json"


def test_folders_without_packages_are_told(tmp_path):
    (tmp_path / "empty").mkdir()
    found = faults((tmp_path / "empty", tmp_path / "absent"))
    assert any("no datapackage.json in its sub-folders" in each.what for each in found)
    assert any("there is no such folder" in each.what for each in found)


@pytest.mark.parametrize(
    ("text", "right"),
    [("2016-02-29", True), ("2015-02-29", False), ("2015-13-01", False), ("20150101", False),
     ("2015-1-1", False), ("2015-W01-1", False), ("", False)],
)  # fmt: skip
def test_a_date_is_a_day_of_the_calendar(text, right):
    assert is_date(text) is right


def test_a_suggestion_is_the_nearest_word_or_the_list():
    assert suggestion("TITLE", ["title", "path"]) == "Did you mean 'title'?"
    assert suggestion("zzz", ["b", "a"]) == "Known are: a, b"
    assert suggestion("zzz", []) == "None is declared"
