"""Laws of the turns: so many at once and no more, a slow reader holds none, nothing is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.test import Client, create_environ
from werkzeug.wrappers import Response

from mapsvc.web import app as web_app
from mapsvc.web.turns import Turns

LONG = 20
"""Seconds after which a test that waits has failed."""


def ask(application):
    """Return the body of an application as it is handed over, whatever it still has to make."""
    return application(create_environ("/"), lambda status, headers, exc_info=None: None)


class Counted:
    """An application that tells how many are in it, and stays until it may leave."""

    def __init__(self):
        self.lock, self.inside, self.most = threading.Lock(), 0, 0
        self.entered, self.leave = threading.Semaphore(0), threading.Event()

    def __call__(self, environ, start_response):
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.entered.release()
        assert self.leave.wait(LONG)
        with self.lock:
            self.inside -= 1
        return Response("a page")(environ, start_response)


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_so_many_are_let_in_and_no_more(at_once):
    counted = Counted()
    turns = Turns(counted, at_once)
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(lambda: b"".join(ask(turns))) for _ in range(8)]
        for _ in range(at_once):
            assert counted.entered.acquire(timeout=LONG)
        assert not counted.entered.acquire(timeout=0.1), "one too many came in"
        counted.leave.set()
        assert [each.result(LONG) for each in asked] == [b"a page"] * 8
    assert counted.most == at_once


def test_a_download_that_nobody_reads_on_keeps_nobody_waiting():
    def pieces():
        yield from (b"1", b"2", b"3", b"4")

    turns = Turns(lambda environ, start_response: pieces(), 1)
    slow = iter(ask(turns))
    assert next(slow) == b"1"
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(lambda: list(ask(turns))).result(LONG) == [b"1", b"2", b"3", b"4"]
    assert list(slow) == [b"2", b"3", b"4"]


def test_each_piece_takes_a_turn():
    reached, turn = threading.Event(), threading.Event()

    def pieces():
        yield b"1"
        yield b"2"
        reached.set()
        assert turn.wait(LONG)
        yield b"3"

    bodies = iter([pieces(), [b"another"]])
    turns = Turns(lambda environ, start_response: next(bodies), 1)
    download = ask(turns)
    with ThreadPoolExecutor(2) as threads:
        reading = threads.submit(lambda: list(download))
        assert reached.wait(LONG)
        another = threads.submit(lambda: list(ask(turns)))
        with pytest.raises(TimeoutError):
            another.result(0.1)
        turn.set()
        assert reading.result(LONG) == [b"1", b"2", b"3"]
        assert another.result(LONG) == [b"another"]


class Closable(list):
    closed = 0

    def close(self):
        self.closed += 1


@pytest.mark.parametrize("pieces", [[], [b"1"], [b"1", b"2"], [b"1", b"2", b"3"]])
def test_a_body_is_whole_and_closed_once(pieces):
    body = Closable(pieces)
    given = ask(Turns(lambda environ, start_response: body, 1))
    assert b"".join(given) == b"".join(pieces)
    if hasattr(given, "close"):
        given.close()
    assert body.closed == 1


def test_whatever_fails_gives_its_turn_back():
    class Failing(Closable):
        def __iter__(self):
            raise OSError("the disk")

    failing = Failing()

    def fails(environ, start_response):
        raise LookupError("the page")

    for application, error in (
        (fails, LookupError),
        (lambda environ, start_response: failing, OSError),
    ):
        turns = Turns(application, 1)
        for _ in range(3):
            with pytest.raises(error):
                ask(turns)
    assert failing.closed == 3


def test_tiles_are_sent_while_every_page_is_being_made(atlas, monkeypatch):
    counted = Counted()
    monkeypatch.setattr(web_app, "create_app", lambda *given: counted)
    current = web_app.CurrentRelease(atlas)
    application = web_app.create_wsgi(current, web_app.Settings(atlas=atlas))
    with ThreadPoolExecutor(web_app.PAGES_AT_ONCE + 1) as threads:
        pages = [
            threads.submit(lambda: Client(application).get("/").text)
            for _ in range(web_app.PAGES_AT_ONCE + 1)
        ]
        for _ in range(web_app.PAGES_AT_ONCE):
            assert counted.entered.acquire(timeout=LONG)
        answer = Client(application).get("/tiles/counties/5/5/12.mvt")
        assert answer.status_code == 200
        assert not any(page.done() for page in pages)
        counted.leave.set()
        assert [page.result(LONG) for page in pages] == ["a page"] * len(pages)
