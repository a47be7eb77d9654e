"""Laws of two periods of a map over HTTP: the change of every place, the page without script."""

import html
import json

import pytest
from werkzeug.test import Client

from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.web.app import create_wsgi
from tests.pseudo import unspoken
from tests.synthetic_release import COUNT, RATE
from tests.web.test_api import get, problem
from tests.web.test_pages import page, table_rows

PATH = f"/api/v1/changes/counties/{RATE}/2014"


@pytest.fixture(scope="module")
def pomona(miniature):
    return Client(create_wsgi(CurrentRelease(miniature.atlas), Settings(atlas=miniature.atlas)))


def test_every_change_is_that_of_the_comparison_of_the_place_with_its_earlier_self(pomona):
    found = get(pomona, "/api/v1/changes/counties/stop-rate/2016?since=2014")
    compared = 0
    for row, identifier in enumerate(found["ids"]):
        alone = get(
            pomona,
            f"/api/v1/compare/counties/{identifier}?indicator=stop-rate&period=2016&since=2014",
        )
        trend = found["trend"][row]
        assert (None if trend is None else found["trends"][trend]) == alone["verdict"]
        for name in ("ratio", "lower", "upper"):
            numbers = found[name][row], alone[name]
            assert None not in numbers or numbers == (None, None)
            assert numbers[0] is None or numbers[0] == pytest.approx(numbers[1], rel=1e-7)
        compared += trend is not None
    assert compared > 0
    assert found["breaks"] == [{"year": 2015, "text": "A new form"}]
    assert "2015" in found["note"]


def test_the_change_is_from_the_earlier_to_the_later_in_whichever_order(pomona):
    forth = get(pomona, "/api/v1/changes/counties/stop-rate/2016?since=2014")
    back = get(pomona, "/api/v1/changes/counties/stop-rate/2014?since=2016")
    for name in ("earlier", "later", "trend", "ratio", "lower", "upper", "note"):
        assert forth[name] == back[name]
    assert (forth["earlier"], forth["later"]) == ("2014", "2016")


def test_what_is_not_shown_is_not_compared(client):
    found = get(client, f"{PATH}?since=2013")
    assert [each is None for each in found["trend"]] == [False, False, True, True, True, True]
    assert found["ratio"][3] is found["lower"][3] is found["upper"][3] is None


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (f"{PATH}?since=2010-2014", "share years"),
        (f"/api/v1/changes/counties/{COUNT}/2014?since=2013", "Counts are not compared"),
    ],
)
def test_what_cannot_be_compared_says_why(client, path, words):
    found = get(client, path)
    assert set(found["trend"]) == {None}
    assert words in found["note"]


@pytest.mark.parametrize(
    ("path", "status", "named"),
    [
        (PATH, 400, "2013"),
        (f"{PATH}?since=1999", 404, "2013"),
        (f"{PATH}?since=2013&group=grey", 404, "black"),
        (f"{PATH}?since=2013&compare=2013", 400, "since"),
    ],
)
def test_what_is_not_there_is_named_with_what_is(client, path, status, named):
    assert named in json.dumps(problem(client.get(path), status))


def test_the_page_names_both_periods_and_its_table_has_both_without_script(client):
    text = html.unescape(page(client, f"/maps/{RATE}?compare=2013"))
    assert "<title>Arrest rate by county, 2014, compared with 2013" in text
    assert "The table has two periods: 2013 and 2014." in text
    assert "the series breaks in 2014" in text
    told = {key: [*filter(None, row.split("|"))] for key, row in table_rows(text).items()}
    assert told["06001"][1:3] == ["600", "Stable: the difference can be chance"]
    assert told["06007"][1:3] == ["Withheld (small number)", "Not compared"]
    assert '<option value="2013" selected>2013</option>' in text


def test_a_period_that_is_not_there_is_answered_with_those_that_are(client):
    assert "<code>2013</code>" in page(client, f"/maps/{RATE}?compare=1999", status=404)


def test_a_period_beside_itself_is_one_period(client):
    found, alone = (page(client, f"/maps/{RATE}{query}") for query in ("?compare=2014", ""))
    assert unspoken(found) == unspoken(alone)


def test_a_widget_shows_one_period(client):
    assert "compared with 2013" not in page(client, f"/embed/{RATE}?compare=2013")
