"""Laws of weight: what a first view of a map page takes over the wire, and from where."""

import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from tests.clients.conftest import unused_port

pytestmark = [pytest.mark.browser, pytest.mark.release]

MOST = 200_000
"""Bytes over the wire of the first view, compressed, headers and all."""
DRAWN = """() => document.querySelector(".legend-row") && performance
  .getEntriesByType("resource")
  .some(({ name, responseEnd }) => responseEnd && /[.]mvt/.test(name))"""
SERVE = "from mapsvc.cli import main; main()"


@contextmanager
def served(atlas):
    """Start the service as an operator does: it compresses, the server of the other tests not."""
    port = unused_port()
    command = [sys.executable, "-c", SERVE, "serve", "--atlas", str(atlas), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{base}/readyz", timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        else:
            pytest.fail("The service did not start.")
        yield base
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def operated(bundled):
    with served(bundled.atlas) as base:
        yield base


def first_view(chromium, address, size):
    """Return what the first view of a page takes: {address: bytes over the wire}."""
    context = chromium.new_context(viewport=size, device_scale_factor=2)
    try:
        page = context.new_page()
        session = context.new_cdp_session(page)
        named, taken = {}, {}
        session.on(
            "Network.requestWillBeSent",
            lambda event: named.update({event["requestId"]: event["request"]["url"]}),
        )
        session.on(
            "Network.loadingFinished",
            lambda event: taken.update({event["requestId"]: event["encodedDataLength"]}),
        )
        session.send("Network.enable")
        assert page.goto(address, wait_until="networkidle").ok
        page.wait_for_function(DRAWN)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(500)
        # A script of the page's own address is data: of it nothing is asked over the wire.
        return {
            url: taken.get(key, 0)
            for key, url in named.items()
            if urlsplit(url).scheme not in ("data", "blob")
        }
    finally:
        context.close()


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desktop", "phone"])
@pytest.mark.parametrize(
    ("path", "layer"),
    [
        ("/maps/arrest-rate", "counties"),
        ("/maps/jail-deaths", "counties"),
        ("/maps/officer-assault-rate", "agencies"),
        ("/maps/officer-assault-rate?lang=es", "agencies"),
    ],
)
def test_a_map_page_is_light_and_asks_no_one_else(chromium, operated, path, layer, size):
    width, height = size
    taken = first_view(chromium, operated + path, {"width": width, "height": height})
    assert {urlsplit(url).netloc for url in taken} == {urlsplit(operated).netloc}
    assert any(f"/tiles/{layer}/" in url for url in taken), "no map was drawn"
    heaviest = sorted(((size, urlsplit(url).path) for url, size in taken.items()), reverse=True)
    total = sum(taken.values())
    assert total <= MOST, f"{total:,} bytes, most of them {heaviest[:6]}"
