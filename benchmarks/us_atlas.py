"""An atlas of the counties of the contiguous United States, with made-up arrests for a few years.

Run ``python benchmarks/us_atlas.py FOLDER`` with the extra ``bench`` installed: it writes sources
and builds the atlas in ``FOLDER/atlas``. The shapes are real, the figures are not: residents are
log-normal, rates move from year to year, one record in thirty is missing.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from benchmarks.us_counties import read_counties
from mapsvc.release.build import build_release

INDICATOR = "arrest-rate"
YEARS = range(2015, 2025)
CONTIGUOUS = (-125.0, 24.0, -66.0, 50.0)
_MADE_UP = {"authority": "Nobody", "product": "Made-up figures", "vintage": "1"}


def atlas(folder: Path) -> Path:
    """Return the atlas in a folder; it is built where it is not there yet."""
    built = folder / "atlas"
    if not (built / "current").exists():
        write_sources(folder)
        build_release(folder / "boundaries", folder / "datasets", built, workers=2)
    return built


def write_sources(folder: Path) -> None:
    """Write boundaries, residents and records as ``docs/formats.md`` has them."""
    counties = read_counties()
    inside = [
        row
        for row, shape in enumerate(counties.polygons)
        if shapely.box(*CONTIGUOUS).contains(shape.representative_point())
    ]
    ids = [counties.properties[row]["id"] for row in inside]
    random = np.random.default_rng(1)
    residents = np.rint(np.exp(random.normal(10.3, 1.4, len(ids)))).astype(int) + 100
    rates = np.exp(random.normal(-3.4, 0.4, (1, len(ids))) + random.normal(0, 0.1, (len(YEARS), 1)))
    arrests = random.poisson(rates * residents * random.uniform(0.8, 1.25, (len(YEARS), len(ids))))
    known = random.random(arrests.shape) > 1 / 30
    _write_boundaries(folder / "boundaries/us", counties, inside, ids, residents)
    rows = [
        (identifier, year, arrests[at, of])
        for at, year in enumerate(YEARS)
        for of, identifier in enumerate(ids)
        if known[at, of]
    ]
    _write_dataset(folder / "datasets/arrests", rows)


def _write_boundaries(
    folder: Path, counties: Any, inside: Sequence[int], ids: Sequence[str], residents: Any
) -> None:
    folder.mkdir(parents=True)
    named = [counties.properties[row] for row in inside]
    frame = gpd.GeoDataFrame(
        {
            "id": ids,
            "name": [each["name"] for each in named],
            "kind": "county",
            "parent": None,
            "valid_from": None,
            "valid_to": None,
        },
        geometry=list(counties.polygons[inside]),
        crs="EPSG:4326",
    )
    frame.to_parquet(folder / "counties.parquet")
    rows = [
        ("counties", identifier, year, "residents", people, "made-up")
        for year in YEARS
        for identifier, people in zip(ids, residents, strict=True)
    ]
    header = ("layer", "id", "year", "series", "population", "source")
    _write_csv(folder / "population.csv", header, rows)
    layer = {
        "role": "layer", "layer": "counties", "singular": "county", "id_scheme": "geoid",
        "vintage": "2016", "authority": "US Census Bureau", "product": "Cartographic boundary file",
        "valid_from": None, "valid_to": None, "partition_of": None, "max_zoom": 7,
        "kinds": {"county": {"title": "County", "residents": True}},
    }  # fmt: skip
    source = {**_MADE_UP, "url": "https://example.org/"}
    _write_descriptor(
        folder,
        {"name": "us", "title": "Contiguous United States"},
        [
            _resource("counties", "counties.parquet", mapsvc=layer),
            _resource(
                "population",
                "population.csv",
                mapsvc={"role": "population", "sources": {"made-up": source}},
            ),
        ],
    )


def _write_dataset(folder: Path, rows: Iterable[Sequence[Any]]) -> None:
    folder.mkdir(parents=True)
    _write_csv(folder / "arrests.csv", ("county", "year", "arrests"), rows)
    fields = [
        {"name": "county", "type": "string", "constraints": {"required": True}},
        {"name": "year", "type": "year", "constraints": {"required": True}},
        {"name": "arrests", "type": "integer", "constraints": {"minimum": 0}},
    ]
    schema = {"fields": fields, "primaryKey": ["county", "year"], "missingValues": [""]}
    places = [{"layer": "counties", "scheme": "geoid", "column": "county"}]
    measure = {
        "key": "arrests", "resource": "arrests", "title": "Arrests", "universe": "Made-up arrests",
        "numerator": {"sum": "arrests"}, "filter": {}, "reported_where": {},
        "additive": {"periods": True, "groups": True, "places": True},
    }  # fmt: skip
    indicator = {
        "slug": INDICATOR, "measure": "arrests", "title": "Arrest rate", "description": "Made up.",
        "method": "Made up.", "unit": "arrests per 100,000 residents", "noun": "arrests",
        "denominator": {"title": "Residents", "series": "residents"}, "per": 100_000,
        "layers": ["counties"], "years": [YEARS[0], YEARS[-1]], "pooled": [],
        "default_period": str(YEARS[-1]), "classes": {"scheme": "quantiles", "count": 5},
        "palette": "YlGnBu", "caveats": [],
    }  # fmt: skip
    _write_descriptor(
        folder,
        {
            "name": "arrests",
            "title": "Arrests",
            "description": "Made-up arrests.",
            "version": "1",
            "licenses": [{"name": "other-pd", "title": "Public domain"}],
            "sources": [{"title": "Nobody", "path": "https://example.org/"}],
            "contributors": [{"title": "Nobody", "role": "publisher"}],
            "mapsvc": {
                "policy": {"name": "none", "reason": "Nobody was counted."},
                "absence": "not_reported",
                "caveats": [],
                "breaks": [],
                "measures": [measure],
                "indicators": [indicator],
            },
        },
        [
            _resource(
                "arrests", "arrests.csv", schema=schema, mapsvc={"year": "year", "places": places}
            )
        ],
    )


def _resource(name: str, path: str, **rest: Any) -> dict[str, Any]:
    about = {
        "licenses": [{"name": "other-pd", "title": "Public domain"}],
        "sources": [{"title": "Nobody", "path": "https://example.org/"}],
    }
    return {"name": name, "title": name.title(), "path": path, **about, **rest}


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _write_descriptor(
    folder: Path, about: Mapping[str, Any], resources: Iterable[Mapping[str, Any]]
) -> None:
    hashed = [
        {
            **each,
            "hash": f"sha256:{hashlib.sha256((folder / each['path']).read_bytes()).hexdigest()}",
        }
        for each in resources
    ]
    text = json.dumps({**about, "resources": hashed}, indent=1)
    (folder / "datapackage.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    print(atlas(Path(sys.argv[1])))
