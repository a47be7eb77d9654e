"""An indicator divided by another denominator: its files, and its entry in the catalogue.

A key is the name of a denominator in addresses; the empty one stands for the indicator's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mapsvc.errors import UnknownNameError
from mapsvc.language import Message
from mapsvc.model import Period

Entry = Mapping[str, Any]

_OWN = ("unit", "per", "description", "method")
"""What each denominator has of its own."""


def values_name(layer: str, slug: str, denominator: str = "") -> str:
    """Return the path of a values file within a release.

    >>> values_name("counties", "arrest-rate"), values_name("counties", "arrest-rate", "publisher")
    ('values/counties/arrest-rate.parquet', 'values/counties/arrest-rate@publisher.parquet')
    """
    return f"values/{layer}/{slug}{denominator and '@'}{denominator}.parquet"


def alternatives(entry: Entry) -> Sequence[Entry]:
    """Return the other denominators of a catalogue entry, each with key, title and its words."""
    # Releases from before there was a choice have none.
    found: Sequence[Entry] = entry.get("alternatives", ())
    return found


def chosen(entry: Entry, denominator: str) -> str:
    """Return the key of a denominator, empty for the indicator's own; raises UnknownNameError."""
    others = [each["key"] for each in alternatives(entry)]
    if not denominator or denominator == entry.get("denominator_key"):
        return ""
    if denominator not in others:
        own = entry.get("denominator_key")
        known = [own, *others] if own else others
        kind = Message("denominator of {indicator}", indicator=entry["slug"])
        raise UnknownNameError(kind, denominator, known)
    return denominator


def divided_by(entry: Entry, denominator: str) -> Entry:
    """Return a catalogue entry with another denominator in place of its own, among the others.

    Raises UnknownNameError.
    """
    key = chosen(entry, denominator)
    if not key:
        return entry
    own = {
        "key": entry["denominator_key"],
        "title": entry["denominator_title"],
        **{name: entry[name] for name in _OWN},
    }
    others = {each["key"]: each for each in alternatives(entry)}
    other = others.pop(key)
    return {
        **entry,
        "denominator_key": key,
        "denominator_title": other["title"],
        **{name: other[name] for name in _OWN},
        "alternatives": [own, *others.values()],
        "layers": {layer: placed["alternatives"][key] for layer, placed in entry["layers"].items()},
    }


def known_periods(entry: Entry, layer: str, group: str) -> tuple[str, ...]:
    """Return the periods for which an entry's denominator has any figure of a group.

    A pooled period needs figures of each of its years.
    """
    named = entry["layers"][layer]["denominators"] or {}
    has = {period for period in entry["periods"] if (named.get(period) or {}).get(group)}
    lacks = set(entry["periods"]) - has
    return tuple(
        period
        for period in entry["periods"]
        if period in has and lacks.isdisjoint(map(str, Period.parse(period).years))
    )


def title_of(entry: Entry, layer: str, period: str, group: str) -> str | None:
    """Return what an entry divides a group by; None for a count.

    Where the period has no figure, it is what other periods divide the group by.
    """
    named = entry["layers"][layer]["denominators"] or {}
    listed = [period, *(each for each in entry["periods"] if each != period)]
    sources = ((named.get(each) or {}).get(group) for each in listed)
    title: str | None = next((each["title"] for each in sources if each), None)
    return title or entry["denominator_title"]


def instead(known: Sequence[str], period: str) -> str | None:
    """Return the period with figures to look at in place of one without: the nearest as long.

    None where the period has figures itself, or none has.

    >>> instead(["2005", "2014", "2010-2014"], "2024")
    '2014'
    """
    if period in known or not known:
        return None
    wanted = Period.parse(period)

    def distance(text: str) -> tuple[int, int]:
        this = Period.parse(text)
        return abs(len(this.years) - len(wanted.years)), abs(this.last - wanted.last)

    return min(known, key=distance)
