"""Laws of the threads: a tile is answered where it arrives, and no page holds it up."""

import http.client
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import granian.server.mp
import pytest

from mapsvc.web import threads
from tests.web.test_server import PROGRAM as PLAIN
from tests.web.test_server import ask, serving

LONG = 20
"""Seconds after which a test that waits has failed."""

PROGRAM = """
import sys, time
from pathlib import Path
import mapsvc.web.app
from mapsvc.settings import Settings
from mapsvc.web.server import serve

arrived, gate = Path(sys.argv[3]), Path(sys.argv[4])

def gated(current, settings):
    def answer(environ, start_response):
        if environ["PATH_INFO"] == "/page":
            with arrived.open("a") as file:
                file.write("one\\n")
            while not gate.exists():
                time.sleep(0.01)
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]
    return answer

mapsvc.web.app.create_wsgi = gated
serve(Settings(Path(sys.argv[1]), "127.0.0.1", int(sys.argv[2])))
"""
"""A service whose pages are all made at once, and none is before a file is there."""


def environ(path, method="GET"):
    return {"PATH_INFO": path, "REQUEST_METHOD": method}


class Given:
    """What takes an answer; ``there`` is set once it has one."""

    def __init__(self):
        self.there, self.answer = threading.Event(), None

    def response_bytes(self, status, headers, body):
        self.answer = status, body
        self.there.set()


def thread_of(path, method="GET"):
    """Return the thread on which a request is answered, after ``pages`` where it is one."""
    found = []

    def call(answering, environ):
        found.append(threading.current_thread())
        answering.response_bytes(200, [], b"")

    def other(answering, environ):
        found.append("pages")
        call(answering, environ)

    given = Given()
    threads.Separated(call, other)(given, environ(path, method))
    assert given.there.wait(LONG)
    return found


def test_granian_lets_another_thread_give_the_answer():
    assert threads.separable()


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/tiles/counties/arrest-rate/2014/5/5/12.mvt", "GET"),
        ("/r/abc/tiles/counties/5/5/12.mvt", "HEAD"),
        ("/arcgis/rest/services/counties/VectorTileServer/tile/5/12/5.pbf", "GET"),
        ("/api/v1/columns/counties/arrest-rate/2014", "GET"),
        ("/healthz", "GET"),
        ("/readyz", "GET"),
        ("/maps/arrest-rate", "POST"),
    ],
)
def test_what_is_quick_or_has_a_body_is_answered_where_it_arrives(path, method):
    assert thread_of(path, method) == [threading.current_thread()]


@pytest.mark.parametrize(
    "path", ["/static/js/map.js", "/tiles/counties.pmtiles", "/r/abc/tiles/counties.pmtiles"]
)
def test_a_file_is_answered_here_on_a_thread_for_files(path):
    (thread,) = thread_of(path)
    assert thread.name.startswith("files")


@pytest.mark.parametrize(
    "path", ["/", "/maps/arrest-rate", "/tiles", "/tiles/counties.json", "/healthzs", "/data/a.csv"]
)
def test_everything_else_is_a_page_with_a_thread_to_wait_on(path):
    name, thread = thread_of(path)
    assert name == "pages"
    assert thread.name.startswith("pages")


def test_what_fails_on_another_thread_is_answered_and_told(caplog):
    def call(answering, environ):
        raise RuntimeError("the reason")

    given = Given()
    threads.Separated(call, call)(given, environ("/maps/arrest-rate"))
    assert given.there.wait(LONG)
    assert given.answer == (500, b"")
    assert "/maps/arrest-rate" in caplog.text
    assert "the reason" in caplog.text


def test_a_request_is_given_nothing_of_the_environment_of_the_process(monkeypatch):
    monkeypatch.setattr(granian.server.mp, "_wsgi_call_wrap", granian.server.mp._wsgi_call_wrap)
    monkeypatch.setattr(threads, "Apart", lambda application, _: application)
    monkeypatch.setenv("MAPSVC_SECRET", "not for requests")
    threads.separate()
    seen = {}

    def application(environ, start_response):
        seen.update(environ)
        start_response("200 OK", [])
        return []

    given = Given()
    granian.server.mp._wsgi_call_wrap(application, {})(given, environ("/tiles/0/0/0.mvt"))
    assert given.there.wait(LONG)
    assert seen["PATH_INFO"] == "/tiles/0/0/0.mvt"
    assert "MAPSVC_SECRET" not in seen
    assert os.environ["MAPSVC_SECRET"] == "not for requests"


def test_without_a_place_to_take_the_server_answers_all_the_same(atlas):
    program = f"import mapsvc.web.threads as threads; threads._WRAP = 'gone'\n{PLAIN}"
    with serving(atlas, 1, program=program) as (_, port, _):
        assert ask(port, "/tiles/counties/5/5/12.mvt")[0] == 200
        assert ask(port, "/maps/arrest-rate")[0] == 200


def test_more_pages_than_granian_has_threads_hold_up_no_tile(atlas, tmp_path):
    arrived, gate = tmp_path / "arrived", tmp_path / "gate"
    readers = threads.TILE_THREADS + 2
    with (
        serving(atlas, arrived, gate, program=PROGRAM) as (_, port, line),
        ThreadPoolExecutor(readers) as pool,
    ):
        assert str(port) in line
        pages = [pool.submit(ask, port, "/page") for _ in range(readers)]
        until = time.monotonic() + LONG
        while not arrived.exists() or len(arrived.read_text().splitlines()) < readers:
            assert time.monotonic() < until, "a page waits for another"
            time.sleep(0.01)
        try:
            assert ask(port, "/tiles/counties/5/5/12.mvt")[0] == 200
        except (TimeoutError, http.client.HTTPException):
            pytest.fail("a tile waits for pages")
        finally:
            gate.touch()
        assert [page.result(LONG)[0] for page in pages] == [200] * readers
