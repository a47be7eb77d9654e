"""What packages say in other languages: read whole, and every fault told with its line."""

from __future__ import annotations

import json

import pytest
from babel.messages.pofile import read_po

from mapsvc.errors import InputError
from mapsvc.ingest.catalog import read_catalog
from mapsvc.ingest.messages import files
from mapsvc.ingest.translations import resolved, strangers

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
"""Four lines: the entries of ``say`` begin in the fifth."""


@pytest.fixture
def say(miniature):
    """Return a function that gives the stops a file of Spanish, and its path."""
    path = miniature[1] / "stops/locale/es.po"
    path.parent.mkdir()

    def write(*entries, head=HEAD):
        path.write_text(head + "\n\n".join(entries) + "\n", "utf-8")
        return path

    return write


def entry(text, says, context=None):
    first = f"msgctxt {json.dumps(context)}\n" if context else ""
    return f"{first}msgid {json.dumps(text)}\nmsgstr {json.dumps(says, ensure_ascii=False)}"


def wording(miniature):
    return next(each for each in read_catalog(*miniature).wording if each.dataset == "stops")


def faults(miniature):
    with pytest.raises(InputError) as caught:
        read_catalog(*miniature)
    assert all(problem.mend for problem in caught.value.problems)
    return [(each.file, each.row, each.what) for each in caught.value.problems]


def test_a_translation_serves_its_text_in_every_field(miniature, say):
    say(entry("Stops", "Paradas"), entry("Stops", "Controles", "title"))
    found = resolved(wording(miniature), "es", [])
    assert found == {"title": {"Stops": "Controles"}} | {
        kind: {"Stops": "Paradas"} for kind in found if kind != "title"
    }


def test_entries_that_are_empty_or_doubtful_are_no_translations(miniature, say):
    say(entry("Stops", ""), f"#, fuzzy\n{entry('Stops by any agency', 'Paradas')}")
    assert wording(miniature).translations == {"es": ()}


def test_what_the_records_say_of_themselves_is_translated_too(miniature, say):
    say(entry("half of it", "la mitad"))
    assert resolved(wording(miniature), "es", ["half of it"]) == {
        "note": {"half of it": "la mitad"}
    }
    assert [*strangers(wording(miniature), ["half of it"])] == []


def test_all_that_is_wrong_with_a_file_is_told_with_its_line(miniature, say):
    say(
        entry("Stops", "Paradas"),
        entry("Stops", "Controles"),
        entry("Series changes in 2015", "La serie cambia en 2016"),
        'msgid "one"\nmsgid_plural "many"\nmsgstr[0] "uno"\nmsgstr[1] "muchos"',
    )
    label = "stops/locale/es.po"
    assert faults(miniature) == [
        (label, 8, "'Stops' is translated twice"),
        (
            label,
            11,
            "'Series changes in 2015' is translated with other figures: "
            "it lacks 2015, it adds 2016",
        ),
        (label, 14, "'one' has a plural: texts of data have none"),
    ]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b'msgid "a"\nmsgstr "b\n', "not a line of a PO file: 'msgstr \"b'"),
        (b'msgid "a"\nmsgstr b\n', "not a line of a PO file: 'msgstr b'"),
        (b'msgid "a" # a\nmsgstr "b"\n', "not a line of a PO file"),
        (b'"a"\n', "not a PO file"),
        (b'msgid "a"\nmsgstr "\xf1"\n', "not UTF-8 at byte 18"),
    ],
)
def test_what_is_no_file_of_translations_is_refused(miniature, say, content, what):
    say().write_bytes(content)
    ((file, _, told),) = faults(miniature)
    assert file == "stops/locale/es.po"
    assert told.startswith(what)


def test_a_language_that_pages_do_not_speak_is_refused(miniature, say):
    path = say()
    path.rename(path.with_name("se.po"))
    ((file, row, what),) = faults(miniature)
    assert (file, row, what) == ("stops/locale/se.po", None, "pages do not speak 'se'")


def test_a_translation_of_what_is_said_nowhere_is_told_with_what_is_near(miniature, say):
    say(entry("Stop", "Parada"), entry("Stops", "Paradas", "unit"), entry("Stops", "Paradas"))
    near, elsewhere = strangers(wording(miniature), [])
    assert (near.row, near.what) == (5, "the package says 'Stop' nowhere")
    assert near.mend.startswith("It says 'stops'. ")
    assert elsewhere.what == "the package says 'Stops' nowhere as unit"


def test_the_file_of_a_package_has_every_text_once_and_then_stays(miniature):
    for file in files(*miniature, "es"):
        assert file.changed
        assert file.missing == file.texts > 0
        file.write()
    assert not any(file.changed for file in files(*miniature, "es"))
    for file in files(*miniature, "es"):
        assert file.path.read_bytes().startswith(b'msgid ""\nmsgstr ""\n"Language: es\\n"\n')


def test_a_text_that_changed_keeps_its_translation_in_doubt(miniature, say):
    path = say(
        entry("Stops by an agency", "Paradas por una agencia"),
        entry("Stops", "Controles", "title"),
        entry("Gone long ago", "Ido hace mucho"),
    )
    file = next(each for each in files(*miniature, "es") if each.path == path)
    assert file.missing == file.texts  # one of them has a translation by kind beside its own
    file.write()
    with path.open("rb") as stream:
        held = read_po(stream, locale="es")
    changed = held.get("Stops by any agency")
    assert '#| msgid "Stops by an agency"\n' in path.read_text("utf-8")
    assert (changed.string, changed.fuzzy) == ("Paradas por una agencia", True)
    assert held.get("Stops", context="title").string == "Controles"
    assert [each.id for each in held.obsolete.values()] == ["Gone long ago"]
