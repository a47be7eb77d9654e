"""tippecanoe, the reference of the field, decodes our tiles to what the API says."""

import gzip
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely

from mapsvc.web import urls
from tests.clients.views import POMONA
from tests.tiles.checker import decode

DECODE = shutil.which("tippecanoe-decode", path=str(Path(sys.executable).parent))
ZOOM = 5
EXTENT = 4096


@pytest.fixture(scope="module")
def decoded(pomona, program, tmp_path_factory):
    """Return, for each tile of a zoom, its bytes and the layers that tippecanoe finds in it."""
    folder = tmp_path_factory.mktemp("decoded")
    template = urls.tile_template(POMONA.layer, POMONA.indicator, POMONA.period)
    found = {}
    for x in range(2**ZOOM):
        for y in range(2**ZOOM):
            tile = pomona.read(template.format(z=ZOOM, x=x, y=y))
            if tile:
                file = folder / f"{x}-{y}.mvt"
                file.write_bytes(gzip.decompress(tile) if tile[:2] == b"\x1f\x8b" else tile)
                text = program(DECODE, file, ZOOM, x, y).stdout
                layers = json.loads(text)["features"]
                found[x, y] = (
                    file.read_bytes(),
                    {each["properties"]["layer"]: each["features"] for each in layers},
                )
    return found


def test_it_finds_the_properties_that_the_api_gives(pomona, decoded):
    places = {place.id: place for place in POMONA.places(pomona)}
    seen = set()
    for _, layers in decoded.values():
        for feature in layers.get(POMONA.layer, []):
            place = places[feature["properties"]["id"]]
            assert feature["properties"] == place.properties
            assert feature["id"] == int(place.id)
            seen.add(place.id)
    assert seen == set(places)


def test_it_finds_each_label_once_in_its_own_place(pomona, decoded):
    places = {place.id: place for place in POMONA.places(pomona)}
    labels = [
        feature
        for _, layers in decoded.values()
        for feature in layers.get(f"{POMONA.layer}-labels", [])
    ]
    assert sorted(each["properties"]["id"] for each in labels) == sorted(places)
    for label in labels:
        place = places[label["properties"]["id"]]
        assert shapely.contains_xy(place.geometry, *label["geometry"]["coordinates"])


def test_it_finds_the_geometry_that_our_own_checker_finds(decoded):
    compared = 0
    for (x, y), (tile, layers) in decoded.items():
        for feature in decode(tile).get(POMONA.layer, []):
            theirs = next(f for f in layers[POMONA.layer] if f["id"] == feature.fid)
            shape = shapely.geometry.shape(theirs["geometry"])
            ours = to_degrees(feature.geometry, x, y)
            apart = shapely.hausdorff_distance(shape.boundary, ours.boundary)
            assert apart < 1e-6, feature.properties["name"]
            assert np.isclose(shape.area, ours.area, rtol=1e-5)
            compared += 1
    assert compared >= 6


def to_degrees(geometry, x, y):
    """Turn units of a tile into degrees."""

    def turn(points):
        across = (x + points[:, 0] / EXTENT) / 2**ZOOM
        down = (y + points[:, 1] / EXTENT) / 2**ZOOM
        latitude = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * down))))
        return np.column_stack([across * 360 - 180, latitude])

    return shapely.transform(geometry, turn)
