"""A synthetic release and the means to compose maps of it without a web service."""

import pytest

from mapsvc.maps import choropleth
from mapsvc.maps.addresses import Addresses
from mapsvc.maps.elements import Assets
from mapsvc.release.store import open_release
from tests.synthetic_release import write_release

ADDRESSES = Addresses(
    search="/api/v1/search",
    neighbours="/api/v1/neighbours/counties",
    page="/maps/m",
    dataset="/data/d",
    tiles="/tiles/counties/{z}/{x}/{y}.mvt",
    context_tiles="/tiles/context/{z}/{x}/{y}.mvt",
    columns="/api/v1/columns/counties/m/",
    classes="/api/v1/classes/counties/m",
    history="/api/v1/history/counties/m/",
    effects="/api/v1/denominators/counties/m/",
    profiles="/jurisdictions/counties/{id}",
    reporting="/api/v1/reporting/counties/m/",
    differences="/api/v1/differences/counties/m/",
    changes="/api/v1/changes/counties/m/",
    two_style="/static/css/two.css",
    places="/compare/m",
)
ASSETS = Assets(
    styles=["/static/css/map.css"],
    scripts=["/static/vendor/leaflet.js"],
    module="/static/js/map.js",
    preloads=["/static/js/paint.js"],
)


@pytest.fixture(scope="session")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("maps")
    write_release(folder)
    return open_release(folder)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile-maps")
    write_release(folder, hostile=True)
    return open_release(folder)


def composed(release, indicator, form="page", **asked):
    """Return (links, HTML) of a view."""
    seen = choropleth.view(release, indicator, **asked)
    sheet = choropleth.sheet(release, seen, ADDRESSES, ASSETS, form)
    body = sheet.render()
    return sheet.links(), body
