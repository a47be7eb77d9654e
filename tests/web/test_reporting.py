"""Laws of who reported over HTTP: the answer, the page without script, the way from the account."""

import json
import re

import pytest
from werkzeug.test import Client

from mapsvc.maps.reporting import WORDS
from mapsvc.model import REPORTINGS
from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.web.app import create_wsgi
from tests.synthetic_release import COUNT, RATE, write_release
from tests.web.test_api import get, problem
from tests.web.test_ledger import words
from tests.web.test_pages import outline, page, table_rows

PATH = f"/api/v1/reporting/counties/{RATE}/2014"


def serve(folder):
    return Client(create_wsgi(CurrentRelease(folder), Settings(atlas=folder)))


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    folder = tmp_path_factory.mktemp("known")
    write_release(folder, accounts=True)
    return serve(folder)


@pytest.fixture(scope="module")
def pomona(miniature):
    return serve(miniature.atlas)


def test_an_answer_has_a_category_for_every_jurisdiction(known):
    document = get(known, PATH)
    assert document["categories"] == [str(each) for each in REPORTINGS]
    named = [document["categories"][code] for code in document["category"]]
    assert dict(zip(document["ids"], named, strict=True)) == {
        "06001": "reported", "06003": "reported", "06005": "zero", "06007": "withheld",
        "06009": "partly", "06011": "no_boundary",
    }  # fmt: skip
    assert document["counts"] == {name: named.count(name) for name in dict.fromkeys(named)}
    assert (document["due"], document["unit"], document["reported"][4]) == (12, "months", 9)
    assert document["coverage_percent"] == [100, 100, 100, None, 75, None]


def test_the_coverage_of_a_whole_names_it(known):
    document = get(known, f"/api/v1/reporting/agencies/{RATE}/2014")
    assert document["coverage_places"] == ["Alder"]
    assert document["coverage_place"] == [0, 0, 0, 0]
    assert document["coverage_percent"] == [87.5] * 4


@pytest.mark.parametrize(
    ("path", "status", "named"),
    [
        (f"/api/v1/reporting/nowhere/{RATE}/2014", 404, "counties"),
        (f"/api/v1/reporting/agencies/{COUNT}/2014", 404, "counties"),
        (f"/api/v1/reporting/counties/{RATE}/1999", 404, "2014"),
        (f"{PATH}?group=grey", 404, "black"),
        (f"{PATH}?show=x", 400, "group"),
    ],
)
def test_what_is_not_there_is_named_with_what_is(known, path, status, named):
    assert named in json.dumps(problem(known.get(path), status))


def test_a_release_without_accounts_offers_no_map_of_them(client):
    problem(client.get(PATH), 404)
    text = page(client, f"/maps/{RATE}")
    assert 'value="reporting"' not in text
    assert "/api/v1/reporting/" not in text
    assert "values" in page(client, f"/maps/{RATE}?show=reporting", status=404)


def test_the_page_tells_who_reported_without_script(known):
    path = f"/maps/{RATE}?show=reporting&jurisdiction=06009"
    text = page(known, path)
    assert "<title>Who reported: Arrest rate by county, 2014" in text
    told = {key: [*filter(None, row.split("|"))] for key, row in table_rows(text).items()}
    assert told["06009"][:4] == ["Elm", "Partly reported", "9 of 12 months", "75.0 %"]
    assert told["06005"][:4] == ["Cedar", "Reported: zero", "12 of 12 months", "100.0 %"]
    assert told["06007"][1] == WORDS["withheld"]["title"]
    assert "Partly reported: 9 of 12 months." in text
    assert 'value="reporting" checked' in text


def test_a_page_of_values_has_no_column_of_who_reported(known):
    assert "data-column" not in page(known, f"/maps/{RATE}")


def test_hidden_columns_are_those_without_a_figure(known):
    def shown(path):
        found = re.findall(r'<th[^>]*data-column="(\w+)"( hidden)?', page(known, path))
        return [name for name, hidden in found if not hidden]

    assert shown(f"/maps/{RATE}?show=reporting") == ["report", "part", "coverage"]
    assert shown(f"/maps/{COUNT}?show=reporting&period=2014") == ["report"]


def test_the_account_leads_to_the_map_from_every_row(pomona):
    found = outline(page(pomona, "/data/stops/coverage?year=2014"))
    maps = [link for link in found.links if link.startswith("/maps/")]
    for year in (2013, 2014, 2015, 2016):
        assert f"/maps/stop-rate?layer=counties&period={year}&show=reporting" in maps
    place = "jurisdiction=99011&show=reporting"
    assert f"/maps/stop-rate?layer=counties&period=2014&{place}" in maps
    assert f"/maps/stop-rate?layer=counties&period=2015&{place}" in maps
    for link in maps:
        assert "Who reported" in page(pomona, link)


def test_the_account_counts_those_that_lack_a_record_in_each_way(pomona):
    text = words(page(pomona, "/data/stops/coverage?year=2015"))
    assert f"{WORDS['partly']['title']} 1 {WORDS['partly']['text']}" in text
    (entry,) = get(pomona, "/api/v1/coverage/stops?year=2015")["coverage"]
    (fir,) = entry["missing"]
    assert (fir["category"], fir["months"]) == ("partly", None)
