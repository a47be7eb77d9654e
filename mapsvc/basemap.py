"""The background of another's that an operator may put under the map pages, by its name.

Pages take nothing from elsewhere unless this is set: whoever serves the background learns of each
reader that looks at a map.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

_UNSET = "<insert your"
"""How the list of providers marks what an operator has to give."""

_FIXED = {"url", "name", "attribution", "html_attribution"}
"""What makes a provider the one that the list names."""


@dataclass(frozen=True)
class Basemap:
    """Raster tiles in Web Mercator, as XYZ template of https addresses."""

    name: str
    """Of the list of xyzservices, such as ``OpenStreetMap.Mapnik``."""
    url: str
    """With ``{z}``, ``{x}``, ``{y}``, and ``{s}`` and ``{r}`` where the provider has them."""
    subdomains: str
    max_zoom: int
    tile_size: int
    """Pixels of a tile; the zoom of its tiles is one less where it is 512."""
    attribution: str
    """HTML of the list, whose links its licences ask for."""

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins that a browser asks for its tiles."""
        named = (self.url.replace("{s}", each) for each in self.subdomains or "-")
        parts = (urlsplit(url) for url in named)
        return tuple(dict.fromkeys(f"{part.scheme}://{part.netloc}" for part in parts))


def read(raw: Any) -> tuple[Basemap, ...]:
    """Return the background of a text: one for light and dark, or one for each, in this order.

    Each is a name, with fields of its provider after a question mark where it needs some, such as
    ``MapTiler.Positron?key=secret``. Raises ValueError whose text says what would be right.
    """
    parts = raw.replace(",", " ").split() if isinstance(raw, str) else raw
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise ValueError("the name of a background such as OpenStreetMap.Mapnik")
    if len(parts) > 2:
        raise ValueError("at most two names: one for light pages, one for dark ones")
    return tuple(_named(part) for part in parts)


def _named(text: str) -> Basemap:
    # A list of a thousand providers, which few services need.
    from xyzservices import providers

    name, _, query = text.partition("?")
    try:
        provider = providers.query_name(name)
    except ValueError:
        raise ValueError(f"a name of the list of xyzservices; {name!r} is none") from None
    given = dict(parse_qsl(query, keep_blank_values=True))
    fields = provider.keys() - _FIXED
    if unknown := given.keys() - fields:
        known = ", ".join(sorted(fields)) or "none"
        raise ValueError(f"fields of {provider.name}: {known}; not {', '.join(sorted(unknown))}")
    provider = provider(**given)
    missing = [key for key, value in provider.items() if _UNSET in str(value)]
    if missing:
        asked = "&".join(f"{key}=..." for key in missing)
        raise ValueError(f"what {provider.name} asks for: {provider.name}?{asked}")
    if str(provider.get("crs", "EPSG:3857")) != "EPSG:3857":
        raise ValueError(f"a background in Web Mercator, which {provider.name} is not")
    url = str(provider.build_url(scale_factor="{r}", fill_subdomain=False))
    if not url.startswith("https://"):
        raise ValueError(f"a background with https addresses, which {provider.name} has not")
    return Basemap(
        name=str(provider.name),
        url=url,
        subdomains=str(provider.get("subdomains", "abc")) if "{s}" in url else "",
        max_zoom=int(provider.get("max_zoom", 18)),
        tile_size=int(provider.get("tileSize", 256)),
        attribution=str(provider.html_attribution),
    )


def hosts(basemaps: Sequence[Basemap]) -> list[str]:
    """Return the hosts that a browser asks, by name."""
    return sorted({urlsplit(origin).netloc for each in basemaps for origin in each.origins})


def disclosure(basemaps: Sequence[Basemap]) -> str:
    """Return what an operator is told of a background before the service starts."""
    names = " and ".join(each.name for each in basemaps)
    asked = ", ".join(hosts(basemaps))
    return (
        f"The background of map pages comes from elsewhere: {names}.\n"
        f"The browser of every reader asks {asked} for it, which tells whoever runs them "
        "the reader's network address and browser, the address of this site, and which part "
        "of the map is looked at. The page says so. Widgets, pictures and tiles stay without it."
    )
