"""The canary: what a dataset withholds is in no byte of its release and in no answer made of it."""

import csv
import gzip
import json
import re
import shutil
from itertools import product

import numpy as np
import pyarrow.parquet as pq
import pytest
from werkzeug.test import Client

from mapsvc.maps import modelled
from mapsvc.model import STATUSES, Status
from mapsvc.release import store
from mapsvc.release.build import build_release
from mapsvc.release.check import check_release
from mapsvc.settings import Settings
from mapsvc.statistics.disclosure import DisclosureError
from mapsvc.statistics.smoothing import empirical_bayes
from mapsvc.tiles.mvt import read_properties
from mapsvc.web.app import create_wsgi
from tests.conftest import Atlas
from tests.miniature import write_miniature

SUPPRESSED, OK = STATUSES.index(Status.SUPPRESSED), STATUSES.index(Status.OK)
GUARDED = ("stops", "incidents")


def guard(datasets):
    """Make two of the made-up datasets withhold small counts."""
    policy = {"name": "small_cells", "reason": "People are few here"}
    for name in GUARDED:
        edit(
            datasets / name / "datapackage.json", lambda each: each["mapsvc"].update(policy=policy)
        )


def make_distinctive(boundaries):
    """Give no two jurisdictions round or equal residents, so that no rates are equal by chance."""
    path = next(boundaries.glob("*/population.csv"))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        if int(row["population"]):
            row["population"] = int(row["population"]) + 101 * number + 37
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    edit(path.with_name("datapackage.json"))


def edit(path, change=lambda document: None):
    document = json.loads(path.read_text("utf-8"))
    change(document)
    for resource in document["resources"]:
        resource.pop("hash", None)
    path.write_text(json.dumps(document), "utf-8")


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    folder = tmp_path_factory.mktemp("withholding")
    boundaries, datasets = write_miniature(folder)
    make_distinctive(boundaries)
    # The third dataset stays open, and would have numbers that equal withheld ones by chance.
    shutil.rmtree(datasets / "crashes")
    return boundaries, datasets


@pytest.fixture(scope="module")
def opened(sources, tmp_path_factory):
    """The same sources with nothing withheld: what the canary is looked for."""
    atlas = tmp_path_factory.mktemp("opened")
    build_release(*sources, atlas)
    return Atlas(*sources, atlas)


@pytest.fixture(scope="module")
def guarded(sources, opened, tmp_path_factory):
    atlas = tmp_path_factory.mktemp("guarded")
    guard(sources[1])
    build_release(*sources, atlas)
    return Atlas(*sources, atlas)


def slices(release):
    for entry in release.catalogue["indicators"]:
        if entry["dataset"] in GUARDED:
            groups = [group["key"] for group in entry["groups"]]
            ways = ["", *(each["key"] for each in entry["alternatives"])]
            for view in product(entry["layers"], entry["periods"], groups, ways):
                yield entry["slug"], *view


def cells(open_release, guarded_release):
    """Yield the open and the guarded values of every slice, aligned."""
    for slug, layer, *view in slices(guarded_release):
        yield (
            (slug, layer, *view),
            open_release.values(layer, slug, *view),
            guarded_release.values(layer, slug, *view),
        )


@pytest.fixture(scope="module")
def canaries(opened, guarded):
    """Rates, limits and modelled rates made from withheld counts that no published one equals."""
    secret, public = set(), set()
    for (slug, *view), shown, left in cells(opened.release, guarded.release):
        withheld = left.status == SUPPRESSED
        if opened.release.indicator(slug)["per"] is not None:
            made = modelled.model(opened.release, view[0], slug, *view[1:])
            # Without weight of its own it is the rate of all, which published years may share.
            hidden = (made.found.value * made.per)[withheld & (made.found.weight > 0)]
            secret |= {float(each) for each in hidden[np.isfinite(hidden)]}
        for name in ("value", "lower", "upper"):
            hidden, kept = getattr(shown, name)[withheld], getattr(left, name)
            secret |= {float(each) for each in hidden[np.isfinite(hidden)]}
            public |= {float(each) for each in kept[np.isfinite(kept)]}
    # Whole numbers are everywhere; a rate with decimals is nowhere but where it was made.
    written = {text for each in public for text in texts_of(each)}
    found = {each for each in secret if each != round(each, 5) and not texts_of(each) & written}
    assert len(found) > 50
    return found


def texts_of(number):
    """Return how a number may be written: in full, or rounded to what still tells it apart."""
    return {repr(number), f"{number:.7f}", f"{number:.10g}", f"{number:,.7f}"}


def assert_absent(canaries, text, where):
    for canary in canaries:
        for written in texts_of(canary):
            assert written not in text, f"{where} tells {written}"


def test_every_small_count_is_withheld_and_no_zero_is(opened, guarded):
    small = zeros = 0
    for view, shown, left in cells(opened.release, guarded.release):
        counts = shown.numerator
        primary = (counts >= 1) & (counts <= 10)
        assert np.all(left.status[primary] == SUPPRESSED), view
        assert np.all(left.status[counts == 0] != SUPPRESSED), view
        small += int(primary.sum())
        zeros += int((counts == 0).sum())
    assert small > 20
    assert zeros > 5


def test_nothing_computed_from_a_withheld_count_is_left(guarded):
    for slug, layer, *view in slices(guarded.release):
        values = guarded.release.values(layer, slug, *view)
        withheld = values.status == SUPPRESSED
        for name in ("numerator", "value", "lower", "upper"):
            assert np.isnan(getattr(values, name)[withheld]).all()
        assert np.all(values.reliability[withheld] == -1)
        assert np.all(values.klass[withheld] == -1)


def test_what_is_not_withheld_is_as_it_was(opened, guarded):
    for _, shown, left in cells(opened.release, guarded.release):
        kept = left.status != SUPPRESSED
        np.testing.assert_array_equal(shown.value[kept], left.value[kept])
        np.testing.assert_array_equal(shown.numerator[kept], left.numerator[kept])


def test_a_release_with_withheld_counts_is_sound(guarded):
    assert check_release(guarded.release) == []


def test_the_check_finds_a_small_count_that_is_published(guarded):
    release = guarded.release
    slug, layer, *view = next(each for each in slices(release) if each[-1])
    release.values(layer, slug, *view).numerator[0] = 3
    told = f"{view[-1]}: a small count is published"
    assert any(told in finding for finding in check_release(release))


def test_what_is_withheld_is_withheld_whatever_it_is_divided_by(guarded):
    others = withheld = 0
    for slug, layer, period, group, way in slices(guarded.release):
        own = guarded.release.values(layer, slug, period, group)
        other = guarded.release.values(layer, slug, period, group, way)
        hidden = own.status == SUPPRESSED
        np.testing.assert_array_equal(hidden, other.status == SUPPRESSED)
        np.testing.assert_array_equal(own.numerator, other.numerator)
        others += bool(way)
        withheld += int(hidden.sum()) if way else 0
    assert others > 20
    assert withheld > 20


def test_a_denominator_from_the_records_is_withheld_with_its_count(guarded):
    release = guarded.release
    withheld = 0
    for period in release.indicator("stop-rate")["periods"]:
        other = release.values("counties", "stop-rate", period, "all", "office")
        hidden = other.status == SUPPRESSED
        assert np.isnan(other.denominator[hidden]).all()
        assert not any(other.source[row] for row in np.flatnonzero(hidden))
        withheld += int(hidden.sum())
    assert withheld


def test_no_file_of_the_release_tells_a_withheld_number(guarded, canaries):
    folder = guarded.atlas / "current"
    read = 0
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".json":
            assert_absent(canaries, path.read_text("utf-8"), path.name)
        elif path.suffix == ".parquet":
            columns = pq.read_table(path).to_pydict()
            columns.pop("geometry", None)
            assert_absent(canaries, str(columns), path.name)
        read += path.is_file()
    assert read > 10


def test_the_records_themselves_are_not_published(guarded):
    for name in guarded.release.manifest["files"]:
        assert not name.startswith(tuple(f"data/{key}/" for key in GUARDED))


def addresses(release):
    yield from ("/", "/data", "/data.json", "/jurisdictions", "/api/v1/indicators")
    yield from ("/api/v1/report", "/api/v1/ledger")
    for name in GUARDED:
        yield from (f"/data/{name}", f"/data/{name}/coverage", f"/api/v1/coverage/{name}")
    for layer in release.layer_keys:
        yield f"/api/v1/jurisdictions?layer={layer}"
        for identifier in release.layer(layer).ids:
            yield f"/jurisdictions/{layer}/{identifier}"
            yield f"/api/v1/jurisdictions/{layer}/{identifier}"
    for slug, layer, period, group, way in slices(release):
        view = f"layer={layer}&period={period}&group={group}&denominator={way}"
        yield f"/maps/{slug}?{view}"
        yield f"/maps/{slug}/method?{view}"
        yield f"/embed/{slug}?{view}"
        yield f"/maps/{slug}.svg?{view}"
        yield f"/api/v1/columns/{layer}/{slug}/{period}?group={group}&denominator={way}"
        yield f"/api/v1/denominators/{layer}/{slug}/{period}?group={group}&denominator={way}"
        yield f"/api/v1/indicators/{slug}?{view}&ranks=1"
        yield f"/maps/{slug}?{view}&show=difference"
        beside = f"/api/v1/differences/{layer}/{slug}/{period}?group={group}&denominator={way}"
        yield from (beside, f"{beside}&with={release.layer(layer).ids[0]}")
        since = release.indicator(slug)["periods"][0]
        yield f"/api/v1/changes/{layer}/{slug}/{period}?since={since}&group={group}"
        yield f"/maps/{slug}?{view}&compare={since}"
        four = ",".join(release.layer(layer).ids[:4])
        for form in ("json", "csv"):
            yield f"/api/v1/places/{slug}?{view}&jurisdictions={four}&format={form}".replace(
                f"&denominator={way}", ""
            )
        yield f"/compare/{slug}?layer={layer}&period={period}&group={group}&jurisdictions={four}"
        for kind in ("json", "csv", "geojson"):
            yield f"/api/v1/indicators/{slug}?{view}&format={kind}"
            yield f"/api/v1/indicators/{slug}?{view}&format={kind}&smoothed=1"
        for identifier in release.layer(layer).ids if not way else ():
            place = f"/api/v1/compare/{layer}/{identifier}?indicator={slug}"
            yield f"{place}&period={period}&group={group}"


def test_no_answer_tells_a_withheld_number(guarded, canaries):
    client = Client(create_wsgi(store.CurrentRelease(guarded.atlas), Settings()))
    answered = 0
    for address in addresses(guarded.release):
        response = client.get(address)
        assert response.status_code < 500, address
        assert_absent(canaries, response.get_data(as_text=True), address)
        answered += response.status_code == 200
    assert answered > 200


def test_no_picture_draws_a_withheld_place_as_anything_else(guarded):
    client = Client(create_wsgi(store.CurrentRelease(guarded.atlas), Settings()))
    drawn = 0
    for slug, layer, period, group, way in slices(guarded.release):
        entry = guarded.release.indicator(slug)
        if way or entry["per"] is None:
            continue
        address = f"/maps/{slug}.svg?layer={layer}&period={period}&group={group}"
        places = client.get(address).get_data(as_text=True)
        looks = {
            identifier: look
            for look, inside in re.findall(r'<g data-look="([^"]+)"[^>]*>(.*?)</g>', places)
            for identifier in re.findall(r'data-id="([^"]+)"', inside)
        }
        table = guarded.release.layer(layer)
        column = guarded.release.values(layer, slug, period, group)
        for row, identifier in enumerate(table.ids):
            if column.status[row] == SUPPRESSED and table.outlines[row]:
                assert looks[identifier] == "suppressed", address
                drawn += 1
    assert drawn > 20


def test_modelled_rates_are_made_of_published_counts_alone(opened, guarded):
    withheld = 0
    for (slug, *view), shown, left in cells(opened.release, guarded.release):
        if guarded.release.indicator(slug)["per"] is None:
            continue
        made = modelled.model(guarded.release, view[0], slug, *view[1:])
        kept = left.status == OK
        assert made.events == shown.numerator[kept].sum()
        assert made.denominator == shown.denominator[kept].sum()
        per = made.per
        expected = np.full(kept.shape, np.nan)
        expected[kept] = empirical_bayes(shown.numerator[kept], shown.denominator[kept], per)
        about, listed = modelled.rates(guarded.release, view[0], slug, *view[1:])
        values = np.array([each["modelled_value"] for each in listed], dtype=float)
        np.testing.assert_allclose(values, expected, rtol=1e-12)
        hidden = left.status == SUPPRESSED
        assert np.isnan(values[hidden]).all()
        assert about["places"] == kept.sum()
        withheld += int(hidden.sum())
    assert withheld > 20


def test_no_tile_tells_a_withheld_number(guarded, canaries):
    client = Client(create_wsgi(store.CurrentRelease(guarded.atlas), Settings()))
    withheld = 0
    for slug, layer, period, group, way in slices(guarded.release):
        if way:
            continue
        address = f"/tiles/{layer}/{slug}/{period}/0/0/0.mvt?group={group}"
        body = client.get(address, headers={"Accept-Encoding": "gzip"}).data
        features = read_properties(gzip.decompress(body))
        assert_absent(canaries, str(features), address)
        for feature in features[layer]:
            if feature["status"] == "suppressed":
                withheld += 1
                hidden = {"value", "numerator", "lower", "upper", "class", "reliability"}
                assert not hidden & set(feature)
    assert withheld > 20


def test_a_count_that_an_earlier_release_showed_cannot_be_withheld(tmp_path):
    boundaries, datasets = write_miniature(tmp_path)
    build_release(boundaries, datasets, tmp_path / "atlas")
    before = store.current_id(tmp_path / "atlas")
    guard(datasets)
    with pytest.raises(DisclosureError, match="releases"):
        build_release(boundaries, datasets, tmp_path / "atlas")
    assert store.releases(tmp_path / "atlas") == [before]


def test_the_same_release_is_published_again_beside_itself(guarded):
    before = guarded.release.id
    build_release(guarded.boundaries, guarded.datasets, guarded.atlas)
    assert guarded.release.id == before
