"""Addresses of pictures: of maps, and of what one jurisdiction has had over time.

A picture has words, so that its address says their language, as a page's does.
"""

from __future__ import annotations

from mapsvc.web import urls


def picture_url(
    indicator: str,
    form: str,
    layer: str | None = None,
    period: str | None = None,
    group: str | None = None,
    denominator: str | None = None,
    width: int | None = None,
    height: int | None = None,
    theme: str | None = None,
    classes: str | None = None,
    palette: str | None = None,
) -> str:
    """Return the address of a map as a picture; ``form`` is svg or png.

    >>> picture_url("arrest-rate", "png", period="2014", width=1200, height=630)
    '/maps/arrest-rate.png?period=2014&width=1200&height=630'
    """
    view = {"layer": layer, "period": period, "group": group, "denominator": denominator}
    view |= {"classes": classes, "palette": palette}
    sizes = {"width": width, "height": height}
    given = {name: None if size is None else str(size) for name, size in sizes.items()}
    return urls.page_address("maps", f"{indicator}.{form}", **view, **given, theme=theme)


def series_picture_url(
    layer: str,
    identifier: str,
    indicator: str,
    form: str,
    width: int | None = None,
    height: int | None = None,
) -> str:
    """Return the address of an indicator of a jurisdiction over time as a picture.

    >>> series_picture_url("counties", "06001", "arrest-rate", "svg")
    '/jurisdictions/counties/06001/arrest-rate.svg'
    """
    sizes = {"width": width, "height": height}
    given = {name: None if size is None else str(size) for name, size in sizes.items()}
    return urls.page_address("jurisdictions", layer, identifier, f"{indicator}.{form}", **given)
