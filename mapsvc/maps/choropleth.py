"""The map of one indicator in one layer, period and group, composed from the elements.

``view`` turns names from an address into a view of a release, ``sheet`` turns the view into a
figure. Rates become filled areas, counts proportional symbols: the page's script draws them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mapsvc.basemap import Basemap
from mapsvc.errors import UnknownNameError
from mapsvc.language import Message, _
from mapsvc.maps import elements, shows, text, widget
from mapsvc.maps.addresses import Addresses
from mapsvc.maps.background import background
from mapsvc.maps.classes import checked, classes_of
from mapsvc.maps.classing import Classing, choice
from mapsvc.maps.controls import Controls
from mapsvc.maps.divided import divided
from mapsvc.maps.extent import limits
from mapsvc.model import ALL, Status
from mapsvc.release.alternatives import alternatives, chosen, known_periods, title_of
from mapsvc.release.reader import Release, ValueSlice

FIELDS = (
    "layer", "period", "group", "jurisdiction", "show", "denominator", "classes", "palette",
)  # fmt: skip
"""What ``view`` takes after the indicator, in its order: the parameters of a page's address."""
_LISTED = 100
"""Places up to which a form without script has them all in a list; of more it asks the name."""
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
    show: str = shows.VALUES
    """Of ``mapsvc.maps.shows``."""
    denominator: str = ""
    """The key of another denominator than the indicator's own."""
    classes: str = ""
    """Another way to find classes than the release's, as ``classes.checked`` has it."""
    palette: str = ""
    """Another palette than the indicator's."""
    compare: str = ""
    """Another period, beside this one: see ``mapsvc.maps.changes``."""

    def entry(self, release: Release) -> Mapping[str, Any]:
        """Return the catalogue's entry of the indicator, divided as it is looked at."""
        return release.indicator(self.indicator, self.denominator)

    def values(self, release: Release) -> ValueSlice:
        """Return the values that are looked at."""
        return release.values(self.layer, self.indicator, self.period, self.group, self.denominator)


def view(
    release: Release,
    indicator: str,
    layer: str | None = None,
    period: str | None = None,
    group: str | None = None,
    jurisdiction: str | None = None,
    show: str | None = None,
    denominator: str | None = None,
    classes: str | None = None,
    palette: str | None = None,
) -> View:
    """Return the view that the names ask for, the rest by default.

    Raises UnknownNameError for a name that the release does not have, BadParameterError for a way
    to find classes or a palette that is not offered.
    """
    entry = release.indicator(indicator)
    found = View(
        indicator,
        layer or next(iter(entry["layers"])),
        period or entry["default_period"],
        group or ALL,
        jurisdiction or None,
        show or shows.VALUES,
        chosen(entry, denominator or ""),
        *checked(entry, classes or "", palette or ""),
    )
    found.values(release)
    if found.jurisdiction:
        release.layer(found.layer).row(found.jurisdiction)
    offered = shows.shows(release, indicator, found.layer)
    if found.show not in offered:
        kind = Message("view of {indicator}", indicator=indicator)
        raise UnknownNameError(kind, found.show, tuple(offered))
    return found


def label(release: Release, seen: View) -> str:
    """Return the title of a view, for screen readers and browser tabs.

    For example ``Arrest rate by county, 2014``; a group other than everyone is named.
    """
    entry = release.indicator(seen.indicator)
    singular = release.layer_info(seen.layer)["singular"]
    group = "" if seen.group == ALL else f", {group_title(entry, seen.group)}"
    when = f"{group}, {text.period(seen.period)}"
    if seen.compare:
        when += _(", compared with {period}").format(period=text.period(seen.compare))
    shown = shows.title(release, seen)
    said = _("{title} by {place}{when}")
    if seen.denominator and seen.show != shows.REPORTING:
        said = _("{title} by {place}{when}, divided by: {other}")
    other = seen.entry(release)["denominator_title"]
    said = said.format(title=entry["title"], place=singular, when=when, other=other)
    return f"{shown}: {said}" if shown else said


def group_title(entry: Mapping[str, Any], group: str) -> str:
    """Return what a group of an indicator is called."""
    return str(next(item["title"] for item in entry["groups"] if item["key"] == group))


def sheet(
    release: Release,
    seen: View,
    addresses: Addresses,
    assets: elements.Assets,
    form: str = "page",
    picture: elements.Still | None = None,
    basemaps: Sequence[Basemap] = (),
) -> elements.Sheet:
    """Compose the figure of a view; ``form`` is ``page``, ``hero`` or ``embed``.

    ``picture`` is shown where there is no script. ``basemaps``, one or one for light and one for
    dark, are under a page in place of the release's own ground.
    """
    entry = seen.entry(release)
    layer = release.layer_info(seen.layer)
    title = label(release, seen)
    figure = elements.Sheet(form, title)
    atlas = elements.AtlasMap(
        title,
        layer["bounds"],
        limits(layer["bounds"]),
        (max(3, layer["min_zoom"]), layer["max_zoom"] + _CLOSER),
        assets,
        form == "embed",
        picture,
    )
    figure.add_child(atlas)
    atlas.add_child(_heading(release, seen, addresses, form))
    if form == "page":
        atlas.add_child(_controls(release, seen, addresses))
        atlas.add_child(shows.two_periods(addresses))
        if entry["per"] is not None:
            atlas.add_child(Classing(**choice(release, seen)))
    atlas.add_child(_legend(release, seen, picture.legend if picture else ""))
    if basemaps and form == "page":
        atlas.add_child(background(basemaps))
    elif release.catalogue["context"]:
        ground = release.catalogue["context"]
        atlas.add_child(
            elements.Ground(
                tiles=addresses.context_tiles,
                zooms=[ground["min_zoom"], ground["max_zoom"]],
                bounds=ground["bounds"],
            )
        )
    atlas.add_child(_tiles(layer, addresses))
    column = _column(release, seen, addresses)
    if form == "embed":
        column.options = widget.settled(column.options)
    atlas.add_child(column)
    atlas.add_child(elements.Words(**text.words()))
    for part in shows.parts(release, seen, addresses):
        atlas.add_child(part)
    atlas.add_child(elements.Readout(selected=selection(release, seen, addresses)))
    if form == "embed":
        publisher = release.dataset(entry["dataset"])["publisher"]
        atlas.add_child(
            elements.Credit(
                source=_("Source: {publisher} {boundaries}").format(
                    publisher=text.sentence(publisher), boundaries=text.sentence(boundaries(layer))
                ),
                link=addresses.page,
                text=_("Open the full map"),
            )
        )
    return figure


def selection(release: Release, seen: View, addresses: Addresses) -> dict[str, str] | None:
    """Return the selected jurisdiction in words, None where there is none."""
    if not seen.jurisdiction:
        return None
    table = release.layer(seen.layer)
    row = table.row(seen.jurisdiction)
    entry, column = seen.entry(release), seen.values(release)
    said = text.cell(column, row, entry["per"] is not None)
    key = said.status if said.status != Status.OK else said.reliability or Status.OK
    words = text.words()[key]
    sentences = [f"{words['title']}. {words['text']}"] if said.words else []
    if said.value:
        found = f"{said.value} {entry['unit']}"
        bounds = _("95 % interval {interval}").format(interval=said.interval)
        sentences.insert(0, f"{found} ({bounds})" if said.interval else found)
    if said.count:
        sentences.append(f"{said.count} {entry['noun']}")
    sentences.append(said.note)
    if told := shows.told(release, seen, row):
        sentences = [told, said.note]
    return {
        "id": seen.jurisdiction,
        "name": table.names[row],
        "kind": kind_title(release, seen.layer, table.kinds[row]),
        "text": " ".join(text.sentence(part) for part in sentences if part),
        "profile": addresses.profiles.replace("{id}", quote(seen.jurisdiction, safe="")),
    }


def kind_title(release: Release, layer: str, kind: str) -> str:
    """Return what a kind of jurisdiction is called."""
    kinds = release.layer_info(layer)["kinds"]
    title: str = kinds[kind]["title"] if kind in kinds else kind
    return title


def _heading(release: Release, seen: View, addresses: Addresses, form: str) -> elements.Heading:
    entry = seen.entry(release)
    dataset = release.dataset(entry["dataset"])
    return elements.Heading(
        tag="h2" if form == "hero" else "h1",
        eyebrow=dataset["title"],
        link=addresses.dataset if form == "page" else None,
        title=entry["title"],
        description=entry["description"] if form == "page" else "",
    )


def _legend(release: Release, seen: View, written: str) -> elements.Legend:
    entry = seen.entry(release)
    title = entry["unit"][:1].upper() + entry["unit"][1:]
    return elements.Legend(
        title=shows.title(release, seen) or title,
        group="" if seen.group == ALL else f"{group_title(entry, seen.group)}, ",
        period=text.period(seen.period),
        note=note_of(entry, seen) or shows.note(release, seen),
        written=written,
    )


def note_of(entry: Mapping[str, Any], seen: View) -> str:
    """Return why the map of a view is empty, where its denominator is not known."""
    known = known_periods(entry, seen.layer, seen.group)
    if entry["per"] is None or seen.period in known:
        return ""
    title = title_of(entry, seen.layer, seen.period, seen.group)
    return text.no_figures(title or "", seen.period, known)


def _controls(release: Release, seen: View, addresses: Addresses) -> Controls:
    entry = release.indicator(seen.indicator)
    table = release.layer(seen.layer)
    layers = [release.layer_info(key) for key in entry["layers"]]
    names = sorted(zip(table.names, table.ids, strict=True), key=lambda pair: pair[0].casefold())
    known = known_periods(seen.entry(release), seen.layer, seen.group)

    def named(period: str) -> tuple[str, str]:
        lacks = entry["per"] is not None and period not in known
        written = text.period(period)
        return period, _("{period} (no figures)").format(period=written) if lacks else written

    single = [named(key) for key in reversed(entry["periods"]) if "-" not in key]
    pooled = [named(key) for key in entry["periods"] if "-" in key]
    return Controls(
        action=addresses.page,
        layers=[{"key": layer["key"], "title": layer["title"]} for layer in layers],
        layer=seen.layer,
        periods=[(_("One year"), single), (_("Several years together"), pooled)],
        period=seen.period,
        compare=seen.compare,
        groups=entry["groups"],
        group=seen.group,
        denominators=choices(release, seen),
        denominator=seen.denominator,
        jurisdictions=[(each, name) for name, each in names] if len(names) <= _LISTED else [],
        jurisdiction=seen.jurisdiction,
        shows=list(shows.shows(release, seen.indicator, seen.layer).items()),
        show=seen.show,
        defaults={
            "layer": next(iter(entry["layers"])),
            "period": entry["default_period"],
            "group": ALL,
            "show": shows.VALUES,
            "denominator": "",
            "classes": "",
            "palette": "",
            "compare": "",
        },
    )


def choices(release: Release, seen: View) -> list[dict[str, Any]]:
    """Return what the view's group can be divided by, its own first; nothing without a choice."""
    others = [each["key"] for each in alternatives(release.indicator(seen.indicator))]
    keys = ["", *others] if others else []
    return [
        {
            "key": key,
            "title": title_of(
                release.indicator(seen.indicator, key), seen.layer, seen.period, seen.group
            ),
        }
        for key in keys
    ]


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
        attribution=boundaries(layer),
        profiles=addresses.profiles,
        search=addresses.search,
        neighbours=addresses.neighbours,
    )


def boundaries(layer: Mapping[str, Any]) -> str:
    """Return whose boundaries a layer has."""
    return _("Boundaries: {authority}, {vintage}").format(
        authority=layer["authority"], vintage=layer["vintage"]
    )


def _column(release: Release, seen: View, addresses: Addresses) -> elements.ValueColumn:
    entry = release.indicator(seen.indicator)
    return elements.ValueColumn(
        slug=entry["slug"],
        title=entry["title"],
        noun=entry["noun"],
        periods=entry["periods"],
        groups={item["key"]: item["title"] for item in entry["groups"]},
        breaks=entry["breaks"],
        columns=addresses.columns,
        classing=addresses.classes,
        history=addresses.history,
        effects=addresses.effects,
        **divided(entry, seen.layer),
        alternatives={
            each["key"]: divided(release.indicator(entry["slug"], each["key"]), seen.layer)
            for each in alternatives(entry)
        },
        state={
            "layer": seen.layer,
            "period": seen.period,
            "group": seen.group,
            "jurisdiction": seen.jurisdiction,
            "show": seen.show,
            "denominator": seen.denominator,
            "classes": seen.classes,
            "palette": seen.palette,
            "compare": seen.compare,
        },
        drawn=_drawn(release, seen),
    )


def _drawn(release: Release, seen: View) -> dict[str, Any] | None:
    """Return the classes of a view where they are not the release's own."""
    if not (seen.classes or seen.palette):
        return None
    found = classes_of(release, seen)
    return {"title": found.title, "bounds": found.bounds, "colours": found.colours}
