"""Laws of shares in pages and API: they agree, add up to one, and say where none is known."""

import html
import json
import re

import pytest
from werkzeug.test import Client

from mapsvc.release.build import build_release
from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.web.app import create_wsgi
from tests.miniature import write_miniature
from tests.release.test_withholding import guard
from tests.web.test_ledger import get
from tests.web.test_pages import outline, page

BIRCHFIELD, SHERIFF, TRANSIT = "ZZ0030100", "ZZ0030000", "ZZ0039900"


@pytest.fixture(scope="module")
def pomona(miniature):
    return Client(create_wsgi(CurrentRelease(miniature.atlas), Settings(atlas=miniature.atlas)))


def words(text):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def shares(client, year):
    found = get(client, f"/api/v1/ledger?year={year}")["shares"]
    return {each["id"]: each for each in found}


@pytest.mark.parametrize("year", [2013, 2014, 2015, 2016])
def test_the_shares_of_the_ledger_add_up_to_one(pomona, year):
    found = shares(pomona, year)
    assert {BIRCHFIELD, TRANSIT} <= found.keys()
    for each in found.values():
        for name in ("places", "parents"):
            held = [part["share"] for part in each[name]]
            if each["basis"] is None:
                assert set(held) == {None}
                assert each["reason"]
            else:
                assert sum(held) == pytest.approx(1, abs=1e-9)


def test_the_shares_change_when_a_place_leaves(pomona):
    before, after = shares(pomona, 2014)[BIRCHFIELD], shares(pomona, 2015)[BIRCHFIELD]
    assert [(each["place_name"], each["share"]) for each in before["places"]] == [
        ("Birchfield", 0.8), ("Birch Hill", 0.2),
    ]  # fmt: skip
    assert [(each["place_name"], each["share"]) for each in after["places"]] == [("Birchfield", 1)]
    assert (before["basis"], after["basis"]) == ("residents", "only_place")


def test_an_agency_across_two_counties_has_a_share_in_each(pomona):
    found = shares(pomona, 2016)[TRANSIT]
    assert found["basis"] == "declared"
    assert [(each["name"], each["share"]) for each in found["parents"]] == [
        ("Alder", 0.25), ("Birch", 0.75),
    ]  # fmt: skip
    text = words(page(pomona, "/jurisdictions"))
    assert "Birch Valley Transit Alder 25.0 % Birch Valley Transit Birch 75.0 %" in text


def test_where_no_share_is_known_the_reason_is_told_and_no_number(pomona):
    found = shares(pomona, 2016)[SHERIFF]
    reason = "No figure for the residents of Birch (unincorporated)"
    assert (found["basis"], found["reason"]) == (None, reason)
    assert shares(pomona, 2014)[SHERIFF]["basis"] == "only_place"
    assert f"Birch County Sheriff : {reason}" in words(page(pomona, "/jurisdictions?year=2016"))
    profile = words(page(pomona, f"/jurisdictions/agencies/{SHERIFF}"))
    assert f"How its residents divide between them is not known. {reason}" in profile


def test_a_profile_says_what_an_agency_polices_and_whose_figures_these_are(pomona):
    text = page(pomona, "/jurisdictions/agencies/ZZ0110000")
    found = outline(text)
    assert (found.faults, found.open) == ([], [])
    said = words(text)
    assert "Polices 2 places" in said
    assert (
        "75.0 % of its residents in 2016 live in Fir (unincorporated) , 25.0 % in Firth"
    ).replace(" ,", ",") in said.replace(" ,", ",")
    assert "Residents of places: Pomona Survey, Estimates (2017)." in said
    assert "Polices Birchfield" in words(page(pomona, f"/jurisdictions/agencies/{BIRCHFIELD}"))
    assert "By county: Alder 25.0 %, Birch 75.0 %." in words(
        page(pomona, f"/jurisdictions/agencies/{TRANSIT}")
    ).replace(" ,", ",").replace(" .", ".")


def test_the_api_of_a_jurisdiction_says_what_its_page_says(pomona):
    found = get(pomona, f"/api/v1/jurisdictions/agencies/{BIRCHFIELD}")["polices"]
    assert (found["year"], found["basis"], found["reason"]) == (2016, "only_place", None)
    assert [(each["place_name"], each["share"], each["in_year"]) for each in found["places"]] == [
        ("Birch Hill", None, False), ("Birchfield", 1, True),
    ]  # fmt: skip
    assert found["parents"] == [{"id": "99003", "name": "Birch", "share": 1}]
    one = get(pomona, "/api/v1/jurisdictions/agencies/ZZ0070100")["polices"]
    assert (one["basis"], one["places"][0]["share"]) == ("only_place", 1)
    assert one["parents"] == [{"id": "99007", "name": "Damson", "share": 1}]


@pytest.mark.parametrize("path", ["counties/99001", "agencies/ZZ0010000"])
def test_who_has_no_recorded_place_says_nothing_of_it(pomona, path):
    assert get(pomona, f"/api/v1/jurisdictions/{path}")["polices"] is None
    assert 'id="polices"' not in page(pomona, f"/jurisdictions/{path}")


def test_the_page_says_how_records_reach_the_totals(pomona):
    totals = {each["dataset"]: each for each in get(pomona, "/api/v1/ledger")["totals"]}
    both = totals["incidents"]
    assert both["names"] == ["counties", "agencies"]
    parts = ("same", "elsewhere", "whole_only", "part_only", "neither")
    assert sum(both[name] for name in parts) == both["rows"]
    assert totals["stops"]["same"] is None
    assert "Rows name the county only" in words(page(pomona, "/jurisdictions"))


def test_a_guarded_dataset_tells_no_count_of_its_rows(miniature, tmp_path):
    boundaries, datasets = write_miniature(tmp_path)
    guard(datasets)
    build_release(boundaries, datasets, tmp_path / "atlas")
    book = json.loads((tmp_path / "atlas/current/ledger.json").read_text("utf-8"))["agencies"]
    guarded = [each for each in book["totals"] if each["dataset"] in ("stops", "incidents")]
    assert len(guarded) == 2
    for each in guarded:
        names = {"dataset", "resource", "names"}
        assert {value for key, value in each.items() if key not in names} == {None}
