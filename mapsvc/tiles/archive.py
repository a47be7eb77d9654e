"""PMTiles archives (version 3): written the same to the byte each time, read from memory maps."""

from __future__ import annotations

import gzip
import json
import mmap
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Self

from pmtiles.tile import (
    Compression,
    Entry,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_directory,
    deserialize_header,
    tileid_to_zxy,
    zxy_to_tileid,
)
from pmtiles.writer import Writer

from mapsvc.errors import DamagedReleaseError

HEADER_BYTES = 127
"""The fixed length of a PMTiles header."""

# What the parts of pmtiles, gzip and json raise on a file that is cut short or another kind.
_NOT_AN_ARCHIVE = (
    MagicNumberNotFound,
    SpecVersionUnsupported,
    EOFError,
    IndexError,
    OSError,
    ValueError,
    zlib.error,
)


def write_pmtiles(
    path: Path,
    tiles: Iterable[tuple[int, int, int, bytes]],
    *,
    bounds: tuple[float, float, float, float],
    center: tuple[float, float, int],
    metadata: Mapping[str, Any],
) -> None:
    """Write uncompressed vector tiles (zoom, column, row, bytes) as an archive, each gzipped.

    ``bounds`` is (west, south, east, north) in degrees, ``center`` longitude, latitude and zoom.
    Tiles may come in any order; equal ones are stored once. No byte tells when it was written.
    Raises ValueError where there is no tile, or two for one place.
    """
    compressed = sorted(
        (zxy_to_tileid(z, x, y), gzip.compress(tile, mtime=0)) for z, x, y, tile in tiles
    )
    ids = [tile_id for tile_id, _ in compressed]
    if not ids or len(set(ids)) < len(ids):
        raise ValueError("An archive holds at least one tile, and one tile for a place")
    west, south, east, north = (round(degrees * 1e7) for degrees in bounds)
    header = {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_lon_e7": round(center[0] * 1e7),
        "center_lat_e7": round(center[1] * 1e7),
        "center_zoom": center[2],
    }
    with path.open("wb") as file:
        writer: Any = Writer(file)  # type: ignore[no-untyped-call]  # pmtiles types only its tile module
        with closing(writer.tile_f):
            for tile_id, data in compressed:
                writer.write_tile(tile_id, data)
            writer.finalize(header, dict(metadata))


class TileArchive:
    """An open archive: memory-mapped, its directories parsed once; safe to share by threads.

    Raises DamagedReleaseError where the file is not a PMTiles archive, and OSError where it
    cannot be read. Close it, or use it as a context manager.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            try:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError as error:
                raise DamagedReleaseError(f"{path} is empty") from error
        try:
            self.header: Mapping[str, Any] = deserialize_header(self._map[:HEADER_BYTES])
            metadata = self._section("metadata_offset", "metadata_length")
            self.metadata: Mapping[str, Any] = json.loads(gzip.decompress(metadata))
            root = self._section("root_offset", "root_length")
            self._entries = list(self._flatten(root))
            if self.header["tile_data_offset"] + self.header["tile_data_length"] > len(self._map):
                raise EOFError("the last tiles are missing")
        except _NOT_AN_ARCHIVE as error:
            self._map.close()
            raise DamagedReleaseError(f"{path} is not a whole PMTiles archive") from error
        self._starts = [entry.tile_id for entry in self._entries]

    def _section(self, offset: str, length: str) -> bytes:
        start: int = self.header[offset]
        return self._map[start : start + self.header[length]]

    def _flatten(self, directory: bytes) -> Iterator[Entry]:
        for entry in deserialize_directory(directory):
            if entry.run_length:
                yield entry
            else:
                start = self.header["leaf_directory_offset"] + entry.offset
                yield from self._flatten(self._map[start : start + entry.length])

    def _data(self, entry: Entry) -> bytes:
        start = self.header["tile_data_offset"] + entry.offset
        return self._map[start : start + entry.length]

    def get(self, z: int, x: int, y: int) -> bytes | None:
        """Return a tile as it is stored, gzipped; None where there is none, or no such place."""
        if not (0 <= z <= self.header["max_zoom"] and 0 <= x < 1 << z and 0 <= y < 1 << z):
            return None
        tile_id = zxy_to_tileid(z, x, y)
        place = bisect_right(self._starts, tile_id) - 1
        if place < 0:
            return None
        entry = self._entries[place]
        return self._data(entry) if tile_id < entry.tile_id + entry.run_length else None

    @property
    def content(self) -> memoryview:
        """The whole file, mapped; it cannot be closed while a part of it is held."""
        return memoryview(self._map)

    def tiles(self) -> Iterator[tuple[int, int, int, bytes]]:
        """Yield zoom, column, row and gzipped bytes of every tile, in the archive's order."""
        for entry in self._entries:
            for tile_id in range(entry.tile_id, entry.tile_id + entry.run_length):
                yield (*tileid_to_zxy(tile_id), self._data(entry))

    def close(self) -> None:
        """Release the file; no tile can be read after it."""
        self._map.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
