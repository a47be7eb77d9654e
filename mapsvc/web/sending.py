"""Answers of the quick addresses in plain WSGI: ready to send again, conditional, in ranges."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from mapsvc.language import Message
from mapsvc.web import headers
from mapsvc.web.coding import CODINGS, IDENTITY
from mapsvc.web.errors import PROBLEM_JSON, HttpError, HttpProblem, problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_FIXED = (*headers.CORS, *headers.SAFE)
_CODED = (*_FIXED, ("Vary", "Accept-Encoding"))
_CHUNK = 1 << 16
_RANGE = re.compile(r"bytes=\s*(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))\s*")

NOT_ALLOWED = problem(
    HTTPStatus.METHOD_NOT_ALLOWED,
    Message("This address is only for reading: use {methods}.", methods=headers.READ_METHODS),
    headers=(("Allow", headers.READ_METHODS),),
)
NOT_ACCEPTABLE = problem(
    HTTPStatus.NOT_ACCEPTABLE,
    "Accept-Encoding refuses every coding that there is.",
    (*CODINGS, IDENTITY),
)


class Ready(NamedTuple):
    """An answer with its headers made, to be sent as often as it is asked for."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes
    tag: str
    """Its entity tag, quoted; empty where it has none."""
    kept: list[tuple[str, str]]
    """The headers of a 304 in its place."""


def ready(body: bytes, media_type: str, coding: str, cache_control: str) -> Ready:
    """Return the answer with a body in a coding; each coding has an entity tag of its own."""
    tag = f'"{headers.etag(body)}"'
    kept = [*_CODED, ("Cache-Control", cache_control), ("ETag", tag)]
    sent = [*kept, ("Content-Type", media_type), ("Content-Length", str(len(body)))]
    if coding != IDENTITY:
        sent.append(("Content-Encoding", coding))
    return Ready("200 OK", sent, body, tag, kept)


def empty(cache_control: str) -> Ready:
    """Return the answer where there is nothing, as there should be."""
    kept = [*_CODED, ("Cache-Control", cache_control)]
    return Ready("204 No Content", kept, b"", "", kept)


def send(environ: WSGIEnvironment, start_response: StartResponse, answer: Ready) -> Iterable[bytes]:
    """Answer GET or HEAD, with 304 where the client has the same already."""
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known and answer.tag and headers.matches(known, answer.tag):
        start_response("304 Not Modified", [*answer.kept])
        return []
    start_response(answer.status, [*answer.headers])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]


def send_options(start_response: StartResponse) -> Iterable[bytes]:
    """Answer a preflight."""
    allow = [("Allow", headers.READ_METHODS), ("Content-Length", "0")]
    start_response("200 OK", [*_CODED, *headers.PREFLIGHT, *allow])
    return []


def send_problem(start_response: StartResponse, found: HttpProblem, method: str) -> Iterable[bytes]:
    """Answer with what was wrong, which nobody is to keep."""
    body = found.body()
    start_response(
        f"{found.status} {found.title}",
        [
            *_CODED,
            *found.headers,
            ("Cache-Control", headers.NO_STORE),
            ("Content-Type", PROBLEM_JSON),
            ("Content-Length", str(len(body))),
        ],
    )
    return [] if method == "HEAD" else [body]


class File(NamedTuple):
    """A file in memory or mapped, of which a client may ask for a part."""

    content: memoryview
    media_type: str
    tag: str
    """Quoted."""
    name: str
    """What a browser saves it as."""


def send_file(
    environ: WSGIEnvironment, start_response: StartResponse, file: File, cache_control: str
) -> Iterable[bytes]:
    """Answer GET or HEAD with a file, or with the one range that the client asks for.

    RFC 9110, 14: a range that cannot be read is ignored, and so are several at once, as a server
    may; If-Range holds for the same entity tag only. The file has no coding, as ranges count its
    own bytes.
    """
    size = len(file.content)
    kept = [
        *_FIXED,
        ("Accept-Ranges", "bytes"),
        ("Cache-Control", cache_control),
        ("ETag", file.tag),
    ]
    if headers.matches(environ.get("HTTP_IF_NONE_MATCH", ""), file.tag):
        start_response("304 Not Modified", kept)
        return []
    kept += [
        ("Content-Type", file.media_type),
        ("Content-Disposition", f'attachment; filename="{file.name}"'),
    ]
    part = _asked_range(environ, file.tag, size)
    if part is None:
        start_response("200 OK", [*kept, ("Content-Length", str(size))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else _chunks(file.content)
    first, last = part
    if first > last:
        detail = Message("The file has {size} bytes, numbered from 0.", size=size)
        unsatisfied = (("Content-Range", f"bytes */{size}"), ("Accept-Ranges", "bytes"))
        raise HttpError(
            problem(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, detail, headers=unsatisfied)
        )
    kept += [
        ("Content-Range", f"bytes {first}-{last}/{size}"),
        ("Content-Length", str(last + 1 - first)),
    ]
    start_response("206 Partial Content", kept)
    return _chunks(file.content[first : last + 1])


def _asked_range(environ: Mapping[str, str], tag: str, size: int) -> tuple[int, int] | None:
    """Return the first and the last byte asked for, the last before the first if there is none."""
    match = _RANGE.fullmatch(environ.get("HTTP_RANGE", ""))
    if match is None or environ["REQUEST_METHOD"] != "GET":
        return None
    if environ.get("HTTP_IF_RANGE", tag).strip() != tag:
        return None
    if match[3]:
        length = int(match[3])
        return (max(size - length, 0), size - 1) if length else (0, -1)
    first, last = int(match[1]), int(match[2] or size - 1)
    if match[2] and last < first:
        return None
    return (first, min(last, size - 1)) if first < size else (0, -1)


def _chunks(content: memoryview) -> Iterator[bytes]:
    for start in range(0, len(content), _CHUNK):
        yield bytes(content[start : start + _CHUNK])
