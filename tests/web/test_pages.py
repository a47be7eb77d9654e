"""Laws of the pages: whole without script, honest about gaps, helpful when asked wrong."""

import html
import itertools
import json
import re
from html.parser import HTMLParser

import pytest

from mapsvc.maps.text import WORDS
from tests.synthetic_release import COUNT, HOSTILE, RATE, report

HTML = {"Accept": "text/html"}
PAGES = [
    "/",
    f"/maps/{RATE}",
    f"/maps/{RATE}?layer=agencies&period=2010-2014&group=black",
    f"/maps/{RATE}?jurisdiction=06005",
    f"/maps/{COUNT}",
    f"/embed/{RATE}",
    f"/embed/{COUNT}?period=2013",
    "/jurisdictions/counties/06001",
    "/jurisdictions/counties/06011",
    "/jurisdictions/agencies/CA0010300",
    "/data",
    "/data/arrests",
    "/data/deaths",
    "/search?q=alder",
    f"/maps/{RATE}?show=difference",
    f"/maps/{RATE}?show=similar&jurisdiction=06001",
    f"/compare/{RATE}",
    f"/compare/{RATE}?layer=counties&jurisdictions=06001,06003,06007",
]
VOID = {"base", "meta", "link", "input", "br", "img", "hr", "source"}
SVG_LEAVES = {"path", "line", "circle", "use", "polygon", "polyline"}


class Outline(HTMLParser):
    """Collects what the tests ask of a page, and that its elements nest."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.headings, self.faults = [], [], [], [], []

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if "id" in found:
            self.ids.append(found["id"])
        self.links += [found[name] for name in ("href", "src", "action") if name in found]
        if tag in ("h1", "h2", "h3"):
            self.headings.append(int(tag[1]))
        if "style" in found or any(name.startswith("on") for name in found):
            self.faults.append(f"inline code on <{tag}>")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else")


def page(client, path, status=200):
    response = client.get(path, headers=HTML)
    assert response.status_code == status
    assert response.content_type == "text/html; charset=utf-8"
    return response.get_data(as_text=True)


def outline(text):
    found = Outline()
    found.feed(text)
    found.close()
    return found


def table_rows(text):
    body = re.search(r'<table id="figures-table">.*?<tbody>(.*?)</tbody>', text, re.DOTALL)[1]
    return {
        re.search(r'data-id="([^"]*)"', row)[1]: html.unescape(re.sub(r"<[^>]+>", "|", row))
        for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    }


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_sound_html_without_inline_code(client, path):
    found = outline(page(client, path))
    assert found.faults == []
    assert found.open == []
    assert len(found.ids) == len(set(found.ids))


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_one_title_and_headings_that_skip_no_level(client, path):
    text = page(client, path)
    headings = outline(text).headings
    assert headings.count(1) == 1
    assert headings[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(headings))
    assert re.search(r"<title>[^<]+</title>", text)
    assert '<html lang="en">' in text


@pytest.mark.parametrize("path", PAGES)
def test_no_page_loads_anything_from_elsewhere(client, path):
    """Absolute addresses are a publisher's own, and the site's where another site reads them."""
    for link in outline(page(client, path)).links:
        known = ("https://squares.example/open", "http://localhost/")
        assert link.startswith(("/", "#", *known))


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_a_page_leads_somewhere(client, path):
    for link in outline(page(client, path)).links:
        address = html.unescape(link).partition("#")[0]
        if address.startswith("/") and not address.startswith("/static/vendor/"):
            assert client.get(address, headers=HTML).status_code == 200, address


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asked_for_again_is_not_sent_again(client, path):
    first = client.get(path, headers=HTML)
    again = client.get(path, headers={**HTML, "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert page(client, path) == page(client, path)


def test_the_table_of_a_map_has_every_place_and_a_word_for_what_is_missing(client):
    rows = table_rows(page(client, f"/maps/{RATE}"))
    assert set(rows) == {"06001", "06003", "06005", "06007", "06009", "06011"}
    assert "605" in rows["06001"]
    assert "121" in rows["06001"]
    assert WORDS["use_with_caution"]["title"] in rows["06003"]
    assert WORDS["unreliable"]["title"] in rows["06005"]
    assert WORDS["suppressed"]["title"] in rows["06007"]
    assert WORDS["not_reported"]["title"] in rows["06009"]
    assert "9 of 12 months reported" in rows["06009"]
    assert WORDS["no_boundary"]["title"] in rows["06011"]


def test_a_place_without_residents_has_its_count_and_no_rate(client):
    rows = table_rows(page(client, f"/maps/{RATE}?layer=agencies"))
    assert WORDS["not_applicable"]["title"] in rows["CA0010200"]
    assert re.search(r"\|14\|", rows["CA0010200"])


def test_the_page_agrees_with_the_api(client):
    rows = table_rows(page(client, f"/maps/{COUNT}"))
    answer = json.loads(client.get(f"/api/v1/indicators/{COUNT}").data)
    for value in answer["values"]:
        if value["value"] is not None:
            assert f"|{value['value']:,.0f}|" in rows[value["id"]]


def test_a_map_says_where_its_figures_come_from_and_what_to_mind(client):
    text = html.unescape(page(client, f"/maps/{RATE}"))
    for words in (
        "arrests per 100,000 residents",
        "Bureau of Squares, Estimates, 2024",
        "Department of Squares",
        "vintage 2016",
        "Counts events, not people.",
        "A law made some felonies misdemeanors.",
    ):
        assert words in text
    release = json.loads(client.get("/readyz").data)["release"]
    assert release in text
    for form in ("csv", "json", "geojson"):
        assert f"format={form}" in text


def test_a_map_shows_the_view_that_its_address_asks_for(client):
    text = page(client, f"/maps/{RATE}?layer=agencies&period=2013&group=white")
    assert "<title>Arrest rate by agency, White, 2013 –" in text
    assert f"/api/v1/indicators/{RATE}?layer=agencies&amp;period=2013&amp;group=white" in text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (f"/maps/{RATE}?period=1066", "2010-2014"),
        (f"/maps/{RATE}?layer=parishes", "agencies"),
        (f"/maps/{COUNT}?layer=agencies", "counties"),
        (f"/maps/{RATE}?group=martians", "black"),
        (f"/maps/{RATE}?jurisdiction=00000", "06001"),
        ("/maps/arrest-rat", RATE),
        ("/embed/nothing", RATE),
        ("/jurisdictions/counties/99999", "06001"),
        ("/jurisdictions/parishes/06001", "counties"),
        ("/data/nothing", "arrests"),
    ],
)
def test_a_name_that_does_not_exist_is_answered_with_those_that_do(client, path, words):
    text = page(client, path, status=404)
    assert words in text
    assert outline(text).faults == []


def test_a_profile_has_every_indicator_over_time_with_its_intervals(client):
    text = page(client, "/jurisdictions/counties/06001")
    assert "Arrest rate" in text
    assert "Deaths in jails" in text
    for period in ("2013", "2014", "2010–2014"):
        assert f'<th scope="row">{period}</th>' in text
    assert "95 % interval" in text
    assert '<svg class="chart"' in text
    assert "Alder County Sheriff" in text  # an agency in it


def test_a_profile_names_what_it_is_part_of(client):
    text = page(client, "/jurisdictions/agencies/CA0010100")
    assert '<a href="/jurisdictions/counties/06001">Alder</a>' in text


def test_a_dataset_accounts_for_every_record(client):
    text = page(client, "/data/arrests")
    account = report()["datasets"]["arrests"]
    figures = re.findall(r"<dd>([0-9,]+)</dd>", text.partition('id="joined"')[2])
    read, joined = account["rows_read"], account["joined"]
    assert figures == [str(read), str(joined), str(read - joined)]
    for item in (*account["unmatched"], *account["rejected"]):
        row = rf'{item["reason"]}</th><td class="number">{item["count"]}</td>'
        assert row in text
    assert "/data/arrests/arrests.csv" in text


@pytest.mark.parametrize("path", PAGES)
def test_hostile_names_stay_text_on_every_page(hostile_client, path):
    text = page(hostile_client, path)
    for name in HOSTILE:
        if "<" in name:
            assert name not in text
    scripts = re.findall(r"<script([^>]*)>", text)
    assert all("src=" in script or "application/json" in script for script in scripts)
    # The one image is the map's own picture, from an address of this service.
    assert not re.findall(r'<img (?!class="map-picture" src="/maps/[^"]+" alt="[^"]*">)', text)
    assert outline(text).faults == []


def test_a_widget_has_legend_source_and_the_way_back(client):
    text = page(client, f"/embed/{RATE}?period=2013")
    assert 'id="legend"' in text
    assert "Source: Department of Squares." in text
    assert f'href="/maps/{RATE}?layer=counties&amp;period=2013"' in text
    assert "<nav" not in text


def test_a_picture_beside_its_title_is_no_news_to_a_screen_reader(client):
    """A thumbnail repeats the card's own title: hidden, never an image without a name."""
    page = client.get("/").get_data(as_text=True)
    assert 'class="thumbnail' in page
    assert 'aria-label=""' not in page
