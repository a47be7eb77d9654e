"""Choosing what to divide by: the map follows from one column, and says what changes."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.conftest import PHONE, serve

pytestmark = pytest.mark.browser

INCIDENTS = "/maps/incident-rate"


@pytest.fixture(scope="module")
def pomona(miniature):
    server, found = serve(miniature.atlas)
    yield found
    server.shutdown()
    server.server_close()


def choose(watched, name, value):
    """Choose in a select, and return what was asked for meanwhile."""
    before = len(watched.requests)
    watched.page.select_option(f"#{name}", value)
    watched.settle()
    watched.page.wait_for_timeout(200)
    return [urlsplit(each) for each in watched.requests[before:] if "/static/" not in each]


def test_switching_asks_for_a_column_and_the_changes_and_for_no_tile(browse, pomona):
    watched = browse(f"{pomona}{INCIDENTS}")
    asked = choose(watched, "denominator", "daytime")
    named = {each.path.partition("/api/v1/")[2].split("/")[0] for each in asked}
    assert named == {"columns", "denominators"}
    assert len(asked) == 2
    assert all(parse_qs(each.query) == {"denominator": ["daytime"]} for each in asked)
    assert parse_qs(urlsplit(watched.page.url).query) == {"denominator": ["daytime"]}
    assert watched.faults == []


def test_legend_table_card_and_words_follow(browse, pomona):
    watched = browse(f"{pomona}{INCIDENTS}?jurisdiction=99001")
    page = watched.page
    assert "100,000 residents" in page.locator("#legend").inner_text()
    card = page.locator("#readout").inner_text()
    row = page.locator('#figures-table tr[data-id="99001"] [data-field="value"]')
    before = row.inner_text()
    choose(watched, "denominator", "daytime")
    assert "1,000 people there by day" in page.locator("#legend").inner_text()
    assert "People there by day" in page.locator("#readout").inner_text()
    assert page.locator("#readout").inner_text() != card
    assert row.inner_text() != before
    assert page.locator('dt[data-now="divisor"]').inner_text() == "People there by day"
    for link in page.locator('a[data-view=""]').all():
        assert "denominator=daytime" in link.get_attribute("href")
    choose(watched, "denominator", "")
    assert row.inner_text() == before
    assert "denominator" not in page.url
    assert watched.faults == []


def test_a_period_without_figures_says_why_and_offers_the_nearest(browse, pomona):
    watched = browse(f"{pomona}{INCIDENTS}?denominator=daytime")
    page = watched.page
    note = page.locator(".legend-note")
    assert note.is_hidden()
    choose(watched, "period", "2013")
    said = "“People there by day” has no figures for 2013: it has them for 2014–2016."
    assert said in note.inner_text()
    assert said in page.locator("#effects").inner_text()
    assert page.locator("#period option:checked").inner_text() == "2013 (no figures)"
    note.get_by_role("button").click()
    watched.settle()
    assert parse_qs(urlsplit(page.url).query)["period"] == ["2014"]
    assert note.is_hidden()
    page.go_back()
    watched.settle()
    assert said in note.inner_text()


def test_the_changes_read_the_same_from_the_page_and_from_the_script(browse, pomona):
    for period in ("2013", "2014", "2016"):
        there = browse(f"{pomona}{INCIDENTS}?period={period}")
        said = there.page.locator("#effects").inner_text()
        followed = browse(f"{pomona}{INCIDENTS}?period=2015")
        choose(followed, "period", period)
        assert followed.page.locator("#effects").inner_text() == said


def test_the_choice_works_without_script_and_fits_a_phone(browse, pomona):
    watched = browse(f"{pomona}{INCIDENTS}", size=PHONE, java_script_enabled=False)
    watched.page.select_option("#denominator", "daytime")
    watched.page.get_by_role("button", name="Show", exact=True).click()
    assert "denominator=daytime" in watched.page.url
    assert "1,000 people there by day" in watched.page.locator("#legend").inner_text()
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
