"""Laws of citations: pinned to a release, and no name can break out of its field."""

import json
import re

from hypothesis import example, given
from hypothesis import strategies as st

from mapsvc.maps.citation import Work, bibtex, csl_json, plain

ENTITIES = {
    "textbackslash": "\\",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textasciitilde": "~",
    "textasciicircum": "^",
    "textless": "<",
    "textgreater": ">",
    "textquotedbl": '"',
}
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(
    str.strip
)


def work(**own):
    facts = {
        "slug": "arrest-rate",
        "title": "Arrest rate",
        "dataset": "Arrests",
        "publisher": "Office of Records",
        "vintage": "2005-2024",
        "atlas": "Squareland",
        "release": "0123456789ab",
        "address": "https://maps.example/maps/arrest-rate",
    }
    return Work(**{**facts, **own})


def fields(text):
    """Read a BibTeX entry as BibTeX does: a value ends where its braces are matched."""
    key, rest = re.fullmatch(r"@misc\{([^,]+),\n(.*)\}\n", text, re.DOTALL).groups()
    found = {"key": key}
    while rest.strip():
        name, rest = re.fullmatch(r"\s*([a-z]+) = \{(.*)", rest, re.DOTALL).groups()
        depth, at = 1, 0
        while depth:
            depth += {"{": 1, "}": -1}.get(rest[at], 0)
            at += 1
        found[name], rest = rest[: at - 1], rest[at:].lstrip(",\n")
    return found


def typeset(text):
    """Return what TeX prints of a text with the escapes that we use, and fail on any other."""
    shown = re.sub(
        r"\{\\([a-z]+)\}|\\([$&#_%])|([{}])|([\\$&#_%~^])",
        lambda m: (
            ENTITIES[m[1]] if m[1] else m[2] or ("" if m[3] else "\N{REPLACEMENT CHARACTER}*")
        ),
        text,
    )
    assert "\N{REPLACEMENT CHARACTER}*" not in shown
    return shown


@given(TEXTS, TEXTS, TEXTS)
@example("100 % & $5_a #1", "a~b^c\\d", "}{ } unbalanced {{")
@example('"quoted" <b>', "Ünïcode", "two\u2028lines")
def test_bibtex_prints_every_name_as_it_is(title, publisher, atlas):
    found = fields(bibtex(work(title=title, publisher=publisher, atlas=atlas)))
    assert typeset(found["title"]) == f"{' '.join(title.split())}, computed from Arrests"
    assert typeset(found["author"]) == " ".join(publisher.split())
    assert typeset(found["howpublished"]).startswith(f"In: {' '.join(atlas.split())}, release ")


@given(TEXTS, TEXTS)
def test_csl_json_gives_every_name_back(title, publisher):
    [item] = json.loads(csl_json(work(title=title, publisher=publisher)))
    assert item["title"] == f"{' '.join(title.split())}, computed from Arrests"
    assert item["author"] == [{"literal": " ".join(publisher.split())}]
    assert item["type"] == "dataset"


@given(TEXTS, TEXTS)
def test_the_text_is_one_line(title, publisher):
    assert len(plain(work(title=title, publisher=publisher)).splitlines()) == 1


def test_every_form_names_the_release_the_vintage_and_the_address():
    for write in (plain, bibtex, csl_json):
        text = write(work())
        for fact in ("0123456789ab", "2005-2024", "https://maps.example/maps/arrest-rate"):
            assert fact in text


def test_the_year_is_the_last_that_the_vintage_names_and_none_is_made_up():
    assert work().year == 2024
    assert work(vintage="June 2019").year == 2019
    assert work(vintage="release 12").year is None
    assert "issued" not in json.loads(csl_json(work(vintage="release 12")))[0]
    assert "year" not in fields(bibtex(work(vintage="release 12")))


@given(TEXTS)
def test_the_key_is_made_of_letters_digits_and_hyphens(slug):
    assert re.fullmatch(r"[A-Za-z0-9-]+", work(slug=slug).key)


def test_an_address_cannot_end_its_field():
    found = fields(bibtex(work(address="https://maps.example/maps/a}b{c\\d")))
    assert found["url"] == "https://maps.example/maps/a%7Db%7Bc%5Cd"
