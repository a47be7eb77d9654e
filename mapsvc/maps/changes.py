"""Two periods of a map beside one another: the change of every place, and whether it is chance.

The change is from the earlier period to the later, whichever of them the map is of. Only rates that
a map would show are compared, as in ``mapsvc.maps.comparisons``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mapsvc.maps import differences, sentences, text
from mapsvc.model import ALL, Period
from mapsvc.release.reader import Release
from mapsvc.statistics import comparison

if TYPE_CHECKING:
    from mapsvc.maps.choropleth import View

WORDS: Mapping[str, str] = {
    "rising": "Rising, more than chance alone would give",
    "falling": "Falling, more than chance alone would give",
    "stable": "Stable: the difference can be chance",
}
"""Each trend in a few words."""

NOT_COMPARED = "Not compared"
OVERLAP = "The two periods share years, so that their rates are not compared."


@dataclass(frozen=True)
class Changes:
    """The change of the places of a layer between two periods; lists are in the layer's order."""

    earlier: str
    later: str
    trend: Sequence[str | None]
    """``rising``, ``falling`` or ``stable``; None where the two are not compared."""
    ratio: Sequence[float | None]
    """Of the later rate to the earlier one; None where the earlier one is 0."""
    lower: Sequence[float | None]
    upper: Sequence[float | None]
    breaks: Sequence[Mapping[str, Any]]
    """Breaks in the series between the two, or within one of them."""
    reason: str = ""
    """Why nothing at all is compared."""

    @property
    def compared(self) -> int:
        """How many places are compared."""
        return sum(each is not None for each in self.trend)

    @property
    def note(self) -> str:
        """What must be known of the two: breaks, chance, or why they are not compared."""
        if self.reason:
            return self.reason
        warning = sentences.breaks_crossed([each["year"] for each in self.breaks])
        return " ".join(filter(None, (warning, _by_chance(self.compared))))

    def times(self, row: int) -> str:
        """Return the ratio with its interval in digits; empty without one."""
        ratio, lower, upper = self.ratio[row], self.lower[row], self.upper[row]
        if ratio is None or lower is None or upper is None:
            return ""
        return "{} ({} to {})".format(*sentences.digits(ratio, lower, upper))

    def said(self, row: int) -> str:
        """Return the change of a place in a few words."""
        trend = self.trend[row]
        return WORDS[trend] if trend else NOT_COMPARED


@dataclass(frozen=True)
class Both:
    """Two periods of one view, for its table."""

    changes: Changes
    cells: Sequence[text.Cell]
    """The values of the other period, in the layer's order."""


def beside(release: Release, seen: View, compare: str | None) -> View:
    """Return a view with another period beside its own; without one, or its own, the view itself.

    Raises UnknownNameError for a period that the indicator does not have.
    """
    if not compare or compare == seen.period:
        return seen
    release.values(seen.layer, seen.indicator, compare, seen.group, seen.denominator)
    return replace(seen, compare=compare)


def both(release: Release, seen: View) -> Both | None:
    """Return both periods of a view; None where it has one."""
    if not seen.compare:
        return None
    view = seen.group, seen.denominator
    column = release.values(seen.layer, seen.indicator, seen.compare, *view)
    rate = release.indicator(seen.indicator)["per"] is not None
    cells = [text.cell(column, row, rate) for row in range(len(column.status))]
    periods = seen.period, seen.compare
    return Both(changes(release, seen.indicator, seen.layer, *periods, *view), cells)


def changes(
    release: Release,
    indicator: str,
    layer: str,
    period: str,
    other: str,
    group: str = ALL,
    denominator: str = "",
) -> Changes:
    """Compare the rates of all places in two periods, given in either order.

    Raises UnknownNameError for what the release does not have.
    """
    entry = release.indicator(indicator, denominator)
    earlier, later = sorted((period, other), key=_order)
    view = group, denominator
    before = release.values(layer, indicator, earlier, *view)
    after = release.values(layer, indicator, later, *view)
    first, last = Period.parse(earlier), Period.parse(later)
    nothing: list[None] = [None] * len(before.status)
    years = (min(first.first, last.first), max(first.last, last.last))
    cuts = [item["year"] for item in entry["breaks"]]
    crossed = comparison.crossed(*years, cuts)
    breaks = [item for item in entry["breaks"] if item["year"] in crossed]
    empty = Changes(earlier, later, nothing, nothing, nothing, nothing, breaks)
    if entry["per"] is None:
        return replace(empty, reason=sentences.COUNTS_ARE_NOT_COMPARED)
    if first.last >= last.first:
        return replace(empty, reason=OVERLAP)
    usable = differences.usable(before) & differences.usable(after)
    found = comparison.change(
        np.where(usable, after.numerator, np.nan),
        np.where(usable, after.denominator, np.nan),
        np.where(usable, before.numerator, np.nan),
        np.where(usable, before.denominator, np.nan),
        years,
        cuts,
    )
    compared = found.verdict >= 0
    return replace(
        empty,
        trend=[comparison.TRENDS[code] if code >= 0 else None for code in found.verdict.tolist()],
        ratio=differences.shown(found.ratio, compared),
        lower=differences.shown(found.lower, compared),
        upper=differences.shown(found.upper, compared),
    )


def _order(period: str) -> tuple[int, int]:
    parsed = Period.parse(period)
    return parsed.last, parsed.first


def _by_chance(compared: int) -> str:
    if not compared:
        return ""
    expected = round(0.05 * compared)
    some = f"up to about {expected}" if expected else "now and then one"
    return (
        "Each place is compared by itself: if no rate had changed, chance alone would still make "
        f"{some} of these {text.count(compared)} come out rising or falling."
    )
