"""Laws of what a map page's script asks for: classes, and a place over the years."""

import json

import pytest

from mapsvc.maps import palette
from mapsvc.model import RELIABILITIES, STATUSES
from tests.synthetic_release import BREAKS, COUNT, GROUPS, LAYERS, PERIODS, RATE

CLASSES = f"/api/v1/classes/counties/{RATE}"
HISTORY = f"/api/v1/history/counties/{RATE}"
NUMBERS = ("numerator", "denominator", "value", "lower", "upper")


def test_the_classes_are_the_release_s_until_others_are_asked_for(client):
    found = client.get(CLASSES).json
    assert (found["bounds"], found["classes"], found["title"]) == (BREAKS[RATE], None, None)
    assert found["colours"] == {
        theme: list(colours) for theme, colours in palette.themed("YlGnBu", 3).items()
    }
    chosen = client.get(f"{CLASSES}?classes=equal-4&palette=Blues&group=black").json
    assert chosen["bounds"] != BREAKS[RATE]
    assert (chosen["classes"], chosen["palette"], chosen["group"]) == ("equal-4", "Blues", "black")


@pytest.mark.parametrize(
    "query",
    ["classes=quantiles", "classes=9", "palette=Rainbow", "period=2014", "classes=&classes="],
)
def test_classes_that_are_not_offered_are_a_problem(client, query):
    answer = client.get(f"{CLASSES}?{query}")
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("path", [f"/maps/{RATE}", f"/embed/{RATE}", f"/maps/{RATE}/embed"])
def test_a_page_refuses_classes_with_a_page_that_names_those_on_offer(client, path):
    answer = client.get(f"{path}?classes=nonsense", headers={"Accept": "text/html"})
    assert answer.status_code == 400
    for name in ("quantiles", "equal", "natural", "round"):
        assert name in answer.text


def test_pages_and_code_keep_the_classes_that_were_chosen(client):
    query = "classes=quantiles-4&palette=Blues"
    page = client.get(f"/maps/{RATE}?{query}")
    configuration = json.loads(page.text.split('id="map-configuration">')[1].split("</script>")[0])[
        "indicator"
    ]
    assert configuration["state"]["classes"] == "quantiles-4"
    asked = client.get(f"{CLASSES}?{query}").json
    for key in ("bounds", "colours", "title"):
        assert configuration["drawn"][key] == asked[key]
    builder = client.get(f"/maps/{RATE}/embed?{query}").text
    assert "classes=quantiles-4&amp;palette=Blues" in builder
    widget = client.get(f"/embed/{RATE}?{query}").text
    told = json.loads(widget.split('id="map-configuration">')[1].split("</script>")[0])["indicator"]
    assert told["classes"]["all"]["bounds"] == asked["bounds"]


def test_the_form_of_a_page_says_what_is_chosen_and_belongs_to_the_controls(client):
    page = client.get(f"/maps/{RATE}?classes=natural-3&palette=Blues").text
    assert '<option value="natural-3" selected>' in page
    assert 'name="palette" form="controls" value="Blues" checked>' in page
    assert 'id="classing"' not in client.get(f"/maps/{COUNT}").text


@pytest.mark.parametrize("indicator", [RATE, COUNT])
def test_a_history_is_what_the_columns_of_every_period_say(client, indicator):
    for layer in LAYERS[indicator]:
        for group in GROUPS[indicator]:
            columns = [
                client.get(f"/api/v1/columns/{layer}/{indicator}/{each}?group={group}").json
                for each in PERIODS[indicator]
            ]
            for row, place in enumerate(columns[0]["ids"]):
                found = client.get(
                    f"/api/v1/history/{layer}/{indicator}/{place}?group={group}"
                ).json
                assert found["periods"] == PERIODS[indicator]
                for name in NUMBERS:
                    assert found[name] == [each[name][row] for each in columns]
                said = [found["statuses"][code] for code in found["status"]]
                assert said == [each["statuses"][each["status"][row]] for each in columns]
                assert found["reliability"] == [
                    None if each["reliability"][row] is None
                    else RELIABILITIES.index(each["reliabilities"][each["reliability"][row]])
                    for each in columns
                ]  # fmt: skip


def test_a_history_has_every_word_that_it_points_to(client):
    found = client.get(f"{HISTORY}/06009").json
    assert found["statuses"] == list(STATUSES)
    assert "9 of 12 months reported" in found["note"]
    assert [each["year"] for each in found["breaks"]] == [2014]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{HISTORY}/06999", 404),
        (f"{HISTORY}/06001?group=green", 404),
        (f"{HISTORY}/06001?period=2014", 400),
        (f"/api/v1/history/agencies/{COUNT}/CA0010000", 404),
    ],
)
def test_a_history_of_what_is_not_there_is_a_problem(client, path, status):
    assert client.get(path).status_code == status
