"""What a widget is told of a view: what it shows, and nothing that only a page needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mapsvc.model import ALL

if TYPE_CHECKING:
    from mapsvc.maps.choropleth import View

_CHOICES = (
    "alternatives", "breaks", "classing", "description", "drawn", "effects", "history", "known",
    "method", "periods", "titles",
)  # fmt: skip
"""What only a page needs, where the reader chooses."""


def settled(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return an indicator's configuration without what its one view does not need.

    ``options`` are those of ``elements.ValueColumn``, divided as they are looked at.
    """
    kept = {key: value for key, value in options.items() if key not in _CHOICES}
    period, group = options["state"]["period"], options["state"]["group"]
    shown = group if group in options["classes"] else ALL
    kept["classes"] = {shown: options["drawn"] or options["classes"][shown]}
    kept["groups"] = {group: options["groups"][group]}
    kept["denominators"] = None
    named = options["denominators"]
    if named and group in named["of"].get(period, {}):
        source = named["sources"][named["of"][period][group]]
        kept["denominators"] = {"sources": [source], "of": {period: {group: 0}}}
    return kept


def names(seen: View) -> dict[str, str]:
    """Return the whole of a view as addresses name it, without what is the default everywhere.

    Layer and period are always there: an address that is kept must not change with the defaults.
    """
    found = {"indicator": seen.indicator, "layer": seen.layer, "period": seen.period}
    if seen.group != ALL:
        found["group"] = seen.group
    if seen.denominator:
        found["denominator"] = seen.denominator
    for name, asked in (("classes", seen.classes), ("palette", seen.palette)):
        if asked:
            found[name] = asked
    if seen.jurisdiction:
        found["jurisdiction"] = seen.jurisdiction
    if seen.show != "values":
        found["show"] = seen.show
    return found
