"""Laws of the API: every jurisdiction in every answer, the same fields in every format."""

import csv
import gzip
import html
import io
import json
import re
from pathlib import Path

import pytest

from tests.synthetic_release import (
    GROUPS,
    HOSTILE,
    LAYERS,
    PERIODS,
    agencies,
    catalogue,
    cell,
    counties,
    report,
    source_of,
)

RATE = "/api/v1/indicators/arrest-rate"
FIELDS = [
    "id", "name", "kind", "numerator", "denominator", "value", "lower", "upper", "status",
    "reliability", "denominator_source",
]  # fmt: skip
ABOUT = ["indicator", "layer", "period", "group", "per", "release", "caveats"]
VIEWS = [
    (indicator, layer, period, group)
    for indicator, layers in LAYERS.items()
    for layer in layers
    for period in PERIODS[indicator]
    for group in GROUPS[indicator]
]
PLACES = {"counties": counties(), "agencies": agencies()}


def get(client, path, **headers):
    response = client.get(path, headers=headers)
    assert response.status_code == 200, response.data
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert response.headers["ETag"].startswith('"')
    return json.loads(response.data, parse_constant=lambda text: pytest.fail(text))


def problem(response, status):
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    document = json.loads(response.data)
    assert document["status"] == status
    return document


def expected(indicator, layer, period, group):
    at, of = PERIODS[indicator].index(period), GROUPS[indicator].index(group)
    for row, place in enumerate(PLACES[layer]):
        found = cell(indicator, layer, place, row, at, of)._asdict()
        del found["klass"]
        if found["note"] is None:
            del found["note"]
        source = source_of(found["denominator"])
        yield {
            "id": place.id,
            "name": place.name,
            "kind": place.kind,
            **found,
            "denominator_source": source,
        }


@pytest.mark.parametrize(("indicator", "layer", "period", "group"), VIEWS)
def test_an_answer_has_every_jurisdiction_with_the_values_of_the_release(
    client, indicator, layer, period, group
):
    query = f"?layer={layer}&period={period}&group={group}"
    document = get(client, f"/api/v1/indicators/{indicator}{query}")
    assert document["values"] == list(expected(indicator, layer, period, group))
    for row in document["values"]:
        assert list(row)[: len(FIELDS)] == FIELDS
        assert (row["value"] is not None) == (row["status"] == "ok")


def test_an_answer_says_what_its_numbers_are(client, current):
    document = get(client, f"{RATE}?group=black")
    values = document.pop("values")
    assert len(values) == 6
    assert document == {
        "indicator": "arrest-rate",
        "title": "Arrest rate",
        "unit": "arrests per 100,000 residents",
        "layer": "counties",
        "period": "2014",
        "group": "black",
        "per": 100000,
        "release": current.get().id,
        "denominator": {
            "title": "Residents",
            "authority": "Bureau of Squares",
            "product": "Estimates",
            "vintage": "2024",
        },
        "denominator_key": None,
        "alternatives": [],
        "caveats": ["Counts events, not people."],
        "breaks": [{"year": 2014, "text": "A law made some felonies misdemeanors."}],
        "classes": [300, 600, 5000],
    }


def test_a_count_has_neither_denominator_nor_per(client):
    document = get(client, "/api/v1/indicators/jail-deaths")
    assert document["per"] is None
    assert document["denominator"] is None
    assert all(row["denominator"] is None for row in document["values"])


def test_defaults_are_the_first_layer_the_default_period_and_everyone(client):
    explicit = get(client, f"{RATE}?layer=counties&period=2014&group=all&format=json")
    assert get(client, RATE) == explicit


def csv_rows(response):
    assert response.content_type == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.data.decode(), newline="")))


def test_csv_has_the_same_fields_and_values(client):
    response = client.get(f"{RATE}?format=csv")
    assert "attachment" in response.headers["Content-Disposition"]
    assert response.data.decode().endswith("\r\n")
    rows = csv_rows(response)
    assert list(rows[0]) == [*FIELDS, "note", *ABOUT]
    for row, value in zip(rows, get(client, RATE)["values"], strict=True):
        for name in [*FIELDS, "note"]:
            assert row[name] == ("" if value.get(name) is None else str(value[name]))


def test_csv_has_no_column_of_notes_where_there_is_none(client):
    header = client.get(f"{RATE}?format=csv&period=2013").data.decode().splitlines()[0]
    assert header.split(",") == [*FIELDS, *ABOUT]


@pytest.mark.parametrize(("indicator", "layer", "period", "group"), VIEWS)
def test_every_row_of_a_csv_says_what_it_is_of(client, indicator, layer, period, group):
    """What JSON says before its values: the caveats, and the breaks that concern the series."""
    query = f"/api/v1/indicators/{indicator}?layer={layer}&period={period}&group={group}"
    response = client.get(f"{query}&format=csv")
    link = response.headers["Link"]
    assert link.endswith('>; rel="describedby"; type="application/json"')
    about = get(client, link[1 : link.index(">")])
    assert about.pop("values") == get(client, query)["values"]
    said = "Counts events, not people."
    if indicator == "arrest-rate":
        said += " Series break 2014: A law made some felonies misdemeanors."
    expected = {name: "" if about[name] is None else str(about[name]) for name in ABOUT}
    for row in csv_rows(response):
        assert {name: row[name] for name in ABOUT} == {**expected, "caveats": said}


def test_only_a_csv_needs_a_link_to_what_describes_it(client):
    for form in ("json", "geojson"):
        assert "Link" not in client.get(f"{RATE}?format={form}").headers


def test_geojson_says_what_its_values_are_as_json_does(client):
    document = get(client, f"{RATE}?format=geojson&group=black")
    about = get(client, f"{RATE}?group=black")
    assert about["breaks"]
    for name in set(about) - {"values"}:
        assert document[name] == about[name]


def test_geojson_has_the_same_fields_as_properties_and_null_for_no_place(client):
    document = get(client, f"{RATE}?layer=agencies&format=geojson")
    assert document["type"] == "FeatureCollection"
    values = get(client, f"{RATE}?layer=agencies")["values"]
    assert [item["properties"] for item in document["features"]] == values
    kinds = [item["geometry"] and item["geometry"]["type"] for item in document["features"]]
    assert kinds == ["Polygon", "Polygon", "Point", None]
    assert document["denominator"]["authority"] == "Bureau of Squares"


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/geo+json", "application/geo+json"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("text/html, */*;q=0.8", "application/json"),
        ("text/csv;q=0.4, application/geo+json;q=0.6", "application/geo+json"),
    ],
)
def test_the_accept_header_chooses_the_format(client, accept, content_type):
    response = client.get(RATE, headers={"Accept": accept})
    assert response.content_type == content_type
    assert "Accept" in response.headers["Vary"].split(", ")


def test_the_query_wins_over_the_accept_header(client):
    response = client.get(f"{RATE}?format=json", headers={"Accept": "text/csv"})
    assert response.content_type == "application/json"


def test_an_accept_header_that_takes_nothing_offered_is_406(client):
    document = problem(client.get(RATE, headers={"Accept": "image/png"}), 406)
    assert "text/csv" in document["known"]


def test_no_cell_of_a_csv_is_a_formula_for_a_spreadsheet(hostile_client):
    text = hostile_client.get(f"{RATE}?format=csv").data.decode()
    names = [row["name"] for row in csv.DictReader(io.StringIO(text, newline=""))]
    assert f"'{HOSTILE[3]}" in names
    assert not any(name.startswith(("=", "+", "-", "@")) for name in names)


@pytest.mark.parametrize("form", ["json", "geojson"])
def test_hostile_names_are_data_in_json(hostile_client, form):
    document = json.loads(hostile_client.get(f"{RATE}?format={form}").data)
    rows = document.get("values") or [item["properties"] for item in document["features"]]
    assert [row["name"] for row in rows][: len(HOSTILE)] == list(HOSTILE)


def test_the_catalogue_lists_every_indicator_with_its_words(client):
    document = get(client, "/api/v1/indicators")
    known = {entry["slug"]: entry for entry in catalogue()["indicators"]}
    assert [entry["slug"] for entry in document["indicators"]] == list(known)
    for entry in document["indicators"]:
        for word in ("title", "unit", "periods", "groups", "default_period", "breaks", "caveats"):
            assert entry[word] == known[entry["slug"]][word]
        assert entry["layers"].keys() == known[entry["slug"]]["layers"].keys()


def test_jurisdictions_are_listed_with_null_for_no_place(client):
    listed = get(client, "/api/v1/jurisdictions")["jurisdictions"]
    assert [item["id"] for item in listed] == [
        place.id for places in PLACES.values() for place in places
    ]
    only = get(client, "/api/v1/jurisdictions?layer=agencies")["jurisdictions"]
    assert only == listed[6:]
    assert only[3]["lon"] is None
    assert only[3]["area_m2"] is None


def test_a_profile_has_every_indicator_over_all_its_periods(client):
    document = get(client, "/api/v1/jurisdictions/counties/06001")
    assert document["name"] == "Alder"
    assert [item["id"] for item in document["parts"]] == [place.id for place in agencies()]
    found = {
        item["indicator"]: [row["period"] for row in item["values"]]
        for item in document["indicators"]
    }
    assert found == PERIODS
    for item in document["indicators"]:
        for row in item["values"]:
            query = f"?layer=counties&period={row.pop('period')}"
            values = get(client, f"/api/v1/indicators/{item['indicator']}{query}")["values"]
            assert {**row, "id": "06001", "name": "Alder", "kind": "county"} == values[0]


def test_a_profile_names_its_parent_and_keeps_to_the_group(client):
    document = get(client, "/api/v1/jurisdictions/agencies/CA0010100?group=black")
    assert document["parent"] == {"layer": "counties", "id": "06001", "name": "Alder"}
    assert [item["indicator"] for item in document["indicators"]] == ["arrest-rate"]
    assert document["indicators"][0]["values"][1]["numerator"] == 17


def test_the_report_is_the_release_s(client):
    assert get(client, "/api/v1/report") == report()


def test_a_published_file_is_sent_as_it_is(client, atlas):
    response = client.get("/data/arrests/arrests.csv")
    assert response.data == Path(atlas / "current/data/arrests/arrests.csv").read_bytes()
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == "attachment; filename=arrests.csv"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    tag = response.headers["ETag"]
    again = client.get("/data/arrests/arrests.csv", headers={"If-None-Match": tag})
    assert again.status_code == 304


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip"])
def test_a_published_file_is_compressed_as_it_is_read(client, coding):
    headers = {"Accept-Encoding": coding}
    response = client.get("/data/arrests/arrests.csv", headers=headers)
    assert response.headers["Content-Encoding"] == coding
    tag = response.headers["ETag"]
    again = client.get("/data/arrests/arrests.csv", headers={**headers, "If-None-Match": tag})
    assert again.status_code == 304
    if coding == "gzip":
        plain = client.get("/data/arrests/arrests.csv").data
        assert gzip.decompress(response.data) == plain


def test_head_of_a_published_file_tells_its_length(client):
    got, head = client.get("/data/arrests/arrests.csv"), client.head("/data/arrests/arrests.csv")
    assert head.data == b""
    assert int(head.headers["Content-Length"]) == len(got.data)


@pytest.mark.parametrize(
    "path",
    ["/data/arrests/secret.csv", "/data/arrests/../../manifest.json", "/data/arrests//etc/passwd"],
)
def test_what_the_release_does_not_publish_is_404(client, path):
    problem(client.get(path), 404)


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("/api/v1/indicators/arest-rate", "arrest-rate"),
        (f"{RATE}?layer=countys", "counties"),
        (f"{RATE}?period=2015", "2014"),
        (f"{RATE}?group=blak", "black"),
        ("/api/v1/indicators/jail-deaths?layer=agencies", "counties"),
        ("/api/v1/columns/counties/arrest-rate/1999", "2013"),
        ("/api/v1/jurisdictions?layer=countys", "counties"),
        ("/api/v1/jurisdictions/counties/06002", "06009"),
        ("/api/v1/jurisdictions/counties/06001?group=blak", "black"),
        ("/data/arests/arrests.csv", "arrests"),
    ],
)
def test_an_unknown_name_is_404_with_those_that_exist_the_likest_first(client, path, first):
    assert first in problem(client.get(path), 404)["known"][:3]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/indicators?layer=counties",
        f"{RATE}?perod=2014",
        f"{RATE}?layer=counties&layer=agencies",
        f"{RATE}?format=xml",
        "/api/v1/columns/counties/arrest-rate/2014?period=2013",
        "/api/v1/jurisdictions?q=alder",
        "/api/v1/jurisdictions/counties/06001?layer=counties",
        "/api/v1/report?x=1",
        "/data/arrests/arrests.csv?x=1",
    ],
)
def test_a_parameter_that_is_unknown_repeated_or_wrong_is_400(client, path):
    problem(client.get(path), 400)


def test_a_problem_about_a_parameter_lists_those_that_there_are(client):
    document = problem(client.get(f"{RATE}?perod=2014"), 400)
    assert document["known"] == [
        "layer", "period", "group", "denominator", "format", "ranks", "smoothed",
    ]  # fmt: skip


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip", "identity"])
def test_each_coding_has_its_entity_tag_and_is_revalidated_by_it(client, coding):
    headers = {"Accept-Encoding": coding}
    response = client.get(RATE, headers=headers)
    assert response.headers.get("Content-Encoding", "identity") == coding
    assert "Accept-Encoding" in response.headers["Vary"]
    tag = response.headers["ETag"]
    again = client.get(RATE, headers={**headers, "If-None-Match": tag})
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == tag
    assert "Accept-Encoding" in again.headers["Vary"]
    assert again.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize("accept", ["gzip;q=0", "br;q=0, gzip;q=0, zstd;q=0", ""])
def test_a_coding_that_is_refused_is_not_used(client, accept):
    response = client.get(RATE, headers={"Accept-Encoding": accept})
    assert "Content-Encoding" not in response.headers


def test_head_answers_as_get_does_without_a_body(client):
    got, head = client.get(RATE), client.head(RATE)
    assert head.data == b""
    assert head.headers["Content-Length"] == got.headers["Content-Length"]
    assert head.headers["ETag"] == got.headers["ETag"]


def test_options_answers_a_preflight(client):
    response = client.options(RATE)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in response.headers["Access-Control-Allow-Methods"]
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_405_with_those_allowed(client, method):
    response = client.open(RATE, method=method)
    problem(response, 405)
    assert "GET" in response.headers["Allow"]


def test_a_profile_as_csv_has_the_values_of_its_json_and_says_what_each_is_of(client):
    path = "/api/v1/jurisdictions/counties/06001"
    document = client.get(path).get_json()
    answer = client.get(f"{path}?format=csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert "counties-06001-all.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    expected = [
        (each["indicator"], value["period"], value["status"], value["value"])
        for each in document["indicators"]
        for value in each["values"]
    ]
    found = [
        (row["indicator"], row["period"], row["status"], json.loads(row["value"] or "null"))
        for row in rows
    ]
    assert found == expected
    assert {row["release"] for row in rows} == {document["release"]}
    assert all(row["name"] == document["name"] and row["unit"] for row in rows)
    assert client.get(f"{path}?format=xml").status_code == 400


def test_the_page_of_a_place_links_its_figures_and_its_citation_is_pinned(client, current):
    page = client.get("/jurisdictions/counties/06001").get_data(as_text=True)
    release = current.get().id
    assert f"/r/{release}/jurisdictions/counties/06001" in page
    for address in re.findall(r'href="(/api/v1/jurisdictions/[^"]+)"', page):
        assert client.get(html.unescape(address)).status_code == 200
