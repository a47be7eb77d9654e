"""The addresses of comparisons: on a map, between places, among peers."""

from __future__ import annotations

from collections.abc import Sequence

from mapsvc.web.urls import address, page_address


def differences_url(
    layer: str,
    indicator: str,
    period: str,
    group: str | None = None,
    denominator: str | None = None,
    beside: str | None = None,
) -> str:
    """Return the address of how places stand beside the others, or ``beside`` one of them.

    >>> differences_url("counties", "arrest-rate", "2014", beside="06001")
    '/api/v1/differences/counties/arrest-rate/2014?with=06001'
    """
    query = {"group": group, "denominator": denominator, "with": beside}
    return address("api", "v1", "differences", layer, indicator, period, **query)


def changes_url(
    layer: str,
    indicator: str,
    period: str,
    since: str | None = None,
    group: str | None = None,
    denominator: str | None = None,
) -> str:
    """Return the address of how places changed between two periods.

    >>> changes_url("counties", "arrest-rate", "2014", "2005")
    '/api/v1/changes/counties/arrest-rate/2014?since=2005'
    """
    query = {"since": since or None, "group": group, "denominator": denominator}
    return address("api", "v1", "changes", layer, indicator, period, **query)


def peers_url(layer: str, identifier: str, indicator: str | None = None) -> str:
    """Return the address of the places of similar population as JSON.

    >>> peers_url("counties", "06001")
    '/api/v1/peers/counties/06001'
    """
    return address("api", "v1", "peers", layer, identifier, indicator=indicator)


def places_url(
    indicator: str,
    layer: str | None = None,
    jurisdictions: Sequence[str] = (),
    period: str | None = None,
    group: str | None = None,
) -> str:
    """Return the address of the page that compares two to four places, or lets choose them.

    >>> places_url("arrest-rate", "counties", ["06001", "06003"])
    '/compare/arrest-rate?layer=counties&jurisdictions=06001%2C06003'
    """
    view = {"layer": layer, "period": period, "group": group}
    return page_address("compare", indicator, **view, jurisdictions=_listed(jurisdictions))


def choose_url(
    indicator: str, layer: str, first: str, period: str | None = None, group: str | None = None
) -> str:
    """Return the address of the same page with the first place chosen, and the others to choose.

    >>> choose_url("arrest-rate", "counties", "06001")
    '/compare/arrest-rate?layer=counties&first=06001'
    """
    return page_address("compare", indicator, layer=layer, period=period, group=group, first=first)


def api_places_url(
    indicator: str,
    layer: str,
    jurisdictions: Sequence[str],
    period: str | None = None,
    group: str | None = None,
    form: str | None = None,
) -> str:
    """Return the address of the same comparison as json or csv.

    >>> api_places_url("arrest-rate", "counties", ["06001", "06003"], form="csv")
    '/api/v1/places/arrest-rate?layer=counties&jurisdictions=06001%2C06003&format=csv'
    """
    view = {"layer": layer, "period": period, "group": group}
    listed = _listed(jurisdictions)
    return address("api", "v1", "places", indicator, **view, jurisdictions=listed, format=form)


def _listed(identifiers: Sequence[str]) -> str | None:
    return ",".join(identifiers) if identifiers else None
