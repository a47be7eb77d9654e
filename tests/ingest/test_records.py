"""Tables against their schema: what is accepted, and what is told of what is not."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pyarrow as pa
import pytest

from mapsvc.errors import InputError
from mapsvc.ingest.catalog import read_catalog
from mapsvc.ingest.records import LISTED_PER_COLUMN, read_records, read_table, row_keys

SCHEMA = {
    "fields": [
        {"name": "county", "type": "string", "constraints": {"required": True}},
        {"name": "year", "type": "year", "constraints": {"minimum": 2000, "maximum": 2020}},
        {"name": "group", "type": "string", "constraints": {"enum": ["all", "green"]}},
        {"name": "arrests", "type": "integer", "constraints": {"minimum": 0}},
        {"name": "rate", "type": "number"},
        {"name": "complete", "type": "boolean"},
    ],
    "primaryKey": ["county", "year", "group"],
    "missingValues": ["", "NA"],
}
HEADER = "county,year,group,arrests,rate,complete"
GOOD = "001,2014,all,12,1.5,true"


@pytest.fixture
def problems(tmp_path):
    """Return a function from the bytes of a file to the problems it has."""

    def read(content: bytes | str, schema=SCHEMA):
        path = tmp_path / "a.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        with pytest.raises(InputError) as caught:
            read_table(path, schema, "set/a.csv")
        assert all(problem.file == "set/a.csv" for problem in caught.value.problems)
        assert all(problem.mend for problem in caught.value.problems)
        return caught.value.problems

    return read


@pytest.fixture
def table(tmp_path):
    """Return a function from the bytes of a file to its table."""

    def read(content: bytes | str, schema=SCHEMA):
        path = tmp_path / "a.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_table(path, schema, "set/a.csv")

    return read


def one_column(kind: str, **constraints):
    return {"fields": [
        {"name": "id", "type": "string"}, {"name": "v", "type": kind, "constraints": constraints}
    ]}  # fmt: skip


def test_columns_are_typed_and_leading_zeros_stay(table):
    read = table(f"{HEADER}\n{GOOD}\n002,2015,green,+7,-2e3,FALSE\n")
    assert read.to_pydict() == {
        "county": ["001", "002"],
        "year": [2014, 2015],
        "group": ["all", "green"],
        "arrests": [12, 7],
        "rate": [1.5, -2000.0],
        "complete": [True, False],
    }
    assert read.schema.types == [
        pa.dictionary(pa.int32(), pa.string()), pa.int64(),
        pa.dictionary(pa.int32(), pa.string()), pa.int64(), pa.float64(), pa.bool_(),
    ]  # fmt: skip


def test_missing_values_are_null_and_never_zero(table):
    read = table(f"{HEADER}\n001,2014,all,,NA,\n")
    assert [read[name][0].as_py() for name in ("arrests", "rate", "complete")] == [None] * 3


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("last", [True, False])
def test_line_endings_and_a_byte_order_mark_change_nothing(table, ending, mark, last):
    text = mark + ending.join([HEADER, GOOD]) + (ending if last else "")
    assert table(text)["arrests"].to_pylist() == [12]


def test_columns_may_stand_in_any_order(table):
    order = [5, 0, 3, 1, 4, 2]
    lines = [",".join(line.split(",")[i] for i in order) for line in (HEADER, GOOD)]
    read = table("\n".join(lines))
    assert read.column_names == HEADER.split(",")
    assert read["rate"].to_pylist() == [1.5]


def test_quoted_commas_quotes_and_line_breaks_are_part_of_the_value(table):
    schema = one_column("string")
    assert table('id,v\n1,"a, ""b""\nc"\n', schema)["v"].to_pylist() == ['a, "b"\nc']


def test_every_fault_of_a_file_is_told_at_once(problems):
    found = problems(
        f"{HEADER}\n{GOOD}\n,2014,all,1,1,true\n003,1999,all,1,1,true\n004,20x4,all,1,1,true\n"
        "005,2014,gren,1,1,true\n006,2014,all,-1,1,true\n007,2014,all,12a,1,true\n"
        "008,2014,all,1,nan,true\n009,2014,all,1,1,yes\n001,2014,all,5,1,true\n"
    )
    assert [(each.row, each.column) for each in found] == [
        (3, "county"), (4, "year"), (5, "year"), (6, "group"), (7, "arrests"), (8, "arrests"),
        (9, "rate"), (10, "complete"), (11, "county, year, group"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "12a"), ("integer", '"1,234"'), ("integer", "1.0"), ("integer", "0x1F"),
        ("integer", " 1"), ("integer", "1e3"), ("integer", "٣"), ("integer", "-"),
        ("number", "1.2.3"), ("number", '"1,234.5"'), ("number", "NaN"), ("number", "inf"),
        ("number", "-Infinity"), ("number", "1e999"), ("number", "."), ("number", "12 "),
        ("year", "14"), ("year", "20145"), ("year", "2014.0"), ("year", "-201"),
        ("boolean", "yes"), ("boolean", "2"), ("boolean", "tRUE"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_told_with_its_row_column_and_text(problems, kind, text):
    first = "true" if kind == "boolean" else "1984"
    (found,) = problems(f"id,v\n1,{first}\n2,{text}\n", one_column(kind))
    assert (found.row, found.column) == (3, "v")
    assert repr(text.strip('"')) in found.what
    assert "Write" in found.mend


@pytest.mark.parametrize(
    ("kind", "constraints", "good", "bad", "word"),
    [
        ("integer", {"minimum": 0}, "0", "-1", "below the minimum 0"),
        ("number", {"maximum": 90}, "90.0", "90.01", "above the maximum 90"),
        ("year", {"minimum": 2005}, "2005", "2004", "below the minimum 2005"),
        ("string", {"pattern": "06[0-9]{3}"}, "06001", "060011", "form 06[0-9]{3}"),
        ("string", {"enum": ["black", "white"]}, "white", "whit", "not one of the values"),
        ("integer", {"enum": [1, 2]}, "2", "3", "not one of the values"),
        ("boolean", {"enum": [True]}, "true", "false", "not one of the values"),
    ],
)
def test_a_constraint_admits_its_bound_and_nothing_beyond(
    table, problems, kind, constraints, good, bad, word
):
    schema = one_column(kind, **constraints)
    assert table(f"id,v\n1,{good}\n2,\n", schema).num_rows == 2
    (found,) = problems(f"id,v\n1,{good}\n2,{bad}\n", schema)
    assert (found.row, found.column) == (3, "v")
    assert word in found.what


def test_an_unknown_value_of_a_list_comes_with_the_nearest_known(problems):
    (found,) = problems("id,v\n1,whitte\n", one_column("string", enum=["black", "white"]))
    assert found.mend == "Did you mean 'white'?"


@pytest.mark.parametrize("kind", ["string", "integer", "number"])
def test_a_repeated_value_of_a_unique_column_names_both_rows(problems, table, kind):
    schema = one_column(kind, unique=True)
    (found,) = problems("id,v\na,1\nb,2\nc,1\n", schema)
    assert (found.row, found.column) == (4, "v")
    assert "row 2" in found.what
    assert table("id,v\na,\nb,\n", schema).num_rows == 2, "missing values are no repetition"


def test_a_repeated_key_names_both_rows_even_where_it_is_written_otherwise(problems):
    schema = {**one_column("integer"), "primaryKey": "v"}
    found = problems("id,v\na,7\nb,2\nc,+7\nd,07\n", schema)
    assert [(each.row, "row 2" in each.what) for each in found] == [(4, True), (5, True)]


def test_a_ragged_row_is_told_and_those_after_it_keep_their_number(problems):
    found = problems("id,v\n1,1\n2\n3,1,1\n4,x\n5,1\n6,y,\n7,z\n", one_column("integer"))
    assert sorted(each.row for each in found) == [3, 4, 5, 7, 8]
    assert "has 1 values where the header has 2" in found[0].what


def test_a_blank_row_is_told_once(problems):
    found = problems("id,v\n1,1\n\n,\n2,x\n", one_column("integer", required=True))
    assert [(each.row, each.what) for each in found][:2] == [
        (3, "the row is blank"),
        (4, "the row is blank"),
    ]
    assert [each.row for each in found[2:]] == [5]


def test_a_column_with_many_faults_lists_the_first_and_counts_the_rest(problems):
    rows = "".join(f"{n},x\n" for n in range(100))
    found = problems(f"id,v\n{rows}", one_column("integer"))
    assert [each.row for each in found[:-1]] == list(range(2, 2 + LISTED_PER_COLUMN))
    assert found[-1].what == "and 80 more problems in this column"


def test_an_empty_file_and_a_header_without_rows_are_told(problems, tmp_path):
    for content in (b"", b"\n \n", b"\xef\xbb\xbf"):
        assert "empty" in problems(content)[0].what
    for content in (HEADER, f"{HEADER}\n"):
        assert "has a header and no rows" in problems(content)[0].what
    path = tmp_path / "b.csv"
    path.write_text(HEADER)
    assert read_table(path, SCHEMA, "b.csv", allow_empty=True).num_rows == 0


def test_a_misspelt_column_comes_with_its_right_name(problems):
    (found,) = problems("id,vv\n1,1\n", one_column("integer"))
    assert (found.row, found.column, found.mend) == (1, "v", "Rename column 'vv' to 'v'")


def test_missing_superfluous_repeated_and_nameless_columns_are_told_together(problems):
    found = problems("id,id,colour,\n1,1,1,1\n", one_column("integer"))
    assert [(each.row, each.column, each.what) for each in found] == [
        (1, "v", "the column is missing"),
        (1, "colour", "the column is not in the schema"),
        (1, None, "a column has no name"),
        (1, "id", "the column is there twice"),
    ]


def test_values_are_checked_though_the_header_is_wrong(problems):
    found = problems("id,v,extra\n1,x,1\n", one_column("integer"))
    assert [(each.row, each.column) for each in found] == [(1, "extra"), (2, "v")]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_another_separator_is_recognised(problems, delimiter):
    (found,) = problems(f"id{delimiter}v\n1{delimiter}2\n", one_column("integer"))
    assert "separated by" in found.what
    assert "commas" in found.mend


def test_latin_1_is_told_with_its_rows_and_how_to_save(problems):
    content = 'id,v\n1,"a\nb"\n2,caf\xe9\n3,x\n4,\xf1\n'.encode("latin-1")
    found = problems(content, one_column("string"))
    assert [each.row for each in found] == [3, 5]
    assert "café" in found[0].what
    assert "Save the file as UTF-8" in found[0].mend


def test_utf_16_is_told(problems):
    assert "UTF-16" in problems("id,v\n1,2\n".encode("utf-16"), one_column("string"))[0].what


def test_a_quotation_mark_never_closed_is_told_with_its_row(problems):
    (found,) = problems('id,v\n1,2\n2,"x\n3,4\n', one_column("string"))
    assert found.row == 3
    assert "never closed" in found.what


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ("a\n" * 30, "and 10 more such rows"),
        (",\n" * 30, "and 10 more blank rows"),
        (b"a,\xe9\n" * 30, "and 10 more such values"),
    ],
)
def test_many_rows_with_one_fault_are_counted(problems, rows, what):
    content = b"id,v\n1,2\n" + (rows.encode() if isinstance(rows, str) else rows)
    found = problems(content, one_column("string"))
    assert len(found) == 21
    assert found[-1].what == what


def test_right_utf_8_beside_latin_1_is_not_blamed(problems):
    (found,) = problems("id,v\n1,é\n".encode() + b"2,\xe9\n", one_column("string"))
    assert found.row == 3


def test_a_row_longer_than_a_block_is_told(problems, monkeypatch):
    monkeypatch.setattr("mapsvc.ingest.csvfile.BLOCK", 64)
    content = "id,v\n1,2\n2," + "x" * 500 + "\n"
    assert "cannot be read as CSV" in problems(content, one_column("string"))[0].what


def test_keys_are_equal_exactly_where_all_columns_are():
    random = np.random.default_rng(3)
    # Five columns of 8,192 values: their products leave 64 bits.
    values = random.integers(0, 2**13, (5, 2**14))
    values[:, 1000] = values[:, 9000]
    columns = [pa.array(column) for column in values]
    keys = row_keys(columns)
    assert len(set(keys.tolist())) == len(set(zip(*values.tolist(), strict=True)))
    assert keys[1000] == keys[9000]


def test_the_problems_of_all_tables_of_a_dataset_are_told_at_once(miniature):
    catalog = read_catalog(*miniature)
    (stops,) = [each for each in catalog.datasets if each.key == "stops"]
    assert list(read_records(stops)) == ["stops"]
    twice = dataclasses.replace(
        stops, resources=(*stops.resources, dataclasses.replace(stops.resources[0], name="again"))
    )
    path = miniature[1] / "stops" / "stops.csv"
    path.write_text(path.read_text().replace("99001", "9900"))
    with pytest.raises(InputError) as caught:
        read_records(twice)
    assert len(caught.value.problems) == 24
    assert {each.file for each in caught.value.problems} == {"stops/stops.csv"}


def test_numbers_keep_the_last_bit(table):
    texts = ["0.1", "1e-300", "-118.2436849", "123456789.123456789", "5.", ".5"]
    rows = "".join(f"{n},{text}\n" for n, text in enumerate(texts))
    read = table(f"id,v\n{rows}", one_column("number"))["v"].to_pylist()
    assert read == [float(text) for text in texts]
    assert all(math.isfinite(value) for value in read)
