"""Laws of modelled rates: made of what is published, labelled, and worked out to the same end."""

import math
from itertools import product

import numpy as np
import pytest

from mapsvc.errors import BadParameterError, UnknownNameError
from mapsvc.maps import choropleth, modelled
from mapsvc.model import STATUSES, Status
from mapsvc.statistics.smoothing import empirical_bayes
from tests.synthetic_release import COUNT, RATE

OK = STATUSES.index(Status.OK)


@pytest.fixture(scope="session")
def state(miniature):
    return miniature.release


def views(release):
    for entry in release.catalogue["indicators"]:
        if entry["per"] is not None:
            groups = [group["key"] for group in entry["groups"]]
            yield from product([entry["slug"]], entry["layers"], entry["periods"], groups)


def test_a_modelled_rate_is_between_the_crude_one_and_that_of_all_places(state):
    seen = 0
    for slug, layer, period, group in views(state):
        about, listed = modelled.rates(state, layer, slug, period, group)
        column = state.values(layer, slug, period, group)
        for row, each in enumerate(listed):
            assert tuple(each) == modelled.FIELDS
            value = each["modelled_value"]
            assert (value is None) == (column.status[row] != OK)
            assert each["modelled_text"] == (None if value is None else modelled.TEXT)
            if value is not None:
                ends = sorted([column.value[row], about["overall"]])
                assert ends[0] * (1 - 1e-12) <= value <= ends[1] * (1 + 1e-12)
                seen += 1
    assert seen > 100


def test_places_without_a_published_rate_take_no_part(release):
    """In the synthetic release some are withheld, some not reported, some without residents."""
    for slug, layer, period, group in views(release):
        column = release.values(layer, slug, period, group)
        shown = column.status == OK
        assert not shown.all()
        about, listed = modelled.rates(release, layer, slug, period, group)
        assert about["places"] == shown.sum()
        kept = [each["modelled_value"] for each, here in zip(listed, shown, strict=True) if here]
        alone = empirical_bayes(column.numerator[shown], column.denominator[shown], per=100_000)
        np.testing.assert_allclose(kept, alone, rtol=1e-12)


def test_the_steps_of_every_place_end_at_its_modelled_rate(state):
    for slug, layer, period, group in views(state):
        about, listed = modelled.rates(state, layer, slug, period, group)
        for identifier, each in zip(state.layer(layer).ids, listed, strict=True):
            seen = choropleth.view(state, slug, layer, period, group)
            found = modelled.worked(state, seen, identifier)
            if found is None:
                assert each["modelled_value"] is None
                continue
            per = state.indicator(slug)["per"]
            assert found.overall == pytest.approx(found.events / found.denominator * per)
            assert found.overall == pytest.approx(about["overall"], rel=1e-12)
            assert found.chance == pytest.approx(found.overall * per / found.mean)
            assert found.between == pytest.approx(max(0, found.spread - found.chance))
            total = found.between + found.own
            assert found.weight == pytest.approx(found.between / total if total else 0)
            drawn = found.weight * found.rate + (1 - found.weight) * found.overall
            assert found.value == pytest.approx(drawn)
            assert found.value == pytest.approx(each["modelled_value"], rel=1e-12)


def test_a_count_is_not_modelled(release):
    with pytest.raises(BadParameterError, match="a count is complete"):
        modelled.rates(release, "counties", COUNT, "2014")
    assert modelled.worked(release, choropleth.view(release, COUNT), "06001") is None


def test_a_measure_whose_places_do_not_add_up_is_not_modelled(release, monkeypatch):
    monkeypatch.setattr(modelled, "measure", lambda *_: {"additive": {"places": False}})
    with pytest.raises(BadParameterError, match="places add up"):
        modelled.rates(release, "counties", RATE, "2014")
    assert modelled.worked(release, choropleth.view(release, RATE), "06001") is None


def test_a_name_that_does_not_exist_is_told_before_that_nothing_is_modelled(release):
    with pytest.raises(UnknownNameError):
        modelled.rates(release, "parishes", COUNT, "2014")


def test_a_withheld_place_has_no_steps(release):
    seen = choropleth.view(release, RATE, jurisdiction="06007")
    assert modelled.worked(release, seen, "06007") is None


@pytest.mark.parametrize("value", [1e-9, 0.12345678, 9.999996, 10, 999_999.7, 123_456_789.0])
def test_a_figure_keeps_six_digits_that_count(value):
    assert math.isclose(float(modelled.figure(value).replace(",", "")), value, rel_tol=1e-5)
