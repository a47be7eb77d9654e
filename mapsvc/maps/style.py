"""A map as a MapLibre style: the same colours, breaks and hatches as the page, in one document.

MapLibre Style Specification, version 8. Only what MapLibre, OpenLayers and QGIS draw alike is
used: colours by ``match`` over lists, and a layer of its own for each hatch and each size of
circle. There is no text: a style names glyphs by address, and none are served here.
``mapsvc.maps.flatstyle`` turns the layers into ones for clients that know no expressions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from mapsvc.language import _
from mapsvc.maps import choropleth, palette, text
from mapsvc.maps.theme import colours
from mapsvc.model import ALL, STATUSES, Reliability, Status
from mapsvc.release.reader import Release

Layer = dict[str, Any]
Legend = list[dict[str, Any]]

GROUND = "ground"
"""The source of what lies under the data."""

_MANY = 150
"""Areas of a layer from which on their outlines are thinner when seen from afar."""
_LARGEST = 30
"""The radius in pixels of the largest circle; the page has the same."""
_SMALLEST = 1.5
_HATCHED = (Status.NOT_REPORTED, Status.SUPPRESSED, Status.NOT_APPLICABLE)
"""Statuses that have an image of the sprite by their name."""


@dataclass(frozen=True)
class Sources:
    """Where the parts of a style are; absolute, as a style is opened from anywhere."""

    tiles: str
    """The TileJSON of the layer, with the attributes of the indicator if there is one."""
    ground: str
    """The TileJSON of the context; not used where a release has none."""
    sprite: str


def layer_style(release: Release, layer: str, sources: Sources, theme: str) -> dict[str, Any]:
    """Return the style of a layer's geometry alone; raises UnknownNameError."""
    info = release.layer_info(layer)
    ink = colours(theme)
    areas = [_fill("areas", layer, layer, ink["plain"])]
    metadata = {"title": info["title"], "source": _boundaries(info), "release": release.id}
    return _document(release, info, sources, theme, areas, metadata)


def indicator_style(
    release: Release,
    seen: choropleth.View,
    sources: Sources,
    theme: str,
    caveats: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the style of a view: rates as filled areas, counts as circles.

    ``theme`` is ``light`` or ``dark``. Raises UnknownNameError.
    """
    info = release.layer_info(seen.layer)
    entry = release.indicator(seen.indicator)
    dataset = release.dataset(entry["dataset"])
    draw = _counts if entry["per"] is None else _rates
    areas, symbols, legend = draw(release, seen, theme)
    metadata = {
        "title": choropleth.label(release, seen),
        "indicator": seen.indicator,
        "layer": seen.layer,
        "period": seen.period,
        "group": seen.group,
        "unit": entry["unit"],
        "source": f"{dataset['title']}, {dataset['publisher']}, {dataset['vintage']}",
        "boundaries": _boundaries(info),
        "caveats": list(caveats),
        "breaks": entry["breaks"],
        "release": release.id,
        "legend": legend,
    }
    return _document(release, info, sources, theme, areas, metadata, symbols)


def image_names(style: Mapping[str, Any]) -> set[str]:
    """Return the images of the sprite that a style asks for."""
    return {
        block[name]
        for layer in style["layers"]
        for block, name in (
            (layer.get("paint", {}), "fill-pattern"),
            (layer.get("layout", {}), "icon-image"),
        )
        if name in block
    }


def _document(
    release: Release,
    info: Mapping[str, Any],
    sources: Sources,
    theme: str,
    areas: Sequence[Layer],
    metadata: Mapping[str, Any],
    symbols: Sequence[Layer] = (),
) -> dict[str, Any]:
    """Return the document: ground, areas, water, outlines, symbols from below to above."""
    west, south, east, north = info["bounds"]
    across = max(east - west, 1e-6)
    ink = colours(theme)
    context = release.catalogue["context"]
    land, water = _ground(context["layers"], ink) if context else ([], [])
    named: dict[str, Any] = {info["key"]: {"type": "vector", "url": sources.tiles}}
    if land or water:
        named[GROUND] = {"type": "vector", "url": sources.ground}
    named[info["key"]]["promoteId"] = "id"
    return {
        "version": 8,
        "name": metadata["title"],
        "metadata": {f"mapsvc:{key}": value for key, value in metadata.items()},
        "center": [round((west + east) / 2, 4), round((south + north) / 2, 4)],
        "zoom": round(max(math.log2(360 / across), 0), 2),
        "sources": named,
        "sprite": sources.sprite,
        "layers": [
            {"id": "background", "type": "background", "paint": {"background-color": ink["sea"]}},
            *land,
            *areas,
            *water,
            _edges(info, ink["edge"]),
            *symbols,
        ],
    }


def _ground(layers: Sequence[str], ink: Mapping[str, str]) -> tuple[list[Layer], list[Layer]]:
    """Return what lies below the data, and the water above it, of the context's layers."""
    below = []
    for name, edge, width in (("land", "land-edge", 0.8), ("states", "state-edge", 1.0)):
        if name in layers:
            below.append(_fill(name, GROUND, name, ink["land"]))
            below.append(_line(f"{name}-edge", GROUND, name, ink[edge], width))
    return below, [_fill("lakes", GROUND, "lakes", ink["sea"])] if "lakes" in layers else []


def _edges(info: Mapping[str, Any], colour: str) -> Layer:
    # Zooms of this specification are one less than the page's, whose tiles are half as wide.
    ends = (5.5, 0.3, 9.5, 1.1) if info["mapped"] > _MANY else (0, 0.51, 9.8, 1.1)
    width = ["interpolate", ["linear"], ["zoom"], *ends]
    return _line("edges", info["key"], info["key"], colour, width)


def _rates(
    release: Release, seen: choropleth.View, theme: str
) -> tuple[list[Layer], list[Layer], Legend]:
    """Return areas filled by class, hatched where there is none, and the legend of both."""
    entry, layer, ink = release.indicator(seen.indicator), seen.layer, colours(theme)
    bounds = bounds_of(entry, seen)
    shades = palette.themed(entry["palette"], len(bounds))[theme]
    shown = ["all", _is("status", Status.OK), _is_not("reliability", Reliability.UNRELIABLE)]
    unreliable = ["all", _is("status", Status.OK), _is("reliability", Reliability.UNRELIABLE)]
    caution = ["all", _is("status", Status.OK), _is("reliability", Reliability.USE_WITH_CAUTION)]
    steps = [part for number, shade in enumerate(shades) for part in ([number], shade)]
    colour = ["match", ["get", "class"], *steps, ink["empty"]] if steps else ink["empty"]
    areas = [_fill("classes", layer, layer, colour, shown)]
    areas.append(_hatch("use_with_caution", layer, caution))
    legend: Legend = [
        {"title": title, "class": number, "above": low, "upTo": high, "colour": shade}
        for number, (title, low, high, shade) in enumerate(classes(bounds, shades))
    ]
    words = text.WORDS[Reliability.USE_WITH_CAUTION]
    legend.append({**words, "reliability": "use_with_caution", "pattern": "use_with_caution"})
    missing: list[tuple[str, str, list[Any]]] = [
        (Reliability.UNRELIABLE, "reliability", unreliable)
    ]
    missing += [(status, "status", _is("status", status)) for status in _HATCHED]
    for name, kind, where in missing:
        areas.append(_fill(f"{name}-empty", layer, layer, ink["empty"], where))
        areas.append(_hatch(name, layer, where))
        sign = {"colour": ink["empty"], "pattern": str(name)}
        legend.append({**text.WORDS[name], kind: str(name), **sign})
    areas.append(_nowhere(layer, ink))
    legend.append(_nowhere_row(ink))
    return areas, [], legend


def _counts(
    release: Release, seen: choropleth.View, theme: str
) -> tuple[list[Layer], list[Layer], Legend]:
    """Return plain areas, circles whose area is the count, marks for the rest, and the legend."""
    layer, ink = seen.layer, colours(theme)
    largest = reference(release, seen)
    ok, points = _is("status", Status.OK), f"{layer}-labels"
    circle = {
        "circle-color": ink["symbol"],
        "circle-stroke-color": ink["symbol-edge"],
        "circle-stroke-width": 1,
    }
    zero = {
        "circle-radius": 2.5,
        "circle-color": ink["plain"],
        "circle-stroke-color": ink["symbol"],
        "circle-stroke-width": 1,
    }
    symbols = [_mark(status, layer, points) for status in _HATCHED]
    symbols.append(
        _layer("zero", "circle", layer, points, zero, ["all", ok, ["==", ["get", "value"], 0]])
    )
    for radius, low, high in steps(largest):
        where = ["all", ok, [">", ["get", "value"], 0]]
        where += [[">=", ["get", "value"], low]] if low else []
        where += [["<", ["get", "value"], high]] if high else []
        paint = {**circle, "circle-radius": radius}
        symbols.append(_layer(f"counts-{radius:g}", "circle", layer, points, paint, where))
    legend: Legend = [
        {"title": text.count(size), "value": size, "radius": round(radius_of(size, largest), 1)}
        for size in sorted({nice(largest * part) for part in (1, 0.3, 0.05)}, reverse=True)
    ]
    legend.append({"title": "Zero", "value": 0, "radius": 2.5})
    legend += [
        {**text.WORDS[status], "status": str(status), "icon": f"mark-{status}"}
        for status in _HATCHED
    ]
    legend.append(_nowhere_row(ink))
    return [_fill("areas", layer, layer, ink["plain"]), _nowhere(layer, ink)], symbols, legend


def reference(release: Release, seen: choropleth.View) -> float:
    """Return the count that the largest circle stands for, the same in every year."""
    column = release.values(seen.layer, seen.indicator, seen.period, seen.group)
    reported = column.value[column.status == STATUSES.index(Status.OK)]
    bounds = bounds_of(release.indicator(seen.indicator), seen)
    return max(1.0, float(np.nanmax(reported, initial=1)), *bounds)


def radius_of(count: float, reference: float) -> float:
    """Return the radius in pixels of a circle whose area is in proportion to a count.

    >>> radius_of(25, 100)
    15.0
    """
    return max(_SMALLEST, _LARGEST * math.sqrt(count / reference))


def steps(reference: float) -> list[tuple[float, float | None, float | None]]:
    """Return radii from large to small, with the counts that each stands for.

    From the first count to below the second; None is open. A step is a pixel or two, so no circle
    is off by more than one: QGIS knows no other way to size circles.
    """
    radii = [*np.arange(_SMALLEST, 10), *np.arange(11, _LARGEST + 1, 2), _LARGEST]
    limits = [reference * ((low + high) / 2 / _LARGEST) ** 2 for low, high in pairwise(radii)]
    ends = zip(radii, [None, *limits], [*limits, None], strict=True)
    return [(float(radius), low, high) for radius, low, high in ends][::-1]


def nice(value: float) -> float:
    """Return the round number of 1, 2 or 5 at or below."""
    power = 10 ** math.floor(math.log10(max(value, 1)))
    return float(next(factor * power for factor in (5, 2, 1) if factor * power <= max(value, 1)))


def bounds_of(entry: Mapping[str, Any], seen: choropleth.View) -> Sequence[float]:
    """Return the upper bounds of the classes of a view; a group without its own has everyone's."""
    classes: Mapping[str, Sequence[float]] = entry["layers"][seen.layer]["classes"]
    return classes.get(seen.group) or classes.get(ALL) or []


def classes(
    bounds: Sequence[float], shades: Sequence[str]
) -> list[tuple[str, float | None, float, str]]:
    """Return title, lower and upper bound and colour of each class, from the lowest."""
    edges: list[tuple[float | None, float]] = [(None, bound) for bound in bounds[:1]]
    edges += pairwise(bounds)
    return [
        (
            _("Up to {high}").format(high=_bound(high))
            if low is None
            else _("{lower} to {upper}").format(lower=_bound(low), upper=_bound(high)),
            low,
            high,
            shade,
        )
        for (low, high), shade in zip(edges, shades, strict=True)
    ]


def _bound(value: float) -> str:
    """Write a bound with as many decimals as it has, three at most, as the page's legend does."""
    return text.number(value, next((n for n in (0, 1, 2) if round(value, n) == value), 3))


def _boundaries(info: Mapping[str, Any]) -> str:
    return f"{info['authority']}, {info['product']}, vintage {info['vintage']}"


def _is(name: str, value: str) -> list[Any]:
    return ["==", ["get", name], str(value)]


def _is_not(name: str, value: str) -> list[Any]:
    return ["!=", ["get", name], str(value)]


def _layer(
    name: str,
    kind: str,
    source: str,
    source_layer: str,
    paint: Mapping[str, Any],
    where: Sequence[Any] | None = None,
) -> Layer:
    found = {"id": name, "type": kind, "source": source, "source-layer": source_layer}
    return {**found, **({"filter": list(where)} if where else {}), "paint": dict(paint)}


def _fill(
    name: str, source: str, source_layer: str, colour: Any, where: Sequence[Any] | None = None
) -> Layer:
    return _layer(name, "fill", source, source_layer, {"fill-color": colour}, where)


def _line(name: str, source: str, source_layer: str, colour: str, width: Any) -> Layer:
    paint = {"line-color": colour, "line-width": width}
    return {**_layer(name, "line", source, source_layer, paint), "layout": {"line-join": "round"}}


def _hatch(image: str, layer: str, where: Sequence[Any]) -> Layer:
    return _layer(str(image), "fill", layer, layer, {"fill-pattern": str(image)}, where)


def _mark(status: str, layer: str, points: str) -> Layer:
    found = _layer(str(status), "symbol", layer, points, {}, _is("status", status))
    return {**found, "layout": {"icon-image": f"mark-{status}", "icon-allow-overlap": True}}


def _nowhere(layer: str, ink: Mapping[str, str]) -> Layer:
    """Return the outline of what did not exist then: neither colour nor hatch."""
    paint = {"line-color": ink["empty-mark"], "line-width": 1.5, "line-dasharray": [3, 2]}
    return _layer("no_boundary", "line", layer, layer, paint, _is("status", Status.NO_BOUNDARY))


def _nowhere_row(ink: Mapping[str, str]) -> dict[str, Any]:
    words = text.WORDS[Status.NO_BOUNDARY]
    return {**words, "status": str(Status.NO_BOUNDARY), "outline": ink["empty-mark"]}
