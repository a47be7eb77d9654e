"""GDAL reads the tiles, the archive and the features: its own programs, pyogrio and geopandas."""

import json
import math

import geopandas as gpd
import pyogrio
import pytest
import shapely

from mapsvc.web import ogc_urls, urls
from tests.clients.conftest import files
from tests.clients.views import CALIFORNIA, TO_MERCATOR

ZOOM = 6


def tiles(service, zoom=ZOOM):
    """Return GDAL's name of the folder of tiles of a zoom, and the options that it needs."""
    described = urls.tilejson_url(CALIFORNIA.layer, CALIFORNIA.indicator, CALIFORNIA.period)
    folder = service.json(described)["tiles"][0].removesuffix("/{z}/{x}/{y}.mvt")
    options = {"METADATA_FILE": service.base + described, "TILE_EXTENSION": "mvt"}
    return f"MVT:{folder}/{zoom}", options


def expected(service):
    """Return the places of the view without its group, which a folder of tiles cannot name."""
    everyone = type(CALIFORNIA)(**{**vars(CALIFORNIA), "group": None})
    return {place.id: place for place in everyone.places(service)}


def said(row):
    """Return what a feature that GDAL has read says; it reads every number as a real one."""
    own = {name: value for name, value in row.items() if name not in ("mvt_id", "geometry")}
    return {
        name: value
        for name, value in own.items()
        if value is not None and not (isinstance(value, float) and math.isnan(value))
    }


@pytest.mark.clients
def test_ogrinfo_reads_the_tiles_of_a_zoom(state, program):
    name, options = tiles(state)
    opened = [part for key, value in options.items() for part in ("-oo", f"{key}={value}")]
    text = program("ogr2ogr", "-f", "GeoJSON", "/vsistdout/", name, "counties", *opened).stdout
    places = expected(state)
    found = json.loads(text)["features"]
    assert {feature["properties"]["id"] for feature in found} == set(places)
    for feature in found:
        place = places[feature["properties"]["id"]]
        assert said(feature["properties"]) == place.properties
        assert feature["properties"]["mvt_id"] == int(place.id)
    about = program("ogrinfo", "-ro", "-so", name, "counties", *opened)
    assert "Pseudo-Mercator" in about.stdout
    assert "Warning" not in about.stdout + about.stderr


@pytest.mark.clients
def test_ogrinfo_reads_a_tile_from_a_file(state, program, tmp_path):
    """As it stands on the disk of whoever fetched it, without its address."""
    place = next(iter(expected(state).values()))
    x, y = tile_of(place, ZOOM)
    path = urls.tile_template(CALIFORNIA.layer, CALIFORNIA.indicator, CALIFORNIA.period)
    file = tmp_path / "tile.mvt"
    file.write_bytes(state.read(path.format(z=ZOOM, x=x, y=y)))
    where = [part for key, value in (("Z", ZOOM), ("X", x), ("Y", y))
             for part in ("-oo", f"{key}={value}")]  # fmt: skip
    degrees = ("-t_srs", "EPSG:4326", "-lco", "RFC7946=YES")
    out = ("-f", "GeoJSON", *degrees, "/vsistdout/")
    text = program("ogr2ogr", *out, file, "counties", *where).stdout
    found = {each["properties"]["id"]: each for each in json.loads(text)["features"]}
    assert said(found[place.id]["properties"]) == place.properties
    shape = shapely.geometry.shape(found[place.id]["geometry"])
    assert shapely.contains_xy(shape, *place.spot[:2])


def tile_of(place, zoom):
    """Return the column and row of the tile in which the middle of a place lies."""
    count = 2**zoom
    latitude = math.radians(place.spot.latitude)
    x = (place.spot.longitude + 180) / 360 * count
    y = (1 - math.asinh(math.tan(latitude)) / math.pi) / 2 * count
    return int(x), int(y)


def test_pyogrio_reads_the_tiles_of_a_zoom(state):
    name, options = tiles(state)
    frame = pyogrio.read_dataframe(name, layer="counties", **options)
    places = expected(state)
    assert frame.crs == "EPSG:3857"
    assert set(frame["id"]) == set(places)
    for row in frame.to_dict("records"):
        assert said(row) == places[row["id"]].properties
    merged = frame.dissolve("id").geometry
    for identifier, shape in merged.items():
        place = places[identifier]
        whole = shapely.transform(place.geometry, TO_MERCATOR, interleaved=False)
        if whole.area > 1e9:
            apart = shapely.area(shapely.symmetric_difference(shapely.make_valid(shape), whole))
            assert apart < 0.03 * whole.area, place.properties["name"]


@pytest.mark.parametrize("layer", ["counties", "agencies"])
def test_geopandas_reads_the_archive_by_ranges(state, layer):
    """From a plain file server, of which GDAL asks parts of the archive only."""
    archive = state.atlas / "current" / "tiles" / f"{layer}.pmtiles"
    with files(archive.parent) as address:
        frame = gpd.read_file(f"/vsicurl/{address}/{archive.name}", layer=layer, ZOOM_LEVEL=ZOOM)
    assert_mapped(state, frame, layer)


@pytest.mark.parametrize("layer", ["counties", "agencies"])
def test_geopandas_reads_the_archive_of_the_service(state, layer):
    name = f"/vsicurl/{state.base}{urls.pmtiles_url(layer)}"
    assert_mapped(state, gpd.read_file(name, layer=layer, ZOOM_LEVEL=ZOOM), layer)


def assert_mapped(service, frame, layer):
    known = service.json(urls.api_jurisdiction_url(layer))["jurisdictions"]
    names = {each["id"]: each["name"] for each in known}
    info = next(each for each in service.json(urls.api_url())["layers"] if each["key"] == layer)
    assert frame["id"].nunique() == info["mapped"]
    assert frame.crs == "EPSG:3857"
    for identifier, name in zip(frame["id"], frame["name"], strict=True):
        assert names[identifier] == name


def test_geopandas_reads_the_features_of_the_ogc_api(state):
    frame = gpd.read_file(f"OAPIF:{state.base}{ogc_urls.ogc_url()}", layer="counties")
    assert_features(state, frame)


@pytest.mark.clients
def test_ogr2ogr_reads_the_features_of_the_ogc_api(state, program, tmp_path):
    file = tmp_path / "counties.geojson"
    source = f"OAPIF:{state.base}{ogc_urls.ogc_url()}"
    program("ogr2ogr", "-f", "GeoJSON", file, source, "counties")
    assert_features(state, gpd.read_file(file))


def assert_features(service, frame):
    places = expected(service)
    assert set(frame["id"]) == set(places)
    assert frame.crs.to_authority() in (("OGC", "CRS84"), ("EPSG", "4326"))
    for row in frame.to_dict("records"):
        place = places[row["id"]]
        assert row["name"] == place.properties["name"]
        apart = shapely.symmetric_difference(row["geometry"], place.geometry)
        assert apart.area <= 1e-6 * place.geometry.area
