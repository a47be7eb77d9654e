"""Laws of the map of differences over HTTP: the answer, and the page without script."""

import json

import pytest
from werkzeug.test import Client

from mapsvc.maps.differences import STANDINGS, WORDS
from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.web.app import create_wsgi
from tests.synthetic_release import COUNT, RATE
from tests.web.test_api import get, problem
from tests.web.test_pages import page, table_rows

PATH = f"/api/v1/differences/counties/{RATE}/2014"


@pytest.fixture(scope="module")
def pomona(miniature):
    return Client(create_wsgi(CurrentRelease(miniature.atlas), Settings(atlas=miniature.atlas)))


@pytest.mark.parametrize("beside", ["rest", "99003"])
def test_the_answer_agrees_with_the_comparison_of_each_place(pomona, beside):
    query = "" if beside == "rest" else f"?with={beside}"
    found = get(pomona, f"/api/v1/differences/counties/stop-rate/2016{query}")
    compared = 0
    for row, identifier in enumerate(found["ids"]):
        if identifier == beside:
            continue
        alone = get(
            pomona,
            f"/api/v1/compare/counties/{identifier}?indicator=stop-rate&period=2016&with={beside}",
        )
        standing = found["standings"][found["standing"][row]]
        assert (alone["verdict"] or standing) == standing
        for name in ("ratio", "lower", "upper"):
            numbers = found[name][row], alone[name]
            assert None not in numbers or numbers == (None, None)
            assert numbers[0] is None or numbers[0] == pytest.approx(numbers[1], rel=1e-7)
        compared += alone["verdict"] is not None
    assert found["compared"] == compared > 0
    assert found["standings"] == [str(each) for each in STANDINGS]
    assert sum(found["counts"].values()) == len(found["ids"])


@pytest.mark.parametrize(
    ("path", "status", "named"),
    [
        (f"/api/v1/differences/nowhere/{RATE}/2014", 404, "counties"),
        (f"/api/v1/differences/counties/{RATE}/1999", 404, "2014"),
        (f"/api/v1/differences/counties/{COUNT}/2014", 400, RATE),
        (f"{PATH}?group=grey", 404, "black"),
        (f"{PATH}?with=99", 404, "06001"),
        (f"{PATH}?beside=06001", 400, "with"),
        (f"{PATH}?denominator=acres", 404, "denominator"),
    ],
)
def test_what_is_not_there_is_named_with_what_is(client, path, status, named):
    assert named in json.dumps(problem(client.get(path), status))


def test_the_page_tells_how_places_stand_without_script(client):
    text = page(client, f"/maps/{RATE}?show=difference&jurisdiction=06003")
    assert "<title>Beside the others: Arrest rate by county, 2014" in text
    told = {key: [*filter(None, row.split("|"))] for key, row in table_rows(text).items()}
    assert told["06001"][1] == WORDS["higher"]["title"]
    assert float(told["06001"][2]) > 1
    assert told["06003"][1] == WORDS["lower"]["title"]
    assert told["06007"][1] == WORDS["withheld"]["title"]
    assert "lower, by more than chance alone would give (ratio 0." in text
    assert 'value="difference" checked' in text
    assert "chance alone would still make" in text


def test_beside_one_place_the_page_asks_for_it_until_it_is_there(client):
    asking = page(client, f"/maps/{RATE}?show=similar")
    assert "Choose a place" in asking
    assert 'data-column="standing"' not in asking
    text = page(client, f"/maps/{RATE}?show=similar&jurisdiction=06003")
    told = {key: [*filter(None, row.split("|"))] for key, row in table_rows(text).items()}
    assert told["06003"][1] == WORDS["reference"]["title"]
    assert told["06001"][1] == WORDS["higher"]["title"]


def test_a_count_has_no_such_view_and_its_page_names_those_that_it_has(client):
    text = page(client, f"/maps/{COUNT}?show=difference", status=404)
    assert "<code>values</code>" in text
    assert 'value="difference"' not in page(client, f"/maps/{COUNT}")


def test_a_page_of_values_has_no_column_of_differences(client):
    assert "data-column" not in page(client, f"/maps/{RATE}")
