"""Laws of the page about the tiles in a browser."""

from itertools import product

import pytest

from mapsvc.maps import sprite
from mapsvc.maps.theme import THEMES, colours
from tests.browser.conftest import DESKTOP, PHONE
from tests.synthetic_release import COUNT, HOSTILE, RATE

pytestmark = pytest.mark.browser

AREA = (0.2, 0.6)
"""In the first county, as a part of the map's width and height."""


def click_at(watched, across, down):
    watched.page.locator("#map").scroll_into_view_if_needed()
    box = watched.page.locator("#map").bounding_box()
    watched.page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])
    watched.page.locator("#inspected .tile-facts").wait_for()


def attributes(watched):
    return dict(
        watched.page.locator("#inspected .attributes tr").evaluate_all(
            "rows => rows.map(row => [row.cells[0].textContent, row.cells[1].textContent])"
        )
    )


@pytest.mark.parametrize(("size", "theme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_a_click_shows_the_attributes_of_the_place_and_its_tile(browse, address, size, theme):
    watched = browse(f"{address}/tiles?indicator={RATE}&period=2014", size=size, theme=theme)
    click_at(watched, *AREA)
    found = attributes(watched)
    assert found["id"] == "06001"
    assert found["status"] == "ok"
    assert float(found["lower"]) < float(found["value"]) < float(found["upper"])
    link = watched.page.locator("#inspected .tile-address a")
    tile = watched.page.request.get(f"{address}{link.get_attribute('href')}")
    facts = watched.page.locator("#inspected .tile-facts").inner_text()
    assert f"{len(tile.body()):,} bytes" in facts
    assert "counties-labels" in facts
    assert watched.faults == []


def test_a_hostile_name_is_shown_as_text(browse, hostile_address):
    watched = browse(f"{hostile_address}/tiles?indicator={RATE}&period=2014")
    click_at(watched, *AREA)
    assert watched.page.locator("#inspected h3").first.inner_text() == HOSTILE[0]
    assert attributes(watched)["name"] == HOSTILE[0]
    assert watched.faults == []


def test_the_keyboard_inspects_the_middle_of_the_map(browse, address):
    watched = browse(f"{address}/tiles?indicator={RATE}&period=2014")
    watched.page.locator("#map").focus()
    watched.page.keyboard.press("Enter")
    watched.page.locator("#inspected .tile-facts").wait_for()
    assert watched.page.locator("#inspected h3").first.inner_text() != ""


def test_borders_are_shown_on_demand(browse, address):
    watched = browse(f"{address}/tiles")
    painted = """() => {
      const canvas = document.querySelector(".surface-overlay");
      const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      return data.some((part) => part > 0);
    }"""
    assert not watched.page.evaluate(painted)
    watched.page.locator("#borders").check()
    watched.settle()
    assert watched.page.evaluate(painted)
    watched.page.locator("#borders").uncheck()
    watched.settle()
    assert not watched.page.evaluate(painted)


@pytest.mark.parametrize("clipboard", [True, False])
def test_a_button_copies_by_keyboard_and_says_so(browse, address, clipboard):
    watched = browse(f"{address}/tiles", permissions=["clipboard-read", "clipboard-write"])
    if not clipboard:
        watched.page.evaluate(
            "Object.defineProperty(navigator.clipboard, 'writeText',"
            " { value: () => Promise.reject(new Error('not allowed')) })"
        )
    button = watched.page.locator(".addresses button.copy").first
    button.focus()
    watched.page.keyboard.press("Enter")
    watched.page.locator("#said:text-is('Copied')").wait_for(state="attached")
    copied = watched.page.evaluate("navigator.clipboard.readText()")
    assert copied == watched.page.locator(".addresses code").first.inner_text()
    assert button.evaluate("node => node === document.activeElement")
    assert button.inner_text().startswith("Copied")


def test_a_choice_shows_another_tileset(browse, address):
    watched = browse(f"{address}/tiles")
    watched.page.locator("#indicator").select_option(COUNT)
    watched.page.wait_for_url(f"**indicator={COUNT}**")
    watched.settle()
    assert COUNT in watched.page.locator(".addresses code").first.inner_text()
    assert watched.faults == []


def test_without_script_the_addresses_are_there_and_nothing_that_needs_it(browse, address):
    watched = browse(f"{address}/tiles", java_script_enabled=False)
    page = watched.page
    assert "{z}/{x}/{y}.mvt" in page.locator(".addresses code").first.inner_text()
    assert page.locator("button.copy:visible").count() == 0
    assert not page.locator("#inspector").is_visible()
    assert page.locator(".no-script-note").is_visible()
    page.locator("#layer").select_option("agencies")
    page.locator("button[type=submit]").click()
    assert "/tiles/agencies/" in page.locator(".addresses code").first.inner_text()


@pytest.mark.parametrize("size", [DESKTOP, PHONE, {"width": 320, "height": 640}])
def test_no_page_is_wider_than_its_window(browse, address, size):
    watched = browse(f"{address}/tiles", size=size)
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("theme", THEMES)
def test_a_hatch_of_the_sprite_is_that_of_the_page(browse, address, theme):
    """The same pixels as the page's canvas, but for how the edge of a line is smoothed."""
    watched = browse(f"{address}/tiles", theme=theme)
    for name, ratio in product(sprite.DRAWINGS, sprite.RATIOS):
        if name.startswith("mark-"):
            continue
        ink = colours(theme)["mark" if name == "use_with_caution" else "empty-mark"]
        drawn = watched.page.evaluate(
            """async ([name, ink, ratio]) => {
              const { Patterns, PATTERN_SIZE } = await import("/static/js/patterns.js");
              const side = PATTERN_SIZE * ratio;
              const canvas = document.createElement("canvas");
              canvas.width = side;
              canvas.height = side;
              const context = canvas.getContext("2d");
              context.fillStyle = new Patterns(context, ratio).get(name, ink, new DOMMatrix());
              context.fillRect(0, 0, side, side);
              return [...context.getImageData(0, 0, side, side).data].filter((_, i) => i % 4 === 3);
            }""",
            [name, ink, ratio],
        )
        ours = sprite.pixels(sprite.DRAWINGS[name], colours(theme), ratio)[..., 3].ravel().tolist()
        off = [abs(a - b) for a, b in zip(drawn, ours, strict=True)]
        # A browser may draw a thin line without smoothing its edges.
        assert max(off) <= 80, (name, ratio, drawn, ours)
