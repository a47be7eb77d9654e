"""Which thread of a worker answers what: tiles where they arrive, the rest on threads of its own.

Granian hands each request to one of its threads of Python, which has it until the answer is there.
As many pages as there are threads, or as many slow readers of a download, and nobody gets a tile.
So those threads answer tiles, and hand everything else to others, which wait as long as they must:
for a page, until the process that makes it has (``apart.py``).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

import granian.server.mp

from mapsvc.web.apart import Apart

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_LOG = logging.getLogger(__name__)

TILE_THREADS = 10
"""Of Granian, in a worker. Most wait for the interpreter, so that the next answer is ready to go.
With three, sixteen connections get a third fewer; with twice as many, the slowest get slower."""
FILE_THREADS = 16
"""Of ours, in a worker. Most wait for a slow reader of an archive."""
PAGE_THREADS = 16
"""The same, and in the process of its pages. Most wait: for a page, of which few are made at once
(``PAGES_AT_ONCE``), or for a slow reader of a download."""

_WRAP = "_wsgi_call_wrap"
"""What Granian looks up to wrap the application, in the module that starts the workers."""


class Answering(Protocol):
    """What Granian takes an answer from, once, whichever thread gives it."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes, /) -> None:
        """Send an answer; nothing happens where there has been one."""


Environ = Mapping[str, Any]
_Call = Callable[[Answering, Environ], object]
"""How Granian calls an application that it has wrapped."""


def separable() -> bool:
    """Return whether Granian lets another thread give the answer.

    That is no part of its public interface. Without, its own threads make the pages too, and tiles
    wait for readers of as many.
    """
    return callable(getattr(granian.server.mp, _WRAP, None))


def separate() -> None:
    """Have the worker that this process becomes make pages on threads and a process of their own.

    The process is forked when Granian wraps the application: all is loaded, and of threads there is
    but the one of numpy's algebra, whose library stands a fork.
    """
    if separable():
        wrap = getattr(granian.server.mp, _WRAP)

        def wrapped(application: WSGIApplication, *arguments: Any) -> _Call:
            apart = Apart(application, PAGE_THREADS)
            # Granian gives every request a copy of the operator's environment, which nobody reads.
            kept = dict(os.environ)
            os.environ.clear()
            try:
                return Separated(wrap(application, *arguments), wrap(apart, *arguments))
            finally:
                os.environ.update(kept)

        setattr(granian.server.mp, _WRAP, wrapped)


def is_quick(environ: Environ) -> bool:
    """Return whether a request is answered where it arrives: a tile, a column of values, or whether
    the service is well.

    So is one that has a body: Granian takes it back once its own thread has returned.
    """
    path: str = environ["PATH_INFO"]
    return (
        path.endswith((".mvt", ".pbf"))
        or "/columns/" in path
        or path in ("/healthz", "/readyz")
        or environ["REQUEST_METHOD"] not in ("GET", "HEAD", "OPTIONS")
    )


def is_file(environ: Environ) -> bool:
    """Return whether a request is for a file: of the front end, or an archive of tiles."""
    path: str = environ["PATH_INFO"]
    return path.startswith("/static/") or path.endswith(".pmtiles")


class Separated:
    """What Granian calls: ``here`` for what is quick, on its own thread, and for files, on others;
    ``pages`` for the rest, on others again, so that files do not wait for pages.
    """

    def __init__(self, here: _Call, pages: _Call) -> None:
        self._here = here
        self._pages = pages
        self._file_threads = ThreadPoolExecutor(FILE_THREADS, "files")
        self._page_threads = ThreadPoolExecutor(PAGE_THREADS, "pages")

    def __call__(self, answering: Answering, environ: Environ) -> None:
        if is_quick(environ):
            self._here(answering, environ)
        elif is_file(environ):
            self._file_threads.submit(_answer, self._here, answering, environ)
        else:
            self._page_threads.submit(_answer, self._pages, answering, environ)


def _answer(call: _Call, answering: Answering, environ: Environ) -> None:
    try:
        call(answering, environ)
    except BaseException:
        _LOG.exception("No answer could be made to %s", environ["PATH_INFO"])
        answering.response_bytes(500, [], b"")
