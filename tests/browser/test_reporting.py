"""Laws of the map of who reported: it is told apart without colour, and the geometry stays."""

import re
from urllib.parse import urlsplit

import pytest

from mapsvc.maps.reporting import WORDS
from tests.browser.conftest import PHONE
from tests.browser.test_map import FIRST, class_colour, tiles_of
from tests.synthetic_release import COUNT, RATE

pytestmark = pytest.mark.browser

VIEW = f"/maps/{RATE}?show=reporting"
VALUES, REPORTING = (f'[name="show"][value="{each}"]' for each in ("values", "reporting"))
PLACES = {
    "reported": FIRST,
    "zero": (-119.8, 36.75),
    "withheld": (-121.5, 37.5),
    "partly": (-120.2, 37.2),
}


def column(page, name):
    cells = page.locator(f'#figures-table tbody [data-column="{name}"]')
    return cells.all_inner_texts()


def legend(page):
    rows = page.locator("#legend .legend-choice")
    return {
        row.get_attribute("data-category"): int(
            row.locator(".legend-count").inner_text().split()[0]
        )
        for row in rows.all()
    }


def patch(watched, lon, lat):
    """Return the colours of a patch of the map wider than a pattern repeats."""
    x, y = watched.at(lon, lat)
    return watched.page.evaluate(
        """([x, y]) => {
          const canvas = document.querySelector(".surface-base");
          const box = canvas.getBoundingClientRect();
          const scale = canvas.width / box.width;
          const found = canvas.getContext("2d")
            .getImageData((x - box.x) * scale, (y - box.y) * scale, 16, 16).data;
          return [...Array(256).keys()].map((at) => found.slice(4 * at, 4 * at + 3).join());
        }""",
        [x, y],
    )


def ink(watched, place):
    """Return where a patch differs from its most frequent colour: its pattern, without colour."""
    colours = patch(watched, *place)
    ground = max(set(colours), key=colours.count)
    return tuple(colour != ground for colour in colours)


def test_the_switch_paints_who_reported_and_is_in_the_address(browse, reported_address):
    watched = browse(f"{reported_address}/maps/{RATE}")
    assert watched.colour(*FIRST) == class_colour("light", 2)
    watched.requests.clear()
    watched.page.check(REPORTING)
    watched.settle()
    assert watched.page.url.endswith("?show=reporting")
    # What draws it comes with the first time that it is asked for.
    watched.page.locator("#legend-title", has_text="Who reported").wait_for()
    watched.settle()
    assert watched.colour(*FIRST) != class_colour("light", 2)
    assert tiles_of(watched) == []
    watched.page.go_back()
    watched.settle()
    assert watched.page.is_checked(VALUES)
    assert watched.colour(*FIRST) == class_colour("light", 2)
    # Chromium remarks on reading the canvas, which only this test does.
    assert [each for each in watched.faults if "willReadFrequently" not in each] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_categories_differ_by_their_pattern_alone(browse, reported_address, theme):
    watched = browse(reported_address + VIEW, theme=theme)
    patterns = {name: ink(watched, place) for name, place in PLACES.items()}
    assert not any(patterns["reported"])
    assert len(set(patterns.values())) == len(PLACES)
    for name in ("zero", "withheld", "partly"):
        assert sum(patterns[name]) > 10


def test_the_legend_counts_every_category_that_occurs(browse, reported_address):
    page = browse(reported_address + VIEW).page
    assert legend(page) == {"reported": 2, "zero": 1, "partly": 1, "withheld": 1, "no_boundary": 1}
    text = page.locator("#legend").inner_text()
    for category in legend(page):
        assert WORDS[category]["title"] in text
    assert "Who reported" in text
    spoken = page.locator("#map-status").text_content()
    assert spoken.startswith("Who reported, 2014, of 6 counties: Reported in full 2, ")
    label = page.locator("#map").get_attribute("aria-label")
    assert label == "Who reported: Arrest rate by county, 2014"


def test_another_year_asks_for_no_tile(browse, reported_address):
    watched = browse(reported_address + VIEW)
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
        f"/api/v1/reporting/counties/{RATE}/2013",
    }
    assert legend(watched.page)["not_reported"] == 1
    watched.requests.clear()
    watched.page.select_option("#period", "2014")
    watched.settle()
    assert [url for url in watched.requests if "/static/icons/" not in url] == []


def test_a_row_of_the_legend_shows_only_its_places(browse, reported_address):
    watched = browse(reported_address + VIEW)
    page = watched.page
    before = watched.colour(*FIRST)
    page.locator('[data-category="partly"]').focus()
    page.keyboard.press("Enter")
    watched.settle()
    pressed = page.locator('[data-category="partly"]')
    assert pressed.get_attribute("aria-pressed") == "true"
    assert pressed.evaluate("(node) => node === document.activeElement")
    assert page.locator("#figures-table tbody tr:visible").count() == 1
    assert watched.colour(*FIRST) != before
    assert not any(ink(watched, PLACES["zero"]))
    assert any(ink(watched, PLACES["partly"]))
    assert page.locator("#map-status").text_content().endswith("counties: Partly reported 1.")
    page.click("text=Show all")
    watched.settle()
    assert page.locator("#figures-table tbody tr:visible").count() == 6
    assert watched.colour(*FIRST) == before


def test_the_table_has_category_months_and_coverage_only_in_this_view(browse, reported_address):
    watched = browse(f"{reported_address}/maps/{RATE}")
    assert column(watched.page, "report") == []
    watched.page.check(REPORTING)
    watched.settle()
    assert "Partly reported" in column(watched.page, "report")
    assert "9 of 12 months" in column(watched.page, "part")
    assert "75.0 %" in column(watched.page, "coverage")
    watched.page.click("#figures-table th[data-column=part] button")
    assert column(watched.page, "part")[3:] == ["9 of 12 months", "", ""]
    watched.page.check(VALUES)
    watched.settle()
    assert not watched.page.locator("[data-column]").first.is_visible()
    assert watched.page.locator("#figures-table tbody tr:visible").count() == 6


@pytest.mark.parametrize(
    "query", ["", "&period=2013", "&period=2010-2014", "&layer=agencies&jurisdiction=CA0010000"]
)
def test_the_script_tells_what_the_server_told(browse, reported_address, query):
    path = reported_address + VIEW + query
    plain = browse(path, java_script_enabled=False).page
    live = browse(path).page
    rows = "#figures-table tbody tr"
    assert live.locator(rows).all_inner_texts() == plain.locator(rows).all_inner_texts()
    start = path.replace("&period=2013", "").replace("&period=2010-2014", "")
    switched = browse(start.replace("show=reporting", "show=values"))
    if "period" in query:
        switched.page.select_option("#period", query.partition("=")[2])
    switched.page.check(REPORTING)
    switched.settle()
    assert switched.page.locator(rows).all_inner_texts() == plain.locator(rows).all_inner_texts()


def test_a_place_tells_its_category_months_and_coverage(browse, reported_address):
    watched = browse(reported_address + VIEW)
    watched.page.mouse.move(*watched.at(*PLACES["partly"]))
    tooltip = watched.page.locator(".tooltip").inner_text()
    assert "Partly reported: 9 of 12 months" in tooltip
    assert "75.0 % of residents covered" in tooltip
    watched.page.mouse.click(*watched.at(*PLACES["partly"]))
    text = watched.page.locator("#readout").inner_text()
    for words in ("Elm", "Partly reported: 9 of 12 months", "9 of 12", "75.0 %"):
        assert words in text
    watched.page.select_option("#period", "2013")
    watched.settle()
    assert "Not reported" in watched.page.locator("#readout").inner_text()


def test_an_agency_tells_the_coverage_of_its_county(browse, reported_address):
    path = f"{VIEW}&layer=agencies&jurisdiction=CA0010000"
    text = browse(reported_address + path).page.locator("#readout").inner_text()
    assert re.search(r"Coverage of residents, Alder\s+87\.5 %", text)


def test_a_campus_without_land_has_a_mark_that_can_be_pointed_at(browse, reported_address):
    watched = browse(f"{reported_address}{VIEW}&layer=agencies")
    watched.page.mouse.move(*watched.at(-121.2, 36.8))
    assert "Alder State Campus" in watched.page.locator(".tooltip").inner_text()


def test_counts_have_areas_in_this_view(browse, reported_address):
    watched = browse(f"{reported_address}/maps/{COUNT}?show=reporting")
    first, zero = (ink(watched, PLACES[name]) for name in ("reported", "zero"))
    assert first != zero
    assert legend(watched.page)["zero"] == 1


def test_another_layer_keeps_the_view(browse, reported_address):
    watched = browse(reported_address + VIEW)
    watched.page.check('[name="layer"][value="agencies"]')
    watched.page.wait_for_url("**layer=agencies**")
    watched.settle()
    assert "show=reporting" in watched.page.url
    assert "reported" in legend(watched.page)


def test_without_script_the_form_switches_the_view(browse, reported_address):
    page = browse(f"{reported_address}/maps/{RATE}", java_script_enabled=False).page
    page.check(REPORTING)
    page.click(".controls >> text=Show >> nth=-1")
    assert "show=reporting" in page.url
    assert "9 of 12 months" in page.locator("#figures-table").inner_text()


def test_on_a_phone_the_rows_fit_and_can_be_tapped(browse, reported_address):
    page = browse(reported_address + VIEW, size=PHONE, has_touch=True).page
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for row in page.locator(".legend-choice").all():
        assert row.bounding_box()["height"] >= 32


def test_a_failed_answer_is_told_and_not_drawn_as_nothing(browse, reported_address):
    watched = browse(f"{reported_address}/maps/{RATE}")
    watched.page.route("**/api/v1/reporting/**", lambda route: route.abort())
    watched.page.check(REPORTING)
    watched.settle()
    assert "could not be loaded" in watched.page.locator("#legend").inner_text()


def test_print_has_the_legend_and_no_hint_for_the_pointer(browse, reported_address):
    page = browse(reported_address + VIEW).page
    page.emulate_media(media="print")
    assert page.locator('[data-category="partly"]').is_visible()
    assert not page.locator(".legend-hint").is_visible()
