"""Laws of addresses: each leads where it says, whatever the names in it."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from mapsvc.web import compare_urls, urls

names = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=8)


@given(names, names, names, names)
def test_every_name_survives_in_path_and_query(layer, indicator, period, group):
    parts = urlsplit(urls.column_url(layer, indicator, period, group))
    assert [unquote(part) for part in parts.path.split("/")[4:]] == [layer, indicator, period]
    assert parse_qs(parts.query, keep_blank_values=True) == {"group": [group]}
    assert parts.netloc == ""


@given(names, names, names)
def test_a_tile_template_keeps_its_braces_whatever_the_names(layer, indicator, period):
    template = urls.tile_template(layer, indicator, period)
    assert template.endswith("/{z}/{x}/{y}.mvt")
    assert template.count("{") == 3


@pytest.mark.parametrize(
    "address",
    [
        urls.tilejson_url("counties"),
        urls.tilejson_url("context"),
        urls.tilejson_url("counties", "arrest-rate", "2014", "black"),
        urls.tile_template("counties").format(z=5, x=5, y=12),
        urls.tile_template("counties", "arrest-rate", "2010-2014").format(z=5, x=5, y=12),
        urls.column_url("agencies", "arrest-rate", "2014", "white"),
        urls.api_url(),
        urls.api_url("arrest-rate", "agencies", "2013", "black", "csv"),
        urls.api_url("arrest-rate", form="csv", smoothed="1"),
        urls.api_jurisdiction_url(),
        urls.api_jurisdiction_url("agencies"),
        urls.api_jurisdiction_url("agencies", "CA0010100"),
        urls.report_url(),
        urls.search_url("Älder"),
        urls.api_search_url("a", "counties", "3"),
        urls.neighbours_url("agencies"),
        urls.data_url("data/arrests/arrests.csv"),
        urls.home_url(),
        urls.map_url("arrest-rate", "agencies", "2014", "black"),
        urls.embed_url("arrest-rate"),
        urls.jurisdiction_url("counties", "06001"),
        urls.portal_url(),
        urls.dataset_url("arrests"),
        compare_urls.differences_url("counties", "arrest-rate", "2014", "black", beside="06001"),
        compare_urls.changes_url("agencies", "arrest-rate", "2014", "2013", "white"),
        compare_urls.peers_url("counties", "06001", "arrest-rate"),
        compare_urls.places_url("arrest-rate", "counties", ["06001", "06003"], "2014", "black"),
        compare_urls.choose_url("arrest-rate", "agencies", "CA0010100"),
        compare_urls.api_places_url("arrest-rate", "counties", ["06001", "06003"], form="csv"),
    ],
)
def test_every_address_that_is_built_is_answered(client: Client, address):
    assert client.get(address, headers={"Accept": "*/*"}).status_code == 200
