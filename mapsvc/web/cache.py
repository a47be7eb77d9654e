"""A cache with a budget of bytes, safe to share between threads."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

_OVERHEAD = 512
"""Bytes that an entry costs beside its content: key, tuple and dictionary slot."""


class ByteCache(Generic[Key, Value]):
    """Keeps what was used last, within ``budget`` bytes as the callers count them."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._entries: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._lock = Lock()
        self.size = 0
        """Bytes in use, overhead included; never above the budget."""

    def get(self, key: Key) -> Value | None:
        """Return what is kept under ``key``, or None."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
            return entry[0]

    def put(self, key: Key, value: Value, size: int) -> None:
        """Keep ``value`` of ``size`` bytes; what was used longest ago makes room.

        A value larger than an eighth of the budget is not kept: it would push out the rest.
        """
        cost = size + _OVERHEAD
        with self._lock:
            previous = self._entries.pop(key, None)
            if previous is not None:
                self.size -= previous[1]
            if cost > self._budget // 8:
                return
            self._entries[key] = (value, cost)
            self.size += cost
            while self.size > self._budget:
                _, (_, freed) = self._entries.popitem(last=False)
                self.size -= freed
