"""Whose figure each denominator is: it travels with every value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mapsvc.derive.indicators import Base
from mapsvc.derive.tally import Tally
from mapsvc.ingest.boundaries import Layer
from mapsvc.ingest.catalog import PopulationSource
from mapsvc.ingest.population import Population
from mapsvc.model import Denominator, Period

Source = Denominator | PopulationSource
Codes = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Denominators:
    """The denominators of every group: their values, and the source of each.

    ``codes`` has the shape of the values (years, groups, places) and indexes ``sources``; -1 where
    there is no figure.
    """

    base: Base
    codes: Codes
    sources: tuple[Source, ...]


def denominators(
    by_group: Mapping[str, Denominator], counted: Tally, layer: Layer, population: Population
) -> Denominators:
    """Look up what each group is divided by, in every year and place."""
    values = np.full(counted.count.shape, np.nan)
    codes = np.full(counted.count.shape, -1, dtype=np.int32)
    years = range(counted.years[0], counted.years[1] + 1)
    sources: list[Source] = list(population.sources)
    for number, group in enumerate(counted.groups):
        denominator = by_group[group]
        if denominator.series is not None:
            figures, given, _ = population.lookup(layer.key, layer.ids, years, denominator.series)
            values[:, number], codes[:, number] = figures.T, given.T
        elif denominator.column is not None:
            values[:, number] = counted.columns[denominator.column][:, number]
            if denominator not in sources:
                sources.append(denominator)
            known = np.isfinite(values[:, number])
            codes[:, number] = np.where(known, sources.index(denominator), -1)
    found = [by_group[group] for group in counted.groups]
    base = Base(
        values=values,
        of_residents=np.array([each.series is not None for each in found]),
        titles=tuple(each.title for each in found),
    )
    return Denominators(base, codes, tuple(sources))


def named(
    found: Denominators, by_group: Mapping[str, Denominator], first: int, periods: Sequence[Period]
) -> dict[str, dict[str, dict[str, Any]]]:
    """Name, for every period and group, all that its figures were divided by.

    ``first`` is the first year of the denominators. A group without any figure has no entry.
    """
    return {
        str(period): {
            group: {"title": denominator.title, **_fields(parts)}
            for number, (group, denominator) in enumerate(by_group.items())
            if (parts := _parts(found, found.codes[_years(period, first), number]))
        }
        for period in periods
    }


def cited(
    found: Denominators, first: int, periods: Sequence[Period]
) -> tuple[Codes, tuple[str, ...]]:
    """Cite what each value was divided by: codes (periods, groups, places) of texts, 0 for none."""
    texts = {"": 0}
    blocks = []
    for period in periods:
        years = found.codes[_years(period, first)]
        patterns, inverse = np.unique(years.reshape(len(years), -1), axis=1, return_inverse=True)
        numbers = [
            texts.setdefault(
                "; ".join(citation(part) for part in _parts(found, pattern)), len(texts)
            )
            if (pattern >= 0).all()
            else 0
            for pattern in patterns.T
        ]
        blocks.append(np.array(numbers, np.int32)[inverse.ravel()].reshape(years.shape[1:]))
    return np.stack(blocks), tuple(texts)


def _years(period: Period, first: int) -> list[int]:
    return [year - first for year in period.years]


def _parts(found: Denominators, codes: Codes) -> list[Source]:
    return [found.sources[code] for code in np.unique(codes[codes >= 0]).tolist()]


def _fields(parts: Sequence[Source]) -> dict[str, str]:
    return {
        name: "; ".join(dict.fromkeys(getattr(part, name) for part in parts))
        for name in ("authority", "product", "vintage")
    }


def citation(part: Source) -> str:
    """Return a source as the values cite it."""
    return ", ".join(filter(None, (part.authority, part.product, part.vintage)))
