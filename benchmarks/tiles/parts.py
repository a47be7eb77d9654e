"""The benchmarks of single parts that belong to the tiles, run as programs and taken in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.tiles.measures import Finding
from benchmarks.tiles.servers import ROOT

PARTS: Mapping[str, tuple[str, ...]] = {
    "splice": ("--rounds", "3"),
    "pyramid": ("--rounds", "1"),
}


def script(name: str) -> Path:
    """Return the program of a part."""
    return ROOT / "benchmarks" / f"bench_{name}.py"


def collect(folder: Path) -> Iterator[Finding]:
    """Run each part and yield its figures, and for each how many of its own bars it missed.

    Raises RuntimeError where a part ends without an answer.
    """
    for name, arguments in PARTS.items():
        answer = folder / f"{name}.json"
        done = subprocess.run(
            [sys.executable, str(script(name)), *arguments, "--json", str(answer)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        if not answer.is_file():
            raise RuntimeError(f"{script(name).name} gave no answer:\n{done.stdout}{done.stderr}")
        result = json.loads(answer.read_text("utf-8"))
        label = f"all counties of the country: {name}"
        yield from (Finding(label, what, value, "") for what, value in _numbers(result))
        missed = result["missed"]
        what = "; ".join(["bars missed", *missed])
        yield Finding(label, what, len(missed), "", "0", not missed)


def _numbers(result: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield the numbers of an answer and of the tables in it, not those of lists."""
    for name, value in result.items():
        if isinstance(value, Mapping):
            nested = {key: each for key, each in value.items() if _is_number(each)}
            yield from ((f"{name}: {key}", float(each)) for key, each in nested.items())
        elif _is_number(value):
            yield name, float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
