"""Laws of the page about the tiles: every address on it works, and none is missing."""

import html
import json
import re
from urllib.parse import urlsplit

import pytest

from tests.synthetic_release import COUNT, GROUPS, HOSTILE, LAYERS, PERIODS, RATE

VIEWS = [
    "/tiles",
    f"/tiles?layer=agencies&indicator={RATE}&period=2010-2014&group=black",
    f"/tiles?layer=counties&indicator={COUNT}",
    "/tiles?layer=counties&indicator=",
]


def page(client, path="/tiles"):
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == 200
    return response.get_data(as_text=True)


def copied(text):
    """Return what the buttons copy: addresses and code."""
    return [html.unescape(found) for found in re.findall(r'data-copy="([^"]*)"', text)]


def path_of(address):
    parts = urlsplit(address.format(z=5, x=5, y=12))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@pytest.mark.parametrize("view", VIEWS)
def test_every_address_that_is_copied_answers(client, view):
    addresses = [text for text in copied(page(client, view)) if "\n" not in text]
    ours = [text for text in addresses if text.startswith("http://localhost/")]
    # The archive is served by the tile service, where its own tests are.
    ours = [text for text in ours if not text.endswith(".pmtiles")]
    assert len(ours) > 5
    for address in ours:
        assert client.get(path_of(address)).status_code == 200, address


@pytest.mark.parametrize("view", VIEWS)
def test_every_address_in_the_code_is_one_of_the_tileset(client, view):
    texts = copied(page(client, view))
    addresses = {path_of(text).partition("?")[0] for text in texts if "\n" not in text}
    code = "\n".join(text for text in texts if "\n" in text)
    named = set(re.findall(r"http://localhost(/[^\s\"'&?%]*)", code))
    folders = {re.sub(r"/\d+$", "/5/5/12.mvt", name) for name in named}
    assert {path_of(f"http://localhost{name}") for name in folders} <= addresses


def test_every_layer_indicator_period_and_group_can_be_chosen(client):
    text = page(client)
    for layer in ("counties", "agencies"):
        assert f'value="{layer}"' in text
        assert f"/tiles/{layer}/" + "{z}/{x}/{y}.mvt" in text
    for indicator, layers in LAYERS.items():
        for layer in layers:
            chosen = page(client, f"/tiles?layer={layer}&indicator={indicator}")
            for key in (*PERIODS[indicator], "all"):
                assert f'<option value="{key}"' in chosen
            assert f"/tiles/{layer}/{indicator}/" in text
    for group in GROUPS[RATE]:
        assert f'<option value="{group}"' in page(client, f"/tiles?indicator={RATE}")


def test_every_period_at_once_has_tiles_but_no_picture(client):
    text = page(client, f"/tiles?layer=counties&indicator={RATE}&period=all")
    first = [item for item in copied(text) if "\n" not in item][:6]
    assert first[0].endswith(f"/tiles/counties/{RATE}/all/{{z}}/{{x}}/{{y}}.mvt")
    assert not any(f"/{RATE}/all" in item for item in copied(text) if "/styles/" in item)
    assert 'id="use-maplibre"' not in text
    assert 'id="use-qgis"' in text


@pytest.mark.parametrize(
    ("query", "layer", "indicator", "period"),
    [
        ("layer=agencies&indicator=jail-deaths&period=2014", "agencies", None, None),
        (f"indicator={COUNT}&period=2010-2014", "counties", COUNT, "2014"),
        (f"indicator={COUNT}&group=black", "counties", COUNT, "2014"),
        ("layer=counties&indicator=", "counties", None, None),
    ],
)
def test_what_does_not_go_together_falls_back(client, query, layer, indicator, period):
    text = page(client, f"/tiles?{query}")
    name = layer if indicator is None else f"{layer}/{indicator}/{period}"
    template = next(item for item in copied(text) if item.startswith("http"))
    assert template == f"http://localhost/tiles/{name}/{{z}}/{{x}}/{{y}}.mvt"


@pytest.mark.parametrize(
    ("query", "status"), [("layer=nothing", 404), ("indicator=nothing", 404), ("z=1", 400)]
)
def test_what_does_not_exist_is_an_error(client, query, status):
    assert client.get(f"/tiles?{query}").status_code == status


def test_the_page_can_be_used_without_script(client):
    text = page(client)
    assert '<form class="controls tiles-form"' in text
    assert 'type="submit"' in text
    # What only script can do is hidden until there is some.
    assert all("hidden" in tag for tag in re.findall(r"<button[^>]*data-copy[^>]*>", text))
    assert re.search(r'id="inspector" hidden', text)


def test_the_page_runs_no_inline_script(client):
    scripts = re.findall(r"<script([^>]*)>", page(client))
    assert all("src=" in tag or 'type="application/json"' in tag for tag in scripts)
    assert " style=" not in page(client)


def test_pages_lead_to_it(client):
    assert 'href="/tiles"' in page(client, "/")
    found = page(client, f"/maps/{RATE}?layer=agencies&period=2013&group=white")
    assert f"/tiles?layer=agencies&amp;indicator={RATE}&amp;period=2013&amp;group=white" in found


def test_names_that_attack_stay_text(hostile_client):
    text = page(hostile_client)
    for name in HOSTILE[:1]:
        assert name not in text
    configuration = re.search(r'id="inspector-configuration">(.*?)</script>', text, re.DOTALL)[1]
    assert json.loads(configuration)["layer"] == "counties"
