"""Files of the front end, answered without a framework: a map loads forty of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from mapsvc import resources
from mapsvc.settings import Settings
from mapsvc.web import assets, headers
from mapsvc.web.cache import ByteCache
from mapsvc.web.coding import CODINGS, IDENTITY
from mapsvc.web.sending import Ready, send

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
}
"""What the front end is made of; the types of the system are not asked, as they differ."""
_COMPRESSED = (".css", ".js", ".svg", ".txt")
_NO_DOCUMENTS = (".css", ".js")
"""What a page may do is nothing to these."""

_PREFIX = "/static/"
_NAME = re.compile(
    r"(?!node_modules/)(?:[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}/){1,5}[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}"
)
"""In a folder, nothing hidden, no way up, and not where the libraries come from."""

_BUDGET = 8_000_000
"""Bytes of answers that are kept: all of the front end in three codings takes a third."""


class Files:
    """A WSGI application that gives out the front end; ``following`` answers what is no file.

    A file may be kept for good where its address carries the hash of its content, or of all scripts
    together. Such an answer is kept here too, and stays what its address names.
    """

    def __init__(self, settings: Settings, following: WSGIApplication) -> None:
        self._settings = settings
        self._following = following
        self._ready: ByteCache[tuple[str, str, str], Ready] = ByteCache(_BUDGET)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if path.startswith(_PREFIX) and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
            coding = headers.choose_encoding(accepted, CODINGS) or IDENTITY
            key = path, environ["QUERY_STRING"], coding
            answer = self._ready.get(key) or self._read(*key)
            if answer is not None:
                return send(environ, start_response, answer)
        return self._following(environ, start_response)

    def _read(self, path: str, query: str, coding: str) -> Ready | None:
        """Return the answer with a file, or None where there is no such."""
        name = path.removeprefix(_PREFIX)
        tree, slash, rest = name.partition("/")
        if tree.startswith("@") and slash:
            name = rest
        file = resources.static() / name
        if not _NAME.fullmatch(name) or not file.is_file():
            return None
        stat = file.stat()
        tag = assets.content_hash(str(file), stat.st_mtime_ns, stat.st_size)
        named = parse_qs(query).get("v") == [tag] or tree == f"@{assets.tree_hash()}"
        answer = self._answer(
            path, file, tag, coding, headers.IMMUTABLE if named else headers.REVALIDATE
        )
        if named:
            self._ready.put((path, query, coding), answer, len(answer.body))
        return answer

    def _answer(self, path: str, file: Path, tag: str, coding: str, cache_control: str) -> Ready:
        kept = [("Cache-Control", cache_control)]
        if file.suffix in _NO_DOCUMENTS:
            kept += headers.SAFE
        else:
            origins = self._settings.embed_origins
            kept += headers.page_headers(path, origins)
        coded = []
        if file.suffix in _COMPRESSED:
            kept.append(("Vary", "Accept-Encoding"))
        if file.suffix in _COMPRESSED and coding != IDENTITY:
            body = assets.packed(str(file), tag, coding)
            tag = f"{tag}:{coding}"
            coded = [("Content-Encoding", coding)]
        else:
            body = file.read_bytes()
        kept.append(("ETag", f'"{tag}"'))
        media_type = _TYPES.get(file.suffix, "application/octet-stream")
        sent = [*kept, *coded, ("Content-Type", media_type), ("Content-Length", str(len(body)))]
        return Ready("200 OK", sent, body, f'"{tag}"', kept)
