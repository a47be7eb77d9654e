"""What the browser loads for a map page."""

from __future__ import annotations

from mapsvc.maps.elements import Assets
from mapsvc.web import assets

_MODULES = (
    "choices", "classes", "column", "controls", "divisor", "dom", "filter", "format",
    "frame", "ground", "leaflet-map", "legend", "lenses", "paint", "panels", "patterns", "places",
    "player", "pointing", "position", "print", "readout", "scene", "series", "sheet", "shown",
    "status", "style", "surface", "table", "theme", "tiles", "timeline", "url", "words",
)  # fmt: skip
"""Every module that a map needs at once, to be fetched side by side; the others come when used."""


def map_assets() -> Assets:
    """Return the styles and scripts of a map page."""
    return Assets(
        styles=[assets.static_url("vendor/leaflet.css"), assets.static_url("css/map.css")],
        scripts=[assets.static_url("vendor/leaflet.js")],
        module=assets.module_url("js/map.js"),
        preloads=assets.module_urls(_MODULES),
    )
