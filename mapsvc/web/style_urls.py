"""Addresses of what draws a map as ours is drawn: styles, sprites, the services of ArcGIS."""

from __future__ import annotations

from mapsvc.model import ALL
from mapsvc.web import urls


def style_url(
    layer: str,
    indicator: str | None = None,
    period: str | None = None,
    group: str | None = None,
    theme: str | None = None,
) -> str:
    """Return the address of the MapLibre style of a layer, or of an indicator in it.

    It has no query: some clients repeat the query of a style at every address that it names.

    >>> style_url("counties", "arrest-rate", "2014", theme="dark")
    '/styles/counties/arrest-rate/2014/all/dark.json'
    """
    named = [layer, theme]
    if indicator is not None and period is not None:
        named = [layer, indicator, period, group or (ALL if theme else None), theme]
    *folders, last = (part for part in named if part is not None)
    return urls.address("styles", *folders, f"{last}.json")


def sprite_url(theme: str) -> str:
    """Return the address of a theme's sprite as styles name it: without ``.json`` or ``.png``."""
    return urls.address("sprites", theme)


def arcgis_url(layer: str, indicator: str | None = None, period: str | None = None) -> str:
    """Return the address of a vector tile service in the layout that ArcGIS asks for.

    >>> arcgis_url("counties")
    '/arcgis/rest/services/counties/VectorTileServer'
    """
    named = (layer,) if indicator is None or period is None else (layer, indicator, period)
    return urls.address("arcgis", "rest", "services", *named, "VectorTileServer")
