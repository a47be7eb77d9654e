"""Every jurisdiction of a layer beside the others, or beside one of them: the map of differences.

A place is higher, lower or not distinguishable, by the exact interval of the ratio of the two
rates, or it cannot be compared, and why. Only values that a map would show are compared, as in
``mapsvc.maps.comparisons``: what is withheld is in no ratio and in no sum.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from mapsvc.language import N_, _, ngettext
from mapsvc.maps import sentences, text
from mapsvc.model import ALL, RELIABILITIES, STATUSES, Reliability, Status
from mapsvc.release.reader import Release, ValueSlice
from mapsvc.statistics import comparison, rates
from mapsvc.statistics.arrays import Floats

CODE_OK = STATUSES.index(Status.OK)
CODE_UNRELIABLE = RELIABILITIES.index(Reliability.UNRELIABLE)


class Standing(StrEnum):
    """How a place stands beside what it is compared with, or why it is not compared."""

    HIGHER = "higher"
    NOT_DISTINGUISHABLE = "not_distinguishable"
    LOWER = "lower"
    REFERENCE = "reference"
    """The place that the others are compared with."""
    UNRELIABLE = "unreliable"
    NOT_REPORTED = "not_reported"
    WITHHELD = "withheld"
    NOT_APPLICABLE = "not_applicable"
    NO_BOUNDARY = "no_boundary"
    NOTHING_BESIDE = "nothing_beside"
    """It has a rate; what it would be compared with has none."""


STANDINGS = tuple(Standing)

VERDICTS = tuple(map(Standing, comparison.VERDICTS))
"""In the order of the codes of ``mapsvc.statistics.comparison``."""

WORDS: Mapping[str, Mapping[str, str]] = {
    Standing.HIGHER: {"title": N_("Higher"), "text": N_("By more than chance alone would give.")},
    Standing.NOT_DISTINGUISHABLE: {
        "title": N_("Not distinguishable"),
        "text": N_("The difference can be chance."),
    },
    Standing.LOWER: {"title": N_("Lower"), "text": N_("By more than chance alone would give.")},
    Standing.REFERENCE: {
        "title": N_("The place itself"),
        "text": N_("The others are compared with it."),
    },
    Standing.UNRELIABLE: {
        "title": N_("Not compared: too few events"),
        "text": N_("Fewer than 10 events, or a very wide interval."),
    },
    Standing.NOT_REPORTED: text.WORDS[Status.NOT_REPORTED],
    Standing.WITHHELD: text.WORDS[Status.SUPPRESSED],
    Standing.NOT_APPLICABLE: text.WORDS[Status.NOT_APPLICABLE],
    Standing.NO_BOUNDARY: text.WORDS[Status.NO_BOUNDARY],
    Standing.NOTHING_BESIDE: {
        "title": N_("Nothing to compare with"),
        "text": N_("It has a rate, but what it would be compared with has none that is reliable."),
    },
}
"""What the reader sees for each standing: a title, and a sentence that explains."""


def words() -> dict[str, dict[str, str]]:
    """Return ``WORDS`` in the language that is spoken."""
    return text.spoken(WORDS)


_WITHOUT_RATE = {
    Status.NOT_REPORTED: Standing.NOT_REPORTED,
    Status.SUPPRESSED: Standing.WITHHELD,
    Status.NOT_APPLICABLE: Standing.NOT_APPLICABLE,
    Status.NO_BOUNDARY: Standing.NO_BOUNDARY,
}

CHOOSE_A_PLACE = N_(
    "Choose a place, on the map or by its name: the others are then shown beside it."
)

MANY_EVENTS = N_(
    "Where events are many, even a small difference is more than chance: read the ratio."
)


@dataclass(frozen=True)
class Differences:
    """How the jurisdictions of a layer stand; lists are in the layer's order."""

    standing: Sequence[Standing]
    ratio: Sequence[float | None]
    """Of the place's rate to the other's; None where it is not compared, or the other is 0."""
    lower: Sequence[float | None]
    upper: Sequence[float | None]
    """None without a ratio, and where there is no upper limit."""
    beside: str
    """What they are beside, such as ``the other 57 counties with a figure``, or a name."""
    reference: int | None = None
    """The row of the place that they are beside; None for the others together."""

    @property
    def counts(self) -> Mapping[Standing, int]:
        """How many jurisdictions stand so, of each standing that occurs, in the words' order."""
        found = Counter(self.standing)
        return {each: found[each] for each in Standing if found[each]}

    @property
    def compared(self) -> int:
        """How many places are compared."""
        return sum(each in VERDICTS for each in self.standing)

    @property
    def chance(self) -> str:
        """What chance alone gives among so many comparisons, in a sentence."""
        return by_chance(self.compared)

    def times(self, row: int) -> str:
        """Return the ratio of a place in digits; empty without one."""
        found = self._digits(row)
        return found[0] if found else ""

    def limits(self, row: int) -> str:
        """Return the interval of the ratio in digits; empty without one."""
        found = self._digits(row)
        return _("{lower} to {upper}").format(lower=found[1], upper=found[2]) if found else ""

    def _digits(self, row: int) -> tuple[str, str, str] | None:
        ratio, lower, upper = self.ratio[row], self.lower[row], self.upper[row]
        if ratio is None or lower is None or upper is None:
            return None
        return sentences.digits(ratio, lower, upper)

    def said(self, row: int) -> str:
        """Return how a place stands, in a sentence or two."""
        standing = self.standing[row]
        ratio, lower, upper = self.ratio[row], self.lower[row], self.upper[row]
        if standing in VERDICTS and None not in (ratio, lower, upper):
            numbers = ratio or 0.0, lower or 0.0, upper or 0.0
            of = _("the rate of {name}").format(name=self.beside)
            return sentences.beside(*numbers, str(standing), of)
        found = words()[standing]
        return " ".join(text.sentence(each) for each in (found["title"], found["text"]) if each)


def by_chance(compared: int) -> str:
    """Say how many of so many comparisons chance alone makes; empty where there is none.

    >>> by_chance(57)  # doctest: +NORMALIZE_WHITESPACE
    'Each place is compared by itself: if all rates were the same, chance alone would still make up
    to about 3 of these 57 come out higher or lower.'
    """
    if not compared:
        return ""
    expected = round(0.05 * compared)
    said = _(
        "Each place is compared by itself: if all rates were the same, chance alone would still "
        "make now and then one of these {n} come out higher or lower."
    )
    if expected:
        said = _(
            "Each place is compared by itself: if all rates were the same, chance alone would "
            "still make up to about {some} of these {n} come out higher or lower."
        )
    return said.format(some=expected, n=text.count(compared))


def with_others_offered(release: Release, indicator: str) -> bool:
    """Tell whether the places of an indicator can be held beside the others: a rate that adds up.

    A count is not compared, and the others are not added up unless the measure declares it.
    """
    entry = release.indicator(indicator)
    if entry["per"] is None:
        return False
    measures = release.dataset(entry["dataset"])["measures"]
    measure = next(each for each in measures if each["key"] == entry["measure"])
    return bool(measure["additive"].get("places", False))


def with_others(
    release: Release,
    indicator: str,
    layer: str,
    period: str,
    group: str = ALL,
    denominator: str = "",
) -> Differences:
    """Hold each place of a layer beside all its others together, itself left out.

    The indicator must be a rate whose measure adds up: see ``with_others_offered``. Raises
    UnknownNameError for what the release does not have.
    """
    column = release.values(layer, indicator, period, group, denominator)
    per = release.indicator(indicator, denominator)["per"]
    counted = column.status == CODE_OK
    known = usable(column)
    events = float(column.numerator[counted].sum())
    people = float(column.denominator[counted].sum())
    own = np.where(known, column.numerator, np.nan)
    base = np.where(known, column.denominator, np.nan)
    found = comparison.compare_with_rest(own, base, events, people)
    rest = np.where(known, events - column.numerator, np.nan)
    rest_base = people - column.denominator
    rate = rates.crude_rate(rest, rest_base, per)
    trusted = np.isin(rates.reliability(rest, *rate), (rates.RELIABLE, rates.USE_WITH_CAUTION))
    others = max(int(counted.sum()) - 1, 0)
    return _differences(column, found, trusted, others_of(release, layer, others))


def with_place(
    release: Release,
    indicator: str,
    layer: str,
    reference: int,
    period: str,
    group: str = ALL,
    denominator: str = "",
) -> Differences:
    """Hold each place of a layer beside one of them; the indicator must be a rate.

    Raises UnknownNameError for what the release does not have.
    """
    column = release.values(layer, indicator, period, group, denominator)
    known = usable(column)
    there = bool(known[reference])
    own = np.where(known, column.numerator, np.nan)
    base = np.where(known, column.denominator, np.nan)
    theirs = column.numerator[reference] if there else math.nan
    their_base = column.denominator[reference] if there else math.nan
    found = comparison.compare(own, base, theirs, their_base)
    name = release.layer(layer).names[reference]
    return _differences(column, found, np.full(len(own), there), name, reference)


def others_of(release: Release, layer: str, others: int) -> str:
    """Return what the others of a layer are called, by how many of them have a figure."""
    info = release.layer_info(layer)
    title = info["title"]
    names = {"place": info["singular"], "places": title[:1].lower() + title[1:]}
    if 1 < others == info["count"] - 1:
        return _("the other {n} {places}").format(n=text.count(others), **names)
    return ngettext(
        "the other {place} with a figure", "the other {n} {places} with a figure", others
    ).format(n=text.count(others), **names)


def usable(column: ValueSlice) -> npt.NDArray[np.bool_]:
    """Return which rates a map would show."""
    return np.asarray((column.status == CODE_OK) & (column.reliability != CODE_UNRELIABLE))


def _differences(
    column: ValueSlice,
    found: comparison.Comparison,
    trusted: npt.NDArray[np.bool_],
    beside: str,
    reference: int | None = None,
) -> Differences:
    standing = []
    for row, code in enumerate(column.status):
        status = STATUSES[code]
        if row == reference:
            standing.append(Standing.REFERENCE)
        elif status != Status.OK:
            standing.append(_WITHOUT_RATE[status])
        elif column.reliability[row] == CODE_UNRELIABLE:
            standing.append(Standing.UNRELIABLE)
        elif not trusted[row] or found.verdict[row] < 0:
            standing.append(Standing.NOTHING_BESIDE)
        else:
            standing.append(VERDICTS[int(found.verdict[row])])
    compared = np.array([each in VERDICTS for each in standing], dtype=bool)
    return Differences(
        standing,
        shown(found.ratio, compared),
        shown(found.lower, compared),
        shown(found.upper, compared),
        beside,
        reference,
    )


def shown(numbers: Floats, compared: npt.NDArray[np.bool_]) -> list[float | None]:
    """Return the finite ones of what is compared, None for the others."""
    return [
        float(number) if there and math.isfinite(number) else None
        for number, there in zip(numbers, compared, strict=True)
    ]
