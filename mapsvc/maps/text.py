"""Numbers and statuses in words, the same on every page, legend, table and picture.

The pages' script formats with the same rules: it is handed ``WORDS`` and mirrors ``decimals``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from mapsvc.language import N_, _, pgettext
from mapsvc.model import RELIABILITIES, STATUSES, Period, Reliability, Status
from mapsvc.release.reader import ValueSlice

WORDS: Mapping[str, Mapping[str, str]] = {
    Status.OK: {"title": N_("Reported"), "text": ""},
    Status.NOT_REPORTED: {
        "title": N_("Not reported"),
        "text": N_(
            "No complete record, or nothing to divide by, for this place and period. Not zero."
        ),
    },
    Status.NOT_APPLICABLE: {
        "title": N_("Count only, no rate"),
        "text": N_("No resident population, so a rate per resident makes no sense here."),
    },
    Status.SUPPRESSED: {
        "title": N_("Withheld (small number)"),
        "text": N_("Withheld under the publisher’s disclosure policy to protect people."),
    },
    Status.NO_BOUNDARY: {
        "title": N_("No boundary"),
        "text": N_("Did not exist, or has no polygon, in this vintage of the boundaries."),
    },
    Reliability.RELIABLE: {"title": N_("Reliable"), "text": N_("20 events or more.")},
    Reliability.USE_WITH_CAUTION: {
        "title": N_("Use with caution"),
        "text": N_("Fewer than 20 events: the rate can change a lot by chance."),
    },
    Reliability.UNRELIABLE: {
        "title": N_("Unreliable"),
        "text": N_(
            "Fewer than 10 events, or a very wide interval: the rate is not shown by default."
        ),
    },
}
"""What the reader sees for each status and reliability: a title, and a sentence that explains."""


_SCHEMES: Mapping[str, str] = {
    "equal_interval": N_("equal interval"),
    "fisher_jenks": N_("fisher jenks"),
    "head_tail": N_("head tail"),
    "max_breaks": N_("max breaks"),
    "quantiles": N_("quantiles"),
}


def words() -> dict[str, dict[str, str]]:
    """Return ``WORDS`` in the language that is spoken."""
    return spoken(WORDS)


def spoken(words: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Return words that are marked as messages in the language that is spoken."""
    return {key: {name: _(text) for name, text in each.items()} for key, each in words.items()}


def decimals(number: float) -> int:
    """Return how many decimals a rate is worth: 2 below 1, 1 below 100, none from there on.

    >>> [decimals(x) for x in (0, 0.25, 3, 99.9, 100, 1170)]
    [0, 2, 1, 1, 0, 0]
    """
    size = abs(number)
    if size == 0 or size >= 100:
        return 0
    return 2 if size < 1 else 1


def number(value: float, places: int | None = None) -> str:
    """Write a number with thousands separators; ``places`` decimals, or what it is worth.

    >>> number(1170.5), number(3.14159), number(12, 0), number(0)
    ('1,171', '3.1', '12', '0')
    """
    last = Decimal(1).scaleb(-(decimals(value) if places is None else places))
    # Halves go up, as in the browser's own formatting: page and script write the same number.
    return f"{Decimal(value).quantize(last, ROUND_HALF_UP):,f}"


def count(value: float) -> str:
    """Write a count of events or people; an average such as 12.5 keeps one decimal.

    >>> count(39538223), count(12.5)
    ('39,538,223', '12.5')
    """
    return number(value, 0 if float(value).is_integer() else 1)


def interval(value: float, lower: float, upper: float) -> str:
    """Write the 95 % interval of a rate with the decimals of its value.

    >>> interval(1170.2, 1100.1, 1240.4)
    '1,100 to 1,240'
    """
    places = decimals(value or upper)
    return _("{lower} to {upper}").format(lower=number(lower, places), upper=number(upper, places))


def period(text: str) -> str:
    """Write a period for people: an en dash between years.

    >>> period("2010-2014"), period("2014")
    ('2010–2014', '2014')
    """
    return text.replace("-", "–")


def years(periods: Sequence[str]) -> str:
    """Write the span that periods cover.

    >>> years(["2005", "2006", "2010-2014"])
    '2005–2014'
    """
    parsed = [Period.parse(text) for text in periods]
    first, last = min(item.first for item in parsed), max(item.last for item in parsed)
    return str(first) if first == last else f"{first}–{last}"


def spans(periods: Sequence[str]) -> str:
    """Write periods for people, years in a row as one span, pooled periods after them.

    >>> spans(["2005", "2006", "2007", "2010", "2005-2009"])
    '2005–2007, 2010; pooled 2005–2009'
    """
    parsed = sorted(map(Period.parse, periods))
    runs: list[list[int]] = []
    for year in (each.first for each in parsed if each.first == each.last):
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    single = ", ".join(
        str(run[0]) if len(run) == 1 else f"{run[0]}\N{EN DASH}{run[-1]}" for run in runs
    )
    pooled = ", ".join(period(str(each)) for each in parsed if each.first < each.last)
    if pooled:
        pooled = _("pooled {periods}").format(periods=pooled)
    return "; ".join(part for part in (single, pooled) if part)


def listed(items: Iterable[str]) -> str:
    """Write things one after another, the last after an "and".

    >>> listed(["2012", "2015", "2019"]), listed(["county"])
    ('2012, 2015 and 2019', 'county')
    """
    *first, last = items
    if not first:
        return last
    return pgettext("list", "{first} and {last}").format(first=", ".join(first), last=last)


def either(items: Iterable[str]) -> str:
    """Write things of which one holds, the last after an "or".

    >>> either(["1", "2", "3"]), either(["yes"])
    ('1, 2 or 3', 'yes')
    """
    *first, last = items
    if not first:
        return last
    return pgettext("list", "{first} or {last}").format(first=", ".join(first), last=last)


def scheme(name: str) -> str:
    """Return what a way to find classes is called; as it is where it has no name here."""
    return _(_SCHEMES.get(name, name.replace("_", " ")))


def no_figures(title: str, of: str, known: Sequence[str]) -> str:
    """Say that a denominator is not known for a period, and for which ones it is.

    >>> no_figures("Residents", "2015", ["2013", "2014"])
    '“Residents” has no figures for 2015: it has them for 2013–2014.'
    """
    if not known:
        return _("“{title}” has no figures for this group.").format(title=title)
    return _("“{title}” has no figures for {period}: it has them for {known}.").format(
        title=title, period=period(of), known=spans(known)
    )


def isolated(name: str) -> str:
    """Return a name that turns the direction of writing for itself only, in a sentence.

    A name without such characters stays as it is: U+2068 and U+2069 go around one that has them.

    >>> isolated("Alder"), isolated("\\u202eredlA").encode("unicode_escape")
    ('Alder', b'\\\\u2068\\\\u202eredlA\\\\u2069')
    """
    if not re.search("[\u202a-\u202e\u2066-\u2069]", name):
        return name
    left_open = max(len(re.findall("[\u2066-\u2068]", name)) - name.count("\u2069"), 0)
    return "\u2068" + name + "\u2069" * (left_open + 1)


def first_sentence(text: str) -> str:
    """Return the first sentence of a text, for lists.

    >>> first_sentence("All arrests. Nothing was dropped.")
    'All arrests.'
    """
    return sentence(text.split(". ", 1)[0])


def sentence(text: str) -> str:
    """End a text with a full stop, so that texts of many hands can stand in a row.

    >>> sentence("One source changed"), sentence("Read this.")
    ('One source changed.', 'Read this.')
    """
    text = text.strip()
    return text if not text or text[-1] in ".!?…" else f"{text}."


@dataclass(frozen=True)
class Cell:
    """One value in texts, for tables and descriptions; a text is empty where there is none."""

    status: str
    reliability: str | None
    """None unless there is a rate."""
    value: str
    """The rate or count as it is shown: not for an unreliable rate."""
    interval: str
    count: str
    """The events behind a rate, shown also where the rate is not."""
    words: str
    """Why there is no value, or how far it can be trusted."""
    note: str
    numbers: Mapping[str, float | None]
    """value, lower, upper and numerator, None where unknown or not shown: for sorting, drawing."""


def cell(column: ValueSlice, row: int, is_rate: bool) -> Cell:
    """Return one value of a column as texts."""
    status = STATUSES[column.status[row]]
    code = int(column.reliability[row])
    reliability = RELIABILITIES[code] if is_rate and status == Status.OK and code >= 0 else None
    events = _known(column.numerator[row])
    shown = status == Status.OK and reliability != Reliability.UNRELIABLE
    value = _known(column.value[row]) if shown else None
    lower = _known(column.lower[row]) if value is not None else None
    upper = _known(column.upper[row]) if value is not None else None
    bounds = ""
    if value is not None and lower is not None and upper is not None:
        bounds = interval(value, lower, upper)
    return Cell(
        status=str(status),
        reliability=str(reliability) if reliability else None,
        value="" if value is None else number(value) if is_rate else count(value),
        interval=bounds,
        count=count(events) if is_rate and events is not None else "",
        words=_words(status, reliability),
        note=column.note[row] or "",
        numbers={"value": value, "lower": lower, "upper": upper, "numerator": events},
    )


def _words(status: Status, reliability: Reliability | None) -> str:
    if status != Status.OK:
        return _(WORDS[status]["title"])
    if reliability == Reliability.UNRELIABLE:
        return _("Unreliable: rate not shown")
    return _(WORDS[reliability]["title"]) if reliability == Reliability.USE_WITH_CAUTION else ""


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
