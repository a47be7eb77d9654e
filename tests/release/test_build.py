"""Laws of the pipeline, on a made-up state that the code has never heard of."""

import csv
import json
import os
import subprocess
import sys

import numpy as np
import pytest
import shapely

from mapsvc.errors import ConservationError, InputError
from mapsvc.model import STATUSES
from mapsvc.release import store
from mapsvc.release.build import build_release
from mapsvc.release.check import check_release, tile_document
from tests.miniature import write_miniature


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def edit(path, change):
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document), "utf-8")


def test_another_state_builds_from_its_own_folders(miniature):
    release = miniature.release
    assert release.layer_keys == ("counties", "agencies")
    assert len(release.layer("counties").ids) == 6
    assert check_release(release) == []


def test_every_row_read_is_joined_or_listed(miniature):
    for entry in miniature.release.report["datasets"].values():
        listed = sum(each["count"] for each in entry["unmatched"]) + len(entry["rejected"])
        assert entry["rows_read"] == entry["joined"] + listed > 0


def test_rates_are_those_of_a_spreadsheet(miniature):
    """Numerator over denominator from the two tables, row by row, without the pipeline's code."""
    release = miniature.release
    stops = rows(miniature.datasets / "stops/stops.csv")
    residents = {
        (row["id"], row["year"]): float(row["population"])
        for row in rows(next(miniature.boundaries.glob("*/population.csv")))
        if row["layer"] == "counties" and row["series"] == "residents"
    }
    entry = next(each for each in release.catalogue["indicators"] if each["dataset"] == "stops")
    layer = release.layer("counties")
    compared = 0
    for row in stops:
        if row["group"] != "all" or row["complete"] != "true":
            continue
        values = release.values("counties", entry["slug"], row["year"])
        place = layer.row(row["county"])
        expected = float(row["stops"]) / residents[row["county"], row["year"]] * entry["per"]
        assert values.value[place] == pytest.approx(expected, rel=1e-12)
        compared += 1
    assert compared > 15


def test_every_answer_has_every_jurisdiction_and_no_nan_where_it_is_ok(miniature):
    release = miniature.release
    for entry in release.catalogue["indicators"]:
        for layer in entry["layers"]:
            for period in entry["periods"]:
                values = release.values(layer, entry["slug"], period)
                assert len(values.value) == len(release.layer(layer).ids)
                assert np.array_equal(np.isfinite(values.value), values.status == 0)


def test_what_is_missing_has_its_status(miniature):
    release = miniature.release
    found = set()
    for entry in release.catalogue["indicators"]:
        for layer in entry["layers"]:
            for period in entry["periods"]:
                found |= set(release.values(layer, entry["slug"], period).status.tolist())
    assert {STATUSES[code] for code in found} >= {
        "ok",
        "not_reported",
        "not_applicable",
        "no_boundary",
    }


@pytest.mark.parametrize(
    "surroundings",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Kolkata", "LC_ALL": "C", "OMP_NUM_THREADS": "1"},
        {"PYTHONHASHSEED": "77", "TZ": "America/Los_Angeles", "LC_ALL": "C.UTF-8"},
    ],
)
def test_the_same_input_gives_the_same_bytes_wherever_it_is_built(
    miniature, tmp_path, surroundings
):
    command = [sys.executable, "-c", "from mapsvc.cli import main; main()", "build", "--quiet"]
    command += ["--workers", surroundings.get("OMP_NUM_THREADS", "2")]
    folders = ["--boundaries", miniature.boundaries, "--datasets", miniature.datasets]
    subprocess.run(
        [*command, *folders, "--atlas", tmp_path / "atlas"],
        check=True,
        env={**os.environ, **surroundings},
        cwd=tmp_path,
        capture_output=True,
    )
    again = store.open_release(tmp_path / "atlas")
    assert again.id == miniature.release.id
    assert again.manifest["files"] == miniature.release.manifest["files"]


def test_everything_wrong_is_told_at_once_and_nothing_is_published(tmp_path):
    boundaries, datasets = write_miniature(tmp_path)
    stops = datasets / "stops/stops.csv"
    text = stops.read_text("utf-8").splitlines()
    text[1] = text[1].replace("99001", "99999")
    text[2] = text[2].replace("2013", "soon")
    stops.write_text("\n".join(text) + "\n", "utf-8")
    incidents = datasets / "incidents/incidents.csv"
    incidents.write_bytes(incidents.read_bytes().replace(b"Alder", b"Ald\xe9r", 1))
    population = next(boundaries.glob("*/population.csv"))
    population.write_text(population.read_text("utf-8").replace("residents,", "residents,-", 1))
    for descriptor in [*boundaries.glob("*/datapackage.json"), *datasets.glob("*/*.json")]:
        edit(descriptor, lambda each: [item.pop("hash", None) for item in each["resources"]])
    with pytest.raises(InputError) as caught:
        build_release(boundaries, datasets, tmp_path / "atlas")
    said = str(caught.value)
    assert "stops.csv, row 3" in said
    assert "incidents.csv" in said
    assert "population.csv" in said
    assert store.releases(tmp_path / "atlas") == []
    assert list((tmp_path / "atlas/releases").iterdir()) == []


def test_parts_that_do_not_cover_their_parent_stop_the_build(tmp_path):
    boundaries, datasets = write_miniature(tmp_path)
    path = next(boundaries.glob("*/agencies.geojson"))

    def shrink(document):
        shape = next(
            each["geometry"]
            for each in document["features"]
            if each["geometry"] and each["geometry"]["type"] == "Polygon"
        )
        ring = shape["coordinates"][0]
        ring[0] = ring[-1] = [ring[0][0] + 0.01, ring[0][1] + 0.01]

    edit(path, shrink)
    edit(
        path.with_name("datapackage.json"),
        lambda each: [item.pop("hash", None) for item in each["resources"]],
    )
    with pytest.raises(ConservationError, match=r"its parts cover|overlap by"):
        build_release(boundaries, datasets, tmp_path / "atlas")
    assert store.current_id(tmp_path / "atlas") is None


def test_an_alternative_that_no_population_table_has_is_told(tmp_path):
    boundaries, datasets = write_miniature(tmp_path)

    def misspell(document):
        document["mapsvc"]["indicators"][0]["alternatives"][0]["series"] = "daytme"

    edit(datasets / "incidents/datapackage.json", misspell)
    with pytest.raises(InputError, match=r"series 'daytme'\. It has: daytime, residents"):
        build_release(boundaries, datasets, tmp_path / "atlas")


def test_a_denominator_that_no_population_table_has_is_told(tmp_path):
    boundaries, datasets = write_miniature(tmp_path)

    def misspell(document):
        for each in document["mapsvc"]["indicators"]:
            each["denominator"]["series"] = "resident"

    edit(datasets / "stops/datapackage.json", misspell)
    with pytest.raises(InputError, match=r"series 'resident'\. It has: daytime, residents"):
        build_release(boundaries, datasets, tmp_path / "atlas")


def test_a_tile_tells_its_features(miniature):
    assert {each["id"] for each in tile_document(miniature.release, "counties/0/0/0")["counties"]}
    assert tile_document(miniature.release, "counties/5/0/0") == {}


def test_the_check_finds_what_is_wrong(miniature, monkeypatch):
    release = miniature.release
    values = release.values("counties", release.indicator_slugs[0], "2014")
    values.value[0] = np.nan
    values.upper[1] = 0
    found = "\n".join(check_release(release))
    assert "value is not there exactly where the status is ok" in found
    assert "outside its interval" in found


def test_outer_rings_of_geojson_run_against_the_clock(miniature):
    """RFC 7946, 3.1.6: exterior rings are counterclockwise, holes clockwise."""
    layer = miniature.release.layer("counties")
    for text in layer.geojson:
        shape = shapely.from_geojson(text)
        assert shape.exterior.is_ccw
        assert not any(hole.is_ccw for hole in shape.interiors)
