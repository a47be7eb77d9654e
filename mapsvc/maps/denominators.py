"""Which conclusions depend on what is divided by: each place with one denominator and another.

A conclusion is what a page says of a place beyond its number: how it stands beside the others, how
it moved since the period before, its class on the map. (How far a rate can be trusted rests on its
events alone.) Only rates that a map would show are held together; a place without a figure of one
denominator is counted apart. Classes are compared where the two rates are of one unit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mapsvc.language import N_, _, ngettext
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
    "higher": N_("Higher than the others."),
    "lower": N_("Lower than the others."),
    "not_distinguishable": N_("Not distinguishable from the others."),
}
_TREND: Mapping[str, str] = {
    "rising": N_("Rising since {period}."),
    "falling": N_("Falling since {period}."),
    "stable": N_("Stable since {period}."),
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
        sentence = _("“{title}” is what this group is divided by already: nothing changes.").format(
            title=titles[1]
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
        BESIDE: _(_BESIDE.get(beside or "", "")),
        TREND: _(_TREND.get(trend or "", "")).format(period=text.period(since or "")),
        CLASS: "" if klass is None else _("In the class {range}.").format(range=ranges[klass]),
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
    said = _("Divided by “{other}” in place of “{own}”, no rate can be held against another.")
    counted = {"n": text.count(compared), "place": places[0], "places": places[1]}
    if compared and not changes:
        said = ngettext(
            "Divided by “{other}” in place of “{own}”, no conclusion changes for the {n} {place}.",
            "Divided by “{other}” in place of “{own}”, no conclusion changes for the {n} {places}.",
            compared,
        )
    elif changes:
        said = ngettext(
            "Divided by “{other}” in place of “{own}”, {some} of {n} {places} stands differently: "
            "{how}.",
            "Divided by “{other}” in place of “{own}”, {some} of {n} {places} stand differently: "
            "{how}.",
            len(changes),
        )
        counted["some"] = text.count(len(changes))
        counted["places"] = places[0] if compared == 1 else places[1]
        counted["how"] = ", ".join(_how(changes, since))
    said = said.format(own=titles[0], other=titles[1], **counted)
    if without:
        lacking = ngettext(
            "{n} {place} has no figure of it.", "{n} {places} have no figure of it.", without
        )
        of = {"n": text.count(without), "place": places[0], "places": places[1]}
        said += f" {lacking.format(**of)}"
    return said


def _how(changes: Sequence[Change], since: str | None) -> Iterator[str]:
    """Yield in how many places each conclusion is another, those that are."""
    counts = {
        name: sum(name in each.differs for each in changes) for name in (BESIDE, TREND, CLASS)
    }
    if count := counts[BESIDE]:
        yield ngettext("{n} beside the others", "{n} beside the others", count).format(
            n=text.count(count)
        )
    if count := counts[TREND]:
        yield ngettext("{n} since {period}", "{n} since {period}", count).format(
            n=text.count(count), period=text.period(since or "")
        )
    if count := counts[CLASS]:
        yield ngettext(
            "{n} in its class on the map", "{n} in their class on the map", count
        ).format(n=text.count(count))


def _places(release: Release, layer: str) -> tuple[str, str]:
    info = release.layer_info(layer)
    title = info["title"]
    return info["singular"], title[:1].lower() + title[1:]
