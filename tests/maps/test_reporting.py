"""Laws of who reported: everyone is in one category, and what is missing is never a zero."""

import math

import numpy as np
import pytest

from mapsvc.errors import UnknownNameError
from mapsvc.maps import choropleth, reporting
from mapsvc.model import STATUSES, Reporting, Status
from mapsvc.release.store import open_release
from tests.synthetic_release import COUNT, RATE, write_release

USABLE = {Reporting.REPORTED, Reporting.ZERO, Reporting.WITHHELD}
LACKING = {Reporting.PARTLY, Reporting.NOT_REPORTED, Reporting.MISSING, Reporting.NOT_APPLICABLE}


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reported")
    write_release(folder, accounts=True)
    return open_release(folder)


@pytest.fixture(scope="module")
def pomona(miniature):
    return miniature.release


def views(release):
    for entry in release.catalogue["indicators"]:
        for layer in entry["layers"]:
            for period in entry["periods"]:
                for group in entry["groups"]:
                    yield entry["slug"], layer, period, group["key"]


def of(release, slug, layer, period, identifier, group="all"):
    found = reporting.reporting(release, slug, layer, period, group)
    return found, release.layer(layer).row(identifier)


def test_the_categories_of_a_year_add_up_to_its_coverage(pomona):
    checked = 0
    for slug, layer, period, group in views(pomona):
        if "-" in period or group != "all":
            continue
        entry = pomona.indicator(slug)
        (account,) = [
            each
            for each in pomona.coverage[entry["dataset"]]
            if each["layer"] == layer and entry["measure"] in each["measures"]
        ]
        at = account["years"].index(int(period))
        counts = reporting.reporting(pomona, slug, layer, period).counts
        assert sum(counts.get(each, 0) for each in USABLE) == account["usable"][at]
        lacking = sum(counts.get(each, 0) for each in LACKING)
        assert lacking == account["places"][at] - account["usable"][at]
        assert sum(counts.values()) == len(pomona.layer(layer).ids)
        checked += 1
    assert checked > 10


def test_only_a_published_zero_is_a_zero(pomona):
    zeros = 0
    for slug, layer, period, group in views(pomona):
        column = pomona.values(layer, slug, period, group)
        found = reporting.reporting(pomona, slug, layer, period, group)
        for row, category in enumerate(found.category):
            assert (category == Reporting.ZERO) == (column.numerator[row] == 0)
            reported = category in (Reporting.ZERO, Reporting.REPORTED)
            assert reported == (not math.isnan(column.numerator[row]))
            zeros += category == Reporting.ZERO
    assert zeros


def test_a_place_is_reported_whether_or_not_a_rate_can_be_made_of_it(known):
    """The campus counts arrests and has no residents; the status of its rate is another matter."""
    found, row = of(known, RATE, "agencies", "2014", "CA0010200")
    status = known.values("agencies", RATE, "2014").status[row]
    assert STATUSES[status] == Status.NOT_APPLICABLE
    assert found.category[row] == Reporting.REPORTED


def test_every_way_of_not_reporting_is_a_category_of_its_own(known):
    found = reporting.reporting(known, RATE, "counties", "2014")
    assert [str(each) for each in found.category] == [
        "reported", "reported", "zero", "withheld", "partly", "no_boundary",
    ]  # fmt: skip
    assert reporting.reporting(known, RATE, "counties", "2013").category[4] == "not_reported"


def test_months_are_told_where_they_are_known(known):
    found = reporting.reporting(known, RATE, "counties", "2014")
    assert (found.unit, found.due) == ("months", 12)
    assert found.part == [12, 12, 12, None, 9, None]
    assert found.said(4) == "Partly reported: 9 of 12 months"
    assert found.said(0) == "Reported in full"
    pooled = reporting.reporting(known, RATE, "counties", "2010-2014")
    assert pooled.said(4) == "Partly reported: 45 of 60 months"


def test_years_are_told_where_months_are_not_known(pomona):
    """Fir has no row for 2014 and half a year, without a number of months, in 2015."""
    found, row = of(pomona, "stop-rate", "counties", "2013-2016", "99011")
    assert found.said(row) == "Partly reported: 2 of 4 years"
    for year, said in [("2014", "Not reported"), ("2015", "Partly reported")]:
        found, row = of(pomona, "stop-rate", "counties", year, "99011")
        assert (found.said(row), found.unit) == (said, None)


def test_a_group_that_alone_is_lacking_is_not_reported(pomona, monkeypatch):
    real = type(pomona).values

    def lacking(self, layer, slug, period, group="all"):
        column = real(self, layer, slug, period, group)
        if group == "green":
            column.numerator[0] = np.nan
            column.status[0] = STATUSES.index(Status.NOT_REPORTED)
        return column

    monkeypatch.setattr(type(pomona), "values", lacking)
    found = reporting.reporting(pomona, "stop-rate", "counties", "2016", "green")
    assert found.category[0] == Reporting.NOT_REPORTED
    everyone = reporting.reporting(pomona, "stop-rate", "counties", "2016")
    assert everyone.category[0] == Reporting.REPORTED


def test_the_coverage_of_a_county_stands_beside_each_of_its_agencies(known):
    found = reporting.reporting(known, RATE, "agencies", "2014")
    assert set(found.percent) == {87.5}
    assert set(found.of) == {"Alder"}
    assert set(reporting.reporting(known, RATE, "agencies", "2013").percent) == {97.5}


def test_alone_in_its_place_a_reporter_covers_its_share_of_the_year(known, pomona):
    """NACJD's indicator of one reporter with all the residents: 100 · (1 - (12 - months) / 12)."""
    assert reporting.reporting(known, RATE, "counties", "2014").percent[4] == 75
    found, row = of(pomona, "stop-rate", "counties", "2014", "99011")
    assert found.percent[row] == 0
    assert found.percent[0] == 100
    unknown, row = of(pomona, "stop-rate", "counties", "2015", "99011")
    assert unknown.percent[row] is None


def test_pooled_years_and_registers_have_no_coverage_indicator(known):
    for slug, period in [(RATE, "2010-2014"), (COUNT, "2014")]:
        assert set(reporting.reporting(known, slug, "counties", period).percent) == {None}


def test_a_release_without_accounts_shows_values_alone(release, known):
    assert not reporting.offered(release, RATE, "counties")
    with pytest.raises(UnknownNameError) as caught:
        choropleth.view(release, RATE, show="reporting")
    assert "reporting" not in caught.value.known
    seen = choropleth.view(known, RATE, show="reporting", period="2014")
    assert choropleth.label(known, seen) == "Who reported: Arrest rate by county, 2014"


def test_every_category_has_words():
    assert list(reporting.WORDS) == list(Reporting)
    titles = [words["title"] for words in reporting.WORDS.values()]
    assert len(set(titles)) == len(titles)
