"""The check of a release finds every fault of its books: damage one thing, read one line of it."""

import json
import shutil

import pytest

from mapsvc.release import store
from mapsvc.release.check import check_release
from mapsvc.release.check_coverage import check_coverage
from mapsvc.release.check_ledger import check_ledger

LEDGER, COVERAGE = "ledger.json", "coverage.json"


@pytest.fixture
def damaged(miniature, tmp_path):
    """Return a function that changes a document of a copy of the release and opens the copy.

    The manifest is written anew, so that only the content can tell.
    """
    folder = tmp_path / "atlas/releases" / miniature.release.id
    shutil.copytree(miniature.atlas / "releases" / miniature.release.id, folder)

    def damage(name, change):
        path = folder / name
        document = json.loads(path.read_text("utf-8"))
        changed = change(document)
        assert changed is None, "change the document in place"
        assert document != json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps(document), "utf-8")
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        manifest["files"][name]["sha256"] = store._sha256(path)
        (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
        return store.open_release(tmp_path / "atlas", miniature.release.id)

    return damage


def book(document):
    return document["agencies"]


def alder(document):
    return book(document)["parents"][0]


def birch(document):
    """The shares of Birchfield's police: Birchfield, and Birch Hill until the end of 2014."""
    (found,) = [each for each in book(document)["shares"] if each["id"] == "ZZ0030100"]
    return found


def stops(document):
    return document["stops"][0]


def put(find, key, value):
    def change(document):
        find(document)[key] = value

    return change


def add(find, name, position, amount):
    def change(document):
        find(document)[name][position] += amount

    return change


def drop(find, name):
    def change(document):
        find(document)[name].pop()

    return change


LEDGER_FAULTS = {
    "a ledger too few": (lambda d: d.pop("agencies") and None, "layer agencies has none"),
    "a ledger too many": (lambda d: d.update(counties=d["agencies"]), "counties divides no other"),
    "another whole": (put(book, "of", "agencies"), "it is of agencies, the layer divides counties"),
    "a year twice": (add(book, "years", 1, -1), "years do not follow one another"),
    "a parent lost": (drop(book, "parents"), "parents are not the counties"),
    "a year of a parent lost": (drop(alder, "residents"), "99001: not every year is there"),
    "residents lost": (
        add(alder, "parts_residents", 1, -1), "99001, 2014: its parts have 121,199 residents"),
    "a part lost": (add(alder, "parts", 0, -1), "99001: the number of its parts"),
    "area of the parts": (put(alder, "parts_area_m2", 5), "99001: the area of its parts"),
    "area of the whole": (put(alder, "area_m2", 5), "99001: its area is not that in the layer"),
    "a parent where there is one": (
        lambda d: book(d)["without_parent"].append("ZZ0010000"), "listed without a parent"),
    "no reason": (lambda d: book(d)["without_rate"].pop(0) and None, "without a rate says"),
    "a wrong reason": (
        lambda d: book(d)["without_rate"][0]["spans"][0].update(reason="It did not exist"),
        "without a rate says 'It did not exist' against the layer"),
    "a span beyond the years": (
        lambda d: book(d)["without_rate"][0]["spans"][0].update(last=2020), "not in its years"),
    "an unheard-of place without a rate": (
        lambda d: book(d)["without_rate"][0].update(id="ZZ"), "there is no 'ZZ'"),
    "an unheard-of place policed": (
        lambda d: book(d)["policed_by_another"].append({"id": "ZZ", "spans": []}), "no 'ZZ'"),
    "an unheard-of agency": (
        lambda d: book(d)["served_by"][0].update(agency="ZZ"), "policed by 'ZZ'"),
    "shares that are not one": (
        lambda d: birch(d)["places"][0]["share"].__setitem__(0, 0.5), "2013: those of its places"),
    "a share below nothing": (
        lambda d: [each["share"].__setitem__(0, value) for each, value in zip(
            birch(d)["places"], (-0.5, 1.5), strict=True)] and None, "those of its places add up"),
    "a share that parents do not have": (
        lambda d: birch(d)["parents"][0]["share"].__setitem__(0, 0.5), "those of its parents"),
    "a share of a place that it does not police": (
        lambda d: birch(d)["places"][1]["share"].__setitem__(3, 0.0), "2016: the places with a"),
    "a parent of shares unheard of": (
        lambda d: birch(d)["parents"][0].update(id="98001"), "a parent is none of counties"),
    "shares of another's parent": (
        lambda d: birch(d)["places"][0].update(parent="99001"), "that of 99003 is not that of its"),
    "shares for no reason": (
        lambda d: birch(d)["basis"].__setitem__(0, None), "neither shares nor a reason"),
    "a year of shares lost": (
        lambda d: birch(d)["places"][0]["share"].pop() and None, "not every year is there"),
    "the shares of an agency lost": (
        lambda d: book(d)["shares"].remove(birch(d)), "ZZ0030100 polices several places"),
    "the shares of an agency twice": (
        lambda d: book(d)["shares"].append(birch(d)), "an agency is there twice"),
    "residents of nobody's count": (
        lambda d: birch(d)["places"][0]["source"].__setitem__(0, 7), "is not described"),
    "rows counted twice": (
        lambda d: book(d)["totals"][0].update(rows=1), "1 rows are not those counted"),
    "rows of no dataset": (
        lambda d: book(d)["totals"][0].update(dataset="arrests"), "no such dataset"),
    "rows that the report does not have": (
        lambda d: book(d)["totals"][0].update(
            rows=book(d)["totals"][0]["rows"] + 1,
            whole_only=book(d)["totals"][0]["whole_only"] + 1), "the report has"),
    "a key lost": (lambda d: book(d).pop("totals") and None, "not as it should be written"),
}  # fmt: skip

COVERAGE_FAULTS = {
    "a dataset lost": (lambda d: d.pop("stops") and None, "coverage of stops: there is none"),
    "a dataset unheard of": (lambda d: d.update(arrests=[]), "arrests: no such dataset"),
    "a measure lost": (drop(stops, "measures"), "measures and layers are not those of the maps"),
    "another layer": (put(stops, "layer", "agencies"), "measures and layers are not those"),
    "a year lost": (drop(stops, "places"), "not every year is there"),
    "years that jump": (put(stops, "years", [2013, 2014, 2016, 2017]), "do not follow one another"),
    "a place lost": (add(stops, "places", 0, -1), "the number of places is not that of the layer"),
    "usable beyond what there is": (
        add(stops, "usable", 1, 1), "2014: 6 usable and 1 missing are not its 6 places"),
    "nobody missing": (
        lambda d: stops(d)["missing"].clear(), "0 missing are not its 6 places"),
    "another missing": (
        lambda d: stops(d)["missing"][0].update(id="99001"), "99001, 99011 differ in the values"),
    "an unheard-of place": (
        lambda d: stops(d)["missing"][0].update(id="99013"), "there is no '99013'"),
    "more than everyone": (
        lambda d: stops(d)["indicator"]["all"].__setitem__(0, 100.5),
        "all, 2013: a coverage of 100.5"),
    "less than nobody": (
        lambda d: stops(d)["indicator"]["all"].__setitem__(0, -1), "all, 2013: a coverage of -1"),
    "parents that there are not": (
        lambda d: stops(d)["indicator"].update(parents={"99001": [1, 1, 1, 1]}), "parents are not"),
    "months of no kind": (
        lambda d: stops(d)["indicator"].update(months="days"), "months are 'days'"),
    "too many months": (
        lambda d: stops(d)["partly"].append(
            {"id": "99001", "spans": [{"first": 2013, "last": 2013, "months": 13}]}),
        "99001: 13 months in 2013"),
    "months of another year": (
        lambda d: stops(d)["partly"].append(
            {"id": "99001", "spans": [{"first": 2012, "last": 2012, "months": 3}]}),
        "99001 has a span from 2012 to 2012, which is not in its years"),
    "a register with an indicator": (
        lambda d: d["crashes"][0].update(indicator=stops(d)["indicator"]),
        "nothing can be missing"),
    "absence of no kind": (put(stops, "absence", "often"), "what no record means is 'often'"),
    "a key lost": (lambda d: stops(d).pop("usable") and None, "not as it should be written"),
}  # fmt: skip


def test_the_books_of_a_sound_release_have_no_fault(miniature):
    assert list(check_ledger(miniature.release)) == []
    assert list(check_coverage(miniature.release)) == []


@pytest.mark.parametrize("name", LEDGER_FAULTS)
def test_a_fault_of_the_ledger_is_found(damaged, name):
    change, line = LEDGER_FAULTS[name]
    found = list(check_ledger(damaged(LEDGER, change)))
    assert any(line in each for each in found), found
    assert all(each.startswith("ledger") for each in found)


@pytest.mark.parametrize("name", COVERAGE_FAULTS)
def test_a_fault_of_the_coverage_is_found(damaged, name):
    change, line = COVERAGE_FAULTS[name]
    found = list(check_coverage(damaged(COVERAGE, change)))
    assert any(line in each for each in found), found
    assert all(each.startswith("coverage of") for each in found)


def test_the_whole_check_reads_both(damaged):
    damaged(LEDGER, add(alder, "parts_residents", 0, 1))
    found = check_release(damaged(COVERAGE, add(stops, "usable", 0, -1)))
    assert len(found) == 2
    assert {each.partition(" ")[0] for each in found} == {"ledger", "coverage"}


def test_a_release_from_before_there_were_books_has_none_to_check(miniature, monkeypatch):
    release = miniature.release
    files = {key: each for key, each in release.manifest["files"].items()
             if key not in (LEDGER, COVERAGE)}  # fmt: skip
    monkeypatch.setattr(release, "manifest", {**release.manifest, "files": files})
    assert [*check_ledger(release), *check_coverage(release)] == []
