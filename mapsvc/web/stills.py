"""Which picture stands for a map: where there is no script, and where a link to it is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from mapsvc.language import language
from mapsvc.maps import choropleth, picture, series_picture, shows, text
from mapsvc.maps.elements import Still
from mapsvc.maps.theme import THEMES
from mapsvc.maps.written_legend import written
from mapsvc.model import ALL
from mapsvc.release.reader import Release
from mapsvc.web.picture_urls import picture_url, series_picture_url

CARD = (1200, 630)
"""Width and height that social networks show whole."""
_WIDTH = 800
"""Pixels of width of the picture that stands for a map without script."""


@dataclass(frozen=True)
class Card:
    """What a link to a page is shown with elsewhere."""

    title: str
    description: str
    alt: str
    image: str
    """Address of a PNG, without scheme and host."""
    width: int
    height: int


def still(current: Release, seen: choropleth.View) -> Still:
    """Return the picture of a view's values in both themes, and the legend of the view."""
    values = _values(seen)
    light, dark = (_address(seen, "svg", _WIDTH, theme=theme) for theme in THEMES)
    alt = f"{choropleth.label(current, values)}. {picture.alternative(current, values)}"
    return Still(light, dark, alt, written(current, seen))


def card(current: Release, seen: choropleth.View) -> Card:
    """Return the card of a view's values."""
    values = _values(seen)
    width, height = CARD
    return Card(
        choropleth.label(current, values),
        text.first_sentence(values.entry(current)["description"]),
        picture.alternative(current, values),
        _address(seen, "png", width, height),
        width,
        height,
    )


def front(current: Release) -> Card | None:
    """Return the card of a page that shows nothing by itself: the atlas's first map."""
    entries = current.catalogue["indicators"]
    return _front(current, language()) if entries else None


@lru_cache(maxsize=4)
def _front(current: Release, language: str) -> Card:
    """Return it in the language that is spoken, which is named so that each is kept apart."""
    first = card(current, choropleth.view(current, current.catalogue["indicators"][0]["slug"]))
    return replace(first, title=current.catalogue["title"])


def profile(current: Release, layer: str, identifier: str) -> Card | None:
    """Return the card of a jurisdiction: its first indicator over the years."""
    slugs = [each["slug"] for each in current.catalogue["indicators"] if layer in each["layers"]]
    if not slugs:
        return None
    what = (layer, identifier, slugs[0])
    width, height = CARD
    told = series_picture.told(current, series_picture.series(current, *what), slugs[0])
    title = current.layer(layer).names[current.layer(layer).row(identifier)]
    address = series_picture_url(*what, "png", width, height)
    said = text.first_sentence(current.indicator(slugs[0])["description"])
    return Card(title, said, told, address, width, height)


def _values(seen: choropleth.View) -> choropleth.View:
    return replace(seen, show=shows.VALUES, jurisdiction=None, compare="")


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
        seen.classes or None,
        seen.palette or None,
    )
