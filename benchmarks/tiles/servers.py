"""The servers that are measured, each on the same core and on one port of the loopback address."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil

from benchmarks.tiles.processes import ask, free_port, running, wait_for

ROOT = Path(__file__).parents[2]
TILESERVER = ROOT / "benchmarks/node_modules/tileserver-gl-light/src/main.js"
MARTIN = ROOT / ".tools/martin/bin/martin"


class Tile(NamedTuple):
    """The place of a tile: zoom, column, row from the north."""

    z: int
    x: int
    y: int

    @property
    def path(self) -> str:
        return f"{self.z}/{self.x}/{self.y}"


class Served(NamedTuple):
    """A server that answers, and the address of the tile in it."""

    name: str
    port: int
    path: str
    processes: tuple[psutil.Process, ...]
    """Whose CPU time and memory are the server's."""


@contextmanager
def mapsvc(atlas: Path, path: str, folder: Path) -> Iterator[Served]:
    """The service itself, as ``mapsvc serve`` starts it, with one worker."""
    port, log = free_port(), folder / "mapsvc.log"
    start = "from mapsvc.cli import main; main()"
    command = [sys.executable, "-c", start, "serve", "--atlas", atlas, "--port", port]
    with running(command, log, {"PYTHONPATH": str(ROOT)}) as process:
        wait_for(port, "/readyz", log)
        yield Served("mapsvc", port, path, (process,))


@contextmanager
def nginx(zipped: bytes, tile: Tile, folder: Path) -> Iterator[Served]:
    """nginx with the bytes of the tile, compressed beforehand, in a file: the ceiling."""
    port, log = free_port(), folder / "nginx.log"
    place = folder / "nginx" / "tiles" / f"{tile.path}.mvt"
    place.parent.mkdir(parents=True)
    place.write_bytes(zipped)
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"""
        worker_processes 1;
        daemon off;
        pid {folder}/nginx.pid;
        error_log {log};
        events {{ worker_connections 1024; }}
        http {{
          access_log off;
          sendfile on;
          tcp_nopush on;
          keepalive_requests 1000000000;
          open_file_cache max=1000 inactive=1h;
          open_file_cache_valid 1h;
          types {{ application/vnd.mapbox-vector-tile mvt; }}
          client_body_temp_path {folder}/nginx/body;
          proxy_temp_path {folder}/nginx/proxy;
          fastcgi_temp_path {folder}/nginx/fastcgi;
          uwsgi_temp_path {folder}/nginx/uwsgi;
          scgi_temp_path {folder}/nginx/scgi;
          server {{
            listen 127.0.0.1:{port};
            root {folder}/nginx;
            location /tiles/ {{
              add_header Access-Control-Allow-Origin *;
              add_header Vary Accept-Encoding;
              add_header Cache-Control no-cache;
              add_header Content-Encoding gzip;
            }}
          }}
        }}
        """,
        "utf-8",
    )
    # Its worker has no rights but a common user's, who must reach the file.
    for part in (folder, *place.relative_to(folder).parents):
        (folder / part).chmod(0o755)
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    with running([program, "-c", configuration, "-p", folder, "-e", log], log) as process:
        path = f"/tiles/{tile.path}.mvt"
        wait_for(port, path, log)
        yield Served("nginx", port, path, (process,))


@contextmanager
def tileserver(zipped: bytes, tile: Tile, folder: Path) -> Iterator[Served]:
    """TileServer GL light over an MBTiles file that holds the tile."""
    port, log = free_port(), folder / "tileserver.log"
    archive = folder / "tile.mbtiles"
    _write_mbtiles(archive, zipped, tile)
    configuration = folder / "tileserver.json"
    paths = {"root": str(folder), "mbtiles": str(folder)}
    document = {"options": {"paths": paths}, "data": {"tile": {"mbtiles": archive.name}}}
    configuration.write_text(json.dumps(document), "utf-8")
    node = shutil.which("node") or str(ROOT / ".tools/bin/node")
    command = [node, TILESERVER, "--config", configuration, "--port", port, "--silent"]
    command += ["--bind", "127.0.0.1"]
    with running(command, log, {"NODE_ENV": "production"}) as process:
        path = f"/data/tile/{tile.path}.pbf"
        wait_for(port, path, log)
        yield Served("TileServer GL light", port, path, (process,))


@contextmanager
def martin(archive: Path, tile: Tile, folder: Path) -> Iterator[Served]:
    """Martin over the archive of a layer, whose tiles have no attributes of an indicator."""
    port, log = free_port(), folder / "martin.log"
    command = [MARTIN, "--listen-addresses", f"127.0.0.1:{port}", "--workers", "1", archive]
    with running(command, log, {"RUST_LOG": "error"}) as process:
        path = f"/{archive.stem}/{tile.path}"
        wait_for(port, path, log)
        yield Served("Martin", port, path, (process,))


def _write_mbtiles(archive: Path, zipped: bytes, tile: Tile) -> None:
    described = {
        "name": "tile",
        "format": "pbf",
        "minzoom": "0",
        "maxzoom": "14",
        "bounds": "-180,-85,180,85",
        "json": json.dumps({"vector_layers": []}),
    }
    with sqlite3.connect(archive) as database:
        database.executescript(
            """CREATE TABLE metadata (name text, value text);
            CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer,
                                tile_data blob);
            CREATE UNIQUE INDEX place ON tiles (zoom_level, tile_column, tile_row);"""
        )
        database.executemany("INSERT INTO metadata VALUES (?, ?)", described.items())
        # MBTiles counts rows from the south.
        row = (tile.z, tile.x, (1 << tile.z) - 1 - tile.y, zipped)
        database.execute("INSERT INTO tiles VALUES (?, ?, ?, ?)", row)
    database.close()


def fetch(served: Served) -> bytes:
    """Return the tile as it is sent, coded with gzip; raises RuntimeError where it is not."""
    status, headers, body = ask(served.port, served.path)
    if status != 200 or headers.get("content-encoding") != "gzip":
        raise RuntimeError(f"{served.name} answered {status}, {headers.get('content-encoding')}")
    return body
