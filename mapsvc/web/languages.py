"""The language of a request: ``lang`` in its query, and the same page in every other one.

Neither a cookie nor Accept-Language decides: an address is what it shows, whoever asks, and may be
kept by all. Whoever wants another language follows the link to it that every page has.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

from flask import Flask, request

from mapsvc.language import DEFAULT, LANGUAGES, Message
from mapsvc.maps import wording
from mapsvc.maps.wording import PARAMETER
from mapsvc.web.errors import HttpError, problem

_LONGEST = 20
"""Characters of a language that is repeated to whoever asked for it."""


class Way(NamedTuple):
    """The page that is shown, in one of the languages."""

    language: str
    title: str
    """The language as its speakers call it."""
    address: str
    here: bool


def asked(query: str) -> str:
    """Return the language that a query asks for; raises HttpError for one that there is not."""
    if PARAMETER not in query:
        return DEFAULT
    named = [value for name, value in parse_qsl(query, keep_blank_values=True) if name == PARAMETER]
    if len(named) > 1:
        raise HttpError(
            problem(HTTPStatus.BAD_REQUEST, Message("Give the parameter {name} once.", name="lang"))
        )
    found = named[0] if named else DEFAULT
    if found not in LANGUAGES:
        detail = Message("There are no pages in the language {name}.", name=repr(found[:_LONGEST]))
        raise HttpError(problem(HTTPStatus.BAD_REQUEST, detail, LANGUAGES))
    return found


def in_language(address: str, language: str) -> str:
    """Return the address of the same page in a language.

    >>> in_language("/maps/a?lang=es&period=2014", "en"), in_language("/data?year=2014", "es")
    ('/maps/a?period=2014', '/data?year=2014&lang=es')
    """
    path, _, query = address.partition("?")
    given = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] != PARAMETER]
    if language != DEFAULT:
        given.append((PARAMETER, language))
    return f"{path}?{urlencode(given)}" if given else path


def ways() -> list[Way]:
    """Return the page of this request in every language."""
    here = quote(request.script_root + request.path)
    if query := request.query_string.decode("latin-1"):
        here = f"{here}?{query}"
    asked = request.args.get(PARAMETER, DEFAULT)
    return [
        Way(key, title, in_language(here, key), key == asked) for key, title in LANGUAGES.items()
    ]


def init_app(app: Flask) -> None:
    """Give the templates the words, and the ways to other languages."""
    wording.install(app.jinja_env)
    app.add_template_global(ways)
