"""The reader of tables against the frictionless library, which says what Table Schema means.

Two differences are meant: we refuse NaN and INF, and values with spaces around them; no table
here has either.
"""

from __future__ import annotations

import csv
import io
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapsvc.errors import InputError
from mapsvc.ingest.records import read_table

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

FIELDS = [
    {"name": "id", "type": "string", "constraints": {"required": True, "pattern": "[a-z]{2}"}},
    {"name": "year", "type": "year"},
    {"name": "count", "type": "integer", "constraints": {"minimum": 0, "maximum": 100}},
    {"name": "share", "type": "number"},
    {"name": "whole", "type": "boolean"},
    {"name": "race", "type": "string", "constraints": {"enum": ["all", "black"]}},
    {"name": "serial", "type": "integer", "constraints": {"unique": True}},
]
SCHEMA = {"fields": FIELDS, "primaryKey": ["id", "year"], "missingValues": ["", "NA"]}
NAMES = ",".join(field["name"] for field in FIELDS)

CASES = {
    "good": "ab,2014,1,0.5,true,all,1\ncd,2014,0,1e3,false,black,2\n",
    "missing values": "ab,2014,NA,,,NA,\ncd,2014,,NA,,,\n",
    "required value missing": ",2014,1,1,true,all,1\n",
    "pattern too long": "abc,2014,1,1,true,all,1\n",
    "pattern upper case": "AB,2014,1,1,true,all,1\n",
    "year of two digits": "ab,14,1,1,true,all,1\n",
    "year of letters": "ab,MMXI,1,1,true,all,1\n",
    "count negative": "ab,2014,-1,1,true,all,1\n",
    "count at the maximum": "ab,2014,100,1,true,all,1\n",
    "count above the maximum": "ab,2014,101,1,true,all,1\n",
    "count with letters": "ab,2014,12a,1,true,all,1\n",
    "count with a point": "ab,2014,1.5,1,true,all,1\n",
    "count with a comma": 'ab,2014,"1,0",1,true,all,1\n',
    "count with a sign": "ab,2014,+1,-1,true,all,1\n",
    "number with two points": "ab,2014,1,1.2.3,true,all,1\n",
    "number with a comma": 'ab,2014,1,"1,5",true,all,1\n',
    "number without a leading zero": "ab,2014,1,.5,true,all,1\n",
    "boolean in capitals": "ab,2014,1,1,TRUE,all,1\n",
    "boolean as a digit": "ab,2014,1,1,0,all,1\n",
    "boolean as a word": "ab,2014,1,1,yes,all,1\n",
    "value not in the list": "ab,2014,1,1,true,blue,1\n",
    "key twice": "ab,2014,1,1,true,all,1\nab,2014,2,1,true,all,2\n",
    "key once a year": "ab,2014,1,1,true,all,1\nab,2015,2,1,true,all,2\n",
    "unique value twice": "ab,2014,1,1,true,all,7\ncd,2014,2,1,true,all,7\n",
    "row too short": "ab,2014,1\n",
    "row too long": "ab,2014,1,1,true,all,1,9\n",
    "row blank": "ab,2014,1,1,true,all,1\n\ncd,2014,1,1,true,all,2\n",
    "quoted line break": 'ab,2014,"1",1,true,"all",1\n',
}
HEADERS = {
    "misspelt": NAMES.replace("share", "shar"),
    "one too few": NAMES.removesuffix(",serial"),
    "one too many": f"{NAMES},more",
    "one twice": NAMES.replace("serial", "whole"),
}


def we_accept(path) -> bool:
    try:
        read_table(path, SCHEMA, path.name)
    except InputError:
        return False
    return True


def frictionless_accepts(path) -> bool:
    from frictionless import Resource, Schema

    resource = Resource(
        path=path.name, basepath=str(path.parent), schema=Schema.from_descriptor(SCHEMA),
        encoding="utf-8",
    )  # fmt: skip
    return resource.validate().valid


@pytest.mark.parametrize("name", CASES)
def test_rows_are_valid_for_both_or_for_neither(tmp_path, name):
    path = tmp_path / "t.csv"
    path.write_text(f"{NAMES}\n{CASES[name]}")
    assert we_accept(path) == frictionless_accepts(path)


@pytest.mark.parametrize("name", HEADERS)
def test_headers_are_valid_for_both_or_for_neither(tmp_path, name):
    columns = HEADERS[name].count(",") + 1
    values = (CASES["good"].splitlines()[0] + ",9").split(",")[:columns]
    path = tmp_path / "t.csv"
    path.write_text(f"{HEADERS[name]}\n{','.join(values)}\n")
    assert we_accept(path) is frictionless_accepts(path) is False


def test_the_cases_hold_both_kinds(tmp_path):
    accepted = set()
    for name, rows in CASES.items():
        path = tmp_path / "t.csv"
        path.write_text(f"{NAMES}\n{rows}")
        accepted |= {name} if we_accept(path) else set()
    assert 5 < len(accepted) < len(CASES) - 10


CELLS = st.fixed_dictionaries({
    "id": st.text("abcdefgh", min_size=2, max_size=2),
    "year": st.integers(1000, 9999),
    "count": st.none() | st.integers(0, 100),
    "share": st.none() | st.floats(allow_nan=False, allow_infinity=False),
    "whole": st.none() | st.booleans(),
    "race": st.none() | st.sampled_from(["all", "black"]),
})  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(CELLS, min_size=1, max_size=8, unique_by=lambda row: (row["id"], row["year"])))
def test_what_keeps_to_the_schema_is_accepted_and_read_back_as_written(tmp_path, rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, NAMES.split(","))
    writer.writeheader()
    for serial, row in enumerate(rows):
        whole = {None: None, True: "true", False: "false"}[row["whole"]]
        writer.writerow({**row, "whole": whole, "serial": serial})
    path = tmp_path / "t.csv"
    path.write_text(text.getvalue(), newline="")
    read = read_table(path, SCHEMA, "t.csv").to_pylist()
    assert read == [{**row, "serial": serial} for serial, row in enumerate(rows)]
    assert all(row["share"] is None or math.isfinite(row["share"]) for row in read)


WILD = st.text(alphabet='ab1.,"\n;é-', max_size=6)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(WILD, min_size=7, max_size=7), min_size=1, max_size=4))
def test_any_text_is_read_or_told_never_anything_else(tmp_path, rows):
    path = tmp_path / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([NAMES.split(","), *rows])
    told = []
    try:
        assert read_table(path, SCHEMA, "t.csv").num_rows == len(rows)
    except InputError as error:
        told.extend(error.problems)
    assert all(each.row is None or 1 <= each.row <= len(rows) + 1 for each in told)
