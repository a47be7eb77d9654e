"""The made-up state's counties, agencies, other names, residents and surroundings."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

from tests.miniature.files import write_csv, write_descriptor, write_geojson

YEARS = (2013, 2014, 2015, 2016)

Ring = list[tuple[float, float]]


def box(west: float, south: float, east: float, north: float) -> Ring:
    """Return the corners of a box, against the clock, closed."""
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def polygon(*rings: Ring) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(point) for point in ring] for ring in rings]}


FIR = box(-95.5, 40.5, -94.5, 41.5)
CEDAR = box(-96, 40, -94, 42)
# Where three counties meet, each of them has the point: the borders fit without a gap.
ALDER: Ring = [(-100, 40), (-98, 40), (-98.1, 41), (-98, 42), (-100, 42), (-100, 40)]
BIRCH: Ring = [(-98, 40), (-96, 40), (-96, 42), (-97, 42), (-98, 42), (-98.1, 41), (-98, 40)]
DAMSON: Ring = [(-100, 42), (-98, 42), (-97, 42), (-97, 44), (-100, 44), (-100, 42)]
ELDER: Ring = [(-97, 42), (-96, 42), (-94, 42), (-94, 44), (-97, 44), (-97, 42)]

COUNTIES: dict[str, tuple[str, list[Ring]]] = {
    "99001": ("Alder", [ALDER]),
    "99003": ("Birch", [BIRCH]),
    "99005": ("Cedar", [CEDAR, FIR[::-1]]),
    "99007": ("Damson", [DAMSON]),
    "99009": ("Elder", [ELDER]),
    "99011": ("Fir", [FIR]),
}
CITIES: dict[str, tuple[str, str, Ring]] = {
    "ZZ0010100": ("Alderton", "99001", box(-99.5, 40.5, -99, 41)),
    "ZZ0030100": ("Birchfield", "99003", box(-97, 41, -96.5, 41.5)),
    "ZZ0050100": ("Cedar Falls", "99005", box(-95.9, 41.6, -95.6, 41.9)),
    "ZZ0070100": ("Damson City", "99007", box(-99, 43, -98.5, 43.5)),
    "ZZ0090100": ("Elderwood", "99009", box(-96, 43, -95.5, 43.5)),
}
"""Cities with police of their own: ORI to name, county and territory."""

COUNTY_RESIDENTS = {
    "99001": 120_000, "99003": 80_000, "99005": 40_000,
    "99007": 30_000, "99009": 9_000, "99011": 2_000,
}  # fmt: skip
CITY_RESIDENTS = {
    "ZZ0010100": 70_000, "ZZ0030100": 50_000, "ZZ0050100": 15_000,
    "ZZ0070100": 12_000, "ZZ0090100": 0,
}  # fmt: skip
PLACE_RESIDENTS = {"9900300": 40_000, "9900301": 10_000, "9901100": 500, "99011": 1_500}
"""Places of agencies that police several; those of Birch's sheriff are not all known."""


def sheriff(county: str) -> str:
    """Return the ORI of a county's sheriff."""
    return f"ZZ{county[2:]}0000"


def write_boundaries(folder: Path) -> None:
    _write_state(folder / "pomona")
    _write_context(folder / "context")


def _write_state(folder: Path) -> None:
    folder.mkdir(parents=True)
    always = {"valid_from": None, "valid_to": None}
    write_geojson(
        folder / "counties.geojson",
        [
            ({"id": key, "name": name, "kind": "county", "parent": None, **always}, polygon(*rings))
            for key, (name, rings) in COUNTIES.items()
        ],
    )
    write_geojson(folder / "agencies.geojson", _agencies())
    write_csv(
        folder / "aliases.csv",
        ["layer", "id", "scheme", "alias", "valid_from", "valid_to"],
        [
            ["counties", "99001", "name", "Old Alder", "", ""],
            *(["agencies", key, "number", f"{key[2:5]}1", "", ""] for key in CITIES
              if key != "ZZ0070100"),
            *(["agencies", sheriff(key), "number", f"{key[2:]}0", "", ""] for key in COUNTIES),
            ["agencies", sheriff("99007"), "number", "0071", "", "2012-12-31"],
            ["agencies", "ZZ0070100", "number", "0071", "2013-01-01", ""],
            ["agencies", "ZZ0019900", "number", "0019", "", ""],
            ["agencies", "ZZ0039900", "number", "0039", "", ""],
        ],
    )  # fmt: skip
    write_csv(
        folder / "served_by.csv",
        ["place", "place_name", "layer", "agency", "valid_from", "valid_to", "note",
         "parent", "share"],
        _served_by(),
    )  # fmt: skip
    write_csv(
        folder / "place_population.csv",
        ["place", "year", "population", "source"],
        [
            [place, year, base * (100 + year - YEARS[0]) // 100, "survey"]
            for place, base in PLACE_RESIDENTS.items()
            for year in YEARS
        ],
    )
    write_csv(
        folder / "population.csv",
        ["layer", "id", "year", "series", "population", "source"],
        _population(),
    )
    write_descriptor(
        folder,
        {
            "name": "pomona",
            "title": "Pomona",
            "licenses": [{"title": "Public domain"}],
            "sources": [{"title": "Pomona survey", "path": "https://survey.example/"}],
            "resources": [*_layers(), *_tables()],
        },
    )


def _served_by() -> list[list[Any]]:
    birch, hill = "ZZ0030100", ["9900301", "Birch Hill", "agencies"]
    rows = [
        ["9900700", "Damson City", "agencies", sheriff("99007"), "", "2012-12-31", ""],
        ["9900700", "Damson City", "agencies", "ZZ0070100", "2013-01-01", "", "own police"],
        ["99007", "Damson (unincorporated)", "agencies", sheriff("99007"), "", "", ""],
        ["9901100", "Firth", "agencies", sheriff("99011"), "", "", ""],
        ["99011", "Fir (unincorporated)", "agencies", sheriff("99011"), "", "", ""],
        ["9900300", "Birchfield", "agencies", birch, "", "", ""],
        [*hill, birch, "", "2014-12-31", "contract ended"],
        [*hill, sheriff("99003"), "2015-01-01", "", "contract ended"],
        ["99003", "Birch (unincorporated)", "agencies", sheriff("99003"), "", "", ""],
    ]
    return [
        *([*row, "", ""] for row in rows),
        ["9900190", "Alder line", "agencies", "ZZ0039900", "", "", "", "99001", 0.25],
        ["9900390", "Birch line", "agencies", "ZZ0039900", "", "", "", "99003", 0.75],
    ]


def _agencies() -> list[tuple[dict[str, Any], Any]]:
    def properties(key: str, name: str, kind: str, parent: str, since: str | None = None):
        return {"id": key, "name": name, "kind": kind, "parent": parent, "valid_from": since,
                "valid_to": None}  # fmt: skip

    agencies = []
    for county, (name, rings) in COUNTIES.items():
        cut = [ring[::-1] for _, (_, place, ring) in CITIES.items() if place == county]
        shape = polygon(*rings, *cut)
        agencies.append(
            (properties(sheriff(county), f"{name} County Sheriff", "sheriff", county), shape)
        )
    for key, (name, county, ring) in CITIES.items():
        since = "2013-01-01" if name == "Damson City" else None
        agencies.append((properties(key, f"{name} Police", "police", county, since), polygon(ring)))
    agencies.append((properties("ZZ0110100", "Firth Police", "police", "99011"), None))
    agencies.append((properties("ZZ0019900", "Alder State University", "campus", "99001"), None))
    station = {"type": "Point", "coordinates": [-96.8, 41.2]}
    agencies.append((properties("ZZ0039900", "Birch Valley Transit", "transit", "99003"), station))
    return agencies


def _population() -> list[list[Any]]:
    """Return residents growing by one in a hundred a year, the agencies' adding up.

    By day there are a tenth more in the cities and, but in 2013, a fifth more in the counties.
    """
    rows: list[list[Any]] = []
    for series, year in product(("residents", "daytime"), YEARS):
        if series == "daytime" and year == YEARS[0]:
            continue
        growth = 100 + year - YEARS[0]
        more = {"residents": (10, 10), "daytime": (11, 12)}[series]
        for county, base in COUNTY_RESIDENTS.items():
            whole, cities = base * growth // 100 * more[1] // 10, 0
            rows.append(["counties", county, year, series, whole, "survey"])
            for key, (_, place, _) in CITIES.items():
                if place != county or (key == "ZZ0090100" and year > 2014):
                    continue
                held = CITY_RESIDENTS[key] * growth // 100 * more[0] // 10
                cities += held
                rows.append(["agencies", key, year, series, held, "survey"])
            rest = whole - cities
            rows.append(["agencies", sheriff(county), year, series, rest, "difference"])
    return rows


def _layers() -> list[dict[str, Any]]:
    provenance = {"vintage": "2016", "authority": "Pomona Survey", "product": "Boundaries"}
    return [
        {
            "name": "counties", "title": "Counties", "path": "counties.geojson",
            "mapsvc": {
                "role": "layer", "layer": "counties", "singular": "county", "id_scheme": "geoid",
                **provenance, "valid_from": None, "valid_to": None, "max_zoom": 6,
                "kinds": {"county": {"title": "County", "residents": True}},
            },
        },
        {
            "name": "agencies", "title": "Law enforcement agencies", "path": "agencies.geojson",
            "mapsvc": {
                "role": "layer", "layer": "agencies", "singular": "agency", "id_scheme": "ori",
                **provenance, "valid_from": "2010-01-01", "valid_to": None, "max_zoom": 7,
                "partition_of": "counties",
                "kinds": {
                    "police": {"title": "Municipal police", "residents": True},
                    "sheriff": {"title": "Sheriff", "residents": True},
                    "campus": {"title": "Campus police", "residents": False},
                    "transit": {"title": "Transit police", "residents": False},
                },
            },
        },
    ]  # fmt: skip


def _tables() -> list[dict[str, Any]]:
    survey = {"authority": "Pomona Survey", "product": "Estimates", "vintage": "2017",
              "url": "https://survey.example/estimates"}  # fmt: skip
    difference = {**survey, "product": "Estimates: the county's less its cities'"}
    return [
        {"name": "aliases", "path": "aliases.csv", "mapsvc": {"role": "aliases"}},
        {"name": "served_by", "path": "served_by.csv", "mapsvc": {"role": "served_by"}},
        {
            "name": "population",
            "path": "population.csv",
            "mapsvc": {
                "role": "population",
                "sources": {"survey": survey, "difference": difference},
            },
        },
        {
            "name": "place_population",
            "path": "place_population.csv",
            "mapsvc": {"role": "place_population", "sources": {"survey": survey}},
        },
    ]


def _write_context(folder: Path) -> None:
    folder.mkdir(parents=True)
    write_geojson(folder / "land.geojson", [({}, polygon(box(-104, 38, -90, 46)))])
    write_geojson(
        folder / "states.geojson",
        [({"name": "Neighbouring State"}, polygon(box(-104, 38, -100, 46)))],
    )
    write_geojson(
        folder / "lakes.geojson", [({"name": "Long Lake"}, polygon(box(-98.9, 40.2, -98.4, 40.3)))]
    )
    write_geojson(
        folder / "places.geojson",
        [
            (
                {"name": name, "rank": rank, "population": CITY_RESIDENTS[key]},
                {"type": "Point", "coordinates": [ring[0][0] + 0.2, ring[0][1] + 0.2]},
            )
            for rank, (key, (name, _, ring)) in enumerate(CITIES.items(), 1)
        ],
    )
    layers = ("land", "states", "lakes", "places")
    write_descriptor(
        folder,
        {
            "name": "context",
            "title": "The ground under the map",
            "resources": [
                {
                    "name": layer,
                    "path": f"{layer}.geojson",
                    "mapsvc": {"role": "context", "layer": layer},
                }
                for layer in layers
            ],
        },
    )
