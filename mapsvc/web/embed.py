"""The widget: a map, its legend and its source, for the frame of another site."""

from __future__ import annotations

from flask import Blueprint, Response, request

from mapsvc.errors import BadParameterError
from mapsvc.language import N_, Message
from mapsvc.maps import choropleth
from mapsvc.maps.elements import Assets
from mapsvc.maps.widget import names
from mapsvc.web import assets, pages, urls
from mapsvc.web.app import release

bp = Blueprint("embed", __name__)

AUTO = "auto"
THEMES = {AUTO: N_("The reader's own"), "light": N_("Light"), "dark": N_("Dark")}

_MODULES = (
    "column", "dom", "format", "frame", "ground", "legend", "paint", "patterns", "readout", "style",
    "theme", "tiles", "view", "words",
)  # fmt: skip


@bp.get("/embed/<indicator>")
def widget(indicator: str) -> Response:
    """Show an indicator without the site around it.

    The query is that of the map page, and ``theme``: ``light`` or ``dark`` where it should not
    follow the reader's.
    """
    current = release()
    theme = asked_theme()
    seen = pages.asked_view(current, indicator)
    loaded = Assets(
        styles=[], scripts=[], module=assets.module_url("js/widget.js"),
        preloads=assets.module_urls(_MODULES),
    )  # fmt: skip
    return pages.page(
        "embed.html",
        figure=pages.figure(current, seen, "embed", urls.map_url(**names(seen)), loaded),
        title=choropleth.label(current, seen),
        seen=names(seen),
        theme=theme,
    )


def asked_theme() -> str:
    """Return the theme that the query asks for; raises BadParameterError for no such one."""
    theme = request.args.get("theme") or AUTO
    if theme not in THEMES:
        raise BadParameterError("theme", theme, Message("one of {names}", names=", ".join(THEMES)))
    return theme
