"""PostGIS in a throwaway cluster: the same boundaries and values, and TiPg before them."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pyarrow.parquet as pq

from benchmarks.tiles.processes import as_user, free_port, running, wait_for
from benchmarks.tiles.servers import Served, Tile

USER = "postgres"
"""PostgreSQL refuses root; Debian's package brings this user."""

FIGURES = ("numerator", "denominator", "value", "lower", "upper", "status", "reliability", "class")

_TABLES = """
CREATE EXTENSION postgis;
CREATE TABLE shapes (layer text, id text, fid bigint, name text, kind text,
                     geom geometry(Geometry, 3857), PRIMARY KEY (layer, id));
CREATE TABLE figures (layer text, indicator text, period text, grp text, id text,
                      numerator float8, denominator float8, value float8, lower float8,
                      upper float8, status text, reliability text, class int,
                      PRIMARY KEY (layer, indicator, period, grp, id));
CREATE TABLE cut (layer text, z int, x int, y int, id text, geom geometry,
                  PRIMARY KEY (layer, z, x, y, id));
"""

_JOINED = """
SELECT ST_AsMVT(found, $1, 4096, 'geom', 'fid') FROM (
  SELECT shapes.fid, shapes.id, shapes.name, shapes.kind, figures.numerator, figures.denominator,
         figures.value, figures.lower, figures.upper, figures.status, figures.reliability,
         figures.class, {geometry} AS geom
  FROM shapes JOIN figures USING (layer, id) {source}
  WHERE shapes.layer = $1 AND figures.indicator = $2 AND figures.period = $3
        AND figures.grp = 'all' AND {inside}
) found WHERE geom IS NOT NULL
"""
_BOX = "ST_TileEnvelope($4, $5, $6)"

LIVE = _JOINED.format(
    geometry=f"ST_AsMVTGeom(shapes.geom, {_BOX}, 4096, 64, true)",
    source="",
    inside=f"shapes.geom && {_BOX}",
)
"""A tile as PostGIS servers make it: cut from the boundaries when it is asked for."""

PREPARED = _JOINED.format(
    geometry="cut.geom",
    source="JOIN cut USING (layer, id)",
    inside="cut.z = $4 AND cut.x = $5 AND cut.y = $6",
)
"""The same with geometry that was cut beforehand, which no server of tiles does."""

_CUT = f"""
INSERT INTO cut SELECT layer, $2, $3, $4, id, ST_AsMVTGeom(geom, {_BOX}, 4096, 64, true)
FROM shapes WHERE layer = $1 AND geom && {_BOX}
""".replace("$4, $5, $6", "$2, $3, $4")


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Run a cluster of its own on the server's core; yields its address and its process."""
    binaries = programs()
    if binaries is None:
        raise RuntimeError("PostgreSQL is not installed: run `scripts/bench-packages`.")
    data, port, log = folder / "cluster", free_port(), folder / "postgres.log"
    data.mkdir()
    if os.geteuid() == 0:
        shutil.chown(data, USER, USER)
    initialise = ["initdb", "--auth=trust", "--username=bench", "--encoding=UTF8", "--no-sync"]
    subprocess.run(
        [*as_user(USER), str(binaries / initialise[0]), *initialise[1:], "--pgdata", str(data)],
        check=True,
        capture_output=True,
    )
    options = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": data,
        "shared_buffers": "256MB",
        "max_parallel_workers_per_gather": 0,
        "jit": "off",
    }
    command = [binaries / "postgres", "-D", data]
    command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with running(command, log, user=USER) as process:
        address = f"postgresql://bench@127.0.0.1:{port}/postgres"
        _wait(address, log)
        yield address, process


def _wait(address: str, log: Path) -> None:
    async def reach() -> None:
        for _ in range(200):
            try:
                connection = await asyncpg.connect(address)
                await connection.close()
                return
            except (OSError, asyncpg.PostgresError):
                await asyncio.sleep(0.1)
        raise RuntimeError(f"PostgreSQL does not answer:\n{log.read_text('utf-8', 'replace')}")

    asyncio.run(reach())


def load(address: str, release: Path, view: tuple[str, str, str], tiles: Sequence[Tile]) -> None:
    """Fill the cluster from a release: all values of the view's indicator, and what TiPg serves.

    ``view`` is a layer, an indicator and a period; ``tiles`` are cut beforehand for ``PREPARED``.
    """
    layer, indicator, period = view
    shapes = pq.read_table(release / "layers" / f"{layer}.parquet").to_pylist()
    figures = pq.read_table(release / "values" / layer / f"{indicator}.parquet").to_pylist()

    async def fill() -> None:
        connection = await asyncpg.connect(address)
        exists = await connection.fetchval("SELECT to_regclass('shapes') IS NOT NULL")
        if not exists:
            await connection.execute(_TABLES)
        await connection.executemany(
            """INSERT INTO shapes SELECT $1, $2, $3, $4, $5,
               ST_Transform(ST_SetSRID(ST_GeomFromWKB($6), 4326), 3857)""",
            [
                (layer, row["id"], row["fid"], row["name"], row["kind"], row["geometry"])
                for row in shapes
                if row["geometry"] is not None
            ],
        )
        await connection.copy_records_to_table(
            "figures",
            records=[
                (layer, indicator, row["period"], row["group"], row["id"], *_figures(row))
                for row in figures
            ],
        )
        for tile in tiles:
            await connection.execute(_CUT, layer, *tile)
        await connection.execute("CREATE INDEX IF NOT EXISTS places ON shapes USING gist (geom)")
        # TiPg serves tables: the join is made for it beforehand.
        await connection.execute(
            f"""CREATE TABLE {layer} AS SELECT shapes.id, name, kind, {", ".join(FIGURES)},
                ST_Transform(geom, 4326)::geometry(Geometry, 4326) AS geom
                FROM shapes JOIN figures USING (layer, id)
                WHERE layer = '{layer}' AND indicator = '{indicator}' AND period = '{period}'
                AND grp = 'all'"""
        )
        await connection.execute(f"ALTER TABLE {layer} ADD PRIMARY KEY (id)")
        await connection.execute(f"CREATE INDEX ON {layer} USING gist (geom)")
        await connection.execute("VACUUM ANALYZE")
        await connection.close()

    asyncio.run(fill())


def _figures(row: dict[str, Any]) -> tuple[Any, ...]:
    known = {name: row[name] for name in FIGURES}
    # Negative is the release's way to say that a place has no class.
    known["class"] = known["class"] if (known["class"] or 0) >= 0 else None
    return tuple(known.values())


def encoding_seconds(
    address: str, query: str, view: tuple[str, str, str], tile: Tile, seconds: float
) -> float:
    """Return the CPU seconds that PostgreSQL takes for a tile with the join.

    Asked for ``seconds`` long, as its CPU time is told in hundredths of a second.
    """

    async def measure() -> float:
        connection = await asyncpg.connect(address)
        backend = psutil.Process(await connection.fetchval("SELECT pg_backend_pid()"))
        statement = await connection.prepare(query)
        for _ in range(3):
            if not await statement.fetchval(*view, *tile):
                raise RuntimeError(f"PostGIS has no tile {tile.path}")
        before, repeats, start = backend.cpu_times(), 0, time.monotonic()
        while time.monotonic() - start < seconds:
            await statement.fetchval(*view, *tile)
            repeats += 1
        after = backend.cpu_times()
        await connection.close()
        taken = after.user + after.system - before.user - before.system
        return taken / repeats

    return asyncio.run(measure())


@contextmanager
def tipg(
    address: str, database: psutil.Process, layer: str, tile: Tile, folder: Path
) -> Iterator[Served]:
    """TiPg under uvicorn with one worker, beside its database on the same core."""
    port, log = free_port(), folder / "tipg.log"
    command = [sys.executable, "-m", "uvicorn", "tipg.main:app", "--port", port, "--no-access-log"]
    environ = {"DATABASE_URL": address, "TIPG_CATALOG_TTL": "0"}
    with running(command, log, environ) as process:
        path = f"/collections/public.{layer}/tiles/WebMercatorQuad/{tile.path}"
        wait_for(port, path, log)
        yield Served("TiPg on PostGIS", port, path, (process, database))
