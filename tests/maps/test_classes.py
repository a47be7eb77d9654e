"""Laws of the classes and colours that a reader may choose."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapsvc.errors import BadParameterError
from mapsvc.maps import choropleth, palette
from mapsvc.maps.classes import COUNTS, PALETTES, SCHEMES, classes_of, title_of
from mapsvc.model import RELIABILITIES, Reliability
from mapsvc.statistics.classification import class_breaks, classify, thinned
from tests.synthetic_release import BREAKS, COUNT, PERIODS, RATE

CHOICES = [f"{scheme}-{count}" for scheme in SCHEMES for count in COUNTS]
UNRELIABLE = RELIABILITIES.index(Reliability.UNRELIABLE)
NUMBERS = st.lists(st.floats(0, 1e6, allow_nan=False), min_size=1, max_size=60)


def asked(release, **names):
    return choropleth.view(release, RATE, **names)


def test_without_a_choice_classes_are_the_release_s_own(release):
    found = classes_of(release, asked(release))
    assert list(found.bounds) == BREAKS[RATE]
    assert found.colours == palette.themed("YlGnBu", 3)
    assert found.title is None


@pytest.mark.parametrize("chosen", CHOICES)
def test_every_steady_value_of_every_period_is_within_the_classes(release, chosen):
    found = classes_of(release, asked(release, classes=chosen))
    assert list(found.bounds) == sorted(set(found.bounds))
    for period in PERIODS[RATE]:
        values = release.values("counties", RATE, period)
        steady = values.value[(values.reliability != UNRELIABLE) & np.isfinite(values.value)]
        assert steady.max() <= found.bounds[-1]


@pytest.mark.parametrize("chosen", CHOICES)
def test_classes_are_the_same_in_every_period(release, chosen):
    found = {classes_of(release, asked(release, period=each, classes=chosen)) .bounds
             for each in PERIODS[RATE]}  # fmt: skip
    assert len(found) == 1


@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize("classes", ["", "equal-7"])
def test_every_class_has_a_colour_of_its_own_in_either_theme(release, name, classes):
    found = classes_of(release, asked(release, classes=classes, palette=name))
    for colours in found.colours.values():
        assert len(set(colours)) == len(colours) == len(found.bounds)


@given(NUMBERS, st.sampled_from(sorted(SCHEMES)), st.sampled_from(COUNTS))
def test_any_numbers_have_classes_that_a_palette_has_colours_for(values, scheme, count):
    bounds = class_breaks(values, SCHEMES[scheme].key, int(count))
    assert bounds == sorted(set(bounds))
    assert bounds[-1] >= max(values)
    assert (classify(values, bounds) >= 0).all()
    for name in PALETTES:
        assert all(len(each) == len(bounds) for each in palette.themed(name, len(bounds)).values())


@given(NUMBERS, st.integers(2, 40))
def test_thinning_keeps_the_ends_and_the_order(values, most):
    found = thinned(values, most)
    assert len(found) == min(most, len(values))
    assert (np.diff(found) >= 0).all()
    assert set(found) <= set(values)
    assert (found[0], found[-1]) == (min(values), max(values))


@pytest.mark.parametrize(
    "classes", ["quantiles", "quantiles-2", "quantiles-8", "quantiles-05", "x-5"]
)
def test_classes_that_are_not_offered_are_refused_with_what_is(release, classes):
    with pytest.raises(BadParameterError, match="quantiles, equal, natural, round") as raised:
        asked(release, classes=classes)
    assert raised.value.parameter == "classes"


def test_a_palette_that_is_not_offered_is_refused_with_what_is(release):
    with pytest.raises(BadParameterError, match="Blues"):
        asked(release, palette="Rainbow")


@pytest.mark.parametrize("name", [{"classes": "quantiles-5"}, {"palette": "Blues"}])
def test_a_map_of_counts_has_no_classes_to_choose(release, name):
    with pytest.raises(BadParameterError, match="circles"):
        choropleth.view(release, COUNT, **name)


def test_a_choice_is_named_with_the_classes_that_came_of_it(release):
    found = classes_of(release, asked(release, classes="natural-7"))
    assert found.title == title_of("natural-7", len(found.bounds))
