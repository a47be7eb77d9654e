"""Who reported: for each jurisdiction of a layer and period, in full, zero, in part, or not.

Missing is a layer of the map of its own, and distinct from zero.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mapsvc.language import N_, _
from mapsvc.maps import text
from mapsvc.model import ALL, STATUSES, Period, Reporting, Status
from mapsvc.release.reader import Release, ValueSlice
from mapsvc.statistics.coverage import MONTHS

WORDS: Mapping[str, Mapping[str, str]] = {
    Reporting.REPORTED: {"title": N_("Reported in full"), "text": ""},
    Reporting.ZERO: {"title": N_("Reported: zero"), "text": N_("A true zero: in full, and none.")},
    Reporting.PARTLY: {
        "title": N_("Partly reported"),
        "text": N_("Some months or years are lacking, or the record is marked as incomplete."),
    },
    Reporting.NOT_REPORTED: {
        "title": N_("Not reported"),
        "text": N_("It is in the dataset in other years, or its record is blank. It is not zero."),
    },
    Reporting.MISSING: {
        "title": N_("Expected, but missing"),
        "text": N_("It was there and served a place; the dataset has no record of it in any year."),
    },
    Reporting.WITHHELD: text.WORDS[Status.SUPPRESSED],
    Reporting.NOT_APPLICABLE: {
        "title": N_("Not applicable"),
        "text": N_("No record, and it served no place with residents: nothing says one was due."),
    },
    Reporting.NO_BOUNDARY: {
        "title": N_("No boundary"),
        "text": N_("It did not exist in the whole of this period."),
    },
}
"""What the reader sees for each category: a title, and a sentence that explains."""


def words() -> dict[str, dict[str, str]]:
    """Return ``WORDS`` in the language that is spoken."""
    return text.spoken(WORDS)


Spans = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Reported:
    """What the jurisdictions of a layer reported of a period; lists are in the layer's order."""

    category: Sequence[Reporting]
    part: Sequence[float | None]
    """How much was reported, of ``due``; None where unknown."""
    due: int | None
    """Months or years that make up the period; None where only a whole year is known of."""
    unit: str | None
    """``months`` or ``years``."""
    percent: Sequence[float | None]
    """NACJD's coverage indicator of the place itself, or of the whole that it is part of."""
    of: Sequence[str | None]
    """The name of that whole; None where the figure is its own."""

    @property
    def counts(self) -> Mapping[Reporting, int]:
        """How many jurisdictions are in each category that occurs, in the order of the words."""
        found = Counter(self.category)
        return {each: found[each] for each in Reporting if found[each]}

    @property
    def has_percent(self) -> bool:
        return any(each is not None for each in self.percent)

    def amount(self, row: int) -> str:
        """Return how much of what was due was reported, such as ``9 of 12 months``."""
        part = self.part[row]
        if part is None or self.due is None:
            return ""
        said = _("{part} of {due} months") if self.unit == "months" else _("{part} of {due} years")
        return said.format(part=text.count(round(part, 1)), due=self.due)

    def said(self, row: int) -> str:
        """Return a jurisdiction's category in words, with its months or years where partly."""
        category = self.category[row]
        title, amount = _(WORDS[category]["title"]), self.amount(row)
        return f"{title}: {amount}" if category == Reporting.PARTLY and amount else title


def offered(release: Release, indicator: str, layer: str) -> bool:
    """Tell whether the release knows who reported an indicator in a layer."""
    return _account(release, indicator, layer) is not None


def reporting(
    release: Release, indicator: str, layer: str, period: str, group: str = ALL
) -> Reported:
    """Return who reported; raises UnknownNameError for what the release does not have.

    The release must have an account of the indicator in the layer: see ``offered``. The coverage
    indicator is of one year, so pooled years have none.
    """
    column = release.values(layer, indicator, period, group)
    table = release.layer(layer)
    account = _account(release, indicator, layer)
    if account is None:
        raise ValueError(f"no account of who reported {indicator} in {layer}: ask offered() first")
    years = Period.parse(period).years
    gaps = {each["id"]: each["spans"] for each in account["missing"]}
    short = {each["id"]: each["spans"] for each in account["partly"]}
    known = (account["indicator"] or {}).get("months") == "reported"
    unit = "months" if known else "years" if len(years) > 1 else None
    category, part = [], []
    for row, identifier in enumerate(table.ids):
        lacking = [_in(gaps.get(identifier, ()), year) for year in years]
        less = [_in(short.get(identifier, ()), year) for year in years]
        found = _category(column, row, lacking, less)
        category.append(found)
        part.append(_part(found, unit, lacking, less))
    percent, of = _coverage(release, indicator, layer, years, part if known else None, category)
    due = {"months": MONTHS * len(years), "years": len(years), None: None}[unit]
    return Reported(category, part, due, unit, percent, of)


def _category(
    column: ValueSlice,
    row: int,
    lacking: Sequence[Mapping[str, Any] | None],
    less: Sequence[Mapping[str, Any] | None],
) -> Reporting:
    status, events = STATUSES[column.status[row]], column.numerator[row]
    if status == Status.SUPPRESSED:
        return Reporting.WITHHELD
    if not math.isnan(events):
        if any(less):
            return Reporting.PARTLY
        return Reporting.ZERO if events == 0 else Reporting.REPORTED
    if status == Status.NO_BOUNDARY:
        return Reporting.NO_BOUNDARY
    kinds = [Reporting(each["category"]) for each in lacking if each]
    if kinds and (len(kinds) < len(lacking) or Reporting.PARTLY in kinds):
        return Reporting.PARTLY
    for kind in (Reporting.NOT_REPORTED, Reporting.MISSING):
        if kind in kinds:
            return kind
    # A place that reported everyone may still lack the group that is asked for.
    return Reporting.NOT_APPLICABLE if kinds else Reporting.NOT_REPORTED


def _part(
    category: Reporting,
    unit: str | None,
    lacking: Sequence[Mapping[str, Any] | None],
    less: Sequence[Mapping[str, Any] | None],
) -> float | None:
    """Return the months or years that were reported; None where unknown or none was due."""
    silent = category == Reporting.NOT_REPORTED and not any(lacking)
    untold = (Reporting.WITHHELD, Reporting.NOT_APPLICABLE, Reporting.NO_BOUNDARY)
    if unit is None or silent or category in untold:
        return None
    if unit == "years":
        return float(sum(each is None for each in lacking))
    months = 0.0
    for gap, part in zip(lacking, less, strict=True):
        if gap is None:
            months += MONTHS if part is None else part["months"]
        elif gap["months"] is not None:
            months += gap["months"]
        elif gap["category"] == Reporting.PARTLY:
            return None
    return months


def _coverage(
    release: Release,
    indicator: str,
    layer: str,
    years: Sequence[int],
    months: Sequence[float | None] | None,
    category: Sequence[Reporting],
) -> tuple[list[float | None], list[str | None]]:
    """Return the coverage indicator for each jurisdiction, and whose it is."""
    table = release.layer(layer)
    nobody: list[str | None] = [None] * len(table.ids)
    account = _account(release, indicator, layer)
    if len(years) > 1 or account is None or account["indicator"] is None:
        return [None] * len(table.ids), nobody
    at = account["years"].index(years[0])
    parents = account["indicator"]["parents"]
    if parents is not None:
        whole = release.layer(release.layer_info(layer)["partition_of"])
        names = dict(zip(whole.ids, whole.names, strict=True))
        percent = [parents[each][at] if each in parents else None for each in table.parents]
        return percent, [names.get(each or "") for each in table.parents]
    if months is not None:
        # Alone in its place, a reporter's share of the residents is one.
        return [None if part is None else 100 * part / MONTHS for part in months], nobody
    whole_year = {Reporting.REPORTED: 100.0, Reporting.ZERO: 100.0}
    none = {Reporting.NOT_REPORTED: 0.0, Reporting.MISSING: 0.0}
    return [{**whole_year, **none}.get(each) for each in category], nobody


def _account(release: Release, indicator: str, layer: str) -> Mapping[str, Any] | None:
    entry = release.indicator(indicator)
    for each in release.coverage.get(entry["dataset"], ()):
        if layer == each["layer"] and entry["measure"] in each["measures"]:
            found: Mapping[str, Any] = each
            return found
    return None


def _in(spans: Spans, year: int) -> Mapping[str, Any] | None:
    return next((each for each in spans if each["first"] <= year <= each["last"]), None)
