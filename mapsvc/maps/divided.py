"""What of a map's configuration depends on what its indicator is divided by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mapsvc.maps import palette, text
from mapsvc.release.alternatives import known_periods, title_of


def divided(entry: Mapping[str, Any], layer: str) -> dict[str, Any]:
    """Return what depends on the denominator: unit, base, sources and classes."""
    classes: Mapping[str, Sequence[float]] = entry["layers"][layer]["classes"]
    return {
        "unit": entry["unit"],
        "divisor": entry["denominator_title"],
        "per": entry["per"],
        "description": entry["description"],
        "method": text.sentence(entry["method"]),
        "titles": {
            group: title_of(entry, layer, entry["default_period"], group) for group in classes
        },
        "known": {group: known_periods(entry, layer, group) for group in classes},
        "denominators": _denominators(entry["layers"][layer]["denominators"]),
        "classes": {
            group: {"bounds": bounds, "colours": palette.themed(entry["palette"], len(bounds))}
            for group, bounds in classes.items()
        },
    }


def _denominators(
    named: Mapping[str, Mapping[str, Mapping[str, str]]] | None,
) -> dict[str, Any] | None:
    """Return each source once, and which one a period and group used: years share theirs."""
    if named is None:
        return None
    sources: list[Mapping[str, str]] = []
    used: dict[str, dict[str, int]] = {}
    for period, groups in named.items():
        for group, source in groups.items():
            if source not in sources:
                sources.append(source)
            used.setdefault(period, {})[group] = sources.index(source)
    return {"sources": sources, "of": used}
