"""The law of words: every one that a page tells is a message of the catalogues, or the data's."""

import re

import pytest
from werkzeug.test import Client

from mapsvc import language
from mapsvc.language import DEFAULT, LANGUAGES
from mapsvc.model import RELIABILITIES, STATUSES
from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.web.app import create_wsgi
from mapsvc.web.ogc_collections import collections
from mapsvc.web.ogc_query import FILTER_LANGUAGE
from tests.pseudo import Pseudo, outside, told

HTML = {"Accept": "text/html"}
NAMES = frozenset(
    re.findall(
        r"\w+",
        """
        API ArcGIS BibTeX CSL CSV CQL EN English ES Español GDAL GL GeoJSON HTML JS JSON Leaflet
        MapLibre Maps OGC Online OpenLayers PMTiles PNG Pro QGIS SDK SVG TileJSON csv km max
        WebMercatorQuad Google Maps Compatible for the World CRS EPSG WGS NAD
        boolean date geometry integer number string text year json html en es lang
        equal natural quantiles round
        """,
    )
)
"""What is a name in every language; the release's own texts are looked up in it."""
_WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
_ADDRESS = re.compile(r"(?:https?:/)?/[a-zA-Z]\S+")


DATA = (
    "/api/", "/arcgis/", "/data/<dataset>/<path:file>", "/embed.js", "/healthz", "/oembed",
    "/ogc/tiles/<scheme>/<matrix>", "/ogc/collections/<identifier>/tiles/<scheme>/<matrix>",
    "/readyz", "/sprites/", "/static/", "/styles/",
    "/maps/<indicator>.", "/maps/<indicator>/citation.", "/jurisdictions/<layer>/<identifier>/<ind",
)  # fmt: skip
"""Routes that answer with something else than a page; any other has its examples below."""


class Site:
    """A service over a release, with an example for every part of an address."""

    def __init__(self, atlas):
        current = CurrentRelease(atlas)
        self.release = current.get()
        self.client = Client(create_wsgi(current, Settings(atlas=atlas)))
        app = self.client.application
        while not hasattr(app, "url_map"):
            app = app._following
        self.rules = [rule for rule in app.url_map.iter_rules() if "GET" in rule.methods]

    def pages(self):
        """Return an address for every route that answers with a page, of each indicator."""
        catalogue = self.release.catalogue
        found = []
        for entry in catalogue["indicators"]:
            for layer in entry["layers"]:
                given = {
                    "indicator": entry["slug"],
                    "layer": layer,
                    "dataset": entry["dataset"],
                    "period": entry["default_period"],
                    "group": "all",
                }
                found += self._filled(given)
        named = "&".join(
            f"{name}={value}"
            for name, value in (
                ("period", entry["periods"][0]),
                ("group", entry["groups"][-1]["key"]),
            )
        )
        slug = catalogue["indicators"][0]["slug"]
        layer = next(iter(catalogue["indicators"][0]["layers"]))
        place = self.release.layer(layer).ids[0]
        found += [
            f"/maps/{slug}?{named}",
            f"/maps/{slug}?jurisdiction={place}&layer={layer}",
            f"/maps/{slug}?show=reporting",
            f"/maps/{slug}/method?jurisdiction={place}&layer={layer}",
            f"/maps/{slug}?classes=natural-4&palette=Blues",
            f"/maps/{slug}?show=difference",
            f"/compare/{slug}?layer={layer}&jurisdictions={place},{self.release.layer(layer).ids[-1]}",
            f"/compare/{slug}?layer={layer}&jurisdictions=QGIS",
            f"/compare/{slug}?layer={layer}&jurisdictions={place}",
            "/search?q=a",
            "/search?q=QGIS",
            "/nothing/here",
            f"/maps/{slug}?layer=QGIS",
            f"/maps/{slug}?classes=QGIS",
            "/tiles?period=QGIS&QGIS=1",
        ]
        return list(dict.fromkeys(found))

    def _filled(self, given):
        """Yield every route that may be a page with its parts filled in."""
        ids = self.release.layer(given["layer"]).ids
        some = ids[:: max(1, len(ids) // 6)]
        values = f"{given['indicator']}.{given['layer']}"
        for rule in self.rules:
            path = rule.rule
            if path.startswith(DATA):
                continue
            examples = [{**given, "identifier": each} for each in some]
            if path.startswith("/ogc/"):
                value = f"{ids[0]}~{given['period']}~all"
                examples = [
                    {"identifier": values, "feature": value, "scheme": "WebMercatorQuad"},
                    {"identifier": given["layer"], "feature": ids[0], "scheme": "WebMercatorQuad"},
                ]
            for example in examples:
                yield re.sub(r"<([^>]+)>", lambda part, own=example: own[part[1]], path)

    def page(self, address, spoken):
        """Return a page in a language; None where the address gives something else.

        It is there in every language, or in none.
        """
        english = self.client.get(address, headers=HTML)
        address += f"{'&' if '?' in address else '?'}lang={spoken}"
        answer = self.client.get(address, headers=HTML)
        assert answer.status_code == english.status_code, address
        return answer.get_data(as_text=True) if answer.mimetype == "text/html" else None

    def texts(self):
        """Return every text that the release has, in any language, as it is matched in a page."""
        found = {*map(str, STATUSES), *map(str, RELIABILITIES), FILTER_LANGUAGE, self.release.id}
        for code in LANGUAGES:
            found |= _of_release(self.release.in_language(code))
        # As they are in a page, where what looks like an address is taken out.
        found = {_ADDRESS.sub("", each) for each in found}
        folded = {" ".join(each.split()).casefold().strip(" .") for each in found}
        return {each for each in folded if _WORD.search(each)}


def _of_release(release):
    found = set(_texts([release.catalogue, release.report, release.ledger, release.coverage]))
    for key in release.layer_keys:
        table = release.layer(key)
        found |= {*table.names, *table.ids}
    for entry in release.catalogue["indicators"]:
        for layer in entry["layers"]:
            for period in entry["periods"]:
                for group in entry["groups"]:
                    column = release.values(layer, entry["slug"], period, group["key"])
                    found |= {*filter(None, column.note), *filter(None, column.source)}
    for collection in collections(release).values():
        found |= set(collection.fields)
    return found


def _texts(document):
    if isinstance(document, str):
        yield document
        yield from document.split(". ")
        yield document.replace("_", " ")
    elif isinstance(document, dict):
        for key, value in document.items():
            yield str(key)
            yield from _texts(value)
    elif isinstance(document, (list, tuple)):
        for each in document:
            yield from _texts(each)


@pytest.fixture
def bracketed(monkeypatch):
    """Spanish is every message in brackets."""
    monkeypatch.setattr(
        language, "catalogue", lambda code, domain="mapsvc": None if code == DEFAULT else Pseudo()
    )


def _unsaid(site):
    """Return what pages tell in no language: neither a message nor a text of the release."""
    seen = {}
    for address in site.pages():
        page = site.page(address, "es")
        for text in told(page) if page else ():
            seen.setdefault(_ADDRESS.sub("", outside(text)), address)
    assert len(seen) > 100
    texts = sorted(site.texts(), key=len, reverse=True)
    rest = {text: address for text, address in seen.items() if _WORD.search(text)}
    found = {}
    for start in range(0, len(texts), 2000):
        known = re.compile(
            r"(?<!\w)(?:" + "|".join(map(re.escape, texts[start : start + 2000])) + r")(?!\w)",
            re.IGNORECASE,
        )
        rest = {known.sub("|", text): address for text, address in rest.items()}
    for text, address in rest.items():
        words = [word for word in _WORD.findall(text) if word not in NAMES]
        if words:
            found[text] = address
    return found


def test_every_word_of_every_page_is_a_message(miniature, bracketed):
    """A text outside the brackets was never looked up: wrap it in the template or module."""
    assert not _unsaid(Site(miniature.atlas))


@pytest.mark.release
def test_every_word_of_the_bundled_pages_is_a_message(bundled, bracketed):
    found = _unsaid(Site(bundled.atlas))
    assert not found, "\n".join(f"{text}: {address}" for text, address in found.items())
