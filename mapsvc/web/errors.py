"""Errors as answers: one table from the project's errors to HTTP, one form for programs.

The form is RFC 9457, ``application/problem+json``; people get a page with the same words. The
text of an error that nobody foresaw is logged, never sent.
"""

from __future__ import annotations

import difflib
import json
import logging
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from mapsvc.errors import (
    BadParameterError,
    DamagedReleaseError,
    MapsvcError,
    NoReleaseError,
    UnknownNameError,
)
from mapsvc.language import DEFAULT, N_, Message, _, language, speaking
from mapsvc.web.headers import NO_STORE, is_for_programs

if TYPE_CHECKING:
    from mapsvc.web.nearest import Offer

PROBLEM_JSON = "application/problem+json"
MOST_KNOWN = 50
"""Names that an answer lists, so that it stays readable for a layer of thousands."""

_LONGEST_NAME = 80

logger = logging.getLogger("mapsvc.web")

STATUS: Mapping[type[MapsvcError], HTTPStatus] = {
    UnknownNameError: HTTPStatus.NOT_FOUND,
    BadParameterError: HTTPStatus.BAD_REQUEST,
    NoReleaseError: HTTPStatus.SERVICE_UNAVAILABLE,
    DamagedReleaseError: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""What each error of the project is in HTTP; any other is a fault of the service."""


@dataclass(frozen=True)
class HttpProblem:
    """An error as it is told: what was wrong, and what would be right.

    Programs are told in English, people in the language of their page.
    """

    status: int
    title: str
    detail: str | Message
    known: tuple[str, ...] = ()
    """Names that exist, the ones most like the one asked for first."""
    headers: tuple[tuple[str, str], ...] = ()

    def body(self) -> bytes:
        """Return the problem as JSON."""
        with speaking(DEFAULT):
            document: dict[str, Any] = {
                "type": "about:blank",
                "title": self.title,
                "status": self.status,
                "detail": str(self.detail),
            }
        if self.known:
            document["known"] = self.known
        return json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")


class HttpError(MapsvcError):
    """A request that HTTP itself has a word for: a method, a media type, a query parameter."""

    def __init__(self, problem: HttpProblem) -> None:
        self.problem = problem
        super().__init__(str(problem.detail))


def problem(
    status: int,
    detail: str | Message,
    known: Iterable[str] = (),
    headers: tuple[tuple[str, str], ...] = (),
) -> HttpProblem:
    """Return a problem whose title is the status in words."""
    return HttpProblem(int(status), HTTPStatus(status).phrase, detail, tuple(known), headers)


def problem_of(error: Exception) -> HttpProblem:
    """Return what a client is told of an error; one that is not foreseen is logged under an id."""
    if isinstance(error, HttpError):
        return error.problem
    if isinstance(error, UnknownNameError):
        name = _short(error.name)
        known = closest(error.name, error.known)
        kind = _message(error.kind)
        detail = Message("There is no {kind} {name}.", kind=kind, name=repr(name))
        if similar(error.name, error.known):
            detail = Message(
                "There is no {kind} {name}. Did you mean {other}?",
                kind=kind,
                name=repr(name),
                other=repr(known[0]),
            )
        return problem(STATUS[UnknownNameError], detail, known)
    if isinstance(error, BadParameterError):
        detail = Message(
            "{parameter}={value} is not valid: give {expected}.",
            parameter=error.parameter,
            value=repr(_short(error.value)),
            expected=_message(error.expected),
        )
        return problem(STATUS[BadParameterError], detail)
    if isinstance(error, NoReleaseError | DamagedReleaseError):
        logger.error("%s", error)
        return problem(STATUS[type(error)], "There is no release to serve at the moment.")
    reference = uuid.uuid4().hex[:12]
    logger.error("Request failed, reference %s", reference, exc_info=error)
    detail = Message(
        "The service failed to answer. Its log has the reason under {reference}.",
        reference=reference,
    )
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail)


def unknown_parameters(names: Iterable[str], known: Sequence[str]) -> HttpError:
    """Return the error for query parameters that an address does not have."""
    listed = ", ".join(repr(_short(name)) for name in sorted(names)[:5])
    detail = Message("This address has no parameter {names}. It takes none.", names=listed)
    if known:
        detail = Message(
            "This address has no parameter {names}. It takes: {known}.",
            names=listed,
            known=", ".join(known),
        )
    return HttpError(problem(HTTPStatus.BAD_REQUEST, detail, known))


def closest(name: str, known: Sequence[str]) -> tuple[str, ...]:
    """Return at most ``MOST_KNOWN`` of the names, the ones like ``name`` first."""
    first = similar(name, known)
    rest = [item for item in known[: MOST_KNOWN + len(first)] if item not in first]
    return tuple([*first, *rest][:MOST_KNOWN])


def similar(name: str, known: Sequence[str]) -> list[str]:
    """Return up to five of the names that ``name`` may be a slip of."""
    return difflib.get_close_matches(name[:_LONGEST_NAME], known, n=5)


def _message(text: str | Message) -> Message:
    return text if isinstance(text, Message) else Message(text)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}…"


def init_app(app: Flask) -> None:
    """Answer every error of the application as a problem or a page."""
    app.register_error_handler(MapsvcError, respond)
    app.register_error_handler(HTTPException, _respond_http)
    app.register_error_handler(Exception, respond)


def respond(error: Exception) -> Response:
    """Return the answer to an error: a page for people, JSON for programs."""
    return _answer(problem_of(error))


def _respond_http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    allow = tuple(item for item in error.get_headers() if item[0].lower() == "allow")
    detail = _DETAILS.get(error.code, N_("The request cannot be answered."))
    return _answer(problem(error.code, detail, headers=allow))


_TITLES = (
    N_("Bad Request"),
    N_("Not Found"),
    N_("Method Not Allowed"),
    N_("Not Acceptable"),
    N_("Requested Range Not Satisfiable"),
    N_("Internal Server Error"),
    N_("Not Implemented"),
    N_("Service Unavailable"),
)
"""What HTTP calls the statuses that there are here, so that the catalogues have them."""

_DETAILS = {
    400: N_("The request is malformed."),
    404: N_(
        "There is nothing at this address. The catalogue at / and /api/v1/indicators lists all."
    ),
    405: N_("This address is only for reading: use GET, HEAD or OPTIONS."),
}
"""Our words for what the framework finds wrong."""


def _answer(found: HttpProblem) -> Response:
    response = Response(found.body(), found.status, content_type=PROBLEM_JSON)
    if not is_for_programs(request.path) and _wants_page(request.headers.get("Accept", "")):
        try:
            page = render_template(
                "problem.html",
                status=found.status,
                title=_(found.title),
                detail=_message(found.detail),
                known=found.known,
                nearest=_nearest(),
            )
            response = Response(page, found.status, content_type="text/html; charset=utf-8")
            response.headers["Content-Language"] = language()
        except Exception as error:
            # What failed may be what pages are made of: then the reader gets the words as JSON.
            problem_of(error)
    response.headers.extend(found.headers)
    response.headers["Cache-Control"] = NO_STORE
    response.vary.add("Accept")
    return response


def _nearest() -> Offer | None:
    """Return the map that is there and nearest to the one asked for."""
    from mapsvc.web.app import release
    from mapsvc.web.nearest import offered

    try:
        return offered(release())
    except Exception as error:
        # The words of the error are worth more than an offer.
        problem_of(error)
        return None


def _wants_page(accept: str) -> bool:
    return "text/html" in accept or "application/xhtml+xml" in accept
