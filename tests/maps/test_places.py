"""Laws of places side by side and of peers: every pair both ways, nothing that is withheld."""

import dataclasses
import itertools
import math

import numpy as np
import pytest

from mapsvc.errors import UnknownNameError
from mapsvc.maps import comparisons, lines, places
from mapsvc.maps.chart import Point
from mapsvc.maps.peers import peers
from mapsvc.model import STATUSES
from tests.synthetic_release import RATE

OPPOSITE = {"higher": "lower", "lower": "higher", "not_distinguishable": "not_distinguishable"}


@pytest.fixture(scope="session")
def state(miniature):
    return miniature.release


def test_every_pair_is_compared_both_ways_and_the_two_are_opposite(state):
    side = places.side_by_side(state, "stop-rate", "counties", [0, 1, 2, 3], "2016")
    for at, row in enumerate(side.pairs):
        assert row[at] is None
        for to, pair in enumerate(row):
            if pair is None:
                continue
            back = side.pairs[to][at].compared
            assert pair.compared == comparisons.with_place(
                state, "counties", "stop-rate", pair.own.row, pair.other.row, "2016"
            )
            assert (pair.compared.verdict is None) == (back.verdict is None)
            if pair.compared.verdict:
                assert back.verdict == OPPOSITE[pair.compared.verdict]
                assert back.ratio == pytest.approx(1 / pair.compared.ratio)
                assert back.lower == pytest.approx(1 / pair.compared.upper)
    assert len(side.once) == 6


def test_the_table_has_every_period_and_what_a_map_would_show(state):
    side = places.side_by_side(state, "stop-rate", "counties", [0, 1], "2016")
    entry = state.indicator("stop-rate")
    assert sorted(period for period, _ in side.years) == sorted(entry["periods"])
    for period, cells in side.years:
        column = state.values("counties", "stop-rate", period)
        for row, cell in enumerate(cells):
            assert cell.status == STATUSES[column.status[row]]
            assert (cell.numbers["value"] is not None) == bool(cell.value)


def test_a_withheld_number_changes_nothing(release, monkeypatch):
    before = places.side_by_side(release, RATE, "counties", [0, 3, 1], "2014")
    assert before.pairs[0][1].compared.ratio is None
    real = type(release).values

    def leaking(self, *view):
        column = real(self, *view)
        hidden = np.array([STATUSES[code] == "suppressed" for code in column.status])
        return dataclasses.replace(
            column, value=np.where(hidden, 55.0, column.value),
            lower=np.where(hidden, 44.0, column.lower), upper=np.where(hidden, 66.0, column.upper),
        )  # fmt: skip

    monkeypatch.setattr(type(release), "values", leaking)
    assert places.side_by_side(release, RATE, "counties", [0, 3, 1], "2014") == before


def test_a_place_is_found_by_its_id_its_name_or_a_list(release):
    assert places.find(release, "counties", "06003") == [1]
    assert places.find(release, "counties", " birch ") == [1]
    assert places.find(release, "counties", "06003, Alder") == [1, 0]
    with pytest.raises(UnknownNameError) as error:
        places.find(release, "counties", "Brich")
    assert error.value.known[0] == "06003"


def series(*values, first=2010):
    return [
        Point(first + at, value, value and value * 0.9, value and value * 1.1)
        for at, value in enumerate(values)
    ]


def test_a_line_ends_at_a_gap_and_at_a_break_and_what_stands_alone_has_its_interval():
    drawn = lines.lines(
        [("A", series(1.0, 2.0, None, 3.0, 4.0, 5.0)), ("B", series(*[2.0] * 6))],
        [{"year": 2014, "text": "A law"}],
        "2015",
    )
    first, second = drawn.lines
    assert [len(line.split()) for line in first.lines] == [2, 2]
    assert len(first.whiskers) == 1
    assert [len(line.split()) for line in second.lines] == [4, 2]
    assert [year for _, year, _ in drawn.breaks] == ["2014"]
    assert drawn.now is not None


@pytest.mark.parametrize("layout", [lines.WIDE, lines.NARROW])
def test_labels_at_the_ends_stay_apart_in_order_and_within_the_drawing(layout):
    rates = [100.0, 101.0, 99.0, 0.5]
    drawn = lines.lines([(str(rate), series(rate, rate)) for rate in rates], [], "2011", layout)
    heights = [line.label[1] for line in drawn.lines]
    assert all(0 < height <= layout.height - layout.bottom + 5 for height in heights)
    ordered = sorted(heights)
    assert min(b - a for a, b in itertools.pairwise(ordered)) >= 16
    assert sorted(range(4), key=lambda at: -rates[at]) == sorted(range(4), key=heights.__getitem__)


def test_marks_differ_by_their_shape():
    assert len({lines.mark(at, 0.0, 0.0) for at in range(4)}) == 4


def test_nothing_to_draw_is_no_drawing():
    assert lines.lines([("A", series(None, 1.0)), ("B", series(None, None))], [], "2011") is None


def test_peers_are_the_nearest_by_ratio_and_never_the_place_itself(release):
    found = peers(release, "counties", 1, RATE)
    sizes = release.values("counties", RATE, "2014").denominator
    assert found.size == sizes[1]
    assert "06003" not in [each.id for each in found.places]
    distance = [abs(math.log(each.size / found.size)) for each in found.places]
    assert distance == sorted(distance)
    left = [
        size for row, size in enumerate(sizes)
        if size > 0 and row != 1 and release.layer("counties").ids[row]
        not in [each.id for each in found.places]
    ]  # fmt: skip
    assert all(abs(math.log(size / found.size)) >= distance[-1] for size in left)
    assert "twice as many is as far away as half as many" in found.rule


def test_a_place_without_residents_has_no_peers(release):
    assert peers(release, "agencies", 2) is None


def test_peers_are_of_the_same_kind_where_there_are_enough(state):
    for row in range(len(state.layer("agencies").ids)):
        found = peers(state, "agencies", row)
        if found and found.kind:
            assert {each.kind for each in found.places} == {found.kind}
