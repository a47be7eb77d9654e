"""Laws of moving through time, of classes that a reader chooses, of what an address keeps."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from mapsvc.maps import palette
from tests.browser.conftest import DESKTOP, PHONE, until
from tests.browser.test_map import CAUTION, FIRST, tiles_of
from tests.synthetic_release import COUNT, RATE

pytestmark = pytest.mark.browser

MAP = f"/maps/{RATE}"
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
HIDE = """() => {
  Object.defineProperty(document, "hidden", { value: true, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def query(watched):
    return {key: value[0] for key, value in parse_qs(urlsplit(watched.page.url).query).items()}


def play(watched):
    return watched.page.locator(".play")


def playing(watched):
    return play(watched).get_attribute("aria-label") == "Pause"


@SIZES
def test_playing_goes_through_the_years_from_columns_alone_and_ends(browse, address, size):
    watched = browse(f"{address}{MAP}?period=2013", size=size)
    before = watched.page.locator("#figures-table").inner_text()
    watched.requests.clear()
    play(watched).click()
    until(watched, "document.getElementById('period').value === '2014'")
    until(watched, "document.querySelector('.play').ariaLabel !== 'Pause'")
    watched.settle()
    assert tiles_of(watched) == []
    columns = [url for url in watched.requests if "/columns/" in url]
    assert [urlsplit(url).path.rsplit("/", 1)[1] for url in columns] == ["2014"]
    assert watched.page.locator("#figures-table").inner_text() != before
    assert query(watched) == {}
    assert watched.faults == []


def test_playing_at_the_end_begins_again(browse, address):
    watched = browse(f"{address}{MAP}")
    play(watched).click()
    until(watched, "document.getElementById('period').value === '2013'")
    assert playing(watched)


def test_a_break_of_the_series_is_said_as_it_is_passed(browse, address):
    watched = browse(f"{address}{MAP}?period=2013")
    said = watched.page.locator(".timeline-said")
    assert said.inner_text() == ""
    watched.page.click('[aria-label="Next period"]')
    watched.settle()
    assert "2014" in said.inner_text()
    assert "A law made some felonies misdemeanors." in said.inner_text()
    assert said.get_attribute("role") == "status"


@pytest.mark.parametrize(
    "act",
    [
        lambda page: page.select_option("#group", "black"),
        lambda page: page.click("#legend .legend-choice >> nth=0"),
        lambda page: page.evaluate(HIDE),
        lambda page: page.keyboard.press("Escape"),
    ],
    ids=["group", "legend", "hidden", "escape"],
)
def test_playing_ends_when_a_reader_does_something_or_looks_away(browse, address, act):
    watched = browse(f"{address}{MAP}?period=2013")
    watched.page.focus("#map")
    # A year that never comes keeps it playing.
    watched.page.route("**/columns/**/2014*", lambda route: None)
    play(watched).dispatch_event("click")
    assert playing(watched)
    act(watched.page)
    until(watched, "document.querySelector('.play').ariaLabel !== 'Pause'")


def test_a_year_that_fails_ends_the_playing_and_is_told(browse, address):
    watched = browse(f"{address}{MAP}?period=2013")
    watched.page.route("**/columns/**/2014*", lambda route: route.abort())
    play(watched).click()
    until(watched, "document.querySelector('.play').ariaLabel !== 'Pause'")
    assert "could not be loaded" in watched.page.locator("#legend").inner_text()


def test_the_slider_tells_its_year_and_moves_by_keys(browse, address):
    watched = browse(f"{address}{MAP}")
    slider = watched.page.locator("#timeline")
    assert slider.get_attribute("aria-valuetext") == "2014"
    slider.focus()
    watched.page.keyboard.press("ArrowLeft")
    watched.settle()
    assert slider.get_attribute("aria-valuetext") == "2013"
    assert query(watched) == {"period": "2013"}
    assert watched.page.input_value("#period") == "2013"


def test_a_step_of_many_is_no_place_to_go_back_to(browse, address):
    watched = browse(f"{address}{MAP}?group=black")
    watched.page.click("text=Arrest rate >> nth=0")
    length = watched.page.evaluate("history.length")
    play(watched).click()
    until(watched, "document.getElementById('period').value === '2013'")
    assert watched.page.evaluate("history.length") == length


def test_less_motion_leaves_the_playing_there(browse, address):
    watched = browse(f"{address}{MAP}?period=2013", reduced_motion="reduce")
    play(watched).click()
    until(watched, "document.getElementById('period').value === '2014'")


def test_without_script_there_is_nothing_to_play_and_the_choice_is_a_form(browse, address):
    page = browse(f"{address}{MAP}", java_script_enabled=False).page
    assert page.locator(".play").count() == 0
    page.click("#classing summary")
    page.select_option("#classes", "equal-3")
    page.check('input[name="palette"][value="Blues"]')
    page.click("#classing button")
    assert "classes=equal-3" in page.url
    assert "palette=Blues" in page.url
    assert page.input_value("#classes") == "equal-3"


def bounds_of(watched):
    rows = watched.page.locator('#legend [data-category^="class-"] .legend-text').all_inner_texts()
    return rows[::-1]


@SIZES
def test_chosen_classes_and_colours_are_those_of_map_legend_and_address(browse, address, size):
    watched = browse(f"{address}{MAP}", size=size)
    before = bounds_of(watched)
    watched.requests.clear()
    watched.page.click("#classing summary")
    watched.page.select_option("#classes", "equal-3")
    watched.settle()
    watched.page.check('input[name="palette"][value="Blues"]')
    watched.settle()
    assert tiles_of(watched) == []
    assert not [url for url in watched.requests if "/columns/" in url]
    assert query(watched) == {"classes": "equal-3", "palette": "Blues"}
    assert bounds_of(watched) != before
    assert "Equal intervals, 3 classes" in watched.page.locator("#legend").inner_text()
    told = watched.page.request.get(
        f"{address}/api/v1/classes/counties/{RATE}?classes=equal-3"
    ).json()
    value = 605.0
    at = next(row for row, bound in enumerate(told["bounds"]) if value <= bound)
    colours = palette.themed("Blues", len(told["bounds"]))["light"]
    assert watched.colour(*FIRST) == colours[at]
    watched.page.go_back()
    watched.page.go_back()
    watched.settle()
    assert bounds_of(watched) == before
    assert watched.page.input_value("#classes") == ""


@pytest.mark.parametrize("path", [MAP, f"/embed/{RATE}"])
def test_a_link_with_classes_draws_them_in_pages_and_widgets(browse, address, path):
    watched = browse(f"{address}{path}?classes=equal-3&palette=Blues", theme="dark")
    told = watched.page.request.get(
        f"{address}/api/v1/classes/counties/{RATE}?classes=equal-3"
    ).json()
    at = next(row for row, bound in enumerate(told["bounds"]) if bound >= 605.0)
    if path == MAP:
        assert watched.colour(*FIRST) == palette.themed("Blues", len(told["bounds"]))["dark"][at]
    legend = watched.page.locator("#legend").inner_text()
    assert "Equal intervals, 3 classes" in legend


def test_what_is_read_of_a_place_follows_the_classes(browse, address):
    watched = browse(f"{address}{MAP}?classes=equal-3&jurisdiction=06001")
    rows = bounds_of(watched)
    watched.page.focus("#map")
    watched.page.keyboard.press("ArrowRight")
    until(watched, "document.getElementById('map-status').textContent")
    said = watched.page.locator("#map-status").text_content()
    assert any(f"Class {row}" in said for row in rows)


def test_rows_of_the_legend_and_unreliable_rates_are_in_the_address(browse, address):
    watched = browse(f"{address}{MAP}")
    watched.page.check("#show-unreliable input")
    watched.settle()
    watched.page.click('#legend [data-category="suppressed"]')
    watched.settle()
    assert query(watched) == {"rows": "suppressed", "unreliable": "1"}
    again = browse(watched.page.url)
    shown = "#figures-table tbody tr:not([hidden])"
    assert (
        again.page.locator(shown).all_inner_texts() == watched.page.locator(shown).all_inner_texts()
    )
    assert again.page.is_checked("#show-unreliable input")
    assert (
        again.page.locator('[data-category="suppressed"]').get_attribute("aria-pressed") == "true"
    )
    watched.page.go_back()
    watched.page.go_back()
    watched.settle()
    assert not watched.page.is_checked("#show-unreliable input")
    assert watched.page.locator("#figures-table tbody tr[hidden]").count() == 0


@pytest.mark.parametrize(
    "asked", ["", "?group=black", "?period=2010-2014&group=white", "?layer=agencies&period=2013"]
)
def test_the_title_that_the_script_gives_is_the_server_s(browse, address, asked):
    plain = browse(f"{address}{MAP}{asked}", java_script_enabled=False).page.title()
    assert browse(f"{address}{MAP}{asked}").page.title() == plain


def test_the_title_follows_the_view(browse, address):
    watched = browse(f"{address}{MAP}")
    watched.page.select_option("#group", "black")
    watched.settle()
    watched.page.select_option("#period", "2013")
    watched.settle()
    plain = browse(watched.page.url, java_script_enabled=False).page
    assert watched.page.title() == plain.title()


@SIZES
@pytest.mark.parametrize("indicator", [RATE, COUNT])
def test_the_card_has_the_place_over_the_years(browse, address, indicator, size):
    watched = browse(f"{address}/maps/{indicator}?jurisdiction=06001", size=size)
    chart = watched.page.locator(".years")
    chart.wait_for()
    cells = json.loads(
        watched.page.request.get(f"{address}/api/v1/history/counties/{indicator}/06001").text()
    )
    years = [each for each in cells["periods"] if "-" not in each]
    assert watched.page.locator(".years-dot").count() == len(years)
    assert chart.get_attribute("aria-valuetext").startswith("2014: ")
    assert int(chart.get_attribute("aria-valuemax")) == len(years) - 1
    assert watched.page.locator(".years-break").count() == (1 if indicator == RATE else 0)
    assert watched.faults == []


def test_keys_on_the_chart_go_to_a_year_and_keep_the_focus(browse, address):
    watched = browse(f"{address}{MAP}?jurisdiction=06001")
    watched.page.locator(".years").wait_for()
    watched.page.focus(".years")
    watched.page.keyboard.press("ArrowLeft")
    watched.settle()
    assert query(watched) == {"period": "2013", "jurisdiction": "06001"}
    text = watched.page.evaluate("document.activeElement.getAttribute('aria-valuetext')")
    assert text.startswith("2013: 600 arrests")
    assert "95 % interval" in text


def test_a_click_on_the_chart_goes_to_its_year(browse, address):
    watched = browse(f"{address}{MAP}?jurisdiction=06001")
    chart = watched.page.locator(".years")
    chart.wait_for()
    chart.click(position={"x": 5, "y": 40})
    watched.settle()
    assert query(watched)["period"] == "2013"


def test_a_place_without_two_values_has_no_chart(browse, address):
    watched = browse(f"{address}{MAP}?jurisdiction=06007")
    until(watched, "!document.querySelector('.readout-history')")
    assert watched.page.locator(".years").count() == 0


def test_an_unreliable_year_is_on_the_chart_only_where_it_is_on_the_map(browse, address):
    watched = browse(f"{address}{MAP}?jurisdiction=06005&unreliable=1")
    watched.page.locator(".years").wait_for()
    assert watched.page.locator(".years-dot").count() == 2
    hidden = browse(f"{address}{MAP}?jurisdiction=06005")
    until(hidden, "!document.querySelector('.readout-history')")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_paper_has_the_map_as_a_picture_and_no_control(browse, address, theme):
    watched = browse(f"{address}{MAP}", theme=theme)
    page = watched.page
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    picture = page.locator(".print-map")
    assert picture.is_visible()
    assert picture.get_attribute("aria-label") == page.locator("#map").get_attribute("aria-label")
    for hidden in ("#map", "#controls", "#classing", ".legend-hint", ".map-keys-button"):
        assert page.locator(hidden).is_hidden()
    source = page.locator(".sheet-source").inner_text()
    for words in ("Arrest rate by county, 2014", "Department of Squares", "Cartographic squares"):
        assert words in source
    colour = page.evaluate(
        """() => {
          const picture = document.querySelector(".print-map");
          const { data } = picture.getContext("2d")
            .getImageData(0, 0, picture.width, picture.height);
          const found = new Set();
          for (let at = 0; at < data.length; at += 4) {
            found.add("#" + [0, 1, 2].map((part) => data[at + part].toString(16).padStart(2, "0"))
              .join(""));
          }
          return [...found];
        }"""
    )
    assert set(palette.themed("YlGnBu", 3)[theme][1:]) & set(colour)
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert picture.count() == 0
    assert page.locator(".sheet-source").count() == 1


def test_a_place_is_picked_after_many_years_as_before(browse, address):
    watched = browse(f"{address}{MAP}")
    for year in ("2013", "2014", "2013"):
        watched.page.select_option("#period", year)
        watched.settle()
    watched.page.mouse.move(*watched.at(*CAUTION))
    assert "Birch" in watched.page.locator(".tooltip").inner_text()
