"""The application factory: every concern of the service put together, on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, cast

from flask import Flask, Response, abort, current_app, g, request
from flask_compress import Compress

from mapsvc.language import language
from mapsvc.maps import widget
from mapsvc.release.reader import Release
from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.web import (
    assets,
    compare_urls,
    embed_urls,
    errors,
    headers,
    languages,
    ogc_urls,
    picture_urls,
    style_urls,
    urls,
)
from mapsvc.web.files import Files
from mapsvc.web.front import FAULT, PINNED, RELEASE, Front
from mapsvc.web.scripts import script_messages
from mapsvc.web.tiles import Tiles
from mapsvc.web.turns import Turns

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_CODINGS = ("br", "zstd", "gzip")
_COMPRESSED = (
    "application/geo+json",
    "application/json",
    errors.PROBLEM_JSON,
    "image/svg+xml",
    "text/csv",
    "text/html",
    "text/javascript",
    "text/plain",
)

PAGES_AT_ONCE = 2
"""In a process. One would do for speed; with two, a page that is quick does not wait for a slow
one."""


def create_app(current: CurrentRelease, settings: Settings, tiles: Tiles) -> Flask:
    """Return the Flask application that serves the pages and the API of the current release."""
    from mapsvc.web import (
        api,
        arcgis,
        compare,
        coverage,
        denominators,
        differences,
        embed,
        embedding,
        finding,
        health,
        inspector,
        ledger,
        methods,
        ogc,
        ogc_features,
        ogc_tiles,
        pages,
        pictures,
        places,
        profile,
        reporting,
        styles,
        views,
    )

    app = Flask(__name__, static_folder=None)
    app.config.update(
        CURRENT_RELEASE=current,
        SETTINGS=settings,
        TILES=tiles,
        COMPRESS_MIMETYPES=list(_COMPRESSED),
        COMPRESS_ALGORITHM=list(_CODINGS),
        COMPRESS_ALGORITHM_STREAMING=list(_CODINGS),
        COMPRESS_BR_LEVEL=5,
        COMPRESS_EVALUATE_CONDITIONAL_REQUEST=False,
    )
    app.url_map.merge_slashes = False
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # of the default provider
    app.before_request(_settle_encoding)
    app.after_request(_finish)  # runs after what is registered below it: last
    Compress(app)
    errors.init_app(app)
    languages.init_app(app)
    for blueprint in (
        pictures.bp,
        pages.bp,
        profile.bp,
        methods.bp,
        embed.bp,
        embedding.bp,
        api.bp,
        compare.bp,
        denominators.bp,
        differences.bp,
        health.bp,
        ledger.bp,
        coverage.bp,
        reporting.bp,
        styles.bp,
        arcgis.bp,
        inspector.bp,
        ogc.bp,
        ogc_features.bp,
        ogc_tiles.bp,
        finding.bp,
        places.bp,
        views.bp,
    ):
        app.register_blueprint(blueprint)
    app.add_url_rule("/static/<path:name>", "static", _no_file)
    for name in _ADDRESSES:
        app.add_template_global(getattr(urls, name), name)
    for build in (
        embed_urls.builder_url,
        embed_urls.oembed_url,
        embed_urls.ready_url,
        ogc_urls.ogc_url,
        picture_urls.picture_url,
        picture_urls.series_picture_url,
        compare_urls.api_places_url,
        compare_urls.choose_url,
        compare_urls.places_url,
        style_urls.arcgis_url,
        style_urls.style_url,
    ):
        app.add_template_global(build)
    app.add_template_global(assets.static_url, "static_url")
    app.add_template_global(absolute_url, "absolute_url")
    app.add_template_global(embed_urls.newest)
    app.add_template_global(script_messages)
    app.add_template_global(widget.names, "view_names")
    return app


_ADDRESSES = (
    "api_coverage_url",
    "api_jurisdiction_url",
    "api_ledger_url",
    "api_url",
    "citation_url",
    "column_url",
    "compare_url",
    "coverage_url",
    "data_url",
    "dataset_url",
    "denominators_url",
    "embed_url",
    "home_url",
    "jurisdiction_url",
    "ledger_url",
    "map_url",
    "method_url",
    "pmtiles_url",
    "portal_url",
    "report_url",
    "search_url",
    "tile_template",
    "tilejson_url",
    "tiles_page_url",
)
"""The functions of ``urls`` that templates may call."""


def create_wsgi(current: CurrentRelease, settings: Settings) -> WSGIApplication:
    """Return what a server runs: the tiles first, and behind them the application of the pages."""
    from mapsvc.web.arcgis import ArcgisTiles

    tiles = Tiles(settings.tile_cache_mb * 500_000)
    pages = Turns(create_app(current, settings, tiles), PAGES_AT_ONCE)
    return ArcgisTiles(Front(current, settings, Files(settings, pages), tiles))


def release() -> Release:
    """Return the release of this request, in its language: the same from first line to last."""
    if FAULT in request.environ:
        raise request.environ[FAULT]
    found = cast("Release", request.environ[RELEASE])
    return found.in_language(language())


def tiles() -> Tiles:
    """Return what makes the tiles, for the addresses that other services have for them."""
    return cast("Tiles", current_app.config["TILES"])


def settings() -> Settings:
    """Return the settings of the service."""
    return cast("Settings", current_app.config["SETTINGS"])


def absolute_url(address: str) -> str:
    """Return an address of the service with scheme and host, as configured or as asked for.

    Raises BadParameterError where the Host header is no host.
    """
    return urls.absolute(headers.origin(request.environ, settings().public_url), address)


def _settle_encoding() -> None:
    """Leave one content coding in the request, weighed as the standard says.

    Flask-Compress would choose a coding that the client refuses with ``q=0``.
    """
    accept = g.accept_encoding = request.environ.get("HTTP_ACCEPT_ENCODING", "")
    coding = headers.choose_encoding(accept, _CODINGS)
    request.environ["HTTP_ACCEPT_ENCODING"] = coding or "identity"


def _finish(response: Response) -> Response:
    for name, value in _page_headers(request.path):
        response.headers.setdefault(name, value)
    if headers.is_public_data(request.path):
        response.headers.extend(headers.CORS)
        if request.method == "OPTIONS":
            response.headers.extend(headers.PREFLIGHT)
    response.headers.setdefault("Cache-Control", headers.REVALIDATE)
    if PINNED in request.environ and response.headers["Cache-Control"] == headers.REVALIDATE:
        response.headers["Cache-Control"] = headers.IMMUTABLE
    if response.status_code == 200 and response.headers.get("ETag"):
        response.make_conditional(request)
    return response


def _page_headers(path: str) -> headers.Headers:
    given = settings()
    origins = [origin for each in given.basemap for origin in each.origins]
    return headers.page_headers(path, given.embed_origins, origins)


def _no_file(name: str) -> NoReturn:
    """Answer what ``Files`` has not: there is no such file, or it is not to be written."""
    abort(404)
