"""A tidy table on its way to ``datasets/``, and the reading of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from derivations.california.common import read_csv
from mapsvc.errors import InputError, Problem

Row = tuple[str | int | None, ...]


@dataclass(frozen=True)
class Table:
    """One CSV of a dataset: its file name, its header and its rows in their final order."""

    path: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]


def whole(text: str) -> int | None:
    """Return a cell as a whole number, None where it is blank; raises ValueError on a fraction.

    >>> whole("3452.0"), whole("0"), whole(" ")
    (3452, 0, None)
    """
    if not text.strip():
        return None
    number = float(text)
    if not number.is_integer():
        raise ValueError(f"{text!r} is not a whole number")
    return int(number)


def read_source(path: Path, columns: Sequence[str], rows: int) -> list[dict[str, str]]:
    """Return the rows of a source file; raises InputError unless it is the file described here.

    ``columns`` is the header it must have and ``rows`` how many rows must follow, so that a newer
    or a cut file is noticed rather than half used.
    """
    read = read_csv(path)
    problems = []
    if read and list(read[0]) != list(columns):
        what = f"the columns are {', '.join(read[0])}"
        problems.append(Problem(what, str(path), 1, mend=f"Expected {', '.join(columns)}"))
    if len(read) != rows:
        what = f"{len(read)} rows instead of {rows}"
        problems.append(Problem(what, str(path), mend="Adapt the derivation to the new file"))
    if problems:
        raise InputError(problems)
    return read


def require(findings: Sequence[str], path: Path) -> None:
    """Raise InputError with every finding about a source file; nothing where there is none."""
    if findings:
        raise InputError(Problem(finding, str(path)) for finding in findings)
