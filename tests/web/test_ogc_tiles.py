"""Laws of OGC API Tiles: the same tiles under other addresses, described as they are."""

import gzip

import morecantile
import pytest

from mapsvc.web import crs, tilematrix
from tests.synthetic_release import MAX_ZOOM
from tests.web.test_ogc_api import get, links_of

SET = "WebMercatorQuad"
MVT = "application/vnd.mapbox-vector-tile"


def tile(client, address, **headers):
    return client.get(address, headers={"Accept-Encoding": "gzip", **headers})


@pytest.mark.parametrize("coding", ["gzip", "br, gzip", "identity", "", "gzip;q=0"])
@pytest.mark.parametrize(
    ("collection", "base", "query"),
    [
        ("counties", "counties", ""),
        ("agencies", "agencies", ""),
        ("arrest-rate.counties", "counties/arrest-rate/2014", "?period=2014"),
        ("arrest-rate.agencies", "agencies/arrest-rate/2013", "?datetime=2013-07-01"),
        (
            "arrest-rate.counties",
            "counties/arrest-rate/2010-2014",
            "?datetime=2010-01-01/2014-12-31",
        ),
        (
            "arrest-rate.counties",
            "counties/arrest-rate/2014?group=black",
            "?period=2014&group=black",
        ),
    ],
)
def test_a_tile_is_the_tile_of_the_tile_service_row_before_column(
    client, collection, base, query, coding
):
    base, _, group = base.partition("?")
    for z, x, y in ((0, 0, 0), (5, 5, 12), (6, 10, 24)):
        theirs = tile(
            client, f"/tiles/{base}/{z}/{x}/{y}.mvt?{group}", **{"Accept-Encoding": coding}
        )
        address = f"/ogc/collections/{collection}/tiles/{SET}/{z}/{y}/{x}{query}"
        ours = tile(client, address, **{"Accept-Encoding": coding})
        assert (ours.status_code, ours.data) == (200, theirs.data)
        assert ours.data
        for name in ("Content-Type", "ETag", "Cache-Control", "Content-Encoding"):
            assert ours.headers.get(name) == theirs.headers.get(name), name
        assert "Accept-Encoding" in ours.headers["Vary"]
        tag = {"If-None-Match": ours.headers["ETag"], "Accept-Encoding": coding}
        assert tile(client, address, **tag).status_code == 304


def test_a_tile_in_range_that_is_empty_has_status_200_and_no_body(client):
    for base in ("/ogc/tiles", "/ogc/collections/arrest-rate.counties/tiles"):
        response = tile(client, f"{base}/{SET}/5/0/0")
        assert (response.status_code, response.data) == (200, b"")
        assert response.content_type == MVT


@pytest.mark.parametrize("base", ["/ogc/tiles", "/ogc/collections/counties/tiles"])
@pytest.mark.parametrize(
    "end",
    [
        f"{SET}/{MAX_ZOOM + 1}/0/0", f"{SET}/5/32/0", f"{SET}/5/0/32", f"{SET}/05/0/0",
        f"{SET}/5/-1/0", f"{SET}/a/b/c", f"{SET}/5/1.0/0", f"{SET}/99999999999/0/0", "Other/0/0/0",
        f"{SET}/5/0", f"{SET}/%D9%A5/0/0", f"{SET}/24/0/0",
    ],
)  # fmt: skip
def test_an_address_that_no_tile_can_have_is_not_found(client, base, end):
    response = client.get(f"{base}/{end}")
    assert response.status_code == 404
    assert response.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "query", ["f=png", "datetime=2014", "period=1900", "group=martian", "bbox=1,2,3,4"]
)
def test_a_parameter_of_a_tile_that_makes_no_sense_is_refused(client, query):
    response = client.get(f"/ogc/collections/arrest-rate.counties/tiles/{SET}/0/0/0?{query}")
    assert response.status_code == 400


def test_a_time_without_a_period_has_no_tiles(client):
    address = f"/ogc/collections/arrest-rate.counties/tiles/{SET}"
    for end in ("", "/0/0/0"):
        problem = client.get(f"{address}{end}?datetime=1990-01-01")
        assert problem.status_code == 404
        assert "2014" in problem.json["known"]
    get(client, "/ogc/collections/counties/tiles?datetime=2014-01-01", 400)


def test_a_tile_of_the_dataset_has_the_layers_of_every_collection(client):
    whole = tile(client, f"/ogc/tiles/{SET}/5/12/5")
    parts = [tile(client, f"/tiles/{layer}/5/5/12.mvt").data for layer in ("counties", "agencies")]
    assert gzip.decompress(whole.data) == b"".join(map(gzip.decompress, parts))
    again = tile(client, f"/ogc/tiles/{SET}/5/12/5", **{"If-None-Match": whole.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "address",
    [
        "/ogc/tiles",
        "/ogc/collections/agencies/tiles",
        "/ogc/collections/arrest-rate.counties/tiles?datetime=2013-01-01&group=black",
    ],
)
def test_a_tileset_leads_from_the_list_to_its_tiles(client, address):
    (entry,) = get(client, address).json["tilesets"]
    assert (entry["dataType"], entry["crs"]) == ("vector", crs.EPSG_3857)
    (own,) = links_of(entry, "self")
    tileset = client.get(own["href"]).json
    assert entry["tileMatrixSetURI"] == tileset["tileMatrixSetURI"] == tilematrix.URI
    (item,), (scheme,) = links_of(tileset, "item"), links_of(tileset, "tiling-scheme")
    assert item["templated"] is True
    assert item["type"] == MVT
    assert client.get(scheme["href"]).json["id"] == SET
    assert tileset["layers"]
    for each in tileset["layers"]:
        assert each["geometryDimension"] in (0, 2)
        assert int(each["minTileMatrix"]) <= int(each["maxTileMatrix"]) == MAX_ZOOM
    limit = tileset["tileMatrixSetLimits"][-1]
    where = item["href"].replace("{tileMatrix}", limit["tileMatrix"])
    where = where.replace("{tileRow}", str(limit["minTileRow"]))
    where = where.replace("{tileCol}", str(limit["minTileCol"]))
    assert "{" not in where
    assert client.get(where).status_code == 200


def test_layers_in_a_tileset_are_those_in_its_tiles(client):
    import mapbox_vector_tile

    for collection in ("counties", "arrest-rate.counties"):
        described = get(client, f"/ogc/collections/{collection}/tiles/{SET}").json["layers"]
        body = gzip.decompress(
            tile(client, f"/ogc/collections/{collection}/tiles/{SET}/6/24/10").data
        )
        decoded = mapbox_vector_tile.decode(body)
        assert set(decoded) <= {each["id"] for each in described}
        for each in described:
            schema = each["propertiesSchema"]["properties"]
            for feature in decoded.get(each["id"], {"features": []})["features"]:
                assert set(feature["properties"]) <= set(schema)
                for name, value in feature["properties"].items():
                    assert (schema[name]["type"] == "number") == (not isinstance(value, str))


def test_limits_hold_every_tile_that_is_not_empty(client):
    for layer in ("counties", "agencies"):
        tileset = get(client, f"/ogc/collections/{layer}/tiles/{SET}").json
        for limit in tileset["tileMatrixSetLimits"][:6]:
            count = 1 << int(limit["tileMatrix"])
            for x in range(count):
                for y in range(count):
                    inside = (
                        limit["minTileCol"] <= x <= limit["maxTileCol"]
                        and limit["minTileRow"] <= y <= limit["maxTileRow"]
                    )
                    found = client.get(f"/tiles/{layer}/{limit['tileMatrix']}/{x}/{y}.mvt")
                    assert inside or found.status_code == 204, (limit, x, y)


def test_the_tile_matrix_set_is_that_of_morecantile(client):
    ours = morecantile.TileMatrixSet.model_validate(
        {
            key: value
            for key, value in get(client, f"/ogc/tileMatrixSets/{SET}").json.items()
            if key != "links"
        }
    )
    theirs = morecantile.tms.get(SET)
    assert len(ours.tileMatrices) == len(theirs.tileMatrices) == 25
    assert (ours.id, str(ours.uri), ours.crs) == (theirs.id, str(theirs.uri), theirs.crs)
    assert ours.orderedAxes == theirs.orderedAxes
    for one, other in zip(ours.tileMatrices, theirs.tileMatrices, strict=True):
        one, other = one.model_dump(), other.model_dump()
        for key in ("scaleDenominator", "cellSize", "pointOfOrigin"):
            assert one.pop(key) == pytest.approx(other.pop(key), rel=1e-9)
        assert one == other
