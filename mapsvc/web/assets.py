"""Addresses of the front end's files: they carry the hash of what they give, to be kept for good.

They are the same whichever release a page is of.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from urllib.parse import quote

from mapsvc import resources
from mapsvc.web.coding import Coded, encoded

_SCRIPTS = ("js", "vendor")
"""Folders whose files import one another."""
_TILE_READERS = ("pbf", "point-geometry", "vector-tile")


def static_url(name: str) -> str:
    """Return the address of a static file with the hash of its content, so it may be kept for good.

    A file that is not there keeps its plain address, which answers 404.
    """
    path = resources.static() / name
    address = _address(name)
    if not path.is_file():
        return address
    stat = path.stat()
    return f"{address}?v={content_hash(str(path), stat.st_mtime_ns, stat.st_size)}"


def module_url(name: str) -> str:
    """Return the address of a JavaScript module, below the hash of all that it may import.

    Modules import one another by relative address, so what one address may be kept for good, all
    must: the hash stands in front, and names the whole front end.
    """
    return _module_url(tree_hash(), name)


def module_urls(names: Iterable[str]) -> list[str]:
    """Return the addresses of a map's modules, and of the libraries that read tiles for them."""
    tree = tree_hash()
    own = [_module_url(tree, f"js/{name}.js") for name in names]
    return own + [_module_url(tree, f"vendor/{name}.js") for name in _TILE_READERS]


def _module_url(tree: str, name: str) -> str:
    return _address(f"@{tree}/{name}")


def tree_hash() -> str:
    """Return what names the content of every script of the front end."""
    root = resources.static()
    files = []
    for folder in _SCRIPTS:
        # Every module that a map loads comes by here: a listing with its entries' own stat.
        with suppress(FileNotFoundError), os.scandir(root / folder) as entries:
            for entry in entries:
                if entry.name.endswith(".js"):
                    stat = entry.stat()
                    files.append((entry.path, stat.st_mtime_ns, stat.st_size))
    return _hash_of(tuple(sorted(files)))


@lru_cache(maxsize=8)
def _hash_of(files: tuple[tuple[str, int, int], ...]) -> str:
    parts = [f"{os.path.basename(file[0])} {content_hash(*file)}" for file in files]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


@lru_cache(maxsize=512)
def content_hash(path: str, modified_ns: int, size: int) -> str:
    """Return the first 12 hexadecimal digits of a file's SHA-256.

    Time of modification and size are there to miss the cache when the file changes.
    """
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


@lru_cache(maxsize=1024)
def packed(path: str, tag: str, coding: str) -> bytes:
    """Return a file in a content coding, as small as can be: it is made once, and sent for good.

    ``tag`` is the hash of its content, there to miss the cache when the file changes.
    """
    with open(path, "rb") as file:
        return encoded(Coded(file.read()), coding, dense=True, most=sys.maxsize)


def _address(name: str) -> str:
    return f"/static/{quote(name, safe='/@')}"
