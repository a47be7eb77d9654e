"""What a release says of one rate beside another: a place and the rest, two years, two groups.

Only rates are compared, and only values that a map would show: one that is missing, withheld or
unreliable gives a reason in place of a ratio, and takes part in no sum.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mapsvc.errors import BadParameterError
from mapsvc.language import Message, _
from mapsvc.maps import method, sentences, text
from mapsvc.maps.differences import others_of
from mapsvc.model import ALL, RELIABILITIES, STATUSES, Period, Reliability, Status
from mapsvc.release.reader import Release
from mapsvc.statistics import comparison, rates, shares

CODE_OK = STATUSES.index(Status.OK)
CODE_UNRELIABLE = RELIABILITIES.index(Reliability.UNRELIABLE)


@dataclass(frozen=True)
class Side:
    """One of the two rates; numbers are None where unknown or withheld."""

    name: str
    period: str
    group: str
    events: float | None
    denominator: float | None
    value: float | None
    """None for an unreliable rate too: it is not shown."""
    status: str
    reliability: str | None
    places: int = 1
    """How many jurisdictions are in it."""

    @property
    def usable(self) -> bool:
        """Whether the rate may be compared."""
        return self.value is not None


@dataclass(frozen=True)
class Compared:
    """Two rates side by side, or why they are not."""

    own: Side
    reference: Side | None
    ratio: float | None
    lower: float | None
    upper: float | None
    verdict: str | None
    """Of ``VERDICTS`` or ``TRENDS`` in ``mapsvc.statistics.comparison``; None without a ratio."""
    sentence: str
    """The comparison in words, or the reason why there is none."""
    breaks: Sequence[Mapping[str, Any]] = ()
    """Breaks in the series that it is across."""
    avoided: Sequence[Mapping[str, Any]] = ()
    """Breaks that it stays clear of, by leaving out the years on their other side."""


@dataclass(frozen=True)
class Groups:
    """The groups of one place and period beside the reference group."""

    period: str
    reference: str
    """Title of the group with the largest denominator in the whole layer."""
    base: Side
    """Its rate in this place."""
    compared: Sequence[tuple[str, Compared]]
    """Title of each other group, and its rate beside that of the reference group."""
    outside: str
    """A sentence on the records of no listed group; empty where the numbers do not allow it."""


def side(
    release: Release, layer: str, slug: str, row: int, period: str, group: str, name: str
) -> Side:
    """Return the rate of one place, period and group as a side of a comparison."""
    column = release.values(layer, slug, period, group)
    status = STATUSES[column.status[row]]
    code = int(column.reliability[row])
    shown = status == Status.OK and code != CODE_UNRELIABLE
    withheld = status == Status.SUPPRESSED
    return Side(
        name,
        period,
        group,
        None if withheld else _known(column.numerator[row]),
        None if withheld else _known(column.denominator[row]),
        _known(column.value[row]) if shown else None,
        str(status),
        str(RELIABILITIES[code]) if status == Status.OK and code >= 0 else None,
    )


def with_rest(
    release: Release, layer: str, slug: str, row: int, period: str, group: str = ALL
) -> Compared:
    """Compare a place with all the others of its layer together, itself subtracted."""
    entry = release.indicator(slug)
    own = side(release, layer, slug, row, period, group, release.layer(layer).names[row])
    if entry["per"] is None:
        return _none(own, None, _(sentences.COUNTS_ARE_NOT_COMPARED))
    if not method.measure(release, entry)["additive"].get("places", False):
        said = _("No comparison. The others are not added up: the records are not of every place.")
        return _none(own, None, said)
    if not own.usable:
        return _none(own, None, _why(own))
    column = release.values(layer, slug, period, group)
    counted = column.status == CODE_OK
    others = int(counted.sum()) - 1
    if others < 1:
        return _none(own, None, _("No comparison. No other place has a figure."))
    whole = float(column.numerator[counted].sum()), float(column.denominator[counted].sum())
    found = comparison.compare_with_rest(column.numerator[row], column.denominator[row], *whole)
    of = others_of(release, layer, others)
    rest = _rest(own, whole, others, of, entry["per"])
    if not rest.usable:
        return _none(own, rest, _why(rest))
    return _with_peer(own, rest, found, _rate_of(of), _crossed(entry, period, period))


def with_place(
    release: Release, layer: str, slug: str, row: int, other: int, period: str, group: str = ALL
) -> Compared:
    """Compare a place with another one of its layer; raises BadParameterError for itself."""
    names = release.layer(layer).names
    if other == row:
        raise BadParameterError("with", release.layer(layer).ids[row], "another place, or rest")
    entry = release.indicator(slug)
    own = side(release, layer, slug, row, period, group, names[row])
    reference = side(release, layer, slug, other, period, group, names[other])
    if (unable := _unable(entry, own, reference)) is not None:
        return unable
    found = comparison.compare(*_numbers(own), *_numbers(reference))
    of = _rate_of(text.isolated(reference.name))
    return _with_peer(own, reference, found, of, _crossed(entry, period, period))


def with_earlier(
    release: Release, layer: str, slug: str, row: int, since: str, period: str, group: str = ALL
) -> Compared:
    """Compare a place's rate with its own in an earlier period, naming the breaks between.

    Raises BadParameterError where the periods overlap or are not in order.
    """
    earlier, later = Period.parse(since), Period.parse(period)
    if earlier.last >= later.first:
        raise BadParameterError(
            "since", since, Message("a period that ends before {year}", year=later.first)
        )
    entry = release.indicator(slug)
    name = release.layer(layer).names[row]
    own = side(release, layer, slug, row, period, group, name)
    reference = side(release, layer, slug, row, since, group, name)
    if (unable := _unable(entry, own, reference, by_period=True)) is not None:
        return unable
    years = (earlier.first, later.last)
    cuts = [item["year"] for item in entry["breaks"]]
    found = comparison.change(*_numbers(own), *_numbers(reference), years, cuts)
    numbers = float(found.ratio), float(found.lower), float(found.upper)
    trend = comparison.TRENDS[int(found.verdict)]
    breaks = [item for item in entry["breaks"] if item["year"] in found.breaks]
    said = sentences.change(*numbers, trend, text.period(since), text.period(period))
    return Compared(own, reference, *numbers, trend, _joined(said, _warning(breaks)), breaks)


def over_time(
    release: Release, layer: str, slug: str, row: int, group: str = ALL
) -> Compared | None:
    """Compare the last usable period with the first one that no break divides it from.

    Only periods as long as the default one, which do not overlap, are compared. The breaks of the
    series that are stayed clear of are named. None where no two such periods have a usable rate.
    """
    entry = release.indicator(slug)
    if entry["per"] is None:
        return None
    length = len(Period.parse(entry["default_period"]).years)
    periods = sorted(
        period for period in map(Period.parse, entry["periods"]) if len(period.years) == length
    )
    cuts = [item["year"] for item in entry["breaks"]]
    usable = [
        period
        for period in periods
        if side(release, layer, slug, row, str(period), group, "").usable
    ]
    for later in reversed(usable):
        for earlier in usable:
            if earlier.last >= later.first:
                break
            if comparison.crossed(earlier.first, later.last, cuts):
                continue
            found = with_earlier(release, layer, slug, row, str(earlier), str(later), group)
            span = comparison.crossed(periods[0].first, periods[-1].last, cuts)
            avoided = [item for item in entry["breaks"] if item["year"] in span]
            said = _joined(found.sentence, sentences.breaks_outside(span))
            return Compared(
                found.own,
                found.reference,
                found.ratio,
                found.lower,
                found.upper,
                found.verdict,
                said,
                avoided=avoided,
            )
    return None


def with_group(
    release: Release, layer: str, slug: str, row: int, group: str, reference: str, period: str
) -> Compared:
    """Compare a group's rate with the reference group's: both need at least 10 events."""
    entry = release.indicator(slug)
    titles = {item["key"]: item["title"] for item in entry["groups"]}
    if group == reference or ALL in (group, reference):
        raise BadParameterError("reference", reference, "two different groups, neither everyone")
    own = side(release, layer, slug, row, period, group, titles[group])
    base = side(release, layer, slug, row, period, reference, titles[reference])
    if (unable := _unable(entry, own, base)) is not None:
        return unable
    found = comparison.disparity(*_numbers(own), *_numbers(base))
    if int(found.status) != comparison.COMPARED:
        said = _("No comparison. One of the groups has fewer than 10 events.")
        return _none(own, base, said)
    numbers = float(found.ratio), float(found.lower), float(found.upper)
    verdict = comparison.VERDICTS[int(comparison.verdict(found.lower, found.upper))]
    breaks = _crossed(entry, period, period)
    of = _("the rate of the group {group}").format(group=base.name)
    said = sentences.beside(*numbers, verdict, of)
    return Compared(own, base, *numbers, verdict, _joined(said, _warning(breaks)), breaks)


def groups(release: Release, layer: str, slug: str, row: int) -> Groups | None:
    """Compare the groups of a place with the largest one, in the last period that has them.

    The default period is taken if it has figures of two groups, else the last one as long as it.
    None for a count, and where no such period has them.
    """
    entry = release.indicator(slug)
    keys = [item["key"] for item in entry["groups"] if item["key"] != ALL]
    if entry["per"] is None or len(keys) < 2:
        return None
    default = entry["default_period"]
    length = len(Period.parse(default).years)
    same = [each for each in entry["periods"] if len(Period.parse(each).years) == length]
    for period in [default, *sorted(same, reverse=True)]:
        reported = [
            key for key in keys if release.values(layer, slug, period, key).status[row] == CODE_OK
        ]
        if len(reported) >= 2:
            break
    else:
        return None
    reference = largest_group(release, layer, slug, period)
    titles = {item["key"]: item["title"] for item in entry["groups"]}
    compared = [
        (titles[key], with_group(release, layer, slug, row, key, reference, period))
        for key in keys
        if key != reference
    ]
    outside = outside_groups(release, layer, slug, row, period)
    said = sentences.outside_groups(*outside, entry["noun"]) if outside else ""
    base = side(release, layer, slug, row, period, reference, titles[reference])
    return Groups(period, titles[reference], base, compared, said)


def largest_group(release: Release, layer: str, slug: str, period: str) -> str:
    """Return the group with the largest denominator over the reported places of a layer.

    It is the same for every place, so that their ratios are of the same kind.
    """
    entry = release.indicator(slug)

    def people(group: str) -> float:
        column = release.values(layer, slug, period, group)
        return float(np.nansum(column.denominator[column.status == CODE_OK]))

    return str(max((item["key"] for item in entry["groups"] if item["key"] != ALL), key=people))


def outside_groups(
    release: Release, layer: str, slug: str, row: int, period: str
) -> tuple[float, float, float] | None:
    """Return the share of a place's records in no listed group, with Wilson's interval.

    It is everyone less the sum of the groups; None unless every group is reported, since one that
    is left out or withheld would be taken for unknown.
    """
    entry = release.indicator(slug)
    columns = {
        item["key"]: release.values(layer, slug, period, item["key"]) for item in entry["groups"]
    }
    if any(column.status[row] != CODE_OK for column in columns.values()):
        return None
    whole = float(columns.pop(ALL).numerator[row])
    listed = sum(float(column.numerator[row]) for column in columns.values())
    if not columns or whole <= 0 or listed > whole:
        return None
    value, lower, upper = shares.share(whole - listed, whole)
    return float(value), float(lower), float(upper)


def _with_peer(
    own: Side,
    reference: Side,
    found: comparison.Comparison,
    of: str,
    breaks: Sequence[Mapping[str, Any]],
) -> Compared:
    numbers = float(found.ratio), float(found.lower), float(found.upper)
    verdict = comparison.VERDICTS[int(found.verdict)]
    said = sentences.beside(*numbers, verdict, of)
    return Compared(own, reference, *numbers, verdict, _joined(said, _warning(breaks)), breaks)


def _unable(
    entry: Mapping[str, Any], own: Side, reference: Side, *, by_period: bool = False
) -> Compared | None:
    if entry["per"] is None:
        return _none(own, reference, _(sentences.COUNTS_ARE_NOT_COMPARED))
    for each in (own, reference):
        if not each.usable:
            return _none(own, reference, _why(each, by_period=by_period))
    return None


def _none(own: Side, reference: Side | None, reason: str) -> Compared:
    return Compared(own, reference, None, None, None, None, reason)


def _why(unusable: Side, *, by_period: bool = False) -> str:
    name = text.period(unusable.period) if by_period else unusable.name
    words = text.words()[unusable.reliability or unusable.status]
    return sentences.no_comparison(name, words["title"], words["text"])


def _rest(own: Side, whole: tuple[float, float], places: int, name: str, per: int) -> Side:
    events, people = whole[0] - (own.events or 0.0), whole[1] - (own.denominator or 0.0)
    value, lower, upper = rates.crude_rate(events, people, per)
    code = int(rates.reliability(events, value, lower, upper))
    trust = RELIABILITIES[code] if code >= 0 else Reliability.UNRELIABLE
    shown = None if trust == Reliability.UNRELIABLE else _known(float(value))
    name = name[:1].upper() + name[1:]
    return Side(
        name, own.period, own.group, events, people, shown, str(Status.OK), str(trust), places
    )


def _rate_of(name: str) -> str:
    return _("the rate of {name}").format(name=name)


def _crossed(entry: Mapping[str, Any], first: str, last: str) -> list[Mapping[str, Any]]:
    years = comparison.crossed(
        Period.parse(first).first,
        Period.parse(last).last,
        [item["year"] for item in entry["breaks"]],
    )
    return [item for item in entry["breaks"] if item["year"] in years]


def _warning(breaks: Sequence[Mapping[str, Any]]) -> str:
    return sentences.breaks_crossed([item["year"] for item in breaks])


def _numbers(each: Side) -> tuple[float, float]:
    return each.events or 0.0, each.denominator or math.nan


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
