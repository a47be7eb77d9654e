"""Laws of finding and moving on the map by keys alone: typed, located, stepped, filtered."""

import re
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import DESKTOP, PHONE, serve
from tests.browser.test_map import FIRST, NOT_REPORTED, class_colour
from tests.synthetic_release import COUNT, RATE

pytestmark = pytest.mark.browser

MAP = f"/maps/{RATE}"
ALDERTON = {"latitude": 36.4, "longitude": -121.6, "accuracy": 20}


def spoken(page):
    return page.locator("#map-status").text_content()


def ready(page):
    """Give the map the focus and wait for what then comes for its keys."""
    page.focus("#map")
    page.locator("#map-keys").wait_for(state="attached")


def typed(page, text):
    """Type a name where places are found and wait for what comes."""
    page.focus("#place")
    page.keyboard.type(text)
    page.locator("#place-list li").first.wait_for()


def zoom(page):
    return float(page.locator(".surface-base").get_attribute("data-zoom"))


def pressed(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def visible_rows(page):
    return page.locator("#figures-table tbody tr:visible").count()


def test_typing_lists_places_and_enter_selects_the_one_that_is_active(browse, address):
    watched = browse(address + MAP)
    page = watched.page
    typed(page, "e")
    box = page.locator("#place")
    assert box.get_attribute("aria-expanded") == "true"
    assert page.locator(".place-row ~ [role=status]").first.text_content().endswith("found.")
    pressed(page, "ArrowDown")
    active = page.locator(f"#{box.get_attribute('aria-activedescendant')}")
    assert active.get_attribute("aria-selected") == "true"
    assert "Elm" in active.inner_text()
    pressed(page, "Enter")
    watched.settle()
    assert page.url.endswith("?jurisdiction=06009")
    assert page.input_value("#place") == "Elm"
    assert box.get_attribute("aria-expanded") == "false"
    assert box.get_attribute("aria-activedescendant") is None
    assert page.locator("#readout h2").inner_text() == "Elm"
    assert watched.faults == []


def test_the_arrows_go_round_the_list_and_escape_closes_it_then_lets_go(browse, address):
    page = browse(f"{address}{MAP}?jurisdiction=06001").page
    assert page.input_value("#place") == "Alder"
    typed(page, "alder")
    options = page.locator("#place-list [role=option]")
    count = options.count()
    assert count > 1
    pressed(page, "ArrowUp")
    assert options.nth(count - 1).get_attribute("aria-selected") == "true"
    pressed(page, "ArrowDown")
    assert options.nth(0).get_attribute("aria-selected") == "true"
    pressed(page, "Escape")
    assert page.locator("#place-list").is_hidden()
    assert page.locator("#readout").is_visible()
    pressed(page, "Escape")
    assert page.locator("#readout").is_hidden()
    assert "jurisdiction" not in page.url


def test_a_former_name_leads_to_the_place_and_a_slip_says_so(browse, address):
    page = browse(address + MAP).page
    typed(page, "ubertal")
    assert "also Übertal until 1999-12-31" in page.locator("#place-list").inner_text()
    page.fill("#place", "")
    typed(page, "dogwod")
    page.locator("#place-list [role=option]", has_text="Dogwood").wait_for()
    page.fill("#place", "")
    typed(page, "zzzqq")
    page.locator(".place-none", has_text="No place is called").wait_for()
    assert page.locator("#place").get_attribute("aria-expanded") == "false"


def test_a_place_of_another_layer_opens_its_map(browse, address):
    watched = browse(f"{address}{MAP}?period=2013")
    typed(watched.page, "alderton police")
    assert "on another map" in watched.page.locator("#place-list").inner_text()
    watched.page.keyboard.press("Enter")
    watched.page.wait_for_url("**layer=agencies**")
    watched.settle()
    assert "period=2013" in watched.page.url
    assert watched.page.locator("#readout h2").inner_text() == "Alderton Police"


def test_a_search_that_fails_says_so(browse, address):
    page = browse(address + MAP).page
    page.route("**/api/v1/search**", lambda route: route.abort())
    typed(page, "elm")
    assert "could not be reached" in page.locator("#place-list").inner_text()


def test_names_that_attack_are_text_in_the_list(browse, hostile_address):
    watched = browse(hostile_address + MAP)
    typed(watched.page, "06001")
    watched.settle()
    assert watched.page.locator("#place-list script, #place-list img").count() == 0
    watched.page.keyboard.press("Enter")
    ready(watched.page)
    pressed(watched.page, "ArrowRight", "ArrowLeft")
    assert watched.faults == []


@pytest.fixture(scope="module")
def small_address(miniature):
    """The made-up state, whose cities are small on a phone."""
    server, found = serve(miniature.atlas)
    yield found
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("key", "name"),
    [("ZZ0090100", "Elderwood Police"), ("ZZ0039900", "Birch Valley Transit")],
    ids=["polygon", "point"],
)
@pytest.mark.parametrize("reach", ["name", "address"])
def test_a_place_that_is_small_on_screen_is_zoomed_to_however_it_was_chosen(
    browse, small_address, reach, key, name
):
    path = f"{small_address}/maps/crash-rate?layer=agencies"
    before = zoom(browse(path, size=PHONE).page)
    watched = browse(path + (f"&jurisdiction={key}" if reach == "address" else ""), size=PHONE)
    if reach == "name":
        typed(watched.page, name)
        watched.page.keyboard.press("Enter")
    watched.page.wait_for_function(
        "(least) => Number(document.querySelector('.surface-base').dataset.zoom) > least",
        arg=before + 0.5,
    )
    assert watched.page.locator("#readout h2").inner_text() == name


def test_a_place_that_is_large_on_screen_is_not_zoomed_to(browse, address):
    plain = browse(address + MAP)
    chosen = browse(f"{address}{MAP}?jurisdiction=06001")
    chosen.page.wait_for_timeout(300)
    assert zoom(chosen.page) == zoom(plain.page)


def test_where_i_am_is_matched_here_and_told_to_no_one(browse, address):
    watched = browse(
        f"{address}{MAP}?layer=agencies", permissions=["geolocation"], geolocation=ALDERTON
    )
    page = watched.page
    watched.requests.clear()
    page.focus('[aria-label="Where I am"]')
    page.keyboard.press("Enter")
    page.locator(".field-said", has_text="You are in Alderton Police").wait_for()
    watched.settle()
    assert "jurisdiction=CA0010100" in page.url
    asked = " ".join(watched.requests)
    assert "36.4" not in asked
    assert "121.6" not in asked
    paths = {urlsplit(url).path for url in watched.requests}
    quiet = (".mvt", "/neighbours/agencies", ".js", ".svg")
    assert [path for path in paths if not path.endswith(quiet)] == []


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"latitude": 10.0, "longitude": 10.0}, "outside what this map shows"),
        ({"latitude": 36.6, "longitude": -121.6, "accuracy": 30_000}, "or just across its border"),
    ],
)
def test_what_is_not_sure_or_not_here_is_said(browse, address, place, words):
    page = browse(address + f"{MAP}?layer=agencies", permissions=["geolocation"], geolocation=place)
    page = page.page
    page.click('[aria-label="Where I am"]')
    page.locator(".field-said", has_text=words).wait_for()


def test_a_refusal_to_locate_is_said(browse, address):
    page = browse(address + MAP, permissions=[]).page
    page.click('[aria-label="Where I am"]')
    page.locator(".field-said", has_text="may not tell where you are").wait_for()


def test_arrows_go_from_a_place_to_the_one_beside_it_and_tell_all_of_it(browse, address):
    watched = browse(address + MAP)
    page = watched.page
    page.keyboard.press("Tab")
    ready(page)
    pressed(page, "ArrowRight")
    first = spoken(page)
    assert re.match("(Birch|Elm), County", first)
    start = {"Birch": "06003", "Elm": "06009"}[first.split(",")[0]]
    pressed(page, *(["ArrowDown"] if start == "06009" else []), "ArrowLeft")
    text = spoken(page)
    assert text.startswith("Alder, County. 605 arrests per 100,000 residents. Class 600 to 5,000.")
    assert "95 % interval 545 to 667" in text
    assert text.endswith("Beside it: Birch, Dogwood.")
    pressed(page, "ArrowUp")
    assert spoken(page).startswith("Dogwood, County. ")
    pressed(page, "ArrowUp")
    assert spoken(page) == "Nothing further north of Dogwood."
    assert "jurisdiction" not in page.url
    pressed(page, "ArrowDown", "Enter")
    assert page.locator("#readout h2").inner_text() == "Alder"
    assert page.url.endswith("?jurisdiction=06001")
    assert page.evaluate("document.activeElement.id") == "map"
    pressed(page, "Escape")
    assert page.locator("#readout").is_hidden()
    pressed(page, "ArrowRight", "Enter", "Enter")
    page.wait_for_url("**/jurisdictions/counties/**")


def test_the_place_that_the_keys_are_at_is_outlined(browse, address):
    watched = browse(f"{address}{MAP}?jurisdiction=06001")
    page = watched.page
    inked = """() => {
      const canvas = document.querySelector(".surface-overlay");
      const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      return data.filter((part, at) => at % 4 === 3 && part > 0).length;
    }"""
    before = page.evaluate(inked)
    ready(page)
    pressed(page, "ArrowRight")
    watched.settle()
    assert page.evaluate(inked) > before
    page.focus("#place")
    watched.settle()
    assert page.evaluate(inked) == before


def test_shift_and_arrow_move_the_map_and_plus_zooms(browse, address):
    watched = browse(address + MAP, reduced_motion="reduce")
    page = watched.page
    page.focus("#map")
    before = zoom(page)
    pressed(page, "-")
    watched.settle()
    farther = zoom(page)
    assert farther < before
    pressed(page, "+")
    watched.settle()
    assert zoom(page) > farther
    pane = page.locator(".leaflet-map-pane")
    where = pane.get_attribute("style")
    pressed(page, "Shift+ArrowRight")
    watched.settle()
    assert pane.get_attribute("style") != where
    assert spoken(page) == ""
    assert page.locator("#readout").is_hidden()


def test_the_keys_are_explained_on_asking(browse, address):
    page = browse(address + MAP).page
    ready(page)
    assert page.locator("#map-keys").is_hidden()
    pressed(page, "?")
    assert "Shift" in page.locator("#map-keys").inner_text()
    assert page.locator(".map-keys-button").get_attribute("aria-expanded") == "true"
    pressed(page, "?")
    assert page.locator("#map-keys").is_hidden()
    page.focus(".map-keys-button")
    pressed(page, "Enter")
    assert page.locator("#map-keys").is_visible()


def test_a_row_of_the_legend_shows_only_its_places_here_and_in_the_table(browse, address):
    watched = browse(address + MAP)
    page = watched.page
    before = watched.colour(*NOT_REPORTED)
    row = page.locator('[data-category="class-2"]')
    assert row.locator(".legend-count").inner_text().split()[0] == "1"
    row.focus()
    pressed(page, "Enter")
    watched.settle()
    assert row.get_attribute("aria-pressed") == "true"
    assert page.evaluate("document.activeElement.dataset.category") == "class-2"
    assert visible_rows(page) == 1
    assert watched.colour(*FIRST) == class_colour("light", 2)
    assert watched.colour(*NOT_REPORTED) != before or before != class_colour("light", 2)
    assert spoken(page) == "Arrest rate, 2014: showing 1 of 6 counties: 600 to 5,000."
    page.focus('[data-category="suppressed"]')
    pressed(page, "Space")
    assert visible_rows(page) == 2
    page.select_option("#period", "2013")
    watched.settle()
    assert row.get_attribute("aria-pressed") == "true"
    page.select_option("#group", "black")
    watched.settle()
    assert row.get_attribute("aria-pressed") == "false"
    assert visible_rows(page) == 6


def test_circles_are_filtered_too_and_all_come_back(browse, address):
    watched = browse(f"{address}/maps/{COUNT}")
    page = watched.page
    middle = (-121.5, 36.47)
    circle = watched.colour(*middle)
    page.focus('[data-category="zero"]')
    pressed(page, "Enter")
    watched.settle()
    assert watched.colour(*middle) != circle
    assert visible_rows(page) == 1
    page.click("text=Show all")
    watched.settle()
    assert watched.colour(*middle) == circle
    assert visible_rows(page) == 6


def test_a_widget_has_none_of_this_and_asks_for_none(browse, address):
    watched = browse(f"{address}/embed/{RATE}")
    assert watched.page.locator(".legend-choice, #place, .map-keys-button").count() == 0
    assert not [url for url in watched.requests if "finding" in url or "neighbours" in url]


def test_without_script_the_form_has_a_list_of_places(browse, address):
    page = browse(address + MAP, java_script_enabled=False).page
    page.select_option("#jurisdiction", label="Birch")
    page.click(".controls [type=submit]")
    assert "jurisdiction=06003" in page.url


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_what_is_new_is_large_enough_for_a_thumb(browse, address, size):
    page = browse(address + MAP, size=size).page
    typed(page, "alder")
    for locator in page.locator("#place, .locate, .map-keys-button, #place-list li").all():
        box = locator.bounding_box()
        assert box["height"] >= 44
        assert box["width"] >= 44
