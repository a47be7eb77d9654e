"""CSV as texts: what is wrong with a file before any value is looked at.

Encoding, header, ragged and blank rows are told here; values are checked by ``records``.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv

from mapsvc.errors import Problem
from mapsvc.ingest.descriptors import close_match

BLOCK = 1 << 24
"""Bytes read at a time; no row may be longer."""

LISTED_ROWS = 20
"""Ragged or blank rows beyond this many are counted, not listed."""


@dataclass
class CsvFile:
    """The columns of a CSV file as texts, and the problems found so far."""

    label: str
    columns: dict[str, pa.Array] = field(default_factory=dict)
    """By name: string, or ``dictionary<int32, string>``; null where missing."""
    rows: int = 0
    blank: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))
    """Rows in which every value is missing: told once, not for each column."""
    ragged: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Numbers of the rows left out because their values do not fit the header."""
    problems: list[Problem] = field(default_factory=list)

    def row_number(self, row: int) -> int:
        """Return the number, in the file, of the row at a position of the columns."""
        number = row + 2
        # How many ragged rows stand before it: each shifts the rest by one.
        shifted = self.ragged - np.arange(len(self.ragged))
        return number + int(np.searchsorted(shifted, number, side="right"))

    def problem(
        self, what: str, mend: str, row: int | None = None, column: str | None = None
    ) -> None:
        self.problems.append(Problem(what, file=self.label, row=row, column=column, mend=mend))


def read_csv(
    path: Path,
    wanted: Mapping[str, bool],
    missing: Sequence[str],
    label: str,
    optional: Sequence[str] = (),
) -> CsvFile:
    """Read the ``wanted`` columns of a CSV file as texts; never raises for what the file holds.

    ``wanted`` says of each column whether it is read plain; the others are dictionary-encoded,
    which suits columns whose values repeat. ``missing`` lists the texts that mean null,
    ``optional`` the columns that need not be there.
    """
    file = CsvFile(label)
    raw = path.read_bytes()
    if not raw or raw.isspace() or raw == codecs.BOM_UTF8:
        file.problem("the file is empty", "Give it a header and its records")
        return file
    if not _is_utf8(raw, file):
        return file
    header = _read_header(raw, file, list(wanted), optional)
    if header is None:
        return file
    if raw.count(b'"') % 2:
        row = sum(1 for _ in csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
        file.problem("a quotation mark is opened and never closed", "Close it", row=row)
        return file
    _read_body(raw, file, header, wanted, missing)
    return file


def _is_utf8(raw: bytes, file: CsvFile) -> bool:
    """Tell whether the bytes are UTF-8, noting each of the first rows that are not."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        file.problem("the file is UTF-16", "Save it as UTF-8")
        return False
    offsets = pa.array([0, len(raw)], pa.int64()).buffers()[1]
    whole = pa.Array.from_buffers(pa.large_binary(), 1, [None, offsets, pa.py_buffer(raw)])
    try:
        whole.cast(pa.large_string())
    except pa.ArrowInvalid:
        pass
    else:
        return True
    # Latin-1 reads any bytes, and its code points below 128 are those of UTF-8.
    reader = csv.reader(io.StringIO(raw.decode("latin-1"), newline=""))
    found = 0
    for number, record in enumerate(reader, 1):
        wrong = [value for value in record if not value.isascii() and not _decodes(value)]
        found += len(wrong)
        if wrong and found <= LISTED_ROWS:
            what = f"{wrong[0]!r} is not in UTF-8"
            file.problem(what, "Save the file as UTF-8 (it looks like Latin-1)", row=number)
    if found > LISTED_ROWS:
        file.problem(f"and {found - LISTED_ROWS} more such values", "Save the file as UTF-8")
    return False


def _decodes(value: str) -> bool:
    try:
        value.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read_header(
    raw: bytes, file: CsvFile, wanted: list[str], optional: Sequence[str]
) -> list[str] | None:
    """Return the column names, noting what differs from the schema; None if none can be read."""
    text = io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8-sig", newline="")
    header = next(csv.reader(text), [])
    for delimiter, word in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and len(wanted) > 1 and delimiter in header[0]:
            mend = "Save it as CSV with commas"
            file.problem(f"the columns are separated by {word}", mend, row=1)
            return None
    absent = [name for name in wanted if name not in header]
    extra = [name for name in header if name not in wanted]
    for name in absent:
        match = close_match(name, extra)
        if name in optional and not match:
            continue
        mend = f"Rename column {match!r} to {name!r}" if match else f"Add a column {name!r}"
        file.problem("the column is missing", mend, row=1, column=name)
        if match:
            extra.remove(match)
    for name in extra:
        what = "the column is not in the schema" if name else "a column has no name"
        file.problem(what, "Describe it in the schema, or remove it", row=1, column=name or None)
    for name in sorted({name for name in header if header.count(name) > 1}):
        file.problem("the column is there twice", "Remove or rename one", row=1, column=name)
    return header


def _read_body(
    raw: bytes,
    file: CsvFile,
    header: list[str],
    wanted: Mapping[str, bool],
    missing: Sequence[str],
) -> None:
    """Fill in the columns, leaving out and noting ragged rows."""
    ragged: list[tuple[int, int]] = []

    def leave_out(row: pa.csv.InvalidRow) -> str:
        ragged.append((row.number, row.actual_columns))
        return "skip"

    # Positions stand for names, which may be there twice; only the first of them is read.
    taken = {name: str(header.index(name)) for name in wanted if name in header}
    encoded = pa.dictionary(pa.int32(), pa.string())
    types = {taken[name]: pa.string() if wanted[name] else encoded for name in taken}
    if not raw.endswith((b"\n", b"\r")):
        raw += b"\n"
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(raw),
            read_options=pa.csv.ReadOptions(
                use_threads=False,  # rows are numbered only so
                block_size=BLOCK,
                column_names=[str(position) for position in range(len(header))],
                skip_rows_after_names=1,
            ),
            parse_options=pa.csv.ParseOptions(
                newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=leave_out
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types=types,
                include_columns=list(types),
                null_values=list(missing),
                strings_can_be_null=True,
                check_utf8=False,  # checked already
            ),
        )
    except pa.ArrowInvalid as error:
        file.problem(f"cannot be read as CSV: {error}", "Correct or split the file")
        return
    file.rows = table.num_rows
    file.ragged = np.array([number for number, _ in ragged], dtype=np.int64)
    for name, position in taken.items():
        column = table.column(position).unify_dictionaries().combine_chunks()
        file.columns[name] = column
    _note_ragged(file, ragged, len(header))
    _note_blank(file)


def _note_ragged(file: CsvFile, ragged: list[tuple[int, int]], expected: int) -> None:
    for number, actual in ragged[:LISTED_ROWS]:
        what = f"the row has {actual} values where the header has {expected}"
        mend = "Check its commas; put a value that has one in quotation marks"
        file.problem(what, mend, row=number)
    if len(ragged) > LISTED_ROWS:
        more = len(ragged) - LISTED_ROWS
        file.problem(f"and {more} more such rows", "Check the separators of the file")


def _note_blank(file: CsvFile) -> None:
    columns = list(file.columns.values())
    if not columns:
        return
    blank = columns[0].is_null().to_numpy(zero_copy_only=False)
    for column in columns[1:]:
        if not blank.any():
            break
        blank = blank & column.is_null().to_numpy(zero_copy_only=False)
    file.blank = blank
    rows = np.flatnonzero(blank)
    for row in rows[:LISTED_ROWS].tolist():
        file.problem("the row is blank", "Remove it", row=file.row_number(row))
    if len(rows) > LISTED_ROWS:
        file.problem(f"and {len(rows) - LISTED_ROWS} more blank rows", "Remove them")
