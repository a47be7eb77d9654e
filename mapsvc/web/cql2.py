"""Filters in CQL2 text (OGC 21-065r2): read, checked against the fields there are, evaluated.

The part of the language that asks for features by what they are and where: comparisons, AND, OR and
NOT, IS NULL, BETWEEN, IN, LIKE, CASEI and S_INTERSECTS. Depth and length are bounded, so that no
text can exhaust the process; a fault names the column where it is. Truth has three values, as in
SQL: a comparison with a missing value is neither true nor false.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, NoReturn

import numpy as np
import shapely

from mapsvc.language import N_, Message
from mapsvc.web import crs
from mapsvc.web.predicates import (
    Operand,
    Rows,
    Truth,
    all_true,
    any_true,
    compared,
    constant,
    folded,
    is_null,
    matches,
    negate,
    negation,
    pattern,
)

LONGEST = 2000
DEEPEST = 32

_TOKEN = re.compile(
    r"""(?P<number>[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<text>'(?:''|\\'|[^'])*')
    |(?P<quoted>"[^"]*")
    |(?P<word>[^\W\d][\w.:]*)
    |(?P<sign><>|<=|>=|[=<>(),])""",
    re.VERBOSE,
)
_SPACE = re.compile(r"\s*")
_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_KEYWORDS = frozenset(
    (
        "AND", "OR", "NOT", "IS", "NULL", "BETWEEN", "IN", "LIKE", "TRUE", "FALSE",
        "CASEI", "DATE", "TIMESTAMP", "BBOX", "S_INTERSECTS",
    )
)  # fmt: skip
_SHAPES = (
    "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON",
    "GEOMETRYCOLLECTION",
)  # fmt: skip
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TYPES = {
    "date": N_("a date"),
    "geometry": N_("a geometry"),
    "number": N_("a number"),
    "text": N_("a text"),
}
_SIGNS = "=, <>, <, <=, >, >=, BETWEEN, IN, LIKE"
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z")


class FilterError(ValueError):
    """A filter that cannot be read; ``column`` counts characters from 1."""

    def __init__(self, column: int, message: str | Message) -> None:
        self.column = column
        self.message = message
        super().__init__(str(message))


class Filter(NamedTuple):
    """A filter as read: ``test`` gives its truth, ``fields`` are the properties that it names."""

    test: Callable[[Rows], Truth]
    fields: frozenset[str]


def parse(text: str, fields: Mapping[str, str], reference: crs.Reference) -> Filter:
    """Read a filter over ``fields``: number, text, date or geometry by name.

    Coordinates are in the axes of ``reference``. Raises FilterError.
    """
    if len(text) > LONGEST:
        raise FilterError(LONGEST + 1, Message("a filter has at most {n} characters", n=LONGEST))
    reader = _Reader(text, fields, reference)
    test = reader.any_of(0)
    if reader.kind != "end":
        reader.fail("AND, OR or the end")
    return Filter(test, frozenset(reader.named))


class _Reader:
    """Reads a filter from left to right; the token at hand is ``kind`` and ``piece``."""

    def __init__(self, text: str, fields: Mapping[str, str], reference: crs.Reference) -> None:
        self._text = text
        self._fields = fields
        self._reference = reference
        self._end = 0
        self.named: set[str] = set()
        self.step()

    def step(self) -> None:
        """Take the next token."""
        self._start = _SPACE.match(self._text, self._end).end()  # type: ignore[union-attr]
        match = _TOKEN.match(self._text, self._start)
        if match is None:
            self.kind, self.piece = "end", ""
            if self._start < len(self._text):
                self.fail("an operator, a property, a number or a text in single quotes")
            return
        self._end = match.end()
        self.kind, self.piece = str(match.lastgroup), match.group()
        if self.kind == "word" and self.piece.upper() in _KEYWORDS:
            self.kind, self.piece = "keyword", self.piece.upper()

    def fail(self, expected: str | Message) -> NoReturn:
        found = self._text[self._start : self._start + 20]
        wanted = expected if isinstance(expected, Message) else Message(expected)
        said = Message("expected {expected}", expected=wanted)
        if found:
            said = Message("expected {expected}, found {found}", expected=wanted, found=repr(found))
        raise FilterError(self._start + 1, said)

    def _takes(self, *tokens: str) -> bool:
        """Step past one of ``tokens`` if it is at hand."""
        if self.kind in ("keyword", "sign") and self.piece in tokens:
            self.step()
            return True
        return False

    def _expect(self, token: str) -> None:
        if not self._takes(token):
            self.fail(token)

    def any_of(self, depth: int) -> Callable[[Rows], Truth]:
        tests = [self._all_of(depth)]
        while self._takes("OR"):
            tests.append(self._all_of(depth))
        return (
            tests[0] if len(tests) == 1 else lambda rows: any_true([test(rows) for test in tests])
        )

    def _all_of(self, depth: int) -> Callable[[Rows], Truth]:
        tests = [self._one(depth)]
        while self._takes("AND"):
            tests.append(self._one(depth))
        return (
            tests[0] if len(tests) == 1 else lambda rows: all_true([test(rows) for test in tests])
        )

    def _one(self, depth: int) -> Callable[[Rows], Truth]:
        if depth > DEEPEST:
            self.fail(Message("at most {n} levels of parentheses and NOT", n=DEEPEST))
        if self._takes("NOT"):
            inner = self._one(depth + 1)
            return lambda rows: negation(inner(rows))
        if self._takes("("):
            inner = self.any_of(depth + 1)
            self._expect(")")
            return inner
        if self.kind == "keyword" and self.piece in ("TRUE", "FALSE"):
            holds = self.piece == "TRUE"
            self.step()
            return lambda rows: Truth(np.full(rows.size, holds), np.full(rows.size, not holds))
        if self._takes("S_INTERSECTS"):
            return self._intersects()
        return self._comparison()

    def _intersects(self) -> Callable[[Rows], Truth]:
        self._expect("(")
        if self._property() != "geometry":
            self.fail("the property geometry before this")
        self._expect(",")
        shape = self._shape()
        self._expect(")")
        return lambda rows: rows.intersects(shape)

    def _comparison(self) -> Callable[[Rows], Truth]:
        start = self._start
        left = self._operand()
        negated = self.kind == "keyword" and self.piece == "NOT"
        if negated:
            self.step()
        if not negated and self._takes("IS"):
            negated = self._takes("NOT")
            self._expect("NULL")
            if not left.is_field:
                self._start = start
                self.fail("a property before IS")
            return negate(negated, lambda rows: is_null(left.column(rows)))
        if left.type == "geometry":
            self.fail("IS NULL, or geometry within S_INTERSECTS")
        if self._takes("BETWEEN"):
            low = self._literal(left)
            self._expect("AND")
            high = self._literal(left)
            return negate(
                negated,
                lambda rows: all_true(
                    [
                        compared(operator.ge, left, low, rows),
                        compared(operator.le, left, high, rows),
                    ]
                ),
            )
        if self._takes("IN"):
            self._expect("(")
            members = [self._literal(left)]
            while self._takes(","):
                members.append(self._literal(left))
            self._expect(")")
            return negate(
                negated,
                lambda rows: any_true([compared(operator.eq, left, one, rows) for one in members]),
            )
        if self._takes("LIKE"):
            return negate(negated, self._like(left))
        if negated or self.piece not in _COMPARISONS or self.kind != "sign":
            either = Message("{first} or {last}", first=_SIGNS, last="IS")
            self.fail("BETWEEN, IN, LIKE" if negated else either)
        compare = _COMPARISONS[self.piece]
        self.step()
        right = self._matching(left)
        return lambda rows: compared(compare, left, right, rows)

    def _like(self, left: Operand) -> Callable[[Rows], Truth]:
        if left.type != "text":
            self.fail("LIKE after a text, not here,")
        fold = self._takes("CASEI")
        if fold:
            self._expect("(")
        if self.kind != "text":
            self.fail("a pattern in single quotes")
        wanted = _unquoted(self.piece)
        self.step()
        if fold:
            self._expect(")")
        like = pattern(wanted.casefold() if fold else wanted)
        return lambda rows: matches(left.column(rows), like)

    def _matching(self, left: Operand) -> Operand:
        """Read an operand that can be compared with ``left``."""
        start = self._start
        right = self._operand()
        types = {left.type, right.type}
        dated = types == {"date", "text"} and not (left.is_field and right.is_field)
        if "geometry" in types or (len(types) > 1 and not dated):
            self._start = start
            self.fail(_TYPES[left.type])
        if not dated:
            return right
        for each in (left, right):
            if each.type == "text" and not _DATE.fullmatch(self._one_text(each)):
                self._start = start
                self.fail("a date like '2014-01-01'")
        return right

    def _one_text(self, operand: Operand) -> str:
        return str(operand.column(_ONE_ROW).values[0])

    def _literal(self, left: Operand) -> Operand:
        start = self._start
        right = self._matching(left)
        if right.is_field:
            self._start = start
            self.fail("a value")
        return right

    def _property(self) -> str:
        name = self.piece[1:-1] if self.kind == "quoted" else self.piece
        if self.kind not in ("word", "quoted") or name not in self._fields:
            self.fail(Message("one of the properties {names}", names=", ".join(self._fields)))
        self.named.add(name)
        self.step()
        return name

    def _operand(self) -> Operand:
        if self.kind == "number":
            number = float(self.piece)
            if not math.isfinite(number):
                self.fail("a number that is not as large")
            self.step()
            return Operand("number", constant(np.float64(number)), False)
        if self.kind == "text":
            text = _unquoted(self.piece)
            self.step()
            return Operand("text", constant(text), False)
        if self._takes("CASEI"):
            self._expect("(")
            if self.kind not in ("text", "word", "quoted"):
                self.fail("a text or the property of one")
            inner = self._operand()
            if inner.type != "text":
                self.fail("a text within CASEI, before this,")
            self._expect(")")
            return Operand("text", lambda rows: folded(inner.column(rows)), inner.is_field)
        if self.kind == "keyword" and self.piece in ("DATE", "TIMESTAMP"):
            return self._instant()
        if self.kind == "keyword":
            self.fail("a property or a value")
        name = self._property()
        return Operand(self._fields[name], lambda rows: rows.column(name), True)

    def _instant(self) -> Operand:
        form = _DATE if self.piece == "DATE" else _STAMP
        self.step()
        self._expect("(")
        text = _unquoted(self.piece)
        if self.kind != "text" or not form.fullmatch(text):
            example = "'2014-01-01'" if form is _DATE else "'2014-01-01T00:00:00Z'"
            self.fail(example)
        self.step()
        self._expect(")")
        return Operand("date", constant(text), False)

    def _shape(self) -> shapely.Geometry:
        start = self._start
        if self._takes("BBOX"):
            self._expect("(")
            numbers = [self._number()]
            while self._takes(","):
                numbers.append(self._number())
            self._expect(")")
            try:
                return crs.box(numbers, self._reference)
            except ValueError as error:
                raise FilterError(start + 1, str(error)) from None
        if self.kind != "word" or self.piece.upper() not in _SHAPES:
            self.fail(Message("BBOX or a geometry as text: {names}", names=", ".join(_SHAPES)))
        depth = 0
        while self.kind != "end":
            depth += {"(": 1, ")": -1}.get(self.piece, 0)
            if depth > DEEPEST or (depth <= 0 and self.piece == ")"):
                break
            self.step()
        if self.piece != ")":
            self.fail("the end of the geometry")
        shape = self._read_wkt(start, self._text[start : self._end])
        self.step()
        return shape

    def _read_wkt(self, start: int, text: str) -> shapely.Geometry:
        try:
            with np.errstate(over="ignore"):
                shape = shapely.force_2d(shapely.from_wkt(text))
        except shapely.errors.ShapelyError:
            raise FilterError(start + 1, "this geometry cannot be read") from None
        finite = np.isfinite(shapely.get_coordinates(shape)).all()
        if shape.is_empty or not finite or not shape.is_valid:
            raise FilterError(start + 1, "this geometry is empty, or crosses itself")
        return crs.to_degrees(shape, self._reference)

    def _number(self) -> float:
        if self.kind != "number":
            self.fail("a number")
        number = float(self.piece)
        self.step()
        return number


class _OneRow:
    """Rows without properties: enough to ask a constant for its value."""

    size = 1


_ONE_ROW: Any = _OneRow()


def _unquoted(token: str) -> str:
    return re.sub(r"''|\\'", "'", token[1:-1])
