"""A small valid release, written without the pipeline: two layers of squares, two indicators.

It holds what a reader of releases must be ready for: every status, every reliability, groups, a
pooled period, notes, a jurisdiction with a point and one with no place, and, on request, names
that attack pages.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from mapsvc.geoid import feature_id
from mapsvc.model import RELIABILITIES, STATUSES
from mapsvc.release.store import building
from mapsvc.tiles.archive import write_pmtiles
from mapsvc.tiles.pyramid import build_context_pyramid, build_pyramid
from mapsvc.tiles.sketch import sketch
from mapsvc.tiles.tilejson import vector_layers
from tests.hostile import ATTACK, attacked, poisoned

RATE = "arrest-rate"
COUNT = "jail-deaths"
PERIODS = {RATE: ["2013", "2014", "2010-2014"], COUNT: ["2013", "2014"]}
GROUPS = {RATE: ["all", "black", "white"], COUNT: ["all"]}
LAYERS = {RATE: ["counties", "agencies"], COUNT: ["counties"]}
BREAKS = {RATE: [300.0, 600.0, 5000.0], COUNT: [5.0, 50.0]}
HOSTILE = (
    "</script><script>alert(1)</script>",
    "`${alert(1)}`",
    "<img src=x onerror=alert(1)>",
    '=HYPERLINK("http://evil.example")',
    "'\"&\u2028",
    "Fir\u202e\u2066{{7*7}}",
)
"""Names that a careless page, script, or spreadsheet would run."""

MAX_ZOOM = 6
CONTEXT_BOUNDS = (-124.0, 34.0, -116.0, 40.0)
CONTEXT_MAX_ZOOM = 4

_WEST, _SOUTH, _SIDE = -122.0, 36.0, 1.0
_BOUNDS = {
    "counties": (_WEST, _SOUTH, _WEST + 3 * _SIDE, _SOUTH + 2 * _SIDE),
    "agencies": (_WEST, _SOUTH, _WEST + _SIDE, _SOUTH + _SIDE),
}


class Place(NamedTuple):
    """A jurisdiction with its geometry in degrees, or None."""

    id: str
    name: str
    kind: str
    parent: str | None
    shape: shapely.Geometry | None


class Cell(NamedTuple):
    """One value, as a row of a values file has it."""

    numerator: float | None
    denominator: float | None
    value: float | None
    lower: float | None
    upper: float | None
    status: str
    reliability: str | None
    klass: int | None
    note: str | None


def source_of(denominator: float | None) -> str | None:
    """Return whose figure a denominator is."""
    return None if denominator is None else "Bureau of Squares, Population estimates, 2020"


def counties(hostile: bool = False) -> list[Place]:
    """Six squares of one degree, two rows of three; the names attack where ``hostile``."""
    names = ["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir"]
    if hostile:
        names[: len(HOSTILE)] = HOSTILE
    return [
        Place(f"060{2 * row + 1:02d}", name, "county", None, _square(row % 3, row // 3))
        for row, name in enumerate(names)
    ]


def agencies(hostile: bool = False) -> list[Place]:
    """A sheriff and a city's police in the first county; a campus at a point; one nowhere."""
    whole = _square(0, 0)
    city = shapely.box(_WEST + 0.3, _SOUTH + 0.3, _WEST + 0.6, _SOUTH + 0.6)
    name = HOSTILE[0] if hostile else "Alderton"
    end = ATTACK if hostile else ""
    campus = shapely.Point(-121.2, 36.8)
    return [
        Place(
            "CA0010000", f"Alder County Sheriff{end}", "sheriff", "06001", whole.difference(city)
        ),
        Place("CA0010100", f"{name} Police", "police", "06001", city),
        Place("CA0010200", f"Alder State Campus{end}", "campus", "06001", campus),
        Place("CA0010300", f"Alder Harbor{end}", "campus", "06001", None),
    ]


def write_release(
    atlas: Path, *, hostile: bool = False, accounts: bool = False, finding: bool = True
) -> str:
    """Write the release into ``atlas``, make it the current one and return its id.

    With ``accounts`` it knows who reported; without ``finding`` neither aliases nor neighbours.
    ``hostile`` puts an attack into every text of it.
    """
    told = poisoned if hostile else dict
    layers = {"counties": counties(hostile), "agencies": agencies(hostile)}
    with building(atlas) as writer:
        writer.write_json("catalogue.json", told(catalogue(hostile)))
        writer.write_json("report.json", told(report()))
        if finding:
            writer.write_json("aliases.json", told(aliases()))
            writer.write_json("neighbours.json", NEIGHBOURS)
        if accounts:
            writer.write_json("coverage.json", told(coverage()))
        for layer, places in layers.items():
            pq.write_table(_layer_table(places), writer.path(f"layers/{layer}.parquet"))
            _write_tiles(writer.path(f"tiles/{layer}.pmtiles"), layer, places)
        _write_context(writer.path("tiles/context.pmtiles"), ATTACK if hostile else "")
        for indicator, named in LAYERS.items():
            for layer in named:
                table = _value_table(indicator, layer, layers[layer], hostile)
                pq.write_table(table, writer.path(f"values/{layer}/{indicator}.parquet"))
        records = io.StringIO(newline="")
        rows = [["06001", 1914 + row, 20 + row] for row in range(101)]
        csv.writer(records).writerows([["county", "year", "arrests"], *rows])
        writer.path("data/arrests/arrests.csv").write_bytes(records.getvalue().encode())
        writer.write_json("data/arrests/datapackage.json", {"name": "arrests"})
        writer.write_json("data/deaths/datapackage.json", {"name": "deaths"})
    return str(writer.manifest["id"])


def cell(indicator: str, layer: str, place: Place, row: int, period: int, group: int) -> Cell:
    """Return the value of a jurisdiction: its row in the layer decides the status."""
    people = None if indicator == COUNT else 20_000.0 * (row + 1) / (group + 1)
    if place.kind == "campus":
        return Cell(12.0 + row, None, None, None, None, "not_applicable", None, None, None)
    if row == 5:
        return Cell(None, None, None, None, None, "no_boundary", None, None, None)
    if row == 4:
        note = "9 of 12 months reported" if period == 1 else None
        return Cell(None, people, None, None, None, "not_reported", None, None, note)
    if row == 3:
        return Cell(None, people, None, None, None, "suppressed", None, None, None)
    events = [120.0, 15.0, 0.0][row % 3] + period + (group and 1)
    if row == 2:
        events = 0.0
    reliability = "reliable" if events >= 20 else "use_with_caution"
    if events < 10:
        reliability = "unreliable"
    if people is None:
        number = Cell(events, None, events, None, None, "ok", reliability, 0, None)
    else:
        rate = events / people * 100_000
        number = Cell(events, people, rate, rate * 0.9, rate * 1.1 + 1, "ok", reliability, 0, None)
    klass = int(np.searchsorted(BREAKS[indicator], number.value or 0.0))
    return number._replace(klass=klass)


def catalogue(hostile: bool = False) -> dict[str, Any]:
    """Return the catalogue of the release."""
    provenance = {
        "vintage": "2016",
        "authority": "Bureau of Squares",
        "product": "Cartographic squares",
        "source_url": "https://squares.example/",
        "licence": "Public domain",
        "valid_from": None,
        "valid_to": None,
        "sha256": "0" * 64,
        "min_zoom": 0,
    }
    return {
        "title": "Squareland",
        "layers": [
            {
                "key": "counties",
                "title": "Counties",
                "singular": "county",
                "id_scheme": "geoid",
                "partition_of": None,
                "kinds": {"county": {"title": "County", "residents": True}},
                "count": 6,
                "mapped": 6,
                "bounds": list(_BOUNDS["counties"]),
                "max_zoom": MAX_ZOOM,
                "sketch_height": 200,
                **provenance,
            },
            {
                "key": "agencies",
                "title": "Agencies",
                "singular": "agency",
                "id_scheme": "ori",
                "partition_of": "counties",
                "kinds": {
                    "sheriff": {"title": "Sheriff", "residents": True},
                    "police": {"title": "Municipal police", "residents": True},
                    "campus": {"title": "Campus police", "residents": False},
                },
                "count": 4,
                "mapped": 2,
                "bounds": list(_BOUNDS["agencies"]),
                "max_zoom": MAX_ZOOM,
                "sketch_height": 200,
                **provenance,
            },
        ],
        "context": {
            "layers": ["land", "places"],
            "bounds": list(CONTEXT_BOUNDS),
            "min_zoom": 0,
            "max_zoom": CONTEXT_MAX_ZOOM,
        },
        "datasets": [_dataset("arrests", hostile), _dataset("deaths", hostile)],
        "indicators": [_indicator(RATE, hostile), _indicator(COUNT, hostile)],
    }


def report() -> dict[str, Any]:
    """Return the release's account of the records that it read."""
    return {
        "datasets": {
            "arrests": {
                "rows_read": 101,
                "joined": 98,
                "unmatched": [{"reason": "out of state", "count": 2, "examples": ["XX"]}],
                "rejected": [{"reason": "year is not a year", "count": 1, "examples": ["row 7"]}],
            },
            "deaths": {"rows_read": 10, "joined": 10, "unmatched": [], "rejected": []},
        }
    }


NEIGHBOURS = {
    "counties": {
        "06001": ["06003", "06007"], "06003": ["06001", "06005", "06009"],
        "06005": ["06003", "06011"], "06007": ["06001", "06009"],
        "06009": ["06003", "06007", "06011"], "06011": ["06005", "06009"],
    },
    "agencies": {"CA0010000": ["CA0010100"], "CA0010100": ["CA0010000"]},
}  # fmt: skip


def aliases() -> dict[str, Any]:
    """Return what else places are called: one has a former name, one a code."""
    always = {"valid_from": None, "valid_to": None}
    return {
        "counties": [
            {"id": "06003", "scheme": "name", "alias": "Übertal", "valid_from": None,
             "valid_to": "1999-12-31"},
        ],
        "agencies": [{"id": "CA0010100", "scheme": "number", "alias": "0017", **always}],
    }  # fmt: skip


def coverage() -> dict[str, Any]:
    """Return who reported what: Elm fell silent in 2013, and reported nine months of 2014."""
    years = list(range(2010, 2015))
    elm = [
        {"first": 2013, "last": 2013, "reason": "No record", "category": "not_reported",
         "months": None},
        {"first": 2014, "last": 2014, "reason": "9 of 12 months reported", "category": "partly",
         "months": 9.0},
    ]  # fmt: skip
    entry = {
        "measures": ["arrests"], "absence": "not_reported", "years": years, "partly": [],
    }  # fmt: skip
    in_full = {"months": "reported", "all": [100.0] * 5}
    return {
        "arrests": [
            {**entry, "layer": "counties", "places": [6] * 5, "usable": [6, 6, 6, 5, 5],
             "missing": [{"id": "06009", "spans": elm}], "indicator": {**in_full, "parents": None}},
            {**entry, "layer": "agencies", "places": [4] * 5, "usable": [4] * 5, "missing": [],
             "indicator": {**in_full, "parents": {"06001": [100.0, 99.0, 98.0, 97.5, 87.5]}}},
        ],
        "deaths": [
            {**entry, "measures": ["deaths"], "layer": "counties", "absence": "zero",
             "places": [6] * 5, "usable": [6] * 5, "missing": [], "indicator": None},
        ],
    }  # fmt: skip


def _dataset(key: str, hostile: bool) -> dict[str, Any]:
    indicator = {"arrests": RATE, "deaths": COUNT}[key]
    resources = [
        {
            "name": "arrests",
            "path": "data/arrests/arrests.csv",
            "rows": 101,
            "fields": [
                {"name": "county", "type": "string", "description": "GEOID"},
                {"name": "year", "type": "year", "description": ""},
                {"name": "arrests", "type": "integer", "description": "Arrests"},
            ],
        }
    ]
    policy = {"name": "none", "reason": "The law makes these counts public."}
    return {
        "key": key,
        "title": HOSTILE[2] if hostile else key.title(),
        "description": f"Records of {key}.",
        "publisher": "Department of Squares",
        "vintage": "2014",
        "licence": "Public record",
        "policy": {"name": "small_cells", "reason": "Few."} if key == "deaths" else policy,
        "caveats": ["Counts events, not people."],
        "breaks": _breaks(indicator),
        "sources": [{"title": "Squares Open Data", "path": "https://squares.example/open"}],
        "resources": resources if key == "arrests" else [],
        "measures": [
            {
                "key": key,
                "title": key.title(),
                "universe": f"All {key}",
                "resource": key,
                "sum": "arrests" if key == "arrests" else None,
                "filter": {"offence": ["all"]} if key == "arrests" else {},
                "reported_where": {"complete": ["true"]} if key == "arrests" else {},
                "group": "race" if key == "arrests" else None,
                "absence": "not_reported" if key == "arrests" else "zero",
                "additive": {"periods": True, "groups": False, "places": True},
            }
        ],
        "indicators": [indicator],
    }


def _breaks(indicator: str) -> list[dict[str, Any]]:
    text = "A law made some felonies misdemeanors."
    return [{"year": 2014, "text": text, "measures": []}] if indicator == RATE else []


def _indicator(slug: str, hostile: bool) -> dict[str, Any]:
    rate = slug == RATE
    source = {"authority": "Bureau of Squares", "product": "Estimates", "vintage": "2024"}
    titles = {"all": "All", "black": "Black", "white": "White"}
    denominators = {
        period: {group: {"title": "Residents", **source} for group in GROUPS[slug]}
        for period in PERIODS[slug]
    }
    return {
        "slug": slug,
        "dataset": "arrests" if rate else "deaths",
        "measure": "arrests" if rate else "deaths",
        "title": HOSTILE[0] if hostile else ("Arrest rate" if rate else "Deaths in jails"),
        "description": "How often.",
        "method": "Counts, divided.",
        "unit": "arrests per 100,000 residents" if rate else "deaths",
        "noun": "arrests" if rate else "deaths",
        "universe": "All arrests" if rate else "All deaths",
        "per": 100_000 if rate else None,
        "denominator_title": "Residents" if rate else None,
        "scheme": "given",
        "palette": "YlGnBu",
        "caveats": ["Counts events, not people."],
        "breaks": [{"year": item["year"], "text": item["text"]} for item in _breaks(slug)],
        "groups": [{"key": group, "title": titles[group]} for group in GROUPS[slug]],
        "default_period": "2014",
        "periods": PERIODS[slug],
        "layers": {
            layer: {
                "classes": dict.fromkeys(GROUPS[slug], BREAKS[slug]),
                "denominators": denominators if rate else None,
            }
            for layer in LAYERS[slug]
        },
    }


def _square(column: int, row: int) -> shapely.Geometry:
    west, south = _WEST + column * _SIDE, _SOUTH + row * _SIDE
    return shapely.box(west, south, west + _SIDE, south + _SIDE)


def _points(places: list[Place]) -> list[shapely.Point | None]:
    return [place.shape.representative_point() if place.shape else None for place in places]


def _areal(places: list[Place]) -> NDArray[np.object_]:
    shapes = [place.shape if place.shape and place.shape.area else None for place in places]
    return np.array(shapes, dtype=object)


def _anchors(places: list[Place]) -> NDArray[np.float64]:
    points = [(point.x, point.y) if point else (np.nan, np.nan) for point in _points(places)]
    return np.array(points)


def _write_tiles(path: Path, layer: str, places: list[Place]) -> None:
    tiles = build_pyramid(
        layer,
        [feature_id(place.id) for place in places],
        _areal(places),
        [{"id": place.id, "name": place.name, "kind": place.kind} for place in places],
        _anchors(places),
        0,
        MAX_ZOOM,
    )
    west, south, east, north = _BOUNDS[layer]
    write_pmtiles(
        path,
        tiles,
        bounds=_BOUNDS[layer],
        center=((west + east) / 2, (south + north) / 2, 4),
        metadata={"vector_layers": vector_layers(layer)},
    )


def _write_context(path: Path, end: str) -> None:
    layers = {
        "land": (np.array([shapely.box(*CONTEXT_BOUNDS)], dtype=object), [{}]),
        "places": (
            np.array([shapely.Point(-121.5, 36.5)], dtype=object),
            [{"name": f"Alderton{end}", "rank": 1, "population": 5000}],
        ),
    }
    write_pmtiles(
        path,
        build_context_pyramid(layers, CONTEXT_BOUNDS, CONTEXT_MAX_ZOOM),
        bounds=CONTEXT_BOUNDS,
        center=(-120.0, 37.0, 4),
        metadata={"vector_layers": []},
    )


def _layer_table(places: list[Place]) -> pa.Table:
    points = _points(places)
    drawn = sketch(_areal(places), _anchors(places))
    areas = [
        1e10 * place.shape.area if place.shape and place.shape.area else None for place in places
    ]
    text = pa.string()
    return pa.table(
        {
            "fid": pa.array([feature_id(place.id) for place in places], pa.int64()),
            "id": pa.array([place.id for place in places], text),
            "name": pa.array([place.name for place in places], text),
            "kind": pa.array([place.kind for place in places], text),
            "parent": pa.array([place.parent for place in places], text),
            "valid_from": pa.array([None] * len(places), text),
            "valid_to": pa.array([None] * len(places), text),
            "lon": pa.array([point and point.x for point in points], pa.float64()),
            "lat": pa.array([point and point.y for point in points], pa.float64()),
            "area_m2": pa.array(areas, pa.float64()),
            "sketch": pa.array(drawn.paths, text),
            "sketch_x": pa.array(drawn.points[:, 0], pa.float64()),
            "sketch_y": pa.array(drawn.points[:, 1], pa.float64()),
            "outline": pa.array(drawn.outlines, text),
            "geometry": pa.array(
                [place.shape and shapely.to_wkb(place.shape) for place in places], pa.binary()
            ),
        }
    )


def _rows(indicator: str, layer: str, places: list[Place]) -> Iterator[tuple[Any, ...]]:
    for at, period in enumerate(PERIODS[indicator]):
        for of, group in enumerate(GROUPS[indicator]):
            for row, place in enumerate(places):
                yield (period, group, place.id, *cell(indicator, layer, place, row, at, of))


def _value_table(indicator: str, layer: str, places: list[Place], hostile: bool) -> pa.Table:
    columns = [list(column) for column in zip(*_rows(indicator, layer, places), strict=True)]
    names = ["period", "group", "id", *Cell._fields]
    data = dict(zip(names, columns, strict=True))
    arrays: dict[str, pa.Array] = {name: pa.array(data[name]) for name in names[:3]}
    for name in ("numerator", "denominator", "value", "lower", "upper"):
        arrays[name] = pa.array(data[name], pa.float64())
    for name, words in (("status", STATUSES), ("reliability", RELIABILITIES)):
        keys = [str(word) for word in words]
        codes = [None if item is None else keys.index(item) for item in data[name]]
        arrays[name] = pa.DictionaryArray.from_arrays(pa.array(codes, pa.int8()), pa.array(keys))
    arrays["class"] = pa.array(data["klass"], pa.int8())
    texts = {"source": map(source_of, data["denominator"]), "note": data["note"]}
    for name, said in texts.items():
        ended = [attacked(text) if text and hostile else text for text in said]
        arrays[name] = pa.array(ended, pa.string())
    return pa.table(arrays)
