"""Modelled rates of the places of a layer: on request, labelled, beside the crude ones.

They are made of what the release publishes and of nothing else: a rate that is missing or withheld
takes no part, neither in its own place nor in the rate of all places together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mapsvc.errors import BadParameterError
from mapsvc.language import N_, _
from mapsvc.maps import text
from mapsvc.maps.choropleth import View
from mapsvc.maps.method import CODE_OK, measure
from mapsvc.model import ALL
from mapsvc.release.reader import Floats, Release
from mapsvc.statistics.smoothing import Shrinkage, shrinkage

FIELDS = ("modelled_value", "modelled_text")
"""Of a place: keys in JSON, columns in CSV, properties in GeoJSON."""

TEXT = N_(
    "Modelled, not counted: the crude rate drawn towards the rate of all places together, the "
    "further the smaller its denominator"
)
"""Stands beside every modelled rate."""

METHOD = "Marshall's global empirical Bayes estimator, Applied Statistics 40 (1991), pp. 283-294"


@dataclass(frozen=True)
class Model:
    """What the modelled rates of one layer, period and group are made of."""

    per: float
    places: int
    """That take part: those whose rate is published."""
    events: float
    """Of all of them together."""
    denominator: float
    numerators: Floats
    denominators: Floats
    """Of each place, NaN where it takes no part."""
    found: Shrinkage


def refusal(release: Release, slug: str) -> str | None:
    """Return why an indicator has no modelled rates, as what would be needed; None if it has.

    A message of the catalogues.
    """
    entry = release.indicator(slug)
    if entry["per"] is None:
        return N_("a rate: a count is complete as it is, and nothing is modelled of it")
    if not measure(release, entry)["additive"]["places"]:
        return N_(
            "a measure whose places add up: a modelled rate is drawn towards the rate of all places"
            " together, and the records of this one are not of every place"
        )
    return None


def model(
    release: Release,
    layer: str,
    slug: str,
    period: str,
    group: str = ALL,
    denominator: str = "",
) -> Model:
    """Model the rates of a layer, period and group from those that the release publishes.

    Raises BadParameterError where there is a ``refusal``, UnknownNameError for a name that does
    not exist.
    """
    column = release.values(layer, slug, period, group, denominator)
    if why := refusal(release, slug):
        raise BadParameterError("smoothed", "1", why)
    shown = column.status == CODE_OK
    events = np.where(shown, column.numerator, np.nan)
    base = np.where(shown, column.denominator, np.nan)
    return Model(
        float(release.indicator(slug, denominator)["per"]),
        int(shown.sum()),
        float(np.nansum(events)),
        float(np.nansum(base)),
        events,
        base,
        shrinkage(events, base),
    )


def rates(
    release: Release,
    layer: str,
    slug: str,
    period: str,
    group: str = ALL,
    denominator: str = "",
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what must stand beside the modelled rates, and the ``FIELDS`` of each place.

    Both are None for a place whose rate is not published. Raises as ``model`` does.
    """
    made = model(release, layer, slug, period, group, denominator)
    about = {
        "text": _(TEXT),
        "method": METHOD,
        "places": made.places,
        "overall": float(made.found.overall) * made.per if made.places else None,
    }
    values = (made.found.value * made.per).tolist()
    listed: list[dict[str, Any]] = [
        dict(zip(FIELDS, (None, None) if value != value else (value, _(TEXT)), strict=True))
        for value in values
    ]
    return about, listed


def figure(value: float) -> str:
    """Write a number with at least six digits that count, so that a sum can be followed.

    >>> figure(0.0386401), figure(2055.4426), figure(372287.29), figure(0)
    ('0.0386401', '2,055.44', '372,287', '0')
    """
    if value == 0:
        return "0"
    return text.number(value, max(0, 5 - math.floor(math.log10(abs(value)))))


@dataclass(frozen=True)
class Worked:
    """One modelled rate with every number on the way to it; rates are per ``per``."""

    places: int
    events: float
    """Of all places together."""
    denominator: float
    overall: float
    spread: float
    """These three are squares of rates per ``per``."""
    chance: float
    between: float
    mean: float
    """The denominator of a place on average."""
    own: float
    """What chance makes of a rate with the denominator of this place, squared like ``chance``."""
    weight: float
    rate: float
    value: float


def worked(release: Release, seen: View, identifier: str) -> Worked | None:
    """Return how a place's modelled rate is worked out; None where it has none."""
    if refusal(release, seen.indicator):
        return None
    made = model(release, seen.layer, seen.indicator, seen.period, seen.group, seen.denominator)
    row = release.layer(seen.layer).row(identifier)
    if np.isnan(made.found.value[row]):
        return None
    square = made.per**2
    overall = float(made.found.overall)
    base = float(made.denominators[row])
    return Worked(
        made.places,
        made.events,
        made.denominator,
        overall * made.per,
        float(made.found.spread) * square,
        float(made.found.chance) * square,
        float(made.found.between) * square,
        made.denominator / made.places,
        overall / base * square,
        float(made.found.weight[row]),
        float(made.numerators[row]) / base * made.per,
        float(made.found.value[row]) * made.per,
    )
