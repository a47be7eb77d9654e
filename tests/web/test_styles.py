"""Laws of styles and sprites over HTTP: every address in one leads somewhere on this service."""

import json
from urllib.parse import urlsplit

import mapbox_vector_tile
import pytest

from tests.synthetic_release import COUNT, RATE

RATE_STYLE = f"/styles/counties/{RATE}/2014.json"
STYLES = [
    "/styles/counties.json",
    "/styles/agencies.json?theme=dark",
    RATE_STYLE,
    f"/styles/agencies/{RATE}/2010-2014.json?group=black&theme=dark",
    f"/styles/counties/{COUNT}/2014.json",
]
SPRITES = [
    f"/sprites/{theme}{ratio}.{form}"
    for theme in ("light", "dark")
    for ratio in ("", "@2x")
    for form in ("json", "png")
]


def style(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response.content_type == "application/json"
    return json.loads(response.data)


def local(address):
    """Return the path of an absolute address on the host that tests ask."""
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc) == ("http", "localhost")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@pytest.mark.parametrize("path", STYLES)
def test_a_style_draws_only_what_its_sources_have(client, path):
    document = style(client, path)
    described = {
        name: json.loads(client.get(local(source["url"])).data)
        for name, source in document["sources"].items()
    }
    for layer in document["layers"]:
        if layer["type"] == "background":
            continue
        offered = {item["id"]: item for item in described[layer["source"]]["vector_layers"]}
        assert layer["source-layer"] in offered
        used = {
            field
            for field in ("status", "reliability", "class", "value")
            if f"['get', '{field}']" in str(layer)
        }
        assert used <= offered[layer["source-layer"]]["fields"].keys()


@pytest.mark.parametrize("path", STYLES)
@pytest.mark.parametrize("ratio", ["", "@2x"])
def test_the_sprite_of_a_style_has_its_images(client, path, ratio):
    document = style(client, path)
    base = local(document["sprite"])
    index = json.loads(client.get(f"{base}{ratio}.json").data)
    images = client.get(f"{base}{ratio}.png")
    assert images.content_type == "image/png"
    assert images.data.startswith(b"\x89PNG")
    used = {layer["paint"]["fill-pattern"] for layer in document["layers"]
            if "fill-pattern" in layer.get("paint", {})}  # fmt: skip
    assert used <= index.keys()
    assert {image["pixelRatio"] for image in index.values()} == {2 if ratio else 1}


def test_a_label_has_the_attributes_of_its_area(client):
    """Circles stand on labels: their size is a count that is there."""
    tile = mapbox_vector_tile.decode(client.get(f"/tiles/counties/{COUNT}/2014/5/5/12.mvt").data)
    areas, labels = (
        {item["id"]: item["properties"] for item in tile[name]["features"]}
        for name in ("counties", "counties-labels")
    )
    assert labels
    assert any("value" in properties for properties in labels.values())
    assert all(areas[fid] == properties for fid, properties in labels.items())


def test_a_group_and_a_theme_are_in_the_addresses_of_the_style(client):
    document = style(client, f"/styles/counties/{RATE}/2014.json?group=black&theme=dark")
    assert document["sources"]["counties"]["url"].endswith("/2014.json?group=black")
    assert document["sprite"].endswith("/sprites/dark")
    assert document["metadata"]["mapsvc:group"] == "black"


@pytest.mark.parametrize("path", [*STYLES, *SPRITES])
def test_it_is_read_from_anywhere_and_revalidated(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "public, no-cache"
    again = client.get(path, headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    head = client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == response.headers["ETag"]


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("/styles/nothing.json", 404, "counties"),
        (f"/styles/counties/{RATE}/1999.json", 404, "2014"),
        (f"/styles/agencies/{COUNT}/2014.json", 404, "counties"),
        (f"/styles/counties/{RATE}/2014.json?group=nobody", 404, "black"),
        (f"/styles/counties/{RATE}/2014.json?theme=sepia", 400, "light or dark"),
        (f"/styles/counties/{RATE}/2014.json?lang=en", 400, "group"),
        ("/sprites/light.png?v=1", 400, "v"),
        ("/sprites/light@3x.png", 404, ""),
        ("/sprites/sepia.json", 404, ""),
    ],
)
def test_what_is_not_there_is_a_problem_that_says_what_is(client, path, status, word):
    response = client.get(path)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    assert word in response.get_data(as_text=True)


def test_names_that_attack_stay_text(hostile_client):
    document = style(hostile_client, RATE_STYLE)
    assert document["version"] == 8
