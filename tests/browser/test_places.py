"""Laws of the page that compares places: it works without script, by keys, and on a phone."""

import pytest

from tests.browser.conftest import PHONE
from tests.synthetic_release import RATE

pytestmark = pytest.mark.browser

PAGE = f"/compare/{RATE}?layer=counties&jurisdictions=06001,06003,06007"


def picked(page):
    return [field.input_value() for field in page.locator('#pick [name="jurisdictions"]').all()]


def test_without_script_the_form_compares(browse, address):
    page = browse(f"{address}/compare/{RATE}", java_script_enabled=False).page
    fields = page.locator('#pick [name="jurisdictions"]')
    fields.nth(0).select_option("06003")
    fields.nth(2).select_option("06001")
    page.click("#pick [type=submit]")
    assert page.locator("h1").inner_text() == "Birch, Alder"
    assert picked(page) == ["06003", "06001", "", ""]
    assert page.locator(".stand-lower").count() == 1


def test_with_script_the_address_reads_well_and_no_place_is_there_twice(browse, address):
    watched = browse(f"{address}/compare/{RATE}?first=06001")
    page = watched.page
    fields = page.locator('#pick [name="jurisdictions"]')
    assert fields.nth(1).locator('option[value="06001"]').is_disabled()
    page.locator("#pick [type=submit]").focus()
    page.keyboard.press("Enter")
    assert page.locator(".pick-said").inner_text() == "Choose at least two places."
    fields.nth(1).select_option("06003")
    page.locator("#pick [type=submit]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**jurisdictions=06001,06003**")
    assert page.locator("h1").inner_text() == "Alder, Birch"
    assert watched.faults == []


def test_lines_are_told_apart_without_colour(browse, address):
    page = browse(address + PAGE).page
    assert page.locator(".lines-wide").is_visible()
    labels = page.locator(".lines-wide .series-label").all_text_contents()
    assert labels == ["A Alder", "B Birch"]
    dashes = page.locator(".key .series-line").evaluate_all(
        "(lines) => lines.map((line) => getComputedStyle(line).strokeDasharray)"
    )
    assert len(set(dashes)) == 3
    shapes = page.locator(".lines-wide .series").evaluate_all(
        "(all) => all.map((each) => each.querySelector('.series-mark')?.getAttribute('d')"
        ".replace(/[-.0-9]+/g, '')).filter(Boolean)"
    )
    assert len(set(shapes)) == len(shapes) == 2


def test_pointing_at_a_year_tells_every_place_and_marks_its_row(browse, address):
    watched = browse(address + PAGE)
    page = watched.page
    mark = page.locator(".lines-wide .series-mark").last
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    page.mouse.move(box["x"] + 4, box["y"] + 4)
    assert "Alder, 2014: 605" in page.locator(".tip:visible").inner_text()
    assert page.locator("#years-table .marked th").inner_text() == "2014"
    assert watched.faults == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_has_a_drawing_of_its_own_and_nothing_beside_the_page(browse, address, theme):
    watched = browse(address + PAGE, PHONE, theme)
    page = watched.page
    assert page.locator(".lines-narrow").is_visible()
    assert page.locator(".lines-wide").is_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert page.locator(".lines-narrow .series-label").all_text_contents() == ["A", "B"]
