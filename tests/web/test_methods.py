"""Laws of the methodology pages: generated from the declarations, whole for every indicator."""

import html
import itertools
import json
import re

import pytest
from werkzeug.test import Client

from mapsvc.maps.text import WORDS
from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.web.app import create_wsgi
from tests.synthetic_release import COUNT, HOSTILE, RATE
from tests.web.test_pages import HTML, outline, page

METHODS = [
    f"/maps/{RATE}/method",
    f"/maps/{RATE}/method?layer=agencies&period=2010-2014&group=black",
    f"/maps/{COUNT}/method",
    *(f"/maps/{RATE}/method?jurisdiction=060{row:02d}" for row in range(1, 13, 2)),
    f"/maps/{COUNT}/method?jurisdiction=06007",
    f"/maps/{RATE}/method?layer=agencies&jurisdiction=CA0010200",
]


@pytest.fixture(scope="session")
def state_client(miniature):
    return Client(create_wsgi(CurrentRelease(miniature.atlas), Settings(atlas=miniature.atlas)))


def words_of(text):
    """Return what a reader sees, spaces made one."""
    body = text.partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.parametrize("path", METHODS)
def test_every_method_page_is_sound_and_every_link_leads_somewhere(client, path):
    text = page(client, path)
    found = outline(text)
    assert found.faults == []
    assert found.open == []
    assert len(found.ids) == len(set(found.ids))
    assert found.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(found.headings))
    for link in found.links:
        address = html.unescape(link).partition("#")[0]
        assert address.startswith(("/", ""))
        if address:
            assert client.get(address, headers=HTML).status_code == 200, address


def test_every_indicator_has_a_method_page_with_its_own_declarations(state_client, miniature):
    release = miniature.release
    for entry in release.catalogue["indicators"]:
        dataset = release.dataset(entry["dataset"])
        words = words_of(page(state_client, f"/maps/{entry['slug']}/method"))
        for said in (
            entry["title"],
            entry["universe"],
            dataset["publisher"],
            dataset["policy"]["reason"],
            f"release {release.id}",
            *entry["caveats"],
            *(item["text"] for item in entry["breaks"]),
            *(mark["title"] for mark in WORDS.values() if entry["per"] and mark["text"]),
        ):
            assert said in words, (entry["slug"], said)


def test_the_filter_and_what_counts_as_complete_are_told(client):
    words = words_of(page(client, f"/maps/{RATE}/method"))
    assert "Only those where offence is all" in words
    assert "only where complete is true" in words
    assert "The column arrests of the table arrests , added up" in words
    assert "means not reported" in words
    words = words_of(page(client, f"/maps/{COUNT}/method"))
    assert "means zero" in words
    assert "All of them." in words
    assert "Counts from 1 to 10 are withheld" in words


def test_the_worked_example_has_the_numbers_of_the_api(state_client):
    address = "/api/v1/indicators/stop-rate?layer=counties"
    values = {item["id"]: item for item in json.loads(state_client.get(address).data)["values"]}
    for identifier in ("99001", "99005"):
        words = words_of(page(state_client, f"/maps/stop-rate/method?jurisdiction={identifier}"))
        value = values[identifier]
        for number in (value["numerator"], value["denominator"]):
            assert f"{number:,}" in words
        assert re.search(rf"= {value['value']:,.2f}\b", words)
        for limit in (value["lower"], value["upper"]):
            assert f"{limit:,.2f}" in words
        assert WORDS[value["reliability"]]["title"] in words


def test_a_withheld_number_is_not_on_the_page(client):
    words = words_of(page(client, f"/maps/{RATE}/method?jurisdiction=06007"))
    assert WORDS["suppressed"]["text"] in words
    assert "80,000" not in words.partition("step by step")[2].partition("What it is divided by")[0]


def test_an_unreliable_rate_is_marked_and_not_given_as_what_is_shown(client):
    words = words_of(page(client, f"/maps/{RATE}/method?jurisdiction=06005"))
    assert WORDS["unreliable"]["text"] in words
    assert "Shown as" not in words


def test_a_place_without_a_rate_has_its_count_and_the_reason(client):
    path = f"/maps/{RATE}/method?layer=agencies&jurisdiction=CA0010200"
    words = words_of(page(client, path))
    assert WORDS["not_applicable"]["text"] in words
    assert "Arrests counted: 14" in words


@pytest.mark.parametrize("path", METHODS)
def test_hostile_names_stay_text(hostile_client, path):
    text = page(hostile_client, path)
    for name in HOSTILE:
        if "<" in name:
            assert name not in text
    assert "<script" not in text
    assert "<img" not in text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/maps/arrest-rat/method", RATE),
        (f"/maps/{RATE}/method?period=1066", "2010-2014"),
        (f"/maps/{RATE}/method?jurisdiction=00000", "06001"),
        (f"/maps/{RATE}/method?layer=parishes", "agencies"),
        ("/maps/nothing/citation.bib", RATE),
    ],
)
def test_a_name_that_does_not_exist_is_answered_with_those_that_do(client, path, words):
    assert words in page(client, path, status=404)


def test_the_citation_is_pinned_to_the_release(client):
    release = json.loads(client.get("/readyz").data)["release"]
    bib = client.get(f"/maps/{RATE}/citation.bib")
    assert bib.content_type == "application/x-bibtex; charset=utf-8"
    assert bib.headers["Content-Disposition"].startswith("attachment; filename=")
    assert release in bib.get_data(as_text=True)
    csl = client.get(f"/maps/{RATE}/citation.json")
    assert csl.content_type == "application/vnd.citationstyles.csl+json"
    [item] = json.loads(csl.data)
    assert item["version"] == f"release {release}"
    assert item["URL"] == f"http://localhost/maps/{RATE}"
    assert release in words_of(page(client, f"/maps/{RATE}/method"))


def test_a_citation_takes_no_parameters_and_no_other_form(client):
    assert client.get(f"/maps/{RATE}/citation.bib?x=1").status_code == 400
    assert client.get(f"/maps/{RATE}/citation.ris").status_code == 404


@pytest.mark.parametrize(
    "path",
    [f"/maps/{RATE}", "/data/arrests", "/jurisdictions/counties/06001"],
)
def test_the_page_is_linked_from_where_the_numbers_are(client, path):
    assert f'href="/maps/{RATE}/method' in page(client, path)


def test_a_page_asked_for_again_is_not_sent_again(client):
    first = client.get(METHODS[0], headers=HTML)
    again = client.get(METHODS[0], headers={**HTML, "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
