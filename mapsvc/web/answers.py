"""What the answers of the API have in common: checked parameters, JSON, an entity tag."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, request

from mapsvc.errors import BadParameterError
from mapsvc.language import Message
from mapsvc.maps.wording import PARAMETER
from mapsvc.web import headers
from mapsvc.web.errors import HttpError, problem, unknown_parameters


def parameters(*known: str) -> dict[str, str]:
    """Return the query; raises HttpError for a name that is not known, or given twice."""
    if unknown := set(request.args) - set(known):
        raise unknown_parameters(unknown, known)
    for name, listed in request.args.lists():
        if len(listed) > 1:
            raise HttpError(
                problem(
                    HTTPStatus.BAD_REQUEST, Message("Give the parameter {name} once.", name=name)
                )
            )
    return request.args.to_dict()


def page_parameters(*known: str) -> dict[str, str]:
    """Return the query of a page without its language, which every page takes beside ``known``."""
    given = parameters(*known, PARAMETER)
    given.pop(PARAMETER, None)
    return given


def flag(given: Mapping[str, str], name: str) -> bool:
    """Tell whether a parameter is 1; raises BadParameterError for anything but 0 and 1."""
    asked = given.get(name, "0")
    if asked not in ("0", "1"):
        raise BadParameterError(name, asked, "1 for yes, or 0")
    return asked == "1"


def json_answer(document: Any) -> Response:
    """Answer with a document as compact JSON, revalidated by its entity tag."""
    return answer(dumps(document), "application/json")


def dumps(document: Any) -> str:
    """Return compact JSON; raises ValueError for NaN, which a missing number must not be."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def answer(body: str, media_type: str) -> Response:
    """Answer with a text under an entity tag; it follows the current release, so it revalidates."""
    content = body.encode()
    response = Response(content, content_type=media_type)
    response.set_etag(headers.etag(content))
    response.headers["Cache-Control"] = headers.REVALIDATE
    return response
