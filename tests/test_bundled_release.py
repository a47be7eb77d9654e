"""The bundled atlas: figures that anybody can look up, and laws over every one of its values."""

import csv

import numpy as np
import pytest

from mapsvc.model import STATUSES, Status
from mapsvc.release.check import check_release

pytestmark = pytest.mark.release


@pytest.fixture(scope="module")
def release(bundled):
    return bundled.release


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_alameda_had_44276_arrests_in_2014_or_2742_per_100000_residents(release):
    values = release.values("counties", "arrest-rate", "2014")
    alameda = release.layer("counties").row("06001")
    assert values.numerator[alameda] == 44_276
    assert values.denominator[alameda] == 1_614_744
    assert round(float(values.value[alameda]), 2) == 2741.98
    assert round(float(values.lower[alameda]), 2) == 2716.50
    assert round(float(values.upper[alameda]), 2) == 2767.64


def test_no_death_is_lost(release):
    report = release.report["datasets"]["deaths-in-custody"]
    listed = sum(each["count"] for each in report["unmatched"])
    assert report["rows_read"] == 9_911
    assert report["joined"] + listed + len(report["rejected"]) == 9_911
    named = {example["value"] for each in report["unmatched"] for example in each["examples"]}
    assert {"In-State", "Out-of-State"} <= named


def test_all_but_one_death_reported_by_police_or_a_sheriff_reaches_an_agency(release, bundled):
    deaths = rows(bundled.datasets / "deaths-in-custody/deaths.csv")
    local = [row for row in deaths if row["agency_type"] in ("Police", "Sheriff")]
    aliases = {
        row["alias"]
        for row in rows(bundled.boundaries / "california/aliases.csv")
        if row["scheme"] == "agency_number"
    }
    assert len(local) == 3_837
    assert sum(row["agency_number"] not in aliases for row in local) == 1
    part = release.report["datasets"]["deaths-in-custody"]["layers"]["agencies"]
    assert part["joined"] + sum(each["count"] for each in part["unmatched"]) == 9_911


def test_jail_deaths_of_every_year_are_those_of_the_records(release, bundled):
    """Counted from the table by hand; the two county corrections departments are no agencies."""
    aliases = {
        row["alias"]
        for row in rows(bundled.boundaries / "california/aliases.csv")
        if row["scheme"] == "agency_number"
    }
    jails = [
        row
        for row in rows(bundled.datasets / "deaths-in-custody/deaths.csv")
        if row["custodial_responsibility"] in ("County Jail", "City Jail")
    ]
    assert {row["agency_name"] for row in jails if row["agency_number"] not in aliases} == {
        "Napa Department of Corrections",
        "Madera Department of Corrections",
    }
    for year in range(2005, 2019):
        of_year = [row for row in jails if row["year"] == str(year)]
        joined = sum(row["agency_number"] in aliases for row in of_year)
        counties = release.values("counties", "jail-deaths", str(year)).numerator
        agencies = release.values("agencies", "jail-deaths", str(year)).numerator
        assert np.nansum(counties) == len(of_year) > 0
        assert np.nansum(agencies) == joined


def test_arrest_rates_are_those_of_a_spreadsheet_in_every_county_year(release, bundled):
    """Recomputed from the committed tables by plain division, to one part in 10¹²."""
    residents = {
        (row["id"], row["year"]): int(row["population"])
        for row in rows(bundled.boundaries / "california/population.csv")
        if row["layer"] == "counties" and row["series"] == "residents"
    }
    arrests = {
        (row["county"], row["year"]): int(row["arrests"])
        for row in rows(bundled.datasets / "arrests/arrests.csv")
        if row["race"] == "all" and row["offence"] == "all"
    }
    layer = release.layer("counties")
    assert len(arrests) == 58 * 20
    for (county, year), count in arrests.items():
        values = release.values("counties", "arrest-rate", year)
        expected = count / residents[county, year] * 100_000
        assert values.value[layer.row(county)] == pytest.approx(expected, rel=1e-12)


def test_counties_are_exactly_their_agencies(release):
    partition = release.report["partitions"]["agencies"]
    assert partition["area"]["worst_share"] <= 1e-4
    assert partition["overlap"]["worst_m2"] <= 1_000


def test_agencies_without_residents_never_have_a_resident_rate(release):
    layer = release.layer("agencies")
    kinds = release.layer_info("agencies")["kinds"]
    values = release.values("agencies", "arrest-related-death-rate", "2014")
    for row, kind in enumerate(layer.kinds):
        if not kinds[kind]["residents"]:
            assert STATUSES[values.status[row]] is not Status.OK
            assert np.isnan(values.value[row])


def test_the_release_is_sound(release):
    assert check_release(release) == []


def test_the_slugs_that_were_promised_are_there(release):
    assert set(release.indicator_slugs) >= {
        "arrest-rate",
        "felony-arrest-rate",
        "violent-felony-arrest-rate",
        "misdemeanor-arrest-rate",
        "jail-booking-rate",
        "arrest-related-death-rate",
        "jail-deaths",
        "prison-and-hospital-deaths",
        "officer-assault-rate",
        "officers-killed",
    }
