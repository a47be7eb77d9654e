"""The ledger's shares: how the residents of agencies divide between places, and how counts do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from mapsvc.derive.join import Joined, JoinedTable
from mapsvc.derive.service import BY_RESIDENTS, Service, services, sources_used
from mapsvc.ingest.boundaries import Layer
from mapsvc.ingest.places import PlacePopulation
from mapsvc.ingest.served import ServedBy
from mapsvc.model import Dataset
from mapsvc.release.spans import spans

Entry = dict[str, Any]

DECIMALS = 12
"""Of a share: enough that those of an agency add up to one within 1e-9."""

PAIRS = ("same", "elsewhere", "whole_only", "part_only", "neither")
"""What a record may name: a part and the whole that this is in, or another, or one alone."""


def shares(
    layer: Layer,
    whole: Layer,
    served_by: Sequence[ServedBy],
    residents: PlacePopulation,
    years: Sequence[int],
) -> Entry:
    """Return the shares of every agency that polices several places, and whose figures they use."""
    found = services(layer, whole.ids, served_by, residents, years)
    used = list(sources_used(found))
    return {
        "shares": [_shares(each, years, used) for each in found],
        "share_sources": [asdict(residents.sources[code]) for code in used],
    }


def totals(
    datasets: Sequence[Dataset], joined: Mapping[str, Joined], whole: Layer, parts: Layer
) -> list[Entry]:
    """Return, for each table of records, how its rows reach the totals of the whole and the parts.

    A row counts once in each layer that it names, so a total is of the rows that name it and never
    a sum over parts. Where a table names both layers its rows are counted by ``PAIRS``; the counts
    are None in a dataset that withholds small ones.
    """
    return [
        {
            "dataset": dataset.key,
            "resource": name,
            "names": [key for key in (whole.key, parts.key) if key in table.places],
            **_pairs(table, whole, parts, guarded=dataset.policy == "small_cells"),
        }
        for dataset in datasets
        for name, table in joined[dataset.key].tables.items()
        if whole.key in table.places or parts.key in table.places
    ]


def _shares(service: Service, years: Sequence[int], used: Sequence[int]) -> Entry:
    policed = service.days > 0
    position = {code: number for number, code in enumerate(used)}
    return {
        "id": service.agency,
        "basis": list(service.basis),
        "places": [
            {
                "place": place,
                "place_name": service.names[row],
                "parent": service.parents[row],
                "residents": _numbers(np.where(policed[row], service.residents[row], np.nan), 3),
                "share": _numbers(service.share[row], DECIMALS),
                "source": [
                    position[int(code)] if basis == BY_RESIDENTS and there else None
                    for basis, there, code in zip(
                        service.basis, policed[row], service.sources[row], strict=True
                    )
                ],
            }
            for row, place in enumerate(service.places)
            if policed[row].any()
        ],
        "parents": [
            {"id": parent, "share": _numbers(share, DECIMALS)}
            for parent, share in service.parent_shares().items()
        ],
        "unknown": spans(years, service.reasons),
    }


def _numbers(values: npt.NDArray[np.float64], decimals: int) -> list[float | None]:
    """Return numbers as JSON has them: whole ones without a point, null where there is none."""
    rounded = (None if np.isnan(each) else round(float(each), decimals) for each in values)
    return [int(each) if each is not None and each.is_integer() else each for each in rounded]


def _pairs(table: JoinedTable, whole: Layer, parts: Layer, *, guarded: bool) -> Entry:
    if whole.key not in table.places or parts.key not in table.places or guarded:
        return {"rows": None if guarded else table.table.num_rows, **dict.fromkeys(PAIRS)}
    rows = {identifier: row for row, identifier in enumerate(whole.ids)}
    parent = np.array([rows.get(each or "", -1) for each in parts.parents], dtype=np.int64)
    part, held = table.places[parts.key], table.places[whole.key]
    own = np.append(parent, -1)[part]
    return {"rows": len(part), **dict(_counted(part, held, own))}


def _counted(
    part: npt.NDArray[np.int32], held: npt.NDArray[np.int32], own: npt.NDArray[np.int64]
) -> Iterator[tuple[str, int]]:
    """Yield how many rows there are of each of ``PAIRS``; ``own`` is the whole of a row's part."""
    both = (part >= 0) & (held >= 0)
    flags = (
        both & (own == held),
        both & (own != held),
        (part < 0) & (held >= 0),
        (part >= 0) & (held < 0),
        (part < 0) & (held < 0),
    )
    for name, rows in zip(PAIRS, flags, strict=True):
        yield name, int(np.count_nonzero(rows))
