"""How the residents of an agency divide between the places, and the parents, that it polices.

A place counts with its residents, or with its declared share, for the days of the year on which the
agency policed it: a city that leaves in July counts half. The shares of an agency in a year add up
to one; where they cannot be known there are none, rather than equal ones.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mapsvc.ingest.boundaries import Layer
from mapsvc.ingest.places import PlacePopulation
from mapsvc.ingest.served import ServedBy
from mapsvc.remarks import NOBODY_THERE, UNCOUNTED

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

DECLARED = "declared"
BY_RESIDENTS = "residents"
ONLY_PLACE = "only_place"


@dataclass(frozen=True, eq=False)
class Service:
    """The places of one agency that polices several, and its shares; arrays have a year a column.

    ``basis`` says for each year what the shares were worked out from: ``declared``, ``residents``,
    ``only_place`` (there is one, so it is everything), or None where there are none; ``reasons``
    then says why, unless it policed nothing.
    """

    agency: str
    places: tuple[str, ...]
    names: tuple[str, ...]
    parents: tuple[str | None, ...]
    """What each place is part of."""
    days: npt.NDArray[np.int64]
    """(places, years): on how many days of the year the agency policed it."""
    residents: Floats
    """(places, years), NaN where unknown."""
    sources: npt.NDArray[np.int32]
    """(places, years): whose figure the residents are, a code of the place population."""
    share: Floats
    """(places, years): of the agency's residents; NaN where unknown, and where not policed."""
    basis: tuple[str | None, ...]
    reasons: tuple[str | None, ...]

    def parent_shares(self) -> dict[str | None, Floats]:
        """Return the share of the agency's residents in each parent, NaN where unknown."""
        known = ~np.isnan(self.share).all(axis=0)
        return {
            parent: np.where(known, np.nansum(self.share[rows], axis=0), np.nan)
            for parent in dict.fromkeys(self.parents)
            for rows in [[row for row, each in enumerate(self.parents) if each == parent]]
        }


def services(
    layer: Layer,
    wholes: Iterable[str],
    served_by: Iterable[ServedBy],
    residents: PlacePopulation,
    years: Sequence[int],
) -> list[Service]:
    """Return the agencies of a layer that police several places in some year, sorted by id.

    ``wholes`` are the ids of the layer that this one divides.
    """
    rows: dict[str, list[ServedBy]] = {}
    for each in served_by:
        if each.layer == layer.key:
            rows.setdefault(each.agency, []).append(each)
    known, parent_of = frozenset(wholes), dict(zip(layer.ids, layer.parents, strict=True))
    found = (
        _service(agency, own, parent_of[agency], known, residents, years)
        for agency, own in sorted(rows.items())
    )
    return [each for each in found if ((each.days > 0).sum(axis=0) > 1).any()]


def days_in(valid_from: str | None, valid_to: str | None, year: int) -> int:
    """Return on how many days of a year a span of ISO dates (None: open) holds, ends included.

    >>> days_in("2013-01-05", None, 2013), days_in(None, "2012-12-31", 2013)
    (361, 0)
    """
    first = max(valid_from or "", f"{year}-01-01")
    last = min(valid_to or "9999-12-31", f"{year}-12-31")
    if first > last:
        return 0
    return (datetime.date.fromisoformat(last) - datetime.date.fromisoformat(first)).days + 1


def _service(
    agency: str,
    rows: Sequence[ServedBy],
    own_parent: str | None,
    wholes: frozenset[str],
    figures: PlacePopulation,
    years: Sequence[int],
) -> Service:
    by_place: dict[str, list[ServedBy]] = {}
    for each in rows:
        by_place.setdefault(each.place, []).append(each)
    places = tuple(by_place)
    shape = (len(places), len(years))
    days, declared = np.zeros(shape, dtype=np.int64), np.zeros(shape)
    for place, held in enumerate(by_place.values()):
        for each in held:
            spent = np.array([days_in(each.valid_from, each.valid_to, year) for year in years])
            days[place] += spent
            declared[place] += spent * (each.share or 0)
    people, sources = figures.lookup(places, years)
    states = all(each.share is not None for each in rows)
    names = tuple(held[-1].place_name for held in by_place.values())
    share = np.full(shape, np.nan)
    basis, reasons = list[str | None](), list[str | None]()
    for column in range(len(years)):
        policed = days[:, column] > 0
        weight, how = people[:, column] * days[:, column], BY_RESIDENTS
        if states:
            weight, how = declared[:, column], DECLARED
        elif policed.sum() == 1:
            weight, how = policed.astype(float), ONLY_PLACE
        why = _unknown(weight, policed, names)
        if why is None and policed.any():
            share[policed, column] = weight[policed] / weight[policed].sum()
        basis.append(how if why is None and policed.any() else None)
        reasons.append(why)
    parents = tuple(
        held[0].parent or (place if place in wholes else own_parent)
        for place, held in by_place.items()
    )
    return Service(
        agency, places, names, parents, days, people, sources, share, tuple(basis), tuple(reasons)
    )


def _unknown(weight: Floats, policed: Flags, names: Sequence[str]) -> str | None:
    """Say why there are no shares; None where there are, or where no place was policed."""
    lacking = [name for row, name in enumerate(names) if policed[row] and np.isnan(weight[row])]
    if lacking:
        return UNCOUNTED.format(places=", ".join(lacking))
    if policed.any() and not weight[policed].sum() > 0:
        return NOBODY_THERE
    return None


def sources_used(found: Iterable[Service]) -> Iterator[int]:
    """Yield each code of the place population that shares were worked out from, once, in order."""
    used = {
        int(code)
        for each in found
        for column, basis in enumerate(each.basis)
        if basis == BY_RESIDENTS
        for code in each.sources[each.days[:, column] > 0, column]
    }
    yield from sorted(used)
