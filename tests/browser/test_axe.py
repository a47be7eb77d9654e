"""Laws of access: axe-core finds nothing at A and AA of WCAG 2.2, on any page in any state."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from mapsvc.language import DEFAULT, LANGUAGES
from tests.browser.axe import violations
from tests.browser.conftest import DESKTOP, PHONE, serve
from tests.synthetic_release import COUNT, RATE

pytestmark = pytest.mark.browser

SPOKEN = list(LANGUAGES)
THEMES = ["light", "dark"]
PLACE = "/jurisdictions/counties/06001"
PAGES = {
    "home": "/",
    "map of rates": f"/maps/{RATE}",
    "map of counts": f"/maps/{COUNT}",
    "map of agencies": f"/maps/{RATE}?layer=agencies",
    "map of who reported": f"/maps/{RATE}?show=reporting&period=2013",
    "map with a place": f"/maps/{RATE}?jurisdiction=06001",
    "map with a place that is not shown": f"/maps/{RATE}?jurisdiction=06007",
    "map with a note": f"/maps/{RATE}?jurisdiction=06009&period=2014&group=white",
    "method": f"/maps/{RATE}/method?jurisdiction=06001",
    "method of a count": f"/maps/{COUNT}/method",
    "builder": f"/maps/{RATE}/embed",
    "profile": PLACE,
    "profile of an agency": "/jurisdictions/agencies/CA0010000",
    "profile without a boundary": "/jurisdictions/counties/06011",
    "jurisdictions": "/jurisdictions",
    "data": "/data",
    "dataset": "/data/arrests",
    "coverage": "/data/arrests/coverage",
    "coverage of a year": "/data/arrests/coverage?year=2013",
    "search": "/search?q=alder",
    "search for nothing": "/search",
    "search in vain": "/search?q=zzzqq",
    "tiles": "/tiles",
    "OGC landing": "/ogc/?f=html",
    "OGC conformance": "/ogc/conformance?f=html",
    "OGC API": "/ogc/api?f=html",
    "OGC collections": "/ogc/collections?f=html",
    "OGC collection": f"/ogc/collections/{RATE}.counties?f=html",
    "OGC items": "/ogc/collections/counties/items?f=html",
    "OGC item": "/ogc/collections/counties/items/06001?f=html",
    "OGC queryables": "/ogc/collections/counties/queryables?f=html",
    "OGC schemes": "/ogc/tileMatrixSets?f=html",
    "OGC tilesets": "/ogc/collections/counties/tiles?f=html",
    "OGC tileset": "/ogc/collections/counties/tiles/WebMercatorQuad?f=html",
    "not found": "/maps/no-such-indicator",
    "no address at all": "/no/such/page",
    "refused": f"/maps/{RATE}?period=1066",
    "embed": f"/embed/{RATE}",
    "embed of counts": f"/embed/{COUNT}",
    "embed, light": f"/embed/{RATE}?theme=light",
    "embed, dark": f"/embed/{RATE}?theme=dark&jurisdiction=06001",
    "embed of who reported": f"/embed/{RATE}?show=reporting&period=2013",
}
REFUSED = {"not found", "no address at all", "refused"}
OPEN = """() => {
  for (const each of document.querySelectorAll("details")) each.open = true;
}"""


def spoken(address, language):
    """Return an address in a language; the one that they are written in needs no word."""
    if language == DEFAULT:
        return address
    parts = urlsplit(address)
    return parts._replace(query=urlencode([*parse_qsl(parts.query), ("lang", language)])).geturl()


def found_in(watched, *, states=()):
    """Return what axe finds in light and dark, at first, with all disclosed, and in each state."""
    page = watched.page
    found = {}
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        watched.settle()
        found[theme] = violations(page)
    if page.locator("details").count():
        page.evaluate(OPEN)
        found["disclosed"] = violations(page)
    for name, enter in states:
        enter(page)
        watched.settle()
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            watched.settle()
            found[f"{name}, {theme}"] = violations(page)
    return {state: lines for state, lines in found.items() if lines}


def point(page):
    """Hold the pointer over the middle of the map, where the tooltip is."""
    box = page.locator("#map").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2 - 40, box["y"] + box["height"] / 2 + 60)
    page.locator(".tooltip").wait_for()


def choose(page):
    """Click what the pointer is over: its card opens."""
    box = page.locator("#map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2 - 40, box["y"] + box["height"] / 2 + 60)
    page.locator("#readout").wait_for()


def type_a_name(page):
    page.focus("#place")
    page.keyboard.type("al")
    page.locator("#place-list li").first.wait_for()
    page.keyboard.press("ArrowDown")


def type_in_vain(page):
    page.fill("#place", "zzzqq")
    page.locator(".place-none").wait_for()


def filter_the_legend(page):
    page.locator(".legend-choice").first.click()
    page.locator(".legend-all").wait_for()


def ask_for_the_keys(page):
    page.focus(".map-keys-button")
    page.keyboard.press("Enter")
    page.locator("#map-keys").wait_for(state="visible")


def sort_the_table(page):
    page.focus("#figures-table thead button")
    page.keyboard.press("Enter")


def show_all(page):
    page.locator("#show-unreliable input").check()


MAP_STATES = [
    (each.__name__.replace("_", " "), each)
    for each in (
        point,
        choose,
        type_a_name,
        type_in_vain,
        filter_the_legend,
        ask_for_the_keys,
        sort_the_table,
        show_all,
    )
]


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("kind", PAGES)
def test_a_page_breaks_no_rule_in_light_or_dark(browse, reported_address, kind, language):
    watched = browse(reported_address + spoken(PAGES[kind], language))
    if kind not in REFUSED:
        assert watched.faults == []
    assert watched.page.evaluate("document.documentElement.lang") == language
    assert found_in(watched) == {}


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_state_of_the_map_page_breaks_a_rule(browse, reported_address, language, size):
    watched = browse(reported_address + spoken(f"/maps/{RATE}", language), size=size)
    assert found_in(watched, states=MAP_STATES) == {}


@pytest.mark.parametrize("language", SPOKEN)
def test_no_state_of_a_widget_breaks_a_rule(browse, reported_address, language):
    address = reported_address + spoken(f"/embed/{RATE}", language)
    watched = browse(address, size={"width": 800, "height": 600})
    assert found_in(watched, states=[("choose", choose)]) == {}


@pytest.mark.parametrize("path", [f"/maps/{RATE}", PLACE, "/"])
def test_a_page_without_its_script_breaks_no_rule(browse, reported_address, path):
    """axe needs script, so the page's own modules are refused instead: the page is as without."""
    watched = browse("about:blank")
    watched.page.route("**/static/js/**", lambda route: route.abort())
    watched.open(reported_address + path)
    assert found_in(watched) == {}


@pytest.fixture(scope="module")
def bundled_address(bundled):
    server, found = serve(bundled.atlas)
    yield found
    server.shutdown()
    server.server_close()


@pytest.mark.release
@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/maps/officer-assault-rate?jurisdiction=CA0010900",
        "/maps/jail-booking-rate?show=reporting&period=2016",
        "/jurisdictions",
        "/jurisdictions/agencies/CA0010900",
        "/jurisdictions/counties/06037",
        "/data",
        "/data/arrests",
    ],
)
def test_a_page_of_the_bundled_release_breaks_no_rule(browse, bundled_address, path, language):
    watched = browse(bundled_address + spoken(path, language))
    assert watched.faults == []
    assert found_in(watched) == {}


@pytest.mark.parametrize(
    ("rule", "html"),
    [
        ("color-contrast", '<p style="color: #999; background: #fff">Faint</p>'),
        ("image-alt", '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'),
        ("label", "<input type=text>"),
        ("link-name", "<a href=/></a>"),
        ("button-name", "<button></button>"),
        ("aria-required-children", "<div role=listbox><p>No option</p></div>"),
        ("autocomplete-valid", "<input aria-label=Name autocomplete=nonsense>"),
        ("target-size", '<p>Text</p><button style="all: unset; width: 9px; height: 9px">x</button>'
         '<button style="all: unset; width: 9px; height: 9px">y</button>'),
    ],
)  # fmt: skip
def test_a_fault_of_each_kind_would_be_found(browse, address, rule, html):
    """Proof that the tests above can fail: one rule of each level, broken on purpose."""
    # The policy of the pages would take the styles of the faults away.
    watched = browse(f"{address}/data", bypass_csp=True)
    watched.page.evaluate(
        "(html) => document.querySelector('main').insertAdjacentHTML('beforeend', html)", html
    )
    assert rule in {line.partition(":")[0] for line in violations(watched.page)}
