"""Gaps in what was reported: who lacks a usable record in which years, and in what way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from mapsvc.derive.existence import existing, serving
from mapsvc.derive.tally import Tally
from mapsvc.ingest.boundaries import Layer
from mapsvc.ingest.served import ServedBy
from mapsvc.model import Measure, Reporting
from mapsvc.remarks import INCOMPLETE, NO_RECORD
from mapsvc.statistics.coverage import MONTHS, full_months

Flags = npt.NDArray[np.bool_]
Gap = dict[str, Any]


def gaps(
    measure: Measure,
    layer: Layer,
    counted: Tally,
    served_by: Sequence[ServedBy],
) -> list[Gap]:
    """List every jurisdiction that existed without a usable record, with the spans of such years.

    A span has ``first`` and ``last`` year, the ``reason`` in words, the ``category`` (a value of
    ``Reporting``) and ``months``: how many of twelve were reported, None where unknown.
    """
    years = range(counted.years[0], counted.years[1] + 1)
    exists, serves = existing(layer, years), serving(layer, served_by, years)
    present, incomplete = counted.present[:, 0].T, counted.incomplete[:, 0].T
    lacking = exists & (incomplete | (~present & (measure.absence != "zero")))
    settled = _settled(layer, served_by)
    known = np.full(exists.shape, np.nan)
    if measure.months:
        known = full_months(counted.columns[measure.months][:, 0].T)

    def gap(row: int, year: int) -> Gap | None:
        if not lacking[row, year]:
            return None
        if incomplete[row, year]:
            months = known[row, year]
            some = bool(measure.reported_where) if np.isnan(months) else months > 0
            return {
                "reason": counted.remarks.get((year, 0, row), INCOMPLETE),
                "category": Reporting.PARTLY if some else Reporting.NOT_REPORTED,
                "months": None if np.isnan(months) else round(float(months), 4),
            }
        if not serves[row, year]:
            category = Reporting.NOT_APPLICABLE
        elif present[row].any():
            category = Reporting.NOT_REPORTED
        else:
            category = Reporting.MISSING if settled[row] else Reporting.NOT_APPLICABLE
        return {"reason": NO_RECORD, "category": category, "months": None}

    return [
        {"id": identifier, "spans": found}
        for row, identifier in enumerate(layer.ids)
        if (found := _spans(years, [gap(row, year) for year in range(len(years))]))
    ]


def short_years(measure: Measure, layer: Layer, counted: Tally, usable: Flags) -> list[Gap]:
    """List every jurisdiction whose usable record is of less than twelve months, with the spans.

    A span has ``first`` and ``last`` year and the ``months``.
    """
    if not measure.months:
        return []
    years = range(counted.years[0], counted.years[1] + 1)
    known = full_months(counted.columns[measure.months][:, 0].T)
    short = usable & (known < MONTHS)
    return [
        {"id": identifier, "spans": found}
        for row, identifier in enumerate(layer.ids)
        if (
            found := _spans(
                years,
                [
                    {"months": round(float(months), 4)} if less else None
                    for months, less in zip(known[row], short[row], strict=True)
                ],
            )
        )
    ]


def _settled(layer: Layer, served_by: Sequence[ServedBy]) -> Flags:
    """Tell which jurisdictions have people to serve: a recorded place, or residents and land."""
    kinds = layer.boundary_set.kinds
    residents = np.array([kinds[kind].residents for kind in layer.kinds], dtype=bool)
    territory = shapely.get_dimensions(layer.geometry) == 2
    recorded = np.isin(layer.ids, [each.agency for each in served_by if each.layer == layer.key])
    flags: Flags = recorded | (residents & territory)
    return flags


def _spans(years: Sequence[int], found: Sequence[Gap | None]) -> list[Gap]:
    """Join years that follow one another with the same gap; a year without one has no span."""
    spans: list[Gap] = []
    for year, gap in zip(years, found, strict=True):
        if gap is None:
            continue
        last = spans[-1] if spans else None
        if last and last["last"] == year - 1 and last == {**last, **gap}:
            last["last"] = year
        else:
            spans.append({"first": year, "last": year, **gap})
    return spans
