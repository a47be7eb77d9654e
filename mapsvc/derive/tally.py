"""Joined rows counted into dense cubes: years × groups × jurisdictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mapsvc.model import Measure

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Tally:
    """What the rows of one measure say in one layer; every array is (years, groups, places)."""

    years: tuple[int, int]
    groups: tuple[str, ...]
    """``all`` first."""
    count: Floats
    """Events; 0 where there is no row."""
    present: Flags
    """A row is there."""
    incomplete: Flags
    """A row is there, but it is blank or fails ``reported_where``."""
    columns: Mapping[str, Floats]
    """Sums of the columns that serve as denominators; NaN where there is no row or a blank."""
    remarks: Mapping[tuple[int, int, int], str] = field(default_factory=dict)
    """What the measure's note column says of an incomplete cell."""


def tally(
    measure: Measure,
    table: pa.Table,
    places: npt.NDArray[np.int32],
    years: npt.NDArray[np.int32],
    place_count: int,
    span: tuple[int, int],
    denominators: Sequence[str] = (),
) -> Tally:
    """Count a measure's rows by year, group and place.

    ``places`` and ``years`` have an entry for each row of ``table``; rows without a place (-1),
    outside ``span`` (first and last year) or failing the measure's filter do not count.
    """
    first, last = span
    groups = tuple(measure.groups)
    shape = (last - first + 1, len(groups), place_count)
    keep = (places >= 0) & (years >= first) & (years <= last) & _passes(table, measure.filter)
    complete = _passes(table, measure.reported_where)
    amount, blank = _amount(table, measure.sum)
    cells = []
    for selected, group in _group_rows(table, measure, groups):
        rows = np.flatnonzero(keep & selected)
        cells.append((rows, _cell(years[rows] - first, group, places[rows], shape)))
    rows = np.concatenate([part for part, _ in cells])
    cell = np.concatenate([part for _, part in cells])
    bad = blank[rows] | ~complete[rows]
    return Tally(
        years=span,
        groups=groups,
        count=_sum(cell, np.where(bad, 0.0, amount[rows]), shape),
        present=_any(cell, shape),
        incomplete=_any(cell[bad], shape),
        columns={name: _column(table, name, rows, cell, shape) for name in denominators},
        remarks=_remarks(measure, table, rows[bad], cell[bad], shape),
    )


def _group_rows(
    table: pa.Table, measure: Measure, groups: Sequence[str]
) -> list[tuple[Flags, int]]:
    """Return for each group which rows belong to it, and its index."""
    everything = np.ones(table.num_rows, dtype=bool)
    if measure.group is None:
        return [(everything, 0)]
    labels = table[measure.group].cast(pa.string())
    total = everything if measure.group_total is None else _equals(labels, measure.group_total)
    return [
        (total, 0),
        *((_equals(labels, name), index) for index, name in enumerate(groups) if index),
    ]


def _equals(labels: pa.ChunkedArray, value: str) -> Flags:
    return np.asarray(pc.fill_null(pc.equal(labels, value), False), dtype=bool)


def _passes(table: pa.Table, conditions: Mapping[str, tuple[str, ...]]) -> Flags:
    passed = np.ones(table.num_rows, dtype=bool)
    for name, values in conditions.items():
        texts = table[name].cast(pa.string())
        chosen = pc.fill_null(pc.is_in(texts, value_set=pa.array(values, pa.string())), False)
        passed &= np.asarray(chosen, dtype=bool)
    return passed


def _amount(table: pa.Table, column: str | None) -> tuple[Floats, Flags]:
    if column is None:
        return np.ones(table.num_rows), np.zeros(table.num_rows, dtype=bool)
    values = _floats(table, column)
    return values, np.isnan(values)


def _floats(table: pa.Table, column: str) -> Floats:
    return np.asarray(pc.fill_null(table[column].cast(pa.float64()), float("nan")), dtype=float)


def _cell(
    year: npt.NDArray[np.int32],
    group: int,
    place: npt.NDArray[np.int32],
    shape: tuple[int, int, int],
) -> npt.NDArray[np.int64]:
    return (year.astype(np.int64) * shape[1] + group) * shape[2] + place


def _sum(cell: npt.NDArray[np.int64], weights: Floats, shape: tuple[int, int, int]) -> Floats:
    size = shape[0] * shape[1] * shape[2]
    total: Floats = np.bincount(cell, weights=weights, minlength=size).astype(np.float64)
    return total.reshape(shape)


def _any(cell: npt.NDArray[np.int64], shape: tuple[int, int, int]) -> Flags:
    flags = np.zeros(shape[0] * shape[1] * shape[2], dtype=bool)
    flags[cell] = True
    return flags.reshape(shape)


def _column(
    table: pa.Table,
    name: str,
    rows: npt.NDArray[np.int64],
    cell: npt.NDArray[np.int64],
    shape: tuple[int, int, int],
) -> Floats:
    """Sum a column; a blank makes its cell NaN, because NaN survives addition."""
    total = _sum(cell, _floats(table, name)[rows], shape)
    return np.where(_any(cell, shape), total, np.nan)


def _remarks(
    measure: Measure,
    table: pa.Table,
    rows: npt.NDArray[np.int64],
    cell: npt.NDArray[np.int64],
    shape: tuple[int, int, int],
) -> dict[tuple[int, int, int], str]:
    if measure.note is None or not rows.size:
        return {}
    texts = table[measure.note].take(pa.array(rows)).to_pylist()
    positions = zip(*np.unravel_index(cell, shape), strict=True)
    return {
        (int(year), int(group), int(place)): text
        for (year, group, place), text in zip(positions, texts, strict=True)
        if text
    }
