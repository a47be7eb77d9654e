"""Laws of pictures: what the page says, in an image that stands alone, the same each time."""

import re
import xml.etree.ElementTree as ET
from collections import Counter

import pytest

from mapsvc.errors import BadParameterError
from mapsvc.maps import choropleth, palette, picture, style, svg
from mapsvc.maps.classes import classes_of
from mapsvc.maps.legend import legend
from mapsvc.maps.typeset import Frame
from mapsvc.model import STATUSES
from tests.synthetic_release import COUNT, RATE

NS = "{http://www.w3.org/2000/svg}"
VIEWS = [
    {"indicator": RATE},
    {"indicator": RATE, "period": "2014", "group": "black"},
    {"indicator": RATE, "layer": "agencies", "period": "2010-2014"},
    {"indicator": COUNT},
]
FRAMES = [
    Frame(),
    Frame(1200, 630, "dark"),
    Frame(400, theme="dark"),
    Frame(320),
    Frame(720),
]


def drawn(release, asked, frame=FRAMES[0], caveat=""):
    seen = choropleth.view(release, **asked)
    made = picture.draw(release, seen, frame, caveat)
    return seen, made, ET.fromstring(made.svg)


def places(root):
    """Return the look of each place that is drawn, by id, and every id as often as it is."""
    (area,) = (each for each in root.iter(f"{NS}g") if each.get("id") == "places")
    found = [(path.get("data-id"), group.get("data-look")) for group in area for path in group]
    return dict(found), Counter(identifier for identifier, _ in found)


@pytest.mark.parametrize("asked", VIEWS)
@pytest.mark.parametrize("frame", FRAMES)
def test_every_place_with_land_is_drawn_once_as_it_is(release, asked, frame):
    seen, _, root = drawn(release, asked, frame)
    looks, times = places(root)
    table, column = release.layer(seen.layer), seen.values(release)
    land = {table.ids[row] for row, path in enumerate(table.outlines) if path}
    assert times == dict.fromkeys(land, 1)
    for identifier, look in looks.items():
        row = table.row(identifier)
        status = STATUSES[column.status[row]]
        if seen.indicator == COUNT:
            assert look == ("no_boundary" if status == "no_boundary" else "plain")
        elif status != "ok":
            assert look == status
        elif look != "unreliable":
            assert look.split("-")[0] == f"c{column.klass[row]}"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_class_has_its_colour_on_the_map_exactly_where_a_place_has_it(release, theme):
    seen, _, root = drawn(release, VIEWS[0], Frame(theme=theme))
    entry, column = seen.entry(release), seen.values(release)
    shades = palette.themed(entry["palette"], len(style.bounds_of(entry, seen)))[theme]
    shown = set(legend(release, seen, theme).looks)
    (area,) = (each for each in root.iter(f"{NS}g") if each.get("id") == "places")
    fills = {group.get("fill") for group in area}
    assert fills
    for number, shade in enumerate(shades):
        assert (shade in fills) == (f"c{number}" in shown)
    assert column.klass.max() >= 0


@pytest.mark.parametrize("asked", VIEWS)
def test_every_hatch_that_is_used_is_defined(release, asked):
    _, made, root = drawn(release, asked)
    defined = {each.get("id") for each in root.iter(f"{NS}pattern")}
    used = set(re.findall(r"url\(#([^)]+)\)", made.svg))
    used |= {each.get("href")[1:] for each in root.iter(f"{NS}pattern") if each.get("href")}
    assert used <= defined


@pytest.mark.parametrize("asked", VIEWS)
def test_the_legend_counts_every_place_of_the_layer(release, asked):
    seen = choropleth.view(release, **asked)
    shown = legend(release, seen, "light")
    caution = sum("-caution" in look for look in shown.looks)
    plain = sum(look in ("plain", "circle") for look in shown.looks)
    assert sum(row.count for row in shown.rows) - caution + plain == len(shown.looks)


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("asked", VIEWS)
def test_no_words_leave_the_picture_or_lie_on_each_other(release, asked, frame):
    _, made, root = drawn(release, asked, frame, caveat="Read this first, as it matters " * 3)
    boxes = []
    for group in root.findall(f"{NS}g"):
        moved = re.fullmatch(r"translate\(([\d.-]+) ([\d.-]+)\)", group.get("transform", ""))
        left, top = (float(each) for each in moved.groups()) if moved else (0.0, 0.0)
        for word in group.findall(f"{NS}text"):
            size = float(word.get("font-size"))
            x, y = left + float(word.get("x")), top + float(word.get("y"))
            width = svg.measure(word.text, size, bool(word.get("font-weight")))
            x -= width if word.get("text-anchor") == "end" else 0
            assert -1 <= x <= x + width <= made.width + 1
            assert 0 <= y - 0.75 * size <= y + 0.25 * size <= made.height
            boxes.append((x, y - 0.75 * size, x + width, y))
    assert len(boxes) > 5
    for at, (x0, y0, x1, y1) in enumerate(boxes):
        for u0, v0, u1, v1 in boxes[:at]:
            assert x1 <= u0 or u1 <= x0 or y1 <= v0 or v1 <= y0


def test_the_same_view_is_the_same_picture(release):
    first, again = (drawn(release, VIEWS[0])[1] for _ in range(2))
    assert first == again
    assert first != drawn(release, VIEWS[0], Frame(theme="dark"))[1]


@pytest.mark.parametrize("asked", VIEWS)
def test_it_says_to_those_who_do_not_see_it_what_it_shows(release, asked):
    seen, made, root = drawn(release, asked)
    assert root.get("role") == "img"
    assert root.find(f"{NS}title").text == choropleth.label(release, seen)
    assert root.find(f"{NS}desc").text == made.alt
    for row in legend(release, seen, "light").rows:
        assert row.count == 0 or f"{row.title}: {row.count}" in made.alt


def test_source_caveat_and_release_are_inside(release):
    _, _, root = drawn(release, VIEWS[0], caveat="Counts differ")
    said = " ".join(each.text for each in root.iter(f"{NS}text"))
    assert "Read with care: Counts differ." in said
    assert release.id in said
    assert "Records:" in said
    assert "Boundaries:" in said


def test_the_height_is_as_asked_or_refused_with_what_would_do(release):
    assert drawn(release, VIEWS[0], Frame(1200, 630))[1].height == 630
    with pytest.raises(BadParameterError, match="or more") as refused:
        drawn(release, VIEWS[0], Frame(320, 240))
    least = int(re.search(r"\d+", str(refused.value.expected))[0])
    assert drawn(release, VIEWS[0], Frame(320, least))[1].height == least


def test_names_that_attack_stay_text(hostile):
    for asked in VIEWS:
        _, made, root = drawn(hostile, asked, caveat="</text><script>\x00\x0b")
        assert "<script" not in made.svg
        assert not [each for each in root.iter() if each.tag == f"{NS}script"]
        names = {name for each in root.iter() for name in each.attrib}
        assert not [name for name in names if name.startswith("on")]


@pytest.mark.parametrize("width", [20, 60, 200])
def test_lines_are_no_wider_than_asked_and_lose_no_letter(width):
    said = "Donaudampfschifffahrtsgesellschaft and others, 2010–2014: 字幕 of WWW"
    lines = svg.wrap(said, width, 12)
    assert "".join("".join(lines).split()) == "".join(said.split())
    assert all(svg.measure(line, 12) <= width or len(line) == 1 for line in lines)


@pytest.mark.parametrize("classes", ["quantiles-4", "equal-5", "round-3"])
def test_classes_that_a_reader_chose_are_those_of_the_map(release, classes):
    asked = {"indicator": RATE, "period": "2010-2014", "classes": classes, "palette": "Blues"}
    seen, _, root = drawn(release, asked)
    looks, _ = places(root)
    bounds = classes_of(release, seen).bounds
    column, table = seen.values(release), release.layer(seen.layer)
    shown = [look for look in looks.values() if re.match(r"c\d", look)]
    assert shown
    for identifier, look in looks.items():
        value = column.value[table.row(identifier)]
        if re.match(r"c\d", look):
            rank = int(look[1])
            assert value <= bounds[rank] or rank == len(bounds) - 1
            assert rank == 0 or value > bounds[rank - 1]
    assert classes_of(release, seen).title in " ".join(root.itertext())
    fills = {group.get("fill") for group in root.iter(f"{NS}g") if group.get("data-look")}
    assert fills & set(palette.themed("Blues", len(bounds))["light"]) or all(
        "url" in fill for fill in fills
    )
