"""Residents and who polices a place: looked up exactly, missing where missing."""

from __future__ import annotations

import numpy as np
import pytest

from mapsvc.errors import InputError
from mapsvc.ingest.boundaries import read_layers
from mapsvc.ingest.catalog import PopulationSource, PopulationTable, SourceFile, read_catalog
from mapsvc.ingest.population import read_population
from mapsvc.ingest.served import ServedBy, read_served_by
from tests.miniature.territory import COUNTIES, YEARS

SOURCES = {"survey": PopulationSource("A", "B", "C", "")}
HEADER = "layer,id,year,series,population,source\n"


@pytest.fixture
def layers(miniature):
    return read_layers(read_catalog(*miniature).layers)


@pytest.fixture
def population(miniature, layers):
    return read_population(read_catalog(*miniature).population, layers)


@pytest.fixture
def read(tmp_path, layers):
    """Return a function from rows of population to what is read of them."""

    def of(*rows, name="p.csv"):
        path = tmp_path / name
        path.write_text(HEADER + "".join(f"{row}\n" for row in rows))
        return PopulationTable(SourceFile(path, f"pomona/{name}", ""), SOURCES)

    return lambda *rows: read_population([of(*rows)], layers)


def test_figures_stand_where_ids_and_years_were_asked_for(population):
    figures, source, sources = population.lookup("counties", ["99011", "99001"], [2016, 2013])
    assert figures.tolist() == [[2060, 2000], [123600, 120000]]
    assert figures.dtype == np.float64
    assert {sources[code].product for code in source.ravel()} == {"Estimates"}


def test_what_is_missing_is_nan_and_never_zero(population):
    ids = ["ZZ0090100", "ZZ0019900", "unheard of"]
    figures, source, _ = population.lookup("agencies", ids, [2012, 2013, 2015])
    assert np.array_equal(
        figures, [[np.nan, 0, np.nan], [np.nan] * 3, [np.nan] * 3], equal_nan=True
    )
    assert (source < 0).tolist() == np.isnan(figures).tolist()


@pytest.mark.parametrize(("layer", "series"), [("counties", "adults"), ("states", "residents")])
def test_a_series_that_is_not_there_is_missing_throughout(population, layer, series):
    figures, source, _ = population.lookup(layer, ["99001"], [2013, 2014], series)
    assert np.isnan(figures).all()
    assert (source == -1).all()
    assert figures.shape == (1, 2)
    assert population.series("counties") == ("daytime", "residents")


def test_the_miniatures_agencies_add_up_to_their_counties(population, layers):
    agencies = layers["agencies"]
    held, _, _ = population.lookup("agencies", agencies.ids, YEARS)
    for county in COUNTIES:
        whole, _, _ = population.lookup("counties", [county], YEARS)
        parts = held[[parent == county for parent in agencies.parents]]
        assert np.nansum(parts, axis=0).tolist() == whole[0].tolist()


def test_several_series_are_kept_apart(read):
    population = read(
        "counties,99001,2014,residents,10,survey",
        "counties,99001,2014,adults,7.5,survey",
        "counties,99003,2015,adults,1,survey",
    )
    assert population.series("counties") == ("adults", "residents")
    assert population.lookup("counties", ["99001"], [2014], "adults")[0].tolist() == [[7.5]]
    assert population.lookup("counties", ["99001"], [2014])[0].tolist() == [[10]]


def problems(call, *arguments):
    with pytest.raises(InputError) as caught:
        call(*arguments)
    assert all(each.file and each.mend for each in caught.value.problems)
    return caught.value.problems


def test_negative_repeated_and_unreadable_figures_are_told_at_once(read):
    told = problems(
        read,
        "counties,99001,2014,residents,10,survey",
        "counties,99001,2014,residents,11,survey",
        "counties,99001,2015,residents,-1,survey",
        'counties,99001,2016,residents,"1,200",survey',
        "counties,99001,2017,residents,,survey",
    )
    assert {(each.row, each.column) for each in told} == {
        (3, "layer, id, year, series"), (4, "population"), (5, "population"), (6, "population"),
    }  # fmt: skip


def test_unknown_layers_ids_and_sources_are_told_once_each(read):
    told = problems(
        read,
        "county,99001,2014,residents,10,survey",
        "counties,99002,2014,residents,10,survey",
        "counties,99002,2015,residents,10,survey",
        "counties,99001,2014,residents,10,survy",
    )
    assert [(each.row, each.column) for each in told] == [(2, "layer"), (3, "id"), (5, "source")]
    assert told[0].mend == "Did you mean 'counties'?"
    assert told[2].mend == "Did you mean 'survey'?"


def test_many_unknown_ids_are_counted(read):
    told = problems(read, *(f"counties,{n},2014,residents,1,survey" for n in range(30)))
    assert len(told) == 21
    assert told[-1].what == "and 10 more values that are not known"


def test_a_series_in_two_tables_is_told(tmp_path, layers):
    tables = []
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(f"{HEADER}counties,99001,2014,residents,1,survey\n")
        tables.append(PopulationTable(SourceFile(tmp_path / name, name, ""), SOURCES))
    (told,) = problems(read_population, tables, layers)
    assert "in two tables" in told.what


def test_who_polices_a_place_is_read_in_order(miniature, layers):
    served = read_served_by(read_catalog(*miniature).served_by, layers)
    damson = [each for each in served if each.place_name == "Damson City"]
    assert [(each.agency, each.valid_from) for each in damson] == [
        ("ZZ0070000", None), ("ZZ0070100", "2013-01-01"),
    ]  # fmt: skip
    assert all(isinstance(each, ServedBy) for each in served)


def test_unknown_agencies_and_dates_are_told_at_once(tmp_path, layers):
    path = tmp_path / "served_by.csv"
    path.write_text(
        "place,place_name,layer,agency,valid_from,valid_to,note\n"
        "1,A,agency,ZZ0010000,,,\n2,B,agencies,ZZ001000,,,\n3,C,agencies,ZZ0010000,2014,,\n"
    )
    told = problems(read_served_by, [SourceFile(path, "pomona/served_by.csv", "")], layers)
    assert [(each.row, each.column) for each in told] == [
        (2, "layer"), (3, "agency"), (4, "valid_from"),
    ]  # fmt: skip
    assert told[1].mend.startswith("Did you mean 'ZZ0010")
