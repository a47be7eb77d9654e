"""Counts become indicator values: numerator, denominator, value, interval, status, reliability."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mapsvc.derive.tally import Tally
from mapsvc.model import STATUSES, Indicator, Period, Status
from mapsvc.remarks import (
    ABSENT,
    NO_DENOMINATOR,
    NO_REPORT,
    NOT_RESIDENTIAL,
    NOT_TERRITORIAL,
    PARTLY_ABSENT,
    ZERO_DENOMINATOR,
)
from mapsvc.statistics.rates import crude_rate, poisson_limits, reliability

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]

CODE = {status: np.int8(index) for index, status in enumerate(STATUSES)}


@dataclass(frozen=True)
class Places:
    """What decides whether a jurisdiction can have a value; arrays of one entry a jurisdiction."""

    ids: tuple[str, ...]
    residents: Flags
    """Its kind has residents."""
    territory: Flags
    """It has a polygon in this vintage."""
    exists: Callable[[int], Flags]
    """Whether each existed in any part of a year."""


@dataclass(frozen=True)
class Base:
    """A denominator over years × groups × places, NaN where unknown."""

    values: Floats
    of_residents: Flags
    """For each group, whether it counts residents, so that places without any have no rate."""
    titles: tuple[str, ...]
    """What it is called, for each group."""


@dataclass(frozen=True)
class IndicatorValues:
    """Every value of an indicator in a layer; arrays are (periods, groups, places).

    Missing numbers are NaN. ``status`` and ``reliability`` are codes of ``mapsvc.model``, -1 for no
    reliability. ``note`` indexes ``notes``, whose entry 0 is empty.
    """

    periods: tuple[Period, ...]
    groups: tuple[str, ...]
    numerator: Floats
    denominator: Floats
    value: Floats
    lower: Floats
    upper: Floats
    status: Codes
    reliability: Codes
    note: npt.NDArray[np.int32]
    notes: tuple[str, ...]


def compute(
    indicator: Indicator, counted: Tally, places: Places, base: Base | None
) -> IndicatorValues:
    """Return the values of an indicator for every period, group and place.

    Years are pooled by summing numerators and denominators, then dividing; a pooled period needs
    every one of its years. The first of these reasons that applies is the status: the place did not
    exist; nothing was reported; it has no residents; it has no polygon; there is no denominator.
    """
    blocks = [_period(indicator, period, counted, places, base) for period in indicator.periods]
    notes = _Notes()
    return IndicatorValues(
        periods=indicator.periods,
        groups=counted.groups,
        numerator=np.stack([block.numerator for block in blocks]),
        denominator=np.stack([block.denominator for block in blocks]),
        value=np.stack([block.value for block in blocks]),
        lower=np.stack([block.lower for block in blocks]),
        upper=np.stack([block.upper for block in blocks]),
        status=np.stack([block.status for block in blocks]),
        reliability=np.stack([block.reliability for block in blocks]),
        note=np.stack([notes.codes(block) for block in blocks]),
        notes=notes.texts,
    )


@dataclass(frozen=True)
class _Block:
    """One period: arrays are (groups, places)."""

    numerator: Floats
    denominator: Floats
    value: Floats
    lower: Floats
    upper: Floats
    status: Codes
    reliability: Codes
    reasons: list[tuple[Flags, str]]
    remarks: dict[tuple[int, int], str]


def _period(
    indicator: Indicator, period: Period, counted: Tally, places: Places, base: Base | None
) -> _Block:
    years = [year - counted.years[0] for year in period.years]
    missing = _missing(indicator.measure.absence, counted, years)
    exists = np.stack([places.exists(year) for year in period.years])
    known = ~missing.any(axis=0) & exists.all(axis=0)
    numerator = np.where(known, counted.count[years].sum(axis=0), np.nan)
    denominator = np.full(numerator.shape, np.nan)
    if base is not None:
        denominator = base.values[years].sum(axis=0)
    status, reasons = _status(period, missing, exists, places, base, denominator)
    ok = status == CODE[Status.OK]
    if indicator.per is None:
        value = np.where(ok, numerator, np.nan)
        lower, upper = poisson_limits(value)
        trust = np.full(value.shape, -1, dtype=np.int8)
    else:
        value, lower, upper = crude_rate(
            np.where(ok, numerator, np.nan), denominator, indicator.per
        )
        trust = reliability(numerator, value, lower, upper)
    return _Block(
        numerator=numerator,
        denominator=denominator,
        value=value,
        lower=lower,
        upper=upper,
        status=status,
        reliability=trust,
        reasons=reasons,
        remarks={
            (group, place): text
            for (year, group, place), text in counted.remarks.items()
            if year in years and status[group, place] == CODE[Status.NOT_REPORTED]
        },
    )


def _status(
    period: Period,
    missing: Flags,
    exists: Flags,
    places: Places,
    base: Base | None,
    denominator: Floats,
) -> tuple[Codes, list[tuple[Flags, str]]]:
    """Return the status of each group and place, and the cells of each reason in words."""
    status = np.full(denominator.shape, CODE[Status.OK], dtype=np.int8)
    reasons: list[tuple[Flags, str]] = []

    def give(where: Flags, why: Status, text: str) -> None:
        fresh = np.broadcast_to(where, status.shape) & (status == CODE[Status.OK])
        status[fresh] = CODE[why]
        if text and fresh.any():
            reasons.append((fresh, text))

    lacking: Flags = np.asarray(~exists.all(axis=0), dtype=bool)
    give(lacking, Status.NO_BOUNDARY, _absent_years(period))
    for names, cells in _by_years(missing, period):
        give(cells, Status.NOT_REPORTED, NO_REPORT.format(years=names) if len(missing) > 1 else "")
    if base is not None:
        resident = base.of_residents[:, None]
        give(resident & ~places.residents, Status.NOT_APPLICABLE, NOT_RESIDENTIAL)
        give(resident & ~places.territory, Status.NO_BOUNDARY, NOT_TERRITORIAL)
        for group, title in enumerate(base.titles):
            here = np.zeros(status.shape, dtype=bool)
            here[group] = True
            unknown = here & np.isnan(denominator)
            give(unknown, Status.NOT_REPORTED, NO_DENOMINATOR.format(title=title))
            nobody: Flags = np.asarray(denominator <= 0, dtype=bool)
            give(here & nobody, Status.NOT_APPLICABLE, ZERO_DENOMINATOR.format(title=title))
    return status, reasons


def _missing(absence: str, counted: Tally, years: Sequence[int]) -> Flags:
    """Return which years × groups × places have no usable record."""
    incomplete = counted.incomplete[years]
    return incomplete if absence == "zero" else incomplete | ~counted.present[years]


def _by_years(missing: Flags, period: Period) -> list[tuple[str, Flags]]:
    """Group the cells with missing years by which years these are."""
    if not missing.any():
        return []
    names = np.array([str(year) for year in period.years])
    if len(names) == 1:
        return [(str(period), missing[0])]
    flat = missing.reshape(len(names), -1).T
    patterns, inverse = np.unique(flat, axis=0, return_inverse=True)
    shape = missing.shape[1:]
    return [
        (", ".join(names[pattern]), (inverse.ravel() == index).reshape(shape))
        for index, pattern in enumerate(patterns)
        if pattern.any()
    ]


def _absent_years(period: Period) -> str:
    if len(period.years) == 1:
        return ABSENT.format(period=period)
    return PARTLY_ABSENT.format(period=period)


class _Notes:
    """Distinct texts, numbered as they come."""

    def __init__(self) -> None:
        self._numbers = {"": 0}

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(self._numbers)

    def codes(self, block: _Block) -> npt.NDArray[np.int32]:
        codes = np.zeros(block.status.shape, dtype=np.int32)
        for cells, text in block.reasons:
            codes[cells] = self._number(text)
        for cell, text in block.remarks.items():
            codes[cell] = self._number(text)
        return codes

    def _number(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))
