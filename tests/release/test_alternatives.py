"""A release holds every indicator divided by each denominator that it declares."""

import numpy as np
import pytest

from mapsvc.errors import UnknownNameError
from mapsvc.model import STATUSES, Status
from mapsvc.release.alternatives import alternatives, chosen, divided_by, instead, known_periods
from mapsvc.release.check import check_release

OK = STATUSES.index(Status.OK)
NOT_REPORTED = STATUSES.index(Status.NOT_REPORTED)


@pytest.fixture(scope="module")
def release(miniature):
    return miniature.release


def test_the_count_is_the_same_and_the_rate_is_over_the_other_figure(release):
    own = release.values("counties", "incident-rate", "2016")
    other = release.values("counties", "incident-rate", "2016", "all", "daytime")
    np.testing.assert_array_equal(own.numerator, other.numerator)
    ok = other.status == OK
    assert ok.sum() >= 5
    expected = other.numerator[ok] / other.denominator[ok] * 1000
    np.testing.assert_allclose(other.value[ok], expected)
    np.testing.assert_allclose(other.denominator[ok], own.denominator[ok] * 1.2, rtol=1e-3)


def test_where_the_other_figure_is_unknown_the_status_says_so(release):
    other = release.values("counties", "incident-rate", "2013", "all", "daytime")
    assert np.all(other.status == NOT_REPORTED)
    assert set(other.note) == {"No figure for its denominator: People there by day"}
    assert np.isfinite(other.numerator).all()
    assert np.isnan(other.value).all()


def test_a_pooled_period_needs_the_figure_of_each_of_its_years(release):
    other = release.values("counties", "incident-rate", "2013-2016", "all", "daytime")
    assert not (other.status == OK).any()


def test_no_key_and_the_own_key_are_the_indicator_itself(release):
    own = release.values("counties", "stop-rate", "2016")
    assert release.values("counties", "stop-rate", "2016", "all", "residents") is own
    entry = release.indicator("stop-rate")
    assert release.indicator("stop-rate", "residents") == entry
    assert chosen(entry, "residents") == chosen(entry, "") == ""


def test_a_column_divides_each_group_by_its_own_figure(release):
    for group, share in (("all", 1), ("green", 3 / 5), ("blue", 2 / 5)):
        other = release.values("counties", "stop-rate", "2016", group, "office")
        everyone = release.values("counties", "stop-rate", "2016", "all", "office")
        ok = (other.status == OK) & (everyone.status == OK)
        assert ok.any()
        np.testing.assert_allclose(
            other.denominator[ok], np.floor(everyone.denominator[ok] * share), atol=1
        )


def test_an_unknown_key_is_told_with_those_that_there_are(release):
    for ask in (
        release.indicator,
        lambda slug, key: release.values("counties", slug, "2016", "all", key),
    ):
        with pytest.raises(UnknownNameError) as caught:
            ask("stop-rate", "offices")
        assert caught.value.known == ("residents", "office")
    with pytest.raises(UnknownNameError):
        release.indicator("grave-incidents", "residents")


def test_an_entry_divided_and_divided_back_is_as_it_was(release):
    for slug in ("stop-rate", "incident-rate"):
        entry = release.indicator(slug)
        (other,) = alternatives(entry)
        divided = release.indicator(slug, other["key"])
        assert divided["denominator_key"] == other["key"]
        assert divided["unit"] == other["unit"]
        (back,) = alternatives(divided)
        assert back["key"] == entry["denominator_key"]
        assert {name: back[name] for name in ("unit", "per", "method")} == {
            name: entry[name] for name in ("unit", "per", "method")
        }
        named = divided["layers"]["counties"]["denominators"]["2016"]["all"]
        assert named["title"] == other["title"]


def test_rates_of_one_unit_share_their_classes_so_that_a_colour_stays(release):
    own, office = (release.indicator("stop-rate", key) for key in ("", "office"))
    for group in ("all", "green", "blue"):
        first, second = (each["layers"]["counties"]["classes"][group] for each in (own, office))
        assert len(first) == len(second)
        assert first[:-1] == second[:-1]
    own, daytime = (release.indicator("incident-rate", key) for key in ("", "daytime"))
    first, second = (each["layers"]["counties"]["classes"]["all"] for each in (own, daytime))
    assert second[-1] < first[-1] / 50


def test_the_periods_that_are_known_are_those_with_a_figure(release):
    entry = release.indicator("incident-rate", "daytime")
    assert known_periods(entry, "counties", "all") == ("2014", "2015", "2016")
    assert instead(known_periods(entry, "counties", "all"), "2013") == "2014"
    assert instead(("2005-2009", "2010-2014", "2014"), "2015-2019") == "2010-2014"
    assert instead(("2014",), "2014") is instead((), "2014") is None


def test_a_release_from_before_there_was_a_choice_has_none(release):
    entry = dict(release.indicator("stop-rate"))
    del entry["alternatives"], entry["denominator_key"]
    assert divided_by(entry, "") is entry
    with pytest.raises(UnknownNameError):
        divided_by(entry, "residents")


def test_a_release_with_alternatives_is_sound(release):
    assert check_release(release) == []
