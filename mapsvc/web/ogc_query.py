"""The parameters of a request for features, read and checked. Knows no framework."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from mapsvc.errors import BadParameterError
from mapsvc.language import N_, Message
from mapsvc.web import cql2, crs
from mapsvc.web.ogc_collections import DATE, GEOMETRY, INTEGER, NUMBER, Collection
from mapsvc.web.ogc_select import Query

DEFAULT_LIMIT = 100
MOST = 1000
"""Features of a page, whatever the request says: a page is some megabytes at most."""

FIXED = (
    "f", "limit", "offset", "bbox", "bbox-crs", "datetime", "crs", "filter", "filter-lang",
    "filter-crs",
)  # fmt: skip
"""Parameters that every collection takes, beside its own properties."""

FILTER_LANGUAGE = "cql2-text"

_WHOLE = re.compile(r"[0-9]{1,9}")
_NUMBER = re.compile(
    r"[+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,3})?"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,12})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_OPEN = ("", "..")
_INSTANT = N_("a date or time like 2014-01-01 or 2014-01-01T00:00:00Z (RFC 3339), or two with /")


class Asked(NamedTuple):
    """A request for features: what it selects, which of that, and in which axes."""

    query: Query
    limit: int
    offset: int
    reference: crs.Reference


def read(given: Mapping[str, str], collection: Collection) -> Asked:
    """Return what the parameters ask for; raises BadParameterError and FilterError.

    ``given`` has no names beside ``FIXED`` and the collection's properties.
    """
    limit = _whole("limit", given.get("limit", str(DEFAULT_LIMIT)), 1)
    offset = _whole("offset", given.get("offset", "0"), 0)
    return Asked(selection(given, collection), min(limit, MOST), offset, reference(given, "crs"))


def selection(given: Mapping[str, str], collection: Collection) -> Query:
    """Return what the parameters select."""
    box = None
    if "bbox" in given:
        box = _box(given["bbox"], reference(given, "bbox-crs"))
    else:
        reference(given, "bbox-crs")
    language = given.get("filter-lang", FILTER_LANGUAGE)
    if language != FILTER_LANGUAGE:
        raise BadParameterError("filter-lang", language, FILTER_LANGUAGE)
    axes = reference(given, "filter-crs")
    asked = None
    if "filter" in given:
        asked = cql2.parse(given["filter"], {**collection.types, "geometry": GEOMETRY}, axes)
    return Query(
        equal={
            name: _value(name, given[name], collection)
            for name in collection.fields
            if name in given
        },
        span=span(given["datetime"]) if "datetime" in given else None,
        box=box,
        filter=asked,
    )


def reference(given: Mapping[str, str], name: str) -> crs.Reference:
    """Return the reference system that a parameter names, CRS84 where it is not given."""
    uri = given.get(name, crs.CRS84)
    found = crs.REFERENCES.get(uri)
    if found is None:
        raise BadParameterError(
            name, uri, Message("one of {names}", names=", ".join(crs.REFERENCES))
        )
    return found


def span(text: str) -> tuple[str, str]:
    """Return the first and the last day (UTC) of an instant or an interval of RFC 3339.

    >>> span("2014-06-30T18:00:00-07:00/..")
    ('2014-07-01', '9999-12-31')
    """
    start, slash, end = text.partition("/")
    if not slash:
        day = _day(start, text)
        return day, day
    first = "0001-01-01" if start in _OPEN else _day(start, text)
    last = "9999-12-31" if end in _OPEN else _day(end, text)
    if first > last:
        raise BadParameterError("datetime", text, "the earlier time first")
    return first, last


def _day(text: str, whole: str) -> str:
    text = text.upper()
    if not (_DATE.fullmatch(text) or _TIME.fullmatch(text)):
        raise BadParameterError("datetime", whole, _INSTANT)
    try:
        found = datetime.fromisoformat(text)
        return (found.astimezone(UTC) if found.tzinfo else found).date().isoformat()
    except (ValueError, OverflowError):
        raise BadParameterError("datetime", whole, _INSTANT) from None


def _box(text: str, axes: crs.Reference) -> crs.Shape:
    items = text.split(",")
    expected = N_("four or six numbers with commas, the lower corner first")
    if len(items) not in (4, 6) or not all(_NUMBER.fullmatch(item.strip()) for item in items):
        raise BadParameterError("bbox", text, expected)
    try:
        return crs.box([float(item) for item in items], axes)
    except ValueError:
        raise BadParameterError("bbox", text, expected) from None


def _value(name: str, text: str, collection: Collection) -> str | float:
    field = collection.fields[name]
    if field.values and text not in field.values:
        raise BadParameterError(
            name, text, Message("one of {names}", names=", ".join(field.values))
        )
    if field.type in (NUMBER, INTEGER):
        if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
            raise BadParameterError(name, text, "a number")
        return float(text)
    if field.type == DATE and not _DATE.fullmatch(text):
        raise BadParameterError(name, text, "a date like 2014-01-01")
    return text


def _whole(name: str, text: str, least: int) -> int:
    if not _WHOLE.fullmatch(text) or int(text) < least:
        raise BadParameterError(name, text, Message("a whole number from {least}", least=least))
    return int(text)
