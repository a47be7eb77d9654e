"""What ``bench_pyramid`` measures of this project: reads the sources, cuts the tiles, writes them.

Run ``python benchmarks/cut_pyramid.py COUNTIES LABELS OUTPUT MAX_ZOOM WORKERS``; the first two are
files with a row a county: its feature id, properties and territory, and its label point. A process
of its own, and little in it that does not cut tiles: each worker process loads this module again.
"""

from __future__ import annotations

import sys
from pathlib import Path

import shapely

from mapsvc.tiles.archive import write_pmtiles
from mapsvc.tiles.pyramid import build_pyramid


def main(counties: str, labels: str, output: str, max_zoom: str, workers: str) -> None:
    # They are optional to pyogrio, which loads them where they are, for over a second: it reads
    # arrays without them, and tippecanoe has nothing like it to load.
    sys.modules.update(dict.fromkeys(("geopandas", "pandas", "pyarrow")))
    from pyogrio.raw import read

    described, _, shapes, (fids, *columns) = read(counties)
    names = described["fields"][1:].tolist()
    _, _, points, _ = read(labels)
    polygons = shapely.from_wkb(shapes)
    west, south, east, north = map(float, shapely.total_bounds(polygons))
    rows = zip(*(column.tolist() for column in columns), strict=True)
    write_pmtiles(
        Path(output),
        build_pyramid(
            Path(counties).stem,
            fids.tolist(),
            polygons,
            [dict(zip(names, row, strict=True)) for row in rows],
            shapely.get_coordinates(shapely.from_wkb(points)),
            0,
            int(max_zoom),
            workers=int(workers),
        ),
        bounds=(west, south, east, north),
        center=(-98.0, 39.0, 3),
        metadata={"vector_layers": []},
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
