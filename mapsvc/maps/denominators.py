"""Which conclusions depend on what is divided by: each place with one denominator and another.

A conclusion is what a page says of a place beyond its number: how it stands beside the others, how
it moved since the period before, its class on the map. (How far a rate can be trusted rests on its
events alone.) Only rates that a map would show are held together; a place without a figure of one
denominator is counted apart. Classes are compared where the two rates are of one unit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mapsvc.maps import method, text
from mapsvc.model import ALL, RELIABILITIES, STATUSES, Period, Reliability, Status
from mapsvc.release.alternatives import alternatives, instead, known_periods, title_of
from mapsvc.release.reader import Release, ValueSlice
from mapsvc.statistics.comparison import TRENDS, VERDICTS, crossed
from mapsvc.statistics.sensitivity import beside_rest, differing, trends

Codes = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]

CODE_OK = STATUSES.index(Status.OK)
CODE_UNRELIABLE = RELIABILITIES.index(Reliability.UNRELIABLE)

BESIDE, TREND, CLASS = "beside", "trend", "class"

_BESIDE: Mapping[str, str] = {
    "higher": "Higher than the others.",
    "lower": "Lower than the others.",
    "not_distinguishable": "Not distinguishable from the others.",
}


@dataclass(frozen=True)
class Conclusion:
    """What is said of one place; None where nothing is."""

    value: float
    beside: str | None
    """Of ``VERDICTS``: the place beside all others together."""
    trend: str | None
    """Of ``TRENDS``: since the period before."""
    klass: int | None
    said: str
    """Those in words that the other denominator changes."""


@dataclass(frozen=True)
class Change:
    """A place of which another denominator says something else."""

    id: str
    name: str
    own: Conclusion
    other: Conclusion
    differs: tuple[str, ...]
    """Of ``beside``, ``trend`` and ``class``."""


@dataclass(frozen=True)
class Effect:
    """What another denominator changes in one layer, period and group."""

    key: str
    title: str
    own_title: str
    unit: str
    compared: int
    """Places with a rate that is shown whichever of the two divides."""
    without: tuple[str, ...]
    """Ids of those with a rate that have none with the other denominator."""
    gained: tuple[str, ...]
    """Ids of those that have a rate only with the other denominator."""
    since: str | None
    """The period before, whose rates the trends are from; None where there is none."""
    periods: tuple[str, ...]
    """Those in which the other denominator has figures for the group."""
    instead: str | None
    """Of these the nearest, where this period is none of them."""
    changes: tuple[Change, ...]
    sentence: str


@dataclass(frozen=True)
class _Side:
    """Everything concluded with one denominator; arrays of one entry a jurisdiction."""

    column: ValueSlice
    shown: Flags
    beside: Codes
    trend: Codes
    klass: Codes


def effects(
    release: Release, layer: str, slug: str, period: str, group: str = ALL, denominator: str = ""
) -> list[Effect]:
    """Return what each other denominator changes beside the indicator's own, or only one of them.

    An indicator without a choice has none. Raises UnknownNameError for a name that does not exist.
    """
    release.values(layer, slug, period, group, denominator)
    entry = release.indicator(slug)
    others = [each["key"] for each in alternatives(entry)]
    wanted = release.indicator(slug, denominator).get("denominator_key")
    asked = [key for key in others if key == wanted] or others
    return [_effect(release, layer, slug, period, group, key) for key in asked]


def _effect(
    release: Release, layer: str, slug: str, period: str, group: str, denominator: str
) -> Effect:
    entry, changed = release.indicator(slug), release.indicator(slug, denominator)
    since = _before(entry, period)
    own = _side(release, layer, slug, period, group, since, "")
    other = _side(release, layer, slug, period, group, since, denominator)
    table = release.layer(layer)
    both = own.shown & other.shown
    comparable = entry["unit"] == changed["unit"]
    differs: dict[str, Flags] = {
        BESIDE: both & differing(own.beside, other.beside),
        TREND: both & differing(own.trend, other.trend),
        CLASS: both & differing(own.klass, other.klass) & comparable,
    }
    ranges = method.classes(changed, layer, group)
    rows = np.flatnonzero(np.any(list(differs.values()), axis=0)).tolist()
    changes = []
    for row in sorted(rows, key=lambda row: table.names[row].casefold()):
        what = tuple(name for name, flags in differs.items() if flags[row])
        first, second = (_conclusion(side, row, what, since, ranges) for side in (own, other))
        changes.append(Change(table.ids[row], table.names[row], first, second, what))
    had, has = (side.column.status == CODE_OK for side in (own, other))
    known = known_periods(changed, layer, group)
    titles = [title_of(each, layer, period, group) or "" for each in (entry, changed)]
    places = _places(release, layer)
    without = tuple(table.ids[row] for row in np.flatnonzero(had & ~has))
    if period not in known:
        sentence = text.no_figures(titles[1], period, known)
    elif had.any() and np.array_equal(
        own.column.denominator, other.column.denominator, equal_nan=True
    ):
        sentence = (
            f"{_quoted(titles[1])} is what this group is divided by already: nothing changes."
        )
    else:
        sentence = _sentence(titles, changes, int(both.sum()), len(without), places, since)
    return Effect(
        key=denominator,
        title=titles[1],
        own_title=titles[0],
        unit=changed["unit"],
        compared=int(both.sum()),
        without=without,
        gained=tuple(table.ids[row] for row in np.flatnonzero(~had & has)),
        since=since,
        periods=known,
        instead=instead(known, period),
        changes=tuple(changes),
        sentence=sentence,
    )


def _side(
    release: Release,
    layer: str,
    slug: str,
    period: str,
    group: str,
    since: str | None,
    denominator: str,
) -> _Side:
    entry = release.indicator(slug)
    column = release.values(layer, slug, period, group, denominator)
    shown = _shown(column)
    none = np.full(shown.shape, -1, dtype=np.int8)
    beside = trend = none
    if method.measure(release, entry)["additive"].get("places", False):
        counted = column.status == CODE_OK
        beside = beside_rest(column.numerator, column.denominator, counted, shown)
    if since is not None:
        before = release.values(layer, slug, since, group, denominator)
        trend = trends(
            column.numerator,
            column.denominator,
            before.numerator,
            before.denominator,
            shown & _shown(before),
        )
    return _Side(column, shown, beside, trend, np.where(shown, column.klass, none))


def _shown(column: ValueSlice) -> Flags:
    return np.asarray(
        (column.status == CODE_OK) & (column.reliability != CODE_UNRELIABLE), dtype=bool
    )


def _before(entry: Mapping[str, Any], period: str) -> str | None:
    """Return the last period as long as this one that ends before it, if no break lies between."""
    this = Period.parse(period)
    earlier = [
        each
        for each in map(Period.parse, entry["periods"])
        if len(each.years) == len(this.years) and each.last < this.first
    ]
    if not earlier:
        return None
    last = max(earlier)
    cuts = [item["year"] for item in entry["breaks"]]
    return None if crossed(last.first, this.last, cuts) else str(last)


def _conclusion(
    side: _Side, row: int, differs: Collection[str], since: str | None, ranges: Sequence[str]
) -> Conclusion:
    beside = VERDICTS[side.beside[row]] if side.beside[row] >= 0 else None
    trend = TRENDS[side.trend[row]] if side.trend[row] >= 0 else None
    klass = int(side.klass[row]) if side.klass[row] >= 0 else None
    words = {
        BESIDE: _BESIDE.get(beside or "", ""),
        TREND: f"{(trend or '').capitalize()} since {text.period(since or '')}.",
        CLASS: "" if klass is None else f"In the class {ranges[klass]}.",
    }
    said = " ".join(words[what] for what in differs)
    return Conclusion(float(side.column.value[row]), beside, trend, klass, said)


def _sentence(
    titles: Sequence[str],
    changes: Sequence[Change],
    compared: int,
    without: int,
    places: tuple[str, str],
    since: str | None,
) -> str:
    """Say how many places stand differently, and in what."""
    start = f"Divided by {_quoted(titles[1])} in place of {_quoted(titles[0])}, "
    said = f"{start}no rate can be held against another."
    if compared and not changes:
        said = f"{start}no conclusion changes for {_of(compared, places, 'the')}."
    elif changes:
        kinds = (
            (BESIDE, "beside the others"),
            (TREND, f"since {text.period(since or '')}"),
            (CLASS, "in {} class on the map"),
        )
        counts = [(sum(name in each.differs for each in changes), words) for name, words in kinds]
        parts = [
            f"{text.count(count)} {words.format('its' if count == 1 else 'their')}"
            for count, words in counts
            if count
        ]
        verb = "stands" if len(changes) == 1 else "stand"
        said = (
            f"{start}{text.count(len(changes))} of {_of(compared, places)} {verb} differently: "
            f"{', '.join(parts)}."
        )
    if without:
        some = f"{_of(without, places)} {'has' if without == 1 else 'have'}"
        said += f" {some} no figure of it."
    return said


def _places(release: Release, layer: str) -> tuple[str, str]:
    info = release.layer_info(layer)
    title = info["title"]
    return info["singular"], title[:1].lower() + title[1:]


def _of(number: int, places: tuple[str, str], article: str = "") -> str:
    name = places[0] if number == 1 else places[1]
    return " ".join(filter(None, (article, text.count(number), name)))


def _quoted(title: str) -> str:
    return f"“{title}”"
