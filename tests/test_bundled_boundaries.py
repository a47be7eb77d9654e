"""The laws that the committed boundaries obey, read from the committed files alone."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import defaultdict
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

BOUNDARIES = Path(__file__).resolve().parents[1] / "boundaries"
CALIFORNIA = BOUNDARIES / "california"
GEOD = pyproj.Geod(ellps="WGS84")


@cache
def descriptor(region: str) -> dict[str, Any]:
    return json.loads((BOUNDARIES / region / "datapackage.json").read_text(encoding="utf-8"))


@cache
def layer(name: str) -> gpd.GeoDataFrame:
    return gpd.read_parquet(CALIFORNIA / f"{name}.parquet")


@cache
def territory() -> gpd.GeoDataFrame:
    """The agencies that have land."""
    frame = layer("agencies")
    return frame[shapely.get_dimensions(frame.geometry.values) == 2]


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    with (CALIFORNIA / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream, strict=True))


@cache
def areas(name: str) -> dict[str, float]:
    """Geodesic areas in square metres by id."""
    frame = layer(name) if name == "counties" else territory()
    measured = (abs(GEOD.geometry_area_perimeter(shape)[0]) for shape in frame.geometry)
    return dict(zip(frame["id"], measured, strict=True))


def resource(name: str) -> dict[str, Any]:
    return next(r for r in descriptor("california")["resources"] if r["name"] == name)


@pytest.mark.parametrize("region", ["california", "context"])
def test_every_file_has_the_hash_that_its_descriptor_gives(region: str) -> None:
    for entry in descriptor(region)["resources"]:
        content = (BOUNDARIES / region / entry["path"]).read_bytes()
        assert entry["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}", entry["path"]


@pytest.mark.parametrize("region", ["california", "context"])
def test_every_layer_says_where_it_comes_from(region: str) -> None:
    for entry in descriptor(region)["resources"]:
        if entry["mapsvc"]["role"] in ("layer", "context"):
            assert all(entry["mapsvc"][key] for key in ("authority", "product", "vintage"))
            assert entry["licenses"]
            assert entry["sources"]


def test_all_boundary_files_together_stay_small() -> None:
    files = [path for path in BOUNDARIES.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 3_200_000


def test_counties_are_the_58_of_california() -> None:
    counties = layer("counties")
    assert len(counties) == 58
    assert counties["id"].is_unique
    assert counties["id"].str.fullmatch("06[0-9]{3}").all()
    assert set(counties["kind"]) == {"county"}


def test_agencies_are_unique_and_named_by_their_ori() -> None:
    agencies = layer("agencies")
    assert len(agencies) >= 743
    assert agencies["id"].is_unique
    assert agencies["id"].str.fullmatch("CA[0-9A-Z]{7}").all()
    assert agencies["name"].str.len().gt(0).all()


@pytest.mark.parametrize("name", ["counties", "agencies"])
def test_every_kind_is_declared_and_every_declared_kind_is_used(name: str) -> None:
    assert set(layer(name)["kind"]) == set(resource(name)["mapsvc"]["kinds"])


def test_every_parent_is_a_county_and_only_tribes_have_none() -> None:
    agencies = layer("agencies")
    orphans = agencies[agencies["parent"].isna()]
    assert set(orphans["kind"]) <= {"tribal"}
    assert set(agencies["parent"].dropna()) == set(layer("counties")["id"])


def test_land_belongs_to_police_and_sheriffs_alone() -> None:
    assert set(territory()["kind"]) == {"police", "sheriff"}
    police = layer("agencies").query("kind == 'police'")
    assert set(police["id"]) <= set(territory()["id"])


def test_every_sheriff_but_san_francisco_has_land() -> None:
    sheriffs = layer("agencies").query("kind == 'sheriff'")
    assert len(sheriffs) == 58
    assert set(sheriffs["id"]) - set(territory()["id"]) == {"CA0380000"}


def test_points_lie_in_california_or_just_outside_and_no_two_agencies_share_one() -> None:
    agencies = layer("agencies")
    points = agencies.geometry[agencies.geom_type == "Point"].to_crs(3310)
    state = shapely.union_all(layer("counties").to_crs(3310).geometry.values)
    assert shapely.dwithin(state, points.values, 10_000).all()
    assert not points.duplicated().any()


@pytest.mark.parametrize("name", ["counties", "agencies"])
def test_every_polygon_is_valid_in_longitude_and_latitude(name: str) -> None:
    frame = layer("counties") if name == "counties" else territory()
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry.is_valid.all()
    assert not frame.geometry.is_empty.any()


def test_agencies_share_their_borders_point_by_point_across_county_lines_too() -> None:
    assert shapely.coverage_is_valid(territory().geometry.values)
    assert shapely.coverage_is_valid(layer("counties").geometry.values)


def test_no_two_agencies_overlap_by_more_than_1000_square_metres() -> None:
    shapes = territory().to_crs(3310).geometry.values
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first < second
    overlap = shapely.area(shapely.intersection(shapes[first[pairs]], shapes[second[pairs]]))
    assert overlap.max() < 1_000


def test_a_county_has_the_area_of_its_agencies_within_a_hundredth_of_a_percent() -> None:
    total: dict[str, float] = defaultdict(float)
    for agency, parent in zip(territory()["id"], territory()["parent"], strict=True):
        total[parent] += areas("agencies")[agency]
    assert set(total) == set(areas("counties"))
    for county, area in areas("counties").items():
        assert total[county] == pytest.approx(area, rel=1e-4), county


def test_california_has_the_area_that_the_census_measures() -> None:
    """Land 403,501 km² (2010 Census gazetteer) and inland water some 7,400 more."""
    assert 405e9 < sum(areas("counties").values()) < 425e9


def test_no_detached_piece_is_a_sliver() -> None:
    pieces = shapely.get_parts(territory().to_crs(3310).geometry.values)
    assert shapely.area(pieces).min() > 900


def test_no_sheriff_has_a_detached_piece_under_a_hectare_on_its_county_line() -> None:
    sheriffs = territory().query("kind == 'sheriff'")
    lines = dict(zip(layer("counties")["id"], layer("counties").boundary, strict=True))
    small = []
    for parent, shape in zip(sheriffs["parent"], sheriffs.geometry, strict=True):
        parts = shapely.get_parts(shape)
        measured = gpd.GeoSeries(parts, crs=4326).to_crs(3310).area.to_numpy()
        edge = shapely.dwithin(lines[parent], parts, 1e-6)
        small += [area for area in measured[edge] if area < 10_000]
    assert small == []


def test_an_alias_means_one_jurisdiction_in_its_scheme() -> None:
    seen: dict[tuple[str, str, str], str] = {}
    ids = {name: set(layer(name)["id"]) for name in ("counties", "agencies")}
    for row in table("aliases"):
        assert row["id"] in ids[row["layer"]]
        alias = row["alias"]
        if row["scheme"] == "name":
            alias = re.sub(r"[\W_]+", "", alias.lower())
        key = (row["layer"], row["scheme"], alias)
        assert seen.setdefault(key, row["id"]) == row["id"], key


def test_no_alias_is_the_name_of_another_agency() -> None:
    named = {
        re.sub(r"[\W_]+", "", name.lower()): ori
        for name, ori in zip(layer("agencies")["name"], layer("agencies")["id"], strict=True)
    }
    assert len(named) == len(layer("agencies"))
    for row in table("aliases"):
        if row["layer"] == "agencies" and row["scheme"] == "name":
            assert re.sub(r"[\W_]+", "", row["alias"].lower()) not in named


@pytest.mark.parametrize(
    ("number", "ori"),
    [("390200", "CA0390200"), ("333200", "CA033320X"), ("192U00", "CA0192U0X")],
)
def test_the_number_of_the_state_finds_the_agency_of_the_fbi(number: str, ori: str) -> None:
    found = [row for row in table("aliases") if row["alias"] == number]
    assert [(row["scheme"], row["id"]) for row in found] == [("agency_number", ori)]


def test_every_agency_has_its_seven_character_ori_and_every_county_its_slug() -> None:
    short = {row["id"]: row["alias"] for row in table("aliases") if row["scheme"] == "ori7"}
    assert short == {ori: ori[:7] for ori in layer("agencies")["id"]}
    slugs = {row["id"]: row["alias"] for row in table("aliases") if row["scheme"] == "slug"}
    assert slugs["06037"] == "los-angeles"
    assert set(slugs) == set(layer("counties")["id"])


def test_every_city_and_every_county_is_policed_by_a_known_agency() -> None:
    places = {row["place"] for row in table("served_by")}
    assert sum(len(place) == 7 for place in places) == 482
    assert {place for place in places if len(place) == 5} == set(layer("counties")["id"])
    known = set(layer("agencies")["id"])
    assert {row["agency"] for row in table("served_by")} <= known
    assert {row["layer"] for row in table("served_by")} == {"agencies"}


def test_one_agency_at_a_time_polices_a_place() -> None:
    spans = defaultdict(list)
    for row in table("served_by"):
        spans[row["place"]].append((row["valid_from"], row["valid_to"] or "9999-12-31"))
    for place, dates in spans.items():
        for (_, last), (first, _) in pairwise(sorted(dates)):
            assert last < first, place


def test_the_agency_that_polices_a_city_at_the_end_of_2023_has_land_there() -> None:
    """Only Lathrop, whose new department has no ORI, has nobody then."""
    day = "2023-12-31"
    served = {
        row["place"]: row["agency"]
        for row in table("served_by")
        if (row["valid_from"] or "0") <= day <= (row["valid_to"] or "9")
    }
    assert {row["place_name"] for row in table("served_by") if row["place"] not in served} == {
        "Lathrop"
    }
    assert set(served.values()) == set(territory()["id"])


def test_a_figure_of_population_is_given_once_and_by_a_named_source() -> None:
    keys = [(row["layer"], row["id"], row["year"], row["series"]) for row in table("population")]
    assert len(set(keys)) == len(keys)
    sources = resource("population")["mapsvc"]["sources"]
    assert {row["source"] for row in table("population")} == set(sources)
    for source in sources.values():
        assert all(source[key] for key in ("authority", "product", "vintage", "url"))
    assert min(int(row["population"]) for row in table("population")) > 0


def test_residents_of_agencies_add_up_to_their_county_in_every_year() -> None:
    parent = dict(zip(layer("agencies")["id"], layer("agencies")["parent"], strict=True))
    counties: dict[tuple[str, str], int] = {}
    total: dict[tuple[str, str], int] = defaultdict(int)
    for row in table("population"):
        if row["layer"] == "counties":
            counties[row["id"], row["year"]] = int(row["population"])
        else:
            total[parent[row["id"]], row["year"]] += int(row["population"])
    assert len(total) == 58 * len(range(1995, 2025))
    assert dict(total) == {key: counties[key] for key in total}


def test_every_county_has_residents_in_every_year_and_every_territory_since_2018() -> None:
    years = defaultdict(set)
    for row in table("population"):
        years[row["id"]].add(int(row["year"]))
    assert all(years[county] == set(range(1980, 2025)) for county in layer("counties")["id"])
    assert all(set(range(2018, 2025)) <= years[ori] for ori in territory()["id"])


def test_alameda_county_had_1614744_residents_in_2014() -> None:
    [row] = [
        row
        for row in table("population")
        if (row["layer"], row["id"], row["year"]) == ("counties", "06001", "2014")
    ]
    assert (row["population"], row["series"]) == ("1614744", "residents")


def test_cities_whose_figures_the_publisher_swapped_stand_in_their_own_row() -> None:
    figures = {(row["id"], int(row["year"])): int(row["population"]) for row in table("population")}
    for year in range(2018, 2025):
        assert figures["CA0431100", year] > 75_000, "Mountain View"
        assert figures["CA0470600", year] < 4_000, "Mount Shasta"
        assert figures["CA0130600", year] < 25_000, "Imperial"


@pytest.mark.parametrize("name", ["land", "states", "lakes", "places"])
def test_the_ground_under_the_map_is_there(name: str) -> None:
    frame = gpd.read_parquet(BOUNDARIES / "context" / f"{name}.parquet")
    assert frame.crs.to_epsg() == 4326
    assert len(frame) > 0
    assert frame.geometry.is_valid.all()
    dimension = 0 if name == "places" else 2
    assert np.all(shapely.get_dimensions(frame.geometry.values) == dimension)
    if name == "places":
        assert {"name", "rank", "population"} <= set(frame.columns)
