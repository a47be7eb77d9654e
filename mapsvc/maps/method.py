"""How an indicator is worked out: its declarations, and one place's numbers step by step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from mapsvc.language import _
from mapsvc.maps import text
from mapsvc.maps.choropleth import View
from mapsvc.model import ALL, RELIABILITIES, STATUSES, Reliability, Status
from mapsvc.release.alternatives import title_of
from mapsvc.release.reader import Release, ValueSlice
from mapsvc.statistics import rates

CODE_OK = STATUSES.index(Status.OK)
CODE_RELIABLE = RELIABILITIES.index(Reliability.RELIABLE)

RULES: Mapping[str, float] = {
    "caution_below": rates.CAUTION_BELOW_EVENTS,
    "unreliable_below": rates.UNRELIABLE_BELOW_EVENTS,
    "widest": rates.UNRELIABLE_ABOVE_RELATIVE_WIDTH * 100,
}
"""Events below which a rate is to be used with caution, or unreliable; the widest interval in
per cent of the rate."""


@dataclass(frozen=True)
class Worked:
    """One value with every number on the way to it; numbers are None where there are none."""

    id: str
    name: str
    status: str
    reliability: str | None
    note: str
    source: str
    """Whose figure the denominator is."""
    events: float | None
    denominator: float | None
    value: float | None
    lower: float | None
    upper: float | None
    events_lower: float | None
    """Exact Poisson limits of the events."""
    events_upper: float | None
    width: float | None
    """Of the interval, in per cent of the rate; None for a count and for a rate of 0."""


def worked(release: Release, seen: View) -> Worked:
    """Return the numbers of the jurisdiction that the view names, or of the median one."""
    table = release.layer(seen.layer)
    column = seen.values(release)
    row = table.row(seen.jurisdiction) if seen.jurisdiction else median_row(column)
    per = seen.entry(release)["per"]
    status = STATUSES[column.status[row]]
    code = int(column.reliability[row])
    withheld = status == Status.SUPPRESSED
    events = None if withheld else _known(column.numerator[row])
    denominator = None if withheld else _known(column.denominator[row])
    value = lower = upper = low = high = width = None
    if status == Status.OK and events is not None:
        low, high = (float(limit) for limit in rates.poisson_limits(events))
        value, lower, upper = events, low, high
        if per is not None:
            found = rates.crude_rate(events, denominator or math.nan, per)
            value, lower, upper = (float(each) for each in found)
            width = (upper - lower) / value * 100 if value > 0 else None
    trust = per is not None and status == Status.OK and code >= 0
    return Worked(
        table.ids[row],
        table.names[row],
        str(status),
        str(RELIABILITIES[code]) if trust else None,
        column.note[row] or "",
        column.source[row] or "",
        events,
        denominator if per is not None else None,
        value,
        lower,
        upper,
        low,
        high,
        width,
    )


def median_row(column: ValueSlice) -> int:
    """Return the row with the median value among the reliable ones.

    Where none is reliable, among those above zero; where there is none of those either, among all
    that have a value; and the first row of a column without values.
    """
    known = column.status == CODE_OK
    choices = (known & (column.reliability == CODE_RELIABLE), known & (column.value > 0), known)
    rows = next((np.flatnonzero(each) for each in choices if each.any()), np.zeros(1, np.intp))
    order = np.argsort(column.value[rows], kind="stable")
    return int(rows[order[(rows.size - 1) // 2]])


def precise(value: float) -> str:
    """Write a number with two decimals more than it is shown with, to follow a calculation.

    >>> precise(2741.9826), precise(0.33528)
    ('2,741.98', '0.3353')
    """
    return text.number(value, text.decimals(value) + 2) if value else "0"


@dataclass(frozen=True)
class Source:
    """Whose figure a denominator is, and for which groups and periods."""

    groups: str
    """Titles of the groups; empty where the indicator has only everyone."""
    periods: str
    title: str
    authority: str
    product: str
    vintage: str


def denominator_title(entry: Mapping[str, Any], seen: View) -> str | None:
    """Return what a view's group is divided by; None for a count."""
    return title_of(entry, seen.layer, seen.period, seen.group)


def denominators(entry: Mapping[str, Any], layer: str) -> list[Source]:
    """Return the sources of an indicator's denominators in a layer; none for a count."""
    named: Mapping[str, Mapping[str, Mapping[str, str]]]
    named = entry["layers"][layer]["denominators"] or {}
    titles = {item["key"]: item["title"] for item in entry["groups"]}
    periods: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for period in entry["periods"]:
        for group, source in (named.get(period) or {}).items():
            if source:
                words = tuple(
                    source.get(key) or "" for key in ("title", "authority", "product", "vintage")
                )
                periods.setdefault((group, words), []).append(period)
    groups: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for (group, words), listed in periods.items():
        groups.setdefault((words, tuple(listed)), []).append(titles[group])
    order = list(titles.values())
    found = sorted(groups.items(), key=lambda item: (order.index(item[1][0]), item[0][1][0]))
    return [
        Source(", ".join(those) if len(titles) > 1 else "", text.spans(listed), *words)
        for (words, listed), those in found
    ]


@dataclass(frozen=True)
class Mark:
    """A status or a reliability: what it means, and how many places of the view have it."""

    title: str
    text: str
    places: int


def marks(release: Release, seen: View) -> list[Mark]:
    """Return what each status means; for a rate the reported ones are told apart by reliability."""
    column = seen.values(release)
    known = column.status == CODE_OK
    found: list[Mark] = []
    for code, status in enumerate(STATUSES):
        if status != Status.OK:
            found.append(_mark(status, int((column.status == code).sum())))
        elif release.indicator(seen.indicator)["per"] is None:
            found.append(
                Mark(
                    _(text.WORDS[status]["title"]),
                    _("A count; 0 is a real zero."),
                    int(known.sum()),
                )
            )
        else:
            found += [
                _mark(trust, int((known & (column.reliability == at)).sum()))
                for at, trust in enumerate(RELIABILITIES)
            ]
    return found


def _mark(key: str, places: int, means: str | None = None) -> Mark:
    return Mark(_(text.WORDS[key]["title"]), _(means or text.WORDS[key]["text"]), places)


def classes(entry: Mapping[str, Any], layer: str, group: str = ALL) -> list[str]:
    """Return the classes of a map in words, from the lowest."""
    upper = (entry["layers"][layer]["classes"] or {}).get(group) or []
    edges = [text.number(bound) for bound in upper]
    above = [
        _("above {low}, up to {high}").format(low=low, high=high) for low, high in pairwise(edges)
    ]
    return [*(_("up to {high}").format(high=edge) for edge in edges[:1]), *above]


def measure(release: Release, entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the catalogue's entry of the measure behind an indicator."""
    listed: Sequence[Mapping[str, Any]] = release.dataset(entry["dataset"])["measures"]
    return next(item for item in listed if item["key"] == entry["measure"])


@dataclass(frozen=True)
class Condition:
    """Which rows of a table take part: those with one of these values in a column."""

    column: str
    described: str
    values: Sequence[str]


def conditions(release: Release, entry: Mapping[str, Any], which: str) -> list[Condition]:
    """Return the conditions that a measure declares under ``filter`` or ``reported_where``."""
    found = measure(release, entry)
    tables = {item["name"]: item for item in release.dataset(entry["dataset"])["resources"]}
    fields = tables.get(found.get("resource"), {}).get("fields", ())
    described = {field["name"]: field["description"] for field in fields}
    return [
        Condition(column, described.get(column, ""), values)
        for column, values in (found.get(which) or {}).items()
    ]


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
