"""The load: wrk with keep-alive, on a core of its own, and how busy either side was."""

from __future__ import annotations

import re
import resource
import subprocess
import time
from collections.abc import Sequence
from typing import NamedTuple

import psutil

from benchmarks.tiles.processes import LOAD_CORE, cpu_seconds

_PERCENTILE = re.compile(r"^\s+(50|99)%\s+([0-9.]+)(us|ms|s|m)\s*$", re.MULTILINE)
_COUNT = re.compile(r"^\s+(\d+) requests in ([0-9.]+)(us|ms|s|m),", re.MULTILINE)
_FAILED = re.compile(r"Non-2xx or 3xx responses: .+|Socket errors: .+")
_LOOK, _IDLE, _LONGEST_REST = 0.3, 0.1, 60
"""Seconds between two looks at a server, the share of its core below which it rests, and the
seconds in which it must."""
_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


class Run(NamedTuple):
    """What one run of the generator found."""

    per_second: float
    """Answers a second, as the clock has it."""
    per_cpu_second: float
    """Answers for each second of CPU that the server took: what a core to itself would give."""
    p50: float
    """Seconds, as is the other percentile."""
    p99: float
    server_busy: float
    """The share of its core that the server took."""
    load_busy: float
    """The share of its core that the generator took; near 1, it was the brake."""


def run_load(
    port: int, path: str, connections: int, seconds: int, server: Sequence[psutil.Process]
) -> Run:
    """Ask for one address over ``connections`` kept alive; raises RuntimeError if any ask fails.

    ``server`` are the processes whose CPU time, with their children's, counts as the server's.
    """
    before, own = cpu_seconds(server), _children()
    start = time.perf_counter()
    done = subprocess.run(
        [
            *("taskset", "--cpu-list", str(LOAD_CORE)),
            *("wrk", "--threads", "1", "--connections", str(connections), "--latency"),
            *("--duration", f"{seconds}s", "--timeout", "30s"),
            *("--header", "Accept-Encoding: gzip", f"http://127.0.0.1:{port}{path}"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    wall = time.perf_counter() - start
    server_took, load_took = cpu_seconds(server) - before, _children() - own
    failed = _FAILED.search(done.stdout)
    count = _COUNT.search(done.stdout)
    if done.returncode or failed or count is None or count[1] == "0":
        raise RuntimeError(f"Not every request of {path} was answered:\n{done.stdout}{done.stderr}")
    requests = int(count[1])
    times = {
        int(share): float(number) * _SECONDS[unit]
        for share, number, unit in _PERCENTILE.findall(done.stdout)
    }
    return Run(
        per_second=requests / (float(count[2]) * _SECONDS[count[3]]),
        per_cpu_second=requests / server_took,
        p50=times[50],
        p99=times[99],
        server_busy=server_took / wall,
        load_busy=load_took / wall,
    )


def wait_until_idle(server: Sequence[psutil.Process]) -> None:
    """Return once a server has done with what was asked of it when the generator went away.

    A slow one has a second or two of work left, on the core that the next one is measured on.
    Raises RuntimeError where it never ends.
    """
    deadline = time.monotonic() + _LONGEST_REST
    while time.monotonic() < deadline:
        before = cpu_seconds(server)
        time.sleep(_LOOK)
        if cpu_seconds(server) - before < _IDLE * _LOOK:
            return
    raise RuntimeError(f"{server} went on for {_LONGEST_REST} s after its last answer.")


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
