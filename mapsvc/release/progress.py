"""Progress on a terminal: one bar a step; nothing when told to be quiet."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

Update = Callable[[int, int], None]


class Progress:
    """Shows each step of a build with its time; a bar where there is a terminal to draw it on."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet

    @contextmanager
    def step(self, title: str) -> Iterator[Update]:
        """Run one step; the function given takes how much is done, of how much."""
        started = time.perf_counter()
        bar = tqdm(
            desc=f"{title:<28}",
            total=1,
            disable=self._quiet or not sys.stderr.isatty(),
            bar_format="{desc} {bar:24} {n_fmt:>6}/{total_fmt:<6} {elapsed}",
            leave=False,
        )

        def update(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        with bar:
            yield update
        if not self._quiet:
            elapsed = time.perf_counter() - started
            print(f"  {title:<40} {elapsed:6.1f} s", file=sys.stderr)
