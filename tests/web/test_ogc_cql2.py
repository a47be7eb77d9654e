"""Laws of filters in CQL2 text: what they mean, against a reference; what is refused, and where."""

import fnmatch
import re
import sqlite3

import cql2 as reference
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapsvc.web import cql2, crs
from mapsvc.web.predicates import Column, Truth, pattern

FIELDS = {"name": "text", "kind": "text", "value": "number", "rank": "number", "start": "date"}
ROWS = [
    {"name": "Alder", "kind": "county", "value": 1.5, "rank": 1, "start": "2013-01-01"},
    {"name": "Birch", "kind": "county", "value": None, "rank": 2, "start": "2014-01-01"},
    {"name": "san josé", "kind": None, "value": -3.0, "rank": 3, "start": None},
    {"name": "O'Neil", "kind": "police", "value": 0.0, "rank": None, "start": "2014-12-31"},
    {"name": None, "kind": "", "value": 1e6, "rank": 5, "start": "2010-01-01"},
]
POINTS = [
    shapely.Point(0, 0),
    shapely.Point(5, 5),
    None,
    shapely.Point(-170, 1),
    shapely.Point(9, 0),
]
CRS84 = crs.REFERENCES[crs.CRS84]


class Rows:
    """The rows above, as a filter asks for them."""

    size = len(ROWS)

    def column(self, name):
        if name == "geometry":
            there = np.array([point is not None for point in POINTS])
            return Column(there, there)
        listed = [row[name] for row in ROWS]
        known = np.array([value is not None for value in listed])
        kind = np.float64 if FIELDS[name] == "number" else object
        return Column(np.array(listed, dtype=kind), known)

    def intersects(self, shape):
        there = np.array([point is not None for point in POINTS])
        yes = np.array([point is not None and shape.intersects(point) for point in POINTS])
        return Truth(yes, there & ~yes)


def parsed(text, axes=CRS84):
    return cql2.parse(text, {**FIELDS, "geometry": "geometry"}, axes)


def kept(text, axes=CRS84):
    return np.flatnonzero(parsed(text, axes).test(Rows()).yes).tolist()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("name = 'Alder'", [0]),
        ("name <> 'Alder'", [1, 2, 3]),
        ("value > 0", [0, 4]),
        ("value >= 0 AND value <= 1.5", [0, 3]),
        ("0 < value", [0, 4]),
        ("value BETWEEN -3 AND 0", [2, 3]),
        ("value NOT BETWEEN -3 AND 0", [0, 4]),
        ("value IS NULL", [1]),
        ("value IS NOT NULL", [0, 2, 3, 4]),
        ("NOT value > 0", [2, 3]),
        ("name IN ('Alder', 'O''Neil')", [0, 3]),
        (r"name = 'O\'Neil'", [3]),
        ("rank NOT IN (1, 2)", [2, 4]),
        ("kind = '' OR kind = 'police'", [3, 4]),
        ("kind = 'county' OR rank = 3 AND value < 0", [0, 1, 2]),
        ("(kind = 'county' OR rank = 3) AND value < 0", [2]),
        ("name LIKE 'A%'", [0]),
        ("name LIKE '_irch'", [1]),
        ("name NOT LIKE '%l%'", [1, 2]),
        ("CASEI(name) LIKE CASEI('SAN%')", [2]),
        ("CASEI(name) = CASEI('SAN JOSÉ')", [2]),
        ("start >= DATE('2014-01-01')", [1, 3]),
        ("start < '2014-01-01'", [0, 4]),
        ("start > TIMESTAMP('2013-12-31T23:59:59Z')", [1, 3]),
        ("start = TIMESTAMP('2014-01-01T00:00:00Z')", [1]),
        ("value = rank", []),
        ("value < rank", [2]),
        ("TRUE", [0, 1, 2, 3, 4]),
        ("FALSE OR value IS NULL", [1]),
        ("\"name\" = 'Alder'", [0]),
        ("geometry IS NULL", [2]),
        ("S_INTERSECTS(geometry, BBOX(-1, -1, 6, 6))", [0, 1]),
        ("NOT S_INTERSECTS(geometry, BBOX(-1, -1, 6, 6))", [3, 4]),
        ("S_INTERSECTS(geometry, BBOX(8, -1, -160, 2))", [3, 4]),
        ("s_intersects(geometry, polygon((-1 -1, 6 -1, 6 6, -1 6, -1 -1)))", [0, 1]),
        ("S_INTERSECTS(geometry, POINT(5 5))", [1]),
        ("S_INTERSECTS(geometry, MULTIPOINT((5 5), (9 0)))", [1, 4]),
        ("S_INTERSECTS(geometry, LINESTRING(0 0, 9 0))", [0, 4]),
        ("S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(5 5)))", [1]),
    ],
)
def test_a_filter_keeps_what_it_says(text, rows):
    assert kept(text) == rows


def test_geometry_is_read_in_the_axes_of_its_system():
    assert kept("S_INTERSECTS(geometry, POINT(0 9))", crs.REFERENCES[crs.EPSG_4326]) == [4]
    assert kept("S_INTERSECTS(geometry, BBOX(-1, 8, 1, 10))", crs.REFERENCES[crs.EPSG_4326]) == [4]
    box = "S_INTERSECTS(geometry, BBOX(-1000, -1000, 600000, 600000))"
    assert kept(box, crs.REFERENCES[crs.EPSG_3857]) == [0, 1]


def test_a_filter_tells_the_properties_it_names():
    assert parsed("value > 1 AND (name = 'a' OR kind IS NULL)").fields == {"value", "name", "kind"}


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("", 1, "one of the properties name"),
        ("kind", 5, "=, <>"),
        ("kind =", 7, "one of the properties"),
        ("knd = 'a'", 1, "one of the properties"),
        ("kind = 5", 8, "expected a text"),
        ("value = 'x'", 9, "expected a number"),
        ("value = name", 9, "expected a number"),
        ("start > 'soon'", 9, "a date like"),
        ("start > start2", 9, "one of the properties"),
        ("(value > 1", 11, "expected )"),
        ("value > 1)", 10, "AND, OR or the end"),
        ("value > 1 value", 11, "AND, OR or the end"),
        ("value ! 1", 7, "an operator"),
        ("name = 'open", 8, "in single quotes"),
        ("value LIKE 'x'", 12, "LIKE after a text"),
        ("value BETWEEN 1", 16, "AND"),
        ("value BETWEEN rank AND 2", 15, "a value"),
        ("value IN ()", 11, "one of the properties"),
        ("value NOT 1", 11, "BETWEEN, IN, LIKE"),
        ("1 IS NULL", 1, "a property before IS"),
        ("geometry = 1", 10, "S_INTERSECTS"),
        ("S_INTERSECTS(name, POINT(1 2))", 18, "geometry"),
        ("S_INTERSECTS(geometry, CIRCLE(1 2))", 24, "BBOX or a geometry"),
        ("S_INTERSECTS(geometry, POINT(1 2)", 34, "expected )"),
        ("S_INTERSECTS(geometry, POINT(1))", 24, "cannot be read"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", 24, "crosses itself"),
        ("S_INTERSECTS(geometry, POINT(1e999 2))", 24, "empty, or crosses"),
        ("S_INTERSECTS(geometry, BBOX(1, 2, 3))", 24, "four or six"),
        ("S_INTERSECTS(geometry, BBOX(1, 3, 2, 2))", 24, "lower corner"),
        ("value = 1e999", 9, "not as large"),
        ("start = DATE('2014')", 14, "2014-01-01"),
        ("T_AFTER(start, DATE('2014-01-01'))", 1, "one of the properties"),
        ("(" * 33 + "TRUE" + ")" * 33, 34, "at most 32 levels"),
        ("NOT " * 40 + "TRUE", 133, "at most 32 levels"),
        ("CASEI(CASEI(name)) = 'a'", 7, "a text or the property"),
        (f"name = '{'x' * 2000}'", 2001, "at most 2000"),
    ],
)
def test_a_fault_is_told_with_its_column(text, column, said):
    with pytest.raises(cql2.FilterError, match=re.escape(said)) as caught:
        parsed(text)
    assert caught.value.column == column


literals = {
    "text": st.sampled_from(["'Alder'", "'county'", "''", "'O''Neil'", "'san josé'", "'x'"]),
    "number": st.sampled_from(["0", "-3", "1.5", "1e6", "2", "5"]),
}
names = {"text": st.sampled_from(["name", "kind"]), "number": st.sampled_from(["value", "rank"])}
signs = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])


def simple(kind):
    name, one = names[kind], literals[kind]
    negated = st.sampled_from(["", "NOT "])
    listed = st.lists(one, min_size=1, max_size=3).map(", ".join)
    tests = [
        st.tuples(name, signs, one).map(" ".join),
        st.tuples(name, signs, name).map(" ".join),
        st.tuples(name, st.sampled_from(["IS NULL", "IS NOT NULL"])).map(" ".join),
        st.tuples(name, negated, listed).map(lambda each: f"{each[0]} {each[1]}IN ({each[2]})"),
    ]
    if kind == "number":
        tests.append(
            st.tuples(name, negated, one, one).map(
                lambda each: f"{each[0]} {each[1]}BETWEEN {each[2]} AND {each[3]}"
            )
        )
    return st.one_of(tests)


filters = st.recursive(
    simple("text") | simple("number"),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(" ".join),
        inner.map(lambda each: f"NOT ({each})"),
        inner.map(lambda each: f"({each})"),
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def database():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE rows (at, name TEXT, kind TEXT, value REAL, rank REAL)")
    for at, row in enumerate(ROWS):
        values = (at, *(row[key] for key in ("name", "kind", "value", "rank")))
        connection.execute("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", values)
    yield connection
    connection.close()


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(filters)
def test_a_filter_means_what_sql_means(database, text):
    """The comparisons of CQL2 text are SQL as they stand, with the same three values of truth."""
    found = database.execute(f"SELECT at FROM rows WHERE {text} ORDER BY at").fetchall()
    assert kept(text) == [at for (at,) in found]


@settings(max_examples=200, deadline=None)
@given(filters)
def test_what_is_read_is_cql2(text):
    """The reference implementation of the language takes all that ours takes."""
    reference.parse_text(text).validate()


@settings(max_examples=400, deadline=None)
@given(
    st.text(st.sampled_from("ab%_"), max_size=8), st.text(st.sampled_from("abé\n%"), max_size=10)
)
def test_a_pattern_matches_as_a_shell_pattern_does(like, text):
    glob = like.replace("%", "*").replace("_", "?")
    assert bool(pattern(like).fullmatch(text)) == fnmatch.fnmatchcase(text, glob)


def test_no_pattern_takes_long():
    assert not pattern("%a" * 900 + "b").fullmatch("a" * 5000)


TOKENS = [
    "name", "value", "start", "geometry", "kind", "(", ")", ",", "=", "<>", ">", "AND", "OR",
    "NOT", "IS", "NULL", "BETWEEN", "IN", "LIKE", "CASEI", "DATE", "TIMESTAMP", "BBOX", "TRUE",
    "S_INTERSECTS", "POINT", "POLYGON", "EMPTY", "GEOMETRYCOLLECTION", "Z", "'x'", "'%'", "'",
    '"', "1", "-1", "1e308", "1e999", "0.0", "'2014-01-01'", "é", "\\", "\x00", "\U0001f5fa", ";",
]  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(TOKENS) | st.text(max_size=3), max_size=14).map(" ".join))
def test_any_text_is_a_filter_or_a_fault_with_a_place_in_it(text):
    column, truth = 1, None
    try:
        truth = parsed(text).test(Rows())
    except cql2.FilterError as fault:
        column = fault.column
    assert 1 <= column <= len(text) + 1
    assert truth is None or not (truth.yes & truth.no).any()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(TOKENS) | st.text(max_size=3), max_size=12).map(" ".join))
def test_any_filter_has_a_documented_answer(client, text):
    response = client.get(
        "/ogc/collections/arrest-rate.agencies/items", query_string={"filter": text}
    )
    assert response.status_code in (200, 400)
    if response.status_code == 400:
        assert "column" in response.json["detail"]
