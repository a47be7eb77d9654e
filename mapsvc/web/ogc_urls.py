"""Addresses of the OGC API."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from mapsvc.web import urls

TILE = "{tileMatrix}/{tileRow}/{tileCol}"
"""The end of a tile address: the row before the column."""


def ogc_url(*parts: str, query: Iterable[tuple[str, str]] = ()) -> str:
    """Return an address of the OGC API, its landing page where no part is named.

    >>> ogc_url("collections", "counties", "items", query=[("bbox", "-120,35,-119,36")])
    '/ogc/collections/counties/items?bbox=-120%2C35%2C-119%2C36'
    """
    return _with(urls.page_address("ogc", *(parts or ("",))), query)


def ogc_tile_template(*parts: str, query: Iterable[tuple[str, str]] = ()) -> str:
    """Return the template of the tiles of a tileset of the OGC API: the row before the column.

    >>> ogc_tile_template("tiles", "WebMercatorQuad")
    '/ogc/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}'
    """
    return _with(f"{urls.address('ogc', *parts)}/{TILE}", query)


def _with(address: str, query: Iterable[tuple[str, str]]) -> str:
    path, _, spoken = address.partition("?")
    given = "&".join(part for part in (urlencode(list(query)), spoken) if part)
    return f"{path}?{given}" if given else path
