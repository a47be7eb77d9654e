"""Laws of pinned addresses: whatever has an address has one that stays with its release."""

import json
import re

import pytest
from werkzeug.test import Client

from mapsvc.release.store import CurrentRelease, releases, rollback
from mapsvc.settings import Settings
from mapsvc.web.app import create_wsgi
from tests.synthetic_release import write_release

PATHS = [
    "/tiles/counties/5/5/12.mvt",
    "/tiles/counties/arrest-rate/2014/5/5/12.mvt",
    "/tiles/counties.json",
    "/tiles/counties.pmtiles",
    "/api/v1/columns/counties/arrest-rate/2014",
    "/api/v1/indicators/arrest-rate?format=csv",
    "/api/v1/report",
    "/api/v1/search?q=alder",
    "/api/v1/neighbours/counties",
    "/search?q=alder",
    "/",
    "/maps/arrest-rate",
    "/embed/arrest-rate",
    "/jurisdictions/counties/06001",
]


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Two releases and a client: the older, the current, which has other names, and who asks."""
    folder = tmp_path_factory.mktemp("pinned")
    older = write_release(folder)
    newer = write_release(folder, hostile=True)
    client = Client(create_wsgi(CurrentRelease(folder, interval=0), Settings(atlas=folder)))
    return older, newer, client


@pytest.mark.parametrize("path", PATHS)
def test_a_pinned_address_may_be_kept_for_good_and_the_plain_one_not(pair, path):
    older, newer, client = pair
    for release in (older, newer):
        response = client.get(f"/r/{release}{path}")
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get(path).headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize("path", PATHS)
def test_a_pinned_address_is_the_plain_one_of_its_release(pair, path):
    _, newer, client = pair
    plain = client.get(path).data.replace(b'"/', f'"/r/{newer}/'.encode())
    pinned = client.get(f"/r/{newer}{path}").data.replace(b'"/', f'"/r/{newer}/'.encode())
    assert pinned.count(newer.encode()) >= plain.count(newer.encode())
    for prefix in (f"/r/{newer}", f"%2Fr%2F{newer}"):
        pinned = pinned.replace(prefix.encode(), b"")
        plain = plain.replace(prefix.encode(), b"")
    assert pinned == plain


def test_an_earlier_release_is_served_as_it_was(pair):
    older, newer, client = pair
    path = "/api/v1/jurisdictions"
    assert json.loads(client.get(path).data)["release"] == newer
    earlier = json.loads(client.get(f"/r/{older}{path}").data)
    assert earlier["release"] == older
    assert earlier["jurisdictions"] != json.loads(client.get(path).data)["jurisdictions"]


def test_a_pinned_tilejson_names_pinned_tiles(pair):
    older, _, client = pair
    (template,) = json.loads(client.get(f"/r/{older}/tiles/counties.json").data)["tiles"]
    assert template == f"http://localhost/r/{older}/tiles/counties/{{z}}/{{x}}/{{y}}.mvt"


@pytest.mark.parametrize("path", ["/", "/maps/arrest-rate", "/jurisdictions/counties/06001"])
def test_the_links_of_a_pinned_page_stay_with_its_release(pair, path):
    older, _, client = pair
    page = client.get(f"/r/{older}{path}").text
    links = re.findall(r'(?:href|src|action)="(/[^"]*)"', page)
    assert any(link.startswith(f"/r/{older}/") for link in links)
    strays = [link for link in links if not link.startswith((f"/r/{older}/", "/static/"))]
    assert strays == []


@pytest.mark.parametrize("path", ["/tiles/counties/0/0/0.mvt", "/api/v1/report", "/maps/x", "/"])
@pytest.mark.parametrize("name", ["0123456789ab", "..", "", "%2e%2e%2freleases", "current"])
def test_a_release_that_is_not_kept_is_404_with_those_that_are(pair, path, name):
    older, newer, client = pair
    response = client.get(f"/r/{name}{path}")
    assert response.status_code == 404
    assert response.headers["Cache-Control"] == "no-store"
    if response.content_type == "application/problem+json":
        known = json.loads(response.data).get("known")
        assert known is None or set(known) == {older, newer}


def test_a_person_gets_a_page_that_names_the_releases(pair):
    older, _, client = pair
    response = client.get("/r/0123456789ab/maps/arrest-rate", headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert response.content_type.startswith("text/html")
    assert older in response.text


def test_a_pinned_tile_that_is_empty_is_204_for_good(pair):
    older, _, client = pair
    response = client.get(f"/r/{older}/tiles/counties/5/0/0.mvt")
    assert response.status_code == 204
    assert "immutable" in response.headers["Cache-Control"]


def test_a_rollback_changes_the_plain_address_and_not_the_pinned_one(tmp_path):
    older = write_release(tmp_path)
    newer = write_release(tmp_path, hostile=True)
    assert set(releases(tmp_path)) == {older, newer}
    client = Client(create_wsgi(CurrentRelease(tmp_path, interval=0), Settings(atlas=tmp_path)))
    pinned = client.get(f"/r/{newer}/tiles/counties/5/5/12.mvt").headers["ETag"]
    rollback(tmp_path, older)
    assert client.get("/tiles/counties/5/5/12.mvt").headers["ETag"] != pinned
    assert client.get(f"/r/{newer}/tiles/counties/5/5/12.mvt").headers["ETag"] == pinned
