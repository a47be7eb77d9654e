"""What a reader divides by is in the address, and every answer and page follows it."""

import csv
import io
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import Client

from mapsvc.model import RELIABILITIES, STATUSES, Reliability, Status
from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.web import urls
from mapsvc.web.app import create_wsgi

OK = STATUSES.index(Status.OK)
UNRELIABLE = RELIABILITIES.index(Reliability.UNRELIABLE)
STOPS, INCIDENTS = "stop-rate", "incident-rate"


@pytest.fixture(scope="module")
def release(miniature):
    return miniature.release


@pytest.fixture(scope="module")
def client(miniature):
    return Client(create_wsgi(CurrentRelease(miniature.atlas), Settings(atlas=miniature.atlas)))


def get(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, response.get_data(as_text=True)
    return json.loads(response.data)


def page(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def configuration(text):
    found = re.search(r'id="map-configuration">(.*?)</script>', text, re.DOTALL)
    return json.loads(found[1])


def test_values_are_divided_by_what_is_asked_for_and_say_by_what(client, release):
    document = get(client, urls.api_url(INCIDENTS, period="2016", denominator="daytime"))
    assert document["denominator_key"] == "daytime"
    assert document["denominator"]["title"] == "People there by day"
    assert document["unit"] == "incidents per 1,000 people there by day"
    assert document["per"] == 1000
    assert [each["key"] for each in document["alternatives"]] == ["residents"]
    expected = release.values("counties", INCIDENTS, "2016", "all", "daytime")
    for row, each in enumerate(document["values"]):
        if each["status"] == "ok":
            assert each["value"] == expected.value[row]
            assert each["value"] == pytest.approx(each["numerator"] / each["denominator"] * 1000)


def test_the_own_denominator_by_name_gives_the_same_answer(client):
    own = get(client, urls.api_url(STOPS))
    assert own["denominator_key"] == "residents"
    assert [each["key"] for each in own["alternatives"]] == ["office"]
    assert get(client, urls.api_url(STOPS, denominator="residents")) == own


def test_a_table_and_its_file_name_follow(client):
    response = client.get(urls.api_url(STOPS, period="2016", denominator="office", form="csv"))
    rows = list(csv.DictReader(io.StringIO(response.get_data(as_text=True))))
    assert {row["denominator_source"] for row in rows} == {
        "Pomona Records Office, Stops file, 2016"
    }
    assert "stop-rate-counties-2016-all-office.csv" in response.headers["Content-Disposition"]


def test_a_column_follows_and_names_its_denominator(client, release):
    address = urls.column_url("counties", STOPS, "2016", denominator="office")
    column = get(client, address)
    assert column["denominator_key"] == "office"
    expected = release.values("counties", STOPS, "2016", "all", "office")
    assert column["class"] == [None if code < 0 else code for code in expected.klass.tolist()]


def test_a_catalogue_lists_what_can_be_divided_by(client):
    entries = {each["slug"]: each for each in get(client, urls.api_url())["indicators"]}
    assert [each["key"] for each in entries[STOPS]["alternatives"]] == ["office"]
    assert entries["grave-incidents"]["alternatives"] == []
    assert entries["grave-incidents"]["denominator_key"] is None


@pytest.mark.parametrize(
    "address",
    [
        urls.api_url(STOPS, denominator="offices"),
        urls.column_url("counties", STOPS, "2016", denominator="offices"),
        urls.denominators_url("counties", STOPS, "2016", denominator="offices"),
    ],
)
def test_an_unknown_denominator_is_a_problem_that_lists_those_that_there_are(client, address):
    assert set(get(client, address, 404)["known"]) == {"residents", "office"}


@pytest.mark.parametrize("address", [urls.map_url, urls.embed_url, urls.method_url])
def test_a_page_of_an_unknown_denominator_is_not_found(client, address):
    assert client.get(address(STOPS, denominator="offices")).status_code == 404


def test_the_changes_have_both_conclusions_and_a_sentence(client):
    document = get(client, urls.denominators_url("counties", INCIDENTS, "2016"))
    (found,) = document["alternatives"]
    assert found["key"] == "daytime"
    assert found["sentence"].startswith("Divided by “People there by day” in place of “Residents”")
    for change in found["changes"]:
        assert set(change["own"]) == set(change["other"])
        assert change["differs"]
    counts = get(client, urls.denominators_url("counties", "grave-incidents", "2016"))
    assert counts["alternatives"] == []


def test_the_map_page_offers_the_choice_and_shows_what_it_changes(client):
    text = page(client, urls.map_url(INCIDENTS))
    assert '<option value="" selected>Residents</option>' in text
    assert '<option value="daytime">People there by day</option>' in text
    assert "Does it matter what we divide by?" in text
    sentence = get(client, urls.denominators_url("counties", INCIDENTS, "2016"))["alternatives"][0][
        "sentence"
    ]
    assert sentence in text


def test_an_indicator_without_a_choice_offers_none(client):
    for slug in ("crash-rate", "grave-incidents"):
        text = page(client, urls.map_url(slug))
        assert "Divided by" not in text
        assert "Does it matter" not in text


def test_the_map_page_of_another_denominator_is_of_that_one_throughout(client, release):
    text = page(client, urls.map_url(INCIDENTS, period="2016", denominator="daytime"))
    assert '<option value="daytime" selected>' in text
    assert "Incidents per 1,000 people there by day" in text
    assert "divided by: People there by day" in re.search(r"<title>(.*?)</title>", text)[1]
    values = release.values("counties", INCIDENTS, "2016", "all", "daytime")
    raw = [float(each) for each in re.findall(r'data-field="value" data-raw="([^"]+)"', text)]
    reliable = (values.status == OK) & (values.reliability != UNRELIABLE)
    # As many digits as the script has of a column.
    assert sorted(raw) == pytest.approx(sorted(values.value[reliable].tolist()), rel=1e-6)
    assert raw
    state = configuration(text)["indicator"]["state"]
    assert state["denominator"] == "daytime"
    for link in re.findall(r'data-view href="([^"]+)"|href="([^"]+)" data-view', text):
        query = parse_qs(urlsplit("".join(link).replace("&amp;", "&")).query)
        assert query["denominator"] == ["daytime"]


def test_a_period_without_figures_is_named_so_with_the_reason_and_a_way_on(client):
    text = page(client, urls.map_url(INCIDENTS, period="2013", denominator="daytime"))
    assert '<option value="2013" selected>2013 (no figures)</option>' in text
    assert '<option value="2014">2014</option>' in text
    said = "“People there by day” has no figures for 2013: it has them for 2014–2016."
    assert re.search(rf'<p class="legend-note" role="status">{said}', text)
    way = urls.map_url(INCIDENTS, "counties", "2014", "all", denominator="daytime").replace(
        "&", "&amp;"
    )
    assert f'<a href="{way}">Show 2014</a>' in text
    own = page(client, urls.map_url(INCIDENTS, period="2013"))
    assert "(no figures)" not in own
    assert '<p class="legend-note" role="status" hidden>' in own


def test_the_widget_follows(client):
    text = page(client, urls.embed_url(INCIDENTS, period="2016", denominator="daytime"))
    assert "Incidents per 1,000 people there by day" in text


def test_the_method_page_works_the_other_denominator_through(client):
    text = page(client, urls.method_url(INCIDENTS, period="2016", denominator="daytime"))
    assert "<h3>People there by day</h3>" in text
    assert "× 1,000<" in text
    assert '<option value="daytime" selected>' in text
    back = urls.map_url(INCIDENTS, "counties", "2016", "all", denominator="daytime")
    assert back.replace("&", "&amp;") in text


def test_the_configuration_has_every_denominator_so_that_switching_asks_for_a_column_alone(client):
    found = configuration(page(client, urls.map_url(INCIDENTS)))["indicator"]
    other = found["alternatives"]["daytime"]
    assert set(other) <= set(found)
    assert other["known"]["all"] == ["2014", "2015", "2016"]
    assert other["unit"] != found["unit"]
    for each in (found, other):
        assert set(each["classes"]) == set(each["titles"]) == set(each["known"])
