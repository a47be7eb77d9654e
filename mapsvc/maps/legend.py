"""What every place of a map looks like, and the legend and the sentences that say so.

For pictures that no script draws. A look is a key: ``c0``, ``c1``... for the classes, with
``-caution`` after it for a rate of few events; ``unreliable``; a status; ``plain`` for an area
below its circle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mapsvc.language import _, ngettext
from mapsvc.maps import choropleth, style, text
from mapsvc.maps.classes import classes_of
from mapsvc.maps.theme import colours
from mapsvc.model import RELIABILITIES, STATUSES, Reliability, Status
from mapsvc.release.reader import Release, ValueSlice

PLAIN, ZERO, CIRCLE = "plain", "zero", "circle"
CAUTION = "-caution"
_MISSING = (
    Status.NOT_REPORTED,
    Status.SUPPRESSED,
    Status.NOT_APPLICABLE,
    Status.NO_BOUNDARY,
)
_SIZES = (1, 0.3, 0.05)
"""The circles of a legend, as parts of the largest."""


@dataclass(frozen=True)
class Row:
    """A line of the legend."""

    look: str
    title: str
    count: int
    """How many places of the layer look so."""


@dataclass(frozen=True)
class Paint:
    """How a look is drawn: a colour, perhaps with a hatch of the sprite over it in an ink."""

    colour: str
    hatch: str = ""
    ink: str = ""


@dataclass(frozen=True)
class Legend:
    """A view as a picture shows it; lists of places are in the layer's order."""

    title: str
    """What the numbers are: the unit."""
    when: str
    """Group and period."""
    note: str
    """Why there is nothing to see, or how the classes were chosen; empty where neither."""
    looks: Sequence[str]
    """The look of each place."""
    rows: Sequence[Row]
    paints: Mapping[str, Paint]
    """Of each look that fills an area. What did not exist has none."""
    sizes: Sequence[float]
    """For counts: the numbers of the circles that the legend shows, the largest first."""
    reference: float
    """The count of the largest circle; 0 for rates."""


def legend(release: Release, seen: choropleth.View, theme: str) -> Legend:
    """Return the legend of a view's values in a theme."""
    entry, column = seen.entry(release), seen.values(release)
    counts = entry["per"] is None
    found = classes_of(release, seen)
    bounds, shades = found.bounds, found.colours[theme]
    chosen = np.minimum(np.searchsorted(bounds, column.value), len(bounds) - 1)
    klass = chosen if seen.classes else column.klass
    looks = _symbols(column) if counts else _classes(column, klass)
    reference = style.reference(release, seen) if counts else 0.0
    occurring = Counter(looks)
    rows = [Row(ZERO, _("Zero"), occurring[ZERO])] if counts and occurring[ZERO] else []
    if not counts:
        rows = _class_rows(style.classes(bounds, shades), occurring)
    words = text.words()
    rows += [
        Row(str(status), words[status]["title"], occurring[status])
        for status in _MISSING
        if occurring[status]
    ]
    group = "" if seen.group == "all" else f"{choropleth.group_title(entry, seen.group)}, "
    return Legend(
        title=entry["unit"][:1].upper() + entry["unit"][1:],
        when=group + text.period(seen.period),
        note=choropleth.note_of(entry, seen) or text.sentence(found.title or ""),
        looks=looks,
        rows=rows,
        paints=_paints(shades, theme),
        sizes=sorted({style.nice(reference * part) for part in _SIZES}, reverse=True)
        if counts
        else (),
        reference=reference,
    )


def told(release: Release, seen: choropleth.View, shown: Legend) -> str:
    """Say in sentences what a picture shows, for those who do not see it."""
    info = release.layer_info(seen.layer)
    column = seen.values(release)
    total = len(shown.looks)
    said = [
        ngettext(
            "Map of {n} {place}. {title}, {when}.", "Map of {n} {places}. {title}, {when}.", total
        ).format(
            n=text.count(total),
            place=info["singular"],
            places=info["title"].lower(),
            title=shown.title,
            when=shown.when,
        )
    ]
    said.append(text.sentence(shown.note))
    seen_rows = np.array([look == CIRCLE or look.startswith("c") for look in shown.looks])
    known = column.value[seen_rows | (np.array(shown.looks) == ZERO)]
    if known.size:
        write = text.count if shown.reference else text.number
        low, high = write(float(known.min())), write(float(known.max()))
        span = _("Counts go from {low} to {high}.")
        one = _("Counts: {low}.")
        if not shown.reference:
            span = _("Rates that are shown go from {low} to {high}.")
            one = _("Rates that are shown: {low}.")
        said.append((one if low == high else span).format(low=low, high=high))
    rows = [f"{row.title}: {text.count(row.count)}" for row in shown.rows if row.count]
    if rows:
        said.append(
            _("Number of {places} by class: {classes}.").format(
                places=info["title"].lower(), classes="; ".join(rows)
            )
        )
    return " ".join(part for part in said if part)


def _classes(column: ValueSlice, classes: npt.NDArray[Any]) -> list[str]:
    return [
        _class(STATUSES[status], int(reliability), int(klass))
        for status, reliability, klass in zip(
            column.status, column.reliability, classes, strict=True
        )
    ]


def _class(status: Status, reliability: int, klass: int) -> str:
    if status != Status.OK:
        return str(status)
    known = RELIABILITIES[reliability] if reliability >= 0 else None
    if known == Reliability.UNRELIABLE:
        return str(known)
    if klass < 0:
        return PLAIN
    return f"c{klass}{CAUTION}" if known == Reliability.USE_WITH_CAUTION else f"c{klass}"


def _symbols(column: ValueSlice) -> list[str]:
    return [
        str(STATUSES[status]) if STATUSES[status] != Status.OK else CIRCLE if value > 0 else ZERO
        for status, value in zip(column.status, column.value, strict=True)
    ]


def _class_rows(
    classes: Sequence[tuple[str, float | None, float, str]], occurring: Mapping[str, int]
) -> list[Row]:
    """Return the classes from the highest, then what is hatched; as the page's legend."""
    rows = []
    caution = [occurring.get(f"c{number}{CAUTION}", 0) for number in range(len(classes))]
    for number, (title, *_rest) in reversed(list(enumerate(classes))):
        rows.append(Row(f"c{number}", title, occurring.get(f"c{number}", 0) + caution[number]))
    if sum(caution):
        title = _(text.WORDS[Reliability.USE_WITH_CAUTION]["title"])
        rows.append(Row(f"c{min(2, len(classes) - 1)}{CAUTION}", title, sum(caution)))
    if some := occurring.get(Reliability.UNRELIABLE, 0):
        title = _("Rate not shown: too few events")
        rows.append(Row(str(Reliability.UNRELIABLE), title, some))
    return rows


def _paints(shades: Sequence[str], theme: str) -> dict[str, Paint]:
    ink = colours(theme)
    paints = {PLAIN: Paint(ink["plain"])}
    for number, shade in enumerate(shades):
        paints[f"c{number}"] = Paint(shade)
        paints[f"c{number}{CAUTION}"] = Paint(shade, "use_with_caution", ink["mark"])
    for name in (Reliability.UNRELIABLE, *_MISSING[:-1]):
        paints[str(name)] = Paint(ink["empty"], str(name), ink["empty-mark"])
    return paints
