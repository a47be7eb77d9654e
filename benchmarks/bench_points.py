"""Ten million points to jurisdictions: ``mapsvc.derive.points`` beside geopandas' ``sjoin``.

Run ``python benchmarks/bench_points.py [--boundaries DIR] [--layer KEY] [--points N] [--runs N]``.
The two take turns, because a machine's speed drifts; each turn prints its seconds, the end prints
the medians and where, if anywhere, the two differ. sjoin takes a tenth of the points, since it
needs far longer for each; its seconds are given as measured and as scaled.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from mapsvc.derive.points import locate
from mapsvc.ingest.boundaries import read_layer
from mapsvc.ingest.catalog import read_catalog

SHARE = 10


def by_sjoin(longitude, latitude, polygons):
    """The reference: the first polygon that each point is within, or -1."""
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(longitude, latitude), crs="EPSG:4326")
    areas = gpd.GeoDataFrame(geometry=polygons, crs="EPSG:4326")
    joined = gpd.sjoin(points, areas, predicate="within", how="inner")
    found = np.full(len(points), -1, dtype=np.int32)
    np.minimum.at(found.view(np.uint32), joined.index, joined["index_right"].astype(np.uint32))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boundaries", type=Path, default=Path("boundaries"))
    parser.add_argument("--datasets", type=Path, default=Path("datasets"))
    parser.add_argument("--layer", default="counties")
    parser.add_argument("--points", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    sources = read_catalog(options.boundaries, options.datasets).layers
    layer = read_layer(next(s for s in sources if s.boundary_set.key == options.layer))
    polygons = layer.geometry
    west, south, east, north = shapely.total_bounds(polygons)
    random = np.random.default_rng(0)
    longitude = random.uniform(west, east, options.points)
    latitude = random.uniform(south, north, options.points)
    few = slice(0, options.points // SHARE)
    vertices = shapely.get_num_coordinates(polygons).sum()
    print(f"{options.points:,} points, {len(polygons)} jurisdictions, {vertices:,} vertices")
    ours, theirs = [], []
    for run in range(options.runs):
        start = time.perf_counter()
        found = locate(longitude, latitude, polygons)
        ours.append(time.perf_counter() - start)
        start = time.perf_counter()
        reference = by_sjoin(longitude[few], latitude[few], polygons)
        theirs.append(time.perf_counter() - start)
        print(f"run {run + 1}: locate {ours[-1]:.2f} s, sjoin on 1/{SHARE} {theirs[-1]:.2f} s")
    scaled = statistics.median(theirs) * SHARE
    print(f"median: locate {statistics.median(ours):.2f} s, sjoin scaled to all {scaled:.1f} s")
    print(f"points answered otherwise: {np.count_nonzero(found[few] != reference)}")


if __name__ == "__main__":
    main()
