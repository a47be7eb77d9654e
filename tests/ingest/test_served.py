"""Who polices a place: what cannot be so is told, with agency, years, sum and rows."""

import pytest

from mapsvc.errors import InputError
from mapsvc.ingest.boundaries import read_layers
from mapsvc.ingest.catalog import PopulationSource, PopulationTable, SourceFile, read_catalog
from mapsvc.ingest.places import read_place_population
from mapsvc.ingest.served import read_served_by

HEADER = "place,place_name,layer,agency,valid_from,valid_to,note"
SOURCES = {"survey": PopulationSource("A", "B", "C", "")}


@pytest.fixture
def layers(miniature):
    return read_layers(read_catalog(*miniature).layers)


@pytest.fixture
def read(tmp_path, layers):
    """Return a function from rows, the header's further columns first, to what is read of them."""

    def of(*rows, more=",parent,share"):
        path = tmp_path / "served_by.csv"
        path.write_text("\n".join([HEADER + more, *rows]) + "\n")
        return read_served_by([SourceFile(path, "pomona/served_by.csv", "")], layers)

    return of


def row(place, share="", agency="ZZ0010000", since="", until="", parent=""):
    return f"{place},{place},agencies,{agency},{since},{until},,{parent},{share}"


def problems(read, *args, **options):
    with pytest.raises(InputError) as caught:
        read(*args, **options)
    return caught.value.problems


def test_the_columns_parent_and_share_may_be_left_out(read):
    (found,) = read("p,P,agencies,ZZ0010000,,,", more="")
    assert (found.parent, found.share) == (None, None)
    (found,) = read("p,P,agencies,ZZ0010000,,,,1", more=",share")
    assert (found.parent, found.share) == (None, 1)


def test_a_misspelt_column_is_not_taken_for_one_left_out(read):
    (told,) = problems(read, "p,P,agencies,ZZ0010000,,,,1", more=",shares")
    assert told.column == "share"
    assert "Rename column 'shares' to 'share'" in told.mend


def test_shares_that_add_up_to_one_at_all_times_are_taken(read):
    found = read(
        row("p", 0.5, until="2014-06-30"),
        row("q", 0.5, until="2014-06-30"),
        row("p", 1, since="2014-07-01"),
        row("x", 0.1, "ZZ0030000"),
        row("y", 0.2, "ZZ0030000"),
        row("z", 0.7, "ZZ0030000"),
    )
    assert [each.share for each in found if each.agency == "ZZ0010000"] == [0.5, 1, 0.5]


def test_shares_that_do_not_add_up_name_agency_years_sum_and_rows(read):
    told = problems(
        read,
        row("p", 0.5),
        row("q", 0.5, until="2014-06-30"),
        row("r", 0.25, since="2014-07-01", until="2015-12-31"),
        row("x", 0.5, "ZZ0030000"),
        row("y", 0.4, "ZZ0030000"),
    )
    assert [each.what for each in told] == [
        "the shares of ZZ0010000 in 2014-2015 add up to 0.75: rows 2, 4",
        "the shares of ZZ0010000 since 2016 add up to 0.5: row 2",
        "the shares of ZZ0030000 in every year add up to 0.9: rows 5, 6",
    ]
    assert [(each.row, each.column) for each in told] == [(2, "share"), (2, "share"), (5, "share")]


def test_an_agency_gives_every_share_or_none(read):
    (told,) = problems(read, row("p", 1), row("q"), row("r", agency="ZZ0030000"))
    assert told.what == "ZZ0010000 declares a share in some rows and none in row 3"


@pytest.mark.parametrize("share", ["-0.5", "1.5", "half"])
def test_a_share_is_a_number_from_0_to_1(read, share):
    (told,) = problems(read, row("p", share))
    assert (told.row, told.column) == (2, "share")


def test_a_place_twice_at_one_time_would_count_twice(read):
    (told,) = problems(read, row("p", until="2014-12-31"), row("p", since="2014-12-31"))
    assert (told.row, told.what) == (3, "ZZ0010000 polices p in row 2 already")
    assert len(read(row("p", until="2014-12-31"), row("p", since="2015-01-01"))) == 2


def test_a_parent_has_to_be_one_and_the_same(read):
    (told,) = problems(read, row("p", parent="99002"))
    assert told.column == "parent"
    assert "Did you mean '9900" in told.mend
    (told,) = problems(
        read,
        row("p", parent="99001", until="2013-12-31"),
        row("p", parent="99003", since="2014-01-01"),
    )
    assert told.what == "p is in '99003' here and in '99001' in row 2"


def test_a_parent_needs_a_layer_that_is_divided(read):
    (told,) = problems(read, "p,P,counties,99001,,,,99003,")
    assert "divides no other" in told.what


def test_dates_run_forwards(read):
    (told,) = problems(read, row("p", 0.5, since="2015-01-01", until="2014-01-01"))
    assert (told.column, told.what) == (
        "valid_to", "it ends on 2014-01-01, before it begins on 2015-01-01",
    )  # fmt: skip


@pytest.fixture
def places(tmp_path, read):
    """Return a function from rows of residents of the places p and q to what is read of them."""
    served = read(row("p"), row("q"))

    def of(*tables):
        given = []
        for number, rows in enumerate(tables):
            path = tmp_path / f"{number}.csv"
            path.write_text("place,year,population,source\n" + "".join(f"{r}\n" for r in rows))
            given.append(PopulationTable(SourceFile(path, f"pomona/{number}.csv", ""), SOURCES))
        return read_place_population(given, served)

    return of


def test_residents_of_places_stand_where_they_were_asked_for(places):
    found = places(["p,2014,10,survey", "q,2015,0,survey"])
    figures, source = found.lookup(["q", "p", "unheard of"], [2014, 2015])
    assert figures[0, 1] == 0
    assert figures[1, 0] == 10
    assert (source >= 0).tolist() == [[False, True], [True, False], [False, False]]
    assert found.sources == (SOURCES["survey"],)
    assert found.lookup([], [2014])[0].shape == (0, 1)


def test_faults_of_residents_of_places_are_told_at_once(places):
    told = problems(
        places, ["p,2014,10,survey", "x,2014,1,survey", "x,2015,1,survey", "q,2014,1,survy"]
    )
    assert [(each.row, each.column) for each in told] == [(3, "place"), (5, "source")]
    (told,) = problems(places, ["p,2014,10,survey"], ["p,2014,10,survey"])
    assert "in another table too" in told.what
    told = problems(places, ["p,2014,-1,survey", "p,2014,1,survey"])
    assert {each.column for each in told} == {"population", "place, year"}
    told = problems(places, [f"n{number},2014,1,survey" for number in range(30)])
    assert told[-1].what == "and 10 more values that are not known"
