"""Addresses by which other sites embed maps; those of the widgets are in ``urls``."""

from __future__ import annotations

from collections.abc import Callable

from mapsvc.web import urls


def builder_url(indicator: str, **query: str | None) -> str:
    """Return the address of the page that gives the code of a widget.

    >>> builder_url("arrest-rate", theme="dark")
    '/maps/arrest-rate/embed?theme=dark'
    """
    return urls.page_address("maps", indicator, "embed", **query)


def embed_script_url() -> str:
    """Return the address of the script that makes widgets of links in another site's page."""
    return urls.address("embed.js")


def oembed_url(url: str, form: str = "json") -> str:
    """Return the address that tells how to embed a page, by its whole address.

    >>> oembed_url("https://maps.example/maps/arrest-rate")
    '/oembed?url=https%3A%2F%2Fmaps.example%2Fmaps%2Farrest-rate&format=json'
    """
    return urls.address("oembed", url=url, format=form)


def ready_url() -> str:
    """Return the address that names the release which is served."""
    return urls.address("readyz")


def newest(build: Callable[..., str], *names: str, **query: str | None) -> str:
    """Return what an address function builds, for whichever release is the newest.

    >>> with urls.below("/r/0123456789ab"):
    ...     newest(urls.map_url, "arrest-rate")
    '/maps/arrest-rate'
    """
    with urls.below(""):
        return build(*names, **query)
