"""The map of one indicator in one layer, period and group, composed from the elements.

``view`` turns names from an address into a view of a release, ``sheet`` turns the view into a
figure. Rates become filled areas, counts proportional symbols: the page's script draws them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mapsvc.errors import UnknownNameError
from mapsvc.maps import elements, palette, reporting, text
from mapsvc.model import ALL, Status
from mapsvc.release.reader import Release

VALUES = "values"
REPORTING = "reporting"
"""What a map shows."""

_MARGIN = 0.6
"""How far a map can be dragged beyond what it shows first, in widths of that."""
_CLOSER = 2
"""Zoom levels beyond the most detailed tiles: enough to read a small city."""


@dataclass(frozen=True)
class View:
    """What a reader looks at; every name exists in the release."""

    indicator: str
    layer: str
    period: str
    group: str = ALL
    jurisdiction: str | None = None
    show: str = VALUES
    """``values``, or ``reporting`` for who reported."""


@dataclass(frozen=True)
class Addresses:
    """Where the parts of a map are. Prefixes end in a slash and take a quoted name."""

    page: str
    dataset: str
    tiles: str
    context_tiles: str
    columns: str
    """Prefix of the columns of the layer and indicator; a period follows."""
    profiles: str
    """Prefix of the profiles of the layer; an id follows."""
    reporting: str
    """Prefix of who reported in the layer, of the indicator; a period follows."""


def view(
    release: Release,
    indicator: str,
    layer: str | None = None,
    period: str | None = None,
    group: str | None = None,
    jurisdiction: str | None = None,
    show: str | None = None,
) -> View:
    """Return the view that the names ask for, the rest by default.

    Raises UnknownNameError for a name that the release does not have.
    """
    entry = release.indicator(indicator)
    found = View(
        indicator,
        layer or next(iter(entry["layers"])),
        period or entry["default_period"],
        group or ALL,
        jurisdiction or None,
        show or VALUES,
    )
    release.values(found.layer, indicator, found.period, found.group)
    if found.jurisdiction:
        release.layer(found.layer).row(found.jurisdiction)
    shows = _shows(release, found)
    if found.show not in shows:
        raise UnknownNameError(f"view of {indicator}", found.show, tuple(shows))
    return found


def label(release: Release, seen: View) -> str:
    """Return the title of a view, for screen readers and browser tabs.

    For example ``Arrest rate by county, 2014``; a group other than everyone is named.
    """
    entry = release.indicator(seen.indicator)
    singular = release.layer_info(seen.layer)["singular"]
    group = "" if seen.group == ALL else f", {group_title(entry, seen.group)}"
    what = "Who reported: " if seen.show == REPORTING else ""
    return f"{what}{entry['title']} by {singular}{group}, {text.period(seen.period)}"


def group_title(entry: Mapping[str, Any], group: str) -> str:
    """Return what a group of an indicator is called."""
    return str(next(item["title"] for item in entry["groups"] if item["key"] == group))


def sheet(
    release: Release,
    seen: View,
    addresses: Addresses,
    assets: elements.Assets,
    form: str = "page",
) -> elements.Sheet:
    """Compose the figure of a view; ``form`` is ``page``, ``hero`` or ``embed``."""
    entry = release.indicator(seen.indicator)
    layer = release.layer_info(seen.layer)
    title = label(release, seen)
    figure = elements.Sheet(form, title)
    atlas = elements.AtlasMap(
        title,
        layer["bounds"],
        _limits(layer["bounds"]),
        (max(3, layer["min_zoom"]), layer["max_zoom"] + _CLOSER),
        assets,
    )
    figure.add_child(atlas)
    atlas.add_child(_heading(release, seen, addresses, form))
    if form == "page":
        atlas.add_child(_controls(release, seen, addresses))
    atlas.add_child(_legend(entry, seen))
    if release.catalogue["context"]:
        ground = release.catalogue["context"]
        atlas.add_child(
            elements.Ground(
                tiles=addresses.context_tiles,
                zooms=[ground["min_zoom"], ground["max_zoom"]],
                bounds=ground["bounds"],
            )
        )
    atlas.add_child(_tiles(layer, addresses))
    atlas.add_child(_column(entry, seen, addresses))
    atlas.add_child(elements.Words(**{key: dict(words) for key, words in text.WORDS.items()}))
    if REPORTING in _shows(release, seen):
        words = {key: dict(each) for key, each in reporting.WORDS.items()}
        atlas.add_child(elements.WhoReported(answers=addresses.reporting, words=words))
    atlas.add_child(elements.Readout(selected=selection(release, seen, addresses)))
    if form == "embed":
        publisher = release.dataset(entry["dataset"])["publisher"]
        atlas.add_child(
            elements.Credit(
                source=f"Source: {text.sentence(publisher)}",
                link=addresses.page,
                text="Open the full map",
            )
        )
    return figure


def selection(release: Release, seen: View, addresses: Addresses) -> dict[str, str] | None:
    """Return the selected jurisdiction in words, None where there is none."""
    if not seen.jurisdiction:
        return None
    table = release.layer(seen.layer)
    row = table.row(seen.jurisdiction)
    entry = release.indicator(seen.indicator)
    column = release.values(seen.layer, seen.indicator, seen.period, seen.group)
    said = text.cell(column, row, entry["per"] is not None)
    words = text.WORDS[said.status if said.status != Status.OK else said.reliability or Status.OK]
    sentences = [f"{words['title']}. {words['text']}"] if said.words else []
    if said.value:
        bounds = f" (95 % interval {said.interval})" if said.interval else ""
        sentences.insert(0, f"{said.value} {entry['unit']}{bounds}")
    if said.count:
        sentences.append(f"{said.count} {entry['noun']}")
    sentences.append(said.note)
    if seen.show == REPORTING:
        sentences = [_told(release, seen, row), said.note]
    return {
        "id": seen.jurisdiction,
        "name": table.names[row],
        "kind": kind_title(release, seen.layer, table.kinds[row]),
        "text": " ".join(text.sentence(part) for part in sentences if part),
        "profile": addresses.profiles + quote(seen.jurisdiction, safe=""),
    }


def _told(release: Release, seen: View, row: int) -> str:
    found = reporting.reporting(release, seen.indicator, seen.layer, seen.period, seen.group)
    return f"{found.said(row)}. {reporting.WORDS[found.category[row]]['text']}"


def kind_title(release: Release, layer: str, kind: str) -> str:
    """Return what a kind of jurisdiction is called."""
    kinds = release.layer_info(layer)["kinds"]
    title: str = kinds[kind]["title"] if kind in kinds else kind
    return title


def _heading(release: Release, seen: View, addresses: Addresses, form: str) -> elements.Heading:
    entry = release.indicator(seen.indicator)
    dataset = release.dataset(entry["dataset"])
    return elements.Heading(
        tag="h2" if form == "hero" else "h1",
        eyebrow=dataset["title"],
        link=addresses.dataset if form == "page" else None,
        title=entry["title"],
        description=entry["description"] if form == "page" else "",
    )


def _legend(entry: Mapping[str, Any], seen: View) -> elements.Legend:
    title = entry["unit"][:1].upper() + entry["unit"][1:]
    return elements.Legend(
        title="Who reported" if seen.show == REPORTING else title,
        group="" if seen.group == ALL else f"{group_title(entry, seen.group)}, ",
        period=text.period(seen.period),
    )


def _controls(release: Release, seen: View, addresses: Addresses) -> elements.Controls:
    entry = release.indicator(seen.indicator)
    table = release.layer(seen.layer)
    layers = [release.layer_info(key) for key in entry["layers"]]
    names = sorted(zip(table.names, table.ids, strict=True), key=lambda pair: pair[0].casefold())
    single = [(key, key) for key in reversed(entry["periods"]) if "-" not in key]
    pooled = [(key, text.period(key)) for key in entry["periods"] if "-" in key]
    return elements.Controls(
        action=addresses.page,
        layers=[{"key": layer["key"], "title": layer["title"]} for layer in layers],
        layer=seen.layer,
        periods=[("One year", single), ("Several years together", pooled)],
        period=seen.period,
        groups=entry["groups"],
        group=seen.group,
        jurisdictions=[(identifier, name) for name, identifier in names],
        jurisdiction=seen.jurisdiction,
        shows=list(_shows(release, seen).items()),
        show=seen.show,
        defaults={
            "layer": next(iter(entry["layers"])),
            "period": entry["default_period"],
            "group": ALL,
            "show": VALUES,
        },
    )


def _shows(release: Release, seen: View) -> dict[str, str]:
    """Return what a map can show, with titles: who reported only where the release knows."""
    if reporting.offered(release, seen.indicator, seen.layer):
        return {VALUES: "Values", REPORTING: "Who reported"}
    return {VALUES: "Values"}


def _tiles(layer: Mapping[str, Any], addresses: Addresses) -> elements.JurisdictionTiles:
    return elements.JurisdictionTiles(
        key=layer["key"],
        singular=layer["singular"],
        title=layer["title"],
        tiles=addresses.tiles,
        zooms=[layer["min_zoom"], layer["max_zoom"]],
        bounds=layer["bounds"],
        mapped=layer["mapped"],
        kinds={key: kind["title"] for key, kind in layer["kinds"].items()},
        attribution=f"Boundaries: {layer['authority']}, {layer['vintage']}",
        profiles=addresses.profiles,
    )


def _column(entry: Mapping[str, Any], seen: View, addresses: Addresses) -> elements.ValueColumn:
    classes: Mapping[str, Sequence[float]] = entry["layers"][seen.layer]["classes"]
    return elements.ValueColumn(
        slug=entry["slug"],
        title=entry["title"],
        unit=entry["unit"],
        noun=entry["noun"],
        per=entry["per"],
        periods=entry["periods"],
        groups={item["key"]: item["title"] for item in entry["groups"]},
        breaks=entry["breaks"],
        columns=addresses.columns,
        denominators=_denominators(entry["layers"][seen.layer]["denominators"]),
        classes={
            group: {"bounds": bounds, "colours": palette.themed(entry["palette"], len(bounds))}
            for group, bounds in classes.items()
        },
        state={
            "layer": seen.layer,
            "period": seen.period,
            "group": seen.group,
            "jurisdiction": seen.jurisdiction,
            "show": seen.show,
        },
    )


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


def _limits(bounds: Sequence[float]) -> list[float]:
    west, south, east, north = bounds
    across, up = _MARGIN * (east - west), _MARGIN * (north - south)
    return [west - across, max(south - up, -85.0), east + across, min(north + up, 85.0)]
