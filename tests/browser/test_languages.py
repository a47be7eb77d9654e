"""Laws of pages in Spanish: whatever their scripts say is in Spanish, and every way keeps it so."""

import re

import pytest

from mapsvc.language import read_catalogue
from tests.browser.conftest import PHONE
from tests.browser.test_finding import pressed, typed
from tests.browser.test_map import FIRST
from tests.synthetic_release import COUNT, RATE

pytestmark = pytest.mark.browser

SPANISH = "lang=es"
TOLD = """() => {
  const found = [];
  const add = (text) => text?.trim() && found.push(text.trim().replace(/\\s+/g, " "));
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest("script, style, noscript")) {
      add(walker.currentNode.data);
    }
  }
  for (const node of document.querySelectorAll("*")) {
    for (const name of ["aria-label", "aria-valuetext", "title", "placeholder"]) {
      add(node.getAttribute(name));
    }
  }
  return found;
}"""
"""Every text that a reader sees or a screen reader speaks."""


def english():
    """Return a pattern of every message of the scripts that Spanish says otherwise."""
    found = {}
    for message in read_catalogue("es", "script"):
        forms = [message.id] if isinstance(message.id, str) else message.id
        said = [message.string] if isinstance(message.string, str) else message.string
        for form in forms:
            words = re.sub(r"\\\{[a-z]+\\\}", "", re.escape(form))
            # What has no word of its own beside its places could be anything.
            if form and form not in said and re.search("[A-Za-z]{3}", words):
                pattern = re.sub(r"\\\{[a-z]+\\\}", "(.+)", re.escape(form))
                found[form] = re.compile(pattern, re.DOTALL)
    return found


ENGLISH = english()


def spoken_in_english(page):
    """Return the texts of a page that are a message of the scripts in English."""
    return sorted(
        {
            text
            for text in page.evaluate(TOLD)
            if any(pattern.fullmatch(text) for pattern in ENGLISH.values())
        }
    )


def test_the_patterns_know_english_when_they_see_it(browse, address):
    """The map page in English has many of them: the law below is not empty."""
    watched = browse(f"{address}/maps/{RATE}")
    typed(watched.page, "zzzz")
    assert len(spoken_in_english(watched.page)) > 10


def test_the_first_page_says_nothing_in_english(browse, address):
    page = browse(f"{address}/?{SPANISH}").page
    page.locator(".legend-row").first.wait_for()
    assert spoken_in_english(page) == []


@pytest.mark.parametrize("slug", [RATE, COUNT])
def test_a_map_page_says_nothing_in_english(browse, address, slug):
    watched = browse(f"{address}/maps/{slug}?{SPANISH}")
    page = watched.page
    assert spoken_in_english(page) == []
    page.mouse.move(*watched.at(*FIRST))
    page.locator(".tooltip").wait_for()
    assert spoken_in_english(page) == []
    page.mouse.click(*watched.at(*FIRST))
    page.locator("#readout h2").wait_for()
    watched.settle()
    assert spoken_in_english(page) == []
    for period in page.locator("#period option").all():
        page.select_option("#period", period.get_attribute("value"))
        watched.settle()
        assert spoken_in_english(page) == []
    page.locator(".legend-choice").first.click()
    watched.settle()
    assert page.locator("#map-status").text_content().strip()
    assert spoken_in_english(page) == []
    assert not watched.faults


def test_finding_and_moving_say_nothing_in_english(browse, address):
    watched = browse(f"{address}/maps/{RATE}?{SPANISH}")
    page = watched.page
    for text in ("a", "aldrton", "zzzz"):
        page.locator("#place").fill("")
        typed(page, text)
        page.wait_for_timeout(200)
        assert spoken_in_english(page) == []
    assert any(SPANISH in each for each in watched.requests if "/api/v1/search" in each)
    pressed(page, "Escape")
    page.focus("#map")
    page.locator("#map-keys").wait_for(state="attached")
    pressed(page, "?", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowUp", "ArrowUp", "Enter")
    watched.settle()
    assert "más al norte de" in page.locator("#map-status").text_content()
    assert spoken_in_english(page) == []


def test_locating_says_nothing_in_english(browse, address):
    position = {"latitude": 36.4, "longitude": -121.6, "accuracy": 20}
    watched = browse(
        f"{address}/maps/{RATE}?{SPANISH}", geolocation=position, permissions=["geolocation"]
    )
    page = watched.page
    page.locator(".locate").click()
    page.wait_for_function(
        "() => document.querySelector('.locate').closest('.field').textContent.includes('Usted')"
    )
    assert spoken_in_english(page) == []


def test_who_reported_is_told_in_spanish(browse, reported_address):
    watched = browse(f"{reported_address}/maps/{RATE}?show=reporting&{SPANISH}")
    page = watched.page
    page.mouse.move(*watched.at(*FIRST))
    page.locator(".tooltip").wait_for()
    assert spoken_in_english(page) == []
    page.mouse.click(*watched.at(*FIRST))
    page.locator("#readout h2").wait_for()
    assert spoken_in_english(page) == []


@pytest.mark.parametrize("slug", [RATE, COUNT])
def test_a_widget_says_nothing_in_english(browse, address, slug):
    watched = browse(f"{address}/embed/{slug}?{SPANISH}", size=PHONE)
    page = watched.page
    assert page.locator("html").get_attribute("lang") == "es"
    page.mouse.click(*watched.at(*FIRST))
    page.locator("#readout h2").wait_for()
    assert spoken_in_english(page) == []
    assert not watched.faults


def test_the_tiles_page_says_nothing_in_english(browse, address):
    watched = browse(f"{address}/tiles?{SPANISH}")
    page = watched.page
    page.locator("#map").click()
    page.locator("#inspected h3").first.wait_for()
    page.locator("button.copy").first.click()
    assert spoken_in_english(page) == []


def test_whatever_is_chosen_the_language_stays(browse, address):
    watched = browse(f"{address}/maps/{RATE}?{SPANISH}")
    page = watched.page
    page.select_option("#period", "2010-2014")
    watched.settle()
    assert SPANISH in page.url
    page.mouse.click(*watched.at(*FIRST))
    page.locator("#readout h2").wait_for()
    assert SPANISH in page.url
    for link in page.locator("main a[href]").all():
        target = link.evaluate("node => node.href")
        page_of_ours = re.search(
            r"/(maps|jurisdictions|data|tiles)\b(?!.*\.(png|svg|mvt|json))", target
        )
        if target.startswith(address) and page_of_ours and "/api/" not in target:
            assert SPANISH in target, target
    page.go_back()
    assert SPANISH in page.url
    page.reload()
    assert page.locator("html").get_attribute("lang") == "es"


def test_english_pages_bring_no_messages_along(browse, address):
    for path in (f"/maps/{RATE}", f"/embed/{RATE}"):
        page = browse(address + path).page
        assert page.locator("#messages").count() == 0


@pytest.mark.parametrize("show", ["difference", "similar"])
def test_how_places_stand_is_told_in_spanish(browse, address, show):
    watched = browse(f"{address}/maps/{RATE}?show={show}&{SPANISH}")
    page = watched.page
    assert spoken_in_english(page) == []
    page.mouse.click(*watched.at(*FIRST))
    page.locator("#readout h2").wait_for()
    watched.settle()
    assert spoken_in_english(page) == []
    assert not watched.faults


def test_two_periods_are_told_in_spanish(browse, address):
    watched = browse(f"{address}/maps/{RATE}?compare=2013&{SPANISH}")
    page = watched.page
    page.locator(".period-chip").first.wait_for()
    watched.settle()
    assert spoken_in_english(page) == []
    page.mouse.click(*watched.at(*FIRST))
    watched.settle()
    assert spoken_in_english(page) == []
    assert not watched.faults


def test_the_page_that_compares_says_nothing_in_english(browse, address):
    watched = browse(f"{address}/compare/{RATE}?first=06001&{SPANISH}")
    page = watched.page
    page.locator("#pick [type=submit]").focus()
    pressed(page, "Enter")
    assert page.locator(".pick-said").inner_text() == "Elija al menos dos lugares."
    page.locator('#pick [name="jurisdictions"]').nth(1).select_option("06003")
    page.locator("#pick [type=submit]").focus()
    pressed(page, "Enter")
    page.wait_for_url("**jurisdictions=06001,06003**")
    assert SPANISH in page.url
    assert spoken_in_english(page) == []
