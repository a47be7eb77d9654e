"""The accounts of the bundled release: every county adds up, every gap is known."""

import csv

import numpy as np
import pyarrow.parquet as pq
import pytest
from werkzeug.test import Client

from mapsvc.maps.reporting import reporting
from mapsvc.model import STATUSES, Reporting, Status, in_year
from mapsvc.release.store import CurrentRelease
from mapsvc.remarks import DID_NOT_EXIST, NO_RESIDENTS, NO_TERRITORY
from mapsvc.settings import Settings
from mapsvc.web.app import create_wsgi

pytestmark = pytest.mark.release


@pytest.fixture(scope="module")
def ledger(bundled):
    return bundled.release.ledger["agencies"]


def one(entries, layer):
    (found,) = [each for each in entries if each["layer"] == layer]
    return found


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_county_of_every_year_is_exactly_its_agencies(ledger):
    assert (ledger["years"][0], ledger["years"][-1]) == (1995, 2024)
    assert len(ledger["parents"]) == 58
    for county in ledger["parents"]:
        assert county["parts_area_m2"] == pytest.approx(county["area_m2"], rel=1e-4)
        assert county["parts_residents"] == county["residents"]
        assert county["unknown"] == [0] * 30


def test_every_agency_without_a_rate_has_its_reason(ledger):
    latest = [
        span["reason"]
        for each in ledger["without_rate"]
        for span in each["spans"]
        if span["last"] == 2024
    ]
    assert set(latest) == {NO_RESIDENTS, NO_TERRITORY, DID_NOT_EXIST}
    assert latest.count(DID_NOT_EXIST) == 4
    assert len(latest) == 745 - 385


def test_departments_younger_than_their_residents_are_known(ledger):
    """Their cities have residents before they had police; Menifee became a city in 2008."""
    found = {
        each["id"]: [(span["first"], span["last"]) for span in each["spans"]]
        for each in ledger["policed_by_another"]
    }
    assert found == {
        "CA007240X": [(1995, 2006)],
        "CA007340X": [(1999, 2015)],
        "CA033780X": [(2008, 2019)],
        "CA0340H00": [(2000, 2005)],
        "CA0349600": [(1996, 2005)],
    }


def test_records_of_departments_that_were_not_there_are_listed(bundled):
    """Compton's closed in 2000, Menifee's opened in 2020; the register names them in between."""
    datasets = bundled.release.report["datasets"]
    assert datasets["deaths-in-custody"]["layers"]["agencies"]["out_of_time"] == [
        {"id": agency, "year": year, "count": count, "reason": DID_NOT_EXIST}
        for agency, year, count in [
            ("CA0191500", 2012, 2), ("CA0191500", 2013, 3),
            ("CA033780X", 2011, 1), ("CA033780X", 2013, 1),
        ]
    ]  # fmt: skip
    assert datasets["officers"]["layers"]["agencies"]["out_of_time"] == []


def lifetimes(bundled):
    """Return the dates of every agency, from the boundaries alone."""
    names = ["id", "valid_from", "valid_to"]
    table = pq.read_table(bundled.boundaries / "california/agencies.parquet", columns=names)
    return {
        agency: (since, until)
        for agency, since, until in zip(*(table[name].to_pylist() for name in names), strict=True)
    }


def test_an_agency_exists_while_it_polices_a_place(bundled):
    spans = {}
    for row in rows(bundled.boundaries / "california/served_by.csv"):
        spans.setdefault(row["agency"], []).append((row["valid_from"], row["valid_to"]))
    dated = {key: span for key, span in lifetimes(bundled).items() if any(span)}
    assert len(dated) == 9
    for agency, (since, until) in lifetimes(bundled).items():
        held = spans.get(agency, [("", "")])
        assert since == (min(first for first, _ in held) or None), agency
        last = "" if any(not end for _, end in held) else max(end for _, end in held)
        assert until == (last or None), agency


def test_no_agency_has_a_figure_for_a_year_in_which_it_did_not_exist(bundled):
    release, found = bundled.release, lifetimes(bundled)
    ids = release.layer("agencies").ids
    seen = 0
    for entry in release.catalogue["indicators"]:
        if "agencies" not in entry["layers"]:
            continue
        for period in entry["periods"]:
            years = range(int(period[:4]), int(period[-4:]) + 1)
            values = release.values("agencies", entry["slug"], period)
            for row, agency in enumerate(ids):
                if all(in_year(*found[agency], year) for year in years):
                    continue
                assert STATUSES[values.status[row]] == Status.NO_BOUNDARY
                assert values.note[row].startswith("It did not exist in ")
                assert np.isnan(values.value[row])
                seen += 1
    assert seen > 100


def test_menifee_has_no_rate_before_its_department(bundled):
    """The city was policed by the sheriff until July 2020."""
    release = bundled.release
    row = release.layer("agencies").row("CA033780X")
    values = release.values("agencies", "arrest-related-death-rate", "2018")
    assert STATUSES[values.status[row]] == Status.NO_BOUNDARY
    assert values.note[row] == "It did not exist in 2018"


def test_every_record_of_an_agency_that_did_not_exist_is_reported(bundled):
    """Worked out from the files alone; the county that the record names counts it all the same."""
    numbers = {
        row["alias"]: row["id"]
        for row in rows(bundled.boundaries / "california/aliases.csv")
        if row["scheme"] == "agency_number"
    }
    found = lifetimes(bundled)
    expected, counties = {}, set()
    for row in rows(bundled.datasets / "deaths-in-custody/deaths.csv"):
        agency, year = numbers.get(row["agency_number"]), int(row["year"])
        if agency and not in_year(*found[agency], year):
            expected[agency, year] = expected.get((agency, year), 0) + 1
            counties.add((row["county"], year))
    report = bundled.release.report["datasets"]["deaths-in-custody"]["layers"]["agencies"]
    listed = {(each["id"], each["year"]): each["count"] for each in report["out_of_time"]}
    assert listed == expected
    assert sum(listed.values()) == 7
    table = bundled.release.layer("counties")
    for county, year in counties:
        at = [name.casefold() for name in table.names].index(county.casefold())
        deaths = [
            row
            for row in rows(bundled.datasets / "deaths-in-custody/deaths.csv")
            if (row["county"], int(row["year"])) == (county, year)
        ]
        values = bundled.release.values("counties", "deaths-in-custody", str(year))
        assert values.numerator[at] == len(deaths)


def test_the_shares_of_an_agency_add_up_to_one_in_every_year(ledger):
    shown = 0
    assert len(ledger["shares"]) == 39
    for agency in ledger["shares"]:
        assert agency["unknown"] == []
        for year, basis in enumerate(agency["basis"]):
            for name in ("places", "parents"):
                held = [each["share"][year] for each in agency[name]]
                known = [each for each in held if each is not None]
                assert all(0 <= each <= 1 for each in known)
                assert sum(known) == (pytest.approx(1, abs=1e-9) if basis else 0)
            shown += basis is not None
    assert shown > 1_000


def test_the_places_of_an_agency_have_its_residents_where_its_territory_was_that_of_today(
    ledger, bundled
):
    """Two tables that were derived apart: residents of agencies, residents of places."""
    held = {
        (row["id"], int(row["year"])): int(row["population"])
        for row in rows(bundled.boundaries / "california/population.csv")
        if row["layer"] == "agencies"
    }
    changed = {
        row["agency"]
        for row in rows(bundled.boundaries / "california/served_by.csv")
        if row["valid_from"] or row["valid_to"]
    }
    compared = 0
    for agency in ledger["shares"]:
        if agency["id"] in changed:
            continue
        for column, year in enumerate(ledger["years"]):
            people = [each["residents"][column] for each in agency["places"]]
            assert sum(each or 0 for each in people) == held[agency["id"], year], agency["id"]
            compared += 1
    assert compared > 700


def test_breas_share_of_yorba_linda_ends_in_january_2013(ledger):
    (brea,) = [each for each in ledger["shares"] if each["id"] == "CA0300200"]
    shares = {each["place_name"]: each["share"] for each in brea["places"]}
    years = ledger["years"]
    linda, own = (shares[name][years.index(2012)] for name in ("Yorba Linda", "Brea"))
    assert linda == pytest.approx(66_416 / (66_416 + 41_826))
    assert linda + own == pytest.approx(1)
    assert 0 < shares["Yorba Linda"][years.index(2013)] < 0.02
    assert shares["Yorba Linda"][years.index(2014)] is None
    assert shares["Brea"][years.index(2014)] == 1


def test_records_reach_the_counties_that_they_name(ledger, bundled):
    found = {each["dataset"]: each for each in ledger["totals"]}
    deaths = found["deaths-in-custody"]
    report = bundled.release.report["datasets"]["deaths-in-custody"]
    assert deaths["same"] + deaths["whole_only"] == report["joined"]
    assert (deaths["elsewhere"], deaths["part_only"]) == (0, 0)
    assert found["arrests"]["names"] == ["counties"]
    assert found["officers"]["names"] == ["agencies"]


def test_jail_coverage_is_that_of_the_months_in_the_file(bundled):
    """The indicator worked out from the two tables, without the pipeline's code."""
    found = one(bundled.release.coverage["jail-bookings"], "counties")
    people = {
        row["id"]: float(row["population"])
        for row in rows(bundled.boundaries / "california/population.csv")
        if row["layer"] == "counties" and row["year"] == "2016"
    }
    months = {
        row["county"]: int(row["months_reported"])
        for row in rows(bundled.datasets / "jail-bookings/bookings.csv")
        if row["year"] == "2016"
    }
    lost = 0.0
    for county, residents in people.items():
        held = months.get(county, 0)
        systems = max(-(-held // 12), 1)
        lost += residents * (12 - held / systems) / 12
    expected = 100 * (1 - lost / sum(people.values()))
    assert found["indicator"]["all"][found["years"].index(2016)] == pytest.approx(expected, 1e-5)
    assert found["usable"][found["years"].index(2016)] == 51


def test_who_reported_part_of_a_year_is_listed_as_the_file_has_it(bundled):
    """In 2020 the survey stopped after three months."""
    found = one(bundled.release.coverage["jail-bookings"], "counties")
    listed = {
        each["id"]: span["months"]
        for each in (*found["missing"], *found["partly"])
        for span in each["spans"]
        if span["first"] <= 2020 <= span["last"] and span["months"] is not None
    }
    reported = {
        row["county"]: int(row["months_reported"])
        for row in rows(bundled.datasets / "jail-bookings/bookings.csv")
        if row["year"] == "2020"
    }
    assert len(listed) > 50
    assert listed == {county: count for county, count in reported.items() if count < 12}


def test_few_agencies_report_on_officers_but_they_serve_most_residents(bundled):
    found = one(bundled.release.coverage["officers"], "agencies")
    at = found["years"].index(2010)
    assert (found["usable"][at], found["places"][at]) == (68, 742)
    assert 65 < found["indicator"]["all"][at] < 66


def test_arrests_are_there_for_every_county_and_year(bundled):
    for found in bundled.release.coverage["arrests"]:
        assert found["missing"] == []
        assert set(found["usable"]) == {58}


@pytest.fixture(scope="module")
def client(bundled):
    return Client(create_wsgi(CurrentRelease(bundled.atlas), Settings(atlas=bundled.atlas)))


def missing_officers(client, year):
    """Return the agencies that the account and its page list as missing: id to category."""
    document = client.get(f"/api/v1/coverage/officers?year={year}").get_json()
    found = one(document["coverage"], "agencies")["missing"]
    text = client.get(f"/data/officers/coverage?year={year}").get_data(as_text=True)
    shown = text.partition(f"Missing in {year}")[2].partition("Coverage by county")[0]
    for each in found:
        assert f'href="/jurisdictions/agencies/{each["id"]}"' in shown
    return {each["id"]: each["category"] for each in found}


@pytest.mark.parametrize(
    ("agency", "year", "prefix"),
    [
        # No row for that year; the same of a city; a row whose counts are blank.
        ("Alameda County Sheriff", 2005, "CA00100"),
        ("Vallejo", 2005, "CA04807"),
        ("Richmond", 2015, "CA00710"),
    ],
)
def test_an_agency_absent_from_a_year_of_officers_is_listed_for_it(
    bundled, client, agency, year, prefix
):
    """Read from the file: who has no count in a year is missing in it, and not in the next."""
    counted = {
        (row["ori7"], int(row["year"]))
        for row in rows(bundled.datasets / "officers/officers.csv")
        if row["assaults"]
    }
    assert (prefix, year) not in counted
    table = bundled.release.layer("agencies")
    (row,) = [
        at for at, identifier in enumerate(table.ids)
        if identifier.startswith(prefix) and agency in table.names[at]
    ]  # fmt: skip
    missing = missing_officers(client, year)
    assert missing[table.ids[row]] in ("not_reported", "not_applicable")
    there = next(each for each in range(year + 1, 2017) if (prefix, each) in counted)
    assert table.ids[row] not in missing_officers(client, there)


def test_an_agency_that_did_not_exist_yet_is_not_missing(client):
    """Elk Grove's department began in 2006."""
    assert "CA0340H00" not in missing_officers(client, 2005)


def test_an_agency_that_never_reported_officers_is_missing_in_every_year(client, bundled):
    """San Francisco's police serve a city in no row of the file: expected, and missing."""
    reported = {row["ori7"] for row in rows(bundled.datasets / "officers/officers.csv")}
    table = bundled.release.layer("agencies")
    absent = [
        identifier for row, identifier in enumerate(table.ids)
        if identifier[:7] not in reported and table.kinds[row] == "police"
        and table.area_m2[row] > 0 and table.valid_from[row] is None
    ]  # fmt: skip
    assert len(absent) > 200
    for year in (2005, 2016):
        missing = missing_officers(client, year)
        assert {missing[identifier] for identifier in absent} <= {"missing", "not_applicable"}
        assert sum(missing[identifier] == "missing" for identifier in absent) > 200


def test_months_of_jails_are_those_of_the_file(bundled):
    """Every incomplete county of 2016 tells the months of its row, of one jail system."""
    months = {
        row["county"]: int(row["months_reported"])
        for row in rows(bundled.datasets / "jail-bookings/bookings.csv")
        if row["year"] == "2016"
    }
    found = reporting(bundled.release, "jail-booking-rate", "counties", "2016")
    ids = bundled.release.layer("counties").ids
    partly = {
        ids[row]: found.part[row]
        for row, category in enumerate(found.category)
        if category == Reporting.PARTLY
    }
    assert len(partly) == 5
    for county, part in partly.items():
        assert part == months[county] / max(-(-months[county] // 12), 1)
