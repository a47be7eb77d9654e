"""Laws of a jurisdiction's years as a picture: every value that is shown, and nothing withheld."""

import xml.etree.ElementTree as ET

import pytest

from mapsvc.errors import UnknownNameError
from mapsvc.maps import series_picture, text
from mapsvc.maps.typeset import Frame
from mapsvc.model import RELIABILITIES, STATUSES
from tests.synthetic_release import COUNT, RATE

NS = "{http://www.w3.org/2000/svg}"
UNRELIABLE = RELIABILITIES.index("unreliable")
FRAMES = [Frame(), Frame(1200, 630, "dark"), Frame(320), Frame(600, 240)]


def each(release):
    for layer in ("counties", "agencies"):
        for identifier in release.layer(layer).ids:
            for slug in (RATE, COUNT):
                if layer in release.indicator(slug)["layers"]:
                    yield layer, identifier, slug


@pytest.mark.parametrize("frame", FRAMES)
def test_a_dot_for_each_year_that_has_a_value_and_a_cross_for_each_that_has_none(release, frame):
    drawings = 0
    for layer, identifier, slug in each(release):
        root = ET.fromstring(series_picture.draw(release, layer, identifier, slug, frame).svg)
        row = release.layer(layer).row(identifier)
        years = [year for year in release.indicator(slug)["periods"] if "-" not in year]
        columns = [release.values(layer, slug, year) for year in years]
        shown = [
            STATUSES[column.status[row]] == "ok"
            and (slug == COUNT or column.reliability[row] != UNRELIABLE)
            for column in columns
        ]
        dots = list(root.iter(f"{NS}circle"))
        if dots:
            drawings += 1
            assert len(dots) == sum(shown)
            crosses = [path for path in root.iter(f"{NS}path") if "l6 6m" in path.get("d")]
            assert len(crosses) == len(years) - sum(shown)
        else:
            assert sum(shown) < 2
    assert drawings


def test_everything_is_inside_and_the_words_name_the_place_the_unit_and_the_release(release):
    for frame in FRAMES:
        made = series_picture.draw(release, "counties", "06001", RATE, frame, "Read this.")
        root = ET.fromstring(made.svg)
        assert (int(root.get("width")), int(root.get("height"))) == (made.width, made.height)
        said = " ".join(node.text or "" for node in root.iter(f"{NS}text"))
        entry = release.indicator(RATE)
        assert release.layer("counties").names[0] in said
        assert entry["unit"][1:] in said.replace("  ", " ") or frame.width == 320
        assert release.id in said
        assert root.get("role") == "img"
        assert root.find(f"{NS}desc").text == made.alt


def test_the_sentences_give_the_first_the_last_and_the_extreme_years(release):
    found = series_picture.series(release, "counties", "06001", RATE)
    known = [(point.value, point.year) for point in found.points if point.value is not None]
    said = series_picture.told(release, found, RATE)
    for year in (known[0][1], known[-1][1], min(known)[1], max(known)[1]):
        assert str(year) in said
    missing = [str(point.year) for point in found.points if point.value is None]
    assert not missing or f"No value to show in {text.spans(missing)}." in said


def test_the_same_bytes_each_time_and_others_in_the_dark(release):
    ask = (release, "counties", "06001", RATE)
    first = series_picture.draw(*ask, Frame()).svg
    assert series_picture.draw(*ask, Frame()).svg == first
    assert series_picture.draw(*ask, Frame(theme="dark")).svg != first


def test_hostile_names_stay_text(hostile):
    for layer, identifier, slug in each(hostile):
        root = ET.fromstring(series_picture.draw(hostile, layer, identifier, slug, Frame()).svg)
        assert not [
            node for node in root.iter() if node.tag.split("}")[1] in ("script", "img", "a")
        ]


def test_what_is_not_there_is_named(release):
    for layer, identifier, slug in (
        ("nowhere", "06001", RATE), ("counties", "nobody", RATE), ("counties", "06001", "nothing"),
    ):  # fmt: skip
        with pytest.raises(UnknownNameError):
            series_picture.series(release, layer, identifier, slug)
