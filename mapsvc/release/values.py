"""The indicators of a dataset in one layer: from joined rows to values, classes and provenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from mapsvc.derive.indicators import Base, IndicatorValues, Places, compute
from mapsvc.derive.join import JoinedTable
from mapsvc.derive.tally import Tally, tally
from mapsvc.ingest.boundaries import Layer
from mapsvc.ingest.catalog import PopulationSource
from mapsvc.ingest.population import Population
from mapsvc.model import ALL, RELIABILITIES, Denominator, Indicator, Reliability
from mapsvc.statistics.classification import class_breaks, classify, covering

SourcesByYear = Sequence[Sequence[PopulationSource]]

_UNRELIABLE = RELIABILITIES.index(Reliability.UNRELIABLE)


@dataclass(frozen=True)
class Published:
    """What a release holds of one indicator in one layer."""

    values: IndicatorValues
    classes: npt.NDArray[np.int8]
    breaks: Mapping[str, list[float]]
    """By group."""
    denominators: Mapping[str, Mapping[str, dict[str, Any]]] | None
    """By period and group; None for a count."""
    tallied: Tally


def publish(
    indicator: Indicator, layer: Layer, records: JoinedTable, population: Population
) -> Published:
    """Compute everything that is published of an indicator in a layer."""
    if records.years is None:
        raise ValueError(f"{indicator.slug}: its records have no year")
    by_group = _denominators(indicator)
    columns = {each.column for each in by_group.values() if each and each.column}
    counted = tally(
        indicator.measure,
        records.table,
        records.places[layer.key],
        records.years,
        len(layer.ids),
        indicator.years,
        sorted(columns),
    )
    base, sources = _base(by_group, counted, layer, population)
    values = compute(indicator, counted, _places(layer), base)
    breaks = {
        group: _breaks(indicator, values, number) for number, group in enumerate(values.groups)
    }
    classes = np.stack(
        [
            classify(values.value[:, number], breaks[group])
            for number, group in enumerate(values.groups)
        ],
        axis=1,
    )
    return Published(
        values=values,
        classes=classes,
        breaks=breaks,
        denominators=_provenance(indicator, by_group, sources) if base else None,
        tallied=counted,
    )


def _denominators(indicator: Indicator) -> dict[str, Denominator | None]:
    """Return the denominator of every group."""
    others = indicator.group_denominator or indicator.denominator
    return {**dict.fromkeys(indicator.measure.groups, others), ALL: indicator.denominator}


def _places(layer: Layer) -> Places:
    kinds = layer.boundary_set.kinds
    since = np.array([text or "" for text in layer.valid_from])
    until = np.array([text or "9999" for text in layer.valid_to])
    return Places(
        ids=tuple(layer.ids),
        residents=np.array([kinds[kind].residents for kind in layer.kinds], dtype=bool),
        territory=shapely.get_dimensions(layer.geometry) == 2,
        exists=lambda year: (since <= f"{year}-12-31") & (until >= f"{year}-01-01"),
    )


def _base(
    by_group: Mapping[str, Denominator | None],
    counted: Tally,
    layer: Layer,
    population: Population,
) -> tuple[Base | None, Mapping[str, SourcesByYear]]:
    """Return the denominators of all groups, and for each series the sources of every year."""
    sources: dict[str, SourcesByYear] = {}
    cube = np.full(counted.count.shape, np.nan)
    years = range(counted.years[0], counted.years[1] + 1)
    for number, group in enumerate(counted.groups):
        denominator = by_group[group]
        if denominator is None:
            return None, {}
        if denominator.column is not None:
            cube[:, number] = counted.columns[denominator.column][:, number]
        elif denominator.series is not None:
            figures, codes, _ = population.lookup(layer.key, layer.ids, years, denominator.series)
            cube[:, number] = figures.T
            sources[denominator.series] = [
                [population.sources[code] for code in np.unique(year[year >= 0]).tolist()]
                for year in codes.T
            ]
    found = [each for each in by_group.values() if each is not None]
    base = Base(
        values=cube,
        of_residents=np.array([each.series is not None for each in found]),
        titles=tuple(each.title for each in found),
    )
    return base, sources


def _provenance(
    indicator: Indicator,
    by_group: Mapping[str, Denominator | None],
    sources: Mapping[str, SourcesByYear],
) -> dict[str, dict[str, dict[str, Any]]]:
    """Name what each period and group was divided by."""
    return {
        str(period): {
            group: _citation(
                denominator,
                sources.get(denominator.series or "", []),
                [year - indicator.years[0] for year in period.years],
            )
            for group, denominator in by_group.items()
            if denominator is not None
        }
        for period in indicator.periods
    }


def _citation(
    denominator: Denominator, sources: SourcesByYear, years: Sequence[int]
) -> dict[str, Any]:
    parts: list[Denominator | PopulationSource] = [denominator]
    if denominator.series is not None:
        parts = list(dict.fromkeys(source for year in years for source in sources[year]))
    return {
        "title": denominator.title,
        **{
            name: "; ".join(dict.fromkeys(getattr(part, name) for part in parts))
            for name in ("authority", "product", "vintage")
        },
    }


def _breaks(indicator: Indicator, values: IndicatorValues, group: int) -> list[float]:
    """Return class breaks pooled over all periods, so that a colour means the same in each.

    Unreliable rates would stretch the classes with noise; they count only where nothing else does.
    """
    figures = values.value[:, group]
    steady = figures[values.reliability[:, group] != _UNRELIABLE]
    if np.isfinite(steady).sum() < indicator.classes:
        steady = figures
    if indicator.scheme == "given":
        return covering(indicator.given_breaks, figures)
    return class_breaks(steady, indicator.scheme, indicator.classes)
