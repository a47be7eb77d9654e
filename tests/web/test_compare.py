"""Laws of comparisons and ranks, asked of the service."""

import html

import pytest
from werkzeug.test import Client

from mapsvc.maps.sentences import DISPARITY_CAUTION, RANKING_CAUTION
from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.statistics.comparison import rate_ratio
from mapsvc.web.app import create_wsgi
from tests.synthetic_release import COUNT, RATE
from tests.web.test_api import get, problem
from tests.web.test_pages import page

ALDER = "/api/v1/compare/counties/99001?indicator=stop-rate"
HERE = f"/api/v1/compare/counties/06001?indicator={RATE}"


@pytest.fixture(scope="session")
def state_client(miniature):
    return Client(create_wsgi(CurrentRelease(miniature.atlas), Settings(atlas=miniature.atlas)))


@pytest.mark.parametrize(
    "query", ["", "&with=rest", "&with=99003", "&since=2013", "&group=blue&reference=green"]
)
def test_the_ratio_is_that_of_the_two_sides_given_with_it(state_client, query):
    found = get(state_client, f"{ALDER}{query}")
    own, reference = found["own"], found["reference"]
    ratio, lower, upper = rate_ratio(
        own["numerator"], own["denominator"], reference["numerator"], reference["denominator"]
    )
    for name, number in (("ratio", ratio), ("lower", lower), ("upper", upper)):
        assert found[name] == pytest.approx(float(number))
    assert own["value"] / reference["value"] == pytest.approx(found["ratio"])
    assert found["verdict"]
    assert f"ratio {found['ratio']:.2f}" in found["sentence"]


def test_the_rest_is_the_default_and_leaves_the_place_out(state_client):
    found = get(state_client, ALDER)
    assert found == get(state_client, f"{ALDER}&with=rest&period=2016&group=all")
    values = get(state_client, "/api/v1/indicators/stop-rate?period=2016")["values"]
    others = [item for item in values if item["status"] == "ok" and item["id"] != "99001"]
    assert found["reference"]["numerator"] == sum(item["numerator"] for item in others)
    assert found["reference"]["places"] == len(others)


def test_breaks_that_are_crossed_are_given(state_client):
    assert get(state_client, f"{ALDER}&since=2015")["breaks"] == []
    crossed = get(state_client, f"{ALDER}&since=2014")
    assert crossed["breaks"] == [{"year": 2015, "text": "A new form"}]
    assert "2015" in crossed["sentence"]
    assert get(state_client, f"{ALDER}&period=2013-2016")["breaks"] == crossed["breaks"]


def test_a_disparity_has_its_caution_and_the_share_of_unknown_group_beside_it(state_client):
    found = get(state_client, f"{ALDER}&group=blue&reference=green")
    assert found["caution"] == DISPARITY_CAUTION
    assert 0 < found["outside_groups"]["lower"] < found["outside_groups"]["share"]
    assert "caution" not in get(state_client, ALDER)


@pytest.mark.parametrize("identifier", ["06005", "06007", "06009", "06011"])
def test_what_is_missing_withheld_or_unreliable_has_a_reason_and_no_ratio(client, identifier):
    for path in (
        f"/api/v1/compare/counties/{identifier}?indicator={RATE}",
        f"{HERE}&with={identifier}",
    ):
        found = get(client, path)
        assert [found[name] for name in ("ratio", "lower", "upper", "verdict")] == [None] * 4
        assert found["sentence"].startswith("No comparison. ")


def test_counts_are_not_compared(client):
    found = get(client, f"/api/v1/compare/counties/06001?indicator={COUNT}")
    assert found["ratio"] is None
    assert "Counts are not compared" in found["sentence"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/compare/counties/06001", 400),
        (f"{HERE}&with=06001", 400),
        (f"{HERE}&with=99999", 404),
        (f"{HERE}&with=rest&since=2013", 400),
        (f"{HERE}&since=2014", 400),
        (f"{HERE}&since=1999", 404),
        (f"{HERE}&since=2010-2014", 400),
        (f"{HERE}&period=2099", 404),
        (f"{HERE}&group=martians", 404),
        (f"{HERE}&reference=white", 400),
        (f"{HERE}&group=white&reference=white", 400),
        (f"{HERE}&group=white&reference=martians", 404),
        (f"{HERE}&group=white&reference=all", 400),
        (f"{HERE}&peer=06003", 400),
        ("/api/v1/compare/parishes/06001?indicator=arrest-rate", 404),
        ("/api/v1/compare/counties/1?indicator=arrest-rate", 404),
        ("/api/v1/compare/counties/06001?indicator=nothing", 404),
        ("/api/v1/compare/agencies/CA0010000?indicator=jail-deaths", 404),
    ],
)
def test_what_makes_no_sense_is_told_as_a_problem(client, path, status):
    problem(client.get(path), status)


def test_ranks_are_given_only_on_request_with_their_range_and_the_caution(state_client):
    address = "/api/v1/indicators/stop-rate"
    plain = get(state_client, address)
    assert "ranking" not in plain
    assert all("rank" not in item for item in plain["values"])
    assert plain == get(state_client, f"{address}?ranks=0")
    ranked = get(state_client, f"{address}?ranks=1")
    assert ranked["ranking"]["caution"] == RANKING_CAUTION
    given = [item for item in ranked["values"] if item["rank"] is not None]
    assert len(given) == ranked["ranking"]["ranked"] == 2
    for item in given:
        assert item["denominator"] >= 50_000
        assert item["rank_best"] <= item["rank"] <= item["rank_worst"]
    best = max(given, key=lambda item: item["value"])
    assert best["rank"] == 1
    shapes = get(state_client, f"{address}?ranks=1&format=geojson")
    assert shapes["ranking"] == ranked["ranking"]
    assert [item["properties"]["rank"] for item in shapes["features"]] == [
        item["rank"] for item in ranked["values"]
    ]


@pytest.mark.parametrize(
    "path",
    [
        f"/api/v1/indicators/{RATE}?ranks=1&format=csv",
        f"/api/v1/indicators/{RATE}?ranks=yes",
        f"/api/v1/indicators/{COUNT}?ranks=1",
    ],
)
def test_ranks_that_could_mislead_are_refused(client, path):
    problem(client.get(path), 400)


def test_a_profile_says_the_same_sentences_as_the_api(state_client):
    text = html.unescape(page(state_client, "/jurisdictions/counties/99001"))
    assert get(state_client, ALDER)["sentence"] in text
    assert get(state_client, f"{ALDER}&since=2015")["sentence"] in text
    assert "Not compared across the break in the series of 2015." in text
    blue = get(state_client, f"{ALDER}&group=blue&reference=green")
    assert f"{blue['ratio']:.2f} times" in text
    assert DISPARITY_CAUTION in text
    assert "Green is the group with the most people" in text
    assert "The group is unknown or not listed for" in text


def test_a_profile_compares_no_count(client):
    text = page(client, "/jurisdictions/counties/06001")
    assert text.count('<dl class="compared">') == 1
