"""Addresses that the script of a map page asks for what it draws; columns are in ``urls``."""

from __future__ import annotations

from mapsvc.web import urls


def classes_url(layer: str, indicator: str, **query: str | None) -> str:
    """Return the address of the classes of an indicator and their colours.

    >>> classes_url("counties", "arrest-rate", classes="quantiles-5")
    '/api/v1/classes/counties/arrest-rate?classes=quantiles-5'
    """
    return urls.address("api", "v1", "classes", layer, indicator, **query)


def history_url(layer: str, indicator: str, identifier: str, **query: str | None) -> str:
    """Return the address of a jurisdiction's values over every period of an indicator.

    >>> history_url("counties", "arrest-rate", "06001", group="black")
    '/api/v1/history/counties/arrest-rate/06001?group=black'
    """
    return urls.address("api", "v1", "history", layer, indicator, identifier, **query)
