"""The widget: a map, its legend and its source, for the frame of another site."""

from __future__ import annotations

from flask import Blueprint, Response

from mapsvc.maps import choropleth
from mapsvc.web import pages
from mapsvc.web.app import release

bp = Blueprint("embed", __name__)


@bp.get("/embed/<indicator>")
def widget(indicator: str) -> Response:
    """Show an indicator without the site around it; the query is that of the map page."""
    current = release()
    seen = pages.asked_view(current, indicator)
    return pages.page(
        "embed.html",
        figure=pages.figure(current, seen, "embed"),
        title=choropleth.label(current, seen),
    )
