"""How another site embeds a map: the page that gives the code, oEmbed, and the script."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from flask import Blueprint, Response, current_app, request
from markupsafe import Markup

from mapsvc import resources
from mapsvc.errors import BadParameterError
from mapsvc.language import DEFAULT, LANGUAGES, Message, _, language, speaking
from mapsvc.maps import choropleth
from mapsvc.maps.classing import choice
from mapsvc.maps.widget import names
from mapsvc.maps.wording import PARAMETER
from mapsvc.release.store import CurrentRelease
from mapsvc.web import assets, embed_urls, headers, pages, urls
from mapsvc.web.answers import answer, json_answer
from mapsvc.web.app import absolute_url, release
from mapsvc.web.embed import AUTO, THEMES, asked_theme
from mapsvc.web.errors import HttpError, problem

bp = Blueprint("embedding", __name__)

SCRIPT = "js/embed.js"
WIDTH, HEIGHT = 600, 480
"""In pixels, where nothing else is asked for."""
LOWEST, HIGHEST = 240, 1200
"""Heights of a frame in pixels: below, the legend would hide the map."""
_CACHE_SECONDS = 86_400
_NEWEST, _PINNED = "newest", "pinned"
_FOLLOW = Message("{first} or {last}", first=_NEWEST, last=_PINNED)

_FRAME = Markup(
    '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" '
    'style="border: 0; max-width: 100%"></iframe>'
)
_PAGE = re.compile(r"(?:/r/([^/]+))?/(?:maps|embed)/([^/]+)")
_QUERY = (*choropleth.FIELDS, "theme")


@bp.get("/maps/<indicator>/embed")
def builder(indicator: str) -> Response:
    """Give the code of a widget by a form, with the widget beside it."""
    current = release()
    seen = pages.asked_view(current, indicator)
    entry = seen.entry(current)
    theme = asked_theme()
    follow = request.args.get("follow") or _NEWEST
    if follow not in (_NEWEST, _PINNED):
        raise BadParameterError("follow", follow, _FOLLOW)
    height = _pixels("height", request.args.get("height") or str(HEIGHT), LOWEST, HIGHEST)
    query = names(seen)
    themed = {**query, "theme": theme} if theme != AUTO else query
    spoken = request.args.get("language") or language()
    if spoken not in LANGUAGES:
        raise BadParameterError(
            "language", spoken, Message("one of {names}", names=", ".join(LANGUAGES))
        )
    prefix = urls.pinned_prefix(current.id) if follow == _PINNED else ""
    # The widget may speak another language than the page that gives its code.
    with urls.below(prefix), speaking(spoken):
        widget, page = urls.embed_url(**themed), urls.map_url(**query)
        name = choropleth.label(current.in_language(spoken), seen)
    return pages.page(
        "builder.html",
        entry=entry,
        seen=seen,
        view=query,
        title=choropleth.label(current, seen),
        name=name,
        spoken=spoken,
        languages=LANGUAGES,
        layers=[current.layer_info(key) for key in entry["layers"]],
        choices=choropleth.choices(current, seen),
        classings=choice(current, seen) if entry["per"] is not None else None,
        themes={key: _(title) for key, title in THEMES.items()},
        theme=theme,
        follow=follow,
        height=height,
        lowest=LOWEST,
        highest=HIGHEST,
        widget=widget,
        codes=_codes(absolute_url(widget), absolute_url(page), name, theme, height),
        modules=[assets.module_url(f"js/{name}.js") for name in ("copy", "words")],
        module=assets.module_url("js/builder.js"),
    )


def _codes(widget: str, page: str, title: str, theme: str, height: int) -> list[dict[str, str]]:
    """Return each way to embed: what it is for, and what to paste."""
    script = Markup('<script src="{}" async></script>').format(
        absolute_url(embed_urls.newest(embed_urls.embed_script_url))
    )
    told = Markup(' data-theme="{}"').format(theme) if theme != AUTO else Markup("")
    themed = Markup(' theme="{}"').format(theme) if theme != AUTO else Markup("")
    link = Markup('<a class="mapsvc" href="{}"{}>{}</a>\n').format(page, told, title)
    component = Markup('<jurisdiction-map src="{}"{}><a href="{}">{}</a></jurisdiction-map>\n')
    return [
        {
            "key": "frame",
            "title": _("A frame"),
            "text": _("Works everywhere, without any script in your page. Its height is fixed."),
            "code": frame(widget, title, "100%", height),
        },
        {
            "key": "link",
            "title": _("A link that becomes the map"),
            "text": _(
                "The script puts the map in place of the link and fits its height to its "
                "width. Where it does not run, the link is there."
            ),
            "code": str(link + script),
        },
        {
            "key": "component",
            "title": _("A web component"),
            "text": _(
                "For pages that are made by a framework: changing an attribute changes the "
                "map. With a height attribute it keeps that height."
            ),
            "code": str(component.format(page, themed, page, title) + script),
        },
    ]


def frame(address: str, title: str, width: str | int, height: int) -> str:
    """Return the HTML of a frame that shows an address; every part is escaped."""
    return str(_FRAME.format(address, title, width, height))


@bp.get("/oembed")
def oembed() -> Response:
    """Tell how to embed a map page or a widget, as oEmbed 1.0 has it.

    Parameters of others are ignored here: consumers send their own to every provider.
    """
    asked = {key: request.args.get(key, "") for key in ("url", "maxwidth", "maxheight", "format")}
    if asked["format"] not in ("", "json"):
        detail = "This provider answers format=json alone."
        raise HttpError(problem(HTTPStatus.NOT_IMPLEMENTED, detail))
    if not asked["url"]:
        raise BadParameterError("url", "", "the whole address of a map page")
    width = _within("maxwidth", asked["maxwidth"], WIDTH)
    height = _within("maxheight", asked["maxheight"], HEIGHT)
    return json_answer(_description(asked["url"], width, height))


def _description(address: str, width: int, height: int) -> dict[str, Any]:
    """Return the answer; raises HttpError 404 for an address that is no map page of ours."""
    base = absolute_url("")
    match = _PAGE.fullmatch(urlsplit(address).path) if address.startswith(f"{base}/") else None
    if match is None:
        detail = Message("Only {base}/maps/... and {base}/embed/... can be embedded.", base=base)
        raise HttpError(problem(HTTPStatus.NOT_FOUND, detail))
    pinned, indicator = (unquote(part) if part else "" for part in match.groups())
    store: CurrentRelease = current_app.config["CURRENT_RELEASE"]
    current = store.at(pinned) if pinned else release()
    given = dict(parse_qsl(urlsplit(address).query))
    theme = given.get("theme", AUTO)
    seen = choropleth.view(
        current, indicator, **{key: given.get(key) for key in _QUERY if key != "theme"}
    )
    query = names(seen)
    if theme in THEMES and theme != AUTO:
        query["theme"] = theme
    named = given.get(PARAMETER, DEFAULT)
    spoken = named if named in LANGUAGES else DEFAULT
    current = current.in_language(spoken)
    prefix = urls.pinned_prefix(pinned) if pinned else ""
    with urls.below(prefix), speaking(spoken):
        widget = absolute_url(urls.embed_url(**query))
        home = absolute_url(urls.home_url())
        title = choropleth.label(current, seen)
    return {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": current.catalogue["title"],
        "provider_url": home,
        "cache_age": _CACHE_SECONDS,
        "width": width,
        "height": height,
        "html": frame(widget, title, width, height),
    }


@bp.get("/embed.js")
def script() -> Response:
    """Give the script that makes widgets of links; kept for good under the hash of its content."""
    path = resources.static() / SCRIPT
    response = answer(path.read_text("utf-8"), "text/javascript; charset=utf-8")
    stat = path.stat()
    if request.args.get("v") == assets.content_hash(str(path), stat.st_mtime_ns, stat.st_size):
        response.headers["Cache-Control"] = headers.IMMUTABLE
    response.headers.extend(headers.CORS)
    return response


def _within(name: str, text: str, usual: int) -> int:
    """Return the usual size, or less where a consumer has less room."""
    return min(usual, _pixels(name, text, 1, 100_000)) if text else usual


def _pixels(name: str, text: str, lowest: int, highest: int) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text, re.ASCII) or not lowest <= int(text) <= highest:
        raise BadParameterError(
            name, text, Message("a whole number from {least} to {most}", least=lowest, most=highest)
        )
    return int(text)
