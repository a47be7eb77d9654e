"""Which thread of a worker answers what: tiles where they arrive, the rest on threads of its own.

Granian hands each request to one of its threads of Python, which has it until the answer is there.
As many pages as there are threads, or as many slow readers of a download, and nobody gets a tile.
So those threads answer tiles, and hand everything else to others, which wait as long as they must.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import granian.server.mp

_LOG = logging.getLogger(__name__)

TILE_THREADS = 10
"""Of Granian, in a worker. Most wait for the interpreter, so that the next answer is ready to go.
With three, sixteen connections get a third fewer; with twice as many, the slowest get slower."""
PAGE_THREADS = 16
"""Of ours, in a worker. Most wait: for a page that another makes (``PAGES_AT_ONCE``), or for a slow
reader of a download."""

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
    """Have the worker that this process becomes make pages on threads of their own."""
    if separable():
        wrap = getattr(granian.server.mp, _WRAP)

        def wrapped(*arguments: Any) -> _Call:
            # Granian gives every request a copy of the operator's environment, which nobody reads.
            kept = dict(os.environ)
            os.environ.clear()
            try:
                return Separated(wrap(*arguments))
            finally:
                os.environ.update(kept)

        setattr(granian.server.mp, _WRAP, wrapped)


def is_quick(environ: Environ) -> bool:
    """Return whether a request is answered where it arrives: a tile, or a column of values.

    So is one that has a body: Granian takes it back once its own thread has returned.
    """
    path: str = environ["PATH_INFO"]
    return (
        path.endswith((".mvt", ".pbf"))
        or "/columns/" in path
        or environ["REQUEST_METHOD"] not in ("GET", "HEAD", "OPTIONS")
    )


class Separated:
    """What Granian calls: ``call`` on its own thread where that is quick, else on one of ours."""

    def __init__(self, call: _Call) -> None:
        self._call = call
        self._threads = ThreadPoolExecutor(PAGE_THREADS, "pages")

    def __call__(self, answering: Answering, environ: Environ) -> None:
        if is_quick(environ):
            self._call(answering, environ)
        else:
            self._threads.submit(self._make, answering, environ)

    def _make(self, answering: Answering, environ: Environ) -> None:
        try:
            self._call(answering, environ)
        except BaseException:
            _LOG.exception("No answer could be made to %s", environ["PATH_INFO"])
            answering.response_bytes(500, [], b"")
