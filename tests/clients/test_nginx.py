"""Behind nginx, as it is mostly run: what it keeps and cuts is still what the service said."""

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request

import geopandas as gpd
import pytest

from mapsvc.web import urls
from tests.clients.conftest import unused_port
from tests.clients.test_gdal import assert_mapped
from tests.clients.views import CALIFORNIA

pytestmark = pytest.mark.clients

CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  proxy_temp_path {folder}/proxy;
  proxy_cache_path {folder}/kept keys_zone=tiles:1m;
  server {{
    listen 127.0.0.1:{port};
    location /files/ {{ alias {files}/; }}
    location / {{
      proxy_pass {service};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_cache tiles;
      # With a store, nginx would take the condition out of what it asks.
      proxy_set_header If-None-Match $http_if_none_match;
      add_header X-Kept $upstream_cache_status;
    }}
  }}
}}
"""


@pytest.fixture(scope="module")
def proxy(state, tmp_path_factory):
    """nginx before the service, with a store, and the folder of archives as plain files."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.fail("nginx is not installed: run `scripts/test-clients`.")
    folder = tmp_path_factory.mktemp("nginx")
    for above in (folder, *folder.parents[:3]):
        if above.stat().st_uid == folder.stat().st_uid:
            above.chmod(0o755)
    port = unused_port()
    archives = folder / "archives"
    shutil.copytree(state.atlas / "current" / "tiles", archives)
    for part in (archives, *archives.iterdir()):
        part.chmod(0o755)
    file = folder / "nginx.conf"
    file.write_text(
        CONFIGURATION.format(folder=folder, port=port, files=archives, service=state.base)
    )
    command = [program, "-c", str(file), "-p", str(folder), "-e", str(folder / "error.log")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{base}/healthz", timeout=5).close()
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        yield base
    finally:
        process.terminate()
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output


def ask(address, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(address, headers=named)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def tilejson(base):
    address = urls.tilejson_url(CALIFORNIA.layer, CALIFORNIA.indicator, CALIFORNIA.period)
    return json.loads(ask(base + address)[2])


def test_the_tilejson_names_the_address_that_the_public_sees(proxy):
    assert tilejson(proxy)["tiles"][0].startswith(f"{proxy}/tiles/")


def test_a_tile_comes_through_in_the_coding_that_was_asked_for(proxy, state):
    tile = tilejson(proxy)["tiles"][0].format(z=6, x=10, y=24)
    behind = tile.replace(proxy, state.base)
    for coding in ("gzip", "identity"):
        for _ in range(2):
            status, headers, body = ask(tile, Accept_Encoding=coding)
            _, original, expected = ask(behind, Accept_Encoding=coding)
            assert (status, body) == (200, expected)
            for name in ("Content-Encoding", "Content-Type", "Access-Control-Allow-Origin"):
                assert headers[name] == original[name]
            assert headers["ETag"] == original["ETag"]
            assert "Accept-Encoding" in headers["Vary"]


def test_what_the_browser_has_is_not_sent_again(proxy):
    tile = tilejson(proxy)["tiles"][0].format(z=6, x=10, y=24)
    tag = ask(tile, Accept_Encoding="gzip")[1]["ETag"]
    status, headers, body = ask(tile, Accept_Encoding="gzip", If_None_Match=tag)
    assert (status, body, headers["ETag"]) == (304, b"", tag)


def test_an_empty_tile_and_a_wrong_address_stay_what_they_are(proxy):
    template = tilejson(proxy)["tiles"][0]
    assert ask(template.format(z=6, x=0, y=0))[0] == 204
    status, headers, _ = ask(template.format(z=6, x=64, y=0))
    assert status == 404
    assert headers["Content-Type"] == "application/problem+json"


def test_geopandas_reads_an_archive_that_lies_on_nginx(proxy, state):
    name = f"/vsicurl/{proxy}/files/counties.pmtiles"
    assert_mapped(state, gpd.read_file(name, layer="counties", ZOOM_LEVEL=5), "counties")
