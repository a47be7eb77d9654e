"""What another denominator changes is what the comparisons of each place say, and nothing else."""

from itertools import product

import numpy as np
import pytest

from mapsvc.errors import UnknownNameError
from mapsvc.maps import comparisons, denominators
from mapsvc.model import STATUSES, Status
from mapsvc.release.alternatives import alternatives

OK = STATUSES.index(Status.OK)
SHERIFF = "CA0100000"
"""Fresno's: its sworn officers doubled on paper in 2008 and halved in 2014."""


def views(release):
    """Yield everything that can be looked at where there is a choice."""
    for entry in release.catalogue["indicators"]:
        groups = [group["key"] for group in entry["groups"]]
        if alternatives(entry):
            for layer, period, group in product(entry["layers"], entry["periods"], groups):
                yield layer, entry["slug"], period, group


@pytest.fixture(scope="module")
def pomona(miniature):
    return miniature.release


@pytest.fixture(scope="module")
def california(bundled):
    return bundled.release


def effect(release, *view):
    (found,) = denominators.effects(release, *view)
    return found


def verdict(release, view, row, denominator):
    """Return what a profile page would say of a place beside the rest, were it divided so."""
    layer, slug, period, group = view

    class Divided:
        """The release as if another denominator were the indicator's own."""

        def __getattr__(self, name):
            return getattr(release, name)

        def indicator(self, slug):
            return release.indicator(slug, denominator)

        def values(self, layer, slug, period, group="all"):
            return release.values(layer, slug, period, group, denominator)

    return comparisons.with_rest(Divided(), layer, slug, row, period, group).verdict


def test_a_place_is_told_to_stand_differently_exactly_where_its_two_comparisons_differ(pomona):
    compared = 0
    for view in views(pomona):
        found = effect(pomona, *view)
        told = {each.id for each in found.changes if denominators.BESIDE in each.differs}
        for row, identifier in enumerate(pomona.layer(view[0]).ids):
            own, other = (verdict(pomona, view, row, way) for way in ("", found.key))
            differ = own is not None and other is not None and own != other
            assert (identifier in told) == differ, (view, identifier)
            compared += own is not None and other is not None
    assert compared > 50


def test_the_standing_of_every_county_is_that_of_its_profile(california):
    view = ("counties", "arrest-rate", "2013", "all")
    found = effect(california, *view)
    told = {each.id: each for each in found.changes if denominators.BESIDE in each.differs}
    assert len(told) == 3
    for row, identifier in enumerate(california.layer("counties").ids):
        own, other = (verdict(california, view, row, way) for way in ("", "publisher"))
        assert (own != other) == (identifier in told)
        if identifier in told:
            assert (told[identifier].own.beside, told[identifier].other.beside) == (own, other)


def test_a_class_counts_as_changed_only_between_rates_of_one_unit(pomona, california):
    for release in (pomona, california):
        for layer, slug, period, group in views(release):
            found = effect(release, layer, slug, period, group)
            own = release.values(layer, slug, period, group)
            other = release.values(layer, slug, period, group, found.key)
            told = [each.id for each in found.changes if denominators.CLASS in each.differs]
            if found.unit != release.indicator(slug)["unit"]:
                assert not told
            for identifier in told:
                row = release.layer(layer).row(identifier)
                assert own.klass[row] != other.klass[row]


def test_places_without_a_figure_are_counted_apart_and_never_compared(pomona, california):
    for release in (pomona, california):
        for layer, slug, period, group in views(release):
            found = effect(release, layer, slug, period, group)
            own = release.values(layer, slug, period, group).status == OK
            other = release.values(layer, slug, period, group, found.key).status == OK
            ids = np.array(release.layer(layer).ids)
            assert list(found.without) == ids[own & ~other].tolist()
            assert list(found.gained) == ids[~own & other].tolist()
            changed = {each.id for each in found.changes}
            assert not changed & {*found.without, *found.gained}
            assert len(changed) <= found.compared <= (own & other).sum()


def test_a_change_names_what_differs_and_says_both(california):
    for view in views(california):
        for each in effect(california, *view).changes:
            assert each.differs
            assert "" not in (each.own.said, each.other.said)
            assert each.own.said != each.other.said


def test_a_sheriff_whose_officers_doubled_on_paper_is_found(california):
    """Officers in the jails were counted as sworn in some years: the rate halved, the risk not."""
    for period, trend in (("2008", "falling"), ("2014", "rising")):
        found = effect(california, "agencies", "officer-assault-rate", period)
        fresno = next(each for each in found.changes if each.id == SHERIFF)
        assert fresno.differs == (denominators.TREND,)
        assert (fresno.own.trend, fresno.other.trend) == (trend, "stable")
        assert "law enforcement agencies have no figure of it." in found.sentence


def test_places_that_do_not_add_up_are_not_held_beside_the_others(california):
    for period in california.indicator("officer-assault-rate")["periods"]:
        for each in effect(california, "agencies", "officer-assault-rate", period).changes:
            assert each.own.beside is each.other.beside is None


def test_no_trend_is_told_across_a_break(california):
    assert effect(california, "counties", "arrest-rate", "2014").since == "2013"
    assert effect(california, "counties", "arrest-rate", "2005").since is None
    assert effect(california, "counties", "arrest-rate", "2015").since is None
    assert effect(california, "counties", "arrest-rate", "2010-2014").since == "2005-2009"
    assert effect(california, "counties", "arrest-rate", "2015-2019").since is None


def test_the_sentence_says_how_many_and_where_nothing_changes_it_says_so(california, pomona):
    said = effect(california, "counties", "arrest-rate", "2014").sentence
    assert said == (
        "Divided by “Population as the publisher gives it” in place of “Residents”, 5 of 58 "
        "counties stand differently: 1 beside the others, 2 since 2013, 4 in their class on the "
        "map."
    )
    said = effect(california, "agencies", "officer-assault-rate", "2016").sentence
    assert "no conclusion changes for the 15 law enforcement agencies. 53 " in said


def test_where_there_is_no_figure_the_sentence_says_for_which_periods_there_is_one(california):
    found = effect(california, "counties", "arrest-rate", "2024")
    assert found.sentence == (
        "“Population as the publisher gives it” has no figures for 2024: it has them for "
        "2005–2014; pooled 2005–2009, 2010–2014."
    )
    assert found.instead == "2014"
    assert (found.changes, found.compared) == ((), 0)


def test_a_group_that_is_divided_by_the_same_figures_already_is_told_so(california):
    found = effect(california, "counties", "arrest-rate", "2014", "black")
    assert "is what this group is divided by already: nothing changes." in found.sentence
    assert not found.changes


def test_asked_for_one_denominator_only_that_one_is_held_beside_the_own(california):
    one = denominators.effects(california, "counties", "arrest-rate", "2014", "all", "publisher")
    assert one == denominators.effects(california, "counties", "arrest-rate", "2014")
    assert denominators.effects(california, "counties", "jail-deaths", "2014") == []
    with pytest.raises(UnknownNameError):
        denominators.effects(california, "counties", "arrest-rate", "2014", "all", "arrests")
