"""The figures of the bundled datasets against what their publishers print."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from typing import Any

import pytest

from derivations.california import bookings, deaths
from tests.bundled import PROJECT, dataset, package, rows


def number(text: str) -> int | None:
    return int(text) if text else None


# Arrests


def arrests_by(*columns: str) -> dict[tuple[str, ...], int]:
    return {
        tuple(row[column] for column in columns): int(row["arrests"])
        for row in rows("arrests/arrests.csv")
    }


def test_alameda_2014_is_what_the_publisher_prints():
    assert arrests_by("county", "year", "race", "offence")["06001", "2014", "all", "all"] == 44_276


@pytest.mark.parametrize("year", range(2005, 2015))
def test_the_counties_add_up_to_the_published_state_total(year):
    published = {
        row["race"]: row
        for row in rows("arrests/published-state-totals.csv")
        if row["year"] == str(year)
    }
    counties = [row for row in rows("arrests/arrests.csv") if row["year"] == str(year)]
    for column in ("arrests", "population"):
        added: Counter[str] = Counter()
        for row in counties:
            added[row["race"]] += int(row[column])
        assert added["all"] == int(published["all"][column])
        # A race falls short by its small cells, which are left out by the publisher.
        assert all(added[race] <= int(row[column]) for race, row in published.items())


def test_no_cell_by_race_is_so_small_that_the_publisher_would_leave_it_out():
    by_race = [row for row in rows("arrests/arrests.csv") if row["race"] != "all"]
    assert min(int(row["arrests"]) for row in by_race) == 31
    assert len(by_race) == 2_595 - 580


def test_races_are_given_to_2014_and_offences_from_2015():
    for row in rows("arrests/arrests.csv"):
        early = int(row["year"]) <= 2014
        assert row["offence"] == "all" if early else row["race"] == "all"
        assert bool(row["population"]) == early


def test_every_county_has_a_total_in_every_year():
    totals = [
        (row["county"], row["year"])
        for row in rows("arrests/arrests.csv")
        if row["race"] == row["offence"] == "all"
    ]
    counties = {county for county, _ in totals}
    assert len(counties) == 58
    assert sorted(totals) == sorted((c, str(y)) for c in counties for y in range(2005, 2025))


def test_offences_add_up_in_each_of_the_580_counties_and_years():
    by_offence: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in rows("arrests/arrests.csv"):
        if int(row["year"]) >= 2015:
            by_offence[row["county"], row["year"]][row["offence"]] = int(row["arrests"])
    assert len(by_offence) == 580
    for counts in by_offence.values():
        classes = ("violent", "property", "drug", "sex", "other")
        assert sum(counts[f"felony_{each}"] for each in classes) == counts["felony"]
        assert counts["felony"] + counts["misdemeanor"] + counts["status"] == counts["all"]


# Deaths in custody


def test_no_date_age_or_detail_singles_a_person_out():
    assert set(rows("deaths-in-custody/deaths.csv")[0]) == {
        "record", "year", "county", "agency_type", "agency_number", "agency_name",
        "custodial_responsibility", "custody_status", "manner_of_death", "race", "gender",
    }  # fmt: skip
    kept = set(deaths.KEPT)
    left_out = set(deaths.PUBLISHED) - kept
    assert {"age", "date_of_death_mm", "date_of_death_dd", "means_of_death"} <= left_out


def test_deaths_have_no_blank_and_one_spelling_of_an_apostrophe():
    for row in rows("deaths-in-custody/deaths.csv"):
        assert all(row.values())
        assert all(value.isascii() for value in row.values())


def test_deaths_divide_into_the_published_kinds():
    kinds = Counter(row["custodial_responsibility"] for row in rows("deaths-in-custody/deaths.csv"))
    assert kinds["Process of Arrest"] == 1_950
    assert kinds["County Jail"] + kinds["City Jail"] == 1_911
    assert kinds["CDC/CRC"] + kinds["State Hospital"] == 5_855
    assert kinds.total() == 9_911


def place(layer: str) -> dict[str, Any]:
    found = package("deaths-in-custody")["resources"][0]["mapsvc"]["places"]
    return next(each for each in found if each["layer"] == layer)


def declared(layer: str) -> list[str]:
    return [value for each in place(layer)["unplaced"] for value in each["values"]]


@pytest.mark.parametrize("layer", ["counties", "agencies"])
def test_declared_codes_occur_and_are_declared_once(layer):
    column = place(layer)["column"]
    codes = declared(layer)
    assert len(set(codes)) == len(codes)
    assert set(codes) <= {row[column] for row in rows("deaths-in-custody/deaths.csv")}


def test_every_death_reaches_a_county_but_those_declared():
    table = rows("deaths-in-custody/deaths.csv")
    outside = [row for row in table if row["county"] in declared("counties")]
    assert len(outside) == 114
    assert len({row["county"] for row in table} - set(declared("counties"))) == 55


def aliases(scheme: str) -> dict[str, str]:
    path = PROJECT / "boundaries/california/aliases.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return {
            row["alias"]: row["id"]
            for row in csv.DictReader(stream)
            if row["layer"] == "agencies" and row["scheme"] == scheme
        }


def test_rows_joined_and_rows_declared_are_all_rows_and_all_police_but_one_are_joined():
    known = aliases("agency_number")
    assert not known.keys() & set(declared("agencies"))
    table = rows("deaths-in-custody/deaths.csv")
    joined = [row for row in table if row["agency_number"] in known]
    listed = [row for row in table if row["agency_number"] in declared("agencies")]
    assert len(joined) + len(listed) == 9_911
    local = [row for row in table if row["agency_type"] in ("Police", "Sheriff")]
    assert len(local) == 3_837
    assert [row["agency_name"] for row in local if row not in joined] == ["LA Impact"]


def test_prison_deaths_are_counted_by_county_and_never_divided_by_residents():
    found = {each.slug: each for each in dataset("deaths-in-custody").indicators}
    prisons = found["prison-and-hospital-deaths"]
    assert prisons.layers == ("counties",)
    rates = [slug for slug, each in found.items() if each.denominator is not None]
    assert rates == ["arrest-related-death-rate"]


# Officers


def test_officers_keep_their_blanks():
    blank = {
        (row["agency"], row["year"]): [
            name for name, value in row.items() if not value and name != "employees"
        ]
        for row in rows("officers/officers.csv")
        if not all(value for name, value in row.items() if name != "employees")
    }
    assert set(blank) == {
        ("Elk Grove Police Department", "2006"),
        ("Richmond Police Department", "2015"),
        ("Vallejo Police Department", "2005"),
    }
    for names in blank.values():
        assert names == [
            "killed_accident", "killed_felony", "killed",
            "assaults_injury", "assaults_no_injury", "assaults",
        ]  # fmt: skip


def test_officers_killed_and_assaulted_add_up():
    killed = 0
    for row in rows("officers/officers.csv"):
        counts = {name: number(row[name]) for name in row if name.startswith(("killed", "assault"))}
        if counts["killed"] is not None:
            assert counts["killed"] == counts["killed_accident"] + counts["killed_felony"]
            assert counts["assaults"] == counts["assaults_injury"] + counts["assaults_no_injury"]
            killed += counts["killed"]
    assert killed == 53
    assert (
        f"{killed} in the 68 agencies"
        in package("officers")["mapsvc"]["indicators"][1]["description"]
    )


def test_all_employees_are_known_of_every_sheriff_and_of_no_police_department():
    sheriffs = [row for row in rows("officers/officers.csv") if row["employees"]]
    assert len({row["ori7"] for row in sheriffs}) == 15
    assert {row["agency"][-16:] for row in sheriffs} == {"Sheriff's Office"}
    assert all(int(row["employees"]) > int(row["sworn_officers"]) for row in sheriffs)
    others = [row for row in rows("officers/officers.csv") if not row["employees"]]
    assert not any("Sheriff" in row["agency"] for row in others)


def test_the_employees_of_a_sheriff_do_not_jump_as_the_sworn_officers_do():
    """Fresno counted officers in its jails as sworn in 2008 to 2013 only."""
    fresno = [row for row in rows("officers/officers.csv") if row["agency"].startswith("Fresno C")]
    sworn, employees = (
        [int(row[name]) for row in fresno] for name in ("sworn_officers", "employees")
    )
    assert max(sworn) / min(sworn) > 2
    assert max(employees) / min(employees) < 1.4


def test_every_agency_of_the_officers_is_known():
    assert {row["ori7"] for row in rows("officers/officers.csv")} <= set(aliases("ori7"))


# Jail bookings


def test_a_year_of_bookings_is_complete_only_with_whole_years_of_months():
    for row in rows("jail-bookings/bookings.csv"):
        months = int(row["months_reported"])
        whole_years = months in (12, 24, 36) and row["persons_booked"] != ""
        assert row["complete"] == ("true" if whole_years else "false")
        assert row["months_text"] == bookings.months_text(months)


def test_no_booking_year_is_complete_in_1995_and_2020_and_nearly_all_are_in_the_default_period():
    complete = Counter(
        row["year"] for row in rows("jail-bookings/bookings.csv") if row["complete"] == "true"
    )
    assert complete["1995"] == complete["2020"] == 0
    (indicator,) = dataset("jail-bookings").indicators
    assert complete[str(indicator.default_period)] == 52


def test_alpine_has_no_row_and_its_absence_is_not_zero():
    assert "06003" not in {row["county"] for row in rows("jail-bookings/bookings.csv")}
    assert [each.absence for each in dataset("jail-bookings").measures] == ["not_reported"]
