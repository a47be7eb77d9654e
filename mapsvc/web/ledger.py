"""The account of jurisdictions: what parts add up to, who polices what, who can have no rate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, request

from mapsvc.errors import UnknownNameError
from mapsvc.language import N_, Message
from mapsvc.maps import choropleth
from mapsvc.model import in_year
from mapsvc.release.reader import LayerTable, Release
from mapsvc.web.answers import json_answer, parameters
from mapsvc.web.app import release
from mapsvc.web.pages import page
from mapsvc.web.policing import shares_in

bp = Blueprint("ledger", __name__)

Entry = dict[str, Any]


@bp.get("/jurisdictions")
def jurisdictions() -> Response:
    """Show the ledger of a layer in a year: sums, who polices what, agencies without a rate."""
    current = release()
    if not current.ledger:
        return page("ledger.html", layers=current.catalogue["layers"], found=None)
    query = request.args
    layer = _layer(current, query.get("layer"))
    found = ledger_in(current, layer, query.get("year"))
    table = current.layer(layer)
    return page(
        "ledger.html",
        found=found,
        info=current.layer_info(layer),
        whole=current.layer_info(found["of"]),
        ledgers=[current.layer_info(key) for key in current.ledger],
        layers=current.catalogue["layers"],
        totals=_totals(found["parents"]),
        share_of={
            (each["id"], place["place"]): place["share"]
            for each in found["shares"]
            for place in each["places"]
        },
        several=[each for each in found["shares"] if len(each["parents"]) > 1],
        unshared=[each for each in found["shares"] if each["basis"] is None],
        reasons=list(_by_kind(current, layer, found["without_rate"])),
        places=list(_by_parent(table, found)),
        dated=[each for each in found["served_by"] if each["valid_from"] or each["valid_to"]],
        datasets={each["key"]: each["title"] for each in current.catalogue["datasets"]},
    )


@bp.get("/api/v1/ledger")
def ledger() -> Response:
    """Give the ledger of a layer in a year, the latest unless told."""
    given = parameters("layer", "year")
    current = release()
    layer = _layer(current, given.get("layer"))
    return json_answer(
        {"release": current.id, **ledger_in(current, layer, given.get("year"))},
    )


def ledger_in(current: Release, layer: str, year: str | None) -> Entry:
    """Return the ledger of a layer in one year, with names; raises UnknownNameError."""
    entry = current.ledger[layer]
    table, whole = current.layer(layer), current.layer(entry["of"])
    at = year_index(N_("year of the ledger"), entry["years"], year)
    shown = None if at is None else entry["years"][at]
    return {
        "layer": layer,
        "of": entry["of"],
        "year": shown,
        "years": entry["years"],
        "parents": [_sums(whole, parent, at) for parent in entry["parents"]],
        "without_parent": [_named(table, key) for key in entry["without_parent"]],
        "without_rate": [
            {**_named(table, each["id"]), "reason": span["reason"]}
            for each in entry["without_rate"]
            for span in each["spans"]
            if shown is not None and span["first"] <= shown <= span["last"]
        ],
        "policed_by_another": [
            {**_named(table, each["id"]), "first": span["first"], "last": span["last"]}
            for each in entry["policed_by_another"]
            for span in each["spans"]
        ],
        "served_by": [
            {
                **each,
                "agency_name": table.names[table.row(each["agency"])],
                "in_year": shown is None or in_year(each["valid_from"], each["valid_to"], shown),
            }
            for each in entry["served_by"]
        ],
        "out_of_time": [
            {"dataset": key, **_named(table, each["id"]), **each}
            for key, report in current.report["datasets"].items()
            for each in report.get("layers", {}).get(layer, {}).get("out_of_time", [])
        ],
        "shares": shares_in(current, layer, shown),
        "share_sources": entry.get("share_sources", []),
        "totals": entry.get("totals", []),
    }


def year_index(kind: str | Message, years: Sequence[int], asked: str | None) -> int | None:
    """Return the position of the year asked for, or the last; raises UnknownNameError."""
    if asked is None:
        return len(years) - 1 if years else None
    known = [str(year) for year in years]
    if asked not in known:
        raise UnknownNameError(kind, asked, known)
    return known.index(asked)


def _layer(current: Release, asked: str | None) -> str:
    known = tuple(current.ledger)
    if asked is None and known:
        return known[0]
    if asked not in known:
        raise UnknownNameError("ledger of a layer", asked or "", known)
    return asked


def _named(table: LayerTable, identifier: str) -> dict[str, str]:
    row = table.row(identifier)
    return {"id": identifier, "name": table.names[row], "kind": table.kinds[row]}


def _sums(whole: LayerTable, parent: Mapping[str, Any], at: int | None) -> Entry:
    """Return the account of one parent in a year; a difference is None where a part is unknown."""
    residents, parts, unknown, count = (
        None if at is None else parent[name][at]
        for name in ("residents", "parts_residents", "unknown", "parts")
    )
    area, parts_area = parent["area_m2"], parent["parts_area_m2"]
    difference = None
    if not unknown and residents is not None and parts is not None:
        difference = parts - residents
    return {
        "id": parent["id"],
        "name": whole.names[whole.row(parent["id"])],
        "parts": count,
        "parts_mapped": parent["parts_mapped"],
        "area_m2": area,
        "parts_area_m2": parts_area,
        "area_difference_m2": None if area is None else parts_area - area,
        "residents": residents,
        "parts_residents": parts,
        "residents_difference": difference,
        "unknown": unknown,
    }


def _totals(parents: Iterable[Mapping[str, Any]]) -> Entry:
    """Return what the parents come to; None where the figure of one is missing."""
    rows = list(parents)

    def total(name: str) -> float | None:
        found = [row[name] for row in rows]
        return None if None in found else sum(found)

    names = ("parts", "parts_mapped", "area_m2", "parts_area_m2", "area_difference_m2",
             "residents", "parts_residents", "residents_difference", "unknown")  # fmt: skip
    return {name: total(name) for name in names}


def _by_kind(current: Release, layer: str, found: Sequence[Mapping[str, Any]]) -> Iterator[Entry]:
    """Yield those without a rate by kind, in the order of the layer's kinds, and by reason."""
    for kind in current.layer_info(layer)["kinds"]:
        members = sorted(
            (each for each in found if each["kind"] == kind), key=lambda each: each["name"]
        )
        reasons = dict.fromkeys(each["reason"] for each in members)
        if members:
            yield {
                "title": choropleth.kind_title(current, layer, kind),
                "count": len(members),
                "reasons": [
                    (reason, [each for each in members if each["reason"] == reason])
                    for reason in reasons
                ],
            }


def _by_parent(table: LayerTable, found: Mapping[str, Any]) -> Iterator[Entry]:
    """Yield who polices what by the parent of the agency, parents in the order of their names."""
    for parent in sorted(found["parents"], key=lambda each: each["name"]):
        served = [
            each
            for each in found["served_by"]
            if table.parents[table.row(each["agency"])] == parent["id"]
        ]
        if served:
            served.sort(key=lambda each: (each["place_name"], each["valid_from"] or ""))
            yield {"id": parent["id"], "name": parent["name"], "served_by": served}
