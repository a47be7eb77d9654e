"""Laws of the accounts: pages and API say the same, missing is told, and nobody is a zero."""

import html
import json
import re

import pytest
from werkzeug.test import Client

from mapsvc.release.build import build_release
from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.web.app import create_wsgi
from tests.miniature import write_miniature
from tests.web.test_pages import outline, page

HOSTILE = "<img src=x onerror=alert(1)>\"'"
PAGES = [
    "/jurisdictions",
    "/jurisdictions?year=2013",
    "/jurisdictions?layer=agencies&year=2015",
    "/data/stops/coverage",
    "/data/stops/coverage?year=2014",
    "/data/incidents/coverage",
    "/data/crashes/coverage?year=2013",
]


def serve(atlas):
    return Client(create_wsgi(CurrentRelease(atlas), Settings(atlas=atlas)))


@pytest.fixture(scope="module")
def pomona(miniature):
    return serve(miniature.atlas)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The made-up state with markup for names of places and for the reason of a gap."""
    folder = tmp_path_factory.mktemp("hostile-accounts")
    boundaries, datasets = write_miniature(folder)
    changes = {
        boundaries / "pomona/agencies.geojson": ("Alderton Police", json.dumps(HOSTILE)[1:-1]),
        boundaries / "pomona/served_by.csv": ("Firth", '"' + HOSTILE.replace('"', '""') + '"'),
        datasets / "stops/stops.csv": ("January to June only", HOSTILE.replace('"', "")),
    }
    for path, (old, new) in changes.items():
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
        descriptor = path.parent / "datapackage.json"
        document = json.loads(descriptor.read_text("utf-8"))
        for resource in document["resources"]:
            resource.pop("hash", None)
        descriptor.write_text(json.dumps(document), "utf-8")
    build_release(boundaries, datasets, folder / "atlas")
    return serve(folder / "atlas")


def get(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status, response.data
    return json.loads(response.data, parse_constant=lambda text: pytest.fail(text))


def words(text):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_without_script(pomona, path):
    text = page(pomona, path)
    found = outline(text)
    assert found.faults == []
    assert found.open == []
    assert len(found.ids) == len(set(found.ids))
    assert found.headings[0] == 1
    assert "<script" not in text
    for link in found.links:
        if link.startswith("/") and not link.startswith("/static/"):
            assert pomona.get(link.partition("#")[0]).status_code == 200, link


@pytest.mark.parametrize("path", ["/jurisdictions", "/data/stops/coverage?year=2015"])
def test_no_name_or_reason_can_become_markup(hostile, path):
    text = page(hostile, path)
    assert "<img" not in text
    assert "onerror=alert(1)" in html.unescape(text)


def test_the_navigation_leads_to_the_account_and_marks_it(pomona):
    assert '<a href="/jurisdictions">Jurisdictions</a>' in page(pomona, "/")
    assert '<a href="/jurisdictions" aria-current="true">' in page(pomona, "/jurisdictions")


def test_a_dataset_links_to_who_reported_to_it(pomona):
    assert "/data/stops/coverage" in outline(page(pomona, "/data/stops")).links


def test_the_ledger_has_every_parent_with_sums_and_difference(pomona, miniature):
    document = get(pomona, "/api/v1/ledger?layer=agencies&year=2014")
    assert document["release"] == miniature.release.id
    assert [each["name"] for each in document["parents"]] == [
        "Alder", "Birch", "Cedar", "Damson", "Elder", "Fir",
    ]  # fmt: skip
    assert document["parents"][0] == {
        "id": "99001",
        "name": "Alder",
        "parts": 3,
        "parts_mapped": 2,
        "area_m2": document["parents"][0]["area_m2"],
        "parts_area_m2": document["parents"][0]["area_m2"],
        "area_difference_m2": 0,
        "residents": 121_200,
        "parts_residents": 121_200,
        "residents_difference": 0,
        "unknown": 0,
    }


def test_a_sum_with_an_unknown_part_has_no_difference(pomona):
    elder = get(pomona, "/api/v1/ledger?year=2016")["parents"][4]
    assert elder["unknown"] == 1
    assert elder["residents_difference"] is None
    assert "1 without a figure" in words(page(pomona, "/jurisdictions?year=2016"))


def test_the_latest_year_and_the_first_ledger_are_the_defaults(pomona):
    assert get(pomona, "/api/v1/ledger") == get(pomona, "/api/v1/ledger?layer=agencies&year=2016")


def test_who_policed_a_place_in_the_year_is_marked(pomona):
    served = get(pomona, "/api/v1/ledger?year=2013")["served_by"]
    damson = [each for each in served if each["place_name"] == "Damson City"]
    assert [(each["agency_name"], each["in_year"]) for each in damson] == [
        ("Damson County Sheriff", False),
        ("Damson City Police", True),
    ]


def test_the_page_lists_everyone_without_a_rate_with_the_reason(pomona):
    found = get(pomona, "/api/v1/ledger?year=2013")["without_rate"]
    assert len(found) == 4
    text = words(page(pomona, "/jurisdictions?year=2013"))
    for each in found:
        assert each["name"] in text
        assert each["reason"] in text


def test_a_place_that_did_not_report_is_missing_and_not_zero(pomona):
    document = get(pomona, "/api/v1/coverage/stops?year=2014")
    (found,) = document["coverage"]
    assert found["measures"] == ["stops"]
    assert found["missing"] == [
        {
            "id": "99011",
            "name": "Fir",
            "kind": "county",
            "reason": "No record",
            "category": "not_reported",
            "months": None,
        }
    ]
    assert found["years"][1]["places"] == 6
    assert found["years"][1]["reported"] == 5
    text = words(page(pomona, "/data/stops/coverage?year=2014"))
    assert "Missing in 2014" in text
    assert "No record" in text
    assert "over 99.9 %" not in text
    assert "99.3 %" in text


def test_a_gap_that_is_an_incomplete_record_says_how(pomona):
    text = words(page(pomona, "/data/stops/coverage?year=2015"))
    assert "January to June only" in text


def test_a_complete_register_says_that_no_record_is_a_true_zero(pomona):
    assert "no record means that none happened" in words(page(pomona, "/data/incidents/coverage"))
    for found in get(pomona, "/api/v1/coverage/incidents")["coverage"]:
        assert found["absence"] == "zero"
        assert found["missing"] == []
        assert found["parents"] is None


def test_coverage_can_be_asked_of_one_layer(pomona):
    found = get(pomona, "/api/v1/coverage/incidents?layer=agencies")["coverage"]
    assert {each["layer"] for each in found} == {"agencies"}


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("/api/v1/ledger?layer=counties", 404, "agencies"),
        ("/api/v1/ledger?year=1900", 404, "2016"),
        ("/api/v1/ledger?years=2014", 400, "year"),
        ("/api/v1/ledger?year=2014&year=2015", 400, "once"),
        ("/api/v1/coverage/nothing", 404, "stops"),
        ("/api/v1/coverage/stops?layer=agencies", 404, "counties"),
        ("/api/v1/coverage/stops?year=x", 404, "2013"),
        ("/api/v1/coverage/stops?group=all", 400, "layer"),
    ],
)
def test_a_wrong_question_is_told_what_would_be_right(pomona, path, status, word):
    response = pomona.get(path)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert word in response.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/jurisdictions?year=1900", "/data/stops/coverage?year=1900"])
def test_a_year_that_is_not_there_is_a_helpful_page(pomona, path):
    assert "2016" in page(pomona, path, status=404)


def test_a_release_from_before_there_were_ledgers_still_has_its_pages(client):
    assert "nothing that must add up" in page(client, "/jurisdictions")
    assert "No measure of this dataset is mapped" in page(client, "/data/arrests/coverage")
    assert client.get("/api/v1/ledger").status_code == 404
    assert get(client, "/api/v1/coverage/arrests")["coverage"] == []
