"""Processes of a benchmark: started on one core, measured by CPU time and memory, always ended."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil

SERVER_CORE, LOAD_CORE = 0, 1
"""Servers share the first, the generator has the second: neither takes time from the other."""


def free_port() -> int:
    """Return a port of the loopback address that nothing listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str | Path],
    log: Path,
    environ: Mapping[str, str] | None = None,
    core: int = SERVER_CORE,
    user: str | None = None,
) -> Iterator[psutil.Process]:
    """Run a program on one core until the block ends; its output goes to ``log``.

    ``user`` is whose rights it has, where we are root.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["taskset", "--cpu-list", str(core), *as_user(user), *map(str, command)],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **(environ or {})},
        )
        family = psutil.Process(process.pid)
        try:
            yield family
        finally:
            members = [*family.children(recursive=True), family] if family.is_running() else []
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for member in members:
                if member.is_running() and member.pid != process.pid:
                    member.kill()


def as_user(user: str | None) -> list[str]:
    """Return what to put before a command that is to run with another user's rights."""
    if user is None or os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]


def wait_for(port: int, path: str, log: Path, seconds: float = 60) -> None:
    """Return once a GET is answered with 200; raises RuntimeError with the log if it never is."""
    deadline = time.monotonic() + seconds
    seen: object = None
    while time.monotonic() < deadline:
        try:
            seen = ask(port, path)[0]
            if seen == 200:
                return
        except (OSError, http.client.HTTPException) as error:
            seen = error
        time.sleep(0.1)
    tail = log.read_text("utf-8", "replace")[-2000:]
    raise RuntimeError(f"http://127.0.0.1:{port}{path} gave {seen}, never 200:\n{tail}")


def ask(
    port: int, path: str, timeout: float = 30, coding: str = "gzip"
) -> tuple[int, Mapping[str, str], bytes]:
    """GET a path in a content coding; returns status, headers and body as sent."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": coding})
        response = connection.getresponse()
        body = response.read()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, body
    finally:
        connection.close()


def cpu_seconds(processes: Sequence[psutil.Process]) -> float:
    """Return the CPU time that processes and their children have taken so far, in seconds."""
    total = 0.0
    for process in processes:
        for member in (process, *process.children(recursive=True)):
            times = member.cpu_times()
            total += times.user + times.system
    return total


class Held(NamedTuple):
    """Bytes of memory that processes hold."""

    largest: int
    """Resident in the one that holds most, what it shares with others included."""
    together: int
    """In all of them, what they share counted once."""


def held(process: psutil.Process) -> Held:
    """Return what a server's workers hold, with the processes that they started.

    A page of memory that several processes share counts for its share in each (Linux: PSS).
    """
    members = process.children(recursive=True) or [process]
    memory = [member.memory_full_info() for member in members]
    return Held(max(info.rss for info in memory), sum(info.pss for info in memory))
