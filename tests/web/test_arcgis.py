"""Laws of the ArcGIS layout: the tiles of the tile service, row before column."""

import json
import math
from urllib.parse import urljoin, urlsplit

import pytest

from tests.clients.node import style_faults
from tests.synthetic_release import COUNT, MAX_ZOOM, RATE

ROOT = "/arcgis/rest/services"
COUNTIES = f"{ROOT}/counties/VectorTileServer"
SERVICES = {
    COUNTIES: "/tiles/counties",
    f"{ROOT}/agencies/VectorTileServer": "/tiles/agencies",
    f"{ROOT}/counties/{RATE}/2014/VectorTileServer": f"/tiles/counties/{RATE}/2014",
    f"{ROOT}/counties/{COUNT}/2013/VectorTileServer": f"/tiles/counties/{COUNT}/2013",
}


def document(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    return json.loads(response.data)


@pytest.mark.parametrize(("service", "tiles"), SERVICES.items())
@pytest.mark.parametrize("place", [(5, 5, 12), (6, 10, 24), (0, 0, 0)])
def test_a_tile_is_that_of_the_tile_service(client, service, tiles, place):
    z, x, y = place
    headers = {"Accept-Encoding": "gzip"}
    own = client.get(f"{service}/tile/{z}/{y}/{x}.pbf", headers=headers)
    other = client.get(f"{tiles}/{z}/{x}/{y}.mvt", headers=headers)
    assert own.status_code == other.status_code == 200
    assert own.data == other.data
    assert own.content_type == "application/x-protobuf"
    assert own.headers["ETag"] == other.headers["ETag"]
    assert own.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("5/0/0.pbf", 204),
        ("7/0/0.pbf", 404),
        ("5/32/0.pbf", 404),
        ("05/12/5.pbf", 404),
        ("5/12/%2e%2e.pbf", 404),
    ],
)
def test_an_empty_tile_is_no_content_and_an_impossible_one_not_found(client, path, status):
    assert client.get(f"{COUNTIES}/tile/{path}").status_code == status


def test_what_arcgis_adds_to_an_address_does_no_harm(client):
    assert client.get(f"{COUNTIES}/tile/5/12/5.pbf?cacheKey=1").status_code == 200
    assert client.get(f"{COUNTIES}?f=json&returnAdvancedOptions=true").status_code == 200


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_describes_its_tiles(client, service):
    found = document(client, f"{service}?f=json")
    assert found["tiles"] == ["tile/{z}/{y}/{x}.pbf"]
    assert found["exportTilesAllowed"] is False
    assert found["capabilities"] == "TilesOnly"
    assert found["fullExtent"]["spatialReference"]["wkid"] == 102100
    template = urljoin(f"{service}/", found["tiles"][0])
    assert client.get(template.format(z=5, y=12, x=5)).status_code == 200
    lods = found["tileInfo"]["lods"]
    assert [lod["level"] for lod in lods] == list(range(MAX_ZOOM + 1))
    assert found["maxzoom"] == MAX_ZOOM


def test_the_levels_are_those_of_web_mercator_in_tiles_of_512_pixels(client):
    info = document(client, COUNTIES)["tileInfo"]
    around = 2 * math.pi * 6378137
    for lod in info["lods"]:
        assert math.isclose(lod["resolution"] * 512 * 2 ** lod["level"], around, rel_tol=1e-9)
        assert math.isclose(lod["scale"], lod["resolution"] * 96 * 39.37, rel_tol=1e-9)
    assert math.isclose(info["origin"]["y"], around / 2, rel_tol=1e-9)


def test_the_extent_is_that_of_the_layer_in_metres(client):
    extent = document(client, COUNTIES)["fullExtent"]
    metres = 6378137 * math.pi / 180
    assert math.isclose(extent["xmin"], -122 * metres, rel_tol=1e-9)
    assert math.isclose(extent["xmax"], -119 * metres, rel_tol=1e-9)
    assert extent["ymin"] < extent["ymax"]


@pytest.mark.parametrize("service", SERVICES)
def test_the_style_is_valid_and_its_addresses_lead_to_the_service(client, service):
    described = document(client, service)
    address = f"{service}/{described['defaultStyles']}/root.json"
    style = document(client, address)
    assert style_faults([style]) == []
    assert list(style["sources"]) == ["esri"]
    assert urlsplit(style["sources"]["esri"]["url"]).path == service
    assert {layer["source"] for layer in style["layers"]} == {"esri"}
    sprite = urljoin(address, style["sprite"])
    for ratio in ("", "@2x"):
        assert document(client, f"{sprite}{ratio}.json")
        assert client.get(f"{sprite}{ratio}.png").data.startswith(b"\x89PNG")


def test_every_service_of_the_list_is_there(client):
    listed = document(client, f"{ROOT}?f=json")["services"]
    assert {item["name"] for item in listed} >= {"counties", "agencies"}
    for item in listed:
        assert document(client, f"{ROOT}/{item['name']}/{item['type']}?f=json")["name"]
    assert document(client, "/arcgis/rest/info?f=json")["authInfo"] == {
        "isTokenBasedSecurity": False
    }


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{ROOT}/nothing/VectorTileServer", 404),
        (f"{ROOT}/counties/{RATE}/1999/VectorTileServer", 404),
        (f"{COUNTIES}?f=html", 400),
        (f"{COUNTIES}/resources/sprites/sprite@3x.png", 404),
        (f"{ROOT}/nothing/VectorTileServer/resources/sprites/sprite.png", 404),
        (f"{ROOT}/nothing/VectorTileServer/resources/styles/root.json", 404),
        (f"{ROOT}/nothing/VectorTileServer/tile/0/0/0.pbf", 404),
    ],
)
def test_what_is_not_there_is_a_problem(client, path, status):
    response = client.get(path)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
