"""Identifiers of jurisdictions, and the unsigned integers that vector tiles need of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

MAX_SAFE_INTEGER = 2**53 - 1
"""The largest integer that a JavaScript client keeps exact."""


def feature_id(identifier: str) -> int:
    """Return the tile feature id of a jurisdiction: stable, unsigned, below 2**53.

    Digits are themselves (``"06001"`` is 6001); anything else takes the first 52 bits of its
    SHA-256, so an id means the same in every release without a table to keep.

    >>> feature_id("06001")
    6001
    """
    if identifier.isascii() and identifier.isdigit() and len(identifier) <= 15:
        return int(identifier)
    return int.from_bytes(hashlib.sha256(identifier.encode()).digest()[:8], "big") >> 12


def feature_ids(identifiers: Iterable[str]) -> list[int]:
    """Return the feature ids of a layer; raises ValueError where two jurisdictions share one."""
    names = list(identifiers)
    ids = [feature_id(name) for name in names]
    seen: dict[int, str] = {}
    for name, number in zip(names, ids, strict=True):
        if number in seen:
            raise ValueError(f"{name!r} and {seen[number]!r} share the feature id {number}")
        seen[number] = name
    return ids
