"""Laws of the map of differences: it says of every place what the comparison of that place says."""

import dataclasses

import numpy as np
import pytest

from mapsvc.maps import choropleth, comparisons, differences, shows
from mapsvc.maps.differences import Standing
from mapsvc.model import STATUSES
from mapsvc.statistics import comparison
from tests.maps.conftest import composed
from tests.synthetic_release import COUNT, RATE

RATES = ["stop-rate", "incident-rate", "crash-rate"]
OPPOSITE = {
    Standing.HIGHER: Standing.LOWER,
    Standing.LOWER: Standing.HIGHER,
    Standing.NOT_DISTINGUISHABLE: Standing.NOT_DISTINGUISHABLE,
}


@pytest.fixture(scope="session")
def state(miniature):
    return miniature.release


@pytest.mark.parametrize("slug", RATES)
def test_a_place_stands_beside_the_others_as_its_own_comparison_says(state, slug):
    if not differences.with_others_offered(state, slug):
        pytest.skip("its places do not add up")
    for period in state.indicator(slug)["periods"]:
        found = differences.with_others(state, slug, "counties", period)
        for row, standing in enumerate(found.standing):
            alone = comparisons.with_rest(state, "counties", slug, row, period)
            if alone.verdict is None:
                assert standing not in differences.VERDICTS
                assert (found.ratio[row], found.lower[row], found.upper[row]) == (None,) * 3
            else:
                assert standing == alone.verdict
                assert found.ratio[row] == pytest.approx(alone.ratio)
                assert found.said(row) in alone.sentence


@pytest.mark.parametrize("slug", ["stop-rate", "incident-rate"])
def test_a_place_stands_beside_another_as_the_formula_says_and_the_other_way_round(state, slug):
    ids = range(len(state.layer("counties").ids))
    all_of_them = [differences.with_place(state, slug, "counties", row, "2016") for row in ids]
    column = state.values("counties", slug, "2016")
    compared = 0
    for reference, found in enumerate(all_of_them):
        for row, standing in enumerate(found.standing):
            back = all_of_them[row].standing[reference]
            if row == reference:
                assert standing == Standing.REFERENCE
            elif standing in differences.VERDICTS:
                compared += 1
                assert back == OPPOSITE[standing]
                exact = comparison.compare(
                    column.numerator[row], column.denominator[row],
                    column.numerator[reference], column.denominator[reference],
                )  # fmt: skip
                assert standing == comparison.VERDICTS[int(exact.verdict)]
            else:
                assert back not in differences.VERDICTS
                assert found.ratio[row] is None
    assert compared > 0


@pytest.mark.parametrize("made", ["others", "place"])
def test_a_withheld_number_changes_nothing(release, monkeypatch, made):
    """Whatever the withheld counts are, the answer is the same: they cannot be worked out."""

    def asked():
        if made == "others":
            return differences.with_others(release, RATE, "counties", "2014")
        return differences.with_place(release, RATE, "counties", 0, "2014")

    before = asked()
    assert before.standing[3] == Standing.WITHHELD
    column = release.values("counties", RATE, "2014")
    hidden = np.array([STATUSES[code] != "ok" for code in column.status])
    for number in (1.0, 10.0, 5000.0):
        leaking = dataclasses.replace(
            column, numerator=np.where(hidden, number, column.numerator),
            value=np.where(hidden, number, column.value),
        )  # fmt: skip
        monkeypatch.setattr(type(release), "values", lambda *_, found=leaking: found)
        assert asked() == before
        monkeypatch.undo()


def test_every_place_has_a_standing_and_the_counts_add_up(release):
    found = differences.with_others(release, RATE, "counties", "2014")
    assert [str(each) for each in found.standing] == [
        "higher", "lower", "unreliable", "withheld", "not_reported", "no_boundary",
    ]  # fmt: skip
    assert sum(found.counts.values()) == 6
    assert found.compared == 2
    assert set(differences.WORDS) == set(Standing)


def test_where_the_place_to_be_beside_has_no_rate_nothing_is_compared(release):
    found = differences.with_place(release, RATE, "counties", 3, "2014")
    assert found.standing[3] == Standing.REFERENCE
    assert found.standing[0] == Standing.NOTHING_BESIDE
    assert found.compared == 0
    assert found.chance == ""


def test_where_no_other_place_has_a_rate_nothing_is_beside(release):
    found = differences.with_others(release, RATE, "counties", "2014")
    assert Standing.NOTHING_BESIDE not in found.standing
    agencies = differences.with_others(release, RATE, "agencies", "2014")
    assert agencies.standing[2] == Standing.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("compared", "words"), [(58, "up to about 3 of these 58"), (9, "now and then one of these 9")]
)
def test_what_chance_gives_is_one_in_twenty(compared, words):
    assert words in differences.by_chance(compared)


def test_counts_are_offered_no_map_of_differences(release):
    assert set(shows.shows(release, COUNT, "counties")) == {shows.VALUES}
    assert {shows.DIFFERENCE, shows.SIMILAR} < set(shows.shows(release, RATE, "counties"))


def test_a_view_of_differences_says_so_and_what_chance_gives(release):
    seen = choropleth.view(release, RATE, show="difference", jurisdiction="06001")
    assert choropleth.label(release, seen).startswith("Beside the others: ")
    _, body = composed(release, RATE, show="difference", jurisdiction="06001")
    assert "chance alone would still make" in body
    assert "higher, by more than chance alone would give" in body
    _, beside = composed(release, RATE, show="similar", jurisdiction="06003")
    assert "Beside Birch" in beside
    _, empty = composed(release, RATE, show="similar")
    assert differences.CHOOSE_A_PLACE in empty
