"""How a map's rates are put into classes and coloured: as the release has it, or as a reader chose.

A choice is named in an address: ``quantiles-5`` is a scheme and a number of classes, ``Blues`` a
palette. Breaks are pooled over the periods, as the release's own are, so that a colour means the
same in each; tiles and styles keep the release's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from mapsvc.errors import BadParameterError
from mapsvc.language import N_, Message, _, ngettext
from mapsvc.maps import palette
from mapsvc.model import RELIABILITIES, Reliability
from mapsvc.release.reader import Release
from mapsvc.statistics.classification import Floats, class_breaks, reaching, thinned

if TYPE_CHECKING:
    from mapsvc.maps.choropleth import View


class Scheme(NamedTuple):
    """A way to find breaks: its key among the statistics, and what a reader is told of it."""

    key: str
    title: str


SCHEMES: Mapping[str, Scheme] = {
    "quantiles": Scheme("quantiles", N_("Quantiles")),
    "equal": Scheme("equal_interval", N_("Equal intervals")),
    "natural": Scheme("fisher_jenks", N_("Natural breaks")),
    "round": Scheme("pretty", N_("Round numbers")),
}
"""By the name that an address has."""
NATURAL = "natural"
COUNTS = ("3", "4", "5", "6", "7")
"""Classes that a reader may ask for: fewer tell little, more cannot be told apart."""
PALETTES: Mapping[str, str] = {
    "YlGnBu": N_("Yellow, green, blue"),
    "YlOrRd": N_("Yellow, orange, red"),
    "PuBuGn": N_("Purple, blue, green"),
    "RdPu": N_("Pink to purple"),
    "Blues": N_("Blues"),
    "Greys": N_("Greys, for print"),
}
"""ColorBrewer's sequential ones that the colour-blind can tell apart, light and dark."""

_THINNED = 400
"""Values that natural breaks are found among: their time grows with the square of these."""
_UNRELIABLE = RELIABILITIES.index(Reliability.UNRELIABLE)


@dataclass(frozen=True)
class Classes:
    """Upper bounds, rising, and a colour for each: by theme, ``light`` and ``dark``."""

    title: str | None
    """What the choice of classes is called; None for the release's own."""
    bounds: tuple[float, ...]
    colours: Mapping[str, tuple[str, ...]]


def checked(entry: Mapping[str, Any], classes: str, palette: str) -> tuple[str, str]:
    """Return the names of classes and palette as they were asked for, empty for the release's own.

    Raises BadParameterError for what is not offered, with what is.
    """
    for parameter, asked in (("classes", classes), ("palette", palette)):
        if asked and entry["per"] is None:
            expected = N_("none: a map of counts has circles, not classes")
            raise BadParameterError(parameter, asked, expected)
    scheme, _hyphen, count = classes.partition("-")
    if classes and (scheme not in SCHEMES or count not in COUNTS):
        offered = Message(
            "one of {names}, then a hyphen and the number of classes, from {least} to {most}: "
            "for example quantiles-5",
            names=", ".join(SCHEMES),
            least=COUNTS[0],
            most=COUNTS[-1],
        )
        raise BadParameterError("classes", classes, offered)
    if palette and palette not in PALETTES:
        offered = Message("one of {names}", names=", ".join(PALETTES))
        raise BadParameterError("palette", palette, offered)
    return classes, palette


def title_of(classes: str, found: int | None = None) -> str:
    """Return what a choice of classes is called; ``found`` is how many came of those asked for.

    >>> title_of("quantiles-5"), title_of("round-5", 3)
    ('Quantiles, 5 classes', 'Round numbers, 3 classes')
    """
    scheme, _hyphen, count = classes.partition("-")
    n = int(count) if found is None else found
    said = ngettext("{scheme}, {n} classes", "{scheme}, {n} classes", n)
    return said.format(scheme=_(SCHEMES[scheme].title), n=n)


def classes_of(release: Release, view: View) -> Classes:
    """Return the classes of a view and their colours, for all that draws it.

    Raises UnknownNameError for a layer or group that the indicator does not have.
    """
    entry = view.entry(release)
    own = entry["layers"][view.layer]["classes"]
    bounds = tuple(own[view.group if view.group in own else "all"])
    if view.classes and entry["per"] is not None:
        bounds = _kept(release, view)
    title = title_of(view.classes, len(bounds)) if view.classes else None
    colours = palette.themed(view.palette or entry["palette"], len(bounds))
    return Classes(title, bounds, colours)


_KEPT: WeakKeyDictionary[Release, dict[tuple[str, ...], tuple[float, ...]]] = WeakKeyDictionary()
"""Breaks that were computed, as long as their release is served."""


def _kept(release: Release, view: View) -> tuple[float, ...]:
    kept = _KEPT.setdefault(release, {})
    key = (view.indicator, view.layer, view.group, view.denominator, view.classes)
    if key not in kept:
        kept[key] = _breaks(release, view)
    return kept[key]


def _breaks(release: Release, view: View) -> tuple[float, ...]:
    """Compute breaks as a build does: for another denominator of the same unit the same."""
    scheme, _hyphen, count = view.classes.partition("-")
    own = release.indicator(view.indicator)
    shared = bool(view.denominator) and view.entry(release)["unit"] == own["unit"]
    steady, every = _pooled(release, view, "" if shared else view.denominator)
    if np.isfinite(steady).sum() < int(count):
        steady = every
    if scheme == NATURAL:
        steady = thinned(steady, _THINNED)
    breaks = class_breaks(steady, SCHEMES[scheme].key, int(count))
    if shared:
        breaks = reaching(breaks, _pooled(release, view, view.denominator)[1])
    return tuple(breaks)


def _pooled(release: Release, view: View, denominator: str) -> tuple[Floats, Floats]:
    """Return the values of all periods: those that are not unreliable, and all."""
    found = [
        release.values(view.layer, view.indicator, period, view.group, denominator)
        for period in release.indicator(view.indicator)["periods"]
    ]
    every = np.concatenate([each.value for each in found])
    unreliable = np.concatenate([each.reliability for each in found]) == _UNRELIABLE
    return np.where(unreliable, np.nan, every), every
