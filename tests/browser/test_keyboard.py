"""Laws of keys: each function of the map page without a pointer, the focus always in sight."""

import pytest

from mapsvc.maps.text import WORDS
from tests.browser.conftest import DESKTOP, PHONE
from tests.synthetic_release import COUNT, RATE

pytestmark = pytest.mark.browser

MAP = f"/maps/{RATE}"
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
FOCUS = """() => {
  const node = document.activeElement;
  const box = node.getBoundingClientRect();
  // The ring of a radio button that is drawn by its neighbour is the neighbour's.
  const drawn = node.matches(".segmented input") ? node.nextElementSibling : node;
  const style = getComputedStyle(drawn);
  const ground = (from) => {
    for (let each = from; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if (!/rgba\\(.*, 0\\)|transparent/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const middle = [
    Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1),
    Math.min(Math.max(box.y + box.height / 2, 0), innerHeight - 1),
  ];
  const corners = [middle, [box.x + 2, box.y + 2], [box.right - 2, box.bottom - 2]];
  return {
    name: node.id || node.getAttribute("aria-label") || node.dataset.category
      || node.textContent.trim(),
    body: node === document.body, tag: node.localName,
    outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    colour: style.outlineColor,
    // A ring that is drawn inside lies on the element itself.
    ground: ground(parseFloat(style.outlineOffset) < 0 ? drawn : drawn.parentElement),
    seen: corners.some(([x, y]) => {
      const top = document.elementFromPoint(x, y);
      return top && (node.contains(top) || top.contains(node) || drawn.contains(top));
    }),
  };
}"""


def luminance(colour):
    """WCAG 2.2's relative luminance of "rgb(r, g, b)"."""
    parts = [float(part) / 255 for part in colour.partition("(")[2].rstrip(")").split(",")[:3]]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def focused(page):
    return page.evaluate(FOCUS)


def stops(page, most=200):
    """Press Tab from the start of the page until the focus leaves it; returns every stop."""
    found = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = focused(page)
        if stop["body"]:
            return found
        found.append(stop)
    pytest.fail(f"the focus never left the page: the last was {found[-3:]}")


def tab_to(page, name, most=60):
    """Press Tab until what is called ``name`` has the focus, as a reader would."""
    seen = []
    for _ in range(most):
        page.keyboard.press("Tab")
        seen.append(focused(page)["name"])
        if seen[-1] == name:
            return
    pytest.fail(f"Tab does not reach {name!r}; it reached {seen}")


@SIZES
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_stop_of_the_focus_is_seen_and_none_is_a_trap(browse, address, size, theme):
    """WCAG 2.2: 2.1.2, 2.4.7, 2.4.11, and for the ring 1.4.11."""
    page = browse(address + MAP, size=size, theme=theme, reduced_motion="reduce").page
    found = stops(page)
    assert len(found) > 25
    for stop in found:
        assert stop["outline"] >= 2, stop
        assert contrast(stop["colour"], stop["ground"]) >= 3, stop
        assert stop["seen"], stop


@SIZES
def test_the_card_of_a_place_hides_no_stop(browse, address, size):
    watched = browse(f"{address}{MAP}?jurisdiction=06001", size=size, reduced_motion="reduce")
    assert watched.page.locator("#readout").is_visible()
    hidden = [stop["name"] for stop in stops(watched.page) if not stop["seen"]]
    assert hidden == []


def test_the_order_is_that_of_reading(browse, address):
    names = [stop["name"] for stop in stops(browse(address + MAP).page)]
    order = ["Skip to content", "period", "group", "place", "Where I am", "map", "Zoom in"]
    places = [names.index(name) for name in order]
    assert places == sorted(places)
    assert names.index("Previous period") < names.index("period") < names.index("Next period")
    assert names.index("Zoom out") < names.index("CSV") < names.index("figures-table-frame" if
        "figures-table-frame" in names else "Alder")  # fmt: skip


def test_the_first_stop_skips_what_is_on_every_page(browse, address):
    page = browse(address + MAP).page
    press(page, "Tab")
    assert focused(page)["name"] == "Skip to content"
    press(page, "Enter")
    assert page.url.endswith("#content")
    press(page, "Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_another_layer(browse, address):
    page = browse(address + MAP).page
    page.focus("[name=layer]:checked")
    press(page, "ArrowRight")
    page.wait_for_url("**layer=agencies**")
    page.locator("#figures-table", has_text="Alderton Police").wait_for()


def test_another_period_by_list_and_by_step(browse, address):
    watched = browse(address + MAP)
    page = watched.page
    tab_to(page, "Previous period")
    press(page, "Enter")
    watched.settle()
    assert page.input_value("#period") == "2013"
    assert "period=2013" in page.url
    tab_to(page, "period")
    press(page, "End")
    watched.settle()
    assert page.input_value("#period") == "2010-2014"


def test_another_group(browse, address):
    watched = browse(address + MAP)
    tab_to(watched.page, "group")
    press(watched.page, "ArrowDown")
    watched.settle()
    assert "group=black" in watched.page.url


def test_who_reported_and_back(browse, reported_address):
    watched = browse(reported_address + MAP)
    page = watched.page
    page.focus("[name=show]:checked")
    press(page, "ArrowRight")
    watched.settle()
    assert "show=reporting" in page.url
    assert "Who reported" in page.locator("#legend").inner_text()
    assert focused(page)["tag"] == "input"
    press(page, "ArrowLeft")
    watched.settle()
    assert "show=reporting" not in page.url


def test_a_place_by_name_then_away_again(browse, address):
    watched = browse(address + MAP)
    page = watched.page
    tab_to(page, "place")
    page.keyboard.type("dog")
    page.locator("#place-list [role=option]").first.wait_for()
    press(page, "ArrowDown", "Enter")
    assert page.locator("#readout h2").inner_text() == "Dogwood"
    assert focused(page)["name"] == "place"
    press(page, "Escape")
    assert page.locator("#readout").is_hidden()


def test_where_i_am(browse, address):
    here = {"latitude": 36.4, "longitude": -121.6, "accuracy": 20}
    watched = browse(address + MAP, permissions=["geolocation"], geolocation=here)
    tab_to(watched.page, "Where I am")
    press(watched.page, "Space")
    watched.page.locator(".field-said", has_text="You are in Alder").wait_for()


def test_zoom_with_the_buttons(browse, address):
    watched = browse(address + MAP, reduced_motion="reduce")
    page = watched.page
    at = "Number(document.querySelector('.surface-base').dataset.zoom)"
    before = page.evaluate(at)
    tab_to(page, "Zoom out")
    press(page, "Enter")
    page.wait_for_function(f"() => {at} < {before}")
    page.focus("[aria-label='Zoom in']")
    press(page, "Enter")
    page.wait_for_function(f"() => {at} >= {before}")


def test_the_card_opens_at_a_place_and_closes_by_button_and_by_escape(browse, address):
    watched = browse(address + MAP)
    page = watched.page
    tab_to(page, "map")
    page.locator("#map-keys").wait_for(state="attached")
    press(page, "ArrowRight", "Enter")
    card = page.locator("#readout")
    assert card.is_visible()
    page.focus("#readout .close")
    press(page, "Enter")
    assert card.is_hidden()
    assert focused(page)["name"] == "map"
    press(page, "Enter")
    assert card.is_visible()
    press(page, "Escape")
    assert card.is_hidden()
    press(page, "Tab")
    assert focused(page)["name"] != "map"


def test_the_card_leads_to_the_page_of_its_place(browse, address):
    page = browse(f"{address}{MAP}?jurisdiction=06001").page
    page.locator("#readout .readout-links a[href*='/jurisdictions/']").focus()
    press(page, "Enter")
    page.wait_for_url("**/jurisdictions/counties/06001")


def test_a_row_of_the_legend_and_all_again(browse, address):
    watched = browse(address + MAP)
    page = watched.page
    tab_to(page, "class-2")
    press(page, "Space")
    rows = page.locator("#figures-table tbody tr:visible")
    assert rows.count() == 1
    assert focused(page)["name"] == "class-2"
    tab_to(page, "all")
    press(page, "Enter")
    assert rows.count() == 6
    # The button that is gone hands the focus on: it is not at the start of the page again.
    assert page.evaluate("document.querySelector('#legend').contains(document.activeElement)")


def test_rates_that_are_too_uncertain(browse, address):
    watched = browse(address + MAP)
    page = watched.page
    words = WORDS["unreliable"]["title"]
    page.focus("#show-unreliable input")
    press(page, "Space")
    watched.settle()
    assert page.locator("#legend .legend-row", has_text=words).count() == 1


def test_the_table_is_sorted_and_scrolled(browse, address):
    page = browse(address + MAP).page
    button = page.locator("#figures-table thead button", has_text="Rate")
    button.focus()
    press(page, "Enter")
    header = page.locator("#figures-table th[aria-sort]")
    assert header.get_attribute("aria-sort") == "descending"
    press(page, "Space")
    assert header.get_attribute("aria-sort") == "ascending"
    assert page.locator(".table-tall").get_attribute("tabindex") == "0"


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("CSV", "format=csv"),
        ("GeoJSON", "format=geojson"),
        ("SVG", ".svg"),
        ("Embed this map", "/embed"),
        ("How this is worked out", "/method"),
        ("Use this in QGIS", "/tiles"),
    ],
)
def test_downloads_and_links_are_links_of_the_view_that_is_shown(browse, address, words, part):
    watched = browse(address + MAP)
    page = watched.page
    tab_to(page, "Previous period")
    press(page, "Enter")
    watched.settle()
    page.locator("#figures", has_text="2013").wait_for()
    link = page.locator(".record-about a", has_text=words).first
    link.focus()
    assert page.evaluate("document.activeElement.localName") == "a"
    href = link.get_attribute("href")
    assert part in href
    assert "2013" in href
    assert page.request.get(href if href.startswith("http") else address + href).ok


def test_a_widget_is_used_by_keys_and_lets_go(browse, address):
    watched = browse(
        f"{address}/embed/{RATE}?jurisdiction=06001", size={"width": 800, "height": 600}
    )
    page = watched.page
    page.locator("#readout .close").wait_for()
    found = stops(page)
    assert [stop for stop in found if not stop["seen"] or stop["outline"] < 2] == []
    assert {"map", "Zoom in", "Zoom out", "Close"} <= {stop["name"] for stop in found}
    page.focus("#readout .close")
    press(page, "Enter")
    assert page.locator("#readout").is_hidden()
    assert focused(page)["name"] == "map"


@pytest.mark.parametrize("path", [MAP, f"/maps/{COUNT}", f"/embed/{RATE}"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_in_forced_colours_every_control_has_an_edge_and_the_map_its_colours(
    browse, address, path, theme
):
    """Contrast themes replace backgrounds and drop shadows: no shape may hang on them."""
    watched = browse(address + path, theme=theme, forced_colors="active")
    page = watched.page
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    pressed = page.locator(".legend-choice")
    if pressed.count():
        first = pressed.first
        edge = "node => getComputedStyle(node).outlineStyle + getComputedStyle(node).borderStyle"
        before = first.evaluate(edge)
        first.focus()
        press(page, "Enter")
        press(page, "Tab")
        assert pressed.first.evaluate(edge) != before
    checked = page.locator(".segmented input:checked + span").first
    if checked.count():
        other = page.locator(".segmented input:not(:checked) + span").first
        colour = "node => getComputedStyle(node).backgroundColor"
        assert checked.evaluate(colour) != other.evaluate(colour)
    assert page.locator(".swatch").count() or page.locator(".legend-sizes").count()
    assert watched.faults == []


def test_with_less_motion_nothing_moves(browse, address):
    watched = browse(address + MAP, reduced_motion="reduce")
    page = watched.page
    page.focus("[aria-label='Zoom in']")
    press(page, "Enter")
    assert page.locator(".leaflet-zoom-anim").count() == 0
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


# WCAG 2.2, 1.4.4 and 1.4.10: at 200 % and 400 % of 1280 pixels.
@pytest.mark.parametrize("width", [640, 320])
def test_enlarged_text_needs_no_scrolling_in_two_directions(browse, address, width):
    watched = browse(f"{address}{MAP}?jurisdiction=06001", size={"width": width, "height": 512})
    page = watched.page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    hidden = page.evaluate(
        """() => [...document.querySelectorAll("main :is(a, button, select, input, h1, h2, p)")]
          .filter((node) => node.checkVisibility())
          .filter((node) => !node.closest(".table-frame, .visually-hidden"))
          .filter((node) => { const box = node.getBoundingClientRect();
            return box.width > 1 && (box.left < -1 || box.right > innerWidth + 1); })
          .map((node) => node.outerHTML.slice(0, 100))"""
    )
    assert hidden == []
