"""Laws of the map in a browser: what it shows, what it asks for, who can use it."""

import json
from urllib.parse import urlsplit

import pytest

from mapsvc.maps import palette
from mapsvc.maps.text import WORDS
from tests.browser.conftest import DESKTOP, PHONE
from tests.synthetic_release import BREAKS, COUNT, RATE

pytestmark = pytest.mark.browser

FIRST = (-121.8, 36.75)
"""Within the first county and the sheriff's part of it, away from the name of a place."""
CAUTION = (-120.5, 36.5)
NOT_REPORTED = (-120.5, 37.5)
PAGES = [
    "/",
    f"/maps/{RATE}",
    f"/maps/{RATE}?layer=agencies&jurisdiction=CA0010000",
    f"/maps/{COUNT}",
    f"/embed/{RATE}",
    "/jurisdictions/counties/06001",
    "/data",
    "/data/arrests",
    "/data/arrests/coverage",
    "/jurisdictions",
    f"/maps/{RATE}/method",
    f"/maps/{RATE}?show=difference",
    f"/maps/{RATE}?compare=2013",
    f"/compare/{RATE}?layer=counties&jurisdictions=06001,06003,06007",
    "/tiles",
    "/search?q=alder",
]


def class_colour(theme, klass):
    return palette.themed("YlGnBu", len(BREAKS[RATE]))[theme][klass]


def tiles_of(watched):
    return [url for url in watched.requests if urlsplit(url).path.endswith(".mvt")]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_area_has_the_colour_of_its_class(browse, address, theme):
    watched = browse(f"{address}/maps/{RATE}", theme=theme)
    assert watched.colour(*FIRST) == class_colour(theme, 2)


def test_what_is_not_reported_has_the_colour_of_no_class(browse, address):
    watched = browse(f"{address}/maps/{RATE}")
    assert watched.colour(*NOT_REPORTED) not in palette.themed("YlGnBu", 3)["light"]


def test_the_legend_names_every_class_and_every_status_that_occurs(browse, address):
    legend = browse(f"{address}/maps/{RATE}").page.locator("#legend").inner_text()
    for words in ("Up to 300", "300 to 600", "600 to 5,000", "Rate not shown: too few events"):
        assert words in legend
    for status in ("not_reported", "suppressed", "no_boundary", "use_with_caution"):
        assert WORDS[status]["title"] in legend
    assert WORDS["not_applicable"]["title"] not in legend


def test_pointing_at_an_area_shows_its_number(browse, address):
    watched = browse(f"{address}/maps/{RATE}")
    watched.page.mouse.move(*watched.at(*FIRST))
    text = watched.page.locator(".tooltip").inner_text()
    for words in ("Alder", "605", "95 % interval 545 to 667", "121 arrests"):
        assert words in text


def test_clicking_an_area_describes_it_and_is_in_the_address(browse, address):
    watched = browse(f"{address}/maps/{RATE}")
    watched.page.mouse.click(*watched.at(*FIRST))
    text = watched.page.locator("#readout").inner_text()
    for words in ("Alder", "605", "545 to 667", "121", "20,000", "Bureau of Squares"):
        assert words in text
    assert watched.page.url.endswith("?jurisdiction=06001")
    watched.page.keyboard.press("Escape")
    assert watched.page.locator("#readout").is_hidden()


def test_the_script_tells_what_the_server_told(browse, address, chromium):
    path = f"{address}/maps/{RATE}?period=2010-2014&group=black"
    plain = browse(path, java_script_enabled=False).page
    live = browse(f"{address}/maps/{RATE}")
    live.page.select_option("#period", "2010-2014")
    live.page.select_option("#group", "black")
    live.settle()
    rows = "#figures-table tbody tr"
    assert live.page.locator(rows).all_inner_texts() == plain.locator(rows).all_inner_texts()


def test_without_script_the_numbers_and_the_form_are_there(browse, address):
    page = browse(f"{address}/maps/{RATE}", java_script_enabled=False).page
    assert "605" in page.locator("#figures-table").inner_text()
    page.select_option("#period", "2013")
    page.click("#controls > button.no-script")
    assert "period=2013" in page.url
    assert "600" in page.locator("#figures-table").inner_text()


def test_another_period_or_group_fetches_a_column_and_no_tile(browse, address):
    watched = browse(f"{address}/maps/{RATE}")
    watched.requests.clear()
    watched.page.select_option("#period", "2010-2014")
    watched.settle()
    watched.page.select_option("#group", "white")
    watched.settle()
    assert tiles_of(watched) == []
    # Chromium asks for the page's icon again whenever the address changes.
    paths = [urlsplit(url).path for url in watched.requests]
    columns = [path for path in paths if not path.startswith("/static/icons/")]
    assert [path.partition("/api/")[2] for path in columns] == [
        f"v1/columns/counties/{RATE}/2010-2014",
        f"v1/columns/counties/{RATE}/2010-2014",
    ]
    assert "period=2010-2014&group=white" in watched.page.url
    download = watched.page.locator("a[data-view]").first.get_attribute("href")
    assert "period=2010-2014" in download
    assert "group=white" in download


def test_the_back_button_goes_back_to_the_view_before(browse, address):
    watched = browse(f"{address}/maps/{RATE}")
    before = watched.page.locator("#figures-table").inner_text()
    watched.page.click('[aria-label="Previous period"]')
    watched.settle()
    assert watched.page.url.endswith("?period=2013")
    assert watched.page.locator("#figures-table").inner_text() != before
    watched.page.go_back()
    watched.settle()
    assert watched.page.input_value("#period") == "2014"
    assert watched.page.locator("#figures-table").inner_text() == before


def test_an_unreliable_rate_is_coloured_only_when_asked_for(browse, address):
    watched = browse(f"{address}/maps/{RATE}")
    place = (-119.5, 36.5)
    watched.page.mouse.click(*watched.at(*place))
    readout = watched.page.locator("#readout")
    assert "Rate not shown" in readout.inner_text()
    watched.page.keyboard.press("Escape")
    watched.page.check("#show-unreliable input")
    watched.page.mouse.click(*watched.at(*place))
    assert "Unreliable" in readout.inner_text()
    assert "Rate not shown" not in readout.inner_text()


def test_counts_are_circles_and_areas_stay_plain(browse, address):
    watched = browse(f"{address}/maps/{COUNT}")
    corner = watched.colour(-121.9, 36.9)
    assert corner == watched.colour(-120.9, 36.9)
    assert watched.colour(-121.5, 36.47) != corner
    assert "deaths" in watched.page.locator(".legend-sizes").get_attribute("aria-label")


# WCAG 2.2, 1.4.10: content reflows at 320 CSS pixels.
NARROW = {"width": 320, "height": 640}


@pytest.mark.parametrize("size", [DESKTOP, PHONE, NARROW], ids=["desktop", "phone", "narrow"])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_complains_asks_elsewhere_or_runs_over_its_side(browse, address, path, size):
    watched = browse(address + path, size=size)
    assert watched.faults == []
    assert {urlsplit(url).netloc for url in watched.requests} == {urlsplit(address).netloc}
    width = watched.page.evaluate("document.documentElement.scrollWidth")
    assert width <= size["width"]


@pytest.mark.parametrize("path", PAGES)
def test_hostile_names_open_no_dialog_and_break_no_policy(browse, hostile_address, path):
    watched = browse(hostile_address + path)
    if watched.page.locator("#map-configuration").count():
        watched.page.mouse.move(*watched.at(*FIRST))
        watched.page.mouse.click(*watched.at(*FIRST))
        watched.settle()
    assert watched.faults == []


def test_the_keyboard_reaches_every_control_and_the_map(browse, address):
    page = browse(f"{address}/maps/{RATE}").page
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "document.activeElement.id || document.activeElement.getAttribute('aria-label')"
                " || document.activeElement.name"
            )
        )
    for control in ("period", "group", "place", "Where I am", "map", "Zoom in", "layer"):
        assert control in reached
    assert "Previous period" in reached


def test_a_place_can_be_chosen_without_a_pointer(browse, address):
    watched = browse(f"{address}/maps/{RATE}")
    watched.page.focus("#place")
    watched.page.keyboard.type("birch")
    watched.page.locator("#place-list [role=option]").wait_for()
    watched.page.keyboard.press("Enter")
    assert "Use with caution" in watched.page.locator("#readout").inner_text()


def test_controls_are_large_enough_for_a_thumb(browse, address):
    page = browse(f"{address}/maps/{RATE}", size=PHONE, has_touch=True).page
    for locator in page.locator(
        ".controls select:visible, .step, .segmented span, .leaflet-bar a"
    ).all():
        box = locator.bounding_box()
        assert min(box["width"], box["height"]) >= 44


def test_a_table_sorts_with_what_is_missing_last(browse, address):
    page = browse(f"{address}/maps/{RATE}").page
    values = page.locator('#figures-table tbody td[data-field="value"]')
    page.click("#figures-table th:has-text('Rate') button")
    down = values.all_inner_texts()
    page.click("#figures-table th:has-text('Rate') button")
    up = values.all_inner_texts()
    known = [text for text in down if text]
    assert down == [*known, *[""] * (len(down) - len(known))]
    assert up == [*reversed(known), *[""] * (len(up) - len(known))]
    assert len(known) >= 2


def test_a_failed_column_is_told_and_not_drawn_as_nothing(browse, address):
    watched = browse(f"{address}/maps/{RATE}")
    watched.page.route("**/api/v1/columns/**", lambda route: route.abort())
    watched.page.select_option("#period", "2013")
    watched.settle()
    assert "could not be loaded" in watched.page.locator("#legend").inner_text()


def test_the_configuration_is_the_view(browse, address):
    page = browse(f"{address}/maps/{RATE}?period=2013").page
    found = json.loads(page.locator("#map-configuration").text_content())
    assert found["indicator"]["state"]["period"] == "2013"
