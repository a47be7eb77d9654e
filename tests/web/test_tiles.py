"""Laws of tile and TileJSON addresses: one answer an address, one representation an entity tag."""

import gzip
import json

import mapbox_vector_tile
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.web.app import create_wsgi
from mapsvc.web.cache import ByteCache
from tests.synthetic_release import agencies, cell, counties, write_release

GEOMETRY = "/tiles/counties/5/5/12.mvt"
RATE = "/tiles/counties/arrest-rate/2014/5/5/12.mvt"
CONTEXT = "/tiles/context/4/2/6.mvt"
TILEJSON = "/tiles/counties/arrest-rate/2014.json"
GZIP = {"Accept-Encoding": "gzip"}


def features(data, layer):
    decoded = mapbox_vector_tile.decode(data)[layer]["features"]
    return {item["properties"]["id"]: item for item in decoded}


def problem(response, status):
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    document = json.loads(response.data)
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    return document


@pytest.mark.parametrize("path", [GEOMETRY, RATE, CONTEXT])
def test_a_tile_is_a_vector_tile_with_all_its_headers(client, path):
    response = client.get(path, headers=GZIP)
    assert response.status_code == 200
    assert response.content_type == "application/vnd.mapbox-vector-tile"
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "ETag" in response.headers["Access-Control-Expose-Headers"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in response.headers
    assert int(response.headers["Content-Length"]) == len(response.data)
    assert mapbox_vector_tile.decode(gzip.decompress(response.data))


def test_a_geometry_tile_names_its_jurisdictions_and_nothing_else(client):
    found = features(client.get(GEOMETRY).data, "counties")
    assert {key: item["properties"] for key, item in found.items()} == {
        place.id: {"id": place.id, "name": place.name, "kind": "county"} for place in counties()
    }


@pytest.mark.parametrize(
    ("layer", "places"), [("counties", counties()), ("agencies", agencies()[:2])]
)
@pytest.mark.parametrize(("group", "of"), [("all", 0), ("black", 1)])
def test_a_spliced_tile_has_the_values_of_the_release_and_no_key_for_what_is_null(
    client, layer, places, group, of
):
    path = f"/tiles/{layer}/arrest-rate/2014/5/5/12.mvt?group={group}"
    found = features(client.get(path).data, layer)
    assert found.keys() == {place.id for place in places}
    for row, place in enumerate(places):
        value = cell("arrest-rate", layer, place, row, 1, of)
        expected = {"id": place.id, "name": place.name, "kind": place.kind, **value._asdict()}
        expected["class"] = expected.pop("klass")
        del expected["note"]
        present = {name: item for name, item in expected.items() if item is not None}
        assert found[place.id]["properties"] == pytest.approx(present)


def test_class_is_an_integer_there_for_ok_alone(client):
    for item in features(client.get(RATE).data, "counties").values():
        properties = item["properties"]
        assert ("class" in properties) == (properties["status"] == "ok")
        assert type(properties.get("class", 0)) is int


def test_splicing_leaves_ids_and_geometry_as_they_are(client):
    plain = features(client.get(GEOMETRY).data, "counties")
    spliced = features(client.get(RATE).data, "counties")
    for key, item in plain.items():
        assert spliced[key]["geometry"] == item["geometry"]
        assert spliced[key]["id"] == item["id"]


def test_group_all_is_the_same_tile_as_no_group(client):
    assert client.get(RATE).headers["ETag"] == client.get(f"{RATE}?group=all").headers["ETag"]
    assert client.get(RATE).headers["ETag"] != client.get(f"{RATE}?group=black").headers["ETag"]


@pytest.mark.parametrize("path", [GEOMETRY, RATE, TILEJSON])
def test_each_encoding_has_its_own_strong_entity_tag(client, path):
    zipped = client.get(path, headers=GZIP)
    plain = client.get(path)
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(zipped.data) == plain.data
    assert zipped.headers["ETag"] != plain.headers["ETag"]
    assert not zipped.headers["ETag"].startswith("W/")


@pytest.mark.parametrize("path", [GEOMETRY, RATE, TILEJSON])
@pytest.mark.parametrize("form", ["{}", 'W/{}, "other"', '"other", {}', "*"])
def test_a_known_entity_tag_is_answered_304_with_what_a_cache_needs(client, path, form):
    tag = client.get(path, headers=GZIP).headers["ETag"]
    response = client.get(path, headers={**GZIP, "If-None-Match": form.format(tag)})
    assert response.status_code == 304
    assert response.data == b""
    assert response.headers["ETag"] == tag
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert response.headers["Vary"] == "Accept-Encoding"


def test_the_entity_tag_of_another_encoding_is_not_a_match(client):
    tag = client.get(RATE, headers=GZIP).headers["ETag"]
    assert client.get(RATE, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("br, gzip;q=0.1", "br"),
        ("br;q=0.1, gzip", "gzip"),
        ("zstd;q=0.9, gzip;q=0.8, br;q=0", "zstd"),
        ("*", "br"),
        ("*, br;q=0", "zstd"),
        ("*;q=0, gzip;q=0.5", "gzip"),
        ("identity;q=0, gzip", "gzip"),
        ("deflate", None),
        ("", None),
        ("gzip;q=0", None),
        ("gzip;q=0, *", "br"),
        ("gzip;q=0.2, identity", None),
    ],
)
def test_the_coding_is_the_one_the_client_weighs_highest(client, accept, coding):
    response = client.get(RATE, headers={"Accept-Encoding": accept})
    assert response.status_code == 200
    assert response.headers.get("Content-Encoding") == coding


@pytest.mark.parametrize("accept", ["deflate, identity;q=0", "*;q=0", "gzip;q=0, identity;q=0.000"])
def test_where_every_coding_is_refused_the_answer_is_406(client, accept):
    document = problem(client.get(RATE, headers={"Accept-Encoding": accept}), 406)
    assert document["known"] == ["br", "zstd", "gzip", "identity"]


@pytest.mark.parametrize("path", [GEOMETRY, RATE, TILEJSON, "/tiles/counties/5/0/0.mvt"])
@pytest.mark.parametrize("headers", [{}, GZIP])
def test_head_answers_as_get_does_without_a_body(client, path, headers):
    got, head = client.get(path, headers=headers), client.head(path, headers=headers)
    assert head.status == got.status
    assert head.data == b""
    assert dict(head.headers) == dict(got.headers)


def test_head_of_an_error_has_no_body_either(client):
    assert client.head("/tiles/nowhere/0/0/0.mvt").data == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_405_with_those_allowed(client, method):
    response = client.open(RATE, method=method)
    problem(response, 405)
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_options_answers_a_preflight(client):
    response = client.options(RATE, headers={"Origin": "https://partner.example"})
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in response.headers["Access-Control-Allow-Methods"]
    assert "If-None-Match" in response.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    "path", ["/tiles/counties/5/0/0.mvt", "/tiles/counties/arrest-rate/2014/5/0/0.mvt"]
)
def test_in_range_but_empty_is_204(client, path):
    response = client.get(path)
    assert response.status_code == 204
    assert response.data == b""
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "place",
    [
        "05/5/12",
        "5/05/12",
        "+5/5/12",
        "-1/0/0",
        "5/-5/12",
        "5.0/5/12",
        "٥/5/12",
        "５/5/12",
        " 5/5/12",
        "5%0A/5/12",
        "5/5/1e1",
        "../5/12",
        "{z}/{x}/{y}",
        "7/0/0",
        "99999999999999999999/0/0",
        "5/32/0",
        "5/0/32",
        "0/0/1",
        "0/99999999999999999999/0",
    ],
)
@pytest.mark.parametrize("prefix", ["/tiles/counties", "/tiles/counties/arrest-rate/2014"])
def test_a_place_that_is_not_canonical_or_out_of_range_is_404(client, prefix, place):
    problem(client.get(f"{prefix}/{place}.mvt"), 404)


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/tiles/county/0/0/0.mvt", {"counties", "agencies", "context"}),
        ("/tiles/county.json", {"counties", "agencies", "context"}),
        ("/tiles/counties/arrests/2014/0/0/0.mvt", {"arrest-rate", "jail-deaths"}),
        ("/tiles/counties/arrest-rate/1999/0/0/0.mvt", {"2013", "2014", "2010-2014", "all"}),
        ("/tiles/counties/arrest-rate/all/0/0/0.mvt?group=x", {"all", "black", "white"}),
        ("/tiles/counties/arrest-rate/2014/0/0/0.mvt?group=x", {"all", "black", "white"}),
        ("/tiles/agencies/jail-deaths/2014/0/0/0.mvt", {"counties"}),
        ("/tiles/context/arrest-rate/2014/0/0/0.mvt", {"counties", "agencies"}),
        ("/tiles/counties/arrests/2014.json", {"arrest-rate", "jail-deaths"}),
    ],
)
def test_an_unknown_name_is_404_and_lists_what_exists(client, path, known):
    assert set(problem(client.get(path), 404)["known"]) == known


@pytest.mark.parametrize(
    ("path", "known"),
    [
        (f"{GEOMETRY}?group=all", None),
        (f"{GEOMETRY}?v=1", None),
        (f"{RATE}?v=1", ["group", "denominator"]),
        (f"{RATE}?group=all&x=", ["group", "denominator"]),
        ("/tiles/counties.json?group=all", None),
        (f"{TILEJSON}?format=json", ["group", "denominator"]),
    ],
)
def test_a_parameter_that_an_address_does_not_have_is_400(client, path, known):
    assert problem(client.get(path), 400).get("known") == known


def test_a_parameter_given_twice_is_400(client):
    problem(client.get(f"{RATE}?group=all&group=black"), 400)


def test_tilejson_describes_the_tiles(client, current):
    document = json.loads(client.get(f"{TILEJSON}?group=black").data)
    assert document["tilejson"] == "3.0.0"
    assert document["release"] == current.get().id
    assert document["tiles"] == [
        "http://localhost/tiles/counties/arrest-rate/2014/{z}/{x}/{y}.mvt?group=black"
    ]
    west, south, east, north = document["bounds"]
    longitude, latitude, zoom = document["center"]
    assert west <= longitude <= east
    assert south <= latitude <= north
    assert document["minzoom"] <= zoom <= document["maxzoom"]
    assert document["attribution"]
    fields = {layer["id"]: set(layer["fields"]) for layer in document["vector_layers"]}
    found = features(client.get(f"{RATE}?group=black").data, "counties")
    used = set().union(*(item["properties"] for item in found.values()))
    assert used == fields["counties"]


def test_the_tile_address_of_a_tilejson_can_be_asked_for(client):
    for path in ("/tiles/counties.json", "/tiles/context.json", TILEJSON):
        (template,) = json.loads(client.get(path).data)["tiles"]
        address = template.removeprefix("http://localhost").format(z=0, x=0, y=0)
        assert client.get(address).status_code == 200


def test_addresses_are_below_the_configured_one_whatever_the_host_says(atlas, current):
    settings = Settings(atlas=atlas, public_url="https://maps.example")
    client = Client(create_wsgi(current, settings))
    response = client.get("/tiles/counties.json", headers={"Host": "evil.example"})
    assert json.loads(response.data)["tiles"][0].startswith("https://maps.example/tiles/")


@pytest.mark.parametrize("host", ["a b", "a/b", "a@b", 'a"b', "<b>", "a:b", "", "x" * 300, "é"])
def test_a_malformed_host_is_400_and_never_echoed(client, host):
    environ = {"HTTP_HOST": host, "SERVER_NAME": host or "a b"}
    problem(client.get("/tiles/counties.json", environ_overrides=environ), 400)


def test_attribution_is_safe_as_html(hostile_client):
    document = json.loads(hostile_client.get(TILEJSON).data)
    assert "<" not in document["attribution"]


def test_a_new_release_is_served_without_a_restart(tmp_path):
    write_release(tmp_path)
    current = CurrentRelease(tmp_path, interval=0)
    client = Client(create_wsgi(current, Settings(atlas=tmp_path)))
    before = client.get(GEOMETRY).headers["ETag"]
    identifier = write_release(tmp_path, hostile=True)
    assert client.get(GEOMETRY).headers["ETag"] != before
    assert json.loads(client.get("/tiles/counties.json").data)["release"] == identifier


def test_an_error_that_nobody_foresaw_is_500_without_its_words(atlas, caplog):
    class Broken:
        def get(self):
            raise RuntimeError("the password is hunter2")

    client = Client(create_wsgi(Broken(), Settings(atlas=atlas)))
    document = problem(client.get(RATE), 500)
    assert "hunter2" not in json.dumps(document)
    assert caplog.records[0].getMessage().split()[-1] in document["detail"]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3000)), max_size=60))
def test_a_cache_never_holds_more_than_its_budget_nor_anything_but_what_was_put(operations):
    cache: ByteCache[int, tuple[int, int]] = ByteCache(10_000)
    last = {}
    for key, size in operations:
        cache.put(key, (key, size), size)
        last[key] = (key, size)
        assert cache.size <= 10_000
    for key, value in last.items():
        assert cache.get(key) in (None, value)


def test_a_cache_drops_what_was_not_used_while_its_budget_was_put():
    cache: ByteCache[str, str] = ByteCache(16_000)
    for key in "abcdefghijklmnopqrst":
        cache.put(key, key, 400)
        assert cache.get("a") == "a"
    assert cache.get("b") is None
    assert cache.get("t") == "t"


def test_a_cache_does_not_keep_what_would_push_out_the_rest():
    cache: ByteCache[str, str] = ByteCache(16_000)
    cache.put("a", "old", 400)
    cache.put("a", "new", 8_000)
    assert cache.get("a") is None
    assert cache.size == 0


@pytest.mark.parametrize("group", ["all", "black"])
def test_a_tile_of_every_year_has_a_column_a_year(client, group):
    path = f"/tiles/counties/arrest-rate/all/5/5/12.mvt?group={group}"
    every = features(client.get(path).data, "counties")
    names = set()
    for year in ("2013", "2014"):
        address = f"/tiles/counties/arrest-rate/{year}/5/5/12.mvt?group={group}"
        for key, item in features(client.get(address).data, "counties").items():
            for name in ("value", "status", "reliability", "class"):
                found = every[key]["properties"].get(f"{name}_{year}")
                assert found == item["properties"].get(name)
                names.add(f"{name}_{year}")
    document = json.loads(client.get(f"/tiles/counties/arrest-rate/all.json?group={group}").data)
    fields = next(each["fields"] for each in document["vector_layers"] if each["id"] == "counties")
    assert set(fields) == {"id", "name", "kind"} | names


def test_tilejson_has_the_caveats_and_the_breaks_of_its_series(client):
    entry = json.loads(client.get("/api/v1/indicators/arrest-rate").data)
    document = json.loads(client.get(TILEJSON).data)
    assert document["caveats"] == entry["caveats"] != []
    assert document["breaks"] == entry["breaks"]
