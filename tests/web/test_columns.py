"""Laws of columns: all that a legend and a tooltip need in few bytes, in JSON as in Arrow."""

import json

import brotli
import pyarrow as pa
import pytest

from mapsvc.release.store import open_release
from mapsvc.web.coding import Coded, encoded
from mapsvc.web.columns import column_json
from mapsvc.web.tiles import View
from tests.synthetic_release import GROUPS, LAYERS, PERIODS

NUMBERS = ("numerator", "denominator", "value", "lower", "upper")
WORDS = {
    "status": "statuses",
    "reliability": "reliabilities",
    "denominator_source": "denominator_sources",
    "note": "notes",
}
VIEWS = [
    (indicator, layer, period, group)
    for indicator, layers in LAYERS.items()
    for layer in layers
    for period in PERIODS[indicator]
    for group in GROUPS[indicator]
]
COLUMN = "/api/v1/columns/counties/arrest-rate/2014"


def published(client, indicator, layer, period, group):
    query = f"?layer={layer}&period={period}&group={group}"
    return json.loads(client.get(f"/api/v1/indicators/{indicator}{query}").data)["values"]


def shown(number, name):
    """Return a number with the digits that a column has of it."""
    if number is None or float(number).is_integer():
        return number
    return float(f"{number:.{6 if name == 'value' else 5}g}")


@pytest.mark.parametrize(("indicator", "layer", "period", "group"), VIEWS)
def test_a_column_has_the_published_values_in_the_order_of_its_ids(
    client, indicator, layer, period, group
):
    response = client.get(f"/api/v1/columns/{layer}/{indicator}/{period}?group={group}")
    assert response.content_type == "application/json"
    column = json.loads(response.data, parse_constant=lambda text: pytest.fail(text))
    rows = published(client, indicator, layer, period, group)
    assert column["ids"] == [row["id"] for row in rows]
    for name in NUMBERS:
        exact = name in ("numerator", "denominator")
        expected = [row[name] if exact else shown(row[name], name) for row in rows]
        assert column[name] == expected
    for one, several in WORDS.items():
        texts = [None if code is None else column[several][code] for code in column[one]]
        assert texts == [row.get(one) for row in rows]
        assert set(column[several]) == {text for text in texts if text}
    for code, row in zip(column["class"], rows, strict=True):
        assert (code is not None) == (row["status"] == "ok")


@pytest.mark.parametrize(("indicator", "layer", "period", "group"), VIEWS)
def test_arrow_has_every_digit_and_null_for_what_is_missing(
    client, indicator, layer, period, group
):
    path = f"/api/v1/columns/{layer}/{indicator}/{period}?group={group}&format=arrow"
    response = client.get(path)
    assert response.content_type == "application/vnd.apache.arrow.stream"
    table = pa.ipc.open_stream(response.data).read_all()
    rows = published(client, indicator, layer, period, group)
    for name in ("id", *NUMBERS, *WORDS):
        assert table[name].to_pylist() == [row.get(name) for row in rows]
    assert table["class"].null_count == sum(row["status"] != "ok" for row in rows)
    metadata = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    assert metadata["indicator"] == indicator
    assert metadata["period"] == period


def test_a_column_says_whose_it_is(client, current):
    column = json.loads(client.get(f"{COLUMN}?group=black").data)
    assert column["release"] == current.get().id
    assert column["per"] == 100_000
    named = ("layer", "indicator", "period", "group")
    assert [column[name] for name in named] == ["counties", "arrest-rate", "2014", "black"]


def test_a_column_in_brotli_is_the_column(client):
    response = client.get(COLUMN, headers={"Accept-Encoding": "br"})
    assert response.headers["Content-Encoding"] == "br"
    assert brotli.decompress(response.data) == client.get(COLUMN).data


@pytest.mark.parametrize(
    ("path", "status", "known"),
    [
        ("/api/v1/columns/counties/arrest-rate/1999", 404, "2014"),
        ("/api/v1/columns/county/arrest-rate/2014", 404, "counties"),
        ("/api/v1/columns/counties/arrests/2014", 404, "arrest-rate"),
        (f"{COLUMN}?group=x", 404, "black"),
        (f"{COLUMN}?groups=all", 400, "group"),
    ],
)
def test_what_does_not_exist_is_told_with_what_does(client, path, status, known):
    response = client.get(path)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert known in json.loads(response.data)["known"]


def test_an_unknown_format_is_told_with_those_that_there_are(client):
    document = json.loads(client.get(f"{COLUMN}?format=csv").data)
    assert document["status"] == 400
    assert "json, arrow" in document["detail"]


def test_the_columns_of_the_bundled_atlas_are_a_few_bytes_a_jurisdiction(bundled):
    """58 counties in 1.5 kB and the agencies in 9 kB, every period, as browsers get them."""

    release = open_release(bundled.atlas)
    for slug in release.indicator_slugs:
        entry = release.indicator(slug)
        for layer in entry["layers"]:
            for period in entry["periods"]:
                body = encoded(
                    Coded(column_json(release, View(layer, slug, period))), "br", dense=True
                )
                assert len(body) <= {"counties": 1_500, "agencies": 9_000}[layer], (slug, period)
