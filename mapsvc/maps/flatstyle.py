"""A style without expressions, for clients that read constants and plain filters only.

ArcGIS is the client in mind: what one layer says by ``match`` becomes a layer for each outcome, and
filters take the form that came before expressions. Both forms are in version 8.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Layer = dict[str, Any]


def flattened(layers: Iterable[Mapping[str, Any]]) -> list[Layer]:
    """Return layers that draw the same with constants, zoom functions and plain filters.

    Raises ValueError for an expression that ``mapsvc.maps.style`` does not use.
    """
    return [flat for layer in layers for flat in _split(layer)]


def _split(layer: Mapping[str, Any]) -> Iterator[Layer]:
    paint = {name: _zoomed(value) for name, value in layer.get("paint", {}).items()}
    own = _parts(_plain(layer["filter"])) if "filter" in layer else []
    varying = [name for name, value in paint.items() if _varies(value)]
    if len(varying) > 1:
        raise ValueError(f"Layer {layer['id']!r} has more than one expression: {varying}")
    if not varying:
        yield {**layer, "paint": paint, **({"filter": ["all", *own]} if own else {})}
        return
    name = varying[0]
    for number, (condition, value) in enumerate(_outcomes(paint[name])):
        yield {
            **layer,
            "id": f"{layer['id']}/{number}",
            "filter": ["all", *own, condition],
            "paint": {**paint, name: value},
        }


def _outcomes(expression: Sequence[Any]) -> list[tuple[list[Any], Any]]:
    """Return (condition, value) of each outcome of ``match``."""
    operator, (get, field), *pairs, otherwise = expression
    if get != "get" or operator != "match":
        raise ValueError(f"{expression[:2]} has no plain form")
    groups, values = pairs[::2], pairs[1::2]
    labels = [label for group in groups for label in group]
    found = [(["in", field, *group], value) for group, value in zip(groups, values, strict=True)]
    return [*found, (["!in", field, *labels], otherwise)]


def _varies(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], str)


def _zoomed(value: Any) -> Any:
    """Return the stops of an interpolation over zooms; anything else as it is."""
    if not _varies(value) or value[0] != "interpolate":
        return value
    if value[1:3] != [["linear"], ["zoom"]]:
        raise ValueError(f"{value[:3]} has no plain form")
    stops = value[3:]
    return {"stops": [list(pair) for pair in zip(stops[::2], stops[1::2], strict=True)]}


def _plain(expression: Sequence[Any]) -> list[Any]:
    """Return a filter in the form without ``get``."""
    operator, *rest = expression
    if operator == "all":
        return ["all", *(_plain(part) for part in rest)]
    (get, field), value = rest
    if get != "get" or operator not in ("==", "!=", ">", ">=", "<"):
        raise ValueError(f"{list(expression)} has no plain form")
    return [operator, field, value]


def _parts(plain: Sequence[Any]) -> list[Any]:
    return list(plain[1:]) if plain[0] == "all" else [list(plain)]
