"""Laws of a background from elsewhere: under the figures of map pages, and of no other page."""

import base64
from contextlib import contextmanager
from dataclasses import replace

import pytest

from mapsvc.basemap import read
from tests.browser.conftest import DESKTOP, Watched, serve
from tests.synthetic_release import RATE, write_release

pytestmark = pytest.mark.browser

LIGHT, DARK = "https://light.example", "https://dark.example"
GREY = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNsqAcAAYYBBQ92RtkAAAAASUVORK5CYII="
)


@pytest.fixture(scope="module")
def based(tmp_path_factory):
    """A service with a background for light pages and one for dark."""
    folder = tmp_path_factory.mktemp("based")
    write_release(folder)
    light, dark = read("OpenStreetMap.Mapnik OpenStreetMap.Mapnik")
    server, found = serve(folder, basemap=(at(light, LIGHT), at(dark, DARK)))
    yield found
    server.shutdown()
    server.server_close()


def at(basemap, origin):
    return replace(basemap, url=origin + "/{z}/{x}/{y}.png")


@contextmanager
def opened(chromium, address, theme="light"):
    """Open a page; the hosts of the backgrounds answer with a grey point."""
    context = chromium.new_context(viewport=DESKTOP, color_scheme=theme)
    try:
        for origin in (LIGHT, DARK):
            context.route(
                f"{origin}/**",
                lambda route: route.fulfill(body=GREY, content_type="image/png"),
            )
        watched = Watched(context.new_page(), True)
        watched.open(address)
        yield watched
    finally:
        context.close()


def elsewhere(watched, own):
    return {"/".join(url.split("/")[:3]) for url in watched.requests if not url.startswith(own)}


@pytest.mark.parametrize(("theme", "origin"), [("light", LIGHT), ("dark", DARK)])
def test_a_map_page_lies_on_the_background_of_its_theme(chromium, based, theme, origin):
    with opened(chromium, f"{based}/maps/{RATE}", theme) as watched:
        tile = watched.page.locator("img.leaflet-tile").first
        assert tile.evaluate("image => image.complete && image.naturalWidth") == 1
        assert elsewhere(watched, based) == {origin}
        assert not [url for url in watched.requests if "/tiles/context/" in url]
        credit = watched.page.locator(".leaflet-control-attribution")
        assert "OpenStreetMap" in credit.inner_text()
        assert watched.page.locator(".legend-row").count() > 2
        assert watched.faults == []


def test_it_follows_a_change_of_the_theme(chromium, based):
    with opened(chromium, f"{based}/maps/{RATE}") as watched:
        watched.page.emulate_media(color_scheme="dark")
        watched.settle()
        assert elsewhere(watched, based) == {LIGHT, DARK}
        shown = watched.page.locator("img.leaflet-tile").first.get_attribute("src")
        assert shown.startswith(DARK)


def test_the_second_of_two_maps_has_it_too(chromium, based):
    with opened(chromium, f"{based}/maps/{RATE}?compare=2013") as watched:
        assert watched.page.locator(".map-on-basemap").count() == 2
        assert watched.faults == []


@pytest.mark.parametrize("path", ["/", f"/embed/{RATE}", "/jurisdictions/counties/06001"])
def test_no_other_page_asks_for_it(chromium, based, path):
    with opened(chromium, based + path) as watched:
        assert elsewhere(watched, based) == set()
        assert watched.faults == []
