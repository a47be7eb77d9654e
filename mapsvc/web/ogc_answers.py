"""What the answers of the OGC API have in common: the form asked for, links, the Link header."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Response, request

from mapsvc.errors import BadParameterError, UnknownNameError
from mapsvc.language import _
from mapsvc.web import ogc_urls
from mapsvc.web.answers import answer, dumps
from mapsvc.web.app import absolute_url, release
from mapsvc.web.errors import HttpError, problem
from mapsvc.web.ogc_collections import Collection, collections
from mapsvc.web.pages import page

JSON = "application/json"
GEOJSON = "application/geo+json"
SCHEMA_JSON = "application/schema+json"
OPENAPI_JSON = "application/vnd.oai.openapi+json;version=3.0"
HTML = "text/html"

Link = dict[str, Any]


def collection(identifier: str) -> Collection:
    """Return a collection of this request's release; raises UnknownNameError."""
    known = collections(release())
    if identifier not in known:
        raise UnknownNameError("collection", identifier, tuple(known))
    return known[identifier]


def form(asked: str | None, media_type: str = JSON) -> str:
    """Return json or html: what the parameter ``f`` says, or else the Accept header.

    ``media_type`` is that of the JSON. Raises HttpError where Accept takes neither.
    """
    if asked is not None:
        if asked not in ("json", "html"):
            raise BadParameterError("f", asked, "json or html")
        return asked
    accept = request.accept_mimetypes
    if not accept:
        return "json"
    best = accept.best_match([media_type.partition(";")[0], JSON, HTML])
    if best is None:
        detail = "The Accept header takes none of the formats that there are."
        raise HttpError(problem(HTTPStatus.NOT_ACCEPTABLE, detail, (media_type, HTML)))
    return "html" if best == HTML else "json"


def link(address: str, rel: str, title: str, media_type: str | None = JSON, **more: Any) -> Link:
    """Return a link to an address of the service."""
    kind = {"type": media_type} if media_type else {}
    return {"href": absolute_url(address), "rel": rel, **kind, "title": title, **more}


def own_links(
    shown: str,
    parts: Sequence[str],
    query: Iterable[tuple[str, str]] = (),
    media_type: str = JSON,
) -> list[Link]:
    """Return the links of an answer to itself and to its other form; ``shown`` is json or html."""
    kept = [(name, value) for name, value in query if name != "f"]
    forms = {
        "json": (_("This document as JSON"), media_type),
        "html": (_("This document as HTML"), HTML),
    }
    return [
        link(
            ogc_urls.ogc_url(*parts, query=[*kept, ("f", each)]),
            "self" if each == shown else "alternate",
            title,
            kind,
        )
        for each, (title, kind) in sorted(forms.items(), key=lambda item: item[0] != shown)
    ]


def json_response(
    document: Mapping[str, Any], links: Sequence[Link], media_type: str = JSON
) -> Response:
    """Answer with a document as JSON, and with its links as a header too."""
    return with_links(answer(dumps(document), media_type), links)


def html_response(template: str, links: Sequence[Link], **context: Any) -> Response:
    """Answer with a page."""
    return with_links(page(f"ogc/{template}", links=links, **context), links)


def with_links(response: Response, links: Sequence[Link]) -> Response:
    """Give the links of an answer as its header (RFC 8288), for those who do not read the body."""
    if links:
        response.headers["Link"] = ", ".join(_header(each) for each in links)
    response.vary.add("Accept")
    return response


def _header(each: Link) -> str:
    kind = f'; type="{each["type"]}"' if "type" in each else ""
    return f'<{each["href"]}>; rel="{each["rel"]}"{kind}'
