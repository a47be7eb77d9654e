"""The accounts of the bundled release: every county adds up, every gap is known."""

import csv

import pytest
from werkzeug.test import Client

from mapsvc.derive.existence import SERVED_NOWHERE
from mapsvc.maps.reporting import reporting
from mapsvc.model import Reporting
from mapsvc.release.ledger import NO_RESIDENTS, NO_TERRITORY
from mapsvc.release.store import CurrentRelease
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
    assert sorted(set(latest)) == sorted([NO_RESIDENTS, NO_TERRITORY])
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
        {"id": agency, "year": year, "count": count, "reason": SERVED_NOWHERE}
        for agency, year, count in [
            ("CA0191500", 2012, 2), ("CA0191500", 2013, 3),
            ("CA033780X", 2011, 1), ("CA033780X", 2013, 1),
        ]
    ]  # fmt: skip
    assert datasets["officers"]["layers"]["agencies"]["out_of_time"] == []


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


def test_few_agencies_report_on_officers_but_they_serve_most_residents(bundled):
    found = one(bundled.release.coverage["officers"], "agencies")
    at = found["years"].index(2010)
    assert (found["usable"][at], found["places"][at]) == (68, 745)
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
        # No row for that year; no department yet; a row whose counts are blank.
        ("Alameda County Sheriff", 2005, "CA00100"),
        ("Elk Grove", 2005, "CA0340H"),
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
