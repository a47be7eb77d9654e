"""Laws of hostile data: in no page, state or picture does a text of a release become more."""

from collections import Counter

import pytest

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_axe import PAGES, REFUSED
from tests.browser.test_map import FIRST
from tests.hostile import ATTACK
from tests.synthetic_release import COUNT, HOSTILE, RATE

pytestmark = pytest.mark.browser

HEAD = ATTACK[: ATTACK.index("{")]
ANATOMY = """() => [...document.querySelectorAll("*")].map(
  (node) => `${node.localName} ${[...node.attributes].map(({ name }) => name).sort().join(" ")}`)"""
"""The elements of a page with the names of their attributes: what a text must never add to."""
ALIVE = "img[src=x], [onerror], script:not([src]):not([type='application/json']), iframe[srcdoc]"
# A run of data that turns the line around ends where its isolated box ends: what else is in that
# box would be turned around with it.
ASTRAY = """(names) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const astray = [];
  while (walker.nextNode()) {
    const { parentElement: parent, data } = walker.currentNode;
    const name = names.find((each) => data.includes(each));
    if (!name || parent.closest("script, title, option, svg")) continue;
    let box = parent;
    const open = (style) => style.display === "inline" && style.unicodeBidi === "normal";
    while (open(getComputedStyle(box))) box = box.parentElement;
    const { textContent } = box;
    const after = textContent.slice(textContent.indexOf(name) + name.length);
    // In a sentence, characters close what the name leaves open.
    if (after.startsWith("\\u2069\\u2069")) continue;
    if (/[\\p{L}\\p{N}]/u.test(after)) astray.push(`${box.localName}: ${textContent}`);
  }
  return astray;
}"""
SAID = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const said = [];
  while (walker.nextNode()) {
    const { parentElement: parent, data } = walker.currentNode;
    if (!parent.closest("script, pre, code, textarea")) said.push(data);
  }
  return said.join("\\n");
}"""
TURNING = [name for name in HOSTILE if "\u202e" in name]


def whole(page):
    """Assert that each attack in the page's text is there to its last letter, as written.

    Code to copy is not looked at: there a text is written as its language escapes it.
    """
    said = page.evaluate(SAID)
    assert said.count(HEAD) == said.count(ATTACK)
    return said.count(ATTACK)


def harmless(watched):
    assert watched.page.locator(ALIVE).count() == 0
    assert watched.faults == []
    whole(watched.page)


def anatomy(page):
    return Counter(page.evaluate(ANATOMY))


@pytest.fixture(scope="module")
def plain(chromium):
    """A page without script, which shows what the server sent."""
    context = chromium.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("kind", [kind for kind in PAGES if kind not in REFUSED])
def test_a_page_has_the_elements_that_it_has_of_friendly_data(
    plain, reported_address, hostile_address, kind
):
    """As the server sent it: no element and no attribute is the data's."""
    found = []
    for address in (reported_address, hostile_address):
        assert plain.goto(address + PAGES[kind], wait_until="domcontentloaded").ok
        found.append(anatomy(plain))
    friendly, hostile = found
    assert hostile - friendly == Counter()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("kind", [kind for kind in PAGES if kind not in REFUSED])
def test_a_page_shows_hostile_texts_as_they_are(browse, hostile_address, kind, size):
    watched = browse(hostile_address + PAGES[kind], size=size)
    watched.page.evaluate(
        "document.querySelectorAll('details').forEach((each) => each.open = true)"
    )
    harmless(watched)
    assert watched.page.evaluate(ASTRAY, TURNING) == []


def point_and_choose(watched):
    at = watched.at(*FIRST)
    watched.page.mouse.move(*at)
    watched.page.locator(".tooltip").wait_for()
    harmless(watched)
    watched.page.mouse.click(*at)
    watched.page.locator("#readout h2").wait_for()


def press(watched):
    """Close what a card covers."""
    watched.page.focus("#map")
    watched.page.keyboard.press("Escape")


def search(watched):
    watched.page.focus("#place")
    watched.page.keyboard.type("CA00" if "agencies" in watched.page.url else "0600")
    watched.page.locator("#place-list [role=option]").first.wait_for()
    harmless(watched)
    watched.page.keyboard.press("ArrowDown")
    watched.page.keyboard.press("Enter")


def filter_rows(watched):
    for row in watched.page.locator(".legend-choice").all()[:3]:
        row.focus()
        watched.page.keyboard.press("Enter")


def show_the_unreliable(watched):
    if watched.page.locator("#show-unreliable").is_visible():
        watched.page.focus("#show-unreliable input")
        watched.page.keyboard.press("Space")


def choose_everything(watched):
    """Every value of every choice of the form that acts without leaving the page."""
    for name in ("period", "group", "denominator"):
        choice = watched.page.locator(f"select[name={name}]")
        if choice.count():
            for value in choice.locator("option").evaluate_all("all => all.map((o) => o.value)"):
                choice.select_option(value)
                watched.settle()
                harmless(watched)
    for value in ("reporting", "values"):
        button = watched.page.locator(f'[name=show][value="{value}"]')
        if button.count():
            button.focus()
            watched.page.keyboard.press("Space")
            watched.settle()
            harmless(watched)


def walk(watched):
    watched.page.focus("#map")
    watched.page.locator("#map-keys").wait_for(state="attached")
    for key in ("ArrowRight", "ArrowUp", "ArrowLeft", "Enter", "Escape", "?"):
        watched.page.keyboard.press(key)
    watched.settle()


def sort_columns(watched):
    for button in watched.page.locator("#figures-table thead button").all():
        button.focus()
        watched.page.keyboard.press("Enter")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize(
    "path",
    [f"/maps/{RATE}", f"/maps/{RATE}?layer=agencies", f"/maps/{COUNT}"],
    ids=["rates", "agencies", "counts"],
)
def test_nothing_that_a_reader_does_with_the_map_wakes_a_text(browse, hostile_address, path, size):
    watched = browse(hostile_address + path, size=size)
    for act in (
        point_and_choose, press, search, press, filter_rows, show_the_unreliable, sort_columns,
        walk, choose_everything,
    ):  # fmt: skip
        act(watched)
        watched.settle()
        harmless(watched)
    assert watched.page.evaluate(ASTRAY, TURNING) == []
    assert whole(watched.page) > 0


def test_another_layer_is_as_harmless(browse, hostile_address):
    watched = browse(f"{hostile_address}/maps/{RATE}")
    watched.page.locator('[name=layer][value="agencies"]').focus()
    watched.page.keyboard.press("Space")
    watched.page.wait_for_url("**layer=agencies**")
    watched.settle()
    harmless(watched)


@pytest.mark.parametrize("query", ["", "?show=reporting&period=2013"])
def test_a_widget_that_is_pointed_at_and_clicked_wakes_no_text(browse, hostile_address, query):
    watched = browse(f"{hostile_address}/embed/{RATE}{query}", size={"width": 800, "height": 600})
    box = watched.page.locator("#map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + 60
    watched.page.mouse.move(x, y)
    watched.page.locator(".tooltip").wait_for()
    watched.page.mouse.click(x, y)
    watched.page.locator("#readout h2").wait_for()
    harmless(watched)
    assert watched.page.evaluate(ASTRAY, TURNING) == []


@pytest.mark.parametrize(
    "path",
    [
        f"/maps/{RATE}.svg",
        f"/maps/{RATE}.svg?layer=agencies",
        f"/maps/{COUNT}.svg",
        f"/jurisdictions/counties/06001/{RATE}.svg",
    ],
)
def test_a_picture_opened_as_a_document_has_texts_and_no_more(browse, hostile_address, path):
    watched = browse(hostile_address + path)
    assert watched.page.evaluate("document.documentElement.localName") == "svg"
    names = set(
        watched.page.evaluate("[...document.querySelectorAll('*')].map((n) => n.localName)")
    )
    assert not names & {"script", "foreignObject", "img", "iframe", "a", "image"}
    on = "[...document.querySelectorAll('*')].flatMap((n) => [...n.attributes]).map((a) => a.name)"
    assert not [name for name in watched.page.evaluate(on) if name.startswith("on")]
    assert HEAD in watched.page.evaluate("document.documentElement.textContent")
    # A browser asks a document without an icon's address for /favicon.ico, which is nowhere.
    assert [fault for fault in watched.faults if "404" not in fault] == []


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/indicators",
        "/api/v1/report",
        f"/api/v1/indicators/{RATE}?format=csv",
        f"/api/v1/columns/counties/{RATE}/2014",
        "/tiles/counties.json",
        f"/styles/counties/{RATE}/2014.json",
        f"/oembed?url={{address}}/maps/{RATE}",
    ],
)
def test_data_opened_in_a_browser_is_text(browse, hostile_address, path):
    """What is no page is shown or saved as data: its type is not one that a browser would run."""
    watched = browse("about:blank")
    answer = watched.page.request.get(hostile_address + path.format(address=hostile_address))
    assert answer.ok
    assert "html" not in answer.headers["content-type"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "onerror=alert(1)" in answer.text()


def test_an_element_of_the_data_would_be_found(browse, hostile_address):
    """Proof that the laws above can fail."""
    watched = browse(f"{hostile_address}/data")
    before = anatomy(watched.page)
    watched.page.evaluate("document.querySelector('h1').innerHTML = '<img src=x onerror=alert(1)>'")
    watched.settle()
    assert anatomy(watched.page) != before
    assert watched.page.locator(ALIVE).count() == 1
    assert watched.faults
