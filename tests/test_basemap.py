"""Laws of a background from elsewhere: named in a known list, whole, and told of."""

import pytest

from mapsvc.basemap import disclosure, hosts, read
from mapsvc.errors import InputError
from mapsvc.settings import load

TWO = "CartoDB.Positron?apikey=k1 CartoDB.DarkMatter?apikey=k1"


def test_a_name_of_the_list_is_a_template_with_its_attribution():
    (found,) = read("OpenStreetMap.Mapnik")
    assert found.url == "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
    assert found.origins == ("https://tile.openstreetmap.org",)
    assert "openstreetmap.org/copyright" in found.attribution


def test_a_name_is_found_however_it_is_written():
    assert read("openstreetmap mapnik".replace(" ", ".")) == read("OpenStreetMap.Mapnik")


def test_two_names_are_for_light_and_for_dark_and_every_host_is_named():
    light, dark = read(TWO)
    assert (light.name, dark.name) == ("CartoDB.Positron", "CartoDB.DarkMatter")
    assert "k1" in light.url
    assert len(light.origins) == 4
    assert hosts((light, dark)) == [f"{each}.basemaps.cartocdn.com" for each in "abcd"]
    assert read(TWO.split()) == read(TWO.replace(" ", ", "))


def test_a_tile_of_512_pixels_keeps_its_size():
    assert read("MapTiler.Positron?key=k1")[0].tile_size == 512


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Streets", "'Streets'"),
        ("CartoDB.Positron", "apikey=..."),
        ("OpenStreetMap.Mapnik?colour=red", "colour"),
        ("OpenStreetMap.Mapnik?url=https://elsewhere.example/{z}/{x}/{y}", "url"),
        ("Esri.ArcticImagery", "Web Mercator"),
        ("TopPlusOpen.Grey", "https"),
        ("A B C", "at most two"),
        (5, "name of a background"),
        ([5], "name of a background"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_what_would_be_right(text, told):
    with pytest.raises(InputError) as caught:
        load({"basemap": text}, {}, None)
    assert told in str(caught.value)
    assert "--basemap" in str(caught.value)


def test_an_operator_is_told_who_learns_what():
    told = disclosure(read("OpenStreetMap.Mapnik"))
    for word in ("tile.openstreetmap.org", "network address", "part of the map"):
        assert word in told
