"""The made-up state, read once, and a copy of it to spoil."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.miniature import write_miniature


@pytest.fixture
def miniature(tmp_path) -> tuple[Path, Path]:
    """Return the boundaries and datasets folders of a made-up state of one's own."""
    return write_miniature(tmp_path)


@pytest.fixture
def edit() -> Callable[[Path], Any]:
    """Return a context manager that opens a JSON file to be changed in place."""

    @contextmanager
    def opened(path: Path) -> Iterator[Any]:
        value = json.loads(path.read_text("utf-8"))
        yield value
        path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")

    return opened
