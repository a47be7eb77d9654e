"""Who polices a place, when, and what share of an agency's residents is there."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from mapsvc.errors import InputError, Problem
from mapsvc.ingest.boundaries import Layer
from mapsvc.ingest.catalog import SourceFile
from mapsvc.ingest.descriptors import is_date, suggestion
from mapsvc.ingest.records import read_table

SHARE_TOLERANCE = 1e-9
"""How far the shares of an agency may be from one in sum."""

_TEXT = {"type": "string", "constraints": {"required": True}}

SERVED_BY_SCHEMA: Mapping[str, Any] = {
    "fields": [
        {"name": "place", **_TEXT},
        {"name": "place_name", **_TEXT},
        {"name": "layer", **_TEXT},
        {"name": "agency", **_TEXT},
        {"name": "valid_from", "type": "string"},
        {"name": "valid_to", "type": "string"},
        {"name": "note", "type": "string"},
        {"name": "parent", "type": "string"},
        {"name": "share", "type": "number", "constraints": {"minimum": 0, "maximum": 1}},
    ]
}
OPTIONAL = ("parent", "share")


@dataclass(frozen=True)
class ServedBy:
    """That an agency polices a place, from one ISO date to another (None: always)."""

    place: str
    """The GEOID of a city, or of a county for its unincorporated land."""
    place_name: str
    layer: str
    """The agency's layer."""
    agency: str
    valid_from: str | None
    valid_to: str | None
    note: str | None
    parent: str | None = None
    """What the place is part of; None: the place itself if it is one, else the agency's parent."""
    share: float | None = None
    """The declared share of the agency's residents that is there; None: by residents."""


Row = tuple[int, ServedBy]
"""A row of a file with its number."""


def read_served_by(
    files: Iterable[SourceFile], layers: Mapping[str, Layer]
) -> tuple[ServedBy, ...]:
    """Read who polices which place, sorted by place and date.

    Raises InputError with every layer, agency, parent or date that does not exist, every place that
    an agency is given twice at a time, and every agency whose declared shares are not one in sum.
    """
    problems: list[Problem] = []
    served: list[ServedBy] = []
    for file in files:
        try:
            table = read_table(
                file.path, SERVED_BY_SCHEMA, file.label, allow_empty=True, optional=OPTIONAL
            )
        except InputError as error:
            problems.extend(error.problems)
            continue
        rows = [(row, ServedBy(**record)) for row, record in enumerate(table.to_pylist(), 2)]
        found = [each for row, one in rows for each in _check_served(one, row, file.label, layers)]
        if not found:
            # Dates that are none, or the wrong way round, would make nonsense of what follows.
            found = [*_check_places(rows, file.label), *check_shares(rows, file.label)]
        problems.extend(found)
        served.extend(one for _, one in rows)
    if problems:
        raise InputError(problems)
    return tuple(sorted(served, key=lambda each: (each.place, each.valid_from or "", each.agency)))


def check_shares(rows: Sequence[Row], label: str) -> Iterator[Problem]:
    """Yield each agency whose declared shares are not one in sum, with the years and the rows.

    Either every row of an agency declares a share or none does; at any time the shares of the rows
    in force add up to one. Dates have to be in order.
    """
    for agency, own in _by_agency(rows).items():
        without = [row for row, each in own if each.share is None]
        if len(without) == len(own):
            continue
        if without:
            what = f"{agency} declares a share in some rows and none in {_numbers(without)}"
            mend = "Give every row of the agency a share, or none"
            yield Problem(what, file=label, row=without[0], column="share", mend=mend)
            continue
        for first, last, force in _times(own):
            total = sum(each.share or 0 for _, each in force)
            if abs(total - 1) > SHARE_TOLERANCE:
                numbers = _numbers([row for row, _ in force])
                what = f"the shares of {agency} {_when(first, last)} add up to {total:.10g}: " + (
                    numbers
                )
                mend = "They have to add up to 1"
                yield Problem(what, file=label, row=force[0][0], column="share", mend=mend)


def _check_served(
    served: ServedBy, row: int, label: str, layers: Mapping[str, Layer]
) -> Iterable[Problem]:
    def problem(column: str, what: str, mend: str) -> Problem:
        return Problem(what, file=label, row=row, column=column, mend=mend)

    if served.layer not in layers:
        what = f"there is no layer {served.layer!r}"
        yield problem("layer", what, suggestion(served.layer, layers))
    elif served.agency not in layers[served.layer].ids:
        what = f"layer {served.layer!r} has no agency {served.agency!r}"
        yield problem("agency", what, suggestion(served.agency, layers[served.layer].ids))
    else:
        yield from _check_parent(served, problem, layers)
    wrong = False
    for column in ("valid_from", "valid_to"):
        date = getattr(served, column)
        if date is not None and not is_date(date):
            wrong = True
            mend = "Write it as 2014-12-31, or leave it blank"
            yield problem(column, f"{date!r} is not a date", mend)
    since, until = served.valid_from, served.valid_to
    if not wrong and since is not None and until is not None and since > until:
        what = f"it ends on {until}, before it begins on {since}"
        yield problem("valid_to", what, "Correct one of the dates")


def _check_parent(served: ServedBy, problem: Any, layers: Mapping[str, Layer]) -> Iterable[Problem]:
    whole = layers.get(layers[served.layer].boundary_set.partition_of or "")
    if served.parent is None:
        return
    if whole is None:
        what = f"layer {served.layer!r} divides no other, so no place has a parent"
        yield problem("parent", what, "Leave the column blank")
    elif served.parent not in whole.ids:
        what = f"layer {whole.key!r} has no {served.parent!r}"
        yield problem("parent", what, suggestion(served.parent, whole.ids))


def _check_places(rows: Sequence[Row], label: str) -> Iterator[Problem]:
    """Yield each place that an agency is given twice at one time, or that has two parents."""
    for agency, own in _by_agency(rows).items():
        for _, _, force in _times(own):
            held: dict[str, int] = {}
            for row, each in force:
                if held.setdefault(each.place, row) != row:
                    what = f"{agency} polices {each.place} in row {held[each.place]} already"
                    mend = "Remove one of the two rows, or give them dates that do not overlap"
                    yield Problem(what, file=label, row=row, column="place", mend=mend)
        parents: dict[str, tuple[int, str | None]] = {}
        for row, each in own:
            first, parent = parents.setdefault(each.place, (row, each.parent))
            if parent != each.parent:
                what = f"{each.place} is in {each.parent!r} here and in {parent!r} in row {first}"
                mend = "A place is part of one"
                yield Problem(what, file=label, row=row, column="parent", mend=mend)


def _by_agency(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row, each in rows:
        found[each.agency].append((row, each))
    return found


def _times(rows: Sequence[Row]) -> Iterator[tuple[str | None, str | None, list[Row]]]:
    """Yield each stretch of time in which the same rows are in force: first day, last day, rows.

    None stands for the open ends.
    """
    starts = {each.valid_from or "" for _, each in rows}
    starts |= {day for _, each in rows if (day := _day_after(each.valid_to)) is not None}
    edges: list[str | None] = [*sorted(starts | {""}), None]
    for first, following in pairwise(edges):
        force = [
            (row, each)
            for row, each in rows
            if (each.valid_from or "") <= (first or "")
            and (each.valid_to is None or each.valid_to >= (first or "0"))
        ]
        if force:
            yield first or None, _day_before(following), force


def _day_after(day: str | None) -> str | None:
    if day is None or day == "9999-12-31":
        return None
    return (datetime.date.fromisoformat(day) + datetime.timedelta(1)).isoformat()


def _day_before(day: str | None) -> str | None:
    return day and (datetime.date.fromisoformat(day) - datetime.timedelta(1)).isoformat()


def _when(first: str | None, last: str | None) -> str:
    """Say in years when something is so.

    >>> _when("2013-01-01", "2014-06-30"), _when(None, None)
    ('in 2013-2014', 'in every year')
    """
    if first is None and last is None:
        return "in every year"
    if first is None:
        return f"until {str(last)[:4]}"
    if last is None:
        return f"since {first[:4]}"
    return f"in {first[:4]}" if first[:4] == last[:4] else f"in {first[:4]}-{last[:4]}"


def _numbers(rows: Sequence[int]) -> str:
    return f"row{'s' * (len(rows) > 1)} {', '.join(str(row) for row in sorted(rows))}"
