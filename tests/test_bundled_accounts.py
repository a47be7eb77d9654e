"""The accounts of the bundled release: every county adds up, every gap is known."""

import csv

import pytest

from mapsvc.derive.existence import SERVED_NOWHERE
from mapsvc.release.ledger import NO_RESIDENTS, NO_TERRITORY

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
