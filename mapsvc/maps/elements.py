"""Folium elements that say what a map is, and leave how it is drawn to the page's script.

Folium renders a figure by letting every element add its piece. Folium's own elements add inline
script, links to content delivery networks and names drawn at random. These add HTML, the address
of a style sheet or module on this server, and one entry of a JSON configuration that the module
reads. So a page needs no inline script, and equal maps are equal bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import folium
import jinja2
from branca.element import Element, Figure, MacroElement

from mapsvc.language import _
from mapsvc.maps import wording
from mapsvc.maps.scriptjson import to_script_json

_ENVIRONMENT = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
wording.install(_ENVIRONMENT)


def markup(source: str) -> jinja2.Template:
    """Compile a template of an element; everything it prints is escaped."""
    return _ENVIRONMENT.from_string(source)


_STYLE = markup('<link rel="stylesheet" href="{{ url }}">')
_PRELOAD = markup('<link rel="modulepreload" href="{{ url }}">')
_SCRIPT = markup('<script src="{{ url }}" defer></script>')
_MODULE = markup('<script type="module" src="{{ url }}"></script>')


@dataclass(frozen=True)
class Still:
    """A map where there is no script: addresses of a picture, its words, its legend in HTML."""

    light: str
    dark: str
    alt: str
    legend: str


@dataclass(frozen=True)
class Assets:
    """Addresses that a figure's page loads: style sheets, classic scripts, then one module."""

    styles: Sequence[str]
    scripts: Sequence[str]
    module: str
    preloads: Sequence[str] = ()
    """Modules that the first one imports, so that the browser fetches them at once."""


class Sheet(Figure):
    """The figure of an atlas map: a fragment of a page rather than a page of its own.

    ``header`` holds the links, ``panel`` and ``html`` what stands beside and on the map,
    ``configuration`` what the module reads.
    """

    _template = markup(
        '<div class="stage stage-{{ this.form }}">\n'
        '{% if panel %}<section class="panel" aria-label="{{ this.label }}">\n'
        "{{ panel|safe }}</section>\n{% endif %}"
        '<div class="map-frame">\n{{ html|safe }}</div>\n'
        '<script type="application/json" id="map-configuration">{{ configuration|safe }}</script>\n'
        "</div>\n"
    )

    def __init__(self, form: str, label: str) -> None:
        super().__init__()
        self.form = form
        self.label = label
        self._name = "sheet"
        self._id = ""
        self.configuration: dict[str, Any] = {}
        self.panel = Element()
        self.panel._parent = self
        self.header._children.clear()

    def render(self, **kwargs: Any) -> str:
        """Return the HTML of the panel, the map and the configuration."""
        for slot in (self.header, self.panel, self.html):
            slot._children.clear()
        self.configuration.clear()
        for child in self._children.values():
            child.render(**kwargs)
        return self._template.render(
            this=self,
            panel=_joined(self.panel),
            html=_joined(self.html),
            configuration=to_script_json(self.configuration),
        )

    def links(self) -> str:
        """Return the links for the page's ``<head>``; known once the figure is rendered."""
        return _joined(self.header)


class Raw(Element):
    """Markup that is finished: branca would compile it as a template, data and all."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, **_kwargs: Any) -> str:
        return self.text


class Part(MacroElement):
    """An element of an atlas map, named by its role: its configuration, and its HTML if any.

    A template's macros ``panel`` and ``html`` fill the slots of the sheet.
    """

    key: ClassVar[str]
    _template = markup("")

    def __init__(self, **options: Any) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca's has no annotations
        self._name = self.key
        self._id = ""
        self.options = options

    def get_name(self) -> str:
        return self.key

    def configuration(self) -> Mapping[str, Any]:
        """Return what the page's script is told about this element."""
        return self.options

    def render(self, **kwargs: Any) -> str:
        """Add configuration and HTML to the sheet; nothing is left to print in place."""
        sheet = cast("Sheet", self.get_root())
        sheet.configuration[self.key] = self.configuration()
        macros = self._template.module.__dict__
        for slot in ("panel", "html"):
            if slot in macros:
                getattr(sheet, slot).add_child(Raw(str(macros[slot](self))), name=self.key)
        for child in self._children.values():
            child.render(**kwargs)
        return ""


class AtlasMap(folium.Map):
    """A Folium map whose container, view and assets are this server's own.

    ``bounds`` is west, south, east, north in degrees: what the map shows first. ``limits`` is how
    far it can be dragged. ``alone``: the table with the numbers is on another page.
    """

    _template = markup(
        "{% macro html(this) %}\n"
        '<div class="map" id="map" role="application" tabindex="0" aria-label="{{ this.label }}" '
        'aria-describedby="map-help"></div>\n'
        '<p class="map-help visually-hidden" id="map-help">'
        '{{ _("Arrow keys move the map, plus and minus zoom.") }} {{ this.figures() }}</p>\n'
        "<noscript>{% if this.picture %}<picture>"
        '<source srcset="{{ this.picture.dark }}" media="(prefers-color-scheme: dark)">'
        '<img class="map-picture" src="{{ this.picture.light }}" alt="{{ this.picture.alt }}">'
        "</picture>{% endif %}"
        '<p class="map-noscript">{{ _("A map that moves needs JavaScript.") }} '
        "{{ this.figures() }}</p></noscript>\n"
        "{% endmacro %}"
    )

    def __init__(
        self,
        label: str,
        bounds: Sequence[float],
        limits: Sequence[float],
        zooms: tuple[int, int],
        assets: Assets,
        alone: bool = False,
        picture: Still | None = None,
    ) -> None:
        west, south, east, north = bounds
        super().__init__(
            location=[(south + north) / 2, (west + east) / 2],
            tiles=None,
            min_zoom=zooms[0],
            max_zoom=zooms[1],
        )
        self._name = "map"
        self._id = ""
        self.label = label
        self.alone = alone
        self.view = {
            "bounds": [[south, west], [north, east]],
            "maxBounds": [[limits[1], limits[0]], [limits[3], limits[2]]],
            "minZoom": zooms[0],
            "maxZoom": zooms[1],
        }
        self.assets = assets
        self.picture = picture

    def get_name(self) -> str:
        return "map"

    def figures(self) -> str:
        """Return where the numbers are to be read."""
        if self.alone:
            return _("Every number on it is on the full map.")
        return _("Every number on it is in the table below.")

    def render(self, **kwargs: Any) -> str:
        """Add container, view and links to the sheet, then everything that is on the map."""
        sheet = cast("Sheet", self.get_root())
        for name, line in self._links():
            sheet.header.add_child(Raw(line), name=name)
        sheet.configuration["map"] = self.view
        container = self._template.module.__dict__["html"](self)
        sheet.html.add_child(Raw(str(container)), name="map")
        for child in self._children.values():
            child.render(**kwargs)
        return ""

    def _links(self) -> list[tuple[str, str]]:
        kinds = (
            (_STYLE, self.assets.styles),
            (_PRELOAD, self.assets.preloads),
            (_SCRIPT, self.assets.scripts),
            (_MODULE, [self.assets.module]),
        )
        return [(url, template.render(url=url)) for template, urls in kinds for url in urls]


class Ground(Part):
    """What lies under the data for orientation: land, states, lakes, names of places."""

    key = "ground"


class JurisdictionTiles(Part):
    """The vector tiles of a layer: the geometry that columns of values are joined to."""

    key = "layer"


class ValueColumn(Part):
    """An indicator: where its columns are, what their numbers mean, which are there to choose."""

    key = "indicator"


class Words(Part):
    """What statuses and reliabilities are called."""

    key = "words"


class WhoReported(Part):
    """Where who reported is asked for, and what its categories are called."""

    key = "reporting"


class Heading(Part):
    """Title and sentence at the top of the panel."""

    key = "heading"
    _template = markup(
        "{% macro panel(this) %}{% set o = this.options %}\n"
        '<header class="panel-heading">\n'
        '<p class="eyebrow">{% if o.link %}<a href="{{ o.link }}">{{ o.eyebrow }}</a>'
        "{% else %}{{ o.eyebrow }}{% endif %}</p>\n"
        "<{{ o.tag }}>{{ o.title }}</{{ o.tag }}>\n"
        '{% if o.description %}<p class="lede" data-now="description">{{ o.description }}</p>\n'
        "{% endif %}"
        "</header>\n{% endmacro %}"
    )

    def configuration(self) -> Mapping[str, Any]:
        return {"title": self.options["title"]}


class Legend(Part):
    """What the colours, symbols and patterns mean; ``written`` until the script knows more."""

    key = "legend"
    _template = markup(
        "{% macro panel(this) %}\n"
        '<section class="legend" id="legend" aria-labelledby="legend-title">\n'
        '<h2 id="legend-title"><span data-now="legend">{{ this.options.title }}</span> '
        '<span class="legend-when">'
        '<span data-now="group">{{ this.options.group }}</span>'
        '<span data-now="period">{{ this.options.period }}</span></span></h2>\n'
        '<p class="legend-note" role="status"{% if not this.options.note %} hidden{% endif %}>'
        "{{ this.options.note }}</p>\n"
        '<div class="legend-body">{{ this.options.written|safe }}</div>\n'
        '<label class="check" id="show-unreliable" hidden><input type="checkbox"> '
        '<span>{{ _("Also colour unreliable rates") }}</span></label>\n'
        "</section>\n{% endmacro %}"
    )

    def configuration(self) -> Mapping[str, Any]:
        return {name: text for name, text in self.options.items() if name != "written"}


class Readout(Part):
    """The jurisdiction that is selected, described in full."""

    key = "readout"
    _template = markup(
        "{% macro html(this) %}{% set o = this.options.selected %}\n"
        '<section class="readout" id="readout" aria-live="polite" '
        'aria-label="{{ _("Selected place") }}"'
        "{% if not o %} hidden{% endif %}>"
        '{% if o %}<h2>{{ o.name }}</h2><p class="readout-kind">{{ o.kind }}</p>'
        '<p class="readout-text">{{ o.text }}</p><p><a href="{{ o.profile }}">'
        '{{ _("Profile") }}</a></p>'
        "{% endif %}</section>\n{% endmacro %}"
    )

    def configuration(self) -> Mapping[str, Any]:
        selected = self.options["selected"]
        return {"jurisdiction": selected["id"] if selected else None}


class Credit(Part):
    """A line under an embedded map: whose figures these are, and the way to the full page."""

    key = "credit"
    _template = markup(
        "{% macro html(this) %}{% set o = this.options %}\n"
        '<p class="credit">{{ o.source }} <a href="{{ o.link }}" target="_blank" rel="noopener">'
        "{{ o.text }}</a></p>\n{% endmacro %}"
    )

    def configuration(self) -> Mapping[str, Any]:
        return {"link": self.options["link"]}


def _joined(slot: Element) -> str:
    return "".join(f"{child.render().strip()}\n" for child in slot._children.values())
