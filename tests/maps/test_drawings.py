"""Laws of palettes, charts and thumbnails."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapsvc.maps import chart, palette, thumbnail
from mapsvc.maps.chart import Point
from tests.synthetic_release import COUNT, RATE

PALETTES = ["YlGnBu", "PuBuGn", "YlOrBr", "Purples", "Reds"]


def luminance(colour):
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize("classes", range(1, 10))
def test_a_higher_class_stands_out_more_in_both_themes(name, classes):
    themes = palette.themed(name, classes)
    light = [luminance(colour) for colour in themes["light"]]
    dark = [luminance(colour) for colour in themes["dark"]]
    assert len(light) == len(dark) == classes
    assert light == sorted(light, reverse=True)
    assert dark == sorted(dark)


def test_an_unknown_palette_is_an_error():
    with pytest.raises(ValueError, match="Nope"):
        palette.colours("Nope", 5)


points = st.lists(
    st.none() | st.floats(0, 1e6, allow_subnormal=False), min_size=2, max_size=30
).map(lambda values: [Point(2000 + at, v, v, v and v * 1.5) for at, v in enumerate(values)])


@given(points)
def test_everything_drawn_lies_within_the_drawing(series):
    drawn = chart.chart(series, [])
    known = [point for point in series if point.value is not None]
    if len(known) < 2:
        assert drawn is None
        return
    assert len(drawn.dots) == len(known)
    assert len(drawn.missing) == len(series) - len(known)
    for x, y, _ in drawn.dots:
        assert 0 <= x <= chart.WIDTH
        assert 0 <= y <= chart.HEIGHT
    heights = [y for y, _ in drawn.levels]
    assert heights == sorted(heights, reverse=True)
    assert len(drawn.levels) <= 8


@given(points)
def test_a_higher_value_is_never_drawn_lower(series):
    drawn = chart.chart(series, [])
    if drawn is None:
        return
    values = [point.value for point in series if point.value is not None]
    order = np.argsort(values, kind="stable")
    heights = [drawn.dots[at][1] for at in order]
    assert heights == sorted(heights, reverse=True)


def test_a_gap_and_a_break_both_end_the_line():
    series = [Point(2000 + at, 1.0 if at != 3 else None) for at in range(8)]
    drawn = chart.chart(series, [{"year": 2006, "text": "A law."}])
    assert [len(line.split()) for line in drawn.lines] == [3, 2, 2]
    assert [text for _, text in drawn.breaks] == ["A law."]
    assert [text for _, text in drawn.missing] == ["2003"]


def test_a_thumbnail_has_a_shape_for_each_polygon_and_shows_no_unreliable_rate(release):
    table = release.layer("counties")
    drawn = thumbnail.outlines(table, 100)
    assert len(drawn.paths) == 6
    column = release.values("counties", RATE, "2014")
    marks = {mark.row: mark.klass for mark in thumbnail.areas(drawn, column)}
    assert marks[0] == f"q{column.klass[0]}"
    assert marks[2] == "q-none"  # no events: unreliable
    assert marks[3] == "q-none"  # withheld


def test_a_circle_has_the_area_of_its_count_and_zero_has_none(release):
    drawn = thumbnail.outlines(release.layer("counties"), 100)
    column = release.values("counties", COUNT, "2014")
    marks = thumbnail.circles(drawn, column)
    assert [mark.row for mark in marks] == [0, 1]
    ratio = (marks[0].radius / marks[1].radius) ** 2
    assert ratio == pytest.approx(column.value[0] / column.value[1], rel=0.05)
