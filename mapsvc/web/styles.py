"""MapLibre styles and their sprites over HTTP: a map that other programs open as it is."""

from __future__ import annotations

import re

from flask import Blueprint, Response, abort

from mapsvc.errors import BadParameterError
from mapsvc.language import Message
from mapsvc.maps import choropleth, sprite, style
from mapsvc.maps.theme import THEMES
from mapsvc.model import ALL
from mapsvc.release.reader import Release
from mapsvc.web import headers, style_urls, urls
from mapsvc.web.answers import answer, dumps, json_answer, parameters
from mapsvc.web.app import absolute_url, release
from mapsvc.web.pages import caveats

bp = Blueprint("styles", __name__)

_EITHER = Message("{first} or {last}", first=THEMES[0], last=THEMES[1])
_SPRITE = re.compile(rf"({'|'.join(THEMES)})(@2x)?\.(json|png)")


@bp.get("/styles/<layer>.json")
@bp.get("/styles/<layer>/<theme>.json")
def layer_style(layer: str, theme: str | None = None) -> Response:
    """Give the style of a layer's geometry alone."""
    theme = _theme(theme, parameters("theme"))
    sources = style.Sources(
        tiles=absolute_url(urls.tilejson_url(layer)),
        ground=absolute_url(urls.tilejson_url("context")),
        sprite=absolute_url(style_urls.sprite_url(theme)),
    )
    return json_answer(style.layer_style(release(), layer, sources, theme))


@bp.get("/styles/<layer>/<indicator>/<period>.json")
@bp.get("/styles/<layer>/<indicator>/<period>/<group>.json")
@bp.get("/styles/<layer>/<indicator>/<period>/<group>/<theme>.json")
def indicator_style(
    layer: str, indicator: str, period: str, group: str | None = None, theme: str | None = None
) -> Response:
    """Give the style of an indicator in a layer: colours, hatches or circles, and the legend.

    Group and theme stand in the path or in the query; addresses that we give have no query.
    """
    query = parameters("group", "theme")
    theme = _theme(theme, query)
    seen = choropleth.view(release(), indicator, layer, period, group or query.get("group"))
    return json_answer(view_style(release(), seen, theme))


def view_style(current: Release, seen: choropleth.View, theme: str) -> dict[str, object]:
    """Return the style of a view with this service's addresses."""
    group = seen.group if seen.group != ALL else None
    sources = style.Sources(
        tiles=absolute_url(urls.tilejson_url(seen.layer, seen.indicator, seen.period, group)),
        ground=absolute_url(urls.tilejson_url("context")),
        sprite=absolute_url(style_urls.sprite_url(theme)),
    )
    said = caveats(current, current.indicator(seen.indicator))
    return style.indicator_style(current, seen, sources, theme, said)


@bp.get("/sprites/<name>")
def sprite_file(name: str) -> Response:
    """Give a theme's images or their index, at one or two pixels a pixel."""
    parameters()
    found = _SPRITE.fullmatch(name)
    if not found:
        abort(404)
    return sprite_answer(found[1], bool(found[2]), found[3])


def sprite_answer(theme: str, double: bool, form: str) -> Response:
    """Answer with a sprite's index (``json``) or its images (``png``)."""
    made = sprite.sprite(theme, 2 if double else 1)
    if form == "json":
        return answer(dumps(made.index), "application/json")
    response = Response(made.png, content_type="image/png")
    response.set_etag(headers.etag(made.png))
    return response


def _theme(named: str | None, query: dict[str, str]) -> str:
    """Return the theme that is asked for; raises BadParameterError for an unknown one."""
    theme = named or query.get("theme", THEMES[0])
    if theme not in THEMES:
        raise BadParameterError("theme", theme, _EITHER)
    return theme
