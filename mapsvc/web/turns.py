"""Pages made a few at a time, so that whoever asks for tiles meanwhile is not held up."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Turns:
    """A WSGI application that lets ``at_once`` threads into the one behind it; the rest wait.

    Python works on one page at a time, however many threads have one to make. Each that has takes
    its share of the interpreter, and the tiles that are asked for meanwhile wait for all of them.
    A thread that waits for its turn takes nothing.

    A body of several pieces takes a turn for each, so that a slow reader of a large download keeps
    nobody from a page.
    """

    def __init__(self, following: WSGIApplication, at_once: int) -> None:
        self._following = following
        self._turns = threading.BoundedSemaphore(at_once)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._turns:
            body = self._following(environ, start_response)
            try:
                pieces = iter(body)
                first = list(islice(pieces, 2))
            except BaseException:
                _close(body)
                raise
            if len(first) < 2:
                _close(body)
                return first
        return _Pieces(body, chain(first, pieces), self._turns)


class _Pieces:
    """What is left of a body, each piece of which is made in turn."""

    def __init__(
        self, body: Iterable[bytes], pieces: Iterator[bytes], turns: threading.BoundedSemaphore
    ) -> None:
        self._body = body
        self._pieces = pieces
        self._turns = turns

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        with self._turns:
            return next(self._pieces)

    def close(self) -> None:
        _close(self._body)


def _close(body: Iterable[bytes]) -> None:
    if hasattr(body, "close"):
        body.close()
