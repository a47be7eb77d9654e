"""``ledger.json``: what parts add up to, who polices what, who can have no rate and why.

One ledger for each layer that divides another: agencies against their counties, year by year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from mapsvc.derive.existence import existing, serving
from mapsvc.ingest.boundaries import Layer
from mapsvc.ingest.population import Population
from mapsvc.ingest.served import ServedBy
from mapsvc.release.spans import spans
from mapsvc.remarks import (
    DID_NOT_EXIST,
    NO_FIGURE,
    NO_RESIDENTS,
    NO_TERRITORY,
    NOBODY,
    SERVED_NOWHERE,
)

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

RESIDENTS = "residents"


def ledgers(
    layers: Mapping[str, Layer],
    areas: Mapping[str, Floats],
    population: Population,
    served_by: Sequence[ServedBy],
) -> dict[str, Any]:
    """Return the ledger of every layer that divides another; ``areas`` are m², by layer."""
    return {
        key: _ledger(layer, whole, areas, population, served_by)
        for key, layer in layers.items()
        if (whole := layers.get(layer.boundary_set.partition_of or "")) is not None
    }


def reasons_without_rate(
    layer: Layer, residents: Floats, served_by: Sequence[ServedBy], years: Sequence[int]
) -> list[list[str | None]]:
    """Return why each jurisdiction can have no rate per resident in each year; None where it can.

    ``residents`` is (places, years), NaN where unknown. The first reason that applies is given.
    """
    exists, serves = existing(layer, years), serving(layer, served_by, years)
    kinds = [layer.boundary_set.kinds[kind].residents for kind in layer.kinds]
    territory = shapely.get_dimensions(layer.geometry) == 2
    shape = residents.shape
    cases = (
        (~exists, DID_NOT_EXIST),
        (~np.array(kinds, dtype=bool)[:, None], NO_RESIDENTS),
        (~territory[:, None], NO_TERRITORY),
        (np.isnan(residents) & ~serves, SERVED_NOWHERE),
        (np.isnan(residents), NO_FIGURE),
        (residents <= 0, NOBODY),
    )
    texts = np.full(shape, None, dtype=object)
    for where, text in reversed(cases):
        texts[np.broadcast_to(where, shape)] = text
    found: list[list[str | None]] = texts.tolist()
    return found


def _ledger(
    layer: Layer,
    whole: Layer,
    areas: Mapping[str, Floats],
    population: Population,
    served_by: Sequence[ServedBy],
) -> dict[str, Any]:
    held = RESIDENTS in population.series(layer.key)
    years = list(population.years(layer.key, RESIDENTS)) if held else []
    residents, _, _ = population.lookup(layer.key, layer.ids, years, RESIDENTS)
    whole_residents, _, _ = population.lookup(whole.key, whole.ids, years, RESIDENTS)
    reasons = reasons_without_rate(layer, residents, served_by, years)
    exists, serves = existing(layer, years), serving(layer, served_by, years)
    unknown = np.array([[text == NO_FIGURE for text in row] for row in reasons], dtype=bool)
    members = _members(whole, layer)
    return {
        "of": whole.key,
        "years": years,
        "parents": [
            _parent(
                identifier,
                areas[whole.key][row],
                areas[layer.key][members[row]],
                whole_residents[row],
                residents[members[row]],
                exists[members[row]],
                unknown.reshape(exists.shape)[members[row]],
            )
            for row, identifier in enumerate(whole.ids)
        ],
        "without_parent": [
            identifier
            for identifier, parent in zip(layer.ids, layer.parents, strict=True)
            if parent is None
        ],
        "without_rate": _spans(layer, years, reasons),
        "policed_by_another": _spans(
            layer,
            years,
            [
                [SERVED_NOWHERE if each else None for each in row]
                for row in (~serves & ~np.isnan(residents)).tolist()
            ],
        ),
        "served_by": [
            {
                "place": each.place,
                "place_name": each.place_name,
                "agency": each.agency,
                "valid_from": each.valid_from,
                "valid_to": each.valid_to,
                "note": each.note,
            }
            for each in served_by
            if each.layer == layer.key
        ],
    }


def _spans(
    layer: Layer, years: Sequence[int], texts: Sequence[Sequence[str | None]]
) -> list[dict[str, Any]]:
    """Return the spans of each jurisdiction that has any."""
    return [
        {"id": identifier, "spans": found}
        for identifier, row in zip(layer.ids, texts, strict=True)
        if (found := spans(years, row))
    ]


def _members(whole: Layer, layer: Layer) -> list[npt.NDArray[np.intp]]:
    """Return the rows of the parts of each jurisdiction of ``whole``."""
    parents = np.array([parent or "" for parent in layer.parents])
    return [np.flatnonzero(parents == identifier) for identifier in whole.ids]


def _parent(
    identifier: str,
    area: float,
    part_areas: Floats,
    residents: Floats,
    part_residents: Floats,
    exists: Flags,
    unknown: Flags,
) -> dict[str, Any]:
    """Return the account of one jurisdiction; lists have an entry for each year.

    A part that existed and should have a figure of residents but has none is ``unknown``; sums are
    of those known.
    """
    known = ~np.isnan(part_residents)
    sums = np.where(known.any(axis=0), np.where(known, part_residents, 0).sum(axis=0), np.nan)
    return {
        "id": identifier,
        "area_m2": round(area) if area > 0 else None,
        "parts_area_m2": round(float(np.nansum(part_areas))),
        "parts_mapped": int((~np.isnan(part_areas)).sum()),
        "parts": exists.sum(axis=0).tolist(),
        "residents": [_number(each) for each in residents],
        "parts_residents": [_number(each) for each in sums],
        "unknown": unknown.sum(axis=0).tolist(),
    }


def _number(number: float) -> float | None:
    """Return a number of residents, whole where it is; None where unknown."""
    if np.isnan(number):
        return None
    return int(number) if float(number).is_integer() else round(float(number), 3)
