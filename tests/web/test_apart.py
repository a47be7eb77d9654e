"""Laws of the pages' own process: it answers as the worker would, and its end ends no service."""

import logging
import os
import signal
import socket
import sys
import threading
import time
from contextlib import closing

import psutil
import pytest
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app

from mapsvc.web import apart
from mapsvc.web.apart import Apart
from tests.web.test_server import PROGRAM as SERVICE
from tests.web.test_server import ask, serving

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such a process")

LONG = 20
"""Seconds after which a test that waits has failed."""


class Pieces:
    """A body that comes piece by piece, and says in a file when it is closed."""

    def __init__(self, pieces, closed):
        self._pieces, self._closed = iter(pieces), closed

    def __iter__(self):
        return self._pieces

    def close(self):
        self._closed.touch()


def waited_for(happens):
    until = time.monotonic() + LONG
    while not happens():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def who(environ, start_response):
    """Tell which process answers, at which priority, and what it was asked."""
    told = f"{os.getpid()} {os.getpriority(os.PRIO_PROCESS, 0)} {environ['QUERY_STRING']}"
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Host", environ["HTTP_HOST"])])
    return [told.encode()]


def get(application, path="/page"):
    """Return the body of an answer, its status and its headers, as a server asks for them."""
    body, status, headers = run_wsgi_app(application, EnvironBuilder(path).get_environ())
    try:
        return b"".join(body), status, headers
    finally:
        if hasattr(body, "close"):
            body.close()


@pytest.fixture
def logged(tmp_path):
    """Return the file of what either process logs."""
    file = tmp_path / "log"
    handler = logging.FileHandler(file)
    logging.getLogger(apart.__name__).addHandler(handler)
    yield file
    logging.getLogger(apart.__name__).removeHandler(handler)
    handler.close()


def test_a_page_is_made_by_another_process_of_lower_priority():
    with closing(Apart(who, 2)) as application:
        body, status, headers = get(application, "/page?lang=es")
    process, priority, query = body.decode().split()
    assert int(process) != os.getpid()
    assert int(priority) == 19
    assert query == "lang=es"
    assert status == "200 OK"
    assert headers["X-Host"] == "localhost"
    assert os.getpriority(os.PRIO_PROCESS, 0) < 19


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/", {}),
        ("/maps/arrest-rate", {"Accept-Encoding": "gzip"}),
        ("/maps/arrest-rate", {"Host": "maps.example", "Accept-Language": "es"}),
        ("/maps/nothing?lang=es", {"Accept": "text/html"}),
        ("/ogc/collections/counties/items", {}),
        ("/api/v1/indicators/arrest-rate", {"Origin": "https://other.example"}),
        ("/tiles/counties.pmtiles", {"Range": "bytes=0-9"}),
        ("/data/none.csv", {}),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_an_answer_is_the_one_that_the_worker_would_give(client, path, given, method):
    there = client.open(path, method=method, headers=given)
    with closing(Apart(client.application, 2)) as application:
        here = Client(application).open(path, method=method, headers=given)
    assert here.status == there.status
    assert here.data == there.data
    kept = [each for each in here.headers if each[0] != "Date"]
    assert kept == [each for each in there.headers if each[0] != "Date"]


def test_a_body_in_pieces_comes_whole_and_is_closed(tmp_path):
    closed = tmp_path / "closed"

    def pieces(environ, start_response):
        start_response("200 OK", [])
        return Pieces([b"one", b"", b"two" * 1_000_000], closed)

    with closing(Apart(pieces, 1)) as application:
        assert get(application)[0] == b"one" + b"two" * 1_000_000
        assert waited_for(closed.exists)


def test_a_reader_who_goes_away_takes_no_thread_with_him(tmp_path):
    closed = tmp_path / "closed"

    def endless(environ, start_response):
        start_response("200 OK", [])
        return Pieces(iter(lambda: b"more" * 10_000, b""), closed)

    with closing(Apart(endless, 1)) as application:
        for _ in range(3):
            body, _, _ = run_wsgi_app(application, EnvironBuilder("/").get_environ())
            assert next(iter(body)) == b"more" * 10_000
            body.close()
            assert waited_for(closed.exists)
            closed.unlink()


def test_what_fails_there_is_told_in_both_and_the_next_page_is_made(logged):
    def failing(environ, start_response):
        if environ["PATH_INFO"] == "/bad":
            raise LookupError("the reason")
        return who(environ, start_response)

    with closing(Apart(failing, 1)) as application:
        with pytest.raises(RuntimeError, match="logged why"):
            get(application, "/bad")
        assert int(get(application, "/good")[0].split()[0]) != os.getpid()
    assert "the reason" in logged.read_text()
    assert "/bad" in logged.read_text()


def test_a_body_that_fails_is_cut_short_and_not_ended(tmp_path):
    def broken():
        yield b"one"
        raise OSError("the disk")

    def breaking(environ, start_response):
        start_response("200 OK", [])
        return Pieces(broken(), tmp_path / "closed")

    with closing(Apart(breaking, 1)) as application:
        body, _, _ = run_wsgi_app(application, EnvironBuilder("/").get_environ())
        pieces = iter(body)
        assert next(pieces) == b"one"
        with pytest.raises(EOFError):
            next(pieces)


def test_where_the_process_is_gone_pages_are_made_here_and_that_is_told_once(caplog):
    with closing(Apart(who, 1)) as application:
        process = psutil.Process(int(get(application)[0].split()[0]))
        process.kill()
        process.wait(LONG)
        for _ in range(3):
            assert int(get(application)[0].split()[0]) == os.getpid()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "gone" in caplog.text


def test_a_page_that_ends_the_process_is_made_here(caplog):
    here = os.getpid()

    def ending(environ, start_response):
        if os.getpid() != here:
            os._exit(1)
        return who(environ, start_response)

    with closing(Apart(ending, 1)) as application:
        assert int(get(application, "/heavy")[0].split()[0]) == here
    assert "/heavy" in caplog.text


def test_where_there_can_be_no_process_pages_are_made_here(monkeypatch, caplog):
    def no_fork():
        raise OSError("too many processes")

    monkeypatch.setattr("os.fork", no_fork)
    with closing(Apart(who, 1)) as application:
        assert int(get(application)[0].split()[0]) == os.getpid()
    assert "too many processes" in caplog.text


def test_on_a_system_whose_libraries_do_not_stand_a_fork_there_is_none(monkeypatch):
    monkeypatch.setattr("sys.platform", "darwin")
    with closing(Apart(who, 1)) as application:
        assert int(get(application)[0].split()[0]) == os.getpid()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_only_the_worker_ends_it(number):
    application = Apart(who, 1)
    process = psutil.Process(int(get(application)[0].split()[0]))
    process.send_signal(number)
    assert get(application)[0].split()[0] == str(process.pid).encode()
    application.close()
    process.wait(LONG)


def test_orders_are_answered_side_by_side():
    """In this process, where what takes part can be seen."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    meeting = threading.Barrier(3, timeout=LONG)

    def application(environ, start_response):
        meeting.wait()
        start_response("200 OK", [])
        return [environ["PATH_INFO"].encode()]

    working = threading.Thread(target=apart.fulfil, args=(theirs, application, 3))
    working.start()
    asked = [apart._ordered(ours, EnvironBuilder(f"/{one}").get_environ()) for one in range(3)]
    for one, connection in enumerate(asked):
        with connection:
            assert connection.recv() == ("200 OK", [], b"/%d" % one)
    ours.close()
    working.join(LONG)
    theirs.close()
    assert not working.is_alive()


def pages_of(process):
    """Return the processes of the pages among those of a service."""
    started = psutil.Process(process.pid).children(recursive=True)
    return [one for one in started if one.is_running() and one.nice() == 19]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_service_has_one_for_each_worker_and_leaves_none_behind(atlas, workers):
    with serving(atlas, workers, program=SERVICE) as (process, port, _):
        assert ask(port, "/maps/arrest-rate")[0] == 200
        # The first worker answers while the second still starts.
        assert waited_for(lambda: len(pages_of(process)) == workers)
        started = psutil.Process(process.pid).children(recursive=True)
        assert len(started) == 2 * workers
    _, alive = psutil.wait_procs(started, LONG)
    assert not alive


def test_a_service_whose_process_of_pages_dies_goes_on(atlas):
    with serving(atlas, 1, program=SERVICE) as (process, port, _):
        (pages,) = pages_of(process)
        pages.kill()
        for path in ("/maps/arrest-rate", "/tiles/counties/5/5/12.mvt", "/readyz"):
            assert ask(port, path)[0] == 200
