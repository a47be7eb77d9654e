"""Whatever is asked, the answer is one of those documented, and never a failure of the service."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

WORDS = [
    "tiles", "api", "v1", "indicators", "columns", "denominators", "jurisdictions", "report",
    "data", "maps", "search", "neighbours",
    "embed", "static", "js", "counties", "agencies", "context", "arrest-rate", "jail-deaths",
    "2013", "2014", "2010-2014", "all", "06001", "CA0010100", "0", "5", "12", "12.mvt", "0.mvt",
    "counties.json", "2014.json", "arrests", "arrests.csv", "..", ".", "", "%00", "%2e%2e", "%ff",
    "00", "-1", "1e9", "٣", "{z}", "healthz", "readyz", "counties.pmtiles", "r", "0123456789ab",
    "\U0001f5fa", "styles", "sprites", "light@2x.png", "dark.json", "arcgis", "rest", "services",
    "VectorTileServer", "tile", "12.pbf", "resources", "root.json", "sprite.json",
]  # fmt: skip
NAMES = [
    "layer", "period", "group", "format", "q", "v", "jurisdiction", "compare", "lang", "ü", "",
    "indicator", "year", "with", "since", "reference", "ranks", "smoothed", "denominator",
    "theme", "f", "jurisdictions", "first",
]  # fmt: skip
VALUES = [
    "counties", "agencies", "2014", "all", "black", "csv", "geojson", "", "%ff", "<", "é",
    "arrest-rate", "rest", "06003", "1",
]  # fmt: skip
HEADERS = {
    "Accept": ["*/*", "text/html", "text/csv", "application/geo+json;q=2", ";;,,", "image/png"],
    "Accept-Encoding": ["gzip", "br", "identity;q=0", "*;q=0", "gzip;q=x", ",;q=", "zstd, *"],
    "If-None-Match": ["*", '"x"', "W/", '"', "x" * 200],
    "Host": ["maps.example", "a b", "[::1]:80", ""],
    "Range": ["bytes=0-1", "bytes=9-1", "bytes=99999999-", "bytes=-0", "x"],
}
METHODS = ["GET", "HEAD", "OPTIONS", "POST", "DELETE"]
DOCUMENTED = {200, 204, 206, 304, 400, 404, 405, 406, 416}

parts = st.sampled_from(WORDS) | st.text(max_size=6)
paths = st.lists(parts, max_size=7).map(lambda listed: "/" + "/".join(listed))
queries = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES) | st.text(max_size=4)), max_size=3
)
headers = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(values) for name, values in HEADERS.items()}
)
relaxed = settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def check(client, path, query, headers, method):
    path = "/" + path.lstrip("/").replace("?", "%3F").replace("#", "%23")
    response = client.open(path, method=method, query_string=query, headers=headers)
    assert response.status_code in DOCUMENTED, (path, response.status)
    if response.content_type == "application/problem+json" and method != "HEAD":
        assert json.loads(response.data)["status"] == response.status_code
    if response.status_code >= 400:
        assert response.headers["Cache-Control"] == "no-store"


@relaxed
@given(path=paths, query=queries, headers=headers, method=st.sampled_from(METHODS))
def test_any_request_has_a_documented_answer(client, path, query, headers, method):
    check(client, path, dict(query), headers, method)


@relaxed
@given(
    prefix=st.sampled_from(
        ["/tiles/counties", "/tiles/agencies/arrest-rate/2014", "/tiles/context"]
    ),
    place=st.tuples(*[st.integers(-2, 70).map(str) | parts] * 3),
    query=queries,
    headers=headers,
    method=st.sampled_from(METHODS),
)
def test_any_tile_has_a_documented_answer(client, prefix, place, query, headers, method):
    check(client, f"{prefix}/{'/'.join(place)}.mvt", dict(query), headers, method)


@relaxed
@given(
    path=st.sampled_from(
        [
            "/api/v1/indicators/arrest-rate",
            "/api/v1/indicators/jail-deaths",
            "/api/v1/columns/counties/arrest-rate/2014",
            "/api/v1/jurisdictions",
            "/api/v1/jurisdictions/agencies/CA0010100",
            "/api/v1/compare/counties/06001",
            "/api/v1/ledger",
            "/api/v1/coverage/arrests",
            "/api/v1/reporting/counties/arrest-rate/2014",
            "/api/v1/differences/counties/arrest-rate/2014",
            "/api/v1/changes/counties/arrest-rate/2014",
            "/api/v1/places/arrest-rate",
            "/api/v1/peers/counties/06001",
            "/compare/arrest-rate",
            "/data/arrests/coverage",
            "/jurisdictions",
            "/maps/arrest-rate",
            "/maps/arrest-rate/method",
            "/maps/arrest-rate/citation.bib",
            "/embed/arrest-rate",
        ]
    ),
    query=queries,
    headers=headers,
)
def test_any_query_has_a_documented_answer(client, path, query, headers):
    check(client, path, dict(query), headers, "GET")
