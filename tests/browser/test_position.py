"""Laws of where the map is: the address says it, a link reopens it, and no server hears of it."""

import re

import pytest

from tests.browser.conftest import PHONE, until
from tests.synthetic_release import RATE

pytestmark = pytest.mark.browser

MAP = f"/maps/{RATE}"
THERE = "#map=7/37.0000/-121.0000"


def zoom(watched):
    return float(watched.page.locator(".surface-base").get_attribute("data-zoom"))


def said(watched):
    found = re.search(r"#map=([\d.]+)/(-?[\d.]+)/(-?[\d.]+)$", watched.page.url)
    return found and [float(each) for each in found.groups()]


def closer(watched):
    """Press plus and wait for the map to be there."""
    watched.page.focus("#map")
    before = watched.page.url
    watched.page.keyboard.press("+")
    until(watched, f"location.href !== {before!r}")
    watched.settle()


def test_a_map_that_nobody_has_moved_says_nothing_of_it(browse, address):
    assert said(browse(address + MAP)) is None


def test_neither_does_one_whose_window_changes(browse, address):
    watched = browse(address + MAP)
    watched.page.set_viewport_size({"width": 900, "height": 700})
    watched.settle()
    watched.page.select_option("#compare", "2013")
    watched.settle()
    assert said(watched) is None


@pytest.mark.parametrize("by", ["mouse", "button"])
def test_dragging_and_the_buttons_move_it(browse, address, by):
    watched = browse(address + MAP)
    if by == "button":
        watched.page.click(".leaflet-control-zoom-out")
    else:
        box = watched.page.locator("#map").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        watched.page.mouse.move(x, y)
        watched.page.mouse.down()
        watched.page.mouse.move(x - 60, y - 40, steps=5)
        watched.page.mouse.up()
    until(watched, "location.hash.startsWith('#map=')")
    assert watched.faults == []


def test_an_address_opens_the_map_where_it_says(browse, address):
    watched = browse(address + MAP + THERE, size=PHONE)
    assert zoom(watched) == 7
    closer(watched)
    assert said(watched)[1:] == pytest.approx([37, -121], abs=0.002)
    assert watched.faults == []


@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_a_link_that_was_copied_reopens_the_same_view(browse, address, size):
    more = {"size": size} if size else {}
    watched = browse(f"{address}{MAP}?period=2013", **more)
    closer(watched)
    link, seen = watched.page.url, zoom(watched)
    again = browse(link, **more)
    assert zoom(again) == pytest.approx(seen, abs=0.01)
    assert said(again) in (None, said(watched))
    assert again.page.input_value("#period") == "2013"


def test_moving_adds_nothing_to_go_back_to_and_asks_no_server(browse, address):
    watched = browse(address + MAP)
    length = watched.page.evaluate("history.length")
    closer(watched)
    assert watched.page.evaluate("history.length") == length
    assert not [url for url in watched.requests if "map=" in url]


def test_another_period_keeps_the_place_and_back_returns_to_both(browse, address):
    watched = browse(address + MAP + THERE)
    watched.page.select_option("#period", "2013")
    watched.settle()
    assert watched.page.url.endswith(f"?period=2013{THERE}")
    closer(watched)
    assert zoom(watched) > 7
    watched.page.go_back()
    watched.settle()
    assert watched.page.input_value("#period") == "2014"
    assert zoom(watched) == 7


def test_another_layer_and_another_language_keep_the_place(browse, address):
    watched = browse(address + MAP)
    closer(watched)
    seen = said(watched)
    language = watched.page.locator("a[hreflang=es]").first.get_attribute("href")
    assert language.endswith(watched.page.url.partition("#")[2])
    with watched.page.expect_navigation():
        watched.page.locator("input[name=layer][value=agencies]").check(force=True)
    watched.settle()
    assert "layer=agencies" in watched.page.url
    assert said(watched) == seen
    assert zoom(watched) == pytest.approx(seen[0], abs=0.01)


def test_a_place_in_the_address_does_not_move_a_map_that_is_placed(browse, address):
    watched = browse(f"{address}{MAP}?jurisdiction=06003{THERE}")
    assert zoom(watched) == 7
    assert watched.page.locator("#readout").is_visible()


@pytest.mark.parametrize("text", ["#map=", "#map=99", "#map=6/91x/0", "#map=a/b/c", "#map=6/36"])
def test_a_fragment_that_is_none_is_left_alone(browse, address, text):
    watched = browse(address + MAP + text)
    plain = browse(address + MAP)
    assert zoom(watched) == zoom(plain)
    assert watched.faults == []


def test_a_place_beyond_the_map_is_brought_back_into_it(browse, address):
    watched = browse(address + MAP + "#map=25/89.9/179.9")
    watched.settle()
    assert watched.faults == []
    assert watched.page.locator(".legend-row").count() > 2


def test_a_widget_says_nothing_of_where_it_is(browse, address):
    watched = browse(f"{address}/embed/{RATE}")
    watched.page.mouse.move(300, 300)
    watched.page.locator("body").press("+")
    assert said(watched) is None
