"""Tables of records: CSV read against a Table Schema, every fault told with its row.

A row's number is that of its record, the header being row 1: what a text editor shows, unless a
quoted value holds a line break. Everything is checked on whole columns: a value is looked at once
however many rows have it, so that millions of rows take seconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mapsvc.errors import InputError, Problem
from mapsvc.ingest.csvfile import CsvFile, read_csv
from mapsvc.ingest.descriptors import file_label, suggestion
from mapsvc.model import Dataset

LISTED_PER_COLUMN = 20
"""Problems of one column beyond this many are counted, not listed."""

TRUE = ("true", "True", "TRUE", "1")
FALSE = ("false", "False", "FALSE", "0")

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Type:
    """How a Table Schema type is written, and the Arrow type that holds it."""

    pattern: str
    arrow: pa.DataType
    word: str
    mend: str


_TYPES: Mapping[str, _Type] = {
    "integer": _Type(
        r"^[+-]?[0-9]{1,18}$", pa.int64(), "a whole number", "Write digits only, as 1234"
    ),
    "number": _Type(
        r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$",
        pa.float64(),
        "a finite number",
        "Write digits with a decimal point, as 1234.5; leave a missing value blank",
    ),
    "year": _Type(r"^[0-9]{4}$", pa.int64(), "a year", "Write four digits, as 2014"),
    "boolean": _Type(
        f"^({'|'.join((*TRUE, *FALSE))})$", pa.bool_(), "true or false", "Write true or false"
    ),
}


_WHOLE = "whole"
"""A constraint of our own, beside those of the standard: whole numbers only."""


def read_records(dataset: Dataset) -> dict[str, pa.Table]:
    """Read every table of a dataset, by the name of its resource; see ``read_table``.

    What measures count and indicators divide by is never negative, whatever the schema says. In a
    dataset that withholds small counts, what is summed is whole: only whole numbers from 0 can be
    told apart as small, and protected as parts of a sum. Raises InputError with the problems of
    all tables.
    """
    tables: dict[str, pa.Table] = {}
    problems: list[Problem] = []
    folder = Path(dataset.folder)
    for resource in dataset.resources:
        label = file_label(folder, resource.path)
        try:
            counted, summed = _counted(dataset, resource.name), _summed(dataset, resource.name)
            schema = _guarded(resource.schema, counted, summed)
            tables[resource.name] = read_table(folder / resource.path, schema, label)
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return tables


def _counted(dataset: Dataset, resource: str) -> set[str]:
    """Return the columns of a table that are summed as counts or serve as denominators."""
    measures = [each for each in dataset.measures if each.resource == resource]
    names = {name for each in measures for name in (each.sum, each.months)}
    for indicator in dataset.indicators:
        if indicator.measure.resource == resource:
            bases = (indicator.denominator, indicator.group_denominator)
            names |= {base.column for base in bases if base}
    return {name for name in names if name}


def _summed(dataset: Dataset, resource: str) -> set[str]:
    """Return the columns of a table whose small sums are withheld."""
    measures = [each for each in dataset.measures if each.resource == resource]
    guarded = measures if dataset.policy == "small_cells" else []
    return {each.sum for each in guarded if each.sum}


def _guarded(schema: Mapping[str, Any], counted: set[str], summed: set[str]) -> Mapping[str, Any]:
    """Return a schema in which what is counted is not negative, and what is summed is whole."""

    def bounded(field: Mapping[str, Any]) -> Mapping[str, Any]:
        limits: dict[str, Any] = dict(field.get("constraints") or {})
        minimum = limits.get("minimum")
        if field["name"] in counted and (minimum is None or float(minimum) < 0):
            limits["minimum"] = 0
        if field["name"] in summed:
            limits[_WHOLE] = True
        return {**field, "constraints": limits}

    return {**schema, "fields": [bounded(field) for field in schema["fields"]]}


def read_table(
    path: Path,
    schema: Mapping[str, Any],
    label: str,
    *,
    allow_empty: bool = False,
    optional: Sequence[str] = (),
) -> pa.Table:
    """Read a CSV file into typed columns, in the schema's order, if it keeps to the schema.

    ``string`` becomes ``dictionary<int32, string>``, ``integer`` and ``year`` int64, ``number``
    float64, ``boolean`` bool; values listed in ``missingValues`` become null. Checked are the
    types, ``required``, ``enum``, ``minimum``, ``maximum``, ``pattern``, ``unique`` and
    ``primaryKey``.
    ``label`` names the file in messages; ``allow_empty`` accepts a header without rows; columns
    that are ``optional`` may be missing, and are then not in the table.

    Raises InputError with every problem, at most ``LISTED_PER_COLUMN`` of each column.
    """
    fields: list[Mapping[str, Any]] = list(schema["fields"])
    texts = {str(field["name"]): field.get("type", "string") == "number" for field in fields}
    file = read_csv(path, texts, schema.get("missingValues", [""]), label, optional)
    if not file.rows and not allow_empty and not file.problems:
        mend = "Add the records, or remove the table"
        file.problems.append(Problem("has a header and no rows", file=label, mend=mend))
    columns: dict[str, pa.Array] = {}
    for field in fields:
        name = str(field["name"])
        if name in file.columns:
            columns[name] = _check_column(file, file.columns[name], field)
    key = schema.get("primaryKey") or []
    key = [key] if isinstance(key, str) else list(key)
    if key and all(name in columns for name in key):
        _check_key(file, [columns[name] for name in key], key)
    if file.problems:
        raise InputError(file.problems)
    return pa.table(columns)


class _Faults:
    """The faults of one column, to be listed in the order of rows and capped."""

    def __init__(self, file: CsvFile, column: str | None) -> None:
        self.file = file
        self.column = column
        self.found: list[tuple[int, str, str]] = []
        self.count = 0

    def add(self, bad: Bools, describe: Callable[[int], tuple[str, str]]) -> None:
        """Note the rows of ``bad``; ``describe`` gives what is wrong with one and its mend."""
        rows = np.flatnonzero(bad)
        self.count += len(rows)
        for row in rows[:LISTED_PER_COLUMN].tolist():
            self.found.append((row, *describe(row)))

    def close(self) -> None:
        """Hand the faults to the file's problems."""
        self.found.sort(key=lambda fault: fault[0])
        listed = self.found[:LISTED_PER_COLUMN]
        for row, what, mend in listed:
            number = self.file.row_number(row)
            self.file.problems.append(
                Problem(what, file=self.file.label, row=number, column=self.column, mend=mend)
            )
        if self.count > len(listed):
            what = f"and {self.count - len(listed)} more problems in this column"
            mend = "Mend those listed first, then look again"
            self.file.problems.append(
                Problem(what, file=self.file.label, column=self.column, mend=mend)
            )


@dataclass(frozen=True)
class _Column:
    """A column as its distinct texts and, for each row, which of them it holds."""

    distinct: pa.Array
    codes: Ints | None
    """None where the column was not encoded: ``distinct`` is then the column itself."""
    missing: Bools

    def rows(self, bad: Bools) -> Bools:
        """Return which rows hold a distinct text that is marked in ``bad``."""
        if self.codes is None:
            return bad & ~self.missing
        # Missing rows have code -1, which takes the last, never marked.
        return np.append(bad, False)[self.codes]

    def text(self, row: int) -> str:
        position = row if self.codes is None else int(self.codes[row])
        return str(self.distinct[position].as_py())

    def spread(self, typed: pa.Array) -> pa.Array:
        """Return one typed value a row, given one a distinct text."""
        if self.codes is None:
            return typed
        return typed.take(pa.array(self.codes, mask=self.missing))


def _as_column(array: pa.Array) -> _Column:
    missing = array.is_null().to_numpy(zero_copy_only=False)
    if not pa.types.is_dictionary(array.type):
        return _Column(array, None, missing)
    codes = array.indices.fill_null(-1).to_numpy().astype(np.int64)
    return _Column(array.dictionary, codes, missing)


def _check_column(file: CsvFile, array: pa.Array, field: Mapping[str, Any]) -> pa.Array:
    """Check one column of texts against its field; return it typed."""
    faults = _Faults(file, str(field["name"]))
    limits: Mapping[str, Any] = field.get("constraints") or {}
    column = _as_column(array)
    if limits.get("required"):
        faults.add(column.missing & ~file.blank, lambda row: ("the value is missing", "Fill it in"))
    kind = _TYPES.get(field.get("type", "string"))
    if kind is None:
        typed, bad = column.distinct, np.zeros(len(column.distinct), dtype=bool)
        if limits.get("pattern"):
            _check_pattern(faults, column, str(limits["pattern"]))
    else:
        typed, bad = _cast(column.distinct, kind)
        faults.add(
            column.rows(bad), lambda row: (f"{column.text(row)!r} is not {kind.word}", kind.mend)
        )
    if limits.get("enum"):
        _check_enum(faults, column, typed, bad, limits["enum"], kind)
    for bound, word, wrong in (("minimum", "below", np.less), ("maximum", "above", np.greater)):
        if limits.get(bound) is not None and kind is not None:
            limit = float(limits[bound])
            values = typed.cast(pa.float64()).fill_null(limit).to_numpy(zero_copy_only=False)
            what = f"is {word} the {bound} {limits[bound]}"
            faults.add(
                column.rows(wrong(values, limit)),
                lambda row, what=what: (  # type: ignore[misc] # bound in the loop on purpose
                    f"{column.text(row)} {what}",
                    "Correct the value",
                ),
            )
    if limits.get(_WHOLE) and kind is not None:
        values = typed.cast(pa.float64()).fill_null(0).to_numpy(zero_copy_only=False)
        faults.add(
            column.rows((values > 0) & (values != np.floor(values))),
            lambda row: (
                f"{column.text(row)} is no whole number, and the policy small_cells guards counts",
                "Give the count",
            ),
        )
    result = array if kind is None else column.spread(typed)
    if limits.get("unique"):
        _note_duplicates(faults, [result], column.missing, [str(field["name"])])
    faults.close()
    return result


def _cast(distinct: pa.Array, kind: _Type) -> tuple[pa.Array, Bools]:
    """Return the typed values and which texts are not of the type (null where so)."""
    right = pc.match_substring_regex(distinct, kind.pattern).fill_null(True)
    good = distinct if pc.all(right).as_py() in (True, None) else pc.if_else(right, distinct, None)
    if pa.types.is_boolean(kind.arrow):
        typed = pc.if_else(good.is_valid(), pc.is_in(good, pa.array(TRUE)), None)
    else:
        digits = pc.utf8_ltrim(good, characters="+")
        typed = digits.cast(kind.arrow)
    bad = ~right.to_numpy(zero_copy_only=False)
    if pa.types.is_floating(kind.arrow):
        infinite = pc.is_inf(typed).fill_null(False)
        if pc.any(infinite).as_py():
            bad |= infinite.to_numpy(zero_copy_only=False)
            typed = pc.if_else(infinite, None, typed)
    return typed, bad


def _check_pattern(faults: _Faults, column: _Column, pattern: str) -> None:
    matches = re.compile(pattern).fullmatch
    texts = column.distinct.to_pylist()
    bad = np.fromiter((text is not None and not matches(text) for text in texts), bool, len(texts))
    faults.add(
        column.rows(bad),
        lambda row: (
            f"{column.text(row)!r} does not have the form {pattern}",
            "Correct the value, or the pattern in the schema",
        ),
    )


def _check_enum(
    faults: _Faults,
    column: _Column,
    typed: pa.Array,
    bad_already: Bools,
    allowed: list[Any],
    kind: _Type | None,
) -> None:
    words = [str(each) for each in allowed]
    if kind is None:
        listed = pa.array(words)
    else:
        texts = pa.array(
            [
                word.lower() if isinstance(each, bool) else word
                for each, word in zip(allowed, words, strict=True)
            ]
        )
        listed = _cast(texts, kind)[0]
    outside = ~pc.is_in(typed, listed).to_numpy(zero_copy_only=False) & ~bad_already
    faults.add(
        column.rows(outside),
        lambda row: (
            f"{column.text(row)!r} is not one of the values allowed",
            suggestion(column.text(row), words),
        ),
    )


def _check_key(file: CsvFile, columns: list[pa.Array], names: list[str]) -> None:
    faults = _Faults(file, ", ".join(names))
    missing = file.blank.copy()
    _note_duplicates(faults, columns, missing, names)
    faults.close()


def _note_duplicates(
    faults: _Faults, columns: list[pa.Array], apart: Bools, names: list[str]
) -> None:
    """Note rows whose columns together repeat those of an earlier row, leaving out ``apart``."""
    key = row_keys(columns)
    sorted_key = np.sort(key)
    # Finding out which rows repeat takes far longer than finding out that none does.
    if not (sorted_key[1:] == sorted_key[:-1]).any():
        return
    order = np.argsort(key, kind="stable")
    order = order[~apart[order]]
    same = key[order[1:]] == key[order[:-1]]
    if not same.any():
        return
    starts = np.flatnonzero(np.append(True, ~same))
    first = np.repeat(order[starts], np.diff(np.append(starts, len(order))))
    earlier = np.full(len(key), -1, dtype=np.int64)
    earlier[order] = first
    again = (earlier >= 0) & (earlier != np.arange(len(key)))

    def describe(row: int) -> tuple[str, str]:
        values = ", ".join(
            f"{name} {column[row].as_py()}" for name, column in zip(names, columns, strict=True)
        )
        other = faults.file.row_number(int(earlier[row]))
        return f"the same {values} as row {other}", "Remove one of the two rows, or correct it"

    faults.add(again, describe)


def row_keys(columns: list[pa.Array]) -> Ints:
    """Return one integer a row, the same for two rows exactly where all columns are the same.

    Null is a value like any other here.
    """
    key = np.zeros(len(columns[0]), dtype=np.int64)
    span = 1
    for array in columns:
        encoded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
        codes = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy().astype(np.int64)
        width = len(encoded.dictionary) + 1
        if span * width >= 2**62:
            distinct, key = np.unique(key, return_inverse=True)
            span = len(distinct)
        key = key * width + codes
        span *= width
    return key
