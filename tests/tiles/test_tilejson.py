"""TileJSON 3.0, as its specification has it."""

import pytest

from mapsvc.tiles.tilejson import default_center, tilejson, vector_layers

GOOD = {
    "url": "https://example.org/tiles/counties/{z}/{x}/{y}.mvt",
    "name": "Counties",
    "layers": vector_layers("counties", {"value": "Number"}),
    "bounds": (-124.5, 32.5, -114.1, 42.0),
    "center": (-119.0, 37.0, 5),
    "min_zoom": 0,
    "max_zoom": 10,
    "attribution": "Census Bureau",
    "release": "2024-abc",
}


def test_a_document_has_what_the_specification_requires():
    document = tilejson(**GOOD)
    assert document["tilejson"] == "3.0.0"
    assert document["tiles"] == [GOOD["url"]]
    assert document["bounds"] == [-124.5, 32.5, -114.1, 42.0]
    assert document["center"] == [-119.0, 37.0, 5]
    assert (document["minzoom"], document["maxzoom"]) == (0, 10)
    assert document["attribution"] == "Census Bureau"
    assert document["release"] == "2024-abc"
    assert all(set(layer) >= {"id", "fields"} for layer in document["vector_layers"])


def test_what_is_added_to_the_polygons_is_not_added_to_their_labels():
    polygons, labels = vector_layers("counties", {"value_2014": "Number"})
    assert polygons["id"] == "counties"
    assert list(polygons["fields"].items()) == [
        ("id", "String"),
        ("name", "String"),
        ("kind", "String"),
        ("value_2014", "Number"),
    ]
    assert labels == {
        "id": "counties-labels",
        "fields": {"id": "String", "name": "String", "kind": "String"},
    }
    _, labels = vector_layers("counties", labels={"value": "Number"})
    assert labels["fields"]["value"] == "Number"


def test_geometry_alone_has_no_attributes():
    polygons, _ = vector_layers("counties")
    assert set(polygons["fields"]) == {"id", "name", "kind"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "/tiles/{z}/{x}/{y}.mvt"},
        {"url": "https://example.org/{z}/{x}.mvt"},
        {"center": (0.0, 37.0, 5)},
        {"center": (-119.0, 50.0, 5)},
        {"center": (-119.0, 37.0, 11)},
        {"min_zoom": 6},
    ],
    ids=str,
)
def test_what_a_client_could_not_use_is_an_error(wrong):
    with pytest.raises(ValueError, match=r"absolute address|outside|not within"):
        tilejson(**(GOOD | wrong))


def test_the_default_center_is_in_the_bounds():
    bounds = (-124.5, 32.5, -114.1, 42.0)
    assert tilejson(**(GOOD | {"center": default_center(bounds, 4)}))["center"] == [
        pytest.approx(-119.3),
        37.25,
        4,
    ]
