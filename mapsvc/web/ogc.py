"""The OGC API: landing page, conformance, definition, collections and their queryables."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from mapsvc.language import _
from mapsvc.web import crs, ogc_openapi, ogc_urls, tilematrix, urls
from mapsvc.web.answers import page_parameters
from mapsvc.web.app import absolute_url, release
from mapsvc.web.ogc_answers import (
    GEOJSON,
    HTML,
    JSON,
    OPENAPI_JSON,
    SCHEMA_JSON,
    Link,
    collection,
    form,
    html_response,
    json_response,
    link,
    own_links,
)
from mapsvc.web.ogc_collections import INTEGER, NUMBER, Collection, Field, collections

bp = Blueprint("ogc", __name__)

_CLASSES = {
    "ogcapi-common-1/1.0": ("core", "landing-page", "json", "html", "oas30"),
    "ogcapi-common-2/1.0": ("collections",),
    "ogcapi-features-1/1.0": ("core", "geojson", "html", "oas30"),
    "ogcapi-features-2/1.0": ("crs",),
    "ogcapi-features-3/1.0": (
        "queryables",
        "queryables-query-parameters",
        "filter",
        "features-filter",
    ),
    "cql2/1.0": (
        "cql2-text",
        "basic-cql2",
        "advanced-comparison-operators",
        "case-insensitive-comparison",
        "basic-spatial-functions",
        "basic-spatial-functions-plus",
        "property-property",
    ),
    "ogcapi-tiles-1/1.0": (
        "core",
        "tileset",
        "tilesets-list",
        "dataset-tilesets",
        "geodata-tilesets",
        "mvt",
        "oas30",
    ),
    "tms/2.0": ("tilematrixset", "json-tilematrixset", "json-tilesetmetadata"),
}
CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/{standard}/conf/{name}"
    for standard, names in _CLASSES.items()
    for name in names
)
"""The conformance classes of the standards, as URIs."""

_QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
_GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"


@bp.get("/ogc/")
def landing() -> Response:
    """Say what there is, with links to all of it."""
    shown = form(page_parameters("f").get("f"))
    links = [
        *own_links(shown, ()),
        link(
            ogc_urls.ogc_url("api", query=[("f", "json")]),
            "service-desc",
            _("Definition"),
            OPENAPI_JSON,
        ),
        link(
            ogc_urls.ogc_url("api", query=[("f", "html")]), "service-doc", _("Documentation"), HTML
        ),
        link(ogc_urls.ogc_url("conformance"), "conformance", _("What this API conforms to")),
        link(ogc_urls.ogc_url("collections"), "data", _("Collections")),
        link(ogc_urls.ogc_url("tiles"), tilematrix.TILESETS, _("Vector tiles of all layers")),
        link(ogc_urls.ogc_url("tileMatrixSets"), tilematrix.SCHEMES, _("Tile matrix sets")),
    ]
    title = release().catalogue["title"]
    description = _("Boundaries and indicators as features and as vector tiles.")
    if shown == "html":
        known = collections(release()).values()
        return html_response(
            "landing.html",
            links,
            description=description,
            layers=[each for each in known if each.indicator is None],
            indicators=[each for each in known if each.indicator is not None],
        )
    return json_response({"title": title, "description": description, "links": links}, links)


@bp.get("/ogc/conformance")
def conformance() -> Response:
    """List the conformance classes."""
    shown = form(page_parameters("f").get("f"))
    links = own_links(shown, ("conformance",))
    if shown == "html":
        return html_response("conformance.html", links, classes=CONFORMANCE)
    return json_response({"conformsTo": CONFORMANCE, "links": links}, links)


@bp.get("/ogc/api")
def api() -> Response:
    """Give the definition of this API (OpenAPI 3.0), or a page of it."""
    shown = form(page_parameters("f").get("f"), OPENAPI_JSON)
    known = collections(release())
    base = absolute_url(ogc_urls.ogc_url()).rstrip("/")
    document = ogc_openapi.document(release().catalogue["title"], base, known.values())
    links = own_links(shown, ("api",), media_type=OPENAPI_JSON)
    if shown == "html":
        return html_response("api.html", links, document=document)
    return json_response(document, links, OPENAPI_JSON)


@bp.get("/ogc/collections")
def list_collections() -> Response:
    """List the collections."""
    shown = form(page_parameters("f").get("f"))
    known = collections(release())
    links = own_links(shown, ("collections",))
    if shown == "html":
        return html_response("collections.html", links, collections=known.values())
    document = {
        "links": links,
        "crs": list(crs.REFERENCES),
        "collections": [_described(each) for each in known.values()],
    }
    return json_response(document, links)


@bp.get("/ogc/collections/<identifier>")
def describe(identifier: str) -> Response:
    """Describe a collection."""
    shown = form(page_parameters("f").get("f"))
    found = collection(identifier)
    links = [*own_links(shown, ("collections", identifier)), *_links(found)]
    if shown == "html":
        info = release().layer_info(found.layer)
        references = crs.REFERENCES.values()
        return html_response(
            "collection.html", links, collection=found, info=info, references=references
        )
    return json_response({**_described(found), "links": links}, links)


@bp.get("/ogc/collections/<identifier>/queryables")
def queryables(identifier: str) -> Response:
    """Give the schema of what features can be asked for by."""
    shown = form(page_parameters("f").get("f"), SCHEMA_JSON)
    found = collection(identifier)
    parts = ("collections", identifier, "queryables")
    links = own_links(shown, parts, media_type=SCHEMA_JSON)
    if shown == "html":
        return html_response("queryables.html", links, collection=found)
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": absolute_url(ogc_urls.ogc_url(*parts)),
        "type": "object",
        "title": found.title,
        "description": found.description,
        "properties": {
            **{name: schema(field) for name, field in found.fields.items()},
            "geometry": {"title": _("Geometry"), "format": "geometry-any"},
        },
        "additionalProperties": False,
    }
    return json_response(document, links, SCHEMA_JSON)


def schema(field: Field) -> dict[str, Any]:
    """Return the JSON schema of a property."""
    kind = field.type if field.type in (NUMBER, INTEGER) else "string"
    return {
        "title": field.title,
        "type": kind,
        **({"format": field.type} if kind != field.type and field.type != "text" else {}),
        **({"enum": list(field.values)} if field.values else {}),
    }


def _described(found: Collection) -> dict[str, Any]:
    first, last = found.dates
    temporal = {
        "temporal": {
            "interval": [
                [first and f"{first}T00:00:00Z", last and f"{last}T23:59:59Z"],
            ],
            "trs": _GREGORIAN,
        }
    }
    return {
        "id": found.id,
        "title": found.title,
        "description": found.description,
        "itemType": "feature",
        "extent": {
            "spatial": {"bbox": [found.bounds], "crs": crs.CRS84},
            **(temporal if first or last else {}),
        },
        "crs": list(crs.REFERENCES),
        "storageCrs": crs.CRS84,
        "links": [
            link(ogc_urls.ogc_url("collections", found.id), "self", found.title),
            *_links(found),
        ],
    }


def _links(found: Collection) -> list[Link]:
    parts = ("collections", found.id)
    items = [
        link(
            ogc_urls.ogc_url(*parts, "items", query=[("f", each)]),
            "items",
            _("Features as {name}").format(name=name),
            kind,
        )
        for each, name, kind in (("json", "GeoJSON", GEOJSON), ("html", "HTML", HTML))
    ]
    page = urls.map_url(found.indicator) if found.indicator else urls.portal_url()
    return [
        *items,
        link(ogc_urls.ogc_url(*parts, "queryables"), _QUERYABLES, _("Queryables"), SCHEMA_JSON),
        link(ogc_urls.ogc_url(*parts, "tiles"), tilematrix.TILESETS, _("Vector tiles"), JSON),
        link(
            page,
            "describedby",
            _("Map, method and sources") if found.indicator else _("Data"),
            HTML,
        ),
    ]
