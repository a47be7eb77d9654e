"""Figures at the edge of what can be divided: a defined result or a named error, never NaN.

Each case is the made-up state with one thing changed, built and then asked over every address that
works something out.
"""

import csv
import json
import re

import numpy as np
import pytest
from werkzeug.test import Client

from mapsvc.errors import InputError
from mapsvc.model import STATUSES
from mapsvc.release import store
from mapsvc.release.build import build_release
from mapsvc.release.check import check_release
from mapsvc.settings import Settings
from mapsvc.web.app import create_wsgi
from tests.miniature import write_miniature

SLUG, LAYER, YEAR, POOLED = "stop-rate", "counties", "2014", "2013-2016"
COUNTIES = ("99001", "99003", "99005", "99007", "99009", "99011")


def rewrite(path, change):
    """Pass every row of a table through ``change``; a row for which it returns None goes."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    changed = [row for row in (change(dict(row)) for row in rows) if row is not None]
    assert changed != rows
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(changed)


def loosen(path):
    """Take the hashes and the minima out of a descriptor, so that only the service checks."""
    document = json.loads(path.read_text("utf-8"))
    for resource in document["resources"]:
        resource.pop("hash", None)
        for field in resource.get("schema", {}).get("fields", []):
            field.get("constraints", {}).pop("minimum", None)
    path.write_text(json.dumps(document), "utf-8")


@pytest.fixture
def build(tmp_path):
    """Return a function from changes of the two tables to the release made of them."""

    def made(stops=None, population=None):
        boundaries, datasets = write_miniature(tmp_path)
        residents = next(boundaries.glob("*/population.csv"))
        for path, change in ((datasets / "stops/stops.csv", stops), (residents, population)):
            if change:
                rewrite(path, change)
            loosen(path.with_name("datapackage.json"))
        atlas = tmp_path / "atlas"
        build_release(boundaries, datasets, atlas)
        release = store.open_release(atlas)
        # Of one county's residents alone the test makes something else: the books tell.
        faults = [fault for fault in check_release(release) if not fault.startswith("ledger of ")]
        assert faults == []
        return release, Client(create_wsgi(store.CurrentRelease(atlas), Settings(atlas=atlas)))

    return made


def cell(release, county, period=YEAR, group="all"):
    values = release.values(LAYER, SLUG, period, group)
    row = release.layer(LAYER).row(county)
    number = float(values.value[row])
    return str(STATUSES[values.status[row]]), None if np.isnan(number) else number


def ask(client, county="99001", group="all"):
    """Ask every address that works something out; return the answer of the API."""
    view = f"layer={LAYER}&period={YEAR}&group={group}"
    values = f"/api/v1/indicators/{SLUG}?{view}"
    addresses = [
        *(f"{values}&format={form}&smoothed=1" for form in ("json", "csv", "geojson")),
        f"{values}&ranks=1",
        f"/api/v1/columns/{LAYER}/{SLUG}/{YEAR}?group={group}",
        f"/api/v1/jurisdictions/{LAYER}/{county}",
        f"/api/v1/compare/{LAYER}/{county}?indicator={SLUG}&period={YEAR}&group={group}",
        f"/api/v1/differences/{LAYER}/{SLUG}/{YEAR}?group={group}",
        f"/api/v1/differences/{LAYER}/{SLUG}/{YEAR}?group={group}&with={county}",
        f"/maps/{SLUG}?{view}",
        f"/maps/{SLUG}?{view}&show=difference",
        f"/maps/{SLUG}?{view}&show=similar&jurisdiction={county}",
        f"/maps/{SLUG}/method?{view}&jurisdiction={county}",
        f"/jurisdictions/{LAYER}/{county}",
        f"/embed/{SLUG}?{view}",
    ]
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, (address, response.data)
        text = response.get_data(as_text=True)
        assert not re.search(r"\b(nan|NaN|inf|Infinity|None)\b", text), address
    assert client.get(f"/tiles/{LAYER}/{SLUG}/{YEAR}/0/0/0.mvt").status_code == 200
    return json.loads(client.get(addresses[0]).data)


def of(county, year=YEAR, **values):
    """Return a change of the rows of one county and year."""

    def change(row):
        where = (row.get("county") or row.get("id"), row["year"])
        return {**row, **values} if where == (county, year) else row

    return change


def test_zero_residents_are_not_applicable_and_in_a_pool_are_nobody(build):
    release, client = build(population=of("99003", population="0"))
    assert cell(release, "99003") == ("not_applicable", None)
    status, pooled = cell(release, "99003", POOLED)
    column = release.values(LAYER, SLUG, POOLED)
    row = release.layer(LAYER).row("99003")
    assert status == "ok"
    assert pooled == pytest.approx(column.numerator[row] / column.denominator[row] * 100_000)
    answer = ask(client, "99003")
    assert answer["modelled"]["places"] == sum(
        each["value"] is not None for each in answer["values"]
    )


def test_missing_residents_are_not_reported_in_the_year_and_in_every_pool_with_it(build):
    def gone(row):
        return None if (row["id"], row["year"]) == ("99003", YEAR) else row

    release, client = build(population=gone)
    for period in (YEAR, POOLED, "2013-2014"):
        assert cell(release, "99003", period) == ("not_reported", None)
    assert cell(release, "99003", "2013")[0] == "ok"
    ask(client, "99003")


@pytest.mark.parametrize("figure", ["", "0"])
def test_a_group_without_denominator_has_no_rate_and_everyone_keeps_theirs(build, figure):
    def change(row):
        blue = (row["county"], row["year"], row["group"]) == ("99001", YEAR, "blue")
        return {**row, "population": figure} if blue else row

    release, client = build(stops=change)
    status = "not_applicable" if figure else "not_reported"
    assert cell(release, "99001", YEAR, "blue") == (status, None)
    assert cell(release, "99001", YEAR, "green")[0] == "ok"
    assert cell(release, "99001")[0] == "ok"
    ask(client, group="blue")


@pytest.mark.parametrize(
    ("table", "column"),
    [("stops", "stops"), ("stops", "population"), ("population", "population")],
)
def test_a_negative_figure_is_an_error_that_names_its_row(build, table, column):
    with pytest.raises(InputError) as caught:
        build(**{table: of("99001", **{column: "-3"})})
    assert caught.value.problems
    for problem in caught.value.problems:
        assert problem.file.endswith(f"{table}.csv")
        assert problem.column == column
        assert problem.row > 1
        assert problem.what == "-3 is below the minimum 0"
        assert problem.mend


def test_no_events_anywhere_are_zeros_of_one_class_that_nothing_is_modelled_away_from(build):
    release, client = build(stops=lambda row: {**row, "stops": "0"})
    answer = ask(client)
    reported = [each for each in answer["values"] if each["status"] == "ok"]
    assert reported
    for each in reported:
        assert each["value"] == each["lower"] == each["modelled_value"] == 0
        assert each["upper"] > 0
        assert each["reliability"] == "unreliable"
    assert answer["classes"] == [0.0]
    assert answer["modelled"]["overall"] == 0
    ranked = json.loads(client.get(f"/api/v1/indicators/{SLUG}?layer={LAYER}&ranks=1").data)
    assert ranked["ranking"]["ranked"] == 0
    assert release.indicator(SLUG)["layers"][LAYER]["classes"]["all"] == [0.0]


def test_one_place_alone_is_its_own_model_first_in_rank_and_beside_nobody(build):
    release, client = build(stops=lambda row: row if row["county"] == "99001" else None)
    answer = ask(client)
    (only,) = [each for each in answer["values"] if each["status"] == "ok"]
    assert only["id"] == "99001"
    assert only["modelled_value"] == pytest.approx(only["value"], rel=1e-12)
    assert cell(release, "99003") == ("not_reported", None)
    ranked = json.loads(
        client.get(f"/api/v1/indicators/{SLUG}?period={YEAR}&layer={LAYER}&ranks=1").data
    )
    first = next(each for each in ranked["values"] if each["id"] == "99001")
    assert (first["rank"], first["rank_best"], first["rank_worst"]) == (1, 1, 1)
    address = f"/api/v1/compare/{LAYER}/99001?indicator={SLUG}&period={YEAR}"
    beside = json.loads(client.get(address).data)
    assert beside["ratio"] is None
    assert beside["sentence"]


def test_no_place_at_all_with_a_rate_has_neither_model_nor_classes(build):
    release, client = build(
        stops=lambda row: {**row, "stops": "" if row["year"] == YEAR else row["stops"]}
    )
    answer = ask(client)
    assert {each["status"] for each in answer["values"]} == {"not_reported"}
    assert answer["modelled"]["places"] == 0
    assert answer["modelled"]["overall"] is None
    assert {each["modelled_value"] for each in answer["values"]} == {None}
    for county in COUNTIES:
        assert cell(release, county, POOLED)[1] is None


def test_rates_that_differ_less_than_by_chance_are_all_modelled_as_the_rate_of_all(build):
    def even(row):
        events = round(int(row["population"]) / 200) + (row["county"] == "99003")
        return {**row, "stops": str(events), "complete": "true"}

    _, client = build(stops=even)
    answer = ask(client)
    overall = answer["modelled"]["overall"]
    given = [each for each in answer["values"] if each["status"] == "ok"]
    assert len({each["value"] for each in given}) > 1
    for each in given:
        assert each["modelled_value"] == pytest.approx(overall, rel=1e-12)
