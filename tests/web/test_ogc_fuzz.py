"""Whatever is asked of the OGC API, the answer is a documented one, never a failure."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapsvc.web import crs, ogc_query

PARTS = [
    "collections", "counties", "agencies", "arrest-rate.counties", "jail-deaths.agencies", "items",
    "tiles", "queryables", "WebMercatorQuad", "tileMatrixSets", "conformance", "api", "06001",
    "06001~2014~all", "CA0010300", "~~", "0", "5", "12", "24", "99", "-1", "..", "",
    "%00", "%ff", "٣",
]  # fmt: skip
NAMES = [*ogc_query.FIXED, "id", "name", "period", "group", "value", "status", "start", "x", ""]
VALUES = [
    "json", "html", "mvt", "1", "0", "-1", "1e400", "nan", "99999999999999999999", "1,2,3,4",
    "-180,-90,180,90", "170,-90,-170,90", "1,2,3,4,5,6", ",,,", "1e308,0,1e308,1", "..", "../..",
    "2014-01-01", "2014-01-01T00:00:00Z/..", "9999-12-31T23:59:59-23:59", "0000-01-01", "2014",
    "value > 1", "name LIKE '%'", "S_INTERSECTS(geometry, BBOX(1,2,3,4))", "cql2-text", "all",
    "S_INTERSECTS(geometry, POINT(1e300 1e300))", "ok", "é", "\x00", "\U0001f5fa", "",
    *crs.REFERENCES,
]  # fmt: skip
ACCEPTS = ["*/*", "text/html", "application/json", "application/geo+json;q=0", "x", "image/png", ""]
DOCUMENTED = {200, 304, 308, 400, 404, 405, 406}

addresses = st.one_of(
    st.lists(st.sampled_from(PARTS) | st.text(max_size=4), max_size=7),
    st.tuples(
        st.just("collections"),
        st.sampled_from(["counties", "agencies", "arrest-rate.counties", "jail-deaths.counties"]),
        st.sampled_from(["items", "items", "tiles", "queryables"]),
    ),
)
queries = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES) | st.text(max_size=6)), max_size=3
)


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    parts=addresses,
    query=queries,
    accept=st.sampled_from(ACCEPTS),
    method=st.sampled_from(["GET", "GET", "HEAD", "OPTIONS", "POST"]),
)
def test_any_request_has_a_documented_answer(client, parts, query, accept, method):
    path = "/ogc/" + "/".join(parts).lstrip("/").replace("?", "%3F").replace("#", "%23")
    response = client.open(
        path, method=method, query_string=dict(query), headers={"Accept": accept}
    )
    body = response.data
    assert response.status_code in DOCUMENTED, (path, query, response.status)
    if response.status_code >= 400:
        assert response.headers["Cache-Control"] == "no-store"
    if method == "GET" and "json" in (response.mimetype or "") and response.status_code != 304:
        json.loads(body)
