"""A real browser before a real server: Chromium, and the service on a loopback port."""

import shutil
import threading
import time

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from mapsvc import resources
from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.web.app import create_wsgi
from tests.synthetic_release import write_release

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def chromium(playwright):
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.fail("These tests drive Chromium: install it (`apt-get install chromium`).")
    if not (resources.static() / "vendor/leaflet.js").is_file():
        pytest.fail("static/vendor is not installed: run `make vendor`.")
    browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
    yield browser
    browser.close()


class Quiet(WSGIRequestHandler):
    """Keeps the lines of requests out of the log of a failed test."""

    def log_request(self, code="-", size="-"):
        """Say nothing."""


def serve(folder, **settings):
    """Start the service over an atlas; returns (server, address)."""
    application = create_wsgi(CurrentRelease(folder), Settings(atlas=folder, **settings))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.port}"


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browsed")
    write_release(folder)
    server, found = serve(folder)
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def reported_address(tmp_path_factory):
    """A release that knows who reported."""
    folder = tmp_path_factory.mktemp("browsed-reported")
    write_release(folder, accounts=True)
    server, found = serve(folder)
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def hostile_address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browsed-hostile")
    write_release(folder, hostile=True, accounts=True)
    server, found = serve(folder)
    yield found
    server.shutdown()
    server.server_close()


class Watched:
    """A page whose requests, faults and dialogs are kept for the end of the test."""

    def __init__(self, page, scripted):
        self.page = page
        self.scripted = scripted
        self.requests, self.faults = [], []
        self.waiting = 0
        page.on("request", self._requested)
        page.on("requestfinished", self._answered)
        page.on("requestfailed", self._answered)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("dialog", self._dialog)
        page.on("console", self._console)

    def _requested(self, request):
        self.requests.append(request.url)
        self.waiting += 1

    def _answered(self, _):
        self.waiting -= 1

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text}")

    def _dialog(self, dialog):
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open(self, address):
        """Go to a page and wait until its map, if any, is painted."""
        self.page.goto(address, wait_until="networkidle")
        if self.scripted:
            self.settle()

    def settle(self):
        """Wait for requests, also those that follow others, and the frames that repaint the map."""
        self.page.wait_for_load_state("networkidle")
        quiet, end = 0, time.monotonic() + 10
        while quiet < 2 and time.monotonic() < end:
            self.page.evaluate(
                "() => new Promise(done => "
                "requestAnimationFrame(() => requestAnimationFrame(done)))"
            )
            quiet = quiet + 1 if self.waiting <= 0 else 0

    def colour(self, lon, lat):
        """Return the map's pixel at a place as #rrggbb."""
        x, y = self.at(lon, lat)
        return self.page.evaluate(
            """([x, y]) => {
              const canvas = document.querySelector(".surface-base");
              const box = canvas.getBoundingClientRect();
              const scale = canvas.width / box.width;
              const [r, g, b] = canvas.getContext("2d")
                .getImageData((x - box.x) * scale, (y - box.y) * scale, 1, 1).data;
              return "#" + [r, g, b].map((part) => part.toString(16).padStart(2, "0")).join("");
            }""",
            [x, y],
        )

    def at(self, lon, lat):
        """Return where a place is in the window, in CSS pixels.

        The synthetic release is three squares by two: the map's first view fits it exactly.
        """
        return self.page.evaluate(
            """([lon, lat]) => {
              const configuration = JSON.parse(
                document.getElementById("map-configuration").textContent);
              const [[south, west], [north, east]] = configuration.map.bounds;
              const y = (degrees) => Math.asinh(Math.tan((degrees * Math.PI) / 180));
              const x = (degrees) => (degrees * Math.PI) / 180;
              const box = document.getElementById("map").getBoundingClientRect();
              const across = document.querySelector(".surface-base").dataset.zoom;
              const scale = (256 * 2 ** Number(across)) / (2 * Math.PI);
              return [
                box.x + box.width / 2 + (x(lon) - (x(west) + x(east)) / 2) * scale,
                box.y + box.height / 2 - (y(lat) - (y(south) + y(north)) / 2) * scale,
              ];
            }""",
            [lon, lat],
        )


def until(watched, condition):
    """Wait until a condition holds in the page.

    As a function: a bare expression is evaluated again and again, which the policy of a page
    forbids from the second time on.
    """
    watched.page.wait_for_function(f"() => {condition}")


@pytest.fixture
def browse(chromium):
    """Return a function that opens a watched page of a size and theme."""
    contexts = []

    def opened(address, size=DESKTOP, theme="light", **options):
        context = chromium.new_context(viewport=size, color_scheme=theme, **options)
        contexts.append(context)
        context.set_default_timeout(10_000)
        watched = Watched(context.new_page(), options.get("java_script_enabled", True))
        watched.open(address)
        return watched

    yield opened
    for context in contexts:
        context.close()
