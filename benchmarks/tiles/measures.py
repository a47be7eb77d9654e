"""What is measured of a running service, each a list of findings with the bar it must meet."""

from __future__ import annotations

import gzip
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.tiles import postgis
from benchmarks.tiles.load import Run, run_load, wait_until_idle
from benchmarks.tiles.processes import ask, held
from benchmarks.tiles.servers import Served, Tile
from mapsvc.release.reader import Release
from mapsvc.tiles.attributes import Attributes
from mapsvc.tiles.mvt import TileTemplate
from mapsvc.web import urls
from mapsvc.web.tiles import View as Seen
from mapsvc.web.tiles import columns


class Finding(NamedTuple):
    """A figure with its bar; ``met`` is None where there is none."""

    group: str
    what: str
    value: float
    unit: str
    bar: str = ""
    met: bool | None = None


class View(NamedTuple):
    """Whose attributes: a layer, an indicator, a period."""

    layer: str
    indicator: str
    period: str


def _attributes(release: Release, view: View) -> Attributes:
    """Encode the attributes of a view, as a service does when it is first asked for them."""
    seen = Seen(view.layer, view.indicator, view.period)
    return Attributes.of(release.layer(view.layer).fids, columns(release, seen))


def at_least(group: str, what: str, value: float, least: float, unit: str = "times") -> Finding:
    return Finding(group, what, value, unit, f"≥ {least:g}", value >= least)


def at_most(group: str, what: str, value: float, most: float, unit: str) -> Finding:
    return Finding(group, what, value, unit, f"≤ {most:g}", value <= most)


def side_by_side(
    servers: Sequence[Served], connections: int, seconds: int, rounds: int
) -> Mapping[str, Run]:
    """Load servers in turn, ``rounds`` times; returns the medians of each by its name."""
    runs: dict[str, list[Run]] = {server.name: [] for server in servers}
    for server in servers:
        run_load(server.port, server.path, connections, seconds, server.processes)
        wait_until_idle(server.processes)
    for turn in range(rounds):
        # Each is first, second and last as often as the others: none has the warm machine.
        shift = turn % len(servers)
        for server in (*servers[shift:], *servers[:shift]):
            run = run_load(server.port, server.path, connections, seconds, server.processes)
            runs[server.name].append(run)
            wait_until_idle(server.processes)
    return {
        name: Run(*map(statistics.median, zip(*found, strict=True))) for name, found in runs.items()
    }


READERS = (1, 4, 20)
"""At once, of pages, beside those of tiles."""
BARS = {"TileServer GL light": 50.0, "TiPg on PostGIS": 300.0, "nginx": 0.4, "Martin": 1.0}


def throughput(label: str, medians: Mapping[str, Run]) -> Iterator[Finding]:
    """How many answers a second, by the clock and by the CPU time that they take."""
    ours = medians["mapsvc"]
    for name, run in medians.items():
        yield Finding(label, f"{name}, answers a second", run.per_second, "/s")
        yield Finding(label, f"{name}, answers a CPU second", run.per_cpu_second, "/s")
    for name, bar in BARS.items():
        if name in medians:
            ratio = ours.per_second / medians[name].per_second
            yield at_least(label, f"ours to {name}", ratio, bar)
            by_cpu = ours.per_cpu_second / medians[name].per_cpu_second
            yield at_least(label, f"ours to {name}, by CPU time", by_cpu, bar)


def tails(label: str, medians: Mapping[str, Run]) -> Iterator[Finding]:
    """How long the slowest in a hundred take."""
    for name, run in medians.items():
        yield Finding(label, f"{name}, 99 in 100 within", run.p99 * 1000, "ms")
    ratio = medians["mapsvc"].p99 / medians["TileServer GL light"].p99
    yield at_most(label, "ours to TileServer GL light", ratio, 0.1, "times")


def slow_pages(service: Served, paths: Sequence[str]) -> tuple[str, float]:
    """Return the page that takes longest to make, and its seconds."""
    taken = {}
    for path in paths:
        start = time.perf_counter()
        status, _, _ = ask(service.port, path)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        taken[path] = time.perf_counter() - start
    slowest = max(taken, key=taken.__getitem__)
    return slowest, taken[slowest]


@contextmanager
def being_asked(service: Served, path: str, clients: int = 1) -> Iterator[list[float]]:
    """Have clients ask for a page again and again; yields the seconds of each answer."""
    done, taken = threading.Event(), list[float]()

    def asking() -> None:
        while not done.is_set():
            start = time.perf_counter()
            ask(service.port, path, timeout=120)
            taken.append(time.perf_counter() - start)

    asked = [threading.Thread(target=asking) for _ in range(clients)]
    for client in asked:
        client.start()
    try:
        yield taken
    finally:
        done.set()
        for client in asked:
            client.join()


def beside_a_slow_page(
    label: str, service: Served, page: str, connections: int, seconds: int, rounds: int
) -> Iterator[Finding]:
    """What a page that takes long does to the tiles that are asked for meanwhile."""
    runs: dict[int, list[Run]] = {clients: [] for clients in (0, *READERS)}
    pages: dict[int, list[float]] = {clients: [] for clients in runs}
    for _ in range(rounds):
        for clients in runs:
            with being_asked(service, page, clients) as taken:
                run = run_load(service.port, service.path, connections, seconds, service.processes)
            runs[clients].append(run)
            pages[clients] += taken
    slowest = {clients: statistics.median(run.p99 for run in runs[clients]) for clients in runs}
    for clients in runs:
        who = ("alone", f"beside {page}")[clients] if clients < 2 else f"beside {clients} of it"
        answers = statistics.median(run.per_second for run in runs[clients])
        yield Finding(label, f"{who}, tiles a second", answers, "/s")
        yield Finding(label, f"{who}, 99 in 100 within", slowest[clients] * 1000, "ms")
        if clients:
            took = statistics.median(pages[clients]) * 1000
            yield Finding(label, f"{who}, the page meanwhile, median", took, "ms")
    ratio = slowest[1] / slowest[0]
    yield at_most(label, "tiles beside the page to tiles alone", ratio, 1.5, "times")


def first_time(
    address: str | None, release: Release, view: View, tile: Tile, repeats: int
) -> Iterator[Finding]:
    """The CPU time of a tile with attributes that nobody has asked for yet, before compression."""
    stored = release.archive(view.layer).get(*tile)
    if stored is None:
        raise RuntimeError(f"{view.layer} has no tile {tile.path}")
    made = _attributes(release, view)
    template = TileTemplate.parse(gzip.decompress(stored))
    count = len(template.feature_ids(view.layer))
    label = f"first time: {view.layer} {tile.path}, {count} features"

    def splice() -> object:
        return template.splice((view.layer,), made)

    def cold() -> object:
        found = TileTemplate.parse(gzip.decompress(stored))
        return found.splice((view.layer,), _attributes(release, view))

    ours = cpu_of(splice, repeats)
    yield Finding(label, "ours, splicing into geometry in memory", ours * 1e6, "µs")
    yield Finding(label, "ours, nothing in memory", cpu_of(cold, repeats // 10) * 1e6, "µs")
    if address is None:
        return
    for name, query in (
        ("PostGIS, ST_AsMVT with the join", postgis.LIVE),
        ("PostGIS, the same with geometry cut beforehand", postgis.PREPARED),
    ):
        theirs = postgis.encoding_seconds(address, query, view, tile, max(1, repeats / 500))
        yield Finding(label, name, theirs * 1e6, "µs")
        if query is postgis.LIVE:
            yield at_least(label, f"{name}: to ours", theirs / ours, 100)
        else:
            yield Finding(label, f"{name}: to ours", theirs / ours, "times")


def cpu_of(work: Callable[[], object], repeats: int) -> float:
    """Return the median CPU seconds of a call, over five runs of ``repeats``."""
    work()
    runs = []
    for _ in range(5):
        start = time.process_time()
        for _ in range(repeats):
            work()
        runs.append((time.process_time() - start) / repeats)
    return statistics.median(runs)


COLUMN_BARS = {"counties": 1500.0, "agencies": 9000.0}


def another_year(service: Served, release: Release) -> Iterator[Finding]:
    """The bytes that a loaded map asks for when its reader goes to another year."""
    for layer, most in COLUMN_BARS.items():
        sizes = {}
        for slug in release.indicator_slugs:
            entry = release.indicator(slug)
            if layer in entry["layers"]:
                for period in entry["periods"]:
                    address = urls.column_url(layer, slug, period)
                    _, _, body = ask(service.port, address, coding="br")
                    sizes[slug, period] = len(body)
        heaviest = max(sizes, key=sizes.__getitem__)
        label = f"another year: {layer}"
        median = statistics.median(sizes.values())
        yield Finding(label, "column compressed, median", median, "bytes")
        name = f"column compressed, largest ({' '.join(heaviest)})"
        yield at_most(label, name, sizes[heaviest], most, "bytes")


def everything(release: Release, most_zoom: int) -> Iterator[str]:
    """Yield addresses of every kind: all tiles to a zoom, all columns, pages and answers."""
    yield from (urls.home_url(), urls.portal_url(), urls.ledger_url(), urls.report_url())
    for layer in release.layer_keys:
        yield urls.tilejson_url(layer)
        info, archive = release.layer_info(layer), release.archive(layer)
        spots = [
            Tile(z, x, y)
            for z in range(info["min_zoom"], min(info["max_zoom"], most_zoom) + 1)
            for x in range(1 << z)
            for y in range(1 << z)
            if archive.get(z, x, y) is not None
        ]
        yield from (urls.tile_template(layer).format(**tile._asdict()) for tile in spots)
        for slug in release.indicator_slugs:
            entry = release.indicator(slug)
            if layer not in entry["layers"]:
                continue
            yield urls.map_url(slug, layer)
            yield urls.embed_url(slug, layer)
            for period in entry["periods"]:
                yield urls.column_url(layer, slug, period)
                yield urls.api_url(slug, layer, period)
                yield urls.tilejson_url(layer, slug, period)
                template = urls.tile_template(layer, slug, period)
                yield from (template.format(**tile._asdict()) for tile in spots)
        for identifier in release.layer(layer).ids:
            yield urls.jurisdiction_url(layer, identifier)


def memory(service: Served, release: Release, most_zoom: int) -> Iterator[Finding]:
    """What a worker and the process of its pages hold when they have served everything once."""
    label, asked = "memory", 0
    before = held(service.processes[0])
    for path in everything(release, most_zoom):
        status = ask(service.port, path, timeout=120)[0]
        if status not in (200, 204):
            raise RuntimeError(f"{path} answered {status}")
        asked += 1
    after = held(service.processes[0])
    yield Finding(label, "addresses asked", asked, "")
    yield Finding(label, "larger of worker and pages before, resident", before.largest / 1e6, "MB")
    yield at_most(label, "larger of both after, resident", after.largest / 1e6, 200, "MB")
    yield Finding(label, "both before, shared memory once", before.together / 1e6, "MB")
    yield at_most(label, "both after, shared memory once", after.together / 1e6, 200, "MB")


def sizes(served: Sequence[tuple[str, bytes]]) -> Iterator[Finding]:
    """Yield the bytes that each server sends for the tile."""
    for name, body in served:
        yield Finding("tile as sent", name, len(body), "bytes")


def archive_of(atlas: Path) -> Path:
    """Return the folder of the current release."""
    return (atlas / "current").resolve()
