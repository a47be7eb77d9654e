"""Laws of the Folium elements: equal bytes, nothing inline, nothing from elsewhere, no way out."""

import json
import re

import folium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapsvc.errors import UnknownNameError
from mapsvc.maps import choropleth, elements
from tests.maps.conftest import ADDRESSES, ASSETS, composed
from tests.synthetic_release import COUNT, HOSTILE, RATE

FORMS = ["page", "hero", "embed"]


def configuration(body):
    return json.loads(re.search(r'id="map-configuration">(.*?)</script>', body, re.DOTALL)[1])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_a_configuration_reads_back_as_it_was_and_cannot_end_its_script(document):
    written = elements.to_script_json(document)
    assert json.loads(written) == document
    assert not set("<>&\u2028\u2029") & set(written)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("indicator", [RATE, COUNT])
def test_equal_views_are_equal_bytes(release, indicator, form):
    assert composed(release, indicator, form) == composed(release, indicator, form)


def test_a_sheet_renders_the_same_twice(release):
    seen = choropleth.view(release, RATE)
    sheet = choropleth.sheet(release, seen, ADDRESSES, ASSETS)
    assert sheet.render() == sheet.render()


def test_a_map_leaves_folium_as_it_was(release):
    before = list(folium.Map.default_js), list(folium.Map.default_css)
    composed(release, RATE)
    assert (folium.Map.default_js, folium.Map.default_css) == before


@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(release, form):
    text = "".join(composed(release, RATE, form))
    assert "http" not in text
    assert not re.search(r"\s(style|on[a-z]+)=", text)
    assert "<style" not in text
    for attributes, inside in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL):
        assert "application/json" in attributes or not inside.strip()


def test_the_links_are_the_assets_in_order(release):
    links, _ = composed(release, RATE)
    addresses = re.findall(r'(?:href|src)="([^"]+)"', links)
    assert addresses == [*ASSETS.styles, *ASSETS.preloads, *ASSETS.scripts, ASSETS.module]


@pytest.mark.parametrize("form", FORMS)
def test_hostile_names_stay_text(hostile, form):
    _, body = composed(hostile, RATE, form, jurisdiction="06001")
    for name in HOSTILE:
        if "<" in name:
            assert name not in body
    assert body.count("<script") == 1
    assert "<img" not in body
    assert configuration(body)["indicator"]["title"] == HOSTILE[0]


def test_the_configuration_holds_what_the_script_needs(release):
    _, body = composed(release, RATE, layer="agencies", period="2010-2014", group="black")
    found = configuration(body)
    state = {"layer": "agencies", "period": "2010-2014", "group": "black", "jurisdiction": None}
    state["show"] = "values"
    assert found["indicator"]["state"] == {
        **state, "denominator": "", "classes": "", "palette": "", "compare": "",
    }  # fmt: skip
    assert found["map"]["bounds"] == [[36.0, -122.0], [37.0, -121.0]]
    bounds = found["indicator"]["classes"]["black"]["bounds"]
    for theme in ("light", "dark"):
        assert len(found["indicator"]["classes"]["black"]["colours"][theme]) == len(bounds)
    assert {"not_reported", "suppressed", "not_applicable", "no_boundary"} <= set(found["words"])
    named = found["indicator"]["denominators"]
    source = named["sources"][named["of"]["2010-2014"]["black"]]
    assert source["authority"] == "Bureau of Squares"


def test_a_count_has_no_denominator(release):
    _, body = composed(release, COUNT)
    assert configuration(body)["indicator"]["denominators"] is None


def test_the_controls_are_a_form_with_what_is_shown_chosen(release):
    _, body = composed(release, RATE, period="2013", group="white", jurisdiction="06001")
    assert '<form class="controls" id="controls" method="get" action="/maps/m">' in body
    chosen = re.findall(r'<option value="([^"]*)" selected>', body)
    assert chosen == ["2013", "white", "06001"]
    assert '<input type="radio" name="layer" value="counties" checked>' in body


def test_only_the_page_has_controls(release):
    assert "<form" not in composed(release, RATE, "embed")[1]
    assert "<form" not in composed(release, RATE, "hero")[1]


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({"layer": "parishes"}, "layer"),
        ({"period": "1066"}, "period"),
        ({"group": "martians"}, "group"),
        ({"jurisdiction": "00000"}, "jurisdiction"),
    ],
)
def test_a_view_of_what_is_not_there_names_what_is(release, asked, kind):
    with pytest.raises(UnknownNameError) as caught:
        choropleth.view(release, RATE, **asked)
    assert str(caught.value.kind).startswith(kind)
    assert caught.value.known


@pytest.mark.parametrize(
    ("jurisdiction", "words"),
    [
        ("06001", "605 arrests per 100,000 residents (95 % interval 545 to 667). 121 arrests."),
        ("06003", "Use with caution."),
        ("06005", "Unreliable."),
        ("06009", "Not reported. No complete record"),
        ("06011", "No boundary."),
    ],
)
def test_the_selected_place_is_described_in_words(release, jurisdiction, words):
    _, body = composed(release, RATE, jurisdiction=jurisdiction)
    shown = re.search(r'class="readout-text">(.*?)</p>', body)[1]
    assert words in shown


def test_an_unreliable_rate_is_not_told_but_its_count_is(release):
    _, body = composed(release, RATE, jurisdiction=release.layer("counties").ids[2])
    shown = re.search(r'class="readout-text">(.*?)</p>', body)[1]
    assert "per 100,000" not in shown
    assert "0 arrests" in shown
