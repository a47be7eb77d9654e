"""Laws of styles: the colours and breaks of the page, and one look for every value."""

import itertools

import pytest

from mapsvc.errors import UnknownNameError
from mapsvc.maps import choropleth, palette, sprite, style, theme
from mapsvc.maps.flatstyle import flattened
from mapsvc.maps.theme import THEMES
from mapsvc.model import RELIABILITIES, STATUSES, Reliability, Status
from tests.clients.node import style_faults
from tests.synthetic_release import BREAKS, COUNT, GROUPS, LAYERS, PERIODS, RATE

SOURCES = style.Sources(
    tiles="https://maps.example/tiles/l.json",
    ground="https://maps.example/tiles/context.json",
    sprite="https://maps.example/sprites/light",
)
VIEWS = [
    (indicator, layer, period, group)
    for indicator in (RATE, COUNT)
    for layer in LAYERS[indicator]
    for period in PERIODS[indicator]
    for group in GROUPS[indicator]
]


def made(release, indicator=RATE, layer="counties", period="2014", group="all", theme="light"):
    seen = choropleth.view(release, indicator, layer, period, group)
    return style.indicator_style(release, seen, SOURCES, theme, ["Read with care."])


def holds(condition, properties):
    """Evaluate the filters that are used, in either of their forms."""
    operator, *rest = condition
    if operator == "all":
        return all(holds(part, properties) for part in rest)
    field, *values = rest
    value = properties.get(field[1] if isinstance(field, list) else field)
    if operator in ("in", "!in"):
        return (value in values) is (operator == "in")
    if operator in ("==", "!="):
        return (value == values[0]) is (operator == "==")
    if value is None:
        return False
    return {"<": value < values[0], ">=": value >= values[0], ">": value > values[0]}[operator]


def looks(layers, properties, source_layer="counties"):
    """Return what a feature gets from the layers, from below: fills, hatches, circles, marks."""
    found = []
    for layer in layers:
        if layer.get("source-layer") != source_layer or layer["id"].startswith("edges"):
            continue
        if "filter" in layer and not holds(layer["filter"], properties):
            continue
        paint = {**layer["paint"], **layer.get("layout", {})}
        colour = paint.get("fill-color")
        if isinstance(colour, list):
            pairs = dict(zip((k[0] for k in colour[2:-1:2]), colour[3:-1:2], strict=True))
            paint["fill-color"] = pairs.get(properties.get("class"), colour[-1])
        found.append((layer["type"], tuple(sorted((k, str(v)) for k, v in paint.items()))))
    return found


def rate(status, reliability=None, klass=None):
    given = {"status": str(status), "reliability": reliability, "class": klass}
    return {key: value for key, value in given.items() if value is not None}


ALL_RATES = [
    *(rate(status) for status in STATUSES if status != Status.OK),
    *(rate("ok", str(trust), k) for trust in RELIABILITIES for k in range(len(BREAKS[RATE]))),
]


def test_every_style_is_valid(release):
    styles = [made(release, *view, theme=name) for view, name in itertools.product(VIEWS, THEMES)]
    styles += [style.layer_style(release, key, SOURCES, "dark") for key in release.layer_keys]
    assert style_faults(styles) == []
    assert style_faults([{**item, "layers": flattened(item["layers"])} for item in styles]) == []


def test_the_validator_finds_a_fault(release):
    spoilt = made(release)
    spoilt["layers"][1]["paint"]["fill-color"] = "no colour"
    assert style_faults([spoilt])


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("group", GROUPS[RATE])
def test_a_class_has_the_colour_that_the_page_gives_it(release, name, group):
    layers = made(release, group=group, theme=name)["layers"]
    for klass, colour in enumerate(palette.themed("YlGnBu", len(BREAKS[RATE]))[name]):
        reliable = looks(layers, rate("ok", "reliable", klass))
        assert reliable == [("fill", (("fill-color", colour),))]


def test_the_legend_has_the_breaks_of_the_catalogue_and_the_colours_of_the_map(release):
    legend = made(release)["metadata"]["mapsvc:legend"]
    classes = [row for row in legend if "class" in row]
    assert [row["upTo"] for row in classes] == BREAKS[RATE]
    assert [row["above"] for row in classes] == [None, *BREAKS[RATE][:-1]]
    assert [row["title"] for row in classes] == ["Up to 300", "300 to 600", "600 to 5,000"]
    assert [row["colour"] for row in classes] == list(palette.themed("YlGnBu", 3)["light"])
    named = {row.get("status") or row.get("reliability") for row in legend if "class" not in row}
    assert named == {*STATUSES, *RELIABILITIES} - {Status.OK, Reliability.RELIABLE}


@pytest.mark.parametrize("name", THEMES)
def test_every_status_and_reliability_looks_different(release, name):
    layers = made(release, theme=name)["layers"]
    seen = [
        *(rate(status) for status in STATUSES if status != Status.OK),
        *(rate("ok", str(trust), 1) for trust in RELIABILITIES),
    ]
    drawn = [tuple(looks(layers, properties)) for properties in seen]
    assert len(set(drawn)) == len(drawn)
    assert all(drawn)


def test_a_value_that_is_not_shown_has_the_colour_of_no_class(release):
    layers = made(release)["layers"]
    classes = palette.themed("YlGnBu", 3)["light"]
    hidden = [rate(status) for status in STATUSES if status != Status.OK]
    for properties in [*hidden, *(rate("ok", "unreliable", klass) for klass in range(3))]:
        painted = str(looks(layers, properties))
        assert not any(colour in painted for colour in classes)


@pytest.mark.parametrize("properties", ALL_RATES, ids=str)
def test_a_flat_style_draws_a_rate_as_the_other_does(release, properties):
    layers = made(release)["layers"]
    assert looks(flattened(layers), properties) == looks(layers, properties)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("value", [None, 0, 1, 7, 50, 1e6])
def test_a_flat_style_draws_a_count_as_the_other_does(release, status, value):
    layers = made(release, COUNT)["layers"]
    properties = {"status": str(status)} | ({} if value is None else {"value": value})
    drawn = looks(layers, properties, "counties-labels")
    assert looks(flattened(layers), properties, "counties-labels") == drawn
    assert len(drawn) == (0 if status == "no_boundary" or (status, value) == ("ok", None) else 1)


def test_a_flat_style_has_no_expression(release):
    for view in VIEWS:
        text = str(flattened(made(release, *view)["layers"]))
        assert not any(word in text for word in ("'get'", "'match'", "'step'", "interpolate"))


def test_an_expression_without_a_plain_form_is_refused():
    layer = {"id": "x", "type": "circle", "paint": {"circle-radius": ["sqrt", ["get", "value"], 1]}}
    with pytest.raises(ValueError, match="has no plain form"):
        flattened([layer])


@pytest.mark.parametrize("reference", [1.0, 50.0, 12_345.0])
def test_the_area_of_a_circle_is_the_count_to_a_pixel_of_its_radius(reference):
    steps = style.steps(reference)
    assert steps[0][0] == 30
    for part in range(1, 1001):
        count = reference * part / 1000
        fitting = [
            radius
            for radius, low, high in steps
            if (low is None or count >= low) and (high is None or count < high)
        ]
        assert len(fitting) == 1
        assert abs(fitting[0] - style.radius_of(count, reference)) <= 1


def test_large_circles_lie_under_small_ones(release):
    layers = made(release, COUNT)["layers"]
    radii = [
        layer["paint"]["circle-radius"] for layer in layers if layer["id"].startswith("counts-")
    ]
    assert radii == sorted(radii, reverse=True)


def test_a_style_says_what_it_shows_and_with_what_care(release):
    metadata = made(release, group="black")["metadata"]
    entry = release.indicator(RATE)
    assert metadata["mapsvc:title"] == choropleth.label(
        release, choropleth.view(release, RATE, "counties", "2014", "black")
    )
    assert metadata["mapsvc:unit"] == entry["unit"]
    assert metadata["mapsvc:caveats"] == ["Read with care."]
    assert metadata["mapsvc:breaks"] == entry["breaks"]
    assert metadata["mapsvc:release"] == release.id
    assert release.dataset(entry["dataset"])["publisher"] in metadata["mapsvc:source"]


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_every_image_of_a_style_is_in_the_sprite(release, view):
    used = style.image_names(made(release, *view))
    assert used
    assert used <= sprite.DRAWINGS.keys()


def test_a_style_asks_for_no_glyphs(release):
    for view in VIEWS:
        document = made(release, *view)
        assert "glyphs" not in document
        assert "text-field" not in str(document)


@pytest.mark.parametrize("name", THEMES)
def test_the_ground_has_the_colours_of_the_style_sheet(release, name):
    background = made(release, theme=name)["layers"][0]
    assert background["paint"]["background-color"] == theme.colours(name)["sea"]


def test_the_themes_differ_and_there_is_no_third():
    assert theme.colours("light")["sea"] != theme.colours("dark")["sea"]
    with pytest.raises(UnknownNameError):
        theme.colours("sepia")


def test_every_colour_of_the_sheet_is_in_a_form_that_clients_read():
    for name in THEMES:
        for colour in theme.colours(name).values():
            red, green, blue, alpha = theme.rgba(colour)
            assert max(red, green, blue) <= 255
            assert 0 < alpha <= 1
