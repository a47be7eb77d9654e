"""Records to jurisdictions: every row is joined, or listed with the reason why it is not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mapsvc.derive.points import locate
from mapsvc.errors import ConservationError, InputError, Problem
from mapsvc.ingest.boundaries import Layer
from mapsvc.ingest.crosswalk import UNKNOWN, Crosswalk
from mapsvc.ingest.descriptors import file_label
from mapsvc.model import Dataset, PlaceReference, Resource
from mapsvc.remarks import OUTSIDE

EXAMPLES = 5
"""Values shown for each reason in a report."""
LISTED_VALUES = 50
"""Unknown values of one column beyond this many are counted, not listed."""

Indices = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Unmatched:
    """Rows that no jurisdiction takes, for one reason; an example has value, row and count."""

    reason: str
    count: int
    examples: tuple[Mapping[str, Any], ...]

    def as_dict(self) -> dict[str, Any]:
        examples = [dict(example) for example in self.examples]
        return {"reason": self.reason, "count": self.count, "examples": examples}


@dataclass
class JoinReport:
    """How many rows of a dataset were read and joined, and why the others were not.

    The totals count each row once, by the primary place of its resource; ``layers`` counts the
    rows that each layer took. Tables without places are not counted.
    """

    rows_read: int = 0
    joined: int = 0
    unmatched: list[Unmatched] = field(default_factory=list)
    rejected: list[Mapping[str, Any]] = field(default_factory=list)
    layers: dict[str, tuple[int, list[Unmatched]]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as ``report.json`` has it."""
        return {
            "rows_read": self.rows_read,
            "joined": self.joined,
            "unmatched": [each.as_dict() for each in self.unmatched],
            "rejected": [dict(each) for each in self.rejected],
            "layers": {
                key: {"joined": joined, "unmatched": [each.as_dict() for each in unmatched]}
                for key, (joined, unmatched) in self.layers.items()
            },
        }

    def check(self, dataset: str) -> None:
        """Raise ConservationError unless every row read is joined or listed."""
        listed = sum(each.count for each in self.unmatched) + len(self.rejected)
        if self.rows_read != self.joined + listed:
            finding = (
                f"dataset {dataset!r}: {self.rows_read} rows read, "
                f"but {self.joined} joined and {listed} listed"
            )
            raise ConservationError([finding])


@dataclass(frozen=True, eq=False)
class JoinedTable:
    """A table of records with the jurisdiction and the year of each row."""

    table: pa.Table
    places: Mapping[str, Indices]
    """By layer: the index of each row's jurisdiction in the layer's ids, or -1."""
    years: npt.NDArray[np.int32] | None
    """None where the table has no column of years."""


@dataclass(frozen=True, eq=False)
class Joined:
    """The tables of a dataset, by resource, joined to jurisdictions, and the report on it."""

    tables: Mapping[str, JoinedTable]
    report: JoinReport


def join(
    dataset: Dataset,
    tables: Mapping[str, pa.Table],
    layers: Mapping[str, Layer],
    crosswalk: Crosswalk,
) -> Joined:
    """Join the records of a dataset to the jurisdictions of every layer that they name.

    ``tables`` are those of ``mapsvc.ingest.records.read_records``. Raises InputError where a
    code is neither known nor declared as unplaced, or a year or a coordinate is missing or
    impossible: each value once, with its first row and how many rows have it.
    """
    report = JoinReport()
    problems: list[Problem] = []
    joined: dict[str, JoinedTable] = {}
    for resource in dataset.resources:
        table = tables[resource.name]
        label = file_label(Path(dataset.folder), resource.path)
        years = _years(table, resource, label, problems)
        places: dict[str, Indices] = {}
        for number, place in enumerate(resource.places):
            if place.scheme == "point":
                indices, unmatched = _join_points(table, place, layers, label, problems)
            else:
                indices, unmatched = _join_codes(table, place, years, crosswalk, label, problems)
            places[place.layer] = indices
            _count(report, place.layer, indices, unmatched, primary=number == 0)
        joined[resource.name] = JoinedTable(table, places, years)
    if problems:
        # Layers that share columns of coordinates have their faults in common.
        raise InputError(dict.fromkeys(problems))
    report.check(dataset.key)
    return Joined(joined, report)


def _count(
    report: JoinReport, layer: str, indices: Indices, unmatched: list[Unmatched], *, primary: bool
) -> None:
    taken = int(np.count_nonzero(indices != UNKNOWN))
    if primary:
        report.rows_read += len(indices)
        report.joined += taken
        report.unmatched = _merge(report.unmatched, unmatched)
    before, listed = report.layers.get(layer, (0, []))
    report.layers[layer] = (before + taken, _merge(listed, unmatched))


def _merge(first: Iterable[Unmatched], second: Iterable[Unmatched]) -> list[Unmatched]:
    """Return the two lists as one, with each reason once."""
    merged: dict[str, Unmatched] = {}
    for each in (*first, *second):
        held = merged.get(each.reason, Unmatched(each.reason, 0, ()))
        examples = (*held.examples, *each.examples)[:EXAMPLES]
        merged[each.reason] = Unmatched(each.reason, held.count + each.count, examples)
    return list(merged.values())


def _years(
    table: pa.Table, resource: Resource, label: str, problems: list[Problem]
) -> npt.NDArray[np.int32] | None:
    if resource.year is None:
        return None
    column = table.column(resource.year)
    if column.null_count and resource.places:
        rows = np.flatnonzero(column.is_null().to_numpy())
        what = f"the year is missing{_times(len(rows))}"
        row = int(rows[0]) + 2
        mend = "Fill it in: a record without a year cannot be counted"
        problems.append(Problem(what, file=label, row=row, column=resource.year, mend=mend))
    years: npt.NDArray[np.int32] = column.fill_null(0).to_numpy().astype(np.int32)
    return years


def _times(count: int) -> str:
    return "" if count == 1 else f", in {count} rows"


def _join_codes(
    table: pa.Table,
    place: PlaceReference,
    years: npt.NDArray[np.int32] | None,
    crosswalk: Crosswalk,
    label: str,
    problems: list[Problem],
) -> tuple[Indices, list[Unmatched]]:
    column = place.columns[0]
    codes = _encode(table.column(column))
    # A blank is a value here, which may be declared as unplaced.
    values = ["" if value is None else str(value) for value in codes.dictionary.to_pylist()]
    position = codes.indices.to_numpy()
    named = pa.DictionaryArray.from_arrays(codes.indices, pa.array(values, pa.string()))
    indices = crosswalk.resolve(place.layer, place.scheme, named, years)
    rows = np.flatnonzero(indices == UNKNOWN)
    distinct, first, count = np.unique(position[rows], return_index=True, return_counts=True)
    found = sorted(zip(rows[first].tolist(), distinct.tolist(), count.tolist(), strict=True))
    unmatched: list[Unmatched] = []
    unknown = 0
    for row, number, times in found:
        value = values[number]
        reason = _declared(place, value)
        if reason is not None:
            example = {"value": value, "row": row + 2, "count": times}
            unmatched.append(Unmatched(reason, times, (example,)))
            continue
        unknown += 1
        if unknown > LISTED_VALUES:
            continue
        what = f"{place.layer!r} has no {place.scheme} {value!r}{_times(times)}"
        mend = crosswalk.explain(place.layer, place.scheme, value)
        if not value:
            what = f"the code is missing{_times(times)}"
            mend = 'Fill it in, or declare "" under unplaced with the reason'
        problems.append(Problem(what, file=label, row=row + 2, column=column, mend=mend))
    if unknown > LISTED_VALUES:
        what = f"and {unknown - LISTED_VALUES} more unknown values"
        mend = "Mend those listed first, then look again"
        problems.append(Problem(what, file=label, column=column, mend=mend))
    return indices, _merge([], unmatched)


def _encode(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """Return a column as one dictionary array in which null is a value too."""
    array = column.combine_chunks()
    if pa.types.is_dictionary(array.type):
        if not array.null_count:
            return array
        array = array.dictionary_decode()
    return array.dictionary_encode(null_encoding="encode")


def _declared(place: PlaceReference, value: str) -> str | None:
    """Return why a value has no jurisdiction, if the descriptor declares it."""
    if value in place.unplaced_values:
        return place.unplaced_values[value]
    for pattern, reason in place.unplaced_patterns:
        if re.fullmatch(pattern, value):
            return reason
    return None


def _join_points(
    table: pa.Table,
    place: PlaceReference,
    layers: Mapping[str, Layer],
    label: str,
    problems: list[Problem],
) -> tuple[Indices, list[Unmatched]]:
    longitude, latitude = (
        table.column(name).cast(pa.float64()).to_numpy() for name in place.columns
    )
    for name, values, limit in zip(place.columns, (longitude, latitude), (180, 90), strict=True):
        for bad, word, mend in (
            (np.isnan(values), "the coordinate is missing", "Fill it in"),
            (np.abs(values) > limit, f"not within -{limit} and {limit} degrees",
             "Give longitude and latitude in degrees, in that order"),
        ):  # fmt: skip
            rows = np.flatnonzero(bad)
            if len(rows):
                shown = "" if np.isnan(values[rows[0]]) else f"{values[rows[0]]:g} is "
                what = f"{shown}{word}{_times(len(rows))}"
                row = int(rows[0]) + 2
                problems.append(Problem(what, file=label, row=row, column=name, mend=mend))
    indices = locate(longitude, latitude, layers[place.layer].geometry)
    rows = np.flatnonzero(indices == UNKNOWN)
    if not len(rows):
        return indices, []
    examples = tuple(
        {"value": f"{longitude[row]:g} {latitude[row]:g}", "row": row + 2, "count": 1}
        for row in rows[:EXAMPLES].tolist()
    )
    return indices, [Unmatched(OUTSIDE, len(rows), examples)]
