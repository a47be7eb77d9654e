"""Comparisons in sentences: numbers in, words out. The API and the pages say the same ones.

A ratio is of one rate to another, with its 95 % interval; a verdict is one of
``mapsvc.statistics.comparison.VERDICTS`` and a trend one of ``TRENDS`` there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mapsvc.language import N_, _, ngettext
from mapsvc.maps.text import isolated, listed, number

DISPARITY_CAUTION = N_(
    "A disparity in rates is not by itself evidence of discrimination: rates also differ with "
    "where people are, what is reported, and how group and residents are counted."
)
"""Stands beside every ratio of two groups."""

RANKING_CAUTION = N_(
    "The FBI cautions against ranking places by such figures: a rank hides what makes places "
    "differ, such as their size, their visitors, the age of their residents and what is reported, "
    "and so misleads. Read each rank with its range; places whose ranges overlap may not differ."
)
"""Stands beside every list of ranks."""

COUNTS_ARE_NOT_COMPARED = N_("Counts are not compared: places differ in size. Compare a rate.")

VERDICTS: Mapping[str, str] = {
    "higher": N_("Higher, by more than chance alone would give"),
    "lower": N_("Lower, by more than chance alone would give"),
    "not_distinguishable": N_("Not distinguishable: the difference can be chance"),
}
"""Each verdict in a few words, for a table that has the numbers beside it."""

_SMALLEST_TIMES = 1.095
"""From here on a ratio reads better as times than as per cent: it is written 1.1 or more."""
_LEAST, _MOST = 0.01, 0.99
"""Differences that are told as a number; beyond these as less or more than it."""
_FEWEST_PLACES, _MOST_PLACES = 2, 5


def size(ratio: float, of: str) -> str:
    """Say how large a rate is beside another, ``of`` naming that one.

    >>> size(1.83, "that of 2015"), size(0.551, "that of 2015"), size(1.002, "the rate of others")
    ('1.8 times that of 2015', '45 % below that of 2015', 'less than 1 % above the rate of others')
    """
    if ratio >= _SMALLEST_TIMES:
        written = number(ratio, 1 if ratio < 10 else 0)
        return _("{number} times {of}").format(number=written, of=of)
    if ratio == 1:
        return _("the same as {of}").format(of=of)
    percent = abs(ratio - 1) * 100
    if percent < 100 * _LEAST:
        said = _("less than 1 % above {of}") if ratio > 1 else _("less than 1 % below {of}")
        return said.format(of=of)
    if percent > 100 * _MOST:
        return _("more than 99 % below {of}").format(of=of)
    said = _("{number} % above {of}") if ratio > 1 else _("{number} % below {of}")
    return said.format(number=number(percent, 0), of=of)


def interval(ratio: float, lower: float, upper: float) -> str:
    """Write a ratio with its interval, with as many decimals as show on which side of 1 it is.

    >>> interval(1.12, 0.94, 1.33), interval(1.004, 1.0012, 1.0068)
    ('ratio 1.12, 95 % interval 0.94 to 1.33', 'ratio 1.004, 95 % interval 1.001 to 1.007')
    """
    written, least, most = digits(ratio, lower, upper)
    return _("ratio {ratio}, 95 % interval {lower} to {upper}").format(
        ratio=written, lower=least, upper=most
    )


def digits(ratio: float, lower: float, upper: float) -> tuple[str, str, str]:
    """Write a ratio and its limits, with as many decimals as show on which side of 1 they are.

    >>> digits(1.004, 1.0012, 1.0068)
    ('1.004', '1.001', '1.007')
    """
    places = _FEWEST_PLACES
    while places < _MOST_PLACES and any(
        round(each, places) in (0, 1) and each not in (0, 1) for each in (lower, upper)
    ):
        places += 1
    return number(ratio, places), number(lower, places), number(upper, places)


def beside(ratio: float, lower: float, upper: float, verdict: str, of: str) -> str:
    """Say how a rate stands beside that of another place, or of the others together.

    >>> beside(1.83, 1.8, 1.86, "higher", "the rate of the other 57 counties")
    ... # doctest: +NORMALIZE_WHITESPACE
    'About 1.8 times the rate of the other 57 counties; higher, by more than chance alone would give
    (ratio 1.83, 95 % interval 1.80 to 1.86).'
    """
    shown = interval(ratio, lower, upper)
    if verdict == "not_distinguishable":
        return _("Not distinguishable from {of}: the difference can be chance ({shown}).").format(
            of=of, shown=shown
        )
    said = (
        _("{size}; higher, by more than chance alone would give ({shown}).")
        if verdict == "higher"
        else _("{size}; lower, by more than chance alone would give ({shown}).")
    )
    return said.format(size=_capital(_about(ratio, of)), shown=shown)


def change(ratio: float, lower: float, upper: float, trend: str, earlier: str, later: str) -> str:
    """Say how a rate moved from an earlier period to a later one.

    >>> change(0.5, 0.4, 0.6, "falling", "2015", "2024")  # doctest: +NORMALIZE_WHITESPACE
    'Falling: the rate of 2024 is about 50 % below that of 2015, more than chance alone would give
    (ratio 0.50, 95 % interval 0.40 to 0.60).'
    """
    shown = interval(ratio, lower, upper)
    if trend == "stable":
        return _(
            "Stable: the rate of {later} is not distinguishable from that of {earlier}; "
            "the difference can be chance ({shown})."
        ).format(later=later, earlier=earlier, shown=shown)
    said = (
        _("Rising: the rate of {later} is {size}, more than chance alone would give ({shown}).")
        if trend == "rising"
        else _(
            "Falling: the rate of {later} is {size}, more than chance alone would give ({shown})."
        )
    )
    moved = _about(ratio, _("that of {period}").format(period=earlier))
    return said.format(later=later, size=moved, shown=shown)


def breaks_outside(years: Sequence[int]) -> str:
    """Say which breaks a comparison of years stays clear of; empty where there is none.

    >>> breaks_outside([2012, 2015])
    'Not compared across the breaks in the series of 2012 and 2015.'
    """
    if not years:
        return ""
    return ngettext(
        "Not compared across the break in the series of {years}.",
        "Not compared across the breaks in the series of {years}.",
        len(years),
    ).format(years=listed(map(str, years)))


def breaks_crossed(years: Sequence[int]) -> str:
    """Warn of the breaks that a comparison is across; empty where there is none.

    >>> breaks_crossed([2015])
    'With care: the series breaks in 2015, so that figures on its two sides do not compare.'
    """
    if not years:
        return ""
    return ngettext(
        "With care: the series breaks in {years}, so that figures on its two sides do not compare.",
        "With care: the series breaks in {years}, "
        "so that figures on their two sides do not compare.",
        len(years),
    ).format(years=listed(map(str, years)))


def outside_groups(share: float, lower: float, upper: float, noun: str) -> str:
    """Say how many of the records are of no listed group; shares are from 0 to 1.

    >>> outside_groups(0.0712, 0.07, 0.0724, "arrests")
    'The group is unknown or not listed for 7.1 % of all arrests (95 % interval 7.0 % to 7.2 %).'
    """
    part, low, high = (f"{number(each * 100, 1)} %" for each in (share, lower, upper))
    return _(
        "The group is unknown or not listed for {share} of all {noun} "
        "(95 % interval {lower} to {upper})."
    ).format(share=part, noun=noun, lower=low, upper=high)


def no_comparison(name: str, title: str, explained: str) -> str:
    """Say why a place, period or group takes no part: its status or reliability in words.

    >>> no_comparison("Elm", "Not reported", "It is not zero.")
    'No comparison. Elm: not reported. It is not zero.'
    """
    return (
        _("No comparison. {name}: {reason}. {explained}")
        .format(name=isolated(name), reason=title[:1].lower() + title[1:], explained=explained)
        .strip()
    )


def _about(ratio: float, of: str) -> str:
    said = size(ratio, of)
    if ratio == 1 or (ratio < _SMALLEST_TIMES and not _LEAST <= abs(ratio - 1) <= _MOST):
        return said
    return _("about {size}").format(size=said)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
