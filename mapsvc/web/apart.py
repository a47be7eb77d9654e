"""Pages made in a process of their own, so that tiles have the worker's interpreter to themselves.

Python runs one thread of a process at a time, so in one process a tile waits for its turn beside a
page. Each worker forks a second one when all is loaded, which shares that memory; a request goes
there, and its answer comes back, over a socket made for it. The second has the lowest priority:
beside tiles that keep every core busy it gets what they leave, and where a core is free, that core.
"""

from __future__ import annotations

import io
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_LOG = logging.getLogger(__name__)

_NICE = 19
"""The lowest priority. At 15, on one core, the slowest hundredth of tiles takes 1.7 times as long
beside a page as alone."""
_SWITCH_SECONDS = 5e-3
"""Python's own. The worker's is for threads that send tiles, and there are none here."""
_PLAIN = (str, bool, int, tuple)
"""What goes along of the environment of a request: all but its streams."""


class Apart:
    """A WSGI application that has the one behind it answer in a process of its own.

    Where there is no such process, or no longer, that one answers here. The body of a request does
    not go along.
    """

    def __init__(self, following: WSGIApplication, threads: int) -> None:
        self._following = following
        self._orders = _start(following, threads)
        self._gone = self._orders is None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self._orders is None or self._gone:
            return self._following(environ, start_response)
        try:
            connection = _ordered(self._orders, environ)
        except OSError:
            if not self._gone:
                self._gone = True
                _LOG.error("The process of the pages is gone: they are made beside the tiles now.")
            return self._following(environ, start_response)
        try:
            answer = connection.recv()
        except (OSError, EOFError):
            connection.close()
            _LOG.error("The process of the pages gave no answer to %s.", environ["PATH_INFO"])
            return self._following(environ, start_response)
        if answer is None:
            connection.close()
            raise RuntimeError("The process of the pages could not answer; it has logged why.")
        status, headers, body = answer
        start_response(status, headers)
        if body is None:
            return _Pieces(connection)
        connection.close()
        return [body]

    def close(self) -> None:
        """End the process of the pages, once it has made what it was asked for."""
        if self._orders is not None:
            self._orders.close()


def _start(application: WSGIApplication, threads: int) -> socket.socket | None:
    """Return where to order pages from a new process, or None where there can be none.

    It ends when the other end of its socket does, however this process ends.
    """
    if sys.platform != "linux":
        # Elsewhere a process that has loaded the system's libraries cannot be forked safely.
        return None
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        process = os.fork()
    except OSError as error:
        ours.close()
        theirs.close()
        _LOG.error("Pages are made beside the tiles, as no process could be started: %s", error)
        return None
    if process:
        theirs.close()
        return ours
    try:
        ours.close()
        os.nice(_NICE)
        sys.setswitchinterval(_SWITCH_SECONDS)
        for number in (signal.SIGINT, signal.SIGTERM):
            # Sent to every process of a service: the worker has answers to finish.
            signal.signal(number, signal.SIG_IGN)
        fulfil(theirs, application, threads)
    except BaseException:
        _LOG.exception("The process of the pages ends.")
    finally:
        # Nothing of what the worker would do at its end.
        os._exit(0)


def _ordered(orders: socket.socket, environ: WSGIEnvironment) -> Connection:
    """Return the connection on which the answer to a request will come."""
    ours, theirs = socket.socketpair()
    connection = Connection(ours.detach())
    try:
        with theirs:
            socket.send_fds(orders, [b"\0"], [theirs.fileno()])
        plain = {name: each for name, each in environ.items() if isinstance(each, _PLAIN)}
        connection.send(plain)
    except BaseException:
        connection.close()
        raise
    return connection


def fulfil(orders: socket.socket, application: WSGIApplication, threads: int) -> None:
    """Answer what is ordered, ``threads`` requests at a time, until the other end is closed."""
    with ThreadPoolExecutor(threads, "pages") as pool:
        while True:
            message, descriptors, _, _ = socket.recv_fds(orders, 1, 1)
            if not message:
                return
            for descriptor in descriptors:
                pool.submit(_fulfil, Connection(descriptor), application)


def _fulfil(connection: Connection, application: WSGIApplication) -> None:
    with connection:
        try:
            _answer(connection, application)
        except (BrokenPipeError, ConnectionResetError, EOFError):
            return  # Nobody reads the answer any more.


def _answer(connection: Connection, application: WSGIApplication) -> None:
    """Send status, headers and the whole body at once, or None for the body and then its pieces.

    After the last comes an empty one, so that an answer that was cut short is known for one.
    """
    environ: dict[str, Any] = connection.recv()
    environ |= {"wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr}
    begun: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Any:
        begun[:] = status, headers

    try:
        body = application(environ, start_response)
    except Exception:
        _LOG.exception("No answer could be made to %s", environ["PATH_INFO"])
        connection.send(None)
        return
    if isinstance(body, list):
        connection.send((*begun, b"".join(body)))
        return
    try:
        connection.send((*begun, None))
        for piece in filter(None, body):
            connection.send_bytes(piece)
        connection.send_bytes(b"")
    finally:
        if hasattr(body, "close"):
            body.close()


class _Pieces:
    """A body that comes piece by piece, as fast as it is read."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = self._connection.recv_bytes()
        if not piece:
            raise StopIteration
        return piece

    def close(self) -> None:
        self._connection.close()
