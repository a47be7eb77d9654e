"""Laws of styles in the programs they are for: the code on our page, pasted, draws our colours.

The programs run on a page of another origin, as they would on somebody else's site.
"""

import base64
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mapsvc.maps import palette
from mapsvc.maps.theme import colours, rgba
from tests.browser.conftest import ARGUMENTS
from tests.clients.node import ROOT, bundled, installed
from tests.synthetic_release import BREAKS, COUNT, RATE

pytestmark = pytest.mark.browser

SOFTWARE_GL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
SECONDS = 30
PALETTE = palette.themed("YlGnBu", len(BREAKS[RATE]))["light"]
INK = colours("light")

HISTOGRAM = """async (shot) => {
  const image = new Image();
  image.src = `data:image/png;base64,${shot}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.width;
  canvas.height = image.height;
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const data = context.getImageData(0, 0, image.width, image.height).data;
  const found = {};
  for (let at = 0; at < data.length; at += 4) {
    const key = `${data[at]},${data[at + 1]},${data[at + 2]}`;
    found[key] = (found[key] ?? 0) + 1;
  }
  return found;
}"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves the folder of tests without a line for each request."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def elsewhere():
    installed()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=ROOT / "tests"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def drawing(chromium):
    """A browser that draws WebGL without a graphics card."""
    arguments = [item for item in ARGUMENTS if item != "--disable-gpu"] + SOFTWARE_GL
    browser = chromium.browser_type.launch(executable_path=_executable(), args=arguments)
    yield browser
    browser.close()


def _executable():
    import shutil

    return shutil.which("chromium") or shutil.which("chromium-browser")


class Program:
    """A page of another site that runs the code of ours."""

    def __init__(self, browser, elsewhere, name):
        self.page = browser.new_page(viewport={"width": 640, "height": 640})
        self.faults = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._console)
        self.page.on("response", self._response)
        self.page.goto(f"{elsewhere}/clients/{name}.html")

    def _console(self, message):
        if message.type in ("error", "warning") and "GPU stall" not in message.text:
            self.faults.append(message.text)

    def _response(self, response):
        if response.status >= 400:
            self.faults.append(f"{response.status} {response.url}")

    def run(self, code):
        self.page.add_script_tag(type="module", content=code)

    def colours(self):
        shot = base64.b64encode(self.page.screenshot()).decode()
        return self.page.evaluate(HISTOGRAM, shot)

    def draws(self, expected):
        """Wait until colours cover some pixels each; return those that never did."""
        end = time.monotonic() + SECONDS
        while True:
            found = self.colours()
            missing = [item for item in expected if found.get(_key(item), 0) < 40]
            if not missing or time.monotonic() > end:
                return missing
            self.page.wait_for_timeout(200)


def _key(colour):
    return ",".join(map(str, rgba(colour)[:3]))


@pytest.fixture(params=["maplibre", "openlayers", "leaflet"])
def program(request, drawing, elsewhere):
    made = Program(drawing, elsewhere, request.param)
    yield request.param, made
    made.page.close()


def code_for(browse, address, name, query):
    page = browse(f"{address}/tiles?{query}").page
    code = page.locator(f"#use-{name} pre").inner_text()
    # MapLibre's module finds its worker beside itself: it is imported as it is.
    return code if name == "maplibre" else bundled(code)


def test_a_rate_has_the_colours_of_our_map(browse, address, program):
    name, there = program
    there.run(code_for(browse, address, name, f"indicator={RATE}&period=2014"))
    assert there.draws([PALETTE[2], INK["empty"]]) == []
    assert there.faults == []


def test_a_count_has_the_colour_of_no_class(browse, address, program):
    name, there = program
    there.run(code_for(browse, address, name, f"indicator={COUNT}&period=2014"))
    circles = [INK["symbol-edge"]] if name != "leaflet" else []
    assert there.draws([INK["plain"], *circles]) == []
    assert not set(map(_key, PALETTE)) & there.colours().keys()
    assert there.faults == []
