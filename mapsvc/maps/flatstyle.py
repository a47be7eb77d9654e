"""A style without expressions, for clients that read constants and plain filters only.

ArcGIS is the client in mind: what one layer says by ``match`` or ``step`` becomes a layer for each
outcome, and filters take the form that came before expressions. Both forms are in version 8.
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
    # Without a key to sort by, as it is no constant, the steps themselves are in order of size.
    layout = {k: v for k, v in layer.get("layout", {}).items() if k != "circle-sort-key"}
    paint = {name: _zoomed(value) for name, value in layer.get("paint", {}).items()}
    own = [_plain(layer["filter"])] if "filter" in layer else []
    base = {**layer, "paint": paint, **({"layout": layout} if layout else {})}
    if not layout:
        base.pop("layout", None)
    varying = [name for name, value in paint.items() if _varies(value)]
    if not varying:
        yield {**base, **({"filter": own[0]} if own else {})}
        return
    if len(varying) > 1:
        raise ValueError(f"Layer {layer['id']!r} has more than one expression: {varying}")
    name = varying[0]
    for number, (conditions, value) in enumerate(_outcomes(paint[name])):
        where = ["all", *_parts(own), *conditions]
        identifier = f"{layer['id']}/{number}"
        yield {**base, "id": identifier, "filter": where, "paint": {**paint, name: value}}


def _outcomes(expression: Sequence[Any]) -> list[tuple[list[Any], Any]]:
    """Return (conditions, value) of each outcome of ``match`` or ``step``, large steps first."""
    operator, (get, field), *rest = expression
    if get != "get" or operator not in ("match", "step"):
        raise ValueError(f"{expression[:2]} has no plain form")
    if operator == "match":
        *pairs, otherwise = rest
        labels, values = pairs[::2], pairs[1::2]
        found = [
            ([["==", field, label]], value) for label, value in zip(labels, values, strict=True)
        ]
        return [*found, ([["!in", field, *labels]], otherwise)]
    limits, values = [None, *rest[1::2], None], rest[::2]
    steps = []
    for low, high, value in zip(limits, limits[1:], values, strict=False):
        above = [] if low is None else [[">=", field, low]]
        below = [] if high is None else [["<", field, high]]
        steps.append(([*above, *below], value))
    return steps[::-1]


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
    if get != "get" or operator not in ("==", "!=", ">", "<"):
        raise ValueError(f"{list(expression)} has no plain form")
    return [operator, field, value]


def _parts(filters: Sequence[Sequence[Any]]) -> list[Any]:
    return [part for item in filters for part in (item[1:] if item[0] == "all" else [item])]
