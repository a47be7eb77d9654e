"""Laws of OGC API Features: what a request selects, in which order, axes and pages."""

import json

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.web import crs, ogc_query
from mapsvc.web.app import create_wsgi
from tests import synthetic_release

ITEMS = "/ogc/collections/{}/items"
ALL_TIMES = "datetime=../..&filter=group IS NOT NULL"
relaxed = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def get(client, collection, query="", status=200, **headers):
    response = client.get(
        ITEMS.format(collection),
        query_string=query,
        headers={key.replace("_", "-"): headers[key] for key in headers},
    )
    assert response.status_code == status, (query, response.status, response.data[:300])
    return response


def ids(response):
    return [feature["id"] for feature in response.json["features"]]


def shapes():
    """The geometry of every jurisdiction of the synthetic release, by collection and id."""
    return {
        "counties": {place.id: place.shape for place in synthetic_release.counties()},
        "agencies": {place.id: place.shape for place in synthetic_release.agencies()},
    }


def test_an_answer_is_geojson_with_its_counts(client):
    response = get(client, "counties")
    document = response.json
    assert response.content_type == "application/geo+json"
    assert document["type"] == "FeatureCollection"
    assert document["numberMatched"] == document["numberReturned"] == len(document["features"]) == 6
    assert document["timeStamp"].endswith("Z")
    assert shapely.from_geojson(response.get_data(as_text=True)).is_valid


def test_a_feature_by_its_id_is_the_one_in_the_list(client):
    for collection in ("counties", "agencies", "arrest-rate.agencies", "jail-deaths.counties"):
        for feature in get(client, collection).json["features"]:
            one = client.get(f"{ITEMS.format(collection)}/{feature['id']}")
            assert one.content_type == "application/geo+json"
            assert {key: one.json[key] for key in feature} == feature


def test_features_say_what_the_api_says(client):
    for group in ("all", "black"):
        for period in ("2013", "2014", "2010-2014"):
            told = client.get(
                f"/api/v1/indicators/arrest-rate?layer=counties&period={period}&group={group}"
            ).json["values"]
            features = get(client, "arrest-rate.counties", f"period={period}&group={group}").json
            for value, feature in zip(told, features["features"], strict=True):
                properties = feature["properties"]
                assert value == {key: properties[key] for key in value}
                assert properties["note"] == value.get("note")
                assert (properties["period"], properties["group"]) == (period, group)


@pytest.mark.parametrize("limit", [1, 2, 5, 36, 100])
@pytest.mark.parametrize(
    "query", ["", "kind=county", ALL_TIMES, "bbox=-122,36,-120.5,38&period=2013"]
)
def test_pages_hold_every_feature_exactly_once_in_the_same_order(client, query, limit):
    whole = get(client, "arrest-rate.counties", f"{query}&limit=1000")
    address = f"{ITEMS.format('arrest-rate.counties')}?{query}&limit={limit}"
    seen, backwards = [], 0
    while address:
        page = client.get(address.removeprefix("http://localhost"))
        assert page.status_code == 200
        document = page.json
        assert document["numberMatched"] == len(ids(whole))
        assert document["numberReturned"] == len(document["features"]) <= limit
        seen += ids(page)
        links = {link["rel"]: link["href"] for link in document["links"]}
        backwards += "prev" in links
        assert ("prev" in links) == (len(seen) > len(document["features"]))
        address = links.get("next", "")
    assert seen == ids(whole)
    assert len(set(seen)) == len(seen)
    assert backwards == max(0, -(-len(seen) // limit) - 1)


def test_a_page_after_the_last_is_empty(client):
    document = get(client, "counties", "offset=1000").json
    assert (document["numberMatched"], document["numberReturned"]) == (6, 0)
    assert document["features"] == []


def test_more_than_the_most_gives_the_most(client, monkeypatch):
    monkeypatch.setattr(ogc_query, "MOST", 4)
    assert get(client, "counties", "limit=5").json["numberReturned"] == 4


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=-1", "limit=x", "limit=1.5", "limit=", "limit=%D9%A3", "offset=-1",
        "bbox=1,2,3", "bbox=1,2,3,4,5", "bbox=a,b,c,d", "bbox=1,5,2,4", "bbox=nan,1,2,3",
        "bbox=1e999,1,2,3", "bbox=", "bbox=1,2,3,4,", "bbox-crs=EPSG:4326",
        "datetime=2014", "datetime=", "datetime=now", "datetime=2014-13-01", "datetime=2014-02-30",
        "datetime=2015-01-01/2014-01-01", "datetime=2014-01-01/x", "datetime=20140101",
        "datetime=2014-01-01T00:00:00", "datetime=2014-01-01/2014-02-01/2014-03-01",
        "crs=", "crs=http://www.opengis.net/def/crs/EPSG/0/2154", "filter=", "filter=kind",
        "filter=kind%3D'county'&filter-lang=cql2-json", "filter-lang=cql", "filter-crs=x",
        "status=fine", "kind=planet", "period=1900", "group=martian", "value=x", "value=nan",
        "start=yesterday",
    ],
)  # fmt: skip
def test_a_value_that_makes_no_sense_is_refused(client, query):
    problem = get(client, "arrest-rate.counties", query, 400)
    assert problem.content_type == "application/problem+json"
    assert problem.headers["Cache-Control"] == "no-store"
    assert len(problem.json["detail"]) > 20


def test_a_request_that_names_no_time_gets_the_default_period_and_everyone(client):
    features = get(client, "arrest-rate.counties").json["features"]
    entry = synthetic_release.catalogue(False)["indicators"][0]
    assert {feature["properties"]["period"] for feature in features} == {entry["default_period"]}
    assert {feature["properties"]["group"] for feature in features} == {"all"}


@pytest.mark.parametrize(
    ("asked", "periods"),
    [
        ("2014-06-30", {"2014", "2010-2014"}),
        ("2014-06-30T12:00:00Z", {"2014", "2010-2014"}),
        ("2013-12-31T23:30:00-01:00", {"2014", "2010-2014"}),
        ("2013-01-01/2013-12-31", {"2013", "2010-2014"}),
        ("2011-01-01", {"2010-2014"}),
        ("../..", {"2013", "2014", "2010-2014"}),
        ("2014-01-01/..", {"2014", "2010-2014"}),
        ("../2012-05-05", {"2010-2014"}),
        ("/2012-05-05", {"2010-2014"}),
        ("2014-12-31/", {"2014", "2010-2014"}),
        ("2015-01-01", set()),
        ("../2009-12-31T23:59:59Z", set()),
    ],
)
def test_datetime_selects_the_periods_that_it_meets(client, asked, periods):
    features = get(client, "arrest-rate.counties", {"datetime": asked}).json["features"]
    assert {feature["properties"]["period"] for feature in features} == periods
    assert len(features) == 6 * len(periods)


def test_a_jurisdiction_without_dates_is_there_at_any_time(client):
    assert get(client, "counties", "datetime=1850-01-01").json["numberMatched"] == 6


@pytest.mark.parametrize("query", ["period=2013", "filter=period='2013'", "start=2013-01-01"])
def test_a_request_that_speaks_of_the_period_has_no_default(client, query):
    features = get(client, "arrest-rate.counties", query).json["features"]
    assert {feature["properties"]["period"] for feature in features} == {"2013"}


boxes = st.tuples(st.floats(-124, -118), st.floats(35, 39), st.floats(0, 3), st.floats(0, 3)).map(
    lambda box: (box[0], box[1], box[0] + box[2], box[1] + box[3])
)


@relaxed
@given(box=boxes, reference=st.sampled_from(list(crs.REFERENCES.values())), height=st.booleans())
def test_a_box_selects_what_shapely_says_it_meets_and_what_is_nowhere(
    client, box, reference, height
):
    corners = reference.forward(np.array([box[:2], box[2:]])).tolist()
    numbers = [*corners[0], *([0.0] if height else []), *corners[1], *([9.0] if height else [])]
    query = {"bbox": ",".join(map(repr, numbers)), "bbox-crs": reference.uri}
    (west, south), (east, north) = reference.inverse(np.array(corners))
    area = shapely.box(west, south, east, north)
    for collection, places in shapes().items():
        expected = {
            key for key, shape in places.items() if shape is None or shapely.intersects(shape, area)
        }
        assert set(ids(get(client, collection, query))) == expected


def test_a_box_across_the_antimeridian_has_two_parts(client):
    assert get(client, "counties", "bbox=170,30,-121.5,40").json["numberMatched"] == 2
    assert get(client, "counties", "bbox=170,30,-170,40").json["numberMatched"] == 0
    assert get(client, "counties", "bbox=-120.5,30,-170,40").json["numberMatched"] == 4


@pytest.mark.parametrize("uri", crs.REFERENCES)
def test_coordinates_are_those_of_pyproj_in_the_axes_of_the_authority(client, uri):
    response = get(client, "counties", {"crs": uri})
    assert response.headers["Content-Crs"] == f"<{uri}>"
    code = "OGC:CRS84" if uri.endswith("CRS84") else f"EPSG:{uri.rsplit('/', 1)[-1]}"
    transformer = pyproj.Transformer.from_crs("OGC:CRS84", code)
    for key, shape in shapes()["counties"].items():
        if shape is None:
            continue
        one = client.get(f"{ITEMS.format('counties')}/{key}", query_string={"crs": uri})
        assert one.headers["Content-Crs"] == f"<{uri}>"
        moved = shapely.transform(
            shape, lambda points: np.column_stack(transformer.transform(*points.T))
        )
        answered = shapely.from_geojson(json.dumps(one.json["geometry"]))
        assert shapely.hausdorff_distance(moved, answered) < (0.02 if "3857" in uri else 1e-6)


@given(st.floats(-180, 180), st.floats(-85, 85))
def test_the_formulas_are_those_of_pyproj_and_go_back(longitude, latitude):
    reference = crs.REFERENCES[crs.EPSG_3857]
    points = np.array([[longitude, latitude]])
    x, y = pyproj.Transformer.from_crs("OGC:CRS84", "EPSG:3857").transform(longitude, latitude)
    assert reference.forward(points)[0] == pytest.approx((x, y), abs=1e-6)
    assert reference.inverse(reference.forward(points)) == pytest.approx(points, abs=1e-9)


def test_properties_are_parameters(client):
    assert ids(get(client, "agencies", "kind=police")) == ["CA0010100"]
    assert ids(get(client, "agencies", "parent=06001&kind=sheriff")) == ["CA0010000"]
    assert ids(get(client, "counties", "name=Birch")) == ["06003"]
    suppressed = get(client, "arrest-rate.counties", "status=suppressed").json["features"]
    assert [feature["properties"]["value"] for feature in suppressed] == [None]
    feature = get(client, "arrest-rate.counties").json["features"][0]["properties"]
    found = get(client, "arrest-rate.counties", {"value": feature["value"]}).json["features"]
    assert feature in [each["properties"] for each in found]


def test_what_is_withheld_is_in_no_answer(client):
    for feature in get(client, "arrest-rate.counties", ALL_TIMES).json["features"]:
        properties = feature["properties"]
        if properties["status"] in ("suppressed", "not_reported", "no_boundary"):
            assert properties["numerator"] is None
            assert properties["value"] is properties["lower"] is properties["upper"] is None


def test_the_entity_tag_forgets_the_time_and_nothing_else(client):
    tags = [
        get(client, "counties", query).headers["ETag"]
        for query in ("", "", "limit=2", "crs=" + crs.EPSG_4326)
    ]
    assert tags[0] == tags[1]
    assert len(set(tags)) == 3
    assert all(tag.startswith('W/"') for tag in tags)


def test_another_release_has_another_entity_tag(client, tmp_path):
    synthetic_release.write_release(tmp_path, hostile=True)
    other = Client(create_wsgi(CurrentRelease(tmp_path), Settings(atlas=tmp_path)))
    assert get(client, "counties").headers["ETag"] != get(other, "counties").headers["ETag"]


def test_a_long_answer_is_compressed_as_it_is_written(client):
    plain = get(client, "arrest-rate.counties", ALL_TIMES)
    zipped = get(client, "arrest-rate.counties", ALL_TIMES, Accept_Encoding="br, gzip")
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert len(zipped.data) < len(plain.data) / 4
    assert "Accept-Encoding" in zipped.headers["Vary"]


def test_head_answers_as_get_does(client):
    got = get(client, "counties")
    head = client.head(ITEMS.format("counties"))
    assert head.data == b""
    for name in ("ETag", "Content-Type", "Link", "Content-Crs"):
        assert head.headers[name] == got.headers[name]


def test_names_that_attack_are_only_text(hostile_client):
    names = [
        feature["properties"]["name"]
        for feature in get(hostile_client, "counties").json["features"]
    ]
    assert list(synthetic_release.HOSTILE) == names[: len(synthetic_release.HOSTILE)]
    for name in names:
        found = get(hostile_client, "counties", {"name": name}).json
        assert found["numberMatched"] == 1
        assert found["links"][0]["href"].isascii()
