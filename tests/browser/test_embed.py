"""Laws of embedded maps, in a page of another site: on another port, so of another origin."""

import threading
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from mapsvc.release.store import CurrentRelease, releases
from mapsvc.settings import Settings
from mapsvc.web.app import create_wsgi
from tests.browser.conftest import DESKTOP, PHONE, Quiet, serve, until
from tests.browser.test_map import class_colour
from tests.synthetic_release import COUNT, RATE, write_release

pytestmark = pytest.mark.browser

MOST = 100_000
"""Bytes of a widget over the wire at first sight, data of 58 counties included."""
VIEW = "layer=counties&period=2013&group=black"
MAP = f"maps/{RATE}?{VIEW}"
PARTNER = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Partner</title>
<link rel="icon" href="data:,"><body style="margin: 0">{}</body></html>"""


@contextmanager
def serving(application):
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def partner(browse):
    """Return a function that opens a page of another site with a body."""
    bodies = {}

    @Request.application
    def application(request):
        return Response(PARTNER.format(bodies[request.path]), content_type="text/html")

    with serving(application) as origin:

        def opened(body, **options):
            path = f"/{len(bodies)}"
            bodies[path] = body
            return browse(f"{origin}{path}", **options)

        yield opened


def script(address):
    return f'<script src="{address}/embed.js" async></script>'


def link(address, extra=""):
    return f'<a class="mapsvc" href="{address}/{MAP}"{extra}>Arrests by county</a>'


def widget(watched):
    """Return the frame of the widget, once its map is painted."""
    frame = watched.page.frame_locator("iframe")
    frame.locator(".legend-row").first.wait_for()
    watched.settle()
    return frame


def height_of(watched):
    return watched.page.locator("iframe").evaluate("frame => frame.getBoundingClientRect().height")


def weight(page, address):
    """Open a page with a cold cache; return the bytes that went over the wire."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address, wait_until="networkidle")
    page.locator(".legend-row").first.wait_for()
    page.wait_for_load_state("networkidle")
    return sum(sizes), len(sizes)


@pytest.mark.parametrize("size", [(320, 480), (600, 480), (1000, 600)])
def test_a_widget_of_58_counties_is_light(bundled, chromium, size):
    server, address = serve(bundled.atlas)
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]})
    try:
        total, requests = weight(context.new_page(), f"{address}/embed/arrest-rate")
    finally:
        context.close()
        server.shutdown()
        server.server_close()
    assert requests > 10
    assert total <= MOST


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_widget_has_the_colours_of_the_map(browse, address, theme):
    watched = browse(f"{address}/embed/{RATE}", size={"width": 900, "height": 600}, theme=theme)
    colours = watched.page.evaluate(
        """() => {
          const canvas = document.querySelector(".surface-base");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const found = new Set();
          for (let at = 0; at < data.length; at += 4) {
            found.add("#" + [...data.slice(at, at + 3)]
              .map((part) => part.toString(16).padStart(2, "0")).join(""));
          }
          return [...found];
        }"""
    )
    assert class_colour(theme, 2) in colours
    assert watched.faults == []


@pytest.mark.parametrize(("asked", "readers"), [("dark", "light"), ("light", "dark")])
def test_a_theme_that_is_asked_for_beats_the_readers(browse, address, asked, readers):
    watched = browse(f"{address}/embed/{RATE}?theme={asked}", theme=readers)
    own = browse(f"{address}/embed/{RATE}", theme=asked)
    page_of = "getComputedStyle(document.body).backgroundColor"
    swatch = "document.querySelector('canvas.swatch').toDataURL()"
    for told in (page_of, swatch):
        assert watched.page.evaluate(told) == own.page.evaluate(told)
    assert watched.faults == []


@pytest.mark.parametrize("size", [{"width": 320, "height": 480}, {"width": 600, "height": 400}])
@pytest.mark.parametrize("slug", [RATE, COUNT])
def test_legend_source_and_way_back_are_always_in_sight(browse, address, slug, size):
    page = browse(f"{address}/embed/{slug}", size=size).page
    for selector in ("#legend-title", ".credit", ".credit a", ".zoom"):
        box = page.locator(selector).bounding_box()
        assert 0 <= box["x"] <= box["x"] + box["width"] <= size["width"]
        assert 0 <= box["y"] <= box["y"] + box["height"] <= size["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_a_widget_stores_nothing_and_asks_no_one_else(browse, address):
    watched = browse(f"{address}/embed/{RATE}")
    assert {urlsplit(url).netloc for url in watched.requests} == {urlsplit(address).netloc}
    assert watched.page.context.cookies() == []
    assert watched.page.evaluate("localStorage.length + sessionStorage.length") == 0
    loaded = {urlsplit(url).path.rpartition("/")[2] for url in watched.requests}
    assert loaded.isdisjoint({"leaflet.js", "map.js", "controls.js", "table.js", "reporting.js"})


def test_a_widget_works_without_network_once_it_is_loaded(browse, address):
    watched = browse(f"{address}/embed/{RATE}", size={"width": 900, "height": 600})
    watched.page.context.set_offline(True)
    watched.page.get_by_role("button", name="Zoom out").click()
    box = watched.page.locator("#map").bounding_box()
    watched.page.mouse.click(box["x"] + box["width"] * 0.62, box["y"] + box["height"] * 0.45)
    watched.page.locator("#readout h2").wait_for()
    assert watched.page.locator("#readout .readout-value, #readout .readout-status").count() == 1


def test_a_place_that_is_chosen_goes_along_to_the_full_map(browse, address):
    watched = browse(
        f"{address}/embed/{RATE}?{VIEW}&jurisdiction=06001&theme=dark",
        size={"width": 900, "height": 600},
    )
    assert watched.page.locator("#readout .facts").count() == 1
    back = watched.page.locator(".credit a")
    assert "jurisdiction=06001" in back.get_attribute("href")
    watched.page.locator("#readout .close").click()
    back = watched.page.locator(".credit a")
    assert parse_qs(urlsplit(back.get_attribute("href")).query) == parse_qs(VIEW)
    assert back.evaluate("link => link.relList.contains('noopener') && link.target") == "_blank"


def test_the_map_moves_by_keys_and_zooms_by_buttons(browse, address):
    watched = browse(f"{address}/embed/{RATE}", size={"width": 900, "height": 600})
    canvas = watched.page.locator(".surface-base")
    zoom, drawn = (
        "canvas => Number(canvas.dataset.zoom)",
        "canvas => canvas.toDataURL()",
    )
    first, picture = canvas.evaluate(zoom), canvas.evaluate(drawn)
    watched.page.get_by_role("button", name="Zoom out").click()
    watched.settle()
    assert canvas.evaluate(zoom) == first - 1
    watched.page.get_by_role("button", name="Zoom in").click()
    watched.settle()
    assert canvas.evaluate(zoom) == first
    watched.page.locator("#map").focus()
    watched.page.keyboard.press("ArrowRight")
    watched.settle()
    assert canvas.evaluate(drawn) != picture


def test_the_wheel_scrolls_the_page_until_the_map_has_the_focus(partner, address):
    watched = partner(
        f'<iframe src="{address}/embed/{RATE}" width="600" height="480"></iframe>'
        '<p style="height: 3000px"></p>'
    )
    frame = widget(watched)
    first = frame.locator(".surface-base").get_attribute("data-zoom")
    watched.page.mouse.move(300, 100)
    watched.page.mouse.wheel(0, 120)
    until(watched, "scrollY > 0")
    assert frame.locator(".surface-base").get_attribute("data-zoom") == first


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_plain_frame_works_on_another_site(partner, address, size):
    watched = partner(
        f'<iframe src="{address}/embed/{RATE}" width="100%" height="480"></iframe>', size=size
    )
    assert widget(watched).locator(".credit a").is_visible()
    assert height_of(watched) == pytest.approx(480, abs=5)
    assert watched.faults == []


def test_a_link_becomes_a_map_of_the_whole_view_that_fits_its_width(partner, address):
    watched = partner(link(address, ' data-theme="dark"') + script(address))
    frame = widget(watched)
    source = urlsplit(watched.page.locator("iframe").get_attribute("src"))
    assert source.path == f"/embed/{RATE}"
    assert parse_qs(source.query) == parse_qs(f"{VIEW}&theme=dark")
    assert watched.page.locator("iframe").get_attribute("title") == "Arrests by county"
    assert watched.page.locator("a.mapsvc").count() == 0
    until(watched, "document.querySelector('iframe').offsetHeight !== 480")
    wide = height_of(watched)
    watched.page.set_viewport_size(PHONE)
    until(watched, f"document.querySelector('iframe').offsetHeight !== {wide}")
    overflow = frame.locator("body").evaluate("body => body.scrollHeight - body.clientHeight")
    assert overflow <= 0
    assert watched.faults == []


def test_a_component_shows_another_map_when_an_attribute_changes(partner, address):
    watched = partner(
        f'<jurisdiction-map src="{address}/{MAP}"></jurisdiction-map>{script(address)}'
    )
    until(watched, "document.querySelector('jurisdiction-map').offsetHeight > 200")
    watched.settle()
    first = [frame.url for frame in watched.page.frames[1:]]
    assert len(first) == 1
    assert parse_qs(urlsplit(first[0]).query) == parse_qs(VIEW)
    watched.page.locator("jurisdiction-map").evaluate(
        f"node => {{ node.setAttribute('src', '{address}/maps/{COUNT}');"
        " node.setAttribute('height', '333'); }"
    )
    until(watched, "document.querySelector('jurisdiction-map').offsetHeight === 333")
    # The new frame has no address until its page is there.
    for _ in range(100):
        if all(frame.url for frame in watched.page.frames[1:]):
            break
        watched.page.wait_for_timeout(100)
    watched.settle()
    assert [urlsplit(frame.url).path for frame in watched.page.frames[1:]] == [f"/embed/{COUNT}"]
    assert watched.faults == []


def test_a_link_and_a_component_speak_the_language_that_they_name(partner, address):
    linked = partner(link(address, ' data-lang="es"') + script(address))
    assert widget(linked).locator("html").get_attribute("lang") == "es"
    component = '<jurisdiction-map src="{}" lang="{}"></jurisdiction-map>'
    for source, named, spoken in (
        (f"{address}/{MAP}", "es-MX", "es"),
        (f"{address}/{MAP}&lang=es", "en", "en"),
        (f"{address}/{MAP}&lang=es", "fr", "es"),
    ):
        watched = partner(component.format(source, named) + script(address))
        until(watched, "document.querySelector('jurisdiction-map').offsetHeight > 200")
        watched.settle()
        (frame,) = watched.page.frames[1:]
        frame.locator(".legend-row").first.wait_for()
        assert frame.locator("html").get_attribute("lang") == spoken
        title = watched.page.locator("jurisdiction-map").get_attribute("aria-label")
        assert title == {"es": "Mapa", "en": "Map"}[spoken]


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/maps/arrest-rate", "javascript:alert(1)", "/maps/mine"]
)
def test_only_maps_of_the_scripts_own_site_are_put_in_a_page(partner, address, target):
    watched = partner(
        f'<a class="mapsvc" href="{target}">A link</a>'
        f'<jurisdiction-map src="{target}"></jurisdiction-map>{script(address)}'
    )
    until(watched, "Boolean(customElements.get('jurisdiction-map'))")
    watched.settle()
    assert len(watched.page.frames) == 1
    assert watched.page.locator("a.mapsvc").count() == 1


FORGERIES = [
    "window.postMessage({ mapsvc: 'height', height: 1234 }, '*')",
    """(() => {
      const other = document.createElement('iframe');
      other.srcdoc = "<script>parent.postMessage({ mapsvc: 'height', height: 1234 }, '*')"
        + "<\\/script>";
      document.body.append(other);
    })()""",
    """window.dispatchEvent(new MessageEvent('message', {
      origin: 'https://elsewhere.example', data: { mapsvc: 'height', height: 1234 },
      source: document.querySelector('iframe').contentWindow }))""",
    *(
        f"""window.dispatchEvent(new MessageEvent('message', {{
      origin: new URL(document.querySelector('iframe').src).origin, data: {data},
      source: document.querySelector('iframe').contentWindow }}))"""
        for data in (
            "null",
            "{ mapsvc: 'height', height: '1234' }",
            "{ mapsvc: 'height', height: NaN }",
            "{ mapsvc: 'height', height: -5 }",
            "{ mapsvc: 'other', height: 1234 }",
        )
    ),
]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_height_that_is_not_the_widgets_own_changes_nothing(partner, address, forgery):
    watched = partner(link(address) + script(address))
    widget(watched)
    until(watched, "document.querySelector('iframe').offsetHeight !== 480")
    # A wrong height would last a moment only: the widget sees it and tells its own again.
    watched.page.evaluate(
        """() => {
          window.changes = 0;
          new MutationObserver(() => { changes += 1; }).observe(
            document.querySelector("iframe"), { attributes: true });
        }"""
    )
    watched.page.evaluate(forgery)
    watched.settle()
    watched.page.wait_for_timeout(100)
    assert watched.page.evaluate("changes") == 0


def test_a_height_beyond_reason_is_bounded(partner, address):
    watched = partner(link(address) + script(address))
    widget(watched)
    height = watched.page.evaluate(
        """() => {
          const frame = document.querySelector('iframe');
          window.dispatchEvent(new MessageEvent('message', {
            origin: new URL(frame.src).origin, source: frame.contentWindow,
            data: { mapsvc: 'height', height: 1e9 } }));
          return frame.offsetHeight;
        }"""
    )
    assert height == 2000


def test_a_widget_tells_its_height_to_the_page_around_it_alone(browse, partner, address):
    """Not to itself, nor before it is asked; the answer is a number and no more."""
    watched = partner(
        "<script>window.heard = []; addEventListener('message', ({ data }) => heard.push(data));"
        f'</script><iframe src="{address}/embed/{RATE}" width="600" height="480"></iframe>'
    )
    widget(watched)
    assert watched.page.evaluate("heard") == []
    watched.page.evaluate(
        "document.querySelector('iframe').contentWindow.postMessage({ mapsvc: 'hello' }, '*')"
    )
    until(watched, "heard.length > 0")
    (heard,) = watched.page.evaluate("heard")
    assert set(heard) == {"mapsvc", "height"}
    assert 240 < heard["height"] < 1200


def test_a_pinned_widget_says_that_there_is_a_newer_release_and_keeps_its_figures(browse, tmp_path):
    older = write_release(tmp_path)
    newer = write_release(tmp_path, hostile=True)
    application = create_wsgi(CurrentRelease(tmp_path, interval=0), Settings(atlas=tmp_path))
    with serving(application) as origin:
        kept = browse(f"{origin}/r/{older}/embed/{RATE}?{VIEW}")
        note = kept.page.locator("#newer")
        note.wait_for()
        assert older in note.inner_text()
        newest = urlsplit(note.locator("a").get_attribute("href"))
        assert newest.path == f"/maps/{RATE}"
        assert parse_qs(newest.query) == parse_qs(VIEW)
        data = [url for url in kept.requests if "/tiles/" in url or "/api/" in url]
        assert data
        assert all(f"/r/{older}/" in url for url in data)
        back = kept.page.locator(".credit a").get_attribute("href")
        assert back.startswith(f"/r/{older}/maps/")
        assert kept.faults == []
        for path in (f"/r/{newer}/embed/{RATE}", f"/embed/{RATE}"):
            current = browse(f"{origin}{path}")
            assert current.page.locator("#newer").is_hidden()
    assert set(releases(tmp_path)) == {older, newer}


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_builder_previews_what_it_gives_to_copy(browse, partner, address, size):
    watched = browse(
        f"{address}/maps/{RATE}/embed", size=size, permissions=["clipboard-read", "clipboard-write"]
    )
    watched.page.select_option("#period", "2013")
    watched.page.select_option("#theme", "dark")
    watched.page.select_option("#follow", "pinned")
    watched.page.locator("#height").fill("400")
    watched.page.locator("#height").press("Tab")
    watched.page.locator("iframe.preview[height='400'][src*='period=2013']").wait_for()
    watched.settle()
    source = watched.page.locator("iframe.preview").get_attribute("src")
    assert source.startswith("/r/")
    assert "theme=dark" in source
    widget(watched)
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    watched.page.get_by_role("button", name="Copy the code for A frame").click()
    watched.page.locator("#said", has_text="Copied").wait_for(state="attached")
    code = watched.page.evaluate("navigator.clipboard.readText()")
    assert watched.faults == []
    pasted = partner(code)
    frame = widget(pasted)
    assert frame.locator("html").get_attribute("data-theme") == "dark"
    assert height_of(pasted) == pytest.approx(400, abs=5)
    assert pasted.faults == []


def test_the_builder_shows_the_widget_where_only_others_are_named_and_no_one_else_may(
    browse, partner, tmp_path
):
    write_release(tmp_path)
    settings = Settings(atlas=tmp_path, embed_origins=("https://a.example",))
    with serving(create_wsgi(CurrentRelease(tmp_path), settings)) as origin:
        watched = browse(f"{origin}/maps/{RATE}/embed")
        assert widget(watched).locator(".credit a").is_visible()
        assert watched.faults == []
        refused = partner(f'<iframe src="{origin}/embed/{RATE}"></iframe>')
        assert any("frame-ancestors" in fault for fault in refused.faults)
        assert refused.page.frame_locator("iframe").locator(".credit").count() == 0


def test_the_builder_works_without_script(browse, address):
    page = browse(f"{address}/maps/{RATE}/embed", java_script_enabled=False).page
    page.select_option("#theme", "dark")
    page.get_by_role("button", name="Show").click()
    assert "theme=dark" in page.locator("#built code").first.inner_text()
    assert page.locator(".copy").first.is_hidden()
