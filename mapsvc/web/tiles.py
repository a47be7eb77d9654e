"""Vector tiles and their TileJSON over HTTP: a small WSGI application before the pages.

A layer's own tiles go out as the archive has them. An indicator's are spliced: the geometry is
parsed once a tile, the attributes are encoded once a column, and the outcome is kept.
"""

from __future__ import annotations

import gzip
import html
import json
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl

import numpy as np

from mapsvc.errors import UnknownNameError
from mapsvc.model import ALL, RELIABILITIES, STATUSES, Status
from mapsvc.release.reader import Release
from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.tiles.attributes import Attributes, Column
from mapsvc.tiles.mvt import TileTemplate
from mapsvc.tiles.tilejson import default_center, vector_layers
from mapsvc.tiles.tilejson import tilejson as describe
from mapsvc.web import headers
from mapsvc.web.cache import ByteCache
from mapsvc.web.errors import (
    PROBLEM_JSON,
    HttpError,
    HttpProblem,
    problem,
    problem_of,
    unknown_parameters,
)
from mapsvc.web.urls import absolute, tile_template

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MVT = "application/vnd.mapbox-vector-tile"
CONTEXT = "context"

_TILE = re.compile(r"/tiles/([^/]+)(?:/([^/]+)/([^/]+))?/([^/]+)/([^/]+)/([^/]+)\.mvt", re.DOTALL)
_TILEJSON = re.compile(r"/tiles/([^/]+)(?:/([^/]+)/([^/]+))?\.json", re.DOTALL)
_CANONICAL = re.compile(r"0|[1-9][0-9]{0,9}")
_GZIP_LEVEL = 5
_WORLD = (-180.0, -85.0, 180.0, 85.0)
_FIXED = (*headers.CORS, *headers.SAFE, ("Vary", "Accept-Encoding"))
_KEPT = (*_FIXED, ("Cache-Control", headers.REVALIDATE))


class Content(NamedTuple):
    """What an address gives: its bytes, gzipped, and the entity tag that they have in common."""

    zipped: bytes
    tag: str


class View(NamedTuple):
    """Whose tiles: a layer's geometry alone, or with one column of an indicator."""

    layer: str
    indicator: str | None
    period: str
    group: str


class TileService:
    """The WSGI application: answers addresses of tiles, passes all others on.

    ``following`` is the application of the pages. One instance serves all threads of a process.
    """

    def __init__(
        self, current: CurrentRelease, settings: Settings, following: WSGIApplication
    ) -> None:
        self._current = current
        self._public_url = settings.public_url
        self._following = following
        budget = settings.tile_cache_mb * 1_000_000
        self._finished: ByteCache[tuple[Any, ...], Content] = ByteCache(budget // 2)
        self._templates: ByteCache[tuple[Any, ...], TileTemplate] = ByteCache(budget // 4)
        self._attributes: ByteCache[tuple[Any, ...], Attributes] = ByteCache(budget // 4)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if not path.startswith("/tiles/"):
            return self._following(environ, start_response)
        if not path.isascii():
            path = path.encode("latin-1").decode("utf-8", "replace")
        match = _TILE.fullmatch(path) or _TILEJSON.fullmatch(path)
        if match is None:
            return self._following(environ, start_response)
        method = environ["REQUEST_METHOD"]
        try:
            if method == "OPTIONS":
                return _send_options(start_response)
            if method not in ("GET", "HEAD"):
                raise HttpError(_NOT_ALLOWED)
            release = self._current.get()
            view = _view(match, environ["QUERY_STRING"])
            if match.re is _TILE:
                content = self.tile(release, view, *match.group(4, 5, 6))
                return _send(environ, start_response, MVT, content)
            document = tilejson(release, view, headers.origin(environ, self._public_url))
            body = json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
            answer = Content(_zip(body), headers.etag(body))
            return _send(environ, start_response, "application/json", answer)
        except Exception as error:
            return _send_problem(start_response, problem_of(error), method)

    def tile(self, release: Release, view: View, *numbers: str) -> Content | None:
        """Return a tile, None where it is empty; raises what makes the address wrong.

        ``numbers`` are zoom, column and row as the address has them.
        """
        z, x, y = (_number(text) for text in numbers)
        key = (release.id, view, z, x, y)
        content = self._finished.get(key)
        if content is None:
            _check_range(release, view.layer, z, x, y)
            made = self._made(release, view, z, x, y)
            if made is None:
                return None
            content = made
            self._finished.put(key, content, len(content.zipped))
        return content

    def _made(self, release: Release, view: View, z: int, x: int, y: int) -> Content | None:
        if view.indicator is None:
            stored = release.archive(view.layer).get(z, x, y)
            return None if stored is None else Content(stored, headers.etag(stored))
        columns = self._attributes_of(release, view, view.indicator)
        template = self._template(release, view.layer, z, x, y)
        if template is None:
            return None
        body = template.splice(view.layer, columns)
        return Content(_zip(body), headers.etag(body))

    def _template(
        self, release: Release, layer: str, z: int, x: int, y: int
    ) -> TileTemplate | None:
        key = (release.id, layer, z, x, y)
        template = self._templates.get(key)
        if template is None:
            stored = release.archive(layer).get(z, x, y)
            if stored is None:
                return None
            raw = gzip.decompress(stored)
            template = TileTemplate.parse(raw)
            # Parsed, a tile takes its bytes twice: as it stands, and cut into features.
            self._templates.put(key, template, 2 * len(raw))
        return template

    def _attributes_of(self, release: Release, view: View, indicator: str) -> Attributes:
        key = (release.id, view)
        found = self._attributes.get(key)
        if found is None:
            found = attributes(release, view.layer, indicator, view.period, view.group)
            size = found.codes.nbytes + found.fids.nbytes + 100 * len(found.values)
            self._attributes.put(key, found, size)
        return found


def attributes(release: Release, layer: str, indicator: str, period: str, group: str) -> Attributes:
    """Return the attributes of a layer's features; what is null is absent.

    Raises UnknownNameError for an indicator, layer, period or group that does not exist.
    """
    values = release.values(layer, indicator, period, group)
    numbers = {
        "value": values.value,
        "numerator": values.numerator,
        "denominator": values.denominator,
        "lower": values.lower,
        "upper": values.upper,
    }
    columns = [Column(name, "double", array, np.isfinite(array)) for name, array in numbers.items()]
    words = {
        "status": (values.status, STATUSES),
        "reliability": (values.reliability, RELIABILITIES),
    }
    columns += [
        Column(name, "string", codes, codes >= 0, tuple(str(word) for word in named))
        for name, (codes, named) in words.items()
    ]
    classed = (values.klass >= 0) & (values.status == STATUSES.index(Status.OK))
    columns.append(Column("class", "integer", values.klass, classed))
    return Attributes.of(release.layer(layer).fids, columns)


def tilejson(release: Release, view: View, base: str) -> dict[str, Any]:
    """Return the TileJSON of a layer, the context, or an indicator's column in a layer.

    ``base`` is the scheme and host of its addresses. Raises UnknownNameError.
    """
    info = zooms(release, view.layer)
    name, description, attribution = info.get("title", "Ground"), "", ""
    group = view.group if view.group != ALL else None
    address = tile_template(view.layer, view.indicator, view.period or None, group)
    if view.layer == CONTEXT:
        layers = [{"id": layer, "fields": {}} for layer in info["layers"]]
        layers = release.archive(CONTEXT).metadata.get("vector_layers") or layers
    else:
        layers = vector_layers(view.layer, with_attributes=view.indicator is not None)
        attribution = f"{info['authority']}, {info['product']} {info['vintage']}".strip()
    if view.indicator is not None:
        release.values(view.layer, view.indicator, view.period, view.group)
        entry = release.indicator(view.indicator)
        dataset = release.dataset(entry["dataset"])
        name, description = f"{entry['title']}, {view.period}", entry["unit"]
        attribution = f"{dataset['publisher']}; {attribution}"
    west, south, east, north = bounds = tuple(info["bounds"] or _WORLD)
    across = max(east - west, north - south, 1e-6)
    zoom = min(max(int(np.log2(360 / across)), info["min_zoom"]), info["max_zoom"])
    return describe(
        url=absolute(base, address),
        name=name,
        description=description,
        layers=layers,
        bounds=(west, south, east, north),
        center=default_center(bounds, zoom),
        min_zoom=info["min_zoom"],
        max_zoom=info["max_zoom"],
        # Clients show it as HTML.
        attribution=html.escape(attribution),
        release=release.id,
    )


def _view(match: re.Match[str], query: str) -> View:
    layer, indicator, period = match.group(1, 2, 3)
    known = ("group",) if indicator is not None else ()
    group = ALL
    if query:
        pairs = parse_qsl(query, keep_blank_values=True)
        names = [name for name, _ in pairs]
        if unknown := set(names) - set(known):
            raise unknown_parameters(unknown, known)
        if len(pairs) != 1:
            raise HttpError(problem(HTTPStatus.BAD_REQUEST, "Give the parameter group once."))
        group = pairs[0][1]
    return View(layer, indicator, period or "", group)


def _number(text: str) -> int:
    if not _CANONICAL.fullmatch(text):
        detail = "Zoom, column and row are whole numbers without sign or leading zero."
        raise HttpError(problem(HTTPStatus.NOT_FOUND, detail))
    return int(text)


def zooms(release: Release, layer: str) -> Mapping[str, Any]:
    """Return the catalogue's entry of a layer or of the context; raises UnknownNameError."""
    context = release.catalogue["context"]
    if layer == CONTEXT and context:
        found: Mapping[str, Any] = context
        return found
    try:
        return release.layer_info(layer)
    except UnknownNameError as error:
        known = [*error.known, *([CONTEXT] if context else [])]
        raise UnknownNameError(error.kind, error.name, known) from None


def _check_range(release: Release, layer: str, z: int, x: int, y: int) -> None:
    info = zooms(release, layer)
    least, most = info["min_zoom"], info["max_zoom"]
    if not least <= z <= most:
        detail = f"{layer} has tiles for zooms {least} to {most}, not {z}."
        raise HttpError(problem(HTTPStatus.NOT_FOUND, detail))
    last = (1 << z) - 1
    if x > last or y > last:
        detail = f"At zoom {z} columns and rows go from 0 to {last}."
        raise HttpError(problem(HTTPStatus.NOT_FOUND, detail))


def _zip(body: bytes) -> bytes:
    return gzip.compress(body, _GZIP_LEVEL, mtime=0)


_NOT_ALLOWED = problem(
    HTTPStatus.METHOD_NOT_ALLOWED,
    f"This address is only for reading: use {headers.READ_METHODS}.",
    headers=(("Allow", headers.READ_METHODS),),
)
_NOT_ACCEPTABLE = problem(
    HTTPStatus.NOT_ACCEPTABLE,
    "Accept-Encoding refuses both codings that there are.",
    ("gzip", "identity"),
)


def _send(
    environ: WSGIEnvironment,
    start_response: StartResponse,
    media_type: str,
    content: Content | None,
) -> Iterable[bytes]:
    """Answer GET or HEAD with the content in the coding that the client likes best."""
    if content is None:
        start_response("204 No Content", [*_KEPT])
        return []
    coding = headers.choose_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""), ("gzip",))
    if coding is None:
        raise HttpError(_NOT_ACCEPTABLE)
    tag = f'"{content.tag}-{coding}"'
    sent = [*_KEPT, ("ETag", tag)]
    if headers.matches(environ.get("HTTP_IF_NONE_MATCH", ""), tag):
        start_response("304 Not Modified", sent)
        return []
    if coding == "gzip":
        body = content.zipped
        sent.append(("Content-Encoding", "gzip"))
    else:
        body = gzip.decompress(content.zipped)
    sent += [("Content-Type", media_type), ("Content-Length", str(len(body)))]
    start_response("200 OK", sent)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _send_options(start_response: StartResponse) -> Iterable[bytes]:
    allow = [("Allow", headers.READ_METHODS), ("Content-Length", "0")]
    start_response("200 OK", [*_FIXED, *headers.PREFLIGHT, *allow])
    return []


def _send_problem(
    start_response: StartResponse, found: HttpProblem, method: str
) -> Iterable[bytes]:
    body = found.body()
    start_response(
        f"{found.status} {found.title}",
        [
            *_FIXED,
            *found.headers,
            ("Cache-Control", headers.NO_STORE),
            ("Content-Type", PROBLEM_JSON),
            ("Content-Length", str(len(body))),
        ],
    )
    return [] if method == "HEAD" else [body]
