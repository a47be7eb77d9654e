"""The tiles themselves: a layer's own as its archive has them, an indicator's spliced.

The geometry of a tile is parsed once, the attributes of an indicator are encoded once, and the two
are put together when they are asked for. Knows no request: ``mapsvc.web.front`` sends.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

import numpy as np

from mapsvc.errors import UnknownNameError
from mapsvc.language import Message
from mapsvc.model import ALL, RELIABILITIES, STATUSES, Status
from mapsvc.release.reader import Release, ValueSlice
from mapsvc.tiles.attributes import Attributes, Column
from mapsvc.tiles.mvt import TileTemplate
from mapsvc.web.cache import ByteCache
from mapsvc.web.coding import Coded
from mapsvc.web.errors import HttpError, problem

MVT = "application/vnd.mapbox-vector-tile"
CONTEXT = "context"
EVERY_YEAR = "all"
"""The period whose tiles have a column a year."""

_CANONICAL = re.compile(r"0|[1-9][0-9]{0,9}")


class View(NamedTuple):
    """Whose tiles: a layer's geometry alone, or with the columns of an indicator."""

    layer: str
    indicator: str = ""
    """Empty for the geometry alone."""
    period: str = ""
    group: str = ALL
    denominator: str = ""
    """The key of another than the indicator's own."""


class Tiles:
    """Makes tiles of releases; one instance serves all threads of a process.

    ``budget`` is the bytes of parsed geometry and encoded attributes that it keeps.
    """

    def __init__(self, budget: int) -> None:
        self._templates: ByteCache[tuple[Any, ...], TileTemplate] = ByteCache(budget // 2)
        self._attributes: ByteCache[tuple[Any, ...], Attributes] = ByteCache(budget // 2)

    def tile(self, release: Release, view: View, z: int, x: int, y: int) -> Coded | None:
        """Return a tile, None where it is empty; raises what makes the address wrong."""
        _check_range(release, view.layer, z, x, y)
        if not view.indicator:
            stored = release.archive(view.layer).get(z, x, y)
            return None if stored is None else Coded(stored, "gzip")
        attributes = self._attributes_of(release, view)
        template = self._template(release, view.layer, z, x, y)
        if template is None:
            return None
        return Coded(template.splice(valued_layers(release, view), attributes))

    def _template(
        self, release: Release, layer: str, z: int, x: int, y: int
    ) -> TileTemplate | None:
        key = (release.id, layer, z, x, y)
        template = self._templates.get(key)
        if template is None:
            stored = release.archive(layer).get(z, x, y)
            if stored is None:
                return None
            raw = gzip.decompress(stored)
            template = TileTemplate.parse(raw)
            # Parsed, a tile takes its bytes twice: as it stands, and cut into features.
            self._templates.put(key, template, 2 * len(raw))
        return template

    def _attributes_of(self, release: Release, view: View) -> Attributes:
        key = (release.id, view)
        found = self._attributes.get(key)
        if found is None:
            found = Attributes.of(release.layer(view.layer).fids, columns(release, view))
            size = found.codes.nbytes + found.fids.nbytes + 100 * len(found)
            self._attributes.put(key, found, size)
        return found


def columns(release: Release, view: View) -> list[Column]:
    """Return the columns of an indicator's tiles: of a period, or of every year.

    Raises UnknownNameError for an indicator, layer, period or group that does not exist.
    """
    if not view.indicator:
        return []
    if view.period == EVERY_YEAR:
        return yearly_columns(release, view)
    try:
        found = values(release, view)
    except UnknownNameError as error:
        if error.name != view.period:
            raise
        raise UnknownNameError(error.kind, error.name, [*error.known, EVERY_YEAR]) from None
    return value_columns(found)


def valued_layers(release: Release, view: View) -> tuple[str, ...]:
    """Return the source layers that have an indicator's values.

    Those of a count stand at its label points too, so that a client can draw a circle there as
    large as the count; a rate is drawn on the area, and its tiles stay as small as they can be.
    """
    count = release.indicator(view.indicator, view.denominator)["per"] is None
    return (view.layer, f"{view.layer}-labels") if count else (view.layer,)


def number(text: str) -> int:
    """Read a zoom, a column or a row; raises HttpError unless it is written the one way."""
    if not _CANONICAL.fullmatch(text):
        detail = "Zoom, column and row are whole numbers without sign or leading zero."
        raise HttpError(problem(HTTPStatus.NOT_FOUND, detail))
    return int(text)


def values(release: Release, view: View) -> ValueSlice:
    """Return what is published of a view; raises UnknownNameError for what does not exist."""
    return release.values(view.layer, view.indicator, view.period, view.group, view.denominator)


def value_columns(values: ValueSlice) -> list[Column]:
    """Return the attributes of a layer's features in one period; what is null is absent."""
    numbers = {
        "value": values.value,
        "numerator": values.numerator,
        "denominator": values.denominator,
        "lower": values.lower,
        "upper": values.upper,
    }
    columns = [Column(name, "double", array, np.isfinite(array)) for name, array in numbers.items()]
    return [*columns, *_words(values), _class(values)]


YEARLY = ("value", "status", "reliability", "class")
"""What a tile of every year has of each; all that is published would make it ten times as heavy."""


def yearly_columns(release: Release, view: View) -> list[Column]:
    """Return ``value_2014``, ``status_2014`` and so on for every year of an indicator.

    Raises UnknownNameError for an indicator, layer or group that does not exist.
    """
    listed = []
    for year in years(release, view.indicator):
        found = values(release, view._replace(period=year))
        known = np.isfinite(found.value)
        made = [Column("value", "double", found.value, known), *_words(found), _class(found)]
        listed += [
            Column(f"{each.name}_{year}", each.kind, each.values, each.valid, each.categories)
            for each in made
        ]
    return listed


def years(release: Release, indicator: str) -> Iterator[str]:
    """Yield the periods of an indicator that are one year."""
    yield from (period for period in release.indicator(indicator)["periods"] if "-" not in period)


def _words(values: ValueSlice) -> list[Column]:
    coded = {
        "status": (values.status, STATUSES),
        "reliability": (values.reliability, RELIABILITIES),
    }
    return [
        Column(name, "string", codes, codes >= 0, tuple(str(word) for word in named))
        for name, (codes, named) in coded.items()
    ]


def _class(values: ValueSlice) -> Column:
    classed = (values.klass >= 0) & (values.status == STATUSES.index(Status.OK))
    return Column("class", "integer", values.klass, classed)


def zooms(release: Release, layer: str) -> Mapping[str, Any]:
    """Return the catalogue's entry of a layer or of the context; raises UnknownNameError."""
    context = release.catalogue["context"]
    if layer == CONTEXT and context:
        found: Mapping[str, Any] = context
        return found
    try:
        return release.layer_info(layer)
    except UnknownNameError as error:
        known = [*error.known, *([CONTEXT] if context else [])]
        raise UnknownNameError(error.kind, error.name, known) from None


def _check_range(release: Release, layer: str, z: int, x: int, y: int) -> None:
    info = zooms(release, layer)
    least, most = info["min_zoom"], info["max_zoom"]
    if not least <= z <= most:
        detail = Message(
            "{layer} has tiles for zooms {least} to {most}, not {z}.",
            layer=layer,
            least=least,
            most=most,
            z=z,
        )
        raise HttpError(problem(HTTPStatus.NOT_FOUND, detail))
    last = (1 << z) - 1
    if x > last or y > last:
        detail = Message("At zoom {z} columns and rows go from 0 to {last}.", z=z, last=last)
        raise HttpError(problem(HTTPStatus.NOT_FOUND, detail))
