"""A cache with a budget of bytes, safe to share between threads."""

from __future__ import annotations

from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

_OVERHEAD = 512
"""Bytes that an entry costs beside its content: key, tuple and dictionary slot."""


class ByteCache(Generic[Key, Value]):
    """Keeps what was used lately, within ``budget`` bytes as the callers count them.

    In two generations: what is put or found among the old is young, and when the young have half
    of the budget they become the old, and the old go. To find a young one takes no lock, as it
    changes nothing: it is what nearly every request does.
    """

    def __init__(self, budget: int) -> None:
        self._half = budget // 2
        self._young: dict[Key, tuple[Value, int]] = {}
        self._old: dict[Key, tuple[Value, int]] = {}
        self._young_size = 0
        self._old_size = 0
        self._lock = Lock()

    @property
    def size(self) -> int:
        """Bytes in use, overhead included; never above the budget."""
        return self._young_size + self._old_size

    def get(self, key: Key) -> Value | None:
        """Return what is kept under ``key``, or None."""
        entry = self._young.get(key)
        if entry is None:
            entry = self._old.get(key)
            if entry is None:
                return None
            self._keep(key, entry)
        return entry[0]

    def put(self, key: Key, value: Value, size: int) -> None:
        """Keep ``value`` of ``size`` bytes; what was not used for long makes room.

        A value larger than an eighth of the budget is not kept: it would push out the rest.
        """
        cost = size + _OVERHEAD
        if cost <= self._half // 4:
            self._keep(key, (value, cost))
        else:
            with self._lock:
                self._forget(key)

    def _keep(self, key: Key, entry: tuple[Value, int]) -> None:
        """Make an entry a young one."""
        with self._lock:
            self._forget(key)
            if self._young_size + entry[1] > self._half:
                self._old, self._old_size = self._young, self._young_size
                self._young, self._young_size = {}, 0
            self._young[key] = entry
            self._young_size += entry[1]

    def _forget(self, key: Key) -> None:
        if young := self._young.pop(key, None):
            self._young_size -= young[1]
        if old := self._old.pop(key, None):
            self._old_size -= old[1]
