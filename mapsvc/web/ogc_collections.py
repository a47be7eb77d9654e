"""The collections of the OGC API: every layer, and every indicator in every layer that has it.

A layer's features are its jurisdictions. An indicator's features are its values: one for every
jurisdiction, period and group, all with the geometry of the jurisdiction. Knows no framework.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from mapsvc.language import _
from mapsvc.model import ALL, RELIABILITIES, STATUSES, Period
from mapsvc.release.reader import Release

TEXT, NUMBER, INTEGER, DATE, GEOMETRY = "text", "number", "integer", "date", "geometry"

_WORLD = (-180.0, -90.0, 180.0, 90.0)
_MARK = "~"
"""Between the parts of a feature's id. No key of a period or a group has it."""


class Field(NamedTuple):
    """A property of the features of a collection."""

    type: str
    title: str
    values: tuple[str, ...] = ()
    """All that it can be, where that is known."""


@dataclass(frozen=True)
class Collection:
    """What is told of a collection, and where its features come from."""

    id: str
    title: str
    description: str
    layer: str
    indicator: str | None
    fields: Mapping[str, Field]
    bounds: tuple[float, float, float, float]
    """West, south, east, north in degrees."""
    dates: tuple[str | None, str | None]
    """First and last day, None where there is no end."""
    periods: tuple[str, ...]
    groups: tuple[str, ...]
    default_period: str | None

    @property
    def types(self) -> dict[str, str]:
        """Type of each field, as a filter sees it."""
        return {
            name: NUMBER if field.type == INTEGER else field.type
            for name, field in self.fields.items()
        }


def collections(release: Release) -> dict[str, Collection]:
    """Return the collections of a release by id: the layers first, then indicators by layer."""
    layers = [_of_layer(info) for info in release.catalogue["layers"]]
    values = [
        _of_indicator(entry, release.layer_info(layer))
        for entry in release.catalogue["indicators"]
        for layer in entry["layers"]
    ]
    return {each.id: each for each in (*layers, *values)}


def collection_id(layer: str, indicator: str | None = None) -> str:
    """Return the id of a collection; a key has no full stop, so that no two are the same.

    >>> collection_id("counties", "arrest-rate")
    'arrest-rate.counties'
    """
    return layer if indicator is None else f"{indicator}.{layer}"


def feature_id(identifier: str, period: str, group: str) -> str:
    """Return the id of a value.

    >>> feature_id("06001", "2014", "all")
    '06001~2014~all'
    """
    return _MARK.join((identifier, period, group))


def split_feature_id(text: str) -> tuple[str, str, str] | None:
    """Return jurisdiction, period and group of a value's id; None where it is no such id."""
    parts = text.rsplit(_MARK, 2)
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else None


def days(period: str) -> tuple[str, str]:
    """Return the first and the last day of a period.

    >>> days("2010-2014")
    ('2010-01-01', '2014-12-31')
    """
    years = Period.parse(period)
    return f"{years.first}-01-01", f"{years.last}-12-31"


def _of_layer(info: Mapping[str, Any]) -> Collection:
    words = f"{info['authority']}, {info['product']}, {info['vintage']}."
    said = _("Boundaries: {words} Licence: {licence}.").format(words=words, licence=info["licence"])
    return Collection(
        id=collection_id(info["key"]),
        title=info["title"],
        description=said,
        layer=info["key"],
        indicator=None,
        fields={
            **_names(info),
            "valid_from": Field(DATE, _("First day")),
            "valid_to": Field(DATE, _("Last day")),
            "lon": Field(NUMBER, _("Longitude of the label, degrees")),
            "lat": Field(NUMBER, _("Latitude of the label, degrees")),
            "area_m2": Field(NUMBER, _("Area in square metres, on the ellipsoid")),
        },
        bounds=_bounds(info),
        dates=(info["valid_from"], info["valid_to"]),
        periods=(),
        groups=(),
        default_period=None,
    )


def _of_indicator(entry: Mapping[str, Any], info: Mapping[str, Any]) -> Collection:
    periods = tuple(entry["periods"])
    groups = tuple(item["key"] for item in entry["groups"])
    spans = [days(period) for period in periods]
    return Collection(
        id=collection_id(info["key"], entry["slug"]),
        title=f"{entry['title']}: {info['title'].lower()}",
        description=_sentences(
            entry["description"],
            _("Unit: {unit}.").format(unit=entry["unit"]),
            _default(entry),
        ),
        layer=info["key"],
        indicator=entry["slug"],
        fields={
            **_names(info),
            "period": Field(TEXT, _("Year, or years taken together"), periods),
            "start": Field(DATE, _("First day of the period")),
            "end": Field(DATE, _("Last day of the period")),
            "group": Field(TEXT, _("Who is counted"), groups),
            "numerator": Field(NUMBER, _("Number of {noun}").format(noun=entry["noun"])),
            "denominator": Field(NUMBER, entry["denominator_title"] or _("Denominator")),
            "value": Field(NUMBER, entry["unit"]),
            "lower": Field(NUMBER, _("Lower end of the interval of the value")),
            "upper": Field(NUMBER, _("Upper end of the interval of the value")),
            "status": Field(
                TEXT, _("Why a value is there, or is not"), tuple(str(word) for word in STATUSES)
            ),
            "reliability": Field(
                TEXT,
                _("How far the value can be trusted"),
                tuple(str(word) for word in RELIABILITIES),
            ),
            "class": Field(INTEGER, _("Class on the map, from 0")),
            "denominator_source": Field(TEXT, _("Whose figure the denominator is")),
            "note": Field(TEXT, _("What more there is to say")),
        },
        bounds=_bounds(info),
        dates=(min(first for first, _last in spans), max(last for _first, last in spans)),
        periods=periods,
        groups=groups,
        default_period=entry["default_period"],
    )


def _names(info: Mapping[str, Any]) -> dict[str, Field]:
    return {
        "id": Field(TEXT, _("Identifier ({scheme})").format(scheme=info["id_scheme"].upper())),
        "name": Field(TEXT, _("Name")),
        "kind": Field(
            TEXT, _("Kind of {place}").format(place=info["singular"]), tuple(info["kinds"])
        ),
        "parent": Field(TEXT, _("Identifier of what it is a part of")),
    }


def _bounds(info: Mapping[str, Any]) -> tuple[float, float, float, float]:
    west, south, east, north = info["bounds"] or _WORLD
    return west, south, east, north


def _default(entry: Mapping[str, Any]) -> str:
    default = entry["default_period"]
    said = _("A request that names no time gives {period}.")
    if len(entry["groups"]) > 1:
        said = _(
            "A request that names no time and no group gives {period} and everyone (group all)."
        )
    return said.format(period=default)


def _sentences(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def default_groups(collection: Collection) -> Sequence[str]:
    """Return the group of a request that names none."""
    return [ALL] if ALL in collection.groups else list(collection.groups[:1])
