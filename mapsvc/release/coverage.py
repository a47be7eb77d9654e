"""``coverage.json``: who reported what in which year, and who did not. Missing is never zero."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mapsvc.derive.existence import existing
from mapsvc.derive.join import Joined, JoinedTable
from mapsvc.derive.tally import Tally, tally
from mapsvc.ingest.boundaries import Layer
from mapsvc.ingest.population import Population
from mapsvc.ingest.served import ServedBy
from mapsvc.model import Dataset, Measure
from mapsvc.release.gaps import gaps, short_years
from mapsvc.release.ledger import RESIDENTS, reasons_without_rate
from mapsvc.remarks import NO_FIGURE
from mapsvc.statistics.coverage import MONTHS, ROUNDING, coverage_indicator, full_months

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Surroundings:
    """What coverage is measured against."""

    layers: Mapping[str, Layer]
    population: Population
    served_by: Sequence[ServedBy]


def coverages(
    datasets: Sequence[Dataset], joined: Mapping[str, Joined], around: Surroundings
) -> dict[str, Any]:
    """Return the coverage of every dataset: a list with an entry for each measure and layer.

    Measures that cover a layer alike share an entry.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for dataset in datasets:
        entries: list[dict[str, Any]] = []
        for measure, layer, years in _covered(dataset):
            records = joined[dataset.key].tables[measure.resource]
            entry = _coverage(measure, around.layers[layer], records, years, around)
            for known in entries:
                if all(known[name] == entry[name] for name in entry if name != "measures"):
                    known["measures"] += entry["measures"]
                    break
            else:
                entries.append(entry)
        found[dataset.key] = entries
    return found


def _covered(dataset: Dataset) -> Iterator[tuple[Measure, str, tuple[int, int]]]:
    """Yield every measure with each layer that it is mapped in, and the years of its maps."""
    for measure in dataset.measures:
        mapped = [each for each in dataset.indicators if each.measure.key == measure.key]
        for layer in dict.fromkeys(layer for each in mapped for layer in each.layers):
            spans_of = [each.years for each in mapped if layer in each.layers]
            first, last = min(span[0] for span in spans_of), max(span[1] for span in spans_of)
            yield measure, layer, (first, last)


def _coverage(
    measure: Measure,
    layer: Layer,
    records: JoinedTable,
    span: tuple[int, int],
    around: Surroundings,
) -> dict[str, Any]:
    if records.years is None:
        raise ValueError(f"{measure.key}: its records have no year")
    years = range(span[0], span[1] + 1)
    counted = tally(
        measure,
        records.table,
        records.places[layer.key],
        records.years,
        len(layer.ids),
        span,
        [measure.months] if measure.months else [],
    )
    exists = existing(layer, years)
    incomplete = counted.incomplete[:, 0].T
    usable = exists & ~incomplete & (counted.present[:, 0].T | (measure.absence == "zero"))
    return {
        "measures": [measure.key],
        "layer": layer.key,
        "absence": measure.absence,
        "years": list(years),
        "places": exists.sum(axis=0).tolist(),
        "usable": usable.sum(axis=0).tolist(),
        "missing": gaps(measure, layer, counted, around.served_by),
        "partly": short_years(measure, layer, counted, usable),
        "indicator": _indicator(measure, layer, usable, counted, years, around),
    }


def _indicator(
    measure: Measure,
    layer: Layer,
    usable: Flags,
    counted: Tally,
    years: Sequence[int],
    around: Surroundings,
) -> dict[str, Any] | None:
    """Return the coverage indicator in percent, by year: of all, and of each parent.

    None where no record means zero: then there is nothing that could be missing.
    """
    if measure.absence == "zero":
        return None
    residents, _, _ = around.population.lookup(layer.key, layer.ids, years, RESIDENTS)
    if np.isnan(residents).all():
        return None
    months = np.where(usable, float(MONTHS), np.nan)
    if measure.months:
        months = full_months(counted.columns[measure.months][:, 0].T)
    reasons = reasons_without_rate(layer, residents, around.served_by, years)
    unknown = np.array([[text == NO_FIGURE for text in row] for row in reasons], dtype=bool)
    people = np.nan_to_num(residents)
    everyone = np.zeros(len(layer.ids), dtype=np.intp)
    whole = around.layers.get(layer.boundary_set.partition_of or "")
    parents = None
    if whole is not None:
        rows = {identifier: row for row, identifier in enumerate(whole.ids)}
        owner = np.array([rows.get(parent or "", -1) for parent in layer.parents], dtype=np.intp)
        figures, _, _ = around.population.lookup(whole.key, whole.ids, years, RESIDENTS)
        found = _percent(people, months, owner, figures, unknown)
        parents = {key: _rounded(found[row]) for key, row in rows.items()}
    return {
        "months": "reported" if measure.months else "year",
        "all": _rounded(_percent(people, months, everyone, people.sum(axis=0)[None], unknown)[0]),
        "parents": parents,
    }


def _percent(
    people: Floats, months: Floats, owner: npt.NDArray[np.intp], totals: Floats, unknown: Flags
) -> Floats:
    """Return the indicator of each owner and year.

    NaN where residents of a part are unknown, or the parts have more of them than the whole.
    """
    found = np.full(totals.shape, np.nan)
    parts = owner >= 0
    for year in range(totals.shape[1]):
        uncertain = np.zeros(totals.shape[0], dtype=bool)
        uncertain[owner[parts & unknown[:, year]]] = True
        sums = np.bincount(owner[parts], people[parts, year], minlength=len(uncertain))
        uncertain |= sums > totals[:, year] * (1 + ROUNDING)
        usual = np.where(uncertain, np.nan, totals[:, year])
        found[:, year] = coverage_indicator(
            people[parts, year], months[parts, year], owner[parts], usual
        )
    return found


def _rounded(percents: Floats) -> list[float | None]:
    return [None if np.isnan(each) else round(float(each), 4) for each in percents]
