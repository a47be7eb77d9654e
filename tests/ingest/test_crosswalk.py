"""From codes and names to jurisdictions: found exactly, or not at all."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapsvc.errors import InputError
from mapsvc.ingest.boundaries import read_layers
from mapsvc.ingest.catalog import SourceFile, read_catalog
from mapsvc.ingest.crosswalk import normalise_name, read_crosswalk
from tests.miniature import write_miniature

HEADER = "layer,id,scheme,alias,valid_from,valid_to\n"


@pytest.fixture
def layers(miniature):
    return read_layers(read_catalog(*miniature).layers)


@pytest.fixture
def crosswalk(miniature, layers):
    return read_crosswalk(read_catalog(*miniature).aliases, layers)


@pytest.fixture
def with_aliases(tmp_path, layers):
    """Return a function from rows of aliases to the crosswalk that they make."""

    def read(*rows):
        path = tmp_path / "more.csv"
        path.write_text(HEADER + "".join(f"{row}\n" for row in rows))
        return read_crosswalk([SourceFile(path, "pomona/more.csv", "")], layers)

    return read


def found(crosswalk, layer, scheme, values, years=None):
    ids = crosswalk.layers[layer].ids
    years = None if years is None else np.array(years)
    return [
        None if index < 0 else ids[index]
        for index in crosswalk.resolve(layer, scheme, values, years)
    ]


def test_an_id_is_found_exactly_as_it_is_written(crosswalk):
    values = ["99001", "99011", "99001", None, "9901", "099001", ""]
    assert found(crosswalk, "counties", "geoid", values) == [
        "99001", "99011", "99001", None, None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "spelling",
    ["Alder", "alder", "ALDER COUNTY", "Alder  County", "Álder", "alder-county", "Alder."],
)
def test_a_name_is_found_however_it_is_spelt(crosswalk, spelling):
    assert found(crosswalk, "counties", "name", [spelling]) == ["99001"]


def test_another_name_is_found_and_part_of_a_name_is_not(crosswalk):
    assert found(crosswalk, "counties", "name", ["OLD ALDER", "Ald", "County"]) == [
        "99001", None, None,
    ]  # fmt: skip


def test_arrays_of_any_kind_give_the_same(crosswalk):
    values = ["99003", None, "x", "99003"]
    expected = found(crosswalk, "counties", "geoid", values)
    array = pa.array(values)
    for other in (
        array,
        array.dictionary_encode(),
        pa.chunked_array([array[:2], array[2:]]),
        pa.chunked_array([array.dictionary_encode()]),
        np.array(values, dtype=object),
    ):
        assert found(crosswalk, "counties", "geoid", other) == expected
    assert crosswalk.resolve("counties", "geoid", array).dtype == np.int32


def test_a_code_that_changed_hands_goes_to_its_bearer_of_the_year(crosswalk):
    assert found(crosswalk, "agencies", "number", ["0071"] * 3, [2012, 2013, 2016]) == [
        "ZZ0070000", "ZZ0070100", "ZZ0070100",
    ]  # fmt: skip
    assert found(crosswalk, "agencies", "number", ["0071"]) == [None], "without a year: no guess"


def test_within_the_year_of_a_change_the_bearer_of_1_july_counts(with_aliases):
    crosswalk = with_aliases(
        "agencies,ZZ0010000,old,7,,2014-06-30", "agencies,ZZ0030000,old,7,2014-07-01,"
    )
    assert found(crosswalk, "agencies", "old", ["7"] * 3, [2013, 2014, 2015]) == [
        "ZZ0010000", "ZZ0030000", "ZZ0030000",
    ]  # fmt: skip


def test_a_dated_alias_is_unknown_outside_its_dates(with_aliases):
    crosswalk = with_aliases("agencies,ZZ0010000,old,7,2014-01-01,2014-12-31")
    assert found(crosswalk, "agencies", "old", ["7"] * 3, [2013, 2014, 2015]) == [
        None, "ZZ0010000", None,
    ]  # fmt: skip
    assert "from 2014-01-01 to 2014-12-31" in crosswalk.explain("agencies", "old", "7")


def test_an_alias_given_twice_to_one_jurisdiction_is_no_ambiguity(with_aliases):
    crosswalk = with_aliases(
        "agencies,ZZ0010000,old,7,,2014-06-30", "agencies,ZZ0010000,old,7,2014-07-01,",
        "agencies,ZZ0010000,old,7,2014-07-01,",
    )  # fmt: skip
    assert found(crosswalk, "agencies", "old", ["7"], [2014]) == ["ZZ0010000"]


def test_every_fault_of_the_aliases_is_told_at_once(with_aliases):
    with pytest.raises(InputError) as caught:
        with_aliases(
            "county,99001,name,A,,",
            "counties,99002,name,B,,",
            "counties,99001,name,C,2014,",
            "counties,99003,name,Alder County,,",
            "agencies,ZZ0010000,old,7,,2014-12-31",
            "agencies,ZZ0030000,old,7,2014-12-31,",
        )
    told = caught.value.problems
    assert [(each.row, each.column) for each in told] == [
        (2, "layer"), (3, "id"), (4, "valid_from"), (5, "alias"), (7, "alias"),
    ]  # fmt: skip
    assert told[0].mend == "Did you mean 'counties'?"
    assert "stands for 99001 at the same time" in told[3].what
    assert all(each.file == "pomona/more.csv" and each.mend for each in told)


def test_a_name_that_two_jurisdictions_bear_is_not_guessed(miniature, edit):
    path = miniature[0] / "pomona" / "agencies.geojson"
    with edit(path) as collection:
        for feature in collection["features"]:
            if feature["properties"]["kind"] == "police":
                feature["properties"]["name"] = "City Police"
                feature["properties"]["valid_from"] = None
    with edit(miniature[0] / "pomona" / "datapackage.json") as package:
        del package["resources"][1]["hash"]
    catalog = read_catalog(miniature[0] / "pomona", miniature[1] / "stops")
    crosswalk = read_crosswalk([], read_layers(catalog.layers))
    assert found(crosswalk, "agencies", "name", ["city police"]) == [None]
    assert found(crosswalk, "agencies", "name", ["city police"], [2014]) == [None]
    assert "ZZ0010100" in crosswalk.explain("agencies", "name", "City Police")


def test_an_unknown_value_comes_with_the_nearest_known(crosswalk):
    assert "Did you mean 'Damson'?" in crosswalk.explain("counties", "name", "Damsen County")
    assert "Did you mean 'ZZ0010100'?" in crosswalk.explain("agencies", "ori", "ZZ001010")
    assert crosswalk.explain("counties", "name", "Q").startswith("Correct it, add it to")


NAMES = st.text(st.characters(codec="utf-8", categories=["L", "M", "P", "Z"]), max_size=20)


@given(NAMES)
def test_the_form_of_a_name_is_that_of_its_form(name):
    form = normalise_name(name, "county")
    assert normalise_name(form, "no such word") == form


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """Return one crosswalk for every example of a property."""
    catalog = read_catalog(*write_miniature(tmp_path_factory.mktemp("shared")))
    return read_crosswalk(catalog.aliases, read_layers(catalog.layers))


@given(values=st.lists(st.sampled_from(["99001", "99011", "x", None])))
def test_the_answer_for_a_value_does_not_depend_on_those_around_it(shared, values):
    together = shared.resolve("counties", "geoid", values).tolist()
    alone = [shared.resolve("counties", "geoid", [value])[0] for value in values]
    assert together == alone
