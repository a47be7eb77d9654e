"""Which features a request of the OGC API asks for, and what they say. Knows no framework.

Geometry stays the text that the layer keeps: a shape is made only where a box or a filter cuts
through its bounds, one at a time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from mapsvc.model import RELIABILITIES, STATUSES
from mapsvc.release.reader import LayerTable, Release, ValueSlice
from mapsvc.web import crs
from mapsvc.web.answers import dumps
from mapsvc.web.cql2 import Filter
from mapsvc.web.ogc_collections import (
    INTEGER,
    NUMBER,
    Collection,
    days,
    default_groups,
    feature_id,
)
from mapsvc.web.predicates import Column, Mask, Truth

_COUNTS = ("numerator", "denominator")
_RATES = ("value", "lower", "upper")
_TIMES = frozenset({"period", "start", "end"})


@dataclass(frozen=True)
class Query:
    """What a request selects: everything that it leaves out is None or empty."""

    equal: Mapping[str, str | float] = field(default_factory=dict)
    """Values that properties must have."""
    span: tuple[str, str] | None = None
    """First and last day."""
    box: shapely.Geometry | None = None
    """In longitude and latitude."""
    filter: Filter | None = None


class Places:
    """The shapes of a layer, asked for by where they are."""

    def __init__(self, table: LayerTable) -> None:
        self._table = table
        self._answers: dict[int, tuple[shapely.Geometry, Truth]] = {}

    def intersects(self, shape: shapely.Geometry) -> Truth:
        """Tell which jurisdictions share a point with ``shape``; unknown where they have none."""
        kept = self._answers.get(id(shape))
        if kept is None:
            # The shape is kept too: its id is its own as long as it lives.
            kept = self._answers[id(shape)] = (shape, self._asked(shape))
        return kept[1]

    def _asked(self, shape: shapely.Geometry) -> Truth:
        west, south, east, north = self._table.bounds.T
        there = np.isfinite(west)
        left, bottom, right, top = shapely.bounds(shape)
        near = there & (west <= right) & (east >= left) & (south <= top) & (north >= bottom)
        yes = np.zeros(len(there), dtype=np.bool_)
        shapely.prepare(shape)
        boxes = shapely.box(*self._table.bounds[near].T)
        yes[near] = shapely.covers(shape, boxes)
        for row in np.flatnonzero(near & ~yes):
            yes[row] = shapely.intersects(
                shape, shapely.from_geojson(self._table.geojson[int(row)])
            )
        return Truth(yes, there & ~yes)


class Slice:
    """The features of a collection in one period and group, in the order of the layer's ids."""

    def __init__(
        self, release: Release, collection: Collection, places: Places, period: str, group: str
    ) -> None:
        self.table = release.layer(collection.layer)
        self.size = len(self.table.ids)
        self._collection = collection
        self._places = places
        self._period, self._group = period, group
        self._found: ValueSlice | None = None
        if collection.indicator is not None:
            self._found = release.values(collection.layer, collection.indicator, period, group)
        self._lists: dict[str, Sequence[Any]] = {}

    def id(self, row: int) -> str:
        """Return the id of a feature in its collection."""
        identifier = self.table.ids[row]
        if self._found is None:
            return identifier
        return feature_id(identifier, self._period, self._group)

    def properties(self, row: int) -> dict[str, Any]:
        """Return what a feature says; what is missing is None."""
        return {name: self.list(name)[row] for name in self._collection.fields}

    def intersects(self, shape: shapely.Geometry) -> Truth:
        return self._places.intersects(shape)

    def column(self, name: str) -> Column:
        """Return a property of every feature, ``geometry`` as whether there is one."""
        if name == "geometry":
            there = np.isfinite(self.table.bounds[:, 0])
            return Column(there, there)
        listed = self.list(name)
        known = np.array([item is not None for item in listed], dtype=np.bool_)
        if self._collection.fields[name].type in (NUMBER, INTEGER):
            return Column(np.array(listed, dtype=np.float64), known)
        values = np.empty(len(listed), dtype=object)
        values[:] = listed
        return Column(values, known)

    def list(self, name: str) -> Sequence[Any]:
        """Return a property of every feature as JSON has it."""
        if name not in self._lists:
            self._lists[name] = self._listed(name)
        return self._lists[name]

    def _listed(self, name: str) -> Sequence[Any]:
        table, found = self.table, self._found
        named = {"id": "ids", "name": "names", "kind": "kinds", "parent": "parents"}
        if name in named:
            listed: Sequence[Any] = getattr(table, named[name])
            return listed
        if found is None:
            own = getattr(table, name)
            return own if isinstance(own, tuple) else _numbers(own)
        if name in ("period", "group", "start", "end"):
            start, end = days(self._period)
            one = {"period": self._period, "group": self._group, "start": start, "end": end}
            return [one[name]] * self.size
        if name in _COUNTS:
            return [
                int(number) if number is not None and number.is_integer() else number
                for number in _numbers(getattr(found, name))
            ]
        if name in _RATES:
            return _numbers(getattr(found, name))
        if name == "status":
            return [str(STATUSES[code]) for code in found.status]
        if name == "reliability":
            return [None if code < 0 else str(RELIABILITIES[code]) for code in found.reliability]
        if name == "class":
            return [None if code < 0 else code for code in found.klass.tolist()]
        return found.source if name == "denominator_source" else found.note


class Selected(NamedTuple):
    """Features of one slice."""

    slice: Slice
    rows: npt.NDArray[np.intp]


def select(release: Release, collection: Collection, query: Query) -> list[Selected]:
    """Return the features that a request asks for, by period, group and id.

    A request that says nothing of time or of groups gets the default period and group.
    """
    places = Places(release.layer(collection.layer))
    return [
        Selected(each, np.flatnonzero(_mask(each, collection, query)))
        for period, group in _slices(collection, query)
        for each in [Slice(release, collection, places, period, group)]
    ]


def page(selected: Sequence[Selected], offset: int, limit: int) -> Iterator[tuple[Slice, int]]:
    """Yield ``limit`` of the features after the first ``offset``."""
    for each, rows in selected:
        for row in rows[offset : offset + limit].tolist():
            yield each, row
        limit -= max(0, min(len(rows) - offset, limit))
        offset = max(0, offset - len(rows))


def written(each: Slice, row: int, reference: crs.Reference) -> str:
    """Return a feature as GeoJSON text."""
    geometry = crs.geojson_in(each.table.geojson[row], reference)
    return (
        f'{{"type":"Feature","id":{dumps(each.id(row))},"geometry":{geometry},'
        f'"properties":{dumps(each.properties(row))}}}'
    )


def _slices(collection: Collection, query: Query) -> list[tuple[str, str]]:
    if collection.indicator is None:
        return [("", "")]
    named = {*query.equal, *(query.filter.fields if query.filter else ())}
    periods: Sequence[str] = collection.periods
    if query.span is not None:
        first, last = query.span
        periods = [each for each in periods if days(each)[0] <= last and days(each)[1] >= first]
    elif not named & _TIMES:
        periods = [str(collection.default_period)]
    groups: Sequence[str] = collection.groups
    if "group" not in named:
        groups = default_groups(collection)
    return [
        (period, group)
        for period in periods
        for group in groups
        if query.equal.get("period", period) == period and query.equal.get("group", group) == group
    ]


def _mask(each: Slice, collection: Collection, query: Query) -> Mask:
    mask = np.ones(each.size, dtype=np.bool_)
    for name, value in query.equal.items():
        column = each.column(name)
        mask &= column.known & (column.values == value)
    if query.span is not None and collection.indicator is None:
        first, last = query.span
        lists = zip(each.list("valid_from"), each.list("valid_to"), strict=True)
        mask &= np.array(
            [(start or "") <= last and (end or "9999-12-31") >= first for start, end in lists],
            dtype=np.bool_,
        )
    if query.box is not None:
        # What has no geometry matches every box: requirement fc-bbox-response, C.
        mask &= ~each.intersects(query.box).no
    if query.filter is not None:
        mask &= query.filter.test(each).yes
    return mask


def _numbers(array: npt.NDArray[Any]) -> list[float | None]:
    return [number if math.isfinite(number) else None for number in array.tolist()]
