"""QGIS, as Debian has it, draws the tiles by template and by style, and reads the features."""

import json
import math
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from mapsvc.web import ogc_urls, style_urls, urls
from tests.clients.views import CALIFORNIA, CIRCUMFERENCE, POMONA, TO_MERCATOR, misdrawn, near

SCRIPT = Path(__file__).with_name("qgis_render.py")
PYTHON = "/usr/bin/python3"
WIDTH, HEIGHT = 900, 700
SQUARE = 16

pytestmark = pytest.mark.clients


@pytest.fixture(scope="session")
def qgis(tmp_path_factory):
    """Return a function that has QGIS do a task, with a profile of its own."""
    if shutil.which(PYTHON) is None or not Path("/usr/share/qgis").is_dir():
        pytest.fail("QGIS is not installed: run `scripts/test-clients`.")
    profile = tmp_path_factory.mktemp("qgis")
    environ = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL"))
    }
    environ |= {
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(profile),
        "HOME": str(profile),
        "QGIS_CUSTOM_CONFIG_PATH": str(profile),
    }

    def work(**task):
        done = subprocess.run(
            [PYTHON, str(SCRIPT)],
            input=json.dumps(task),
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
            env=environ,
            cwd=profile,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    return work


def window(view, places):
    """What QGIS needs to draw the same window as the other clients."""
    x, y = TO_MERCATOR(*view.center)
    metres = CIRCUMFERENCE / (512 * 2**view.zoom)
    across, up = WIDTH / 2 * metres, HEIGHT / 2 * metres
    return {
        "size": [WIDTH, HEIGHT],
        "extent": [x - across, y - up, x + across, y + up],
        "points": [TO_MERCATOR(*place.spot[:2]) for place in places],
    }


def source(service, view):
    described = service.json(urls.tilejson_url(view.layer, view.indicator, view.period, view.group))
    return {
        "template": described["tiles"][0],
        "least": described["minzoom"],
        "most": described["maxzoom"],
    }


@pytest.mark.parametrize(("service", "view"), [("state", CALIFORNIA), ("pomona", POMONA)])
def test_a_template_of_tiles_is_enough_for_a_map(request, qgis, service, view):
    service = request.getfixturevalue(service)
    places, colours = view.roomy(view.places(service), 4), view.colours(service)
    filters = [(f'"class" = {number}', colour) for number, colour in enumerate(colours)]
    filters.append(('"status" = \'not_reported\' AND "value" IS NULL', "#ff00ff"))
    drawn = qgis(
        do="draw",
        layer=view.layer,
        filters=filters,
        square=2,
        **source(service, view),
        **window(view, places),
    )
    assert drawn["errors"] == []
    for place, square in zip(places, drawn["squares"], strict=True):
        expected = colours[place.properties["class"]] if "class" in place.properties else "#ff00ff"
        assert all(near(pixel, expected) for pixel in square), place.properties["name"]


@pytest.mark.parametrize(("service", "view"), [("state", CALIFORNIA), ("pomona", POMONA)])
def test_the_style_gives_classes_their_colours_and_gaps_their_hatch(request, qgis, service, view):
    service = request.getfixturevalue(service)
    address = style_urls.style_url(view.layer, view.indicator, view.period, view.group)
    legend = service.json(address)["metadata"]["mapsvc:legend"]
    colours = tuple(row["colour"] for row in legend if "class" in row)
    blank = next(row["colour"] for row in legend if row.get("status") == "not_reported")
    places = view.roomy(view.places(service), SQUARE)
    drawn = qgis(
        do="draw",
        style=service.base + address,
        square=SQUARE,
        **source(service, view),
        **window(view, places),
    )
    assert drawn["errors"] == []
    assert list(misdrawn(places, drawn["squares"], colours, blank)) == []


def test_the_features_of_the_ogc_api_are_those_of_the_api(state, qgis):
    found = qgis(do="features", url=state.base + ogc_urls.ogc_url(), collection="counties")
    expected = {place.id: place for place in CALIFORNIA.places(state)}
    assert found["crs"] in ("OGC:CRS84", "EPSG:4326")
    assert {each["properties"]["id"] for each in found["features"]} == set(expected)
    for each in found["features"]:
        place = expected[each["properties"]["id"]]
        assert each["properties"]["name"] == place.properties["name"]
        assert math.isclose(each["area"], place.geometry.area, rel_tol=1e-6)
