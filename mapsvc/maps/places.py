"""Two to four places side by side: over the years, and in one period pair by pair."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from mapsvc.errors import UnknownNameError
from mapsvc.language import Message
from mapsvc.maps import chart, choropleth, comparisons, differences, lines, text
from mapsvc.maps.comparisons import Compared
from mapsvc.model import ALL
from mapsvc.release.reader import Release


class UnknownPlaceError(UnknownNameError):
    """A place of the layer that does not exist; ``known`` are those most like it."""


FEWEST, MOST = 2, len(lines.LETTERS)


@dataclass(frozen=True)
class Place:
    """One of the places that are compared."""

    row: int
    id: str
    name: str
    kind: str
    letter: str
    """How the drawing, the table and the matrix call it."""


@dataclass(frozen=True)
class Pair:
    """One place beside another."""

    own: Place
    other: Place
    compared: Compared


@dataclass(frozen=True)
class Side:
    """Places side by side, in the order that was asked for."""

    places: Sequence[Place]
    years: Sequence[tuple[str, Sequence[text.Cell]]]
    """Each period, pooled ones last, and the value of each place in it."""
    pairs: Sequence[Sequence[Pair | None]]
    """A row for each place, and in it the pair with each place; None with itself."""
    drawings: Sequence[lines.Lines]
    """Of the years, a wide one and a narrow one; none where there is nothing to draw."""

    @property
    def once(self) -> list[Pair]:
        """Each pair once, the earlier place first."""
        return [
            pair for at, row in enumerate(self.pairs) for pair in row[at + 1 :] if pair is not None
        ]

    @property
    def chance(self) -> str:
        """What chance alone gives among so many comparisons; empty for one or none."""
        compared = sum(pair.compared.verdict is not None for pair in self.once)
        return differences.by_chance(compared) if compared > 1 else ""


def side_by_side(
    release: Release, indicator: str, layer: str, rows: Sequence[int], period: str, group: str = ALL
) -> Side:
    """Compare places of a layer; the indicator must be a rate, the rows different.

    Raises UnknownNameError for what the release does not have.
    """
    entry = release.indicator(indicator)
    places = named(release, layer, rows)
    columns = {
        each: release.values(layer, indicator, each, group) for each in _ordered(entry["periods"])
    }
    years = [
        (each, [text.cell(column, row, is_rate=True) for row in rows])
        for each, column in columns.items()
    ]
    series = [
        (
            place.name,
            [_point(each, cells[at]) for each, cells in reversed(years) if "-" not in each],
        )
        for at, place in enumerate(places)
    ]
    drawn = [
        lines.lines(series, entry["breaks"], period, layout)
        for layout in (lines.WIDE, lines.NARROW)
    ]
    view = period, group
    pairs = [
        [
            None
            if own is other
            else Pair(
                own,
                other,
                comparisons.with_place(release, layer, indicator, own.row, other.row, *view),
            )
            for other in places
        ]
        for own in places
    ]
    return Side(places, years, pairs, [each for each in drawn if each])


def named(release: Release, layer: str, rows: Sequence[int]) -> list[Place]:
    """Return the places of rows, with the letters that they are called by."""
    table = release.layer(layer)
    return [
        Place(
            row,
            table.ids[row],
            table.names[row],
            choropleth.kind_title(release, layer, table.kinds[row]),
            letter,
        )
        for row, letter in zip(rows, lines.LETTERS, strict=False)
    ]


def find(release: Release, layer: str, words: str) -> list[int]:
    """Return the rows that words mean: an id, a name that one place has, or ids after commas.

    Raises UnknownNameError whose ``known`` are ids, those of the places most like it first.
    """
    table = release.layer(layer)
    whole = _row(release, layer, words)
    if whole is not None:
        return [whole]
    found = []
    for part in filter(None, (each.strip() for each in words.split(","))):
        row = _row(release, layer, part)
        if row is None:
            near = [table.ids[at] for at in nearest(release, layer, part)]
            kind = Message("jurisdiction in {layer}", layer=layer)
            raise UnknownPlaceError(kind, part, near)
        found.append(row)
    return found


def nearest(release: Release, layer: str, words: str, most: int = 5) -> list[int]:
    """Return the rows of the places whose name or id is most like the words."""
    table = release.layer(layer)
    asked = words.strip().casefold()[:80]
    names = [name.casefold() for name in table.names]
    close = difflib.get_close_matches(asked, [*names, *table.ids], n=most, cutoff=0.5)
    begin = [at for at, name in enumerate(names) if asked and name.startswith(asked)]
    rows = [*begin]
    for each in close:
        rows += [at for at, name in enumerate(names) if name == each]
        rows += [table.index[each]] if each in table.index else []
    return list(dict.fromkeys(rows))[:most]


def _row(release: Release, layer: str, words: str) -> int | None:
    table = release.layer(layer)
    asked = words.strip()
    if asked in table.index:
        return table.index[asked]
    same = [at for at, name in enumerate(table.names) if name.casefold() == asked.casefold()]
    return same[0] if len(same) == 1 else None


def _ordered(periods: Sequence[str]) -> list[str]:
    """Return the years, the newest first, and the pooled periods after them."""
    single = sorted((each for each in periods if "-" not in each), reverse=True)
    return [*single, *(each for each in periods if "-" in each)]


def _point(period: str, cell: text.Cell) -> chart.Point:
    numbers = cell.numbers
    return chart.Point(int(period), numbers["value"], numbers["lower"], numbers["upper"])
