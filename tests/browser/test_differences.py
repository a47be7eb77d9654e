"""Laws of the map of differences: verdicts told apart without colour, and no tile fetched."""

import re
from urllib.parse import urlsplit

import pytest

from mapsvc.maps.differences import WORDS
from tests.browser.conftest import PHONE
from tests.browser.test_map import FIRST, class_colour, tiles_of
from tests.browser.test_reporting import column, ink, legend
from tests.synthetic_release import COUNT, RATE

pytestmark = pytest.mark.browser

VIEW = f"/maps/{RATE}?show=difference"
BESIDE = f"/maps/{RATE}?show=similar"
PLACES = {"higher": FIRST, "lower": (-120.5, 36.5), "unreliable": (-119.8, 36.75)}
SECOND = (-120.8, 36.75)


def heard(watched):
    """Return the faults, without Chromium's remark on reading the canvas, which tests alone do."""
    return [each for each in watched.faults if "willReadFrequently" not in each]


def test_the_switch_paints_the_differences_and_is_in_the_address(browse, address):
    watched = browse(f"{address}/maps/{RATE}")
    watched.requests.clear()
    watched.page.check('[name="show"][value="difference"]')
    watched.settle()
    assert watched.page.url.endswith("?show=difference")
    assert watched.colour(*FIRST) != class_colour("light", 2)
    assert tiles_of(watched) == []
    watched.page.go_back()
    watched.settle()
    assert watched.colour(*FIRST) == class_colour("light", 2)
    assert not watched.page.locator("[data-column]").first.is_visible()
    assert heard(watched) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_verdicts_differ_by_their_pattern_alone(browse, address, theme):
    watched = browse(address + VIEW, theme=theme)
    patterns = {name: ink(watched, place) for name, place in PLACES.items()}
    assert len(set(patterns.values())) == len(PLACES)
    assert all(sum(found) > 10 for found in patterns.values())


def test_the_legend_counts_says_what_chance_gives_and_filters(browse, address):
    watched = browse(address + VIEW)
    page = watched.page
    assert legend(page) == {
        "higher": 1, "lower": 1, "unreliable": 1, "not_reported": 1, "withheld": 1,
        "no_boundary": 1,
    }  # fmt: skip
    text = page.locator("#legend").inner_text()
    assert "chance alone would still make now and then one of these 2" in text
    for category in legend(page):
        assert WORDS[category]["title"] in text
    assert (
        page.locator("#map-status")
        .text_content()
        .startswith("Beside the others, 2014, of 6 counties: Higher 1, Lower 1, ")
    )
    before = watched.colour(*FIRST)
    page.locator('[data-category="lower"]').focus()
    page.keyboard.press("Enter")
    watched.settle()
    assert page.locator("#figures-table tbody tr:visible").count() == 1
    assert watched.colour(*FIRST) != before


def test_another_year_asks_for_no_tile(browse, address):
    watched = browse(address + VIEW)
    watched.requests.clear()
    watched.page.select_option("#period", "2013")
    watched.settle()
    paths = {
        re.sub("^/r/[0-9a-f]+", "", urlsplit(url).path)
        for url in watched.requests
        if "/icons/" not in url
    }
    assert paths == {
        f"/api/v1/columns/counties/{RATE}/2013",
        f"/api/v1/differences/counties/{RATE}/2013",
    }


@pytest.mark.parametrize("query", ["", "&period=2013", "&period=2010-2014&group=black"])
def test_the_script_tells_what_the_server_told(browse, address, query):
    for view in (VIEW, f"{BESIDE}&jurisdiction=06003"):
        plain = browse(address + view + query, java_script_enabled=False).page
        live = browse(address + view + query).page
        rows = "#figures-table tbody tr"
        assert live.locator(rows).all_inner_texts() == plain.locator(rows).all_inner_texts()
    switched = browse(f"{address}/maps/{RATE}?{query.removeprefix('&')}")
    switched.page.check('[name="show"][value="difference"]')
    switched.settle()
    plain = browse(address + VIEW + query, java_script_enabled=False).page
    assert switched.page.locator(rows).all_inner_texts() == plain.locator(rows).all_inner_texts()


def test_beside_one_place_it_asks_for_a_place_and_follows_the_one_that_is_chosen(browse, address):
    watched = browse(address + BESIDE)
    page = watched.page
    assert "Choose a place" in page.locator("#legend").inner_text()
    page.mouse.click(*watched.at(*FIRST))
    watched.settle()
    assert "jurisdiction=06001" in page.url
    assert page.locator("#legend-title").inner_text().startswith("Beside Alder")
    assert legend(page)["reference"] == 1
    assert "Lower" in column(page, "standing")
    page.mouse.move(*watched.at(*SECOND))
    tip = page.locator(".tooltip").inner_text()
    assert "Lower" in tip
    assert "times the rate of Alder" in tip
    page.mouse.click(*watched.at(*SECOND))
    watched.settle()
    assert page.locator("#legend-title").inner_text().startswith("Beside Birch")
    page.keyboard.press("Escape")
    watched.settle()
    assert "Choose a place" in page.locator("#legend").inner_text()
    assert heard(watched) == []


def test_a_place_tells_its_ratio_and_leads_to_the_comparison(browse, address):
    watched = browse(f"{address}{VIEW}&jurisdiction=06003")
    card = watched.page.locator("#readout")
    assert "Lower" in card.inner_text()
    assert (
        "times the rate of the other 2 counties with a figure (95 % interval " in card.inner_text()
    )
    watched.page.click("text=Compare with other places")
    assert watched.page.locator("#pick select").first.input_value() == "06003"


def test_a_count_has_no_such_view(browse, address):
    page = browse(f"{address}/maps/{COUNT}").page
    assert page.locator('[name="show"][value="difference"]').count() == 0


@pytest.mark.parametrize("path", [VIEW, f"{BESIDE}&jurisdiction=06001"])
def test_a_phone_has_room_for_it(browse, address, path):
    watched = browse(address + path, PHONE)
    assert watched.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert heard(watched) == []


@pytest.mark.parametrize("show", ["difference", "similar&jurisdiction=06003"])
def test_a_widget_shows_it_too(browse, address, show):
    watched = browse(f"{address}/embed/{RATE}?show={show}")
    assert watched.page.locator('[data-category="higher"]').is_visible()
    assert heard(watched) == []


def test_the_values_load_nothing_of_it(browse, address):
    watched = browse(f"{address}/maps/{RATE}")
    assert not [url for url in watched.requests if "-lens" in url or "reporting" in url]
