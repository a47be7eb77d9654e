"""Laws of the messages: every one translated, and none spoken to the wrong reader."""

import ast
import threading
from pathlib import Path

import pytest

import mapsvc
from mapsvc import language
from mapsvc.errors import BadParameterError
from mapsvc.language import (
    DEFAULT,
    LANGUAGES,
    Message,
    _,
    catalogue,
    ngettext,
    pgettext,
    speaking,
)
from scripts import messages

OTHERS = [code for code in LANGUAGES if code != DEFAULT]
HEAD = """# A language of tests.
msgid ""
msgstr ""
"Language: es\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
ROOT = Path(mapsvc.__file__).parent


@pytest.mark.parametrize("domain", messages.FOUND_IN)
@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_has_every_message_of_the_code_and_no_other(code, domain):
    """Missing, obsolete, empty, fuzzy, other places: `make messages` says where."""
    assert not messages.faults(code, domain)


@pytest.mark.parametrize("code", OTHERS)
def test_the_catalogues_are_written_as_the_script_writes_them(code, tmp_path, monkeypatch):
    for domain in messages.FOUND_IN:
        path = messages.path_of(code, domain)
        before = path.read_text("utf-8")
        copy = tmp_path / code / "LC_MESSAGES" / path.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(before, "utf-8")
        with monkeypatch.context() as patched:
            patched.setattr(language, "FOLDER", tmp_path)
            patched.setattr(messages, "FOLDER", tmp_path)
            messages.update(code, domain)
        assert copy.read_text("utf-8") == before


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write a catalogue over two messages of the code, and return what is wrong with it."""
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    monkeypatch.setattr(messages, "FOLDER", tmp_path)
    source = tmp_path / "mapsvc" / "maps" / "said.py"
    source.parent.mkdir(parents=True)
    source.write_text(
        '_("Year")\nngettext("{n} place", "{n} places", 2)\n'
        'markup(\'<p title="{{ _("Of") }}">{{ _("of {name}, 95 %") }}</p>\')\n'
    )
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    path = tmp_path / "es" / "LC_MESSAGES" / "mapsvc.po"
    path.parent.mkdir(parents=True)

    def write(text):
        path.write_text(HEAD + text, "utf-8")
        return messages.faults("es", "mapsvc")

    write.path = path
    return write


GOOD = (
    'msgid "Year"\nmsgstr "Año"\n\n'
    'msgid "Of"\nmsgstr "De"\n\n'
    'msgid "of {name}, 95 %"\nmsgstr "de {name}, 95 %"\n\n'
    'msgid "{n} place"\nmsgid_plural "{n} places"\n'
    'msgstr[0] "{n} lugar"\nmsgstr[1] "{n} lugares"\n'
)


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('msgid "Year"', 'msgid "Month"', "missing: 'Year'"),
        ('msgid "Year"', 'msgid "Month"', "obsolete: 'Month'"),
        ('msgid "Year"', '#~ msgid "Month"\n#~ msgstr "Mes"\n\nmsgid "Year"', "obsolete: 'Month'"),
        ('msgstr "Año"', 'msgstr ""', "not translated: 'Year'"),
        ('msgstr[1] "{n} lugares"', 'msgstr[1] ""', "not translated: '{n} place'"),
        ('msgid "Year"', '#, fuzzy\nmsgid "Year"', "fuzzy: 'Year'"),
        ('"de {name}, 95 %"', '"de {nombre}, 95 %"', "other places: 'of {name}, 95 %'"),
        ('"de {name}, 95 %"', '"de, 95 %"', "other places: 'of {name}, 95 %'"),
        ('"{n} lugares"', '"{m} lugares"', "other places: '{n} place'"),
        ('"Año"', '"Año "', "other spaces at its ends: 'Year'"),
    ],
)
def test_what_is_wrong_with_a_catalogue_is_found(written, before, after, fault):
    assert written(GOOD) == []
    assert GOOD.count(before) == 1
    assert fault in written(GOOD.replace(before, after))


def test_an_update_adds_and_removes_and_guesses_nothing(written):
    written(GOOD.replace('msgid "Year"', 'msgid "Years"'))
    messages.update("es", "mapsvc")
    text = written.path.read_text("utf-8")
    assert text.startswith(HEAD)
    assert 'msgid "Year"\nmsgstr ""' in text
    assert "Years" not in text
    assert "fuzzy" not in text
    assert 'msgid "of {name}, 95 %"\nmsgstr "de {name}, 95 %"' in text


def test_a_language_is_spoken_in_its_block_alone():
    assert _("Year") == "Year"
    with speaking("es"):
        assert _("Year") == "Año"
        with speaking("en"):
            assert _("Year") == "Year"
        assert _("Year") == "Año"
        with pytest.raises(ZeroDivisionError), speaking("en"):
            raise ZeroDivisionError
        assert language.language() == "es"
    assert _("Year") == "Year"
    with pytest.raises(ValueError, match="none of the languages"), speaking("xx"):
        pass


def test_a_thread_does_not_speak_as_another():
    heard = []
    with speaking("es"):
        thread = threading.Thread(target=lambda: heard.append(_("Year")))
        thread.start()
        thread.join()
        assert _("Year") == "Año"
    assert heard == ["Year"]


def test_what_no_catalogue_has_is_said_as_it_is():
    with speaking("es"):
        assert _("Nobody wrote this down.") == "Nobody wrote this down."
        assert _("") == ""
        assert pgettext("nowhere", "Year") == "Year"
        assert ngettext("{n} thing of none", "{n} things of none", 1) == "{n} thing of none"


@pytest.mark.parametrize(("n", "said"), [(0, "0 filas"), (1, "1 fila"), (1.5, "1.5 filas")])
def test_a_number_that_is_not_one_is_plural(n, said):
    with speaking("es"):
        assert ngettext("{n} row", "{n} rows", n).format(n=n) == said


def test_a_message_is_said_in_the_language_of_who_reads_it():
    error = BadParameterError("year", "x", Message("one of {names}", names="1, 2"))
    assert str(error.expected) == "one of 1, 2"
    with speaking("es"):
        assert str(error.expected) == "uno de estos: 1, 2"
        outer = Message("There is no {kind} {name}.", kind=Message("layer"), name="'%x'")
        assert str(outer) == "No existe '%x' como capa."


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: path.name)
def test_the_name_of_gettext_means_nothing_else(path):
    """A loop over ``_`` in a module that says messages by it would say them no more."""
    tree = ast.parse(path.read_text("utf-8"))
    imported = any(
        alias.name == "_"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "mapsvc.language"
        for alias in node.names
    )
    for node in ast.walk(tree) if imported else ():
        names = [node.id] if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else []
        names += [node.arg] if isinstance(node, ast.arg) else []
        assert "_" not in names, f"{path.name}, line {node.lineno}"


def _told(tree):
    """Yield what errors are told with: the arguments that people read."""
    at = {"UnknownNameError": 0, "BadParameterError": 2, "problem": 1, "FilterError": 1, "fail": 0}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", None))
            if name in ("_", "N_", "Message", "pgettext", "ngettext"):
                yield from node.args
            elif name in at and len(node.args) > at[name]:
                yield node.args[at[name]]


@pytest.mark.parametrize(
    "path",
    [
        *sorted((ROOT / "web").glob("*.py")),
        *sorted((ROOT / "maps").glob("*.py")),
        ROOT / "release" / "reader.py",
        ROOT / "release" / "alternatives.py",
    ],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_no_message_is_put_together_before_it_is_looked_up(path):
    for argument in _told(ast.parse(path.read_text("utf-8"))):
        assert not isinstance(argument, ast.JoinedStr), f"{path.name}, line {argument.lineno}"


def test_each_language_has_a_catalogue_and_english_none():
    assert catalogue(DEFAULT) is None
    folders = {path.name for path in language.FOLDER.iterdir()}
    assert folders == set(OTHERS)
