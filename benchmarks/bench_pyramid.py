"""A pyramid of the counties of the United States, zoom 0 to 10, against tippecanoe's.

Run ``python benchmarks/bench_pyramid.py [--rounds N] [--sample N] [--json FILE]`` with the extra
``bench`` installed. Both read the same FlatGeobuf files (the counties, 1.04 million vertices, and
a label point each) in a process of their own, and write a PMTiles archive with the same zooms, the
same buffer of 64 units, ids, properties and layers. tippecanoe runs with
``--no-simplification-of-shared-nodes``, drops no feature and keeps no statistics. Rounds are
interleaved; the CPU time is user and system of all processes, its median over the rounds.

The checker of this project then measures, a zoom at a time, what polygons of either archive
overlap or leave open that the counties do not: in square units of the tile's grid summed over
tiles, and the widest. At zooms of more than ``--sample`` tiles it looks at that many, evenly
spread. Fails where a bar is missed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import shapely

from benchmarks.us_counties import read_counties
from mapsvc.tiles.archive import TileArchive
from mapsvc.tiles.checker import inspect
from mapsvc.tiles.neighbours import Ground, gaps, overlaps

CUT = Path(__file__).with_name("cut_pyramid.py")
MAX_ZOOM = 10
MOST_CPU, MOST_BYTES = 1.2, 1.2
"""The bars, as shares of what tippecanoe needs."""
COUNTIES, LABELS = "counties", "counties-labels"


def write_sources(folder: Path) -> None:
    counties = read_counties()
    rows = {key: [each[key] for each in counties.properties] for key in ("id", "name", "kind")}
    for name, geometry in (
        (COUNTIES, counties.polygons),
        (LABELS, shapely.points(counties.labels)),
    ):
        frame = geopandas.GeoDataFrame(
            {"fid_": counties.fids, **rows}, geometry=geometry, crs="EPSG:4326"
        )
        # The index would reorder the rows; tippecanoe keeps the order of its input.
        pyogrio.write_dataframe(frame, folder / f"{name}.fgb", SPATIAL_INDEX="NO")


def cutting(folder: Path, output: Path, workers: int) -> list[str]:
    sources = [str(folder / f"{name}.fgb") for name in (COUNTIES, LABELS)]
    return [sys.executable, str(CUT), *sources, str(output), str(MAX_ZOOM), str(workers)]


def tippecanoe(folder: Path, output: Path) -> list[str]:
    return [
        f"{sysconfig.get_path('scripts')}/tippecanoe",
        f"--output={output}",
        "--force",
        "--quiet",
        "--minimum-zoom=0",
        f"--maximum-zoom={MAX_ZOOM}",
        "--buffer=4",  # of 256: 64 of 4096
        "--no-simplification-of-shared-nodes",
        "--no-tiny-polygon-reduction",
        "--drop-rate=1",
        "--no-feature-limit",
        "--no-tile-size-limit",
        "--no-tile-stats",
        "--use-attribute-for-id=fid_",
        "--convert-stringified-ids-to-numbers",
        f"--named-layer={COUNTIES}:{folder / COUNTIES}.fgb",
        f"--named-layer={LABELS}:{folder / LABELS}.fgb",
    ]


def run(command: list[str]) -> dict[str, float]:
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} failed: {process.returncode}")
    return {
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "wall_seconds": time.perf_counter() - start,
        "largest_process_mb": usage.ru_maxrss / 1024,
    }


def quality(path: Path, ground: Ground, sample: int) -> list[dict[str, float]]:
    """Return, for each zoom, how many counties there are and what does not fit."""
    rows = []
    with TileArchive(path) as archive:
        tiles = sorted(archive.tiles())
        for zoom in range(MAX_ZOOM + 1):
            here = [tile for tile in tiles if tile[0] == zoom]
            step = -(-len(here) // sample)
            widths, areas = {"gap": 0.0, "overlap": 0.0}, {"gap": 0.0, "overlap": 0.0}
            seen = set()
            for _, x, y, packed in here[::step]:
                features = inspect(gzip.decompress(packed)).features(COUNTIES)
                features = [each for each in features if each.geometry is not None]
                seen |= {feature.fid for feature in features}
                shapes = shapely.make_valid(
                    np.array([feature.geometry for feature in features], dtype=object),
                    method="structure",
                )
                fids = [feature.fid for feature in features]
                if not fids:
                    continue
                doubled = overlaps(fids, shapes, ground, zoom, x, y, 0.0).values()
                for what, parts in (
                    ("overlap", [part for each in doubled for part in each]),
                    ("gap", list(gaps(shapes, ground, zoom, x, y, 0.0))),
                ):
                    areas[what] += float(shapely.area(parts).sum())
                    circles = shapely.maximum_inscribed_circle(np.array(parts, dtype=object))
                    widths[what] = max(
                        widths[what], 2 * float(shapely.length(circles).max(initial=0))
                    )
            rows.append(
                {
                    "zoom": zoom,
                    "tiles": len(here),
                    "looked_at": len(here[::step]),
                    "counties": len(seen),
                    **{f"{what}_units2": round(area, 2) for what, area in areas.items()},
                    **{f"widest_{what}": round(width, 2) for what, width in widths.items()},
                }
            )
    return rows


def judge(runs: dict[str, list[dict[str, float]]], sizes: dict[str, int], rows) -> list[str]:
    """Return the bars that are missed."""
    cpu = {name: statistics.median(each["cpu_seconds"] for each in runs[name]) for name in runs}
    missed = [
        f"CPU of {name}: {cpu[name]:.1f} s, tippecanoe {cpu['tippecanoe']:.1f} s"
        for name in runs
        if cpu[name] > MOST_CPU * cpu["tippecanoe"]
    ]
    if sizes["one worker"] > MOST_BYTES * sizes["tippecanoe"]:
        missed.append("the archive is larger")
    for ours, theirs in zip(rows["one worker"], rows["tippecanoe"], strict=True):
        for what in ("gap_units2", "overlap_units2"):
            if ours[what] > theirs[what]:
                missed.append(f"zoom {ours['zoom']}: {what} {ours[what]} > {theirs[what]}")
    return missed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sample", type=int, default=1500, help="most tiles of a zoom to measure")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_sources(folder)
        outputs = {
            each: folder / f"{each.replace(' ', '-')}.pmtiles"
            for each in ("tippecanoe", "one worker", "two workers")
        }
        commands = {
            "tippecanoe": tippecanoe(folder, outputs["tippecanoe"]),
            "one worker": cutting(folder, outputs["one worker"], 1),
            "two workers": cutting(folder, outputs["two workers"], 2),
        }
        runs: dict[str, list[dict[str, float]]] = {each: [] for each in commands}
        for _ in range(options.rounds):
            for each, command in commands.items():
                runs[each].append(run(command))
                print(
                    each,
                    {key: round(value, 1) for key, value in runs[each][-1].items()},
                    flush=True,
                )
        sizes = {each: path.stat().st_size for each, path in outputs.items()}
        same = outputs["one worker"].read_bytes() == outputs["two workers"].read_bytes()
        counties = read_counties()
        ground = Ground(counties.fids, counties.polygons, MAX_ZOOM)
        rows = {
            each: quality(outputs[each], ground, options.sample)
            for each in ("tippecanoe", "one worker")
        }
    missed = judge(runs, sizes, rows) + ([] if same else ["two workers give other bytes"])
    result = {
        "name": "pyramid",
        "runs": runs,
        "median_cpu_seconds": {
            each: round(statistics.median(one["cpu_seconds"] for one in runs[each]), 2)
            for each in runs
        },
        "bytes": sizes,
        "same_bytes_for_any_workers": same,
        "quality": rows,
        "missed": missed,
    }
    print(f"{'':>12} {'CPU s':>7} {'MB':>7} {'tiles':>7}")
    for each in runs:
        tiles = sum(row["tiles"] for row in rows.get(each, rows["one worker"]))
        seconds = result["median_cpu_seconds"][each]
        print(f"{each:>12} {seconds:7.1f} {sizes[each] / 1e6:7.1f} {tiles:7,}")
    print("zoom  of tiles  ours: counties, gap, overlap (widest)  tippecanoe: the same")
    for ours, theirs in zip(rows["one worker"], rows["tippecanoe"], strict=True):
        print(f"{ours['zoom']:>4} {ours['looked_at']:>5} of {ours['tiles']:>6}", end="")
        for row in (ours, theirs):
            print(
                f"  {row['counties']:>5} {row['gap_units2']:>9,} ({row['widest_gap']:g})"
                f" {row['overlap_units2']:>9,} ({row['widest_overlap']:g})",
                end="",
            )
        print()
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print("\n".join(missed) or "within bounds")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
