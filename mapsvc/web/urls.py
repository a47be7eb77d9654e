"""Every address of the service, built in one place. Each part is quoted; nothing else builds one.

Addresses begin with a slash. ``absolute`` puts the public address before one. That of a page says
which language is spoken, where it is not the one by default; that of data does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.parse import quote, urlencode

from mapsvc.language import DEFAULT, language

TILE = "{z}/{x}/{y}.mvt"
"""The end of a tile address, as templates of tiles are written everywhere."""


_ID = "{id}"

_prefix: ContextVar[str] = ContextVar("prefix", default="")


@contextmanager
def below(prefix: str) -> Iterator[None]:
    """Begin every address that is built in the block with ``prefix``, except static files'.

    >>> with below("/r/0123456789ab"):
    ...     map_url("arrest-rate")
    '/r/0123456789ab/maps/arrest-rate'
    """
    token = _prefix.set(prefix)
    try:
        yield
    finally:
        _prefix.reset(token)


def pinned_prefix(release: str) -> str:
    """Return what goes before an address so that it stays with one release.

    >>> pinned_prefix("0123456789ab")
    '/r/0123456789ab'
    """
    return f"/r/{quote(release, safe='')}"


def absolute(base: str, address: str) -> str:
    """Return an address below ``base``, the scheme and host without a slash at the end.

    >>> absolute("https://maps.example", "/data")
    'https://maps.example/data'
    """
    return base + address


def home_url() -> str:
    """Return the address of the catalogue page."""
    return _page(("",))


def map_url(
    indicator: str,
    layer: str | None = None,
    period: str | None = None,
    group: str | None = None,
    *,
    jurisdiction: str | None = None,
    show: str | None = None,
    denominator: str | None = None,
    **query: str | None,
) -> str:
    """Return the address of a map page; what is None is left to its default.

    ``show`` is ``reporting`` for the map of who reported; ``query`` may have classes and palette.

    >>> map_url("arrest-rate", period="2014", denominator="publisher")
    '/maps/arrest-rate?period=2014&denominator=publisher'
    """
    view = {"layer": layer, "period": period, "group": group, "denominator": denominator}
    return _page(("maps", indicator), **view, jurisdiction=jurisdiction, show=show, **query)


def method_url(
    indicator: str,
    layer: str | None = None,
    period: str | None = None,
    group: str | None = None,
    jurisdiction: str | None = None,
    denominator: str | None = None,
) -> str:
    """Return the address of the page that works an indicator out, for the place that is named.

    >>> method_url("arrest-rate", jurisdiction="06001")
    '/maps/arrest-rate/method?jurisdiction=06001'
    """
    view = {"layer": layer, "period": period, "group": group, "denominator": denominator}
    return _page(("maps", indicator, "method"), **view, jurisdiction=jurisdiction)


def citation_url(indicator: str, form: str) -> str:
    """Return the address of an indicator's citation; ``form`` is bib (BibTeX) or json (CSL).

    >>> citation_url("arrest-rate", "bib")
    '/maps/arrest-rate/citation.bib'
    """
    return _page(("maps", indicator, f"citation.{form}"))


def embed_url(
    indicator: str,
    layer: str | None = None,
    period: str | None = None,
    group: str | None = None,
    denominator: str | None = None,
    **query: str | None,
) -> str:
    """Return the address of a widget: a map for the frame of another site.

    ``query`` may have jurisdiction and show, as a map page's, and theme.

    >>> embed_url("arrest-rate", period="2014", theme="dark")
    '/embed/arrest-rate?period=2014&theme=dark'
    """
    view = {"layer": layer, "period": period, "group": group, "denominator": denominator}
    return _page(("embed", indicator), **view, **query)


def jurisdiction_url(layer: str, identifier: str) -> str:
    """Return the address of a jurisdiction's page."""
    return _page(("jurisdictions", layer, identifier))


def jurisdiction_template(layer: str) -> str:
    """Return the template of the addresses of a layer's jurisdictions' pages, with ``{id}``.

    >>> jurisdiction_template("counties")
    '/jurisdictions/counties/{id}'
    """
    return jurisdiction_url(layer, _ID).replace(quote(_ID), _ID)


def ledger_url(layer: str | None = None, year: str | None = None) -> str:
    """Return the address of the account of jurisdictions: what adds up, who polices what."""
    return _page(("jurisdictions",), layer=layer, year=year)


def coverage_url(dataset: str, year: str | None = None) -> str:
    """Return the address of the account of who reported to a dataset, and who did not.

    >>> coverage_url("arrests", year="2014")
    '/data/arrests/coverage?year=2014'
    """
    return _page(("data", dataset, "coverage"), year=year)


def portal_url() -> str:
    """Return the address of the list of datasets."""
    return _page(("data",))


def dataset_url(dataset: str) -> str:
    """Return the address of a dataset's page."""
    return _page(("data", dataset))


def data_url(name: str) -> str:
    """Return the address of a published file, named as in a release's manifest.

    >>> data_url("data/arrests/arrests.csv")
    '/data/arrests/arrests.csv'
    """
    return _join(tuple(name.split("/")))


def tile_template(
    layer: str,
    indicator: str | None = None,
    period: str | None = None,
    group: str | None = None,
    denominator: str | None = None,
) -> str:
    """Return the template of a layer's tiles: geometry alone, or with an indicator's attributes.

    ``context`` is the layer of the ground under the map. ``{z}``, ``{x}`` and ``{y}`` stay as such.

    >>> tile_template("counties", "arrest-rate", "2014", group="black")
    '/tiles/counties/arrest-rate/2014/{z}/{x}/{y}.mvt?group=black'
    """
    base, _, query = _tiles(layer, indicator, period, group, denominator).partition("?")
    return f"{base}/{TILE}" + (f"?{query}" if query else "")


def tilejson_url(
    layer: str,
    indicator: str | None = None,
    period: str | None = None,
    group: str | None = None,
    denominator: str | None = None,
) -> str:
    """Return the address of the TileJSON that describes ``tile_template`` of the same.

    >>> tilejson_url("counties")
    '/tiles/counties.json'
    """
    base, _, query = _tiles(layer, indicator, period, group, denominator).partition("?")
    return f"{base}.json" + (f"?{query}" if query else "")


def pmtiles_url(layer: str) -> str:
    """Return the address of a layer's archive of tiles, for range requests.

    >>> pmtiles_url("counties")
    '/tiles/counties.pmtiles'
    """
    return _join(("tiles", f"{layer}.pmtiles"))


def tiles_page_url(
    layer: str | None = None,
    indicator: str | None = None,
    period: str | None = None,
    group: str | None = None,
) -> str:
    """Return the address of the page that lists every tile address and shows what is in a tile.

    >>> tiles_page_url("counties", "arrest-rate", "2014")
    '/tiles?layer=counties&indicator=arrest-rate&period=2014'
    """
    return _page(("tiles",), layer=layer, indicator=indicator, period=period, group=group)


def column_url(
    layer: str,
    indicator: str,
    period: str,
    group: str | None = None,
    denominator: str | None = None,
) -> str:
    """Return the address of the compact column that a map joins to its geometry."""
    parts = ("api", "v1", "columns", layer, indicator, period)
    return _join(parts, group=group, denominator=denominator)


def denominators_url(
    layer: str,
    indicator: str,
    period: str,
    group: str | None = None,
    denominator: str | None = None,
) -> str:
    """Return the address of what other denominators change.

    >>> denominators_url("counties", "arrest-rate", "2014")
    '/api/v1/denominators/counties/arrest-rate/2014'
    """
    parts = ("api", "v1", "denominators", layer, indicator, period)
    return _join(parts, group=group, denominator=denominator)


def reporting_url(layer: str, indicator: str, period: str, group: str | None = None) -> str:
    """Return the address of who reported, which a map joins to its geometry like a column.

    >>> reporting_url("counties", "arrest-rate", "2014")
    '/api/v1/reporting/counties/arrest-rate/2014'
    """
    return _join(("api", "v1", "reporting", layer, indicator, period), group=group)


def api_url(
    indicator: str | None = None,
    layer: str | None = None,
    period: str | None = None,
    group: str | None = None,
    form: str | None = None,
    smoothed: str | None = None,
    denominator: str | None = None,
) -> str:
    """Return the address of the catalogue, or of an indicator's values as json, csv or geojson.

    ``smoothed="1"`` adds modelled rates.

    >>> api_url("arrest-rate", layer="counties", form="csv")
    '/api/v1/indicators/arrest-rate?layer=counties&format=csv'
    """
    if indicator is None:
        return _join(("api", "v1", "indicators"))
    view = {"layer": layer, "period": period, "group": group, "denominator": denominator}
    return _join(("api", "v1", "indicators", indicator), **view, format=form, smoothed=smoothed)


def api_jurisdiction_url(
    layer: str | None = None, identifier: str | None = None, form: str | None = None
) -> str:
    """Return the address of the list of jurisdictions, or of one's profile as JSON or CSV."""
    if layer is None or identifier is None:
        return _join(("api", "v1", "jurisdictions"), layer=layer)
    return _join(("api", "v1", "jurisdictions", layer, identifier), format=form)


def api_ledger_url(layer: str | None = None, year: str | None = None) -> str:
    """Return the address of the account of jurisdictions as JSON."""
    return _join(("api", "v1", "ledger"), layer=layer, year=year)


def api_coverage_url(dataset: str, layer: str | None = None, year: str | None = None) -> str:
    """Return the address of the account of who reported to a dataset as JSON."""
    return _join(("api", "v1", "coverage", dataset), layer=layer, year=year)


def compare_url(
    layer: str, identifier: str, indicator: str, period: str | None = None, **query: str | None
) -> str:
    """Return the address of a comparison: with the rest, or as ``query`` says.

    >>> compare_url("counties", "06001", "arrest-rate", "2024", since="2015")
    '/api/v1/compare/counties/06001?indicator=arrest-rate&period=2024&since=2015'
    """
    parts = ("api", "v1", "compare", layer, identifier)
    return _join(parts, indicator=indicator, period=period, **query)


def search_url(q: str | None = None) -> str:
    """Return the address of the page that finds places by name or code."""
    return _page(("search",), q=q)


def api_search_url(q: str | None = None, layer: str | None = None, limit: str | None = None) -> str:
    """Return the address of places by name or code, as JSON, the best first."""
    return _join(("api", "v1", "search"), q=q, layer=layer, limit=limit)


def neighbours_url(layer: str) -> str:
    """Return the address of where the places of a layer are, and which are side by side."""
    return _join(("api", "v1", "neighbours", layer))


def report_url() -> str:
    """Return the address of the release's report of what joined and what did not."""
    return _join(("api", "v1", "report"))


def address(*parts: str, **query: str | None) -> str:
    """Return the address of data by its parts, for the modules that build those of one subject.

    >>> address("maps", "a/b", theme="dark")
    '/maps/a%2Fb?theme=dark'
    """
    return _join(parts, **query)


def page_address(*parts: str, **query: str | None) -> str:
    """Return the address of a page by its parts, likewise.

    >>> from mapsvc.language import speaking
    >>> with speaking("es"):
    ...     page_address("maps", "a", "embed"), map_url("a", period="2014"), api_url("a")
    ('/maps/a/embed?lang=es', '/maps/a?period=2014&lang=es', '/api/v1/indicators/a')
    """
    return _page(parts, **query)


def _tiles(
    layer: str,
    indicator: str | None,
    period: str | None,
    group: str | None,
    denominator: str | None,
) -> str:
    if indicator is None or period is None:
        return _join(("tiles", layer))
    return _join(("tiles", layer, indicator, period), group=group, denominator=denominator)


def _page(parts: tuple[str, ...], **query: str | None) -> str:
    """Return the address of a page, in the language that is spoken."""
    spoken = language()
    return _join(parts, **query, lang=None if spoken == DEFAULT else spoken)


def _join(parts: tuple[str, ...], **query: str | None) -> str:
    path = _prefix.get() + "/" + "/".join(quote(part, safe="") for part in parts)
    given = {name: value for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path
