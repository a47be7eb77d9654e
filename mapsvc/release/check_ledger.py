"""Are the books of a release sound? ``ledger.json`` against the layers, the report and itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mapsvc.derive.conservation import AREA_TOLERANCE
from mapsvc.ingest.served import SHARE_TOLERANCE
from mapsvc.model import in_year
from mapsvc.release.ledger import RESIDENTS
from mapsvc.release.reader import LayerTable, Release
from mapsvc.release.shares import PAIRS
from mapsvc.release.spans import span_faults, spread
from mapsvc.remarks import (
    DID_NOT_EXIST,
    NO_FIGURE,
    NO_RESIDENTS,
    NO_TERRITORY,
    NOBODY,
    SERVED_NOWHERE,
)

Book = Mapping[str, Any]

ROUNDING = 5e-3
"""Of the report's shares, which have three digits."""


def check_ledger(release: Release) -> Iterator[str]:
    """Yield what is wrong with the ledger of a release; nothing where there is none."""
    if "ledger.json" not in release.manifest["files"]:
        return
    divided = {each["key"]: each["partition_of"] for each in release.catalogue["layers"]}
    divided = {key: whole for key, whole in divided.items() if whole}
    for key in sorted(divided.keys() ^ release.ledger.keys()):
        missing = key in divided
        yield f"ledger: layer {key} {'has none' if missing else 'divides no other'}"
    for key, book in release.ledger.items():
        if key not in divided:
            continue
        try:
            if book["of"] != divided[key]:
                yield f"ledger of {key}: it is of {book['of']}, the layer divides {divided[key]}"
                continue
            for fault in _book_faults(release, key, book):
                yield f"ledger of {key}: {fault}"
        except (KeyError, TypeError, IndexError, ValueError) as error:
            yield f"ledger of {key}: it is not as it should be written: {error!r}"


def existence(table: LayerTable, years: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Return whether each jurisdiction of a release existed in each year: (places, years)."""
    dates = zip(table.valid_from, table.valid_to, strict=True)
    found = [[in_year(since, until, year) for year in years] for since, until in dates]
    return np.array(found, dtype=bool).reshape(len(table.ids), len(years))


def consecutive(years: Sequence[int]) -> bool:
    """Tell whether every year follows the one before."""
    return list(years) == list(range(years[0], years[0] + len(years))) if years else True


def _book_faults(release: Release, key: str, book: Book) -> Iterator[str]:
    table, whole, years = release.layer(key), release.layer(book["of"]), book["years"]
    if not consecutive(years):
        yield "its years do not follow one another"
        return
    yield from _sum_faults(release, key, book, table, whole)
    exists = existence(table, years)
    yield from _reason_faults(release, book, table, exists)
    for fault in span_faults(book["policed_by_another"], table.index, years):
        yield f"policed by another: {fault}"
    for each in book["served_by"]:
        if each["agency"] not in table.index:
            yield f"{each['place']} is policed by {each['agency']!r}, which there is not"
    for identifier in book["without_parent"]:
        if identifier not in table.index or table.parents[table.row(identifier)] is not None:
            yield f"{identifier} is listed without a parent"
    yield from _share_faults(book, table, whole)
    yield from _total_faults(release, key, book)


def _sum_faults(
    release: Release, key: str, book: Book, table: LayerTable, whole: LayerTable
) -> Iterator[str]:
    """Yield where areas and residents of the parts are not what the layers and the report say."""
    years, parents = book["years"], [each["id"] for each in book["parents"]]
    if parents != list(whole.ids):
        yield f"its parents are not the {whole.key} of the release"
        return
    gaps = release.report["partitions"][key].get("population", {}).get(RESIDENTS, {})
    exists = existence(table, years)
    for row, entry in enumerate(book["parents"]):
        name = entry["id"]
        rows = [at for at, parent in enumerate(table.parents) if parent == name]
        areas = table.area_m2[rows]
        found = (round(float(np.nansum(areas))), int((~np.isnan(areas)).sum()))
        if (entry["parts_area_m2"], entry["parts_mapped"]) != found:
            yield f"{name}: the area of its parts is not theirs in the layer"
        area = None if np.isnan(whole.area_m2[row]) else round(float(whole.area_m2[row]))
        if entry["area_m2"] != area:
            yield f"{name}: its area is not that in the layer"
        elif area and abs(entry["parts_area_m2"] - area) > area * AREA_TOLERANCE + 1:
            yield f"{name}: its parts cover {entry['parts_area_m2']:,} m² of {area:,} m²"
        if any(len(entry[each]) != len(years) for each in _BY_YEAR):
            yield f"{name}: not every year is there"
            continue
        if entry["parts"] != exists[rows].sum(axis=0).tolist():
            yield f"{name}: the number of its parts is not that of the layer"
        columns = (entry[each] for each in ("residents", "parts_residents", "unknown"))
        for year, residents, parts, unknown in zip(years, *columns, strict=True):
            if unknown or residents is None or parts is None:
                continue
            allowed = gaps.get(str(year), {}).get("worst_share", 0) * (1 + ROUNDING)
            if abs(parts - residents) > residents * allowed:
                yield f"{name}, {year}: its parts have {parts:,} residents, it has {residents:,}"


_BY_YEAR = ("parts", "residents", "parts_residents", "unknown")


def _reason_faults(
    release: Release, book: Book, table: LayerTable, exists: npt.NDArray[np.bool_]
) -> Iterator[str]:
    """Yield jurisdictions whose reason for no rate is not that of the layer's dates and kinds."""
    faults = list(span_faults(book["without_rate"], table.index, book["years"]))
    if faults:
        yield from (f"without a rate: {fault}" for fault in faults)
        return
    kinds = release.layer_info(table.key)["kinds"]
    told = spread(book["without_rate"])
    for row, identifier in enumerate(table.ids):
        usual: tuple[str | None, ...] = (None, SERVED_NOWHERE, NO_FIGURE, NOBODY)
        if not kinds[table.kinds[row]]["residents"]:
            usual = (NO_RESIDENTS,)
        elif np.isnan(table.area_m2[row]):
            usual = (NO_TERRITORY,)
        for column, year in enumerate(book["years"]):
            right = usual if exists[row, column] else (DID_NOT_EXIST,)
            if told.get((identifier, year)) not in right:
                reason = told.get((identifier, year), "nothing")
                yield f"{identifier}, {year}: without a rate says {reason!r} against the layer"
                break


def _share_faults(book: Book, table: LayerTable, whole: LayerTable) -> Iterator[str]:
    """Yield agencies whose shares are not shares, or are not one in sum where there are any."""
    years = book["years"]
    listed = [each["id"] for each in book["shares"]]
    if len(set(listed)) != len(listed) or not set(listed) <= table.index.keys():
        yield "shares: an agency is there twice, or is none of the layer"
        return
    policed = {
        (each["agency"], each["place"], year)
        for each in book["served_by"]
        for year in years
        if in_year(each["valid_from"], each["valid_to"], year)
    }
    several = _several(policed)
    for agency in sorted(several - set(listed)):
        yield f"shares: {agency} polices several places and has none"
    for entry in book["shares"]:
        for fault in _agency_faults(entry, years, policed, whole):
            yield f"shares of {entry['id']}: {fault}"
        named = {code for place in entry["places"] for code in place["source"]} - {None}
        if not named <= set(range(len(book["share_sources"]))):
            yield f"shares of {entry['id']}: a source of residents is not described"


def _several(policed: set[tuple[str, str, int]]) -> set[str]:
    counts: dict[tuple[str, int], int] = {}
    for agency, _, year in policed:
        counts[agency, year] = counts.get((agency, year), 0) + 1
    return {agency for (agency, _), count in counts.items() if count > 1}


def _agency_faults(
    entry: Book, years: Sequence[int], policed: set[tuple[str, str, int]], whole: LayerTable
) -> Iterator[str]:
    places, parents = entry["places"], entry["parents"]
    if any(len(each["share"]) != len(years) for each in (*places, *parents)):
        yield "not every year is there"
        return
    if not {each["id"] for each in parents} <= {*whole.ids, None}:
        yield f"a parent is none of {whole.key}"
    reasons = [{"id": entry["id"], "spans": entry["unknown"]}]
    yield from span_faults(reasons, {entry["id"]: 0}, years)
    unknown = spread(reasons)
    for column, year in enumerate(years):
        basis = entry["basis"][column]
        there = {each["place"] for each in places if (entry["id"], each["place"], year) in policed}
        shown = {each["place"] for each in places if each["share"][column] is not None}
        if shown != (there if basis else set()):
            yield f"{year}: the places with a share are not those that it polices"
        if bool(there) != (bool(basis) or (entry["id"], year) in unknown):
            yield f"{year}: it has neither shares nor a reason why, or both"
        if not basis:
            continue
        for name, parts in (("places", places), ("parents", parents)):
            held = [each["share"][column] or 0 for each in parts]
            if min(held) < 0 or abs(sum(held) - 1) > SHARE_TOLERANCE:
                yield f"{year}: those of its {name} add up to {sum(held):.10g}"
        for parent in parents:
            within = sum(
                each["share"][column] or 0 for each in places if each["parent"] == parent["id"]
            )
            if abs(within - (parent["share"][column] or 0)) > SHARE_TOLERANCE:
                yield f"{year}: that of {parent['id']} is not that of its places"


def _total_faults(release: Release, key: str, book: Book) -> Iterator[str]:
    """Yield tables whose rows are lost or counted twice on their way to the two layers."""
    joined: dict[tuple[str, str], int | None] = {}
    for entry in book["totals"]:
        name = f"records of {entry['dataset']}, {entry['resource']}"
        if entry["dataset"] not in release.report["datasets"]:
            yield f"{name}: there is no such dataset"
            continue
        counts = [entry[each] for each in PAIRS]
        if None in counts:
            for layer in (book["of"], key):
                joined[entry["dataset"], layer] = None
            continue
        if sum(counts) != entry["rows"] or min(counts) < 0:
            yield f"{name}: {entry['rows']:,} rows are not those counted"
        same, elsewhere, whole_only, part_only, _ = counts
        for layer, found in ((book["of"], whole_only), (key, part_only)):
            before = joined.get((entry["dataset"], layer), 0)
            both = same + elsewhere
            joined[entry["dataset"], layer] = None if before is None else before + both + found
    for (dataset, layer), count in joined.items():
        told = release.report["datasets"][dataset]["layers"].get(layer, {}).get("joined")
        if count is not None and told is not None and count != told:
            yield f"records of {dataset}: {count:,} name {layer}, the report has {told:,}"
