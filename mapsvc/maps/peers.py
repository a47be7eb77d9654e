"""Places of similar population: those whose denominator is nearest, by ratio."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mapsvc.language import DEFAULT, _
from mapsvc.maps import text
from mapsvc.maps.choropleth import kind_title
from mapsvc.model import ALL
from mapsvc.release.reader import LayerTable, Release

MOST = 5
RESIDENTS = "Residents"
_FEWEST_OF_A_KIND = 3
"""Others of the same kind below which peers are of any kind."""


@dataclass(frozen=True)
class Peer:
    """A place of similar population."""

    id: str
    name: str
    kind: str
    size: float
    """Its denominator."""


@dataclass(frozen=True)
class Peers:
    """The places nearest in size to one, the nearest first."""

    what: str
    """What is counted, such as ``Residents``."""
    period: str
    size: float
    """Of the place itself."""
    kind: str | None
    """The kind that all are of; None where they are of any."""
    places: tuple[Peer, ...]
    rule: str
    """How they are found, in a sentence."""


def peers(
    release: Release, layer: str, row: int, indicator: str | None = None, most: int = MOST
) -> Peers | None:
    """Return the places nearest in size to one; None where its size is not known.

    The size is the newest denominator of the indicator, or the newest number of residents that any
    indicator divides by. Twice as many is as far as half as many. The peers are of the same kind
    where there are three more of it. Raises UnknownNameError for what the release does not have.
    """
    found = _newest(release, layer, row, indicator)
    if found is None:
        return None
    what, slug, period = found
    table = release.layer(layer)
    sizes = release.values(layer, slug, period).denominator
    known = np.array([size > 0 for size in sizes], dtype=bool)
    known[row] = False
    kind: str | None = table.kinds[row]
    alike = known & np.array([each == kind for each in table.kinds], dtype=bool)
    if int(alike.sum()) < _FEWEST_OF_A_KIND:
        kind, alike = None, known
    distance = {at: abs(math.log(sizes[at] / sizes[row])) for at in np.flatnonzero(alike)}
    nearest = sorted(distance, key=lambda at: (distance[at], table.names[at], table.ids[at]))[:most]
    places = tuple(
        Peer(
            table.ids[at],
            table.names[at],
            kind_title(release, layer, table.kinds[at]),
            float(sizes[at]),
        )
        for at in nearest
    )
    if not places:
        return None
    title = kind_title(release, layer, kind) if kind else None
    return Peers(
        what, period, float(sizes[row]), title, places, _rule(release, layer, what, period, title)
    )


def residents(release: Release, table: LayerTable, row: int) -> dict[str, Any] | None:
    """Return the newest number of residents that an indicator divided by, with its source."""
    best: dict[str, Any] | None = None
    # What residents are called is asked in the language that the sources are in.
    for entry in release.in_language(DEFAULT).catalogue["indicators"]:
        named = entry["layers"].get(table.key, {}).get("denominators")
        for period in named or ():
            source = named[period].get(ALL)
            if "-" in period or not source or source["title"] != RESIDENTS:
                continue
            if best and period <= best["period"]:
                continue
            found = release.values(table.key, entry["slug"], period)
            if found.denominator[row] > 0:
                best = {
                    "count": found.denominator[row],
                    "period": period,
                    "source": found.source[row],
                }
    return best


def _newest(
    release: Release, layer: str, row: int, indicator: str | None
) -> tuple[str, str, str] | None:
    """Return what a place's size is, and the indicator and period that have it."""
    slugs = [indicator] if indicator else release.indicator_slugs
    best: tuple[str, str, str] | None = None
    for slug in slugs:
        named = _denominators(release, slug, layer)
        # What residents are called is asked in the language that the sources are in.
        plain = _denominators(release.in_language(DEFAULT), slug, layer)
        for period, groups in named.items():
            title = (groups.get(ALL) or {}).get("title")
            called = (plain[period].get(ALL) or {}).get("title")
            if "-" in period or title is None or not (indicator or called == RESIDENTS):
                continue
            if best and period <= best[2]:
                continue
            if release.values(layer, slug, period).denominator[row] > 0:
                best = title, slug, period
    return best


def _denominators(release: Release, indicator: str, layer: str) -> Mapping[str, Any]:
    entry: Mapping[str, Any] = release.indicator(indicator)
    return entry["layers"].get(layer, {}).get("denominators") or {}


def _rule(release: Release, layer: str, what: str, period: str, kind: str | None) -> str:
    info = release.layer_info(layer)
    among = f"{info['title'][:1].lower()}{info['title'][1:]}"
    said = _(
        "Of all {places}, those whose number of {counted} in {period} is nearest by ratio: "
        "twice as many is as far away as half as many."
    )
    if kind and len(info["kinds"]) > 1:
        said = _(
            "Of all {places} of the same kind ({kind}), those whose number of {counted} in "
            "{period} is nearest by ratio: twice as many is as far away as half as many."
        )
    counted = f"{what[:1].lower()}{what[1:]}"
    return said.format(places=among, kind=kind, counted=counted, period=text.period(period))
