"""What the page of a jurisdiction says: its residents, what it is part of, what lies in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mapsvc.maps import choropleth
from mapsvc.model import ALL
from mapsvc.release.reader import LayerTable, Release


def residents(current: Release, table: LayerTable, row: int) -> dict[str, Any] | None:
    """Return the newest number of residents that an indicator divided by, with its source."""
    best: dict[str, Any] | None = None
    for entry in current.catalogue["indicators"]:
        named = entry["layers"].get(table.key, {}).get("denominators")
        for period in named or ():
            source = named[period].get(ALL)
            if "-" in period or not source or source["title"] != "Residents":
                continue
            if best and period <= best["period"]:
                continue
            found = current.values(table.key, entry["slug"], period)
            if found.denominator[row] > 0:
                best = {
                    "count": found.denominator[row],
                    "period": period,
                    "source": found.source[row],
                }
    return best


def parent(
    current: Release, info: Mapping[str, Any], identifier: str | None
) -> dict[str, str] | None:
    """Return the jurisdiction that one is part of; None where there is none."""
    layer = info["partition_of"]
    if not layer or not identifier or identifier not in current.layer(layer).index:
        return None
    table = current.layer(layer)
    return {
        "layer": layer,
        "id": identifier,
        "name": table.names[table.row(identifier)],
        "singular": current.layer_info(layer)["singular"],
    }


def parts(current: Release, layer: str, identifier: str) -> list[dict[str, Any]]:
    """Return the jurisdictions that lie in this one, by layer and kind."""
    found: list[dict[str, Any]] = []
    for info in current.catalogue["layers"]:
        if info["partition_of"] != layer:
            continue
        table = current.layer(info["key"])
        rows = [row for row, parent in enumerate(table.parents) if parent == identifier]
        for kind in dict.fromkeys(table.kinds[row] for row in rows):
            members = sorted(
                (table.names[row], table.ids[row]) for row in rows if table.kinds[row] == kind
            )
            title = choropleth.kind_title(current, info["key"], kind)
            found.append({"layer": info["key"], "title": title, "members": members})
    return found
