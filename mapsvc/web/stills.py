"""Which picture stands for a map: where there is no script, and where a link to it is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mapsvc.maps import choropleth, picture
from mapsvc.maps.elements import Still
from mapsvc.maps.theme import THEMES
from mapsvc.model import ALL
from mapsvc.release.reader import Release
from mapsvc.web.picture_urls import picture_url

CARD = (1200, 630)
"""Width and height that social networks show whole."""
_WIDTH = 800
"""Pixels of width of the picture that stands for a map without script."""


@dataclass(frozen=True)
class Card:
    """What a link to a page is shown with elsewhere."""

    title: str
    alt: str
    image: str
    """Address of a PNG, without scheme and host."""
    width: int
    height: int


def still(current: Release, seen: choropleth.View) -> Still:
    """Return the picture of a view's values in both themes."""
    values = _values(seen)
    light, dark = (_address(seen, "svg", _WIDTH, theme=theme) for theme in THEMES)
    alt = f"{choropleth.label(current, values)}. {picture.alternative(current, values)}"
    return Still(light, dark, alt)


def card(current: Release, seen: choropleth.View) -> Card:
    """Return the card of a view's values."""
    values = _values(seen)
    width, height = CARD
    return Card(
        choropleth.label(current, values),
        picture.alternative(current, values),
        _address(seen, "png", width, height),
        width,
        height,
    )


def _values(seen: choropleth.View) -> choropleth.View:
    return replace(seen, show=choropleth.VALUES, jurisdiction=None)


def _address(
    seen: choropleth.View,
    form: str,
    width: int,
    height: int | None = None,
    theme: str | None = None,
) -> str:
    return picture_url(
        seen.indicator,
        form,
        seen.layer,
        seen.period,
        seen.group if seen.group != ALL else None,
        seen.denominator or None,
        width,
        height,
        theme,
    )
