"""The bundled packages say everything in Spanish."""

import pytest
from babel.messages.pofile import read_po

from mapsvc import resources
from mapsvc.ingest.messages import files

SAME = {"California"}
"""What is called alike in both languages."""


@pytest.fixture(scope="module")
def found():
    return [*files(resources.boundaries(), resources.datasets(), "es")]


def test_every_package_has_its_file_and_it_is_up_to_date(found):
    assert len(found) == 5
    for file in found:
        assert not file.changed, f"{file.label}: run `mapsvc messages`"


def test_no_text_is_missing_empty_doubtful_or_left_over(found):
    for file in found:
        assert file.missing == 0, file.label
        with file.path.open("rb") as stream:
            messages = read_po(stream, locale="es")
        assert not messages.obsolete, file.label
        for message in messages:
            if message.id:
                assert message.string.strip(), message.id
                assert not message.fuzzy, message.id
                assert message.string != message.id or message.id in SAME, message.id
                # A sentence stays one, a label stays one.
                assert message.id.endswith(".") == message.string.endswith("."), message.id


def test_the_release_says_every_text_of_its_descriptors_in_spanish(bundled):
    release = bundled.release
    spanish = release.in_language("es")
    for name in ("title", "description", "method", "unit", "noun", "universe"):
        for slug in release.indicator_slugs:
            assert spanish.indicator(slug)[name] != release.indicator(slug)[name]
    for entry, other in zip(release.catalogue["layers"], spanish.catalogue["layers"], strict=True):
        assert entry["title"] != other["title"]
        for key, kind in entry["kinds"].items():
            assert kind["title"] != other["kinds"][key]["title"]
