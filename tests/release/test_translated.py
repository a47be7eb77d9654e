"""Laws of a release in another language: other words, and nothing else."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from babel.messages.pofile import read_po, write_po

from mapsvc import wording
from mapsvc.errors import InputError
from mapsvc.ingest.messages import files
from mapsvc.release import store, translated
from mapsvc.release.build import build_release, read_sources
from mapsvc.release.check import check_release
from tests.miniature import write_miniature

DOCUMENTS = ("catalogue", "report", "ledger", "coverage")


def say_everything(boundaries: Path, datasets: Path) -> None:
    """Give each package a file that translates a text into itself in other quotes."""
    for file in files(boundaries, datasets, "es"):
        file.write()
        with file.path.open("rb") as stream:
            messages = read_po(stream, locale="es")
        for message in messages:
            if message.id:
                message.string = f"«{message.id}»"
        with file.path.open("wb") as stream:
            write_po(stream, messages)


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    """The made-up state with a translation of everything, built; and its folder."""
    folder = tmp_path_factory.mktemp("spoken")
    boundaries, datasets = write_miniature(folder)
    say_everything(boundaries, datasets)
    build_release(boundaries, datasets, folder / "atlas")
    return folder


@pytest.fixture(scope="module")
def release(spoken):
    return store.open_release(spoken / "atlas")


def slices(release):
    for slug in release.indicator_slugs:
        entry = release.indicator(slug)
        ways = ["", *(each["key"] for each in entry["alternatives"])]
        for layer in entry["layers"]:
            for period in entry["periods"]:
                for group in entry["groups"]:
                    for way in ways:
                        yield release.values(layer, slug, period, group["key"], way)


def without_texts(document):
    """Return a document with a mark where there is a text."""
    if isinstance(document, dict):
        return {key: without_texts(each) for key, each in document.items()}
    if isinstance(document, list):
        return [without_texts(each) for each in document]
    return "text" if isinstance(document, str) else document


def test_a_release_with_translations_is_sound(release):
    assert check_release(release) == []


def test_every_text_of_the_catalogue_is_said_in_the_language(release):
    spanish = release.in_language("es").catalogue
    assert spanish["title"] == "«Pomona»"
    outlines = {
        "layers": translated.LAYER,
        "datasets": translated.DATASET,
        "indicators": translated.INDICATOR,
    }
    for name, outline in outlines.items():
        told = [*wording.texts(spanish[name], [outline])]
        assert len(told) > 10
        for kind, text in told:
            # The group that takes everyone is named by the build, where no descriptor does.
            assert text.startswith("«") or (kind, text) == ("group", "Todos")


def test_nothing_but_texts_differs_between_languages(release):
    spanish = release.in_language("es")
    for name in DOCUMENTS:
        assert without_texts(getattr(spanish, name)) == without_texts(getattr(release, name))
    assert spanish.id == release.id
    assert spanish.layer_keys == release.layer_keys
    assert spanish.indicator_slugs == release.indicator_slugs
    for entry, other in zip(
        release.catalogue["indicators"], spanish.catalogue["indicators"], strict=True
    ):
        for key in ("slug", "dataset", "measure", "periods", "palette", "scheme"):
            assert entry[key] == other[key]


def test_values_are_the_same_memory_in_both_languages(release):
    for column, other in zip(slices(release), slices(release.in_language("es")), strict=True):
        for name in ("numerator", "denominator", "value", "lower", "upper", "status", "klass"):
            assert getattr(column, name) is getattr(other, name) or np.shares_memory(
                getattr(column, name), getattr(other, name)
            )
    assert release.layer("counties") is release.in_language("es").layer("counties")
    assert release.archive("counties") is release.in_language("es").archive("counties")


def test_notes_and_sources_of_values_are_said_in_the_language(release):
    told = {
        text
        for column in slices(release.in_language("es"))
        for text in (*column.note, *column.source)
        if text
    }
    remarks = ("No existía en ", "Sin informe de ", "Sin cifra de su denominador: «")
    assert any(text.startswith("«") for text in told)
    for text in told:
        assert text.startswith(("«", "No tiene ", *remarks)) or text.endswith("»: cero"), text
    # One remark is the beginning of another.
    assert not any("every year" in text for text in told)


def test_reasons_are_said_in_the_language(release):
    spanish = release.in_language("es")
    told = json.dumps([spanish.report, spanish.ledger, spanish.coverage], ensure_ascii=False)
    for text in ("Su tipo no tiene población residente", "Sin registro", "El punto no está en"):
        assert text in told
    for text in ("Its kind has no resident", "No record", "The point is in no", "It did not"):
        assert text not in told


def test_a_release_is_the_same_object_each_time_and_finds_back(release):
    spanish = release.in_language("es")
    assert spanish is release.in_language("es") is spanish.in_language("es")
    assert spanish.in_language("en") is release is release.in_language("en")
    assert (release.language, spanish.language) == ("en", "es")


def test_the_same_translations_give_the_same_release(spoken, release, tmp_path):
    built = build_release(spoken / "boundaries", spoken / "datasets", tmp_path / "atlas")
    assert built.id == release.id


def test_a_release_without_translations_says_its_texts_in_english(miniature):
    release = miniature.release
    assert release.translations == {}
    spanish = release.in_language("es")
    assert spanish.catalogue["datasets"] == release.catalogue["datasets"]
    assert spanish.catalogue["layers"] == release.catalogue["layers"]
    assert spanish.indicator("stop-rate")["title"] == release.indicator("stop-rate")["title"]


def test_an_earlier_release_without_the_file_speaks_english_too(miniature, tmp_path):
    folder = tmp_path / "atlas/releases" / miniature.release.id
    shutil.copytree(miniature.atlas / "releases" / miniature.release.id, folder)
    (folder / "translations.json").unlink()
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    del manifest["files"]["translations.json"]
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    release = store.open_release(tmp_path / "atlas", miniature.release.id)
    assert release.in_language("es").catalogue["title"] == "Pomona"


def test_a_folder_speaks_for_itself_alone(tmp_path):
    """A dataset's words do not reach into another that has none."""
    boundaries, datasets = write_miniature(tmp_path)
    say_everything(boundaries, datasets)
    shutil.rmtree(datasets / "crashes/locale")
    build_release(boundaries, datasets, tmp_path / "atlas")
    spanish = store.open_release(tmp_path / "atlas").in_language("es")
    titles = {each["key"]: each["title"] for each in spanish.catalogue["datasets"]}
    assert titles == {"crashes": "Crashes", "incidents": "«Incidents»", "stops": "«Stops»"}


def test_a_build_tells_of_translations_of_what_is_said_nowhere(tmp_path):
    boundaries, datasets = write_miniature(tmp_path)
    path = datasets / "stops/locale/es.po"
    path.parent.mkdir()
    path.write_text('msgid "Stopps"\nmsgstr "Paradas"\n', "utf-8")
    with pytest.raises(InputError) as caught:
        read_sources(boundaries, datasets)
    (problem,) = caught.value.problems
    assert (problem.file, problem.row) == ("stops/locale/es.po", 1)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda told: told.update(fr=told["es"]), "translations: pages do not speak 'fr'"),
        (
            lambda told: told["es"]["datasets"].update(nowhere={}),
            "translations: es: there is no dataset 'nowhere'",
        ),
        (
            lambda told: told["es"]["boundaries"]["title"].update(Pomona=" "),
            "translations: es: 'Pomona' is translated with nothing",
        ),
        (
            lambda told: told["es"]["boundaries"]["title"].update(Pomona="Pomona 2"),
            "translations: es: 'Pomona' has other figures",
        ),
    ],
)
def test_the_check_finds_what_is_wrong_with_translations(release, monkeypatch, change, fault):
    told = json.loads(json.dumps(release.translations))
    change(told)
    monkeypatch.setitem(release.__dict__, "translations", told)
    assert [*translated.check_translations(release)] == [fault]
