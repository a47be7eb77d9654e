"""The HTTP server: Granian runs the WSGI application, in one process or more."""

from __future__ import annotations

import ctypes
import errno
import gc
import http.client
import socket
import sys
import threading
import time
from functools import partial
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from mapsvc.basemap import disclosure
from mapsvc.errors import MapsvcError
from mapsvc.release.store import CurrentRelease, open_release
from mapsvc.settings import Settings
from mapsvc.web import threads

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_SWITCH_SECONDS = 2e-5
"""After which a thread that makes a page lets one that sends a tile go first. Python's own 5 ms are
fifty times what a tile takes."""

_BACKLOG = 1024
_STOP_SECONDS = 10


class _Server(MPServer):
    """A Granian server that says where it is once it answers."""

    def startup(self, *arguments: Any) -> None:
        super().startup(*arguments)  # type: ignore[no-untyped-call]  # Granian's is not typed
        threading.Thread(target=self._announce, daemon=True).start()

    def _announce(self) -> None:
        while not self.main_loop_interrupt.is_set():
            if _answers(self.bind_addr, self.bind_port):
                click.echo(f"Serving at {address(self.bind_addr, self.bind_port)}")
                return
            time.sleep(0.05)


def serve(settings: Settings, *, access_log: bool = False) -> None:
    """Serve the current release of ``settings.atlas`` until SIGTERM or SIGINT.

    Raises MapsvcError where there is no sound release or the port is taken, before anything
    starts. Ends the process with status 1 when a worker dies.
    """
    open_release(settings.atlas)
    if settings.basemap:
        click.echo(disclosure(settings.basemap))
    server = _Server(
        "mapsvc",
        address=_free_address(settings.host, settings.port),
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=threads.TILE_THREADS,
        backlog=_BACKLOG,
        websockets=False,
        respawn_failed_workers=False,
        workers_kill_timeout=_STOP_SECONDS,
        log_level=LogLevels.info if access_log else LogLevels.error,
        log_access=access_log,
    )
    server.serve(target_loader=partial(application, settings), wrap_loader=False)


class _WithoutPandas(MetaPathFinder):
    """Keeps pandas out of a worker.

    Folium and Arrow take pandas as optional and load it where it is installed, which it is for the
    build: a third of a worker's memory and half of its start, for data frames it never sees.
    """

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("a worker does without pandas", name=fullname)


def application(settings: Settings) -> WSGIApplication:
    """Return the WSGI application of the current release: what each worker runs."""
    _give_memory_back()
    sys.setswitchinterval(_SWITCH_SECONDS)
    sys.meta_path.insert(0, _WithoutPandas())
    threads.separate()
    import pyarrow

    from mapsvc.web.app import create_wsgi

    # A release is read once, then copied into arrays: Arrow's own pool would keep the memory.
    pyarrow.set_memory_pool(pyarrow.system_memory_pool())
    made = create_wsgi(CurrentRelease(Path(settings.atlas)), settings)
    # Whatever is there now stays. Looked through for garbage with the rest, it would hold up every
    # answer for tens of milliseconds each time.
    gc.collect()
    gc.freeze()
    return made


_MALLOPT = {
    "M_TRIM_THRESHOLD": (-1, 1 << 17),
    "M_MMAP_THRESHOLD": (-3, 1 << 17),
    "M_ARENA_MAX": (-8, 1),
}
"""What glibc calls each, its number in ``malloc.h``, and the value that it is given."""


def _give_memory_back() -> None:
    """Have glibc return what a large answer took, where the C library is glibc.

    Left alone, it raises the size from which memory goes back to the system after the first large
    block that is freed, and gives every thread an arena of its own: a few downloads of a whole
    layer would leave a worker a third larger for good.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    for number, value in _MALLOPT.values():
        mallopt(number, value)


def address(host: str, port: int) -> str:
    """Return where a browser on this machine finds a service that listens at ``host``.

    >>> address("0.0.0.0", 8000)
    'http://127.0.0.1:8000/'
    """
    reached = _reached(host)
    return f"http://{f'[{reached}]' if ':' in reached else reached}:{port}/"


def _reached(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (not a bind)


def _free_address(host: str, port: int) -> str:
    """Return the IP address of ``host``; raises MapsvcError where it cannot be listened at.

    Granian's own sockets share a port, so a second service would start and take half the requests.
    """
    mend = "Choose another with --port, or stop what listens there."
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
            return str(place[0])
    except socket.gaierror:
        raise MapsvcError(
            f"There is no host {host!r}. Give --host an address of this machine."
        ) from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise MapsvcError(f"Port {port} of {host} is in use. {mend}") from None
        if error.errno == errno.EACCES:
            raise MapsvcError(f"Port {port} needs more rights. Choose one above 1023.") from None
        if error.errno == errno.EADDRNOTAVAIL:
            raise MapsvcError(
                f"{host} is not an address of this machine. Give another --host."
            ) from None
        raise


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(_reached(host), port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
