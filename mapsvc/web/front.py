"""What stands before the pages: tiles, columns and archives, answered without a framework.

A small WSGI application. What it has answered once it keeps ready, headers and all, so that the
next asking costs a look into a dictionary. Every other address goes to the application behind it.
It is also where an address below ``/r/<release>`` is given the release that it names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl

from mapsvc.errors import BadParameterError, MapsvcError
from mapsvc.language import DEFAULT, Message, speaking
from mapsvc.maps.wording import PARAMETER
from mapsvc.model import ALL
from mapsvc.release.reader import Release
from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.web import headers, languages, urls
from mapsvc.web.cache import ByteCache
from mapsvc.web.coding import CODINGS, Coded, encoded
from mapsvc.web.columns import FORMATS, column_arrow, column_json
from mapsvc.web.errors import HttpError, problem, problem_of, unknown_parameters
from mapsvc.web.sending import (
    NOT_ACCEPTABLE,
    NOT_ALLOWED,
    File,
    Ready,
    empty,
    ready,
    send,
    send_file,
    send_options,
    send_problem,
)
from mapsvc.web.tiles import MVT, Tiles, View, number, zooms
from mapsvc.web.tilesets import tilejson

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PMTILES = "application/vnd.pmtiles"

RELEASE = "mapsvc.release"
"""The key of the WSGI environment under which the release of a request is."""
PINNED = "mapsvc.pinned"
"""There, and true, where the address names its release."""

ADDRESS = "mapsvc.address"
"""There where it does: the whole path, with the release that it names."""
FAULT = "mapsvc.fault"
"""There where there is no release to answer from: the exception that says why."""

_TILE = re.compile(r"/tiles/([^/]+)(?:/([^/]+)/([^/]+))?/([^/]+)/([^/]+)/([^/]+)\.mvt", re.DOTALL)
_TILEJSON = re.compile(r"/tiles/([^/]+)(?:/([^/]+)/([^/]+))?\.json", re.DOTALL)
_ARCHIVE = re.compile(r"/tiles/([^/]+)\.pmtiles", re.DOTALL)
_COLUMN = re.compile(r"/api/v1/columns/([^/]+)/([^/]+)/([^/]+)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NO_SUCH = problem(HTTPStatus.NOT_FOUND, "No address here has control characters.")


class Asked(NamedTuple):
    """One request of a quick address."""

    environ: WSGIEnvironment
    release: Release
    query: str
    coding: str
    """The best that the client takes."""

    @property
    def cache_control(self) -> str:
        return headers.IMMUTABLE if PINNED in self.environ else headers.REVALIDATE


class Front:
    """The WSGI application; ``following`` is the one behind it. All threads share an instance."""

    def __init__(
        self, current: CurrentRelease, settings: Settings, following: WSGIApplication, tiles: Tiles
    ) -> None:
        self._current = current
        self._public_url = settings.public_url
        self._following = following
        self._tiles = tiles
        self._budget = settings.tile_cache_mb * 500_000
        self._ready: ByteCache[tuple[Any, ...], Ready] = ByteCache(self._budget)
        self._of: Release | None = None
        """The current release when the answers in ``_ready`` were made."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            current = self._current.get()
            if current is not self._of:
                self._of, self._ready = current, ByteCache(self._budget)
            kept = self._ready.get(_key(environ))
            if kept is not None and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
                return send(environ, start_response, kept)
            environ[RELEASE] = current
        except Exception as error:
            environ[FAULT] = error
        path: str = environ["PATH_INFO"]
        if _CONTROL.search(path):
            # The framework's patterns end before a line's end, and would redirect.
            return send_problem(start_response, _NO_SUCH, environ["REQUEST_METHOD"])
        if path.startswith("/r/"):
            path = self._pin(environ, path)
        if path.startswith(("/tiles/", "/api/v1/columns/")):
            if not path.isascii():
                path = path.encode("latin-1").decode("utf-8", "replace")
            for pattern, respond in _ADDRESSES:
                if match := pattern.fullmatch(path):
                    return self._respond(respond, environ, match, start_response)
        prefix = environ["SCRIPT_NAME"] if PINNED in environ else ""
        with urls.below(prefix), speaking(_language(environ)):
            return self._following(environ, start_response)

    def _pin(self, environ: WSGIEnvironment, path: str) -> str:
        """Give a request the release that its address names; return the rest of the address."""
        identifier, slash, rest = path.removeprefix("/r/").partition("/")
        environ[ADDRESS] = path
        environ["SCRIPT_NAME"] = urls.pinned_prefix(identifier)
        environ["PATH_INFO"] = slash + rest or "/"
        try:
            environ[RELEASE] = self._current.at(identifier)
            environ[PINNED] = True
        except Exception as error:
            environ[FAULT] = error
        return slash + rest

    def _respond(
        self,
        respond: _Respond,
        environ: WSGIEnvironment,
        match: re.Match[str],
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        try:
            if method == "OPTIONS":
                return send_options(start_response)
            if method not in ("GET", "HEAD"):
                raise HttpError(NOT_ALLOWED)
            if FAULT in environ:
                raise environ[FAULT]
            coding = headers.choose_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""), CODINGS)
            if coding is None:
                raise HttpError(NOT_ACCEPTABLE)
            asked = Asked(environ, environ[RELEASE], environ["QUERY_STRING"], coding)
            return respond(self, asked, match, start_response)
        except Exception as error:
            return send_problem(start_response, problem_of(error), method)

    def _send_tile(
        self, asked: Asked, match: re.Match[str], start_response: StartResponse
    ) -> Iterable[bytes]:
        view = _view(match, asked.query)
        z, x, y = (number(text) for text in match.group(4, 5, 6))
        content = self._tiles.tile(asked.release, view, z, x, y)
        if content is None:
            return send(asked.environ, start_response, empty(asked.cache_control))
        return self._keep(asked, start_response, content, MVT)

    def _send_column(
        self, asked: Asked, match: re.Match[str], start_response: StartResponse
    ) -> Iterable[bytes]:
        given = _parameters(asked.query, ("group", "denominator", "format", PARAMETER))
        form = given.get("format", "json")
        if form not in FORMATS:
            raise BadParameterError(
                "format", form, Message("one of {names}", names=", ".join(FORMATS))
            )
        make = column_json if form == "json" else column_arrow
        layer, indicator, period = match.group(1, 2, 3)
        group, denominator = given.get("group", ALL), given.get("denominator", "")
        # Its notes and sources are for readers.
        spoken = asked.release.in_language(languages.asked(asked.query))
        body = make(spoken, View(layer, indicator, period, group, denominator))
        return self._keep(asked, start_response, Coded(body), FORMATS[form])

    def _send_tilejson(
        self, asked: Asked, match: re.Match[str], start_response: StartResponse
    ) -> Iterable[bytes]:
        base = headers.origin(asked.environ, self._public_url)
        with urls.below(asked.environ["SCRIPT_NAME"] if PINNED in asked.environ else ""):
            document = tilejson(asked.release, _view(match, asked.query), base)
        body = json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
        answer = _ready(asked, Coded(body), "application/json")
        return send(asked.environ, start_response, answer)

    def _send_archive(
        self, asked: Asked, match: re.Match[str], start_response: StartResponse
    ) -> Iterable[bytes]:
        _parameters(asked.query, ())
        layer = match[1]
        zooms(asked.release, layer)
        content = asked.release.archive(layer).content
        name = f"{re.sub(r'[^A-Za-z0-9._-]+', '-', layer)}.pmtiles"
        tag = f'"{asked.release.tag(f"tiles/{layer}.pmtiles")}"'
        file = File(content, PMTILES, tag, name)
        return send_file(asked.environ, start_response, file, asked.cache_control)

    def _keep(
        self, asked: Asked, start_response: StartResponse, content: Coded, media_type: str
    ) -> Iterable[bytes]:
        answer = _ready(asked, content, media_type)
        self._ready.put(_key(asked.environ), answer, len(answer.body))
        return send(asked.environ, start_response, answer)


_Respond = Callable[[Front, Asked, re.Match[str], "StartResponse"], Iterable[bytes]]
_ADDRESSES: tuple[tuple[re.Pattern[str], _Respond], ...] = (
    (_TILE, Front._send_tile),
    (_COLUMN, Front._send_column),
    (_TILEJSON, Front._send_tilejson),
    (_ARCHIVE, Front._send_archive),
)


def _language(environ: WSGIEnvironment) -> str:
    """Return the language of a page; where it is none, what follows tells so."""
    try:
        return languages.asked(environ["QUERY_STRING"])
    except MapsvcError as error:
        environ.setdefault(FAULT, error)
        return DEFAULT


def _key(environ: WSGIEnvironment) -> tuple[str, str, str | None]:
    """Return whatever of a request decides about its answer, the host it is asked at excepted."""
    return (
        environ.get(ADDRESS) or environ["PATH_INFO"],
        environ["QUERY_STRING"],
        environ.get("HTTP_ACCEPT_ENCODING"),
    )


def _ready(asked: Asked, content: Coded, media_type: str) -> Ready:
    """Return the answer in the coding of the request."""
    # A column is small, and a map waits for it at every step of its years.
    dense = media_type in FORMATS.values()
    body = encoded(content, asked.coding, dense=dense)
    return ready(body, media_type, asked.coding, asked.cache_control)


def _view(match: re.Match[str], query: str) -> View:
    layer, indicator, period = match.group(1, 2, 3)
    given = _parameters(query, ("group", "denominator") if indicator else ())
    group, denominator = given.get("group", ALL), given.get("denominator", "")
    return View(layer, indicator or "", period or "", group, denominator)


def _parameters(query: str, known: tuple[str, ...]) -> dict[str, str]:
    """Return a query; raises HttpError for a name that is not known, or given twice."""
    pairs = parse_qsl(query, keep_blank_values=True) if query else []
    given = dict(pairs)
    if unknown := given.keys() - set(known):
        raise unknown_parameters(unknown, known)
    if len(given) < len(pairs):
        twice = next(name for name in given if [item for item, _ in pairs].count(name) > 1)
        raise HttpError(
            problem(HTTPStatus.BAD_REQUEST, Message("Give the parameter {name} once.", name=twice))
        )
    return given
