"""Remarks of a build are found again in a release, whatever stands in their places."""

import pytest

from mapsvc import remarks
from mapsvc.language import speaking

WRITTEN = [*remarks._WHOLE, *remarks._MADE]


def in_spanish(text, of=lambda name, part: part):
    with speaking("es"):
        return remarks.said(text, of)


@pytest.mark.parametrize("sentence", WRITTEN)
def test_every_remark_is_said_in_the_language(sentence):
    filled = sentence.format(years="2014, 2016", period="2014-2016", title="X", places="A, B")
    said = in_spanish(filled)
    assert said not in (None, filled)
    for part in ("2014, 2016", "2014-2016", "X", "A, B"):
        assert (part in said) == (part in filled)


def test_a_remark_that_begins_like_another_is_not_taken_for_it():
    assert in_spanish("It did not exist in 2014") == "No existía en 2014"
    told = in_spanish("It did not exist in every year of 2013-2014")
    assert told == "No existía en todos los años de 2013-2014"


def test_what_stands_in_a_remark_is_translated_by_the_name_of_its_place():
    found = []
    in_spanish("No figure for its denominator: Residents", lambda *given: found.append(given) or "")
    assert found == [("title", "Residents")]


def test_what_no_build_says_is_no_remark():
    assert in_spanish("Reported late") is None
