"""Ten thousand requests made by chance: documented answers only, and no file from elsewhere."""

import random
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from mapsvc import resources
from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.web.app import create_wsgi
from tests.synthetic_release import write_release

REQUESTS = 10_000
DOCUMENTED = {200, 204, 206, 304, 400, 404, 405, 406, 416}
ADDRESSES = [
    "/", "/maps/arrest-rate", "/embed/arrest-rate", "/maps/arrest-rate/method", "/data",
    "/maps/arrest-rate/citation.bib", "/jurisdictions/counties/06001", "/data/arrests/coverage",
    "/jurisdictions", "/data/arrests/arrests.csv", "/static/js/map.js", "/healthz", "/readyz",
    "/api/v1/indicators", "/api/v1/indicators/arrest-rate", "/api/v1/report", "/api/v1/ledger",
    "/api/v1/columns/counties/arrest-rate/2014", "/api/v1/jurisdictions/agencies/CA0010100",
    "/api/v1/compare/counties/06001", "/api/v1/coverage/arrests",
    "/tiles/counties.json", "/tiles/counties/arrest-rate/2014.json", "/tiles/context.pmtiles",
    "/tiles/counties/5/5/12.mvt", "/tiles/counties/arrest-rate/2014/5/5/12.mvt",
    "/tiles/agencies/arrest-rate/all/0/0/0.mvt", "/tiles/counties/5/0/0.mvt",
    "/tiles/counties.pmtiles", "/tiles/agencies.pmtiles",
    "/tiles/context.pmtiles", "/tiles/counties.pmtiles", "/tiles", "/tiles/agencies.pmtiles",
    "/styles/counties/arrest-rate/2014.json", "/styles/counties/jail-deaths/2014/all/dark.json",
    "/sprites/light@2x.png", "/arcgis/rest/services",
    "/arcgis/rest/services/counties/VectorTileServer",
    "/arcgis/rest/services/counties/VectorTileServer/tile/5/12/5.pbf", "/ogc/", "/ogc/collections",
    "/ogc/collections/arrest-rate.counties/items", "/ogc/collections/counties/items/06001",
    "/ogc/collections/counties/tiles/WebMercatorQuad/5/12/5", "/ogc/tiles/WebMercatorQuad/0/0/0",
    "/api/v1/reporting/counties/arrest-rate/2014", "/api/v1/denominators/counties/arrest-rate/2014",
    "/r/0123456789ab/tiles/counties/0/0/0.mvt",
]  # fmt: skip
PIECES = [
    "..", ".", "", "%2e%2e", "%00", "%ff", "%252e", "\\", "//", "etc/passwd", "~", "\u0663", "é",
    "-1", "+1", "01", "1e9", "9" * 30, "{z}", "all", "2013", "black", "counties", "x" * 300, "\n",
    "manifest.json", "1,2,3,4", "name='a'", "NOT (", "..", "2013-01-01/..", "current", "r", ";",
    "&", "=", "<script>", "'", '"', "\ud7ff", "\U0001f5fa",
]  # fmt: skip
PARAMETERS = [
    "layer", "period", "group", "format", "denominator", "smoothed", "f", "bbox", "limit", "theme",
    "datetime", "filter", "crs", "offset", "show", "jurisdiction", "ranks", "year", "with", "url",
    "since", "v", "indicator", "reference", "", "é", "layer[]",
]  # fmt: skip
HEADERS = {
    "Accept": ["*/*", "text/html", "text/csv;q=0", "application/geo+json", ";;,", "\x7f"],
    "Accept-Encoding": ["gzip", "br", "zstd;q=0.5, *;q=0", "*;q=0", "gzip;q=x", ",;q=", "\xff"],
    "If-None-Match": ["*", '"x"', "W/", '"', 'W/"a", "b"', "x" * 2000],
    "If-Range": ['"x"', "*", "Sun, 22 Nov 2026 10:00:00 GMT"],
    "Range": [
        "bytes=0-1",
        "bytes=5-",
        "bytes=-9",
        "bytes=9-1",
        "bytes=-0",
        "bytes=0-1,3-4",
        "x",
        "bytes=" + "9" * 40,
    ],
    "Host": ["maps.example", "a b", "[::1]:80", "evil.example/<b>", ""],
    "Origin": ["https://partner.example", "null"],
    "Cookie": ["a=b", "\xff=;"],
}
METHODS = ["GET"] * 12 + ["HEAD", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE"]


def mutated(chance: random.Random, address: str) -> str:
    """Return an address with none to three of its parts changed, left out or repeated."""
    parts = address.split("/")
    for _ in range(chance.choice([0, 0, 1, 1, 2, 3])):
        at = chance.randrange(len(parts))
        kind = chance.randrange(4)
        if kind == 0:
            parts[at] = chance.choice(PIECES)
        elif kind == 1:
            parts.insert(at, chance.choice(PIECES))
        elif kind == 2:
            parts[at] = parts[at][: chance.randrange(len(parts[at]) + 1)] + chance.choice(PIECES)
        else:
            parts[at] = "".join(chance.sample(parts[at], len(parts[at])))
    return "/" + "/".join(parts).lstrip("/")


def asked(chance: random.Random) -> EnvironBuilder:
    path = mutated(chance, chance.choice(ADDRESSES))
    query = "&".join(
        f"{quote(chance.choice(PARAMETERS))}={quote(chance.choice(PIECES))}"
        for _ in range(chance.choice([0, 0, 0, 0, 0, 0, 1, 1, 2, 4]))
    )
    headers = {
        name: chance.choice(values) for name, values in HEADERS.items() if chance.random() < 0.15
    }
    safe = "/%-._~:@!$'()*+,;=&"
    return EnvironBuilder(
        path=quote(path, safe=safe), query_string=query, headers=headers,
        method=chance.choice(METHODS),
    )  # fmt: skip


@pytest.fixture(scope="module")
def opened():
    """The files that are opened while ``opened`` is a list."""
    paths: list[str] = []
    watching = [True]

    def hook(event, arguments):
        if watching and event == "open" and isinstance(arguments[0], str):
            paths.append(arguments[0])

    sys.addaudithook(hook)  # There is no way to remove one.
    yield paths
    watching.clear()


def test_every_answer_is_documented_and_no_file_is_read_from_elsewhere(tmp_path, opened):
    write_release(tmp_path)
    current = CurrentRelease(tmp_path)
    app = create_wsgi(current, Settings(atlas=tmp_path))
    chance = random.Random(20141201)
    seen = set()
    opened.clear()
    for number in range(REQUESTS):
        builder = asked(chance)
        environ = builder.get_environ()
        # Straight to the application: the client would tidy the path up first.
        response = Response(*run_wsgi_app(app, environ))
        told = (number, environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["QUERY_STRING"])
        assert response.status_code in DOCUMENTED, (*told, response.status)
        if response.status_code >= 400:
            assert response.headers["Cache-Control"] == "no-store", told
        seen.add(response.status_code)
        response.close()
    # Chance went everywhere: a run that met no error would show little.
    assert seen == DOCUMENTED
    allowed = [
        tmp_path.resolve(), resources.static().resolve(), Path(sys.prefix).resolve(),
        Path(sys.base_prefix).resolve(), Path(resources.__file__).resolve().parent,
    ]  # fmt: skip
    elsewhere = {
        path
        for path in map(Path, opened)
        if not any(path.resolve().is_relative_to(folder) for folder in allowed)
    }
    assert elsewhere == set()
