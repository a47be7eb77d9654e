"""Residents of places: the cities and the unincorporated land that agencies police."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from mapsvc.errors import InputError, Problem
from mapsvc.ingest.catalog import PopulationSource, PopulationTable
from mapsvc.ingest.descriptors import suggestion
from mapsvc.ingest.records import LISTED_PER_COLUMN, read_table
from mapsvc.ingest.served import ServedBy

_TEXT = {"type": "string", "constraints": {"required": True}}

PLACE_POPULATION_SCHEMA: Mapping[str, Any] = {
    "fields": [
        {"name": "place", **_TEXT},
        {"name": "year", "type": "year", "constraints": {"required": True}},
        {"name": "population", "type": "number", "constraints": {"required": True, "minimum": 0}},
        {"name": "source", **_TEXT},
    ],
    "primaryKey": ["place", "year"],
}


@dataclass(frozen=True, eq=False)
class PlacePopulation:
    """Residents of places by year."""

    sources: tuple[PopulationSource, ...] = ()
    """What the codes of ``lookup`` mean."""
    _figures: Mapping[tuple[str, int], tuple[float, int]] = field(default_factory=dict, repr=False)

    def lookup(
        self, places: Sequence[str], years: Sequence[int]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
        """Return residents (places by years, NaN where missing) and source codes (-1)."""
        found = [
            [self._figures.get((place, year), (np.nan, -1)) for year in years] for place in places
        ]
        both = np.array(found, dtype=np.float64).reshape(len(places), len(years), 2)
        return both[..., 0], both[..., 1].astype(np.int32)


def read_place_population(
    tables: Iterable[PopulationTable], served_by: Iterable[ServedBy]
) -> PlacePopulation:
    """Read the residents of places.

    Raises InputError with every problem: places that nobody polices, sources that are not
    described, residents that are negative or no number, two figures for one place and year.
    """
    known = {each.place for each in served_by}
    problems: list[Problem] = []
    sources: list[PopulationSource] = []
    figures: dict[tuple[str, int], tuple[float, int]] = {}
    for table in tables:
        label = table.file.label
        try:
            records = read_table(table.file.path, PLACE_POPULATION_SCHEMA, label).to_pylist()
        except InputError as error:
            problems.extend(error.problems)
            continue
        codes = {key: len(sources) + number for number, key in enumerate(table.sources)}
        sources.extend(table.sources.values())
        faults: dict[tuple[str, str], Problem] = {}
        for row, record in enumerate(records, 2):
            place, source, key = (
                record["place"],
                record["source"],
                (record["place"], record["year"]),
            )
            if place not in known and ("place", place) not in faults:
                what, mend = f"no agency polices the place {place!r}", suggestion(place, known)
                faults["place", place] = Problem(
                    what, file=label, row=row, column="place", mend=mend
                )
            if source not in codes and ("source", source) not in faults:
                what, mend = f"the source {source!r} is not described", suggestion(source, codes)
                faults["source", source] = Problem(
                    what, file=label, row=row, column="source", mend=mend
                )
            if key in figures:
                what = f"{place} has its residents of {record['year']} in another table too"
                mend = "Put them into one of the tables"
                faults["place", str(key)] = Problem(
                    what, file=label, row=row, column="place", mend=mend
                )
            figures[key] = (record["population"], codes.get(source, -1))
        problems += list(faults.values())[:LISTED_PER_COLUMN]
        if len(faults) > LISTED_PER_COLUMN:
            what = f"and {len(faults) - LISTED_PER_COLUMN} more values that are not known"
            mend = "Mend those listed first, then look again"
            problems.append(Problem(what, file=label, mend=mend))
    if problems:
        raise InputError(problems)
    return PlacePopulation(tuple(sources), figures)
