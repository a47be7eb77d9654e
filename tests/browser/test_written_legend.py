"""Laws of the legend that a page comes with: what the script shows, before it and without it."""

import pytest

from tests.synthetic_release import COUNT, RATE

pytestmark = pytest.mark.browser

VIEWS = [
    f"/maps/{RATE}",
    f"/maps/{RATE}?layer=agencies",
    f"/maps/{RATE}?period=2013&group=black&classes=equal-3",
    f"/maps/{RATE}?lang=es&palette=YlGnBu",
    f"/maps/{COUNT}",
    f"/embed/{RATE}?layer=agencies",
    f"/embed/{COUNT}",
]
ROWS = """() => [...document.querySelectorAll(".legend-rows .legend-text")].map(text => {
  const row = text.closest(".legend-row");
  const count = row.querySelector(".legend-count").firstChild.textContent;
  return [text.firstChild.textContent, text.querySelector("small")?.textContent ?? "", count];
})"""
SEEN = """() => [...document.querySelectorAll(".legend-body svg")]
  .filter((drawn) => getComputedStyle(drawn).display !== "none")
  .map((drawn) => drawn.classList.toString())"""


@pytest.mark.parametrize("view", VIEWS)
def test_the_rows_of_a_page_are_those_of_its_script(browse, address, view):
    scripted = browse(address + view)
    plain = browse(address + view, java_script_enabled=False)
    rows = plain.page.evaluate(ROWS)
    assert rows
    assert rows == scripted.page.evaluate(ROWS)
    assert scripted.faults == plain.faults == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("view", [VIEWS[0], VIEWS[4], VIEWS[5], VIEWS[6]])
def test_each_swatch_is_seen_in_the_theme_of_the_page_alone(browse, address, view, theme):
    page = browse(address + view, theme=theme, java_script_enabled=False).page
    seen = page.evaluate(SEEN)
    assert seen
    assert all(f"swatch-{theme}" in each for each in seen)
    assert len(seen) == page.locator(".legend-body svg").count() / 2


def test_the_sizes_of_circles_are_told(browse, address):
    plain = browse(f"{address}/maps/{COUNT}", java_script_enabled=False).page
    scripted = browse(f"{address}/maps/{COUNT}").page
    said = plain.locator("svg.legend-sizes").first.get_attribute("aria-label")
    assert said == scripted.locator(".legend-sizes").get_attribute("aria-label")


@pytest.mark.parametrize("show", ["reporting", "difference"])
def test_a_view_that_is_no_values_has_no_legend_of_values(browse, reported_address, show):
    plain = browse(f"{reported_address}/maps/{RATE}?show={show}", java_script_enabled=False).page
    assert plain.locator(".legend-body").count() == 1
    assert plain.locator(".legend-rows").count() == 0
