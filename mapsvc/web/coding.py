"""Content codings of the quick addresses: gzip, Brotli, Zstandard; the same bytes each time."""

from __future__ import annotations

import gzip
import sys
from typing import NamedTuple

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CODINGS = ("br", "zstd", "gzip")
"""In the order in which they are chosen where a client weighs them the same: the smallest first."""

IDENTITY = "identity"

_GZIP_LEVEL = 6
_BROTLI_QUALITY = 5
_BROTLI_WINDOW = 22
_SMALL = 64_000
"""Bytes up to which the best that Brotli can do takes less than a tenth of a second."""
_BROTLI_BEST = 11
_ZSTD_LEVEL = 9


class Coded(NamedTuple):
    """A content as it is kept, in one of the codings."""

    body: bytes
    coding: str = IDENTITY


def plain(content: Coded) -> bytes:
    """Return a content without its coding, which is gzip or none."""
    return gzip.decompress(content.body) if content.coding == "gzip" else content.body


def encoded(content: Coded, coding: str, *, dense: bool = False, most: int = _SMALL) -> bytes:
    """Return a content in a coding; as it is kept where it has that one.

    ``dense``: as small as can be, for what is asked for often and has at most ``most`` bytes.
    """
    if content.coding == coding:
        return content.body
    body = plain(content)
    if coding == "gzip":
        return gzip.compress(body, _GZIP_LEVEL, mtime=0)
    if coding == "br":
        quality = _BROTLI_BEST if dense and len(body) <= most else _BROTLI_QUALITY
        compressed: bytes = brotli.compress(body, quality=quality, lgwin=_BROTLI_WINDOW)
        return compressed
    if coding == "zstd":
        return zstd.compress(body, level=_ZSTD_LEVEL)
    return body
