"""Residents by jurisdiction and year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mapsvc.errors import InputError, Problem
from mapsvc.ingest.boundaries import Layer
from mapsvc.ingest.catalog import PopulationSource, PopulationTable
from mapsvc.ingest.descriptors import suggestion
from mapsvc.ingest.records import LISTED_PER_COLUMN, read_table

_TEXT = {"type": "string", "constraints": {"required": True}}

POPULATION_SCHEMA: Mapping[str, Any] = {
    "fields": [
        {"name": "layer", **_TEXT},
        {"name": "id", **_TEXT},
        {"name": "year", "type": "year", "constraints": {"required": True}},
        {"name": "series", **_TEXT},
        {"name": "population", "type": "number", "constraints": {"required": True, "minimum": 0}},
        {"name": "source", **_TEXT},
    ],
    "primaryKey": ["layer", "id", "year", "series"],
}


@dataclass(frozen=True, eq=False)
class _Series:
    """One series of one layer: rows are the layer's ids, columns the years."""

    first_year: int
    population: npt.NDArray[np.float64]
    source: npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Population:
    """Residents of the jurisdictions, by layer and series."""

    sources: tuple[PopulationSource, ...]
    """What the codes of ``lookup`` mean."""
    _ids: Mapping[str, Mapping[str, int]] = field(repr=False)
    _series: Mapping[tuple[str, str], _Series] = field(repr=False)

    def series(self, layer: str) -> tuple[str, ...]:
        """Return the names of the series that a layer has."""
        return tuple(sorted(name for key, name in self._series if key == layer))

    def years(self, layer: str, series: str) -> range:
        """Return the years for which a layer's series may have figures."""
        table = self._series[layer, series]
        return range(table.first_year, table.first_year + table.population.shape[1])

    def lookup(
        self, layer: str, ids: Sequence[str], years: Sequence[int], series: str = "residents"
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32], tuple[PopulationSource, ...]]:
        """Return population (ids by years, NaN where missing), source codes (-1) and sources."""
        population = np.full((len(ids), len(years)), np.nan)
        source = np.full((len(ids), len(years)), -1, dtype=np.int32)
        table = self._series.get((layer, series))
        if table is not None and len(ids) and len(years):
            index = self._ids[layer]
            rows = np.array([index.get(identifier, -1) for identifier in ids])
            columns = np.asarray(years) - table.first_year
            held = (columns >= 0) & (columns < table.population.shape[1])
            where = np.ix_(rows >= 0, held)
            taken = np.ix_(rows[rows >= 0], columns[held])
            population[where] = table.population[taken]
            source[where] = table.source[taken]
        return population, source, self.sources


def read_population(tables: Iterable[PopulationTable], layers: Mapping[str, Layer]) -> Population:
    """Read the population tables of some layers.

    Raises InputError with every problem: layers, ids and sources that do not exist, populations
    that are negative or no number, and two figures for one jurisdiction, year and series.
    """
    problems: list[Problem] = []
    sources: list[PopulationSource] = []
    index = {
        key: {identifier: row for row, identifier in enumerate(layer.ids)}
        for key, layer in layers.items()
    }
    series: dict[tuple[str, str], _Series] = {}
    for table in tables:
        try:
            records = read_table(table.file.path, POPULATION_SCHEMA, table.file.label)
        except InputError as error:
            problems.extend(error.problems)
            continue
        found = _check_references(records, table, index)
        problems.extend(found)
        if found:
            continue
        codes = {key: len(sources) + number for number, key in enumerate(table.sources)}
        sources.extend(table.sources.values())
        for key, name, added in _series_of(records, index, codes):
            if (key, name) in series:
                what = f"series {name!r} of layer {key!r} is in two tables"
                mend = "Put it into one of them"
                problems.append(Problem(what, file=table.file.label, mend=mend))
            series[key, name] = added
    if problems:
        raise InputError(problems)
    return Population(tuple(sources), index, series)


def _check_references(
    records: pa.Table, table: PopulationTable, index: Mapping[str, Mapping[str, int]]
) -> list[Problem]:
    """Return a problem for each layer, id or source that does not exist, at its first row."""
    problems: dict[tuple[str, str, str], Problem] = {}

    def note(
        row: int, column: str, layer: str, value: str, what: str, known: Iterable[str]
    ) -> None:
        key = (column, layer, value)
        if key not in problems:
            mend = suggestion(value, known)
            problems[key] = Problem(what, file=table.file.label, row=row, column=column, mend=mend)

    names = [records.column(name).to_pylist() for name in ("layer", "id", "source")]
    for row, (layer, identifier, source) in enumerate(zip(*names, strict=True), 2):
        if layer not in index:
            note(row, "layer", "", layer, f"there is no layer {layer!r}", index)
        elif identifier not in index[layer]:
            what = f"layer {layer!r} has no jurisdiction {identifier!r}"
            note(row, "id", layer, identifier, what, index[layer])
        if source not in table.sources:
            what = f"the source {source!r} is not described"
            note(row, "source", "", source, what, table.sources)
    listed = list(problems.values())
    if len(listed) <= LISTED_PER_COLUMN:
        return listed
    what = f"and {len(listed) - LISTED_PER_COLUMN} more values that are not known"
    mend = "Mend those listed first, then look again"
    return [*listed[:LISTED_PER_COLUMN], Problem(what, file=table.file.label, mend=mend)]


def _series_of(
    records: pa.Table, index: Mapping[str, Mapping[str, int]], codes: Mapping[str, int]
) -> Iterable[tuple[str, str, _Series]]:
    layer = np.array(records.column("layer").to_pylist(), dtype=object)
    name = np.array(records.column("series").to_pylist(), dtype=object)
    identifier = np.array(records.column("id").to_pylist(), dtype=object)
    year = records.column("year").to_numpy()
    population = records.column("population").to_numpy()
    source = np.array([codes[key] for key in records.column("source").to_pylist()], dtype=np.int32)
    for key, series in sorted(set(zip(layer, name, strict=True))):
        held = (layer == key) & (name == series)
        first, last = int(year[held].min()), int(year[held].max())
        shape = (len(index[key]), last - first + 1)
        figures, named = np.full(shape, np.nan), np.full(shape, -1, dtype=np.int32)
        rows = np.array([index[key][each] for each in identifier[held]])
        figures[rows, year[held] - first] = population[held]
        named[rows, year[held] - first] = source[held]
        yield str(key), str(series), _Series(first, figures, named)
