"""Measure the tiles beside other servers, and write docs/benchmarks.md and its picture.

Run ``python -m benchmarks.tiles [--quick]``, or ``make bench``, which installs the others first.
``--quick`` takes two minutes and says nothing reliable: it shows that everything runs.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

import psutil

from benchmarks.tiles import measures, parts, postgis, report, servers
from benchmarks.tiles.load import Run
from benchmarks.tiles.measures import Finding, View
from benchmarks.tiles.servers import Served, Tile, fetch
from mapsvc import resources
from mapsvc.release import store
from mapsvc.release.build import build_release
from mapsvc.web import urls

VIEWS = (
    (View("counties", "arrest-rate", "2024"), Tile(6, 10, 24)),
    (View("agencies", "officer-assault-rate", "2016"), Tile(6, 10, 24)),
)
"""A light tile and a heavy one."""
SMALL = Tile(10, 165, 395)
FEW, MANY = 16, 64


def main() -> int:
    """Measure, print as it goes, write the page; returns 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--atlas", type=Path, help="built anew where it is not given")
    parser.add_argument("--out", type=Path, default=servers.ROOT / "docs")
    parser.add_argument("--json", type=Path, help="the findings for a program")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        atlas = options.atlas
        if atlas is None:
            atlas = folder / "atlas"
            build_release(resources.boundaries(), resources.datasets(), atlas)
        findings, loads, left_out = measure(folder, atlas, quick=options.quick)
    options.out.mkdir(exist_ok=True)
    command = shlex.join(["python", "-m", "benchmarks.tiles", *sys.argv[1:]])
    print(f"\nWritten: {report.write(options.out, findings, loads, command, left_out)}")
    if options.json:
        rows = [finding._asdict() for finding in findings]
        options.json.write_text(json.dumps(rows, indent=1), "utf-8")
    return 0 if all(finding.met is not False for finding in findings) else 1


def measure(
    folder: Path, atlas: Path, *, quick: bool
) -> tuple[list[Finding], Mapping[str, Mapping[str, Run]], list[str]]:
    """Return the findings, the runs by label, and what was left out and why."""
    seconds, rounds, repeats, zoom = (2, 1, 100, 3) if quick else (4, 7, 2000, 7)
    release = store.open_release(atlas)
    findings: list[Finding] = []
    loads: dict[str, Mapping[str, Run]] = {}
    left_out: list[str] = []

    def add(found: Iterable[Finding]) -> None:
        for finding in found:
            findings.append(finding)
            mark = {None: "", True: "met", False: "MISSED"}[finding.met]
            figure = f"{finding.value:,.4g} {finding.unit} {finding.bar} {mark}"
            print(f"{finding.group}: {finding.what}: {figure}", flush=True)

    with ExitStack() as stack:
        database = None
        if postgis.programs() is None:
            left_out.append("PostGIS and TiPg (PostgreSQL is not installed)")
        else:
            database = stack.enter_context(postgis.cluster(folder))
            for view, tile in VIEWS:
                tiles = [tile, SMALL] if view.layer == "counties" else [tile]
                postgis.load(database[0], measures.archive_of(atlas), view, tiles)
        for view, tile in (*VIEWS, (VIEWS[0][0], SMALL)):
            add(measures.first_time(database and database[0], release, view, tile, repeats))
        for view, tile in VIEWS:
            with ExitStack() as inner:
                place = folder / view.layer
                place.mkdir(mode=0o755)
                # A heavy tile takes TiPg longer than a run lasts.
                light = database if view is VIEWS[0][0] else None
                running = start(inner, place, atlas, view, tile, light, left_out)
                add(measures.sizes([(each.name, fetch(each)) for each in running]))
                for connections in (FEW, MANY):
                    label = f"{view.layer} {tile.path}, {connections} connections"
                    loads[label] = measures.side_by_side(running, connections, seconds, rounds)
                    add(measures.throughput(label, loads[label]))
                    if connections == MANY and servers.TILESERVER.is_file():
                        add(measures.tails(f"{label}: the slowest", loads[label]))
                if view is VIEWS[0][0]:
                    ours = running[0]
                    pages = [urls.map_url(view.indicator), urls.ledger_url(), urls.portal_url()]
                    pages += [urls.api_url(view.indicator, form="geojson")]
                    page, _ = measures.slow_pages(ours, pages)
                    label = f"{view.layer} {tile.path}, {MANY} connections: beside a slow page"
                    add(measures.beside_a_slow_page(label, ours, page, MANY, seconds, rounds))
                    add(measures.another_year(ours, release))
        place = folder / "memory"
        place.mkdir(mode=0o755)
        with servers.mapsvc(atlas, urls.home_url(), place) as ours:
            add(measures.memory(ours, release, zoom))
        missing = [name for name in parts.PARTS if not parts.script(name).is_file()]
        left_out += [f"{parts.script(name).name} (not in this tree)" for name in missing]
        if not quick and not missing:
            add(parts.collect(place))
    return findings, loads, list(dict.fromkeys(left_out))


def start(
    stack: ExitStack,
    folder: Path,
    atlas: Path,
    view: View,
    tile: Tile,
    database: tuple[str, psutil.Process] | None,
    left_out: list[str],
) -> list[Served]:
    """Start every server that there is, ours first; all but TiPg send the same tile."""
    path = urls.tile_template(*view).format(**tile._asdict())
    ours = stack.enter_context(servers.mapsvc(atlas, path, folder))
    zipped = fetch(ours)
    running = [ours]
    if shutil.which("nginx") or Path("/usr/sbin/nginx").exists():
        running.append(stack.enter_context(servers.nginx(zipped, tile, folder)))
    else:
        left_out.append("nginx (not installed)")
    if servers.TILESERVER.is_file():
        running.append(stack.enter_context(servers.tileserver(zipped, tile, folder)))
    else:
        left_out.append("TileServer GL light (benchmarks/node_modules is not installed)")
    for other in running:
        if gzip.decompress(fetch(other)) != gzip.decompress(zipped):
            raise RuntimeError(f"{other.name} does not send the same tile")
    if servers.MARTIN.is_file():
        archive = measures.archive_of(atlas) / "tiles" / f"{view.layer}.pmtiles"
        running.append(stack.enter_context(servers.martin(archive, tile, folder)))
    else:
        left_out.append("Martin (not compiled, as there is no Rust toolchain)")
    if database is not None:
        address, process = database
        served = postgis.tipg(address, process, view.layer, tile, folder)
        running.append(stack.enter_context(served))
    return running


if __name__ == "__main__":
    sys.exit(main())
