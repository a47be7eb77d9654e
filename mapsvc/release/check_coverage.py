"""Is ``coverage.json`` sound? Against the layers, the catalogue and the values of a release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mapsvc.model import ALL, STATUSES, Status
from mapsvc.release.check_ledger import consecutive, existence
from mapsvc.release.reader import LayerTable, Release
from mapsvc.release.spans import span_faults, spread
from mapsvc.statistics.coverage import MONTHS

Entry = Mapping[str, Any]

_NOT_REPORTED = STATUSES.index(Status.NOT_REPORTED)
_NO_BOUNDARY = STATUSES.index(Status.NO_BOUNDARY)
_SUPPRESSED = STATUSES.index(Status.SUPPRESSED)


def check_coverage(release: Release) -> Iterator[str]:
    """Yield what is wrong with the coverage of a release; nothing where there is none."""
    if "coverage.json" not in release.manifest["files"]:
        return
    datasets = {each["key"] for each in release.catalogue["datasets"]}
    for key in sorted(datasets ^ release.coverage.keys()):
        yield f"coverage of {key}: {'there is none' if key in datasets else 'no such dataset'}"
    for key in sorted(datasets & release.coverage.keys()):
        try:
            yield from (f"coverage of {key}: {each}" for each in _dataset_faults(release, key))
        except (KeyError, TypeError, IndexError, ValueError) as error:
            yield f"coverage of {key}: it is not as it should be written: {error!r}"


def _dataset_faults(release: Release, dataset: str) -> Iterator[str]:
    mapped = {
        (entry["measure"], layer)
        for entry in release.catalogue["indicators"]
        if entry["dataset"] == dataset
        for layer in entry["layers"]
    }
    entries = release.coverage[dataset]
    listed = [(measure, each["layer"]) for each in entries for measure in each["measures"]]
    if sorted(listed) != sorted(mapped):
        yield "its measures and layers are not those of the maps, each once"
        return
    for entry in entries:
        name = f"{', '.join(entry['measures'])} by {entry['layer']}"
        table = release.layer(entry["layer"])
        faults = list(_entry_faults(release, entry, table))
        yield from (f"{name}: {fault}" for fault in faults)
        if not faults:
            agreement = _value_faults(release, dataset, entry, table)
            yield from (f"{name}: {fault}" for fault in agreement)


def _entry_faults(release: Release, entry: Entry, table: LayerTable) -> Iterator[str]:
    years, indicator = entry["years"], entry["indicator"]
    if not years or not consecutive(years):
        yield "its years do not follow one another"
        return
    columns = [entry["places"], entry["usable"]]
    if indicator:
        columns += [indicator["all"], *(indicator["parents"] or {}).values()]
    if any(len(column) != len(years) for column in columns):
        yield "not every year is there"
        return
    faults = list(span_faults(entry["missing"], table.index, years))
    if faults:
        yield from (f"missing: {fault}" for fault in faults)
        return
    exists = existence(table, years)
    absent = _missing(entry, table)
    if entry["places"] != exists.sum(axis=0).tolist():
        yield "the number of places is not that of the layer"
    if np.any(absent & ~exists):
        yield "a place is missing in a year in which it did not exist"
    for year, places, usable, lost in zip(
        years, entry["places"], entry["usable"], absent.sum(axis=0).tolist(), strict=True
    ):
        if usable < 0 or usable + lost != places:
            yield f"{year}: {usable} usable and {lost} missing are not its {places} places"
    yield from _indicator_faults(release, entry)
    yield from (f"partly: {fault}" for fault in span_faults(entry["partly"], table.index, years))
    for each in (*entry["missing"], *entry["partly"]):
        for span in each["spans"]:
            months = span["months"]
            if months is not None and not 0 <= months <= MONTHS:
                yield f"{each['id']}: {months} months in {span['first']}"


def _indicator_faults(release: Release, entry: Entry) -> Iterator[str]:
    """Yield percents that are none, and parents that are not those of the layer."""
    indicator = entry["indicator"]
    if entry["absence"] not in ("zero", "not_reported"):
        yield f"what no record means is {entry['absence']!r}"
    if indicator is None:
        return
    if entry["absence"] == "zero":
        yield "there is an indicator where nothing can be missing"
    if indicator["months"] not in ("reported", "year"):
        yield f"months are {indicator['months']!r}"
    whole = release.layer_info(entry["layer"])["partition_of"]
    known = list(release.layer(whole).ids) if whole else None
    named = None if indicator["parents"] is None else list(indicator["parents"])
    if named != known:
        yield "its parents are not those of the layer"
    for name, percents in [("all", indicator["all"]), *(indicator["parents"] or {}).items()]:
        for year, percent in zip(entry["years"], percents, strict=True):
            if percent is not None and not 0 <= percent <= 100:
                yield f"{name}, {year}: a coverage of {percent} %"


def _value_faults(release: Release, dataset: str, entry: Entry, table: LayerTable) -> Iterator[str]:
    """Yield years in which coverage and the values of a map differ on who reported."""
    exists, absent = existence(table, entry["years"]), _missing(entry, table)
    for shown in release.catalogue["indicators"]:
        if shown["dataset"] != dataset or shown["measure"] not in entry["measures"]:
            continue
        if entry["layer"] not in shown["layers"]:
            continue
        for period in shown["periods"]:
            if "-" in period:
                continue
            if int(period) not in entry["years"]:
                yield f"{shown['slug']}, {period}: coverage lacks the year"
                continue
            column = entry["years"].index(int(period))
            values = release.values(entry["layer"], shown["slug"], period, ALL)
            there, lost = exists[:, column], absent[:, column]
            counted = np.isfinite(values.numerator) | (values.status == _SUPPRESSED)
            wrong = (
                (counted != (there & ~lost))
                | (lost & (values.status != _NOT_REPORTED))
                | (~there & (values.status != _NO_BOUNDARY))
            )
            if wrong.any():
                yield f"{shown['slug']}, {period}: {_named(table.ids, wrong)} differ in the values"


def _missing(entry: Entry, table: LayerTable) -> npt.NDArray[np.bool_]:
    """Return which places are missing in which years: (places, years)."""
    found = np.zeros((len(table.ids), len(entry["years"])), dtype=bool)
    for identifier, year in spread(entry["missing"]):
        found[table.index[identifier], entry["years"].index(year)] = True
    return found


def _named(ids: Sequence[str], flags: npt.NDArray[np.bool_]) -> str:
    found = [ids[row] for row in np.flatnonzero(flags).tolist()]
    return ", ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")
