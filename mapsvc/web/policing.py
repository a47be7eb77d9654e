"""Which places an agency polices in a year, and how its residents divide between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mapsvc.model import in_year
from mapsvc.release.reader import LayerTable, Release

Entry = dict[str, Any]

ONLY_PLACE = "only_place"


def policing(current: Release, layer: str, identifier: str) -> Entry | None:
    """Return the places of an agency, and its shares in the latest year of the ledger.

    None where no place of it is recorded. ``year`` is None, and so are the shares, where the ledger
    has no years. Places that it polices no more, or not yet, have ``in_year`` false and no share.
    """
    book = current.ledger.get(layer)
    rows = [each for each in book["served_by"] if each["agency"] == identifier] if book else []
    if book is None or not rows:
        return None
    year = book["years"][-1] if book["years"] else None
    table, whole = current.layer(layer), current.layer(book["of"])
    divided = next((each for each in book.get("shares", ()) if each["id"] == identifier), None)
    now = {each["place"] for each in rows if _now(each, year)}
    found = _divided(divided, book, year) if divided else _whole(rows, now)
    own = table.parents[table.row(identifier)]
    places = []
    for each in sorted(rows, key=lambda each: (each["place_name"], each["valid_from"] or "")):
        share, residents, parent = found["places"].get(each["place"], (None, None, None))
        parent = parent or (each["place"] if each["place"] in whole.index else own)
        there = _now(each, year)
        places.append(
            {
                "place": each["place"],
                "place_name": each["place_name"],
                "parent": parent,
                "parent_name": _name(whole, parent),
                "valid_from": each["valid_from"],
                "valid_to": each["valid_to"],
                "note": each["note"],
                "in_year": there,
                "residents": residents if there else None,
                "share": share if there else None,
            }
        )
    return {
        "year": year,
        "basis": found["basis"],
        "reason": found["reason"],
        "places": places,
        "parents": _parents(whole, places, found["parents"]),
        "sources": [book["share_sources"][each] for each in found["sources"]],
    }


def shares_in(current: Release, layer: str, year: int | None) -> list[Entry]:
    """Return the shares of every agency that polices several places, in a year of the ledger.

    One that polices none in that year is left out.
    """
    book = current.ledger[layer]
    table, whole = current.layer(layer), current.layer(book["of"])
    served: dict[str, set[str]] = {}
    for each in book["served_by"]:
        if _now(each, year):
            served.setdefault(each["agency"], set()).add(each["place"])
    answer = []
    for divided in book.get("shares", ()):
        agency = divided["id"]
        if year is None or agency not in served:
            continue
        found, row = _divided(divided, book, year), table.row(agency)
        answer.append(
            {
                "id": agency,
                "name": table.names[row],
                "kind": table.kinds[row],
                "basis": found["basis"],
                "reason": found["reason"],
                "places": [
                    {
                        "place": each["place"],
                        "place_name": each["place_name"],
                        "parent": each["parent"],
                        "residents": found["places"][each["place"]][1],
                        "share": found["places"][each["place"]][0],
                    }
                    for each in divided["places"]
                    if each["place"] in served[agency]
                ],
                "parents": [
                    {"id": key, "name": _name(whole, key), "share": share}
                    for key, share in found["parents"].items()
                ],
            }
        )
    return answer


def _now(each: Mapping[str, Any], year: int | None) -> bool:
    return year is None or in_year(each["valid_from"], each["valid_to"], year)


def _divided(divided: Mapping[str, Any], book: Mapping[str, Any], year: int | None) -> Entry:
    """Return basis, reason, places (share, residents, parent) and parents of one year."""
    at = None if year is None else book["years"].index(year)
    reasons = [
        span["reason"]
        for span in divided["unknown"]
        if year is not None and span["first"] <= year <= span["last"]
    ]

    def number(each: Mapping[str, Any], name: str) -> Any:
        return None if at is None else each[name][at]

    return {
        "basis": None if at is None else divided["basis"][at],
        "reason": reasons[0] if reasons else None,
        "places": {
            each["place"]: (number(each, "share"), number(each, "residents"), each["parent"])
            for each in divided["places"]
        },
        "sources": sorted(
            {
                number(each, "source")
                for each in divided["places"]
                if number(each, "source") is not None
            }
        ),
        "parents": {
            each["id"]: share
            for each in divided["parents"]
            if (share := number(each, "share")) != 0 or at is None
        },
    }


def _whole(rows: Sequence[Mapping[str, Any]], now: set[str]) -> Entry:
    """Return the same of an agency that never polices several places: one place is everything."""
    one = len(now) == 1
    return {
        "basis": ONLY_PLACE if one else None,
        "reason": None,
        "places": {each["place"]: (1 if one else None, None, None) for each in rows},
        "sources": [],
        "parents": None,
    }


def _parents(
    whole: LayerTable, places: Iterable[Mapping[str, Any]], shares: Mapping[str, Any] | None
) -> list[Entry]:
    if shares is None:
        shares = {each["parent"]: each["share"] for each in places if each["in_year"]}
    return [{"id": key, "name": _name(whole, key), "share": each} for key, each in shares.items()]


def _name(whole: LayerTable, identifier: str | None) -> str | None:
    if identifier is None or identifier not in whole.index:
        return None
    return whole.names[whole.row(identifier)]
