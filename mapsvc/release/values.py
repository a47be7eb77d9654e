"""The indicators of a dataset in one layer: from joined rows to values, classes and provenance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from mapsvc.derive.indicators import CODE, IndicatorValues, Places, compute
from mapsvc.derive.join import JoinedTable
from mapsvc.derive.tally import Tally, tally
from mapsvc.ingest.boundaries import Layer
from mapsvc.ingest.population import Population
from mapsvc.model import (
    ALL,
    RELIABILITIES,
    Alternative,
    Denominator,
    Indicator,
    Reliability,
    Status,
)
from mapsvc.release.provenance import cited, denominators, named
from mapsvc.statistics.classification import class_breaks, classify, covering, reaching

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
    source: npt.NDArray[np.int32]
    """What each value was divided by, of the values' shape: indexes ``sources``, 0 for nothing."""
    sources: tuple[str, ...]
    tallied: Tally
    alternatives: Mapping[str, Published] = field(default_factory=dict)
    """The same divided by each other denominator that a reader may choose, by its key."""


def publish(
    indicator: Indicator, layer: Layer, records: JoinedTable, population: Population
) -> Published:
    """Compute everything that is published of an indicator in a layer."""
    if records.years is None:
        raise ValueError(f"{indicator.slug}: its records have no year")
    others = {each.denominator.name: each for each in indicator.alternatives}
    ways = [indicator, *(indicator.divided_by(each) for each in others.values())]
    columns = {each.column for way in ways for each in _denominators(way).values() if each.column}
    counted = tally(
        indicator.measure,
        records.table,
        records.places[layer.key],
        records.years,
        len(layer.ids),
        indicator.years,
        sorted(columns),
    )
    main = _divide(indicator, counted, layer, population)
    return replace(
        main,
        alternatives={
            key: _divide(
                indicator.divided_by(each),
                counted,
                layer,
                population,
                _shared_breaks(indicator, each, main),
            )
            for key, each in others.items()
        },
    )


def _divide(
    indicator: Indicator,
    counted: Tally,
    layer: Layer,
    population: Population,
    shared: Mapping[str, list[float]] | None = None,
) -> Published:
    """Divide what was counted by the indicator's own denominator."""
    by_group = _denominators(indicator)
    found = denominators(by_group, counted, layer, population) if by_group else None
    values = compute(indicator, counted, _places(layer), found.base if found else None)
    breaks, classes = _classes(indicator, values, shared)
    first, periods = indicator.years[0], indicator.periods
    source = np.zeros(values.status.shape, np.int32)
    sources: tuple[str, ...] = ("",)
    if found:
        source, sources = cited(found, first, periods)
    return Published(
        values=values,
        classes=classes,
        breaks=breaks,
        denominators=named(found, by_group, first, periods) if found else None,
        source=source,
        sources=sources,
        tallied=counted,
    )


def suppress(indicator: Indicator, shown: Published, flags: npt.NDArray[np.bool_]) -> Published:
    """Return the values without those that ``flags`` withhold, nor anything computed from them.

    Breaks and classes are made anew from what is left. A denominator that comes from the records
    themselves is withheld with its count. The same values are withheld whatever they are divided
    by, as the count is the same.
    """
    main = _withhold(indicator, shown, flags)
    others = {each.denominator.name: each for each in indicator.alternatives}
    return replace(
        main,
        alternatives={
            key: _withhold(
                indicator.divided_by(others[key]),
                each,
                flags,
                _shared_breaks(indicator, others[key], main),
            )
            for key, each in shown.alternatives.items()
        },
    )


def _withhold(
    indicator: Indicator,
    shown: Published,
    flags: npt.NDArray[np.bool_],
    shared: Mapping[str, list[float]] | None = None,
) -> Published:
    values = shown.values

    def hide(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.where(flags, np.nan, numbers)

    by_group = _denominators(indicator)
    own = np.array([by_group[group].column is not None for group in values.groups if by_group])
    recorded = flags & (own[:, None] if own.size else False)
    left = replace(
        values,
        numerator=hide(values.numerator),
        denominator=np.where(recorded, np.nan, values.denominator),
        value=hide(values.value),
        lower=hide(values.lower),
        upper=hide(values.upper),
        status=np.where(flags, CODE[Status.SUPPRESSED], values.status),
        reliability=np.where(flags, np.int8(-1), values.reliability),
        note=np.where(flags, 0, values.note),
    )
    breaks, classes = _classes(indicator, left, shared)
    source = np.where(recorded, 0, shown.source)
    return replace(shown, values=left, breaks=breaks, classes=classes, source=source)


def _shared_breaks(
    indicator: Indicator, other: Alternative, main: Published
) -> Mapping[str, list[float]] | None:
    """Return the breaks of the indicator for an alternative of its unit: colours then compare."""
    return main.breaks if other.unit == indicator.unit else None


def _classes(
    indicator: Indicator,
    values: IndicatorValues,
    shared: Mapping[str, list[float]] | None = None,
) -> tuple[dict[str, list[float]], npt.NDArray[np.int8]]:
    """Return the breaks of each group, and the class of each value.

    Breaks that are ``shared`` are kept; only the last is raised to the largest value.
    """
    breaks = {
        group: _breaks(indicator, values, number)
        if shared is None
        else reaching(shared[group], values.value[:, number])
        for number, group in enumerate(values.groups)
    }
    classes = [
        classify(values.value[:, number], breaks[group])
        for number, group in enumerate(values.groups)
    ]
    return breaks, np.stack(classes, axis=1)


def _denominators(indicator: Indicator) -> dict[str, Denominator]:
    """Return the denominator of every group; nothing for a count."""
    if indicator.denominator is None:
        return {}
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
