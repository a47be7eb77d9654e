"""Features of a collection: pages of them, and each by its id. GeoJSON, or a page with a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import chain

from flask import Blueprint, Response, g, request

from mapsvc import __version__
from mapsvc.errors import UnknownNameError
from mapsvc.language import Message, _
from mapsvc.web import crs, headers, ogc_query, ogc_select, ogc_urls
from mapsvc.web.answers import dumps, page_parameters
from mapsvc.web.app import release
from mapsvc.web.cql2 import FilterError
from mapsvc.web.errors import HttpError, problem
from mapsvc.web.ogc_answers import (
    GEOJSON,
    HTML,
    Link,
    collection,
    form,
    html_response,
    link,
    own_links,
    with_links,
)
from mapsvc.web.ogc_collections import (
    Collection,
    default_groups,
    feature_id,
    split_feature_id,
)

bp = Blueprint("ogc_features", __name__)


@bp.get("/ogc/collections/<identifier>/items")
def items(identifier: str) -> Response:
    """Give the features that the parameters select, a page at a time."""
    found = collection(identifier)
    given = page_parameters(*ogc_query.FIXED, *found.fields)
    shown = form(given.get("f"), GEOJSON)
    asked = _asked(given, found)
    selected = ogc_select.select(release(), found, asked.query)
    matched = sum(len(each.rows) for each in selected)
    returned = max(0, min(asked.limit, matched - asked.offset))
    parts = ("collections", identifier, "items")
    links = [
        *own_links(shown, parts, given.items(), GEOJSON),
        *_page_links(parts, given, asked, matched, GEOJSON if shown == "json" else HTML),
        link(ogc_urls.ogc_url("collections", identifier), "collection", found.title),
    ]
    rows = ogc_select.page(selected, asked.offset, asked.limit)
    if shown == "html":
        return html_response(
            "items.html",
            links,
            collection=found,
            given=given,
            features=[(each.id(row), each.properties(row)) for each, row in rows],
            matched=matched,
            first=asked.offset + 1,
            last=asked.offset + returned,
            default_group=(default_groups(found) or [""])[0],
        )
    about = {
        "links": links,
        "timeStamp": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "numberMatched": matched,
        "numberReturned": returned,
    }
    body = chain(
        [f'{{"type":"FeatureCollection",{dumps(about)[1:-1]},"features":['],
        _features(rows, asked.reference),
        ["]}"],
    )
    return _geojson(body, links, asked.reference)


@bp.get("/ogc/collections/<identifier>/items/<feature>")
def item(identifier: str, feature: str) -> Response:
    """Give one feature."""
    found = collection(identifier)
    given = page_parameters("f", "crs")
    shown = form(given.get("f"), GEOJSON)
    reference = ogc_query.reference(given, "crs")
    each, row = _by_id(found, feature)
    parts = ("collections", identifier, "items", feature)
    links = [
        *own_links(shown, parts, given.items(), GEOJSON),
        link(ogc_urls.ogc_url("collections", identifier), "collection", found.title),
    ]
    if shown == "html":
        return html_response(
            "item.html",
            links,
            collection=found,
            id=feature,
            identifier=each.table.ids[row],
            properties=each.properties(row),
        )
    text = ogc_select.written(each, row, reference)
    return _geojson([f'{text[:-1]},"links":{dumps(links)}}}'], links, reference)


def _asked(given: dict[str, str], found: Collection) -> ogc_query.Asked:
    try:
        return ogc_query.read(given, found)
    except FilterError as error:
        detail = Message(
            "The filter cannot be read at column {column}: {reason}.",
            column=error.column,
            reason=error.message,
        )
        raise HttpError(problem(HTTPStatus.BAD_REQUEST, detail)) from None


def _page_links(
    parts: Sequence[str], given: dict[str, str], asked: ogc_query.Asked, matched: int, kind: str
) -> Iterator[Link]:
    """Yield the links to the pages after and before this one, with all that it was asked with."""
    kept = [(name, value) for name, value in given.items() if name not in ("offset", "limit")]
    places = {"next": asked.offset + asked.limit, "prev": max(0, asked.offset - asked.limit)}
    titles = {"next": _("Next page"), "prev": _("Previous page")}
    there = {"next": places["next"] < matched, "prev": asked.offset > 0}
    for rel, offset in places.items():
        if there[rel]:
            query = [*kept, ("limit", str(asked.limit)), ("offset", str(offset))]
            yield link(ogc_urls.ogc_url(*parts, query=query), rel, titles[rel], kind)


def _features(
    rows: Iterable[tuple[ogc_select.Slice, int]], reference: crs.Reference
) -> Iterator[str]:
    for number, (each, row) in enumerate(rows):
        yield ("," if number else "") + ogc_select.written(each, row, reference)


def _geojson(body: Iterable[str], links: Sequence[Link], reference: crs.Reference) -> Response:
    """Answer with GeoJSON as it is written, so that a page of large shapes is never in memory.

    What a release answers to an address never changes but for its time stamp: the entity tag is
    of release and address, and weak.
    """
    # Brotli's memory for a stream is larger than most pages.
    coding = headers.choose_encoding(g.accept_encoding, ("gzip",))
    request.environ["HTTP_ACCEPT_ENCODING"] = coding or "identity"
    response = Response(body, content_type=GEOJSON)
    named = f"{__version__} {release().id} {links[0]['href']}"
    response.set_etag(headers.etag(named.encode()), weak=True)
    response.headers["Cache-Control"] = headers.REVALIDATE
    response.headers["Content-Crs"] = f"<{reference.uri}>"
    return with_links(response, links)


def _by_id(found: Collection, feature: str) -> tuple[ogc_select.Slice, int]:
    current = release()
    table = current.layer(found.layer)
    places = ogc_select.Places(table)
    if found.indicator is None:
        return ogc_select.Slice(current, found, places, "", ""), table.row(feature)
    parts = split_feature_id(feature)
    if parts and parts[1] in found.periods and parts[2] in found.groups and parts[0] in table.index:
        identifier, period, group = parts
        return ogc_select.Slice(current, found, places, period, group), table.row(identifier)
    group = default_groups(found)[0]
    known = [feature_id(each, str(found.default_period), group) for each in table.ids]
    kind = Message("feature in {collection}", collection=found.id)
    raise UnknownNameError(kind, feature, known)
