"""Derives ``boundaries/california`` and ``boundaries/context`` from the public records.

Run as ``python -m derivations.california.boundaries SOURCES_DIR``; the same bytes each time.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry

from derivations.california import decisions, population
from derivations.california.agencies import (
    KINDS,
    Agency,
    City,
    agencies,
    alias_rows,
    existence,
    served_by_rows,
)
from derivations.california.common import (
    COUNTIES_FILE,
    PROJECT,
    county_names,
    hash_of,
    sources_folder,
    write_csv,
    write_geoparquet,
    write_json,
)
from derivations.california.context import write_context
from derivations.california.coverage import Claim, Coverage, cover, in_metres, polygons_of

CITIES_FILE = "boundaries/ca_cities_482.geojson"

POINT_TOLERANCE = 10_000.0
"""Metres that an agency's coordinates may lie outside its county; some offices do."""

COLUMNS = ("id", "name", "kind", "parent", "valid_from", "valid_to")

TABLES: dict[str, dict[str, Any]] = {
    "aliases": {
        "title": "Other names and codes of counties and agencies",
        "fields": ("layer", "id", "scheme", "alias", "valid_from", "valid_to"),
    },
    "served_by": {
        "title": "Who polices each city and each county's unincorporated land",
        "fields": ("place", "place_name", "layer", "agency", "valid_from", "valid_to", "note"),
    },
    "population": {
        "title": "Residents by jurisdiction and year",
        "fields": ("layer", "id", "year", "series", "population", "source"),
    },
    "place_population": {
        "title": "Residents of the places of agencies that police several, by year",
        "fields": ("place", "year", "population", "source"),
    },
}
FIELD_TYPES = {"year": "year", "population": "integer"}
TABLE_SOURCES = {
    "population": population.SOURCES,
    "place_population": population.PLACE_SOURCES,
}


def read_polygons(path: Path) -> list[tuple[dict[str, str], BaseGeometry]]:
    """Return the properties and the polygons of a GeoJSON file, sorted by GEOID."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    pairs = [(f["properties"], polygons_of(shape(f["geometry"]))) for f in features]
    return sorted(pairs, key=lambda pair: pair[0]["GEOID"])


def territories(
    sources: Path, everyone: list[Agency], cities: list[tuple[dict[str, str], BaseGeometry]]
) -> Coverage:
    """Divide the counties between police departments and sheriffs.

    Where two cities overlap, the detailed TIGER/Line polygon keeps the land against one of the
    generalised 2023 file; between two of the same file, the smaller city does.
    """
    counties = {p["GEOID"]: outline for p, outline in read_polygons(sources / COUNTIES_FILE)}
    owner = {geoid: agency.ori for agency in everyone for geoid in agency.cities}
    claims = []
    for properties, outline in cities:
        geoid = properties["GEOID"]
        if geoid in owner:
            generalised = int(not properties["src"].startswith("TIGER"))
            rank = (generalised, float(in_metres(outline).area))
            claims.append(Claim(owner[geoid], properties["county_geoid"], outline, rank))
    remainder = {a.county: a.ori for a in everyone if a.county and a.kind == "sheriff"}
    return cover(counties, claims, remainder | decisions.CITY_COUNTIES)


def agency_points(everyone: list[Agency], counties: dict[str, BaseGeometry]) -> dict[str, Point]:
    """Return the coordinates that can be believed, by ORI.

    The FBI list gives one point to many agencies where it does not know better (a county's
    midpoint, a sheriff's headquarters, one railroad office for the state); a shared point says
    nothing of where an agency sits. Neither does one far outside the agency's county.
    """
    points = [agency.point for agency in everyone]
    found = {ori: Point(seat) for ori, seat in decisions.SEATS.items()}
    for agency in everyone:
        if agency.ori in found or agency.point is None or points.count(agency.point) > 1:
            continue
        if agency.ori in decisions.STANDS_FOR_A_PLACE or agency.county is None:
            continue
        point = Point(agency.point)
        if in_metres(counties[agency.county]).distance(in_metres(point)) <= POINT_TOLERANCE:
            found[agency.ori] = point
    return found


def layer_frame(rows: list[tuple[Any, ...]]) -> gpd.GeoDataFrame:
    """Return a layer from rows of its ``COLUMNS`` and geometry."""
    frame = pd.DataFrame([row[:-1] for row in rows], columns=list(COLUMNS))
    geometry = gpd.GeoSeries([row[-1] for row in rows], crs=4326)
    return gpd.GeoDataFrame(frame.astype("string"), geometry=geometry)


def write_boundaries(sources: Path, folder: Path) -> dict[str, float]:
    """Write the layers, the tables and the descriptor; returns what the cleaning did."""
    outlines = read_polygons(sources / CITIES_FILE)
    cities = [City(p["GEOID"], p["NAME"], p["county_geoid"]) for p, _ in outlines]
    everyone = agencies(sources, cities)
    land = territories(sources, everyone, outlines)
    points = agency_points(everyone, land.counties)
    names = county_names(sources)
    write_geoparquet(
        layer_frame([(g, names[g], "county", None, None, None, land.counties[g]) for g in names]),
        folder / "counties.parquet",
    )
    served = served_by_rows(sources, everyone, cities)
    always = (None, None)
    dates = existence(served)
    placed = [(a, land.agencies.get(a.ori, points.get(a.ori))) for a in everyone]
    write_geoparquet(
        layer_frame(
            [
                (a.ori, a.name, a.kind, a.county, *dates.get(a.ori, always), where)
                for a, where in placed
            ]
        ),
        folder / "agencies.parquet",
    )
    rows: dict[str, Any] = {
        "aliases": alias_rows(sources, everyone),
        "served_by": served,
        "population": population.population_rows(sources, everyone, cities),
        "place_population": population.place_rows(sources, served, cities),
    }
    for name, table in TABLES.items():
        write_csv(folder / f"{name}.csv", table["fields"], rows[name])
    write_json(folder / "datapackage.json", descriptor(folder))
    polygons = np.array(list(land.agencies.values()))
    return {**land.figures, "vertices": float(shapely.get_num_coordinates(polygons).sum())}


def descriptor(folder: Path) -> dict[str, Any]:
    """Return the data package of the files written to ``folder``."""
    resources = [counties_resource(), agencies_resource()]
    for name, table in TABLES.items():
        fields = [{"name": f, "type": FIELD_TYPES.get(f, "string")} for f in table["fields"]]
        resource: dict[str, Any] = {
            "name": name,
            "title": table["title"],
            "path": f"{name}.csv",
            "schema": {"fields": fields, "missingValues": [""]},
            "mapsvc": {"role": name},
        }
        if name in TABLE_SOURCES:
            resource["mapsvc"]["sources"] = TABLE_SOURCES[name]
        resources.append(resource)
    for resource in resources:
        resource["hash"] = hash_of(folder / resource["path"])
    return {
        "name": "california",
        "title": "California",
        "description": "Counties and law enforcement agencies of California, who polices what, "
        "and how many residents each has. README.md tells how the agencies were made.",
        "resources": resources,
    }


def counties_resource() -> dict[str, Any]:
    """Return the descriptor of the layer of counties, without its hash."""
    return {
        "name": "counties",
        "title": "Counties",
        "path": "counties.parquet",
        "licenses": [{"name": "other-pd", "title": "Public domain"}],
        "sources": [
            {
                "title": "Cartographic boundary files",
                "path": "https://www.census.gov/geographies/mapping-files/time-series/geo/"
                "cartographic-boundary.html",
            }
        ],
        "mapsvc": {
            "role": "layer",
            "layer": "counties",
            "singular": "county",
            "id_scheme": "geoid",
            "vintage": "2016",
            "authority": "US Census Bureau",
            "product": "Cartographic boundary file, counties, 1:500,000",
            "changes": [
                "Attributes other than GEOID and name are dropped.",
                "Borders carry the points where the agencies' borders meet them, and lost vertices "
                "that bend a line by less than two metres.",
            ],
            "valid_from": None,
            "valid_to": None,
            "partition_of": None,
            "max_zoom": 10,
            "kinds": {"county": {"title": "County", "residents": True}},
        },
    }


def agencies_resource() -> dict[str, Any]:
    """Return the descriptor of the layer of agencies, without its hash."""
    without = [
        f"{name} has no polygon of its own: {reason}."
        for name, reason in sorted(decisions.POST_NOT_A_DEPARTMENT.items())
    ]
    return {
        "name": "agencies",
        "title": "Law enforcement agencies",
        "path": "agencies.parquet",
        "licenses": [
            {
                "name": "other-pd",
                "title": "Public domain (boundaries); public record (lists of agencies)",
            }
        ],
        "sources": [
            {"title": "FBI Crime Data Explorer, agencies", "path": "https://cde.ucr.cjis.gov/"},
            {
                "title": "TIGER/Line places 2019",
                "path": "https://www.census.gov/geographies/mapping-files/time-series/geo/"
                "tiger-line-file.html",
            },
            {
                "title": "Commission on Peace Officer Standards and Training, agencies",
                "path": "https://post.ca.gov/LE-Agencies",
            },
        ],
        "mapsvc": {
            "role": "layer",
            "layer": "agencies",
            "singular": "agency",
            "id_scheme": "ori",
            "vintage": "2023",
            "authority": "Derived from the US Census Bureau, the FBI and California POST",
            "product": "FBI agency list with TIGER/Line places 2019 (seven cities: cartographic "
            "boundary file 2023) for the departments of the POST list 2023",
            "changes": [
                "Cities are clipped to their county and fitted to its line, overlaps and slivers "
                "resolved; a sheriff has what the police departments leave.",
                "Coordinates that several agencies share, or that lie more than 10 km outside the "
                "county, are dropped.",
                "Two agencies are added that report deaths in custody but are not in the FBI list.",
                "An agency of which it is known when it policed a place exists in that time only.",
                *without,
            ],
            "valid_from": None,
            "valid_to": None,
            "partition_of": "counties",
            "max_zoom": 12,
            "kinds": KINDS,
        },
    }


def main() -> None:
    """Write both folders and say what the cleaning did."""
    sources = sources_folder()
    figures = write_boundaries(sources, PROJECT / "boundaries" / "california")
    write_context(sources, PROJECT / "boundaries" / "context")
    for name, figure in figures.items():
        print(f"{name}: {figure:.6g}")


if __name__ == "__main__":
    main()
