"""What a filter says of rows: predicates over columns, with a truth of three values as in SQL.

A comparison with a missing value is neither true nor false, and so is its negation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import shapely

Mask = npt.NDArray[np.bool_]

_MIDNIGHT = "T00:00:00Z"


class Truth(NamedTuple):
    """For every row whether a predicate is true, and whether it is false; neither: unknown."""

    yes: Mask
    no: Mask


class Column(NamedTuple):
    """A value for every row, and whether there is one."""

    values: npt.NDArray[Any]
    known: Mask


class Rows(Protocol):
    """What a filter is asked of."""

    size: int

    def column(self, name: str) -> Column: ...

    def intersects(self, shape: shapely.Geometry) -> Truth: ...


@dataclass(frozen=True)
class Operand:
    """One side of a comparison: a property of every row, or one value."""

    type: str
    column: Callable[[Rows], Column]
    is_field: bool


def constant(value: Any) -> Callable[[Rows], Column]:
    """Return a column that has ``value``, a float or a text, in every row."""
    kind = np.float64 if isinstance(value, float) else object

    def column(rows: Rows) -> Column:
        return Column(np.full(rows.size, value, dtype=kind), np.ones(rows.size, dtype=np.bool_))

    return column


def compared(
    compare: Callable[[Any, Any], Any], left: Operand, right: Operand, rows: Rows
) -> Truth:
    """Compare two operands row by row; unknown where one of them has no value."""
    one, other = left.column(rows), right.column(rows)
    known = one.known & other.known
    values, others = one.values[known], other.values[known]
    if "date" in (left.type, right.type):
        values, others = _stamped(values), _stamped(others)
    yes = np.zeros(rows.size, dtype=np.bool_)
    yes[known] = compare(values, others).astype(np.bool_)
    return Truth(yes, known & ~yes)


def _stamped(dates: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return dates as the instant at which they begin, so that they compare with times."""
    listed = [date if "T" in date else date + _MIDNIGHT for date in dates]
    return np.array([*listed, None], dtype=object)[:-1]


def folded(column: Column) -> Column:
    """Return texts without the difference of upper and lower case."""
    lower = [text.casefold() if text is not None else None for text in column.values]
    return Column(np.array([*lower, None], dtype=object)[:-1], column.known)


def is_null(column: Column) -> Truth:
    """Tell which rows have no value; this is never unknown."""
    return Truth(~column.known, column.known)


def matches(column: Column, like: re.Pattern[str]) -> Truth:
    """Tell which texts are as the pattern says, from their beginning to their end."""
    yes = np.array([text is not None and bool(like.fullmatch(text)) for text in column.values])
    yes = yes.astype(np.bool_) & column.known
    return Truth(yes, column.known & ~yes)


def pattern(like: str) -> re.Pattern[str]:
    r"""Return the expression of a LIKE pattern: % any characters, _ one, \ takes the next as it is.

    Each % settles for the first place that fits and never goes back (an atomic group), so that no
    pattern takes longer than text times pattern.

    >>> bool(pattern(r"San%o_%").fullmatch("San Joaquin"))
    True
    """
    parts = [""]
    at = 0
    while at < len(like):
        letter = like[at]
        if letter == "%":
            parts.append("")
        elif letter == "_":
            parts[-1] += "."
        else:
            if letter == "\\" and at + 1 < len(like):
                at += 1
            parts[-1] += re.escape(like[at])
        at += 1
    first, *rest = parts
    middle = "".join(f"(?>.*?{part})" for part in rest[:-1] if part)
    return re.compile(first + (middle + f".*{rest[-1]}" if rest else ""), re.DOTALL)


def negate(negated: bool, test: Callable[[Rows], Truth]) -> Callable[[Rows], Truth]:
    """Return the predicate, or its negation where ``negated``."""
    return (lambda rows: negation(test(rows))) if negated else test


def negation(truth: Truth) -> Truth:
    """Return the opposite; what is unknown stays so."""
    return Truth(truth.no, truth.yes)


def all_true(truths: Sequence[Truth]) -> Truth:
    """Return AND: false where one is false, true where all are true."""
    return Truth(
        np.logical_and.reduce([truth.yes for truth in truths]),
        np.logical_or.reduce([truth.no for truth in truths]),
    )


def any_true(truths: Sequence[Truth]) -> Truth:
    """Return OR: true where one is true, false where all are false."""
    return Truth(
        np.logical_or.reduce([truth.yes for truth in truths]),
        np.logical_and.reduce([truth.no for truth in truths]),
    )
