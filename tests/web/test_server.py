"""Laws of the server: it says what is wrong before it starts, where it is, and stops when told."""

import http.client
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from mapsvc.errors import DamagedReleaseError, MapsvcError, NoReleaseError
from mapsvc.settings import Settings
from mapsvc.web.server import serve
from tests.synthetic_release import write_release

PROGRAM = """
import sys
from pathlib import Path
from mapsvc.settings import Settings
from mapsvc.web.server import serve
serve(Settings(Path(sys.argv[1]), "localhost", int(sys.argv[2]), workers=int(sys.argv[3])))
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(atlas, *arguments, program=PROGRAM):
    """Run a program that serves an atlas; yields its process, its port and its first line."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", program, *map(str, (atlas, port, *arguments))],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    guard = threading.Timer(60, process.kill)
    guard.start()
    try:
        yield process, port, process.stdout.readline()
    finally:
        process.terminate()
        process.communicate(timeout=30)
        guard.cancel()


@pytest.fixture(scope="module")
def server(atlas):
    with serving(atlas, 1) as started:
        yield started


def ask(port, path, method="GET", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def test_it_prints_its_address_once_it_answers(server):
    _, port, line = server
    assert re.search(rf"http://127\.0\.0\.1:{port}/", line)
    assert ask(port, "/readyz")[0] == 200


@pytest.mark.parametrize(
    "path",
    ["/tiles/counties/arrest-rate/2014/5/5/12.mvt", "/api/v1/indicators/arrest-rate", "/healthz"],
)
def test_over_a_socket_head_answers_as_get_does(server, path):
    port = server[1]
    status, headers, body = ask(port, path, **{"Accept-Encoding": "gzip"})
    assert status == 200
    assert int(headers["Content-Length"]) == len(body)
    again, head, nothing = ask(port, path, "HEAD", **{"Accept-Encoding": "gzip"})
    assert (again, nothing) == (200, b"")
    assert head["Content-Length"] == headers["Content-Length"]
    assert head["ETag"] == headers["ETag"]


def test_over_a_socket_304_and_204_have_no_body(server):
    port = server[1]
    tag = ask(port, "/tiles/counties/5/5/12.mvt")[1]["ETag"]
    status, headers, body = ask(port, "/tiles/counties/5/5/12.mvt", **{"If-None-Match": tag})
    assert (status, body, headers["ETag"]) == (304, b"", tag)
    assert ask(port, "/tiles/counties/5/0/0.mvt")[0] == 204


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/tiles/counties/5/5/%31%32.mvt", 200),
        ("/tiles/counties/5/5/%D9%A3.mvt", 404),
        ("/tiles/counties/%2e%2e/5/12.mvt", 404),
        ("/tiles/%ff/0/0/0.mvt", 404),
        ("/tiles/../pyproject.toml", 404),
        ("/static/../pyproject.toml", 404),
    ],
)
def test_over_a_socket_odd_paths_are_answered_as_documented(server, path, status):
    assert ask(server[1], path)[0] == status


def test_a_second_service_on_the_port_is_refused_with_what_to_do(server, atlas):
    with pytest.raises(MapsvcError, match=r"in use.*--port"):
        serve(Settings(atlas=atlas, port=server[1]))


@pytest.mark.parametrize(("number", "workers"), [(signal.SIGTERM, 2), (signal.SIGINT, 1)])
def test_it_stops_when_told_and_frees_its_port(atlas, number, workers):
    with serving(atlas, workers) as (process, port, line):
        assert str(port) in line
        process.send_signal(number)
        output = process.stdout.read()
        assert process.wait(timeout=30) == 0
        assert output == ""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))


def test_without_a_release_it_does_not_start(tmp_path):
    with pytest.raises(NoReleaseError, match="mapsvc build"):
        serve(Settings(atlas=tmp_path))


def test_with_a_damaged_release_it_does_not_start(tmp_path):
    identifier = write_release(tmp_path)
    (tmp_path / "releases" / identifier / "report.json").write_text("{}")
    with pytest.raises(DamagedReleaseError, match=r"report\.json"):
        serve(Settings(atlas=tmp_path))


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_that_is_not_this_machine_s_is_told(atlas, host):
    with pytest.raises(MapsvcError, match="--host"):
        serve(Settings(atlas=atlas, host=host, port=free_port()))


STARTED = """
import sys
from pathlib import Path
from mapsvc.settings import Settings
from mapsvc.web.server import application
application(Settings(Path(sys.argv[1])))
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_a_worker_starts_without_what_only_a_build_needs(tmp_path):
    write_release(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", STARTED, str(tmp_path)], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "mapsvc" in loaded
    # Together they would be half of its memory.
    assert not loaded & {"pandas", "geopandas", "mapclassify", "sklearn", "matplotlib"}


def test_what_a_worker_has_at_its_start_is_never_looked_through_for_garbage(atlas):
    program = (
        "import gc, sys; from pathlib import Path; from mapsvc.settings import Settings;"
        "from mapsvc.web.server import application;"
        "kept = application(Settings(Path(sys.argv[1])));"
        "print(gc.get_freeze_count() > 9 * len(gc.get_objects()))"
    )
    command = [sys.executable, "-c", program, str(atlas)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "True\n"
