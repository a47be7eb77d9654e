"""Vector tiles under the addresses of OGC API Tiles: tilesets, tile matrix sets, and the tiles.

A tile of a collection has the bytes of the same tile under ``/tiles/``. The tiles of the dataset
have the layers of every collection of boundaries.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, g

from mapsvc.errors import UnknownNameError
from mapsvc.language import Message, _
from mapsvc.web import crs, headers, ogc_query, ogc_urls, tilematrix
from mapsvc.web.answers import page_parameters, parameters
from mapsvc.web.app import release, tiles
from mapsvc.web.coding import CODINGS, IDENTITY, Coded, encoded, plain
from mapsvc.web.errors import HttpError, problem
from mapsvc.web.ogc_answers import (
    Link,
    collection,
    form,
    html_response,
    json_response,
    link,
    own_links,
)
from mapsvc.web.ogc_collections import Collection, collections, days, default_groups
from mapsvc.web.sending import NOT_ACCEPTABLE
from mapsvc.web.tiles import MVT, View, number
from mapsvc.web.tilesets import source_layers

bp = Blueprint("ogc_tiles", __name__)

_TYPES = {"String": "string", "Number": "number", "Boolean": "boolean"}


@bp.get("/ogc/tileMatrixSets")
def tile_matrix_sets() -> Response:
    """List the tile matrix sets."""
    shown = form(page_parameters("f").get("f"))
    links = own_links(shown, ("tileMatrixSets",))
    entry = {
        "id": tilematrix.ID,
        "title": tilematrix.TITLE,
        "uri": tilematrix.URI,
        "crs": crs.EPSG_3857,
        "links": [
            link(ogc_urls.ogc_url("tileMatrixSets", tilematrix.ID), "self", tilematrix.TITLE)
        ],
    }
    if shown == "html":
        return html_response("schemes.html", links, schemes=[entry])
    return json_response({"tileMatrixSets": [entry], "links": links}, links)


@bp.get("/ogc/tileMatrixSets/<scheme>")
def tile_matrix_set(scheme: str) -> Response:
    """Define a tile matrix set."""
    shown = form(page_parameters("f").get("f"))
    _check_scheme(scheme)
    links = own_links(shown, ("tileMatrixSets", scheme))
    document = tilematrix.document()
    if shown == "html":
        return html_response("scheme.html", links, scheme=document)
    return json_response({**document, "links": links}, links)


@bp.get("/ogc/tiles")
def dataset_tilesets() -> Response:
    """List the tilesets of all layers together."""
    return _tilesets(None, page_parameters("f"))


@bp.get("/ogc/tiles/<scheme>")
def dataset_tileset(scheme: str) -> Response:
    """Describe the tileset of all layers together."""
    return _tileset(None, scheme, page_parameters("f"))


@bp.get("/ogc/tiles/<scheme>/<matrix>/<row>/<column>")
def dataset_tile(scheme: str, matrix: str, row: str, column: str) -> Response:
    """Give a tile with the layers of every collection of boundaries."""
    _check_tile_form(parameters("f"))
    _check_scheme(scheme)
    infos = release().catalogue["layers"]
    found = [
        _content(View(info["key"]), matrix, column, row)
        for info in infos
        if matrix not in _ZOOMS or info["min_zoom"] <= int(matrix) <= info["max_zoom"]
    ]
    if not found:
        _content(View(infos[0]["key"]), matrix, column, row)
    # Tiles whose layers have different names are one tile when put end to end.
    body = b"".join(plain(each) for each in found if each is not None)
    return _tile_response(Coded(body) if body else None)


@bp.get("/ogc/collections/<identifier>/tiles")
def tilesets(identifier: str) -> Response:
    """List the tilesets of a collection."""
    found = collection(identifier)
    return _tilesets(found, page_parameters("f", *_choices(found)))


@bp.get("/ogc/collections/<identifier>/tiles/<scheme>")
def tileset(identifier: str, scheme: str) -> Response:
    """Describe the tileset of a collection."""
    found = collection(identifier)
    return _tileset(found, scheme, page_parameters("f", *_choices(found)))


@bp.get("/ogc/collections/<identifier>/tiles/<scheme>/<matrix>/<row>/<column>")
def tile(identifier: str, scheme: str, matrix: str, row: str, column: str) -> Response:
    """Give a tile of a collection; an indicator's in one period and group."""
    found = collection(identifier)
    given = parameters("f", *_choices(found))
    _check_tile_form(given)
    _check_scheme(scheme)
    return _tile_response(_content(_view(found, given), matrix, column, row))


def _content(view: View, zoom: str, column: str, row: str) -> Coded | None:
    """Return a tile, None where it is empty."""
    z, x, y = (number(text) for text in (zoom, column, row))
    return tiles().tile(release(), view, z, x, y)


def _tile_response(content: Coded | None) -> Response:
    """Answer with a tile; one that is empty has no body, and status 200 as its test suite wants."""
    if content is None:
        response = Response(b"", content_type=MVT)
    else:
        coding = headers.choose_encoding(g.accept_encoding, CODINGS)
        if coding is None:
            raise HttpError(NOT_ACCEPTABLE)
        body = encoded(content, coding)
        response = Response(body, content_type=MVT)
        if coding != IDENTITY:
            response.headers["Content-Encoding"] = coding
        response.set_etag(headers.etag(body))
    response.headers["Cache-Control"] = headers.REVALIDATE
    response.vary.add("Accept-Encoding")
    return response


def _choices(found: Collection) -> tuple[str, ...]:
    return () if found.indicator is None else ("datetime", "period", "group")


def _view(found: Collection, given: Mapping[str, str]) -> View:
    """Return whose tiles the parameters ask for."""
    if found.indicator is None:
        return View(found.layer)
    query = ogc_query.selection(given, found)
    group = str(query.equal.get("group", default_groups(found)[0]))
    return View(found.layer, found.indicator, _period(found, given, query.span), group)


def _period(found: Collection, given: Mapping[str, str], span: tuple[str, str] | None) -> str:
    """Return the one period of a tile: named, or of exactly these days, or the shortest and latest.

    Raises UnknownNameError where no period has any of the days.
    """
    if "period" in given:
        return given["period"]
    if span is None:
        return str(found.default_period)
    first, last = span
    meeting = [each for each in found.periods if days(each)[0] <= last and days(each)[1] >= first]
    if not meeting:
        kind = Message("period of {collection}", collection=found.id)
        raise UnknownNameError(kind, "/".join(span), found.periods)
    exact = [each for each in meeting if days(each) == span]
    return (exact or sorted(meeting, key=lambda each: (-len(each), each)))[-1]


def _tilesets(found: Collection | None, given: Mapping[str, str]) -> Response:
    shown = form(given.get("f"))
    parts = _parts(found)
    links = own_links(shown, parts, given.items())
    kept = [(name, value) for name, value in given.items() if name != "f"]
    entry = {
        "title": found.title if found else str(release().catalogue["title"]),
        "dataType": "vector",
        "crs": crs.EPSG_3857,
        "tileMatrixSetURI": tilematrix.URI,
        "links": [
            link(ogc_urls.ogc_url(*parts, tilematrix.ID, query=kept), "self", _("Tileset")),
            *_tile_links(parts, kept),
        ],
    }
    if shown == "html":
        address = ogc_urls.ogc_url(*parts, tilematrix.ID, query=kept)
        return html_response("tilesets.html", links, tileset=entry, address=address, of=found)
    return json_response({"tilesets": [entry], "links": links}, links)


def _tileset(found: Collection | None, scheme: str, given: Mapping[str, str]) -> Response:
    shown = form(given.get("f"))
    _check_scheme(scheme)
    parts = _parts(found)
    if found is not None:
        _view(found, given)
    kept = [(name, value) for name, value in given.items() if name != "f"]
    links = [*own_links(shown, (*parts, scheme), given.items()), *_tile_links(parts, kept)]
    infos = [
        info for info in release().catalogue["layers"] if not found or info["key"] == found.layer
    ]
    known = collections(release())
    least = min(info["min_zoom"] for info in infos)
    most = max(info["max_zoom"] for info in infos)
    boxes = [known[info["key"]].bounds for info in infos]
    bounds = (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
    document = {
        "title": found.title if found else str(release().catalogue["title"]),
        "description": found.description if found else _("The boundaries of every layer."),
        "dataType": "vector",
        "crs": crs.EPSG_3857,
        "tileMatrixSetURI": tilematrix.URI,
        "boundingBox": _bounding_box(bounds),
        "tileMatrixSetLimits": tilematrix.limits(bounds, least, most),
        "layers": [
            layer for info in infos for layer in _layers(info, known[info["key"]].bounds, found)
        ],
        "links": links,
    }
    if shown == "html":
        return html_response("tileset.html", links, tileset=document, of=found)
    return json_response(document, links)


def _layers(
    info: Mapping[str, Any], bounds: tuple[float, float, float, float], found: Collection | None
) -> list[dict[str, Any]]:
    view = View(info["key"])
    if found is not None and found.indicator is not None:
        view = View(info["key"], found.indicator, str(found.default_period))
    polygons, labels = source_layers(release(), view)
    return [
        {
            "id": each["id"],
            "title": title,
            "dataType": "vector",
            "geometryDimension": dimension,
            "crs": crs.EPSG_3857,
            "minTileMatrix": str(info["min_zoom"]),
            "maxTileMatrix": str(info["max_zoom"]),
            "boundingBox": _bounding_box(bounds),
            "propertiesSchema": {
                "type": "object",
                "properties": {
                    name: {"type": _TYPES[kind]} for name, kind in each["fields"].items()
                },
            },
        }
        for each, title, dimension in (
            (polygons, info["title"], 2),
            (labels, _("{title}: label points").format(title=info["title"]), 0),
        )
    ]


def _bounding_box(bounds: tuple[float, float, float, float]) -> dict[str, Any]:
    west, south, east, north = bounds
    return {"lowerLeft": [west, south], "upperRight": [east, north], "crs": crs.CRS84}


def _parts(found: Collection | None) -> tuple[str, ...]:
    return ("tiles",) if found is None else ("collections", found.id, "tiles")


def _tile_links(parts: tuple[str, ...], kept: list[tuple[str, str]]) -> list[Link]:
    scheme = ogc_urls.ogc_url("tileMatrixSets", tilematrix.ID)
    template = ogc_urls.ogc_tile_template(*parts, tilematrix.ID, query=kept)
    return [
        link(scheme, tilematrix.SCHEME, tilematrix.TITLE),
        link(template, "item", _("Tiles (Mapbox Vector Tiles)"), MVT, templated=True),
        *(
            []
            if len(parts) == 1
            else [link(ogc_urls.ogc_url(*parts[:2]), tilematrix.GEODATA, _("Collection"))]
        ),
    ]


def _check_scheme(scheme: str) -> None:
    if scheme != tilematrix.ID:
        raise UnknownNameError("tile matrix set", scheme, (tilematrix.ID,))


def _check_tile_form(given: Mapping[str, str]) -> None:
    if given.get("f", "mvt") != "mvt":
        detail = Message("f={form} is not valid: tiles are mvt.", form=repr(given["f"][:80]))
        raise HttpError(problem(HTTPStatus.BAD_REQUEST, detail, ("mvt",)))


_ZOOMS = frozenset(str(zoom) for zoom in range(tilematrix.DEEPEST + 1))
