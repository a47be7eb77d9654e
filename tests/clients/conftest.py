"""The programs that read the tiles, before the service as an operator starts it."""

import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.browser.conftest import ARGUMENTS

collect_ignore = ["qgis_render.py"]  # not for this Python

ROOT = Path(__file__).parents[2]
LIBRARIES = ROOT / "tests/node_modules"
WINDOW = {"width": 900, "height": 700}
READY = "Promise.race([client.ready, new Promise((done) => setTimeout(done, 60000, false))])"
SERVE = "from mapsvc.cli import main; main()"


class Service(NamedTuple):
    """A running service: where it is, and the folder of its releases."""

    base: str
    atlas: Path

    def read(self, address: str) -> bytes:
        with urllib.request.urlopen(self.base + address, timeout=60) as response:
            return response.read()

    def json(self, address: str):
        return json.loads(self.read(address))


def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(atlas):
    """Run ``mapsvc serve`` over an atlas on a free port of the loopback address."""
    port = unused_port()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, "serve", "--atlas", str(atlas), "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    guard = threading.Timer(90, process.kill)
    guard.start()
    line = process.stdout.readline()
    guard.cancel()
    try:
        assert str(port) in line, f"The service did not start: {line}{process.stdout.read()}"
        yield Service(f"http://127.0.0.1:{port}", Path(atlas))
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.fixture(scope="session")
def state(bundled):
    """The service over the bundled release."""
    with serving(bundled.atlas) as service:
        yield service


@pytest.fixture(scope="session")
def pomona(miniature):
    """The service over the made-up state: a hole, an enclave, a county that did not report."""
    with serving(miniature.atlas) as service:
        yield service


class Files(http.server.SimpleHTTPRequestHandler):
    """Serves files as an object store does: whole, or the range that is asked for."""

    extensions_map = {  # noqa: RUF012  # as in the class that it extends
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
    }

    def log_message(self, *_):
        """Say nothing."""

    def do_GET(self):
        if "Range" not in self.headers:
            return super().do_GET()
        first, last = self.headers["Range"].removeprefix("bytes=").split("-")
        whole = Path(self.translate_path(self.path)).read_bytes()
        part = whole[int(first) : int(last) + 1]
        self.send_response(206)
        ends = f"{first}-{int(first) + len(part) - 1}"
        self.send_header("Content-Range", f"bytes {ends}/{len(whole)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)
        return None


@contextmanager
def files(folder):
    """Serve a folder on a free port; yields its address."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Files, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def elsewhere():
    """Another site than the service's: its pages may read the tiles only if CORS lets them."""
    if not (LIBRARIES / "maplibre-gl").is_dir():
        pytest.fail("tests/node_modules is not installed: run `scripts/test-vendor`.")
    with files(ROOT / "tests") as address:
        yield address


@pytest.fixture(scope="session")
def chromium(playwright):
    """A browser with WebGL drawn by the processor."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.fail("These tests drive Chromium: run `scripts/chromium`.")
    drawn = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    plain = [argument for argument in ARGUMENTS if argument != "--disable-gpu"]
    browser = playwright.chromium.launch(
        executable_path=executable, args=[*plain, *drawn, "--ignore-gpu-blocklist"]
    )
    yield browser
    browser.close()


@pytest.fixture
def opened(chromium, elsewhere):
    """Return a function that opens a client's page and waits until its map is drawn."""
    context = chromium.new_context(viewport=WINDOW)
    context.set_default_timeout(60_000)
    faults = []

    def load(client, **asked):
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("requestfailed", lambda request: faults.append(f"failed: {request.url}"))
        page.on(
            "response",
            lambda response: (
                faults.append(f"{response.status}: {response.url}")
                if response.status >= 400 and "favicon" not in response.url
                else None
            ),
        )
        query = urllib.parse.urlencode(asked)
        page.goto(f"{elsewhere}/clients/pages/{client}.html#{query}")
        page.wait_for_function("() => window.client")
        assert page.evaluate(READY), (page.evaluate("client.errors"), faults)
        assert page.evaluate("client.errors") == []
        return page

    yield load
    context.close()
    assert faults == []


@pytest.fixture(scope="session")
def program():
    """Return a function that runs a program of the machine and returns what it prints."""

    def run(*command, **environ):
        if shutil.which(str(command[0])) is None:
            pytest.fail(f"{command[0]} is not installed: run `scripts/test-clients`.")
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, **environ},
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done

    return run
