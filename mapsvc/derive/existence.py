"""When jurisdictions were there: years that they existed, years that they policed a place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mapsvc.derive.join import Joined
from mapsvc.ingest.boundaries import Layer
from mapsvc.ingest.served import ServedBy
from mapsvc.model import Dataset, in_year
from mapsvc.remarks import DID_NOT_EXIST, SERVED_NOWHERE

Flags = npt.NDArray[np.bool_]


def existing(layer: Layer, years: Sequence[int]) -> Flags:
    """Return whether each jurisdiction existed in any part of each year: (places, years)."""
    spans = zip(layer.valid_from, layer.valid_to, strict=True)
    found = [[in_year(since, until, year) for year in years] for since, until in spans]
    return np.array(found, dtype=bool).reshape(len(layer.ids), len(years))


def serving(layer: Layer, served_by: Iterable[ServedBy], years: Sequence[int]) -> Flags:
    """Return whether each jurisdiction existed and policed a place in each year: (places, years).

    One of which no place is recorded counts as policing wherever it exists.
    """
    found = existing(layer, years)
    rows = {identifier: row for row, identifier in enumerate(layer.ids)}
    policed = np.zeros_like(found)
    recorded = np.zeros(len(layer.ids), dtype=bool)
    for each in served_by:
        if each.layer == layer.key:
            row = rows[each.agency]
            recorded[row] = True
            policed[row] |= [in_year(each.valid_from, each.valid_to, year) for year in years]
    flags: Flags = found & (policed | ~recorded[:, None])
    return flags


def account(
    dataset: Dataset,
    joined: Joined,
    layers: Mapping[str, Layer],
    served_by: Sequence[ServedBy],
) -> dict[str, Any]:
    """Return the report of a join with the records that are out of time, under each layer.

    Their counts are None in a dataset that withholds small ones.
    """
    report = joined.report.as_dict()
    for key, entry in report["layers"].items():
        entry["out_of_time"] = found = out_of_time(joined, layers[key], served_by)
        if dataset.policy == "small_cells":
            for each in found:
                each["count"] = None
    return report


def out_of_time(
    joined: Joined, layer: Layer, served_by: Sequence[ServedBy]
) -> list[dict[str, Any]]:
    """List the records of years in which their jurisdiction was not there, with the reason.

    They are joined and counted as the source has them; an entry has ``id``, ``year``, ``count``
    and ``reason``. Tables without a column of years have none.
    """
    rows: Counter[tuple[int, int]] = Counter()
    for table in joined.tables.values():
        if table.years is None or layer.key not in table.places:
            continue
        places = table.places[layer.key]
        held = places >= 0
        pairs = np.stack([places[held], table.years[held]], axis=1)
        distinct, counts = np.unique(pairs, axis=0, return_counts=True)
        for (place, year), count in zip(distinct.tolist(), counts.tolist(), strict=True):
            rows[place, year] += count
    years = sorted({year for _, year in rows})
    columns = {year: column for column, year in enumerate(years)}
    exists, serves = existing(layer, years), serving(layer, served_by, years)
    return [
        {
            "id": layer.ids[place],
            "year": year,
            "count": rows[place, year],
            "reason": SERVED_NOWHERE if exists[place, columns[year]] else DID_NOT_EXIST,
        }
        for place, year in sorted(rows)
        if not serves[place, columns[year]]
    ]
