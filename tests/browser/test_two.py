"""Laws of two periods on the map: same classes, one more column, no tile, a divider for all."""

import re
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_differences import heard
from tests.browser.test_map import class_colour, tiles_of
from tests.synthetic_release import COUNT, RATE

pytestmark = pytest.mark.browser

VIEW = f"/maps/{RATE}?compare=2013"
ROWS = "#figures-table tbody tr"


def colour_in(watched, canvas, x, y):
    """Return the pixel of one map's canvas at a place of the window."""
    return watched.page.evaluate(
        """([canvas, x, y]) => {
          const node = document.querySelector(canvas);
          const box = node.getBoundingClientRect();
          const scale = node.width / box.width;
          const [r, g, b] = node.getContext("2d")
            .getImageData((x - box.x) * scale, (y - box.y) * scale, 1, 1).data;
          return "#" + [r, g, b].map((part) => part.toString(16).padStart(2, "0")).join("");
        }""",
        [canvas, x, y],
    )


def place_in(watched, container, lon, lat):
    """Return where a place is in the window, on a map that shows the first view."""
    return watched.page.evaluate(
        """([container, lon, lat]) => {
          const { map } = JSON.parse(document.getElementById("map-configuration").textContent);
          const [[south, west], [north, east]] = map.bounds;
          const y = (degrees) => Math.asinh(Math.tan((degrees * Math.PI) / 180));
          const x = (degrees) => (degrees * Math.PI) / 180;
          const node = document.querySelector(container);
          const box = node.getBoundingClientRect();
          const zoom = Number(node.querySelector(".surface-base").dataset.zoom);
          const scale = (256 * 2 ** zoom) / (2 * Math.PI);
          return [box.x + box.width / 2 + (x(lon) - (x(west) + x(east)) / 2) * scale,
                  box.y + box.height / 2 - (y(lat) - (y(south) + y(north)) / 2) * scale];
        }""",
        [container, lon, lat],
    )


def test_a_second_period_asks_for_a_column_and_the_change_and_no_tile(browse, address):
    watched = browse(f"{address}/maps/{RATE}")
    assert not [url for url in watched.requests if re.search(r"/two(-table)?\.js", url)]
    watched.requests.clear()
    watched.page.select_option("#compare", "2013")
    watched.settle()
    assert watched.page.url.endswith("?compare=2013")
    assert tiles_of(watched) == []
    paths = [urlsplit(url).path.partition("/api/")[2] for url in watched.requests]
    assert {path for path in paths if path} == {
        f"v1/columns/counties/{RATE}/2013", f"v1/changes/counties/{RATE}/2014",
    }  # fmt: skip
    watched.page.go_back()
    watched.settle()
    assert watched.page.locator(".map-then").count() == 0
    assert watched.page.locator('[data-column="then"]').first.is_hidden()
    assert heard(watched) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_maps_have_the_same_classes_and_name_their_period(browse, address, theme):
    watched = browse(address + VIEW, theme=theme)
    page = watched.page
    assert page.locator(".period-left").inner_text() == "2013"
    assert page.locator(".period-right").inner_text() == "2014"
    left, right = (page.locator(each).bounding_box() for each in (".map-then", "#map"))
    assert left["x"] + left["width"] <= right["x"] + 1
    for container in (".map-then", "#map"):
        x, y = place_in(watched, container, -121.8, 36.75)
        found = colour_in(watched, f"{container} .surface-base", x, y)
        assert found in {class_colour(theme, at) for at in range(3)}
    note = page.locator(".two-legend").inner_text()
    assert "2013 is on the left and 2014 on the right" in note
    assert "the series breaks in 2014" in note
    assert page.locator("#map").get_attribute("aria-label").endswith("2014, compared with 2013")
    assert page.title().startswith("Arrest rate by county, 2014, compared with 2013")


def test_pointing_at_either_map_tells_both_values_and_the_change(browse, address):
    watched = browse(address + VIEW)
    for container in (".map-then", "#map"):
        watched.page.mouse.move(*place_in(watched, container, -121.8, 36.75))
        tip = watched.page.locator(".tooltip:visible").inner_text()
        for words in ("Alder", "2014: 605", "2013: 600", "Stable: the difference can be chance"):
            assert words in tip
    watched.page.mouse.click(*place_in(watched, ".map-then", -121.8, 36.75))
    watched.settle()
    assert "jurisdiction=06001" in watched.page.url
    card = watched.page.locator("#readout").inner_text()
    for words in ("In 2013", "600", "From 2013 to 2014"):
        assert words in card


def test_the_two_move_as_one(browse, address):
    watched = browse(address + VIEW)
    before = watched.page.locator(".map-then .surface-base").get_attribute("data-zoom")
    watched.page.click("#map .leaflet-control-zoom-in")
    watched.page.wait_for_timeout(500)
    watched.settle()
    zooms = [
        watched.page.locator(f"{each} .surface-base").get_attribute("data-zoom")
        for each in ("#map", ".map-then")
    ]
    assert zooms[0] == zooms[1] != before


def test_the_divider_is_moved_by_keys_and_by_dragging(browse, address):
    watched = browse(address + VIEW)
    page = watched.page
    page.click("[data-mode=swipe]")
    watched.settle()
    assert page.locator("[data-mode=swipe]").get_attribute("aria-pressed") == "true"
    slider = page.get_by_role("slider", name="Divider between 2013 and 2014")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert slider.input_value() == "51"
    page.keyboard.press("Home")
    assert slider.input_value() == "0"
    assert slider.get_attribute("aria-valuetext") == "0 % of the map show 2013"
    assert page.evaluate(
        "getComputedStyle(document.querySelector('.map-then')).clipPath"
    ).startswith("inset(")
    box = slider.bounding_box()
    page.mouse.move(box["x"] + 22, box["y"] + 22)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 22, steps=4)
    page.mouse.up()
    assert 45 <= int(slider.input_value()) <= 55
    line = page.locator(".swipe-line").bounding_box()
    assert abs(line["x"] - (box["x"] + box["width"] / 2)) < box["width"] * 0.06
    # What points at the map is not in the way of the divider, nor the divider of it.
    page.mouse.move(*place_in(watched, "#map", -121.8, 36.75))
    assert "2013: 600" in page.locator(".tooltip:visible").inner_text()
    assert heard(watched) == []


def test_a_phone_swipes_and_has_no_choice_of_two_small_maps(browse, address):
    watched = browse(address + VIEW, PHONE)
    assert watched.page.locator("[data-mode=side]").is_hidden()
    assert watched.page.locator("input.swipe").is_visible()
    assert watched.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    watched.page.click("text=One period")
    watched.settle()
    assert "compare" not in watched.page.url
    assert watched.page.locator("input.swipe").count() == 0


@pytest.mark.parametrize("query", ["compare=2013", "compare=2013&group=black", "compare=2010-2014"])
def test_the_script_tells_what_the_server_told(browse, address, query):
    path = f"{address}/maps/{RATE}?{query}"
    plain = browse(path, java_script_enabled=False).page
    live = browse(path).page
    assert live.locator(ROWS).all_inner_texts() == plain.locator(ROWS).all_inner_texts()
    assert live.locator(".two-note").inner_text() == plain.locator(".two-note").inner_text()
    start = browse(f"{address}/maps/{RATE}?{query.partition('&')[2]}")
    start.page.select_option("#compare", query.partition("=")[2].partition("&")[0])
    start.settle()
    assert start.page.locator(ROWS).all_inner_texts() == plain.locator(ROWS).all_inner_texts()


def test_counts_are_beside_one_another_on_one_scale_and_not_compared(browse, address):
    watched = browse(f"{address}/maps/{COUNT}?compare=2013", DESKTOP)
    assert "Counts are not compared" in watched.page.locator(".two-legend").inner_text()
    assert watched.page.locator(".map-then").is_visible()
    assert heard(watched) == []


def test_differences_are_beside_one_another_too(browse, address):
    watched = browse(f"{address}{VIEW}&show=difference")
    assert watched.page.locator(".map-then").is_visible()
    watched.page.mouse.move(*place_in(watched, "#map", -121.8, 36.75))
    assert "2013: Higher" in watched.page.locator(".tooltip:visible").inner_text()
    assert heard(watched) == []


def test_a_reader_who_has_gone_to_another_zoom_keeps_it(browse, address):
    watched = browse(f"{address}/maps/{RATE}")
    page = watched.page
    page.click("#map .leaflet-control-zoom-out")
    page.wait_for_timeout(500)
    watched.settle()
    zoom = page.locator("#map .surface-base").get_attribute("data-zoom")
    page.select_option("#compare", "2013")
    watched.settle()
    assert page.locator("#map .surface-base").get_attribute("data-zoom") == zoom
    page.click("text=One period")
    watched.settle()
    assert page.locator("#map .surface-base").get_attribute("data-zoom") == zoom
    assert page.title().startswith("Arrest rate by county, 2014 ")
