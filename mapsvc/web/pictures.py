"""Pictures of maps over HTTP: the view of a page as SVG, or as PNG for what shows no SVG.

The words of a PNG are set in a font of the service's own: its bytes do not depend on a machine.
"""

from __future__ import annotations

import re

import resvg_py
from flask import Blueprint, Response, request

from mapsvc import resources
from mapsvc.errors import BadParameterError
from mapsvc.maps import choropleth, picture, text
from mapsvc.maps.theme import THEMES
from mapsvc.release.reader import Release
from mapsvc.web import headers
from mapsvc.web.answers import parameters
from mapsvc.web.app import release
from mapsvc.web.cache import ByteCache
from mapsvc.web.coding import Coded, encoded
from mapsvc.web.pages import caveats

bp = Blueprint("pictures", __name__)

TYPES = {"svg": "image/svg+xml", "png": "image/png"}

_FONT = "Inter"
_FONTS = ("vendor/inter-regular.ttf", "vendor/inter-semibold.ttf")
_WHOLE = re.compile(r"[1-9][0-9]{0,4}")
_VIEW = ("layer", "period", "group", "denominator")
_BUDGET = 4_000_000
"""Bytes of pictures that are kept: some forty, of the sizes that are asked for most."""

_Key = tuple[str, choropleth.View, picture.Frame, str, str]
_kept: ByteCache[_Key, bytes] = ByteCache(_BUDGET)


@bp.get("/maps/<indicator>.<any(svg, png):form>")
def map_picture(indicator: str, form: str) -> Response:
    """Draw a view: the query is that of the map page, and ``width``, ``height`` and ``theme``."""
    given = parameters(*_VIEW, *picture.SIZES, "theme")
    current = release()
    seen = choropleth.view(current, indicator, **{name: given.get(name) for name in _VIEW})
    frame = picture.Frame(
        _size(given, "width") or picture.DEFAULT_WIDTH, _size(given, "height"), _theme(given)
    )
    coding = _coding() if form == "svg" else "identity"
    key = (current.id, seen, frame, form, coding)
    body = _kept.get(key)
    if body is None:
        body = _drawn(current, seen, frame, form, coding)
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


def _drawn(
    current: Release, seen: choropleth.View, frame: picture.Frame, form: str, coding: str
) -> bytes:
    said = caveats(current, seen.entry(current))
    found = picture.draw(current, seen, frame, text.first_sentence(said[0]) if said else "")
    if form == "png":
        return rasterised(found.svg)
    return encoded(Coded(found.svg.encode()), coding)


def _coding() -> str:
    """Return the coding that the application has settled on for this request."""
    coding: str = request.environ["HTTP_ACCEPT_ENCODING"]
    return coding


def _size(given: dict[str, str], name: str) -> int | None:
    """Return a length in pixels, None where none is asked for."""
    if name not in given:
        return None
    least, most = picture.SIZES[name]
    if not _WHOLE.fullmatch(given[name]) or not least <= int(given[name]) <= most:
        raise BadParameterError(name, given[name], f"a whole number from {least} to {most}")
    return int(given[name])


def _theme(given: dict[str, str]) -> str:
    theme = given.get("theme", THEMES[0])
    if theme not in THEMES:
        raise BadParameterError("theme", theme, " or ".join(THEMES))
    return theme
