"""Laws of the page that compares places, and of what it gives to programs."""

import csv
import html
import io
import re

import pytest
from werkzeug.test import Client

from mapsvc.maps.sentences import DISPARITY_CAUTION, RANKING_CAUTION
from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.web.app import create_wsgi
from tests.pseudo import unspoken
from tests.synthetic_release import COUNT, HOSTILE, RATE
from tests.web.test_api import get, problem
from tests.web.test_pages import HTML, outline, page

TWO = f"/compare/{RATE}?layer=counties&jurisdictions=06001,06003"
API = f"/api/v1/places/{RATE}?layer=counties&jurisdictions=06001,06003"


@pytest.fixture(scope="module")
def pomona(miniature):
    return Client(create_wsgi(CurrentRelease(miniature.atlas), Settings(atlas=miniature.atlas)))


def test_the_page_has_every_place_in_chart_table_and_matrix(client):
    text = html.unescape(page(client, f"{TWO},06007"))
    for name in ("Alder", "Birch", "Dogwood"):
        assert text.count(name) >= 4
    assert "<title>Alder, Birch, Dogwood: Arrest rate, 2014" in text
    assert text.count("stand-higher") == text.count("stand-lower") == 1
    assert text.count("No comparison</span>") == 4
    assert "Withheld (small number)" in text
    assert RANKING_CAUTION in text
    assert DISPARITY_CAUTION not in text
    assert "A law made some felonies misdemeanors." in text


def test_a_group_has_its_caution(client):
    assert DISPARITY_CAUTION in html.unescape(page(client, f"{TWO}&group=black"))


def test_the_form_without_script_leads_to_the_same_page(client):
    form = f"/compare/{RATE}?layer=counties&jurisdictions=06001&jurisdictions=Birch"
    found = page(client, f"{form}&jurisdictions=&period=2014&group=all")
    assert unspoken(found) == unspoken(page(client, TWO))


def test_the_order_is_the_one_asked_for_and_nobody_is_there_twice(client):
    text = page(client, f"/compare/{RATE}?jurisdictions=06003,06001,06003")
    assert "<h1>Birch, Alder</h1>" in text


@pytest.mark.parametrize(
    ("query", "status", "offered"),
    [
        ("jurisdictions=06001", 400, "jurisdictions=06001%2C"),
        ("jurisdictions=06001,06001", 400, "jurisdictions=06001%2C"),
        ("jurisdictions=06001,06003,06005,06007,06009", 400, "06001%2C06003%2C06005%2C06007"),
        ("jurisdictions=06001,Brich", 404, "06001%2C06003"),
        ("jurisdictions=CA0010100,06001", 404, "layer=agencies&first=CA0010100"),
    ],
)
def test_what_cannot_be_compared_is_answered_with_what_is_nearest(client, query, status, offered):
    text = html.unescape(page(client, f"/compare/{RATE}?layer=counties&{query}", status=status))
    alert = re.search(r'<div class="refusal".*?</div>', text, re.DOTALL)[0]
    assert offered in alert
    assert 'id="pick"' in text
    for link in outline(alert).links:
        assert client.get(html.unescape(link), headers=HTML).status_code == 200


def test_counts_are_not_compared_and_the_rates_are_offered(client):
    text = page(client, f"/compare/{COUNT}?jurisdictions=06001,06003", status=400)
    assert "Counts are not compared" in text
    assert f"/compare/{RATE}?layer=counties&amp;jurisdictions=06001%2C06003" in text


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("layer=parishes", 404, "counties"),
        ("period=1999", 404, "2014"),
        ("group=grey", 404, "black"),
        ("place=06001", 400, "jurisdictions"),
    ],
)
def test_a_name_that_does_not_exist_is_answered_with_those_that_do(client, query, status, words):
    assert words in page(client, f"/compare/{RATE}?{query}", status=status)


def test_one_place_to_begin_with_is_chosen_and_its_peers_are_offered(client):
    text = page(client, f"/compare/{RATE}?layer=counties&first=06001")
    assert '<option value="06001" selected>' in text
    assert "Similar in size to Alder" in text
    assert "twice as many is as far away" in text


def test_programs_get_the_same_pairs_and_values(pomona):
    path = "/api/v1/places/stop-rate?jurisdictions=99001,99003,99005"
    found = get(pomona, path)
    assert len(found["pairs"]) == 6
    for pair in found["pairs"]:
        alone = get(
            pomona,
            f"/api/v1/compare/counties/{pair['id']}?indicator=stop-rate&with={pair['with']}"
            f"&period={found['period']}",
        )
        for name in ("ratio", "lower", "upper", "verdict", "sentence"):
            assert pair[name] == alone[name]
    values = get(pomona, "/api/v1/indicators/stop-rate?period=2016")["values"]
    by_id = {each["id"]: each for each in values}
    mine = [each for each in found["values"] if each["period"] == "2016"]
    assert [each["id"] for each in mine] == ["99001", "99003", "99005"]
    for each in mine:
        assert {key: each[key] for key in by_id[each["id"]]} == by_id[each["id"]]


def test_a_csv_has_a_row_for_each_place_and_period(client):
    response = client.get(f"{API}&format=csv")
    rows = list(csv.DictReader(io.StringIO(response.get_data(as_text=True))))
    assert response.content_type.startswith("text/csv")
    assert {(row["period"], row["id"]) for row in rows} == {
        (period, each) for period in ("2013", "2014", "2010-2014") for each in ("06001", "06003")
    }
    assert all(row["indicator"] == RATE and row["caveats"] for row in rows)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/api/v1/places/{RATE}?jurisdictions=06001", 400),
        (f"/api/v1/places/{RATE}", 400),
        (f"{API},06005,06007,06009", 400),
        (f"{API},9", 404),
        (f"{API}&format=xml", 400),
        (f"{API}&jurisdictions=06005", 400),
        (f"/api/v1/places/{COUNT}?jurisdictions=06001,06003", 400),
        ("/api/v1/peers/counties/9", 404),
        (f"/api/v1/peers/agencies/CA0010000?indicator={COUNT}", 404),
        ("/api/v1/peers/counties/06001?limit=3", 400),
    ],
)
def test_what_makes_no_sense_is_told_as_a_problem(client, path, status):
    problem(client.get(path), status)


def test_peers_are_given_with_the_rule_in_words(client):
    found = get(client, "/api/v1/peers/counties/06003")
    assert found["peers"]
    assert "06003" not in [each["id"] for each in found["peers"]]
    assert found["rule"] in html.unescape(page(client, "/jurisdictions/counties/06003"))
    nobody = get(client, "/api/v1/peers/agencies/CA0010200")
    assert nobody["peers"] == []
    assert nobody["rule"] is None


def test_a_profile_leads_to_the_comparison_with_its_peers(client):
    links = outline(page(client, "/jurisdictions/counties/06003")).links
    first = f"/compare/{RATE}?layer=counties&first=06003"
    assert first in [html.unescape(link) for link in links]
    assert any("jurisdictions=06003%2C" in link for link in links)


def test_hostile_names_stay_text(hostile_client):
    text = page(hostile_client, TWO)
    assert not any(name in text for name in (HOSTILE[0], HOSTILE[2]))
    assert outline(text).faults == []
