"""Which values of a dataset to withhold: its counts as one table, with all that adds up in it.

Counts of years, pooled years, groups and places, of layers that divide one another and of measures
that add up, are cells of one table, because an outsider can subtract any of them from any other.
Where parts do not reach their total (records of no agency, of no known group), the remainder is a
cell as well, which nobody publishes. The outsider is taken to know which remainders are zero; a
remainder of 1 to 10 is protected like any count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt
from scipy import sparse

from mapsvc.derive.indicators import IndicatorValues
from mapsvc.derive.tally import Tally
from mapsvc.model import Period
from mapsvc.statistics.disclosure import DisclosureError, Table, protect, weak_cells

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]

NAMED = 5
"""Cells that an error names."""


@dataclass(frozen=True, eq=False)
class CountCube:
    """The counts of one measure in one layer; arrays are (years, groups, places)."""

    measure: str
    layer: str
    years: tuple[int, int]
    """First and last."""
    groups: tuple[str, ...]
    """Everyone first."""
    places: tuple[str, ...]
    """Ids, in the layer's order."""
    count: Floats
    published: Flags
    """The count is shown unless it is withheld: reported, complete, of a place that existed."""
    pooled: tuple[Period, ...] = ()
    """Shown where every one of its years is."""


@dataclass(frozen=True)
class Division:
    """The places of a layer are parts of the places of another."""

    parts: str
    whole: str
    parents: tuple[str | None, ...]
    """For each place of the first, the id of the second that it is in."""


@dataclass(frozen=True)
class MeasureSum:
    """A measure that is the sum of others, such as felonies of their classes."""

    whole: str
    parts: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Figures:
    """What an earlier release, still kept, shows of a measure in a layer."""

    measure: str
    layer: str
    periods: tuple[Period, ...]
    groups: tuple[str, ...]
    places: tuple[str, ...]
    count: Floats
    """(periods, groups, places), NaN where it shows none."""


@dataclass(frozen=True, eq=False)
class Withheld:
    """Which counts of a measure in a layer are withheld, and all that is computed from them."""

    periods: tuple[Period, ...]
    """Every year, then the pooled ones."""
    groups: tuple[str, ...]
    flags: Flags
    """(periods, groups, places)."""

    def of(self, periods: Sequence[Period], groups: Sequence[str]) -> Flags:
        """Return the flags of an indicator's own periods and groups."""
        rows = [self.periods.index(period) for period in periods]
        columns = [self.groups.index(group) for group in groups]
        return self.flags[np.ix_(rows, columns)]


Key = tuple[str, str]
"""A measure and a layer."""


def count_cube(
    measure: str,
    layer: str,
    places: Sequence[str],
    shown: Sequence[tuple[Tally, IndicatorValues]],
) -> CountCube:
    """Return what all indicators of one measure show in one layer, before anything is withheld.

    A count that any of them shows is published; periods and years are those of all of them.
    """
    years = [year for counted, _ in shown for year in counted.years]
    first, last = min(years), max(years)
    groups = shown[0][0].groups
    count = np.zeros((last - first + 1, len(groups), len(places)))
    published = np.zeros(count.shape, dtype=bool)
    pooled: dict[Period, None] = {}
    for counted, values in shown:
        start = counted.years[0] - first
        count[start : start + len(counted.count)] = counted.count
        for number, period in enumerate(values.periods):
            if len(period.years) == 1:
                published[period.first - first] |= np.isfinite(values.numerator[number])
            else:
                pooled[period] = None
    return CountCube(
        measure, layer, (first, last), groups, tuple(places), count, published, tuple(pooled)
    )


def withhold(
    cubes: Sequence[CountCube],
    divisions: Sequence[Division] = (),
    sums: Sequence[MeasureSum] = (),
    earlier: Sequence[Figures] = (),
) -> dict[Key, Withheld]:
    """Return what to withhold of a dataset under the policy ``small_cells``, by measure and layer.

    Every measure and layer that the release shows has to be among ``cubes``, once, and every kept
    release of the dataset among ``earlier``. Raises DisclosureError where those already give away
    what has to be withheld, ValueError where a count is no whole number or an earlier release goes
    back further than the cubes.
    """
    builder = _Builder()
    blocks = {(cube.measure, cube.layer): _Block(cube, earlier, builder) for cube in cubes}
    for division in divisions:
        for (measure, layer), block in blocks.items():
            whole = blocks.get((measure, division.whole))
            if layer == division.parts and whole is not None:
                _tie_places(division, block, whole, builder)
    for each in sums:
        for (measure, layer), block in blocks.items():
            if measure == each.whole:
                shares = [blocks[part, layer] for part in each.parts if (part, layer) in blocks]
                _tie_measures(block, shares, builder)
    table = builder.table()
    known = np.zeros(table.counts.size, dtype=bool)
    for figures in earlier:
        if (figures.measure, figures.layer) in blocks:
            blocks[figures.measure, figures.layer].recognise(figures, table, known)
    try:
        withheld = protect(table, published=known)
        weak = weak_cells(table, withheld)
        if weak.size:
            raise DisclosureError(weak.tolist(), "can be worked out from what is published")
    except DisclosureError as error:
        names = [name for block in blocks.values() for name in block.names(error.cells)]
        # A remainder has no name of its own.
        where = "; ".join(names[:NAMED]) or "remainders of totals beyond their parts"
        raise DisclosureError(error.cells, f"{error.why}: {where}") from None
    return {key: block.answer(withheld, table) for key, block in blocks.items()}


class _Builder:
    """Cells and identities as they are added."""

    def __init__(self) -> None:
        self._counts: list[int] = []
        self._hidden: list[bool] = []
        self._identities: list[tuple[int, ...]] = []
        """A total, then its parts."""

    def cells(self, counts: Counts, hidden: Flags) -> Counts:
        """Add cells and return their numbers, in the same shape."""
        start = len(self._counts)
        self._counts += counts.ravel().tolist()
        self._hidden += hidden.ravel().tolist()
        return np.arange(start, start + counts.size).reshape(counts.shape)

    def tie(self, whole: int, parts: Iterable[int]) -> None:
        """State that a total is the sum of its parts and, if need be, a remainder; -1 is no cell.

        Where the parts exceed the total they overlap, or the sources disagree: then each part is no
        more than the total, if that is so.
        """
        there = [part for part in parts if part >= 0]
        if whole < 0 or not there:
            return
        if sum(self._counts[part] for part in there) <= self._counts[whole]:
            self._add(whole, there)
            return
        for part in there:
            if self._counts[part] <= self._counts[whole]:
                self._add(whole, [part])

    def _add(self, whole: int, parts: list[int]) -> None:
        rest = self._counts[whole] - sum(self._counts[part] for part in parts)
        if rest:
            parts = [*parts, len(self._counts)]
            self._counts.append(rest)
            self._hidden.append(True)
        self._identities.append((whole, *parts))

    def table(self) -> Table:
        starts = np.cumsum([0, *map(len, self._identities)])
        columns = np.fromiter(chain.from_iterable(self._identities), np.int64, starts[-1])
        signs = np.ones(columns.size, dtype=np.int64)
        signs[starts[:-1]] = -1
        counts = np.array(self._counts, dtype=np.int64)
        shape = (len(self._identities), counts.size)
        identities = sparse.csr_array((signs, columns, starts), shape=shape)
        return Table(counts, identities, np.array(self._hidden, dtype=bool))


class _Block:
    """The cells of one cube: its years, its pooled periods, and those that were pooled before."""

    def __init__(self, cube: CountCube, earlier: Sequence[Figures], builder: _Builder) -> None:
        first, last = cube.years
        years = tuple(Period(year, year) for year in range(first, last + 1))
        before = {
            period
            for figures in earlier
            if (figures.measure, figures.layer) == (cube.measure, cube.layer)
            for period in figures.periods
        }
        self.cube = cube
        self.shown = (*years, *cube.pooled)
        self.periods = (*self.shown, *sorted(before.difference(self.shown)))
        if any(period.first < first or period.last > last for period in self.periods):
            raise ValueError(f"{cube.measure}, {cube.layer}: a period reaches beyond the counts")
        counts = np.rint(cube.count).astype(np.int64)
        if np.any(counts != cube.count):
            raise ValueError(f"{cube.measure}, {cube.layer}: a count is no whole number")
        spans = [slice(each.first - first, each.last - first + 1) for each in self.periods]
        published = np.stack([cube.published[span].all(axis=0) for span in spans])
        published[len(self.shown) :] = False
        self.cell = builder.cells(
            np.stack([counts[span].sum(axis=0) for span in spans]), ~published
        )
        self.at = {
            (period, group): (row, column)
            for row, period in enumerate(self.periods)
            for column, group in enumerate(cube.groups)
        }
        for number in range(len(years), len(self.periods)):
            if self.periods[number] not in before:
                # A sum that nobody has shown ties nothing together.
                self.cell[number][~published[number]] = -1
            for group, place in np.ndindex(counts.shape[1:]):
                parts = self.cell[: len(years)][spans[number], group, place]
                builder.tie(self.cell[number, group, place], parts)
        for number, place in np.ndindex(len(self.periods), len(cube.places)):
            everyone, *groups = self.cell[number, :, place].tolist()
            builder.tie(everyone, groups)

    def recognise(self, figures: Figures, table: Table, known: Flags) -> None:
        """Mark the cells whose count an earlier release shows."""
        cube = self.cube
        groups = [group for group in figures.groups if group in cube.groups]
        today = frozenset(cube.places)
        places = [place for place in figures.places if place in today]
        old = figures.count[
            np.ix_(
                range(len(figures.periods)),
                _positions(figures.groups, groups),
                _positions(figures.places, places),
            )
        ]
        cells = self.cell[
            np.ix_(
                [self.periods.index(period) for period in figures.periods],
                _positions(cube.groups, groups),
                _positions(cube.places, places),
            )
        ]
        known[cells[(cells >= 0) & (old == table.counts[cells])]] = True

    def answer(self, withheld: Flags, table: Table) -> Withheld:
        cells = self.cell[: len(self.shown)]
        hidden = np.asarray(table.unpublished, dtype=bool)
        flags = (cells >= 0) & withheld[cells] & ~hidden[cells]
        return Withheld(self.shown, self.cube.groups, flags)

    def names(self, cells: Iterable[int]) -> list[str]:
        """Say what those of the cells are that are in this block."""
        found = np.argwhere(np.isin(self.cell, list(cells)))
        return [
            f"{self.cube.measure}, {self.cube.layer} {self.cube.places[place]}, "
            f"{self.periods[period]}, {self.cube.groups[group]}"
            for period, group, place in found[:NAMED].tolist()
        ]


def _positions(names: Sequence[str], wanted: Iterable[str]) -> list[int]:
    at = {name: number for number, name in enumerate(names)}
    return [at[name] for name in wanted]


def _tie_places(division: Division, parts: _Block, whole: _Block, builder: _Builder) -> None:
    """State that a place is the sum of those that divide it."""
    rows: dict[str, list[int]] = {}
    for row, parent in enumerate(division.parents):
        if parent is not None:
            rows.setdefault(parent, []).append(row)
    for key, at in whole.at.items():
        if key not in parts.at:
            continue
        totals, shares = whole.cell[at], parts.cell[parts.at[key]]
        for total, place in zip(totals.tolist(), whole.cube.places, strict=True):
            builder.tie(total, shares[rows.get(place, [])].tolist())


def _tie_measures(whole: _Block, parts: Sequence[_Block], builder: _Builder) -> None:
    """State that a measure is the sum of others."""
    for key, at in whole.at.items():
        shares = [part.cell[part.at[key]] for part in parts if key in part.at]
        for place, total in enumerate(whole.cell[at].tolist()):
            builder.tie(total, [int(share[place]) for share in shares])
