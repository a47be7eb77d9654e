"""Laws of the OGC API as a whole, after the abstract tests of Common, Features and Tiles."""

import json
import re
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from mapsvc.settings import Settings
from mapsvc.web import crs, ogc_query
from mapsvc.web.app import create_app
from mapsvc.web.ogc import CONFORMANCE
from mapsvc.web.tiles import Tiles

ROOT = Path(__file__).parents[2]

PAGES = [
    "/ogc/",
    "/ogc/conformance",
    "/ogc/api",
    "/ogc/collections",
    "/ogc/collections/counties",
    "/ogc/collections/arrest-rate.agencies",
    "/ogc/collections/counties/queryables",
    "/ogc/collections/arrest-rate.counties/queryables",
    "/ogc/collections/agencies/items",
    "/ogc/collections/arrest-rate.counties/items",
    "/ogc/collections/counties/items/06001",
    "/ogc/collections/arrest-rate.counties/items/06001~2014~all",
    "/ogc/tiles",
    "/ogc/tiles/WebMercatorQuad",
    "/ogc/collections/counties/tiles",
    "/ogc/collections/arrest-rate.counties/tiles",
    "/ogc/collections/arrest-rate.counties/tiles/WebMercatorQuad",
    "/ogc/tileMatrixSets",
    "/ogc/tileMatrixSets/WebMercatorQuad",
]


def rules_of(current):
    return create_app(current, Settings(), Tiles(1_000_000)).url_map.iter_rules()


def get(client, address, status=200, **headers):
    response = client.get(address, headers={key.replace("_", "-"): headers[key] for key in headers})
    assert response.status_code == status, (address, response.status, response.data[:300])
    return response


def local(link):
    assert link["href"].startswith("http://localhost/ogc"), link
    return link["href"].removeprefix("http://localhost")


def links_of(document, rel):
    return [link for link in document["links"] if link["rel"].rsplit("/", 1)[-1] == rel]


def told(response):
    """Return the links of the Link header, as a document has them."""
    found = re.findall(r'<([^>]+)>; rel="([^"]+)"(?:; type="([^"]+)")?', response.headers["Link"])
    return {"links": [{"href": href, "rel": rel, "type": kind} for href, rel, kind in found]}


def unstamped(response):
    return {key: value for key, value in response.json.items() if key not in ("timeStamp", "links")}


def walk(document):
    """Yield every link in a document."""
    if isinstance(document, dict):
        if isinstance(document.get("href"), str) and "rel" in document:
            yield document
        for value in document.values():
            yield from walk(value)
    elif isinstance(document, list):
        for value in document:
            yield from walk(value)


def test_the_landing_page_leads_to_all_that_the_standards_ask_for(client):
    document = get(client, "/ogc/").json
    for rel in ("self", "service-desc", "service-doc", "conformance", "data", "tilesets-vector"):
        assert links_of(document, rel), rel
    assert get(client, local(links_of(document, "data")[0])).json["collections"]
    kind = "application/vnd.oai.openapi+json;version=3.0"
    desc = get(client, local(links_of(document, "service-desc")[0]))
    assert links_of(document, "service-desc")[0]["type"] == desc.content_type == kind


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_itself_and_has_another_form(client, page):
    as_json = get(client, page)
    (own,), (other,) = links_of(told(as_json), "self"), links_of(told(as_json), "alternate")
    assert own["type"].partition(";")[0] == as_json.mimetype
    assert unstamped(get(client, local(own))) == unstamped(as_json)
    html = get(client, local(other))
    assert html.mimetype == other["type"] == "text/html"
    negotiated = get(client, page, Accept="text/html,*/*;q=0.5")
    # Each leads to itself in other languages.
    ways = re.compile(rb"<[^>]* hreflang=[^>]*>")
    assert ways.sub(b"", negotiated.data) == ways.sub(b"", html.data)


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere_and_says_its_media_type(client, page):
    for link in walk(get(client, page).json):
        if link.get("templated"):
            continue
        if not link["href"].startswith("http://localhost/ogc"):
            assert client.get(link["href"]).status_code == 200
            continue
        response = get(client, local(link))
        if "type" in link:
            assert response.content_type.partition(";")[0] == link["type"].partition(";")[0], link


@pytest.mark.parametrize("page", PAGES)
def test_the_link_header_says_what_the_body_says(client, page):
    response = get(client, page)
    header = [(link["href"], link["rel"]) for link in told(response)["links"]]
    body = response.json.get("links")
    assert header
    assert body is None or [(link["href"], link["rel"]) for link in body] == header


@pytest.mark.parametrize("page", PAGES)
def test_anyone_may_read_and_revalidate(client, page):
    response = get(client, page)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Accept" in response.headers["Vary"]
    again = get(client, page, 304, If_None_Match=response.headers["ETag"])
    assert again.data == b""
    html = get(client, page, Accept="text/html")
    assert html.headers["ETag"] != response.headers["ETag"]


@pytest.mark.parametrize("page", PAGES)
def test_a_parameter_that_is_not_known_is_refused_and_named(client, page):
    problem = get(client, f"{page}?surprise=1", 400)
    assert problem.mimetype == "application/problem+json"
    assert "'surprise'" in problem.json["detail"]
    assert get(client, f"{page}?f=xml", 400).json["detail"].startswith("f='xml'")
    assert get(client, f"{page}?f=json&f=json", 400)


@pytest.mark.parametrize("page", PAGES)
def test_a_format_that_there_is_not_is_not_acceptable(client, page):
    get(client, page, 406, Accept="image/png")


def test_what_does_not_exist_is_not_found(client):
    for address in (
        "/ogc/collections/cities",
        "/ogc/collections/jail-deaths.agencies/items",
        "/ogc/collections/counties/items/99999",
        "/ogc/collections/arrest-rate.counties/items/06001",
        "/ogc/collections/arrest-rate.counties/items/06001~1999~all",
        "/ogc/collections/arrest-rate.counties/items/06001~2014~martian",
        "/ogc/collections/counties/tiles/WorldCRS84Quad",
        "/ogc/tileMatrixSets/WorldCRS84Quad",
        "/ogc/nothing",
    ):
        assert get(client, address, 404).mimetype == "application/problem+json"
    known = get(client, "/ogc/collections/countie", 404).json
    assert known["known"][0] == "counties"


def test_every_conformance_class_is_a_uri_named_once(client):
    classes = get(client, "/ogc/conformance").json["conformsTo"]
    assert len(set(classes)) == len(classes)
    assert tuple(classes) == CONFORMANCE
    for needed in ("features-1/1.0/conf/core", "features-1/1.0/conf/oas30", "tiles-1/1.0/conf/mvt"):
        assert f"http://www.opengis.net/spec/ogcapi-{needed}" in classes


def test_the_definition_is_valid_openapi(client):
    validate(get(client, "/ogc/api").json)


def test_the_definition_has_every_address_and_no_other(client, current):
    paths = set(get(client, "/ogc/api").json["paths"])
    ids = [each["id"] for each in get(client, "/ogc/collections").json["collections"]]
    for each in ids:
        for end in ("", "/items", "/items/{featureId}", "/queryables", "/tiles"):
            assert f"/collections/{each}{end}" in paths
    rules = [str(rule) for rule in rules_of(current)]
    for rule in rules:
        if rule.startswith("/ogc/"):
            parts = len(rule.removeprefix("/ogc").split("/"))
            first = rule.removeprefix("/ogc").split("/")[1]
            assert any(
                len(path.split("/")) == parts and path.split("/")[1] == first for path in paths
            ), rule


def test_the_definition_tells_the_bounds_of_limit_as_they_are(client):
    limit = get(client, "/ogc/api").json["components"]["parameters"]["limit"]["schema"]
    assert limit == {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}


def test_parameters_in_the_definition_are_those_that_are_taken(client):
    checked = 0
    document = get(client, "/ogc/api").json
    shared = document["components"]["parameters"]
    for path, item in document["paths"].items():
        named = {
            (shared[each["$ref"].rsplit("/", 1)[-1]] if "$ref" in each else each)["name"]
            for each in item["get"]["parameters"]
            if "$ref" in each or each["in"] == "query"
        }
        address = "/ogc" + path.format(
            tileMatrixSetId="WebMercatorQuad", tileMatrix=0, tileRow=0, tileCol=0, featureId="x"
        )
        problem = client.get(address + "?surprise=1").json
        if problem["status"] == 400:
            checked += 1
            taken = set(problem.get("known", ()))
            # A tile's only format may be named too: f=mvt.
            assert taken - {"f"} == named - {"f"}, path
    assert checked > 20


def test_collections_say_where_and_when_they_are(client):
    document = get(client, "/ogc/collections").json
    assert document["crs"] == list(crs.REFERENCES)
    for each in document["collections"]:
        assert each == {
            **get(client, f"/ogc/collections/{each['id']}").json,
            "links": each["links"],
        }
        west, south, east, north = each["extent"]["spatial"]["bbox"][0]
        assert -180 <= west <= east <= 180
        assert -90 <= south <= north <= 90
        assert each["storageCrs"] in each["crs"]
        assert each["itemType"] == "feature"
        assert {"items", "queryables", "tilesets-vector"} <= {
            link["rel"].rsplit("/", 1)[-1] for link in each["links"]
        }
    rate = next(each for each in document["collections"] if each["id"] == "arrest-rate.counties")
    interval = rate["extent"]["temporal"]["interval"]
    assert interval == [["2010-01-01T00:00:00Z", "2014-12-31T23:59:59Z"]]


def test_queryables_are_the_properties_of_features(client):
    for collection in ("agencies", "arrest-rate.counties"):
        schema = get(client, f"/ogc/collections/{collection}/queryables")
        assert schema.mimetype == "application/schema+json"
        feature = get(client, f"/ogc/collections/{collection}/items").json["features"][0]
        assert set(schema.json["properties"]) == {*feature["properties"], "geometry"}


def test_a_problem_names_no_inner_part_of_the_service(client):
    body = json.dumps(get(client, "/ogc/collections/counties/items?filter=(", 400).json)
    assert "Traceback" not in body
    assert "mapsvc" not in body


@pytest.mark.parametrize("page", PAGES)
def test_pages_keep_hostile_names_as_text(hostile_client, page):
    body = hostile_client.get(page, headers={"Accept": "text/html"}).get_data(as_text=True)
    assert "<script>alert" not in body
    assert "<img src=x" not in body


def test_every_address_parameter_and_class_is_documented(current):
    text = (ROOT / "docs/ogc.md").read_text("utf-8")
    for rule in rules_of(current):
        if str(rule).startswith("/ogc/"):
            told = str(rule)
            for name, word in {
                "identifier": "collection", "feature": "id", "scheme": "set", "matrix": "z",
                "column": "col",
            }.items():  # fmt: skip
                told = told.replace(f"<{name}>", f"<{word}>")
            assert f"`{told}`" in text, told
    for name in ogc_query.FIXED:
        assert f"`{name}`" in text, name
    for uri in CONFORMANCE:
        standard, name = uri.removeprefix("http://www.opengis.net/spec/").split("/conf/")
        row = next(line for line in text.splitlines() if line.startswith(f"| `{standard}` "))
        assert f"`{name}`" in row
