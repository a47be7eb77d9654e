"""Laws of modelled rates as the service gives them: on request, beside the crude ones, labelled."""

import csv
import io
import re

import pytest
from werkzeug.test import Client

from mapsvc.maps.modelled import FIELDS, TEXT
from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.web.app import create_wsgi
from tests.synthetic_release import COUNT, RATE
from tests.web.test_api import get, problem
from tests.web.test_methods import words_of
from tests.web.test_pages import page

STOPS = "/api/v1/indicators/stop-rate"


@pytest.fixture(scope="session")
def state_client(miniature):
    return Client(create_wsgi(CurrentRelease(miniature.atlas), Settings(atlas=miniature.atlas)))


def without(row):
    return {name: value for name, value in row.items() if name not in FIELDS}


def test_they_are_given_only_on_request_and_change_nothing_else(state_client):
    plain, modelled = get(state_client, STOPS), get(state_client, f"{STOPS}?smoothed=1")
    assert plain == get(state_client, f"{STOPS}?smoothed=0")
    assert not set(FIELDS) & {name for row in plain["values"] for name in row}
    assert [without(row) for row in modelled["values"]] == plain["values"]
    about = modelled.pop("modelled")
    assert about["text"] == TEXT
    assert about["places"] == sum(row["status"] == "ok" for row in plain["values"])
    assert modelled.keys() == plain.keys()
    for row in modelled["values"]:
        assert (row["modelled_value"] is not None) == (row["status"] == "ok")
        assert row["modelled_text"] == (TEXT if row["status"] == "ok" else None)


def test_they_are_labelled_in_every_format(state_client):
    values = get(state_client, f"{STOPS}?smoothed=1")["values"]
    shapes = get(state_client, f"{STOPS}?smoothed=1&format=geojson")
    assert [each["properties"] for each in shapes["features"]] == values
    assert shapes["modelled"]["text"] == TEXT
    table = state_client.get(f"{STOPS}?smoothed=1&format=csv").get_data(as_text=True)
    for row, value in zip(csv.DictReader(io.StringIO(table, newline="")), values, strict=True):
        for name in FIELDS:
            assert row[name] == ("" if value[name] is None else str(value[name]))
    plain = state_client.get(f"{STOPS}?format=csv").get_data(as_text=True)
    assert "modelled" not in plain


def test_ranks_and_modelled_rates_can_be_asked_for_together(state_client):
    found = get(state_client, f"{STOPS}?ranks=1&smoothed=1")
    assert {"ranking", "modelled"} <= found.keys()
    assert {"rank", *FIELDS} <= found["values"][0].keys()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (f"/api/v1/indicators/{COUNT}?smoothed=1", "a count is complete as it is"),
        (f"/api/v1/indicators/{COUNT}?smoothed=1&format=csv", "a count is complete as it is"),
        (f"/api/v1/indicators/{RATE}?smoothed=yes", "1 for yes, or 0"),
        (f"/api/v1/indicators/{RATE}?smoothed=", "1 for yes, or 0"),
    ],
)
def test_what_is_not_modelled_is_refused_with_the_reason(client, path, words):
    assert words in problem(client.get(path), 400)["detail"]


def test_the_method_page_works_the_modelled_rate_out_with_the_numbers_of_the_api(state_client):
    found = get(state_client, f"{STOPS}?layer=counties&smoothed=1")
    for value in found["values"]:
        path = f"/maps/stop-rate/method?layer=counties&jurisdiction={value['id']}"
        words = words_of(page(state_client, path)).partition("Modelled rate")[2]
        if value["modelled_value"] is None:
            assert "has none, as it has no rate of its own" in words
            continue
        numbers = [
            float(text.replace(",", ""))
            for text in re.findall(r"\d[\d,]*\.?\d*", words.partition("Rules")[0])
        ]
        for wanted in (value["modelled_value"], value["value"], found["modelled"]["overall"]):
            assert any(abs(number - wanted) <= 1e-5 * wanted for number in numbers)
        assert "Modelled, not counted." in words


def test_a_page_about_counts_has_no_modelled_rate(client):
    assert "Modelled rate" not in page(client, f"/maps/{COUNT}/method")


def test_a_withheld_place_has_no_modelled_rate_on_the_page(client):
    words = words_of(page(client, f"/maps/{RATE}/method?jurisdiction=06007"))
    assert "has none, as it has no rate of its own" in words.partition("Modelled rate")[2]


def test_no_map_page_or_profile_shows_a_modelled_rate(state_client):
    for path in ("/maps/stop-rate", "/jurisdictions/counties/99001", "/embed/stop-rate"):
        assert "odelled" not in state_client.get(path).get_data(as_text=True)
