"""Pictures of maps over HTTP: the view of a page as SVG, or as PNG for what shows no SVG.

The words of a PNG are set in a font of the service's own: its bytes do not depend on a machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import resvg_py
from flask import Blueprint, Response, request

from mapsvc import resources
from mapsvc.errors import BadParameterError
from mapsvc.language import Message, language
from mapsvc.maps import choropleth, picture, series_picture, text
from mapsvc.maps.theme import THEMES
from mapsvc.maps.typeset import DEFAULT_WIDTH, SIZES, Frame, Picture
from mapsvc.release.reader import Release
from mapsvc.web import headers
from mapsvc.web.answers import page_parameters
from mapsvc.web.app import release
from mapsvc.web.cache import ByteCache
from mapsvc.web.coding import Coded, encoded
from mapsvc.web.pages import caveats

bp = Blueprint("pictures", __name__)

TYPES = {"svg": "image/svg+xml", "png": "image/png"}

_FONT = "Inter"
_FONTS = ("vendor/inter-regular.ttf", "vendor/inter-semibold.ttf")
_WHOLE = re.compile(r"[1-9][0-9]{0,4}")
_VIEW = ("layer", "period", "group", "denominator", "classes", "palette")
_EITHER = Message("{first} or {last}", first=THEMES[0], last=THEMES[1])
_BUDGET = 4_000_000
"""Bytes of pictures that are kept: some forty, of the sizes that are asked for most."""

_Key = tuple[str, str, object, Frame, str, str]
_kept: ByteCache[_Key, bytes] = ByteCache(_BUDGET)


@bp.get("/maps/<indicator>.<any(svg, png):form>")
def map_picture(indicator: str, form: str) -> Response:
    """Draw a view: the query is that of the map page, and ``width``, ``height`` and ``theme``."""
    given = page_parameters(*_VIEW, *SIZES, "theme")
    current = release()
    seen = choropleth.view(current, indicator, **{name: given.get(name) for name in _VIEW})
    frame = replace(_frame(given), separate=form == "svg")
    said = _caveat(current, seen.entry(current))
    return _sent(seen, frame, form, lambda: picture.draw(current, seen, frame, said))


@bp.get("/jurisdictions/<layer>/<identifier>/<indicator>.<any(svg, png):form>")
def series(layer: str, identifier: str, indicator: str, form: str) -> Response:
    """Draw an indicator of a jurisdiction over the years; ``width``, ``height`` and ``theme``."""
    given = page_parameters(*SIZES, "theme")
    current = release()
    what = (layer, identifier, indicator)
    series_picture.label(current, *what)
    frame, said = _frame(given), _caveat(current, current.indicator(indicator))
    return _sent(what, frame, form, lambda: series_picture.draw(current, *what, frame, said))


def _sent(what: object, frame: Frame, form: str, draw: Callable[[], Picture]) -> Response:
    """Answer with a picture, drawn where it is not kept from before."""
    coding = _coding() if form == "svg" else "identity"
    key = (release().id, language(), what, frame, form, coding)
    body = _kept.get(key)
    if body is None:
        made = draw().svg
        body = rasterised(made) if form == "png" else encoded(Coded(made.encode()), coding)
        _kept.put(key, body, len(body))
    response = Response(body, content_type=TYPES[form])
    response.set_etag(headers.etag(body))
    if form == "svg":
        response.vary.add("Accept-Encoding")
        if coding != "identity":
            response.headers["Content-Encoding"] = coding
    return response


def rasterised(svg: str) -> bytes:
    """Return a picture as PNG, the same bytes on every machine.

    Raises FileNotFoundError where the font is not installed: ``make vendor`` installs it.
    """
    fonts = [resources.static() / name for name in _FONTS]
    for font in fonts:
        if not font.is_file():
            raise FileNotFoundError(f"{font} is not installed: run `make vendor`")
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            skip_system_fonts=True,
            font_files=[str(font) for font in fonts],
            font_family=_FONT,
            sans_serif_family=_FONT,
        )
    )


def _caveat(current: Release, entry: Mapping[str, Any]) -> str:
    said = caveats(current, entry)
    return text.first_sentence(said[0]) if said else ""


def _frame(given: Mapping[str, str]) -> Frame:
    return Frame(_size(given, "width") or DEFAULT_WIDTH, _size(given, "height"), _theme(given))


def _coding() -> str:
    """Return the coding that the application has settled on for this request."""
    coding: str = request.environ["HTTP_ACCEPT_ENCODING"]
    return coding


def _size(given: Mapping[str, str], name: str) -> int | None:
    """Return a length in pixels, None where none is asked for."""
    if name not in given:
        return None
    least, most = SIZES[name]
    if not _WHOLE.fullmatch(given[name]) or not least <= int(given[name]) <= most:
        raise BadParameterError(
            name,
            given[name],
            Message("a whole number from {least} to {most}", least=least, most=most),
        )
    return int(given[name])


def _theme(given: Mapping[str, str]) -> str:
    theme = given.get("theme", THEMES[0])
    if theme not in THEMES:
        raise BadParameterError("theme", theme, _EITHER)
    return theme
