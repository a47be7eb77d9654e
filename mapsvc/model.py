"""The words of the project: small, frozen, without I/O.

Identifiers are strings throughout, because leading zeros count. Years are integers; a *period* is
its text form, ``"2014"`` or, for pooled years, ``"2010-2014"``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from mapsvc.remarks import EVERYONE

ALL = "all"
"""The group that takes everyone."""


class Status(StrEnum):
    """Why a value is there, or is not. A missing number is never shown as zero."""

    OK = "ok"
    NOT_REPORTED = "not_reported"
    NOT_APPLICABLE = "not_applicable"
    SUPPRESSED = "suppressed"
    NO_BOUNDARY = "no_boundary"


class Reliability(StrEnum):
    """How far a rate can be trusted: NCHS Data Presentation Standards for Rates and Counts."""

    RELIABLE = "reliable"
    USE_WITH_CAUTION = "use_with_caution"
    UNRELIABLE = "unreliable"


class Reporting(StrEnum):
    """What a jurisdiction reported of a period, whether or not a rate can be made of it."""

    REPORTED = "reported"
    """In full, and it was more than nothing."""
    ZERO = "zero"
    """In full, and it was nothing: a true zero."""
    PARTLY = "partly"
    """Some of it, or a record that its publisher marks as incomplete."""
    NOT_REPORTED = "not_reported"
    """It is in the dataset in other years, or its record is blank."""
    MISSING = "missing"
    """It was there and served a place, and the dataset has no record of it in any year."""
    WITHHELD = "withheld"
    NOT_APPLICABLE = "not_applicable"
    """No record, and it served no place with residents: nothing says that one was due."""
    NO_BOUNDARY = "no_boundary"
    """It did not exist in the whole of the period."""


REPORTINGS: tuple[Reporting, ...] = tuple(Reporting)
"""Their order is their code in answers."""

STATUSES: tuple[Status, ...] = tuple(Status)
"""Their order is their code in arrays, columns and files."""

RELIABILITIES: tuple[Reliability, ...] = tuple(Reliability)


@dataclass(frozen=True, order=True)
class Period:
    """Whole calendar years, first and last included."""

    first: int
    last: int

    def __post_init__(self) -> None:
        if not (1000 <= self.first <= self.last <= 9999):
            raise ValueError(f"not a period: {self.first} to {self.last}")

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``2014`` or ``2010-2014``; raises ValueError on anything else.

        >>> Period.parse("2010-2014").years
        (2010, 2011, 2012, 2013, 2014)
        """
        match = re.fullmatch(r"([0-9]{4})(?:-([0-9]{4}))?", text)
        if not match or match[1] == match[2]:
            raise ValueError(f"{text!r} is not a year like 2014 or a range like 2010-2014")
        return cls(int(match[1]), int(match[2] or match[1]))

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(range(self.first, self.last + 1))

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


def in_year(valid_from: str | None, valid_to: str | None, year: int) -> bool:
    """Tell whether a span of ISO dates (None: open) touches a year.

    >>> in_year("2006-06-26", None, 2006), in_year(None, "2005-12-31", 2006)
    (True, False)
    """
    return (valid_from or "") <= f"{year}-12-31" and (valid_to or "9999-12-31") >= f"{year}-01-01"


@dataclass(frozen=True)
class Kind:
    """A kind of jurisdiction in a layer; ``residents``: whether a resident rate makes sense."""

    key: str
    title: str
    residents: bool


@dataclass(frozen=True)
class BoundarySet:
    """A layer of jurisdictions as one authority drew it, with its provenance."""

    key: str
    """The layer's name: in addresses and as the source layer of its tiles."""
    title: str
    singular: str
    id_scheme: str
    """What an id is: ``geoid``, ``ori``, ..."""
    vintage: str
    authority: str
    product: str
    source_url: str
    licence: str
    valid_from: str | None
    valid_to: str | None
    sha256: str
    kinds: Mapping[str, Kind]
    partition_of: str | None = None
    """The layer that this one divides: areas and populations add up to the parent's."""
    max_zoom: int = 10
    changes: tuple[str, ...] = ()
    """What was done to the authority's file, a sentence each."""


@dataclass(frozen=True)
class PlaceReference:
    """How the rows of a resource name their jurisdiction in one layer."""

    layer: str
    scheme: str
    """The layer's id scheme, ``name``, an alias scheme of the region, or ``point``."""
    columns: tuple[str, ...]
    """One column; longitude and latitude for ``point``."""
    unplaced_values: Mapping[str, str] = field(default_factory=dict)
    """Declared codes that no jurisdiction has, and why."""
    unplaced_patterns: tuple[tuple[str, str], ...] = ()
    """The same as regular expressions over the whole value: (pattern, reason)."""


@dataclass(frozen=True)
class Resource:
    """A table of records: where it is, what its columns are, how it names places and years."""

    name: str
    path: str
    schema: Mapping[str, Any]
    places: tuple[PlaceReference, ...]
    """Empty for a table that is published but not mapped. The first is the primary place."""
    year: str | None
    sha256: str


@dataclass(frozen=True)
class Measure:
    """What is counted: rows, or the sum of a column, under a filter."""

    key: str
    dataset: str
    resource: str
    title: str
    universe: str
    sum: str | None
    """The column to sum; None counts rows."""
    filter: Mapping[str, tuple[str, ...]]
    reported_where: Mapping[str, tuple[str, ...]]
    """Rows that fail this are there but incomplete: not_reported."""
    note: str | None
    """A column whose text says more about an incomplete row."""
    group: str | None
    """The column of groups."""
    group_total: str | None
    """Its value for everyone; None: the groups are summed."""
    group_titles: Mapping[str, str]
    absence: str
    """``zero`` for a complete register, ``not_reported`` otherwise."""
    additive: Mapping[str, bool]
    """Whether it may be summed over ``periods``, ``groups`` and ``places``."""
    months: str | None = None
    """A column of the months reported, 12 for a full year of one reporter."""

    @property
    def groups(self) -> dict[str, str]:
        """Titles of the groups by key: everyone first, under ``all``, then the others."""
        everyone = self.group_titles.get(self.group_total or ALL, EVERYONE)
        others = {key: title for key, title in self.group_titles.items() if key != self.group_total}
        return {ALL: everyone, **others}


@dataclass(frozen=True)
class Denominator:
    """What a count is divided by, and whose figure that is.

    Exactly one of ``series`` (of the region's population table) and ``column`` (of the measure's
    own records) is given. For a series, the authority comes from the source named on each row.
    """

    title: str
    series: str | None = None
    column: str | None = None
    authority: str = ""
    product: str = ""
    vintage: str = ""
    key: str = ""
    """How addresses name it; empty where the descriptor names none."""

    @property
    def name(self) -> str:
        """Its key, by default that of its series or column."""
        return self.key or self.series or self.column or ""


@dataclass(frozen=True)
class Alternative:
    """Another denominator that a reader may choose in place of an indicator's own."""

    denominator: Denominator
    per: int
    unit: str
    """The indicator's own: then the two are of one kind and share their classes."""
    description: str
    method: str
    scheme: str
    classes: int
    given_breaks: tuple[float, ...]


@dataclass(frozen=True)
class Indicator:
    """A measure made comparable: a rate per so many, or a count where ``denominator`` is None."""

    slug: str
    measure: Measure
    title: str
    description: str
    method: str
    unit: str
    noun: str
    """What one counts, in the plural: arrests, deaths."""
    denominator: Denominator | None
    group_denominator: Denominator | None
    """For groups other than ``all``; None means the same as ``denominator``."""
    per: int | None
    layers: tuple[str, ...]
    years: tuple[int, int]
    pooled: tuple[Period, ...]
    default_period: Period
    scheme: str
    """quantiles, fisher_jenks, equal_interval, head_tail, max_breaks (mapclassify), or given."""
    classes: int
    given_breaks: tuple[float, ...]
    palette: str
    caveats: tuple[str, ...]
    alternatives: tuple[Alternative, ...] = ()

    def divided_by(self, other: Alternative) -> Indicator:
        """Return the indicator with another denominator in place of its own.

        A column of the records serves every group, as each group's rows have their own figure. A
        series counts everyone: the groups keep the denominator that they had.
        """
        return replace(
            self,
            denominator=other.denominator,
            group_denominator=None if other.denominator.column else self.group_denominator,
            per=other.per,
            unit=other.unit,
            description=other.description,
            method=other.method,
            scheme=other.scheme,
            classes=other.classes,
            given_breaks=other.given_breaks,
            alternatives=(),
        )

    @property
    def periods(self) -> tuple[Period, ...]:
        """Every year, then the pooled periods."""
        first, last = self.years
        return (*(Period(year, year) for year in range(first, last + 1)), *self.pooled)


@dataclass(frozen=True)
class SeriesBreak:
    """A law, a definition or a source that changed: figures on its two sides do not compare."""

    year: int
    """The first year after the break."""
    text: str
    measures: tuple[str, ...] = ()
    """The measures that it concerns; empty: all."""


@dataclass(frozen=True)
class Dataset:
    """Records from one publisher, with everything a reader must be told of them."""

    key: str
    title: str
    description: str
    publisher: str
    vintage: str
    licence: str
    policy: str
    """``none`` or ``small_cells``."""
    policy_reason: str
    sums: tuple[tuple[str, tuple[str, ...]], ...]
    """Measures that are the sum of others: (whole, parts)."""
    sources: tuple[Mapping[str, str], ...]
    caveats: tuple[str, ...]
    breaks: tuple[SeriesBreak, ...]
    resources: tuple[Resource, ...]
    measures: tuple[Measure, ...]
    indicators: tuple[Indicator, ...]
    folder: str
