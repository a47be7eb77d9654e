"""The definition of the OGC API as an OpenAPI 3.0 document. Knows no framework."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mapsvc import __version__
from mapsvc.language import DEFAULT, LANGUAGES, N_, _
from mapsvc.web import crs, ogc_query, tilematrix
from mapsvc.web.errors import PROBLEM_JSON
from mapsvc.web.ogc_collections import INTEGER, NUMBER, Collection, Field

_PROBLEMS = {
    "400": N_("A parameter is not known, or its value is not valid."),
    "404": N_("There is nothing at this address."),
    "406": N_("The Accept header takes none of the formats that there are."),
}
_MVT = "application/vnd.mapbox-vector-tile"


def document(title: str, base: str, collections: Iterable[Collection]) -> dict[str, Any]:
    """Return the definition; ``base`` is the absolute address of the landing page."""
    known = list(collections)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": title,
            "version": __version__,
            "description": _(
                "Boundaries and indicators: OGC API Features (Core, GeoJSON, HTML, "
                "CRS, filters in CQL2 text) and OGC API Tiles. Read only, without keys."
            ),
        },
        "servers": [{"url": base}],
        "tags": [
            {"name": "Capabilities", "description": _("What there is")},
            {"name": "Data", "description": _("Features")},
            {"name": "Tiles", "description": _("Vector tiles")},
        ],
        "paths": {
            **dict(_fixed_paths(known)),
            **{path: item for each in known for path, item in _collection_paths(each)},
        },
        "components": {
            "parameters": _parameters(),
            "responses": {
                **{f"Problem{status}": _problem(words) for status, words in _PROBLEMS.items()}
            },
            "schemas": _schemas(),
        },
    }


def _fixed_paths(known: list[Collection]) -> Iterator[tuple[str, Any]]:
    for path, name, words, tag in (
        ("/", "getLandingPage", _("Landing page"), "Capabilities"),
        ("/conformance", "getConformance", _("Conformance classes"), "Capabilities"),
        ("/api", "getDefinition", _("This definition"), "Capabilities"),
        ("/collections", "getCollections", _("The collections"), "Capabilities"),
        ("/tileMatrixSets", "getTileMatrixSets", _("The tile matrix sets"), "Tiles"),
        ("/tiles", "getTilesets", _("The tilesets of all layers together"), "Tiles"),
    ):
        yield path, _get(name, words, tag, [_ref("f"), _ref("lang")])
    scheme = _path_parameter("tileMatrixSetId", _("Tile matrix set"), [tilematrix.ID])
    yield (
        "/tileMatrixSets/{tileMatrixSetId}",
        _get(
            "getTileMatrixSet", _("A tile matrix set"), "Tiles", [scheme, _ref("f"), _ref("lang")]
        ),
    )
    yield (
        "/tiles/{tileMatrixSetId}",
        _get(
            "getTileset",
            _("The tileset of all layers together"),
            "Tiles",
            [scheme, _ref("f"), _ref("lang")],
        ),
    )
    yield (
        "/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}",
        _tile("getTile", _("A tile with all layers"), [scheme, *_place()]),
    )


def _collection_paths(each: Collection) -> Iterator[tuple[str, Any]]:
    base = f"/collections/{each.id}"
    name = "".join(part.title() for part in each.id.replace(".", "-").replace("_", "-").split("-"))
    filters = [_query_parameter(key, field) for key, field in each.fields.items()]
    shared = [
        _ref(key) for key in ("f", "lang", "limit", "offset", "bbox", "bboxCrs", "datetime", "crs")
    ]
    filtering = [_ref(key) for key in ("filter", "filterLang", "filterCrs")]
    features = [*shared, *filtering, *filters]
    identifier = _path_parameter("featureId", _("Id of the feature"))
    yield base, _get(f"describe{name}", each.title, "Capabilities", [_ref("f"), _ref("lang")])
    yield (
        f"{base}/queryables",
        _get(
            f"queryables{name}",
            _("{title}: queryables").format(title=each.title),
            "Data",
            [_ref("f"), _ref("lang")],
        ),
    )
    yield f"{base}/items", _geojson(f"items{name}", each.title, features, "FeatureCollection")
    yield (
        f"{base}/items/{{featureId}}",
        _geojson(
            f"item{name}",
            _("{title}: one").format(title=each.title),
            [identifier, _ref("f"), _ref("lang"), _ref("crs")],
            "Feature",
        ),
    )
    scheme = _path_parameter("tileMatrixSetId", _("Tile matrix set"), [tilematrix.ID])
    chosen = [] if each.indicator is None else [_ref("datetime")]
    chosen += [_query_parameter(key, each.fields[key]) for key in ("period", "group") if chosen]
    yield (
        f"{base}/tiles",
        _get(
            f"tilesets{name}",
            _("{title}: tilesets").format(title=each.title),
            "Tiles",
            [_ref("f"), _ref("lang"), *chosen],
        ),
    )
    yield (
        f"{base}/tiles/{{tileMatrixSetId}}",
        _get(
            f"tileset{name}",
            _("{title}: tileset").format(title=each.title),
            "Tiles",
            [scheme, _ref("f"), _ref("lang"), *chosen],
        ),
    )
    yield (
        f"{base}/tiles/{{tileMatrixSetId}}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}",
        _tile(
            f"tile{name}",
            _("{title}: a tile").format(title=each.title),
            [scheme, *_place(), *chosen],
        ),
    )


def _get(name: str, words: str, tag: str, parameters: list[Any]) -> dict[str, Any]:
    content = {
        "application/json": {"schema": {"type": "object"}},
        "text/html": {"schema": {"type": "string"}},
    }
    return _operation(name, words, tag, parameters, content)


def _geojson(name: str, words: str, parameters: list[Any], schema: str) -> dict[str, Any]:
    content = {
        "application/geo+json": {"schema": {"$ref": f"#/components/schemas/{schema}"}},
        "text/html": {"schema": {"type": "string"}},
    }
    return _operation(name, words, "Data", parameters, content)


def _tile(name: str, words: str, parameters: list[Any]) -> dict[str, Any]:
    content = {_MVT: {"schema": {"type": "string", "format": "binary"}}}
    return _operation(name, words, "Tiles", parameters, content)


def _operation(
    name: str, words: str, tag: str, parameters: list[Any], content: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "get": {
            "operationId": name,
            "summary": words,
            "tags": [tag],
            "parameters": parameters,
            "responses": {
                "200": {"description": words, "content": dict(content)},
                **{
                    status: {"$ref": f"#/components/responses/Problem{status}"}
                    for status in _PROBLEMS
                },
            },
        }
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/parameters/{name}"}


def _place() -> list[dict[str, Any]]:
    return [
        _path_parameter(name, words)
        for name, words in (
            ("tileMatrix", _("Zoom")),
            ("tileRow", _("Row, from the north")),
            ("tileCol", _("Column")),
        )
    ]


def _path_parameter(name: str, words: str, values: list[str] | None = None) -> dict[str, Any]:
    schema = {"type": "string", **({"enum": values} if values else {})}
    return {"name": name, "in": "path", "required": True, "description": words, "schema": schema}


def _query_parameter(name: str, field: Field) -> dict[str, Any]:
    kind = field.type if field.type in (NUMBER, INTEGER) else "string"
    schema: dict[str, Any] = {"type": kind}
    if field.values:
        schema["enum"] = list(field.values)
    return _in_query(name, field.title, schema)


def _in_query(name: str, words: str, schema: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": words,
        "schema": dict(schema),
        "style": "form",
        "explode": False,
        **more,
    }


def _parameters() -> dict[str, Any]:
    text = {"type": "string"}
    uri = {
        "type": "string",
        "format": "uri",
        "enum": list(crs.REFERENCES),
        "default": crs.CRS84,
    }
    numbers = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    limit = {
        "type": "integer",
        "minimum": 1,
        "maximum": ogc_query.MOST,
        "default": ogc_query.DEFAULT_LIMIT,
    }
    return {
        "f": _in_query(
            "f", _("Format, before the Accept header"), {**text, "enum": ["json", "html"]}
        ),
        "lang": _in_query(
            "lang",
            _("Language of titles and descriptions"),
            {**text, "enum": list(LANGUAGES), "default": DEFAULT},
        ),
        "limit": _in_query(
            "limit", _("Features of a page; more than the most gives the most"), limit
        ),
        "offset": _in_query(
            "offset", _("Features to leave out"), {"type": "integer", "minimum": 0, "default": 0}
        ),
        "bbox": _in_query("bbox", _("Features that share a point with this box"), numbers),
        "bboxCrs": _in_query("bbox-crs", _("Reference system of bbox"), uri),
        "datetime": _in_query(
            "datetime",
            _(
                "Instant or interval of RFC 3339, with .. for an open end: periods that share a "
                "day with it. Without it, and without period, the default period."
            ),
            text,
        ),
        "crs": _in_query("crs", _("Reference system of the answer"), uri),
        "filter": _in_query("filter", _("A filter in CQL2 text"), text),
        "filterLang": _in_query(
            "filter-lang", _("Language of filter"), {**text, "enum": [ogc_query.FILTER_LANGUAGE]}
        ),
        "filterCrs": _in_query("filter-crs", _("Reference system of geometry in filter"), uri),
    }


def _problem(words: str) -> dict[str, Any]:
    content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": _(words), "content": content}


def _schemas() -> dict[str, Any]:
    text, count = {"type": "string"}, {"type": "integer", "minimum": 0}
    link = {
        "type": "object",
        "required": ["href", "rel"],
        "properties": {"href": text, "rel": text, "type": text, "title": text},
    }
    links = {"type": "array", "items": {"$ref": "#/components/schemas/Link"}}
    feature = {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": text,
            "geometry": {"type": "object", "nullable": True},
            "properties": {"type": "object"},
            "links": links,
        },
    }
    return {
        "Link": link,
        "Feature": feature,
        "FeatureCollection": {
            "type": "object",
            "required": ["type", "features"],
            "properties": {
                "type": {"type": "string", "enum": ["FeatureCollection"]},
                "features": {"type": "array", "items": {"$ref": "#/components/schemas/Feature"}},
                "links": links,
                "timeStamp": {"type": "string", "format": "date-time"},
                "numberMatched": count,
                "numberReturned": count,
            },
        },
        "Problem": {
            "type": "object",
            "required": ["type", "title", "status", "detail"],
            "properties": {
                "type": text,
                "title": text,
                "status": {"type": "integer"},
                "detail": text,
                "known": {"type": "array", "items": text},
            },
        },
    }
