"""Who reported to a dataset and who did not: missing is shown as missing, never as zero."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from flask import Blueprint, Response, request

from mapsvc.errors import UnknownNameError
from mapsvc.language import Message
from mapsvc.maps import choropleth, reporting
from mapsvc.model import REPORTINGS, in_year
from mapsvc.release.reader import LayerTable, Release
from mapsvc.web.answers import json_answer, parameters
from mapsvc.web.app import release
from mapsvc.web.ledger import year_index
from mapsvc.web.pages import page
from mapsvc.web.reporting import shown_on

bp = Blueprint("coverage", __name__)

Entry = dict[str, Any]


@bp.get("/data/<dataset>/coverage")
def coverage_page(dataset: str) -> Response:
    """Show who reported to a dataset in each year, and in one year who did not."""
    current = release()
    found = current.dataset(dataset)
    entries = list(current.coverage.get(dataset, []))
    years = sorted({year for entry in entries for year in entry["years"]})
    at = year_index(Message("year of {dataset}", dataset=dataset), years, request.args.get("year"))
    titles = {measure["key"]: measure["title"] for measure in found["measures"]}
    shown = None if at is None else years[at]
    sections = [_section(current, entry, titles, shown) for entry in entries]
    registers = [each for each in sections if each["complete"]]
    return page(
        "coverage.html",
        dataset=found,
        all_years=years,
        year=shown,
        parent_singulars={
            layer["key"]: current.layer_info(layer["partition_of"])["singular"]
            for layer in current.catalogue["layers"]
            if layer["partition_of"]
        },
        on_map=partial(shown_on, current),
        registers=registers,
        sections=[each for each in sections if not each["complete"]],
    )


def _section(
    current: Release, entry: Mapping[str, Any], titles: Mapping[str, str], year: int | None
) -> Entry:
    return {
        "complete": entry["absence"] == "zero" and not entry["missing"],
        "titles": [titles[key] for key in entry["measures"]],
        "layer": current.layer_info(entry["layer"]),
        "account": entry,
        "now": _in_year(current, entry, year),
        "history": _years(entry),
        "kinds": list(_kinds(current, entry, year)),
        "categories": _categories(current, entry, year),
        "gaps": _gaps(current.layer(entry["layer"]), entry),
    }


@bp.get("/api/v1/coverage/<dataset>")
def coverage(dataset: str) -> Response:
    """Give who reported to a dataset in each year, and who did not in one, the last unless told."""
    given = parameters("layer", "year")
    current = release()
    current.dataset(dataset)
    entries = list(current.coverage.get(dataset, []))
    layers = tuple(dict.fromkeys(entry["layer"] for entry in entries))
    if "layer" in given and given["layer"] not in layers:
        kind = Message("layer of {dataset}", dataset=dataset)
        raise UnknownNameError(kind, given["layer"], layers)
    entries = [entry for entry in entries if given.get("layer", entry["layer"]) == entry["layer"]]
    years = sorted({year for entry in entries for year in entry["years"]})
    at = year_index(Message("year of {dataset}", dataset=dataset), years, given.get("year"))
    shown = None if at is None else years[at]
    return json_answer(
        {
            "release": current.id,
            "dataset": dataset,
            "year": shown,
            "coverage": [
                {
                    "measures": entry["measures"],
                    "layer": entry["layer"],
                    "absence": entry["absence"],
                    "months": entry["indicator"] and entry["indicator"]["months"],
                    "years": _years(entry),
                    **_in_year(current, entry, shown),
                }
                for entry in entries
            ],
        }
    )


def _years(entry: Mapping[str, Any]) -> list[Entry]:
    """Return how many places reported in each year, and the share of residents they serve."""
    indicator = entry["indicator"]
    percents = indicator["all"] if indicator else [None] * len(entry["years"])
    columns = (entry["years"], entry["places"], entry["usable"], percents)
    return [
        {"year": year, "places": places, "reported": usable, "coverage_percent": percent}
        for year, places, usable, percent in zip(*columns, strict=True)
    ]


def _in_year(current: Release, entry: Mapping[str, Any], year: int | None) -> Entry:
    """Return who did not report in a year and why, or only part of it; and each parent's indicator.

    All are None where the measure has no such year.
    """
    if year not in entry["years"]:
        return {"missing": None, "partial": None, "parents": None}
    table, at = current.layer(entry["layer"]), entry["years"].index(year)
    percents = (entry["indicator"] or {}).get("parents")
    return {
        "missing": [
            {
                "id": each["id"],
                "name": table.names[table.row(each["id"])],
                "kind": table.kinds[table.row(each["id"])],
                "reason": span["reason"],
                "category": span["category"],
                "months": span["months"],
            }
            for each in entry["missing"]
            for span in each["spans"]
            if span["first"] <= year <= span["last"]
        ],
        "partial": [
            {
                "id": each["id"],
                "name": table.names[table.row(each["id"])],
                "months": span["months"],
            }
            for each in (*entry["missing"], *entry["partly"])
            for span in each["spans"]
            if span["first"] <= year <= span["last"] and span["months"]
        ],
        "parents": _parents(current, entry["layer"], percents, at) if percents else None,
    }


def _parents(
    current: Release, layer: str, percents: Mapping[str, list[float | None]], at: int
) -> list[Entry]:
    whole = current.layer(current.layer_info(layer)["partition_of"])
    return [
        {"id": key, "name": whole.names[whole.row(key)], "coverage_percent": found[at]}
        for key, found in percents.items()
    ]


def _kinds(current: Release, entry: Mapping[str, Any], year: int | None) -> Iterator[Entry]:
    """Yield, for each kind of place, how many there are and which did not report in a year."""
    missing = _in_year(current, entry, year)["missing"]
    if missing is None:
        return
    table = current.layer(entry["layer"])
    there = [
        row
        for row in range(len(table.ids))
        if in_year(table.valid_from[row], table.valid_to[row], int(year or 0))
    ]
    for kind in current.layer_info(entry["layer"])["kinds"]:
        lacking = [each for each in missing if each["kind"] == kind]
        if lacking:
            lacking.sort(key=lambda each: each["name"])
            yield {
                "title": choropleth.kind_title(current, entry["layer"], kind),
                "count": sum(table.kinds[row] == kind for row in there),
                "missing": lacking,
            }


def _categories(current: Release, entry: Mapping[str, Any], year: int | None) -> list[Entry]:
    """Return how many lack a record in a year in each way, with what that is called."""
    counts = Counter(each["category"] for each in _in_year(current, entry, year)["missing"] or ())
    words = reporting.words()
    return [{**words[each], "count": counts[each]} for each in REPORTINGS if counts[each]]


def _gaps(table: LayerTable, entry: Mapping[str, Any]) -> list[Entry]:
    """Return the places that lack some years, not all of them, with the years and why."""
    total = len(entry["years"])
    found = [
        {**each, "name": table.names[table.row(each["id"])]}
        for each in entry["missing"]
        if sum(span["last"] - span["first"] + 1 for span in each["spans"]) < total
    ]
    return sorted(found, key=lambda each: each["name"])
