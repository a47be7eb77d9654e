"""Laws of what scripts say: all of it is a message, and a page brings those that it can need."""

import json
import re

import pytest

from mapsvc import resources
from mapsvc.language import LANGUAGES, read_catalogue
from mapsvc.web.assets import tree_hash
from mapsvc.web.scripts import DOMAIN, messages, reached
from scripts.messages import messages as extracted
from tests.synthetic_release import COUNT, RATE

FOLDER = resources.static() / "js"
OTHERS = [each for each in LANGUAGES if each != "en"]
LITERAL = r'"((?:[^"\\]|\\.)*)"'
SAID = re.compile(rf"(?<![\w.$])(?:_|ngettext)\(\s*{LITERAL}")


def brought(client, path):
    found = re.search(
        r'<script type="application/json" id="messages">(.*?)</script>', client.get(path).text
    )
    return json.loads(found[1]) if found else None


def by_eye():
    """Return every message of the scripts, found without the tool that makes the catalogue."""
    found = set()
    for path in FOLDER.glob("*.js"):
        found |= {json.loads(f'"{text}"') for text in SAID.findall(path.read_text("utf-8"))}
    return found


def singular(message):
    return message.id if isinstance(message.id, str) else message.id[0]


def test_the_catalogue_has_what_the_scripts_say():
    said = by_eye()
    assert len(said) > 80
    assert {singular(each) for each in extracted(DOMAIN) if each.id} == said
    for language in OTHERS:
        assert {singular(each) for each in read_catalogue(language, DOMAIN) if each.id} == said


def test_a_message_is_one_literal():
    """No message is put together, nor written where its places are filled by the script itself."""
    for path in FOLDER.glob("*.js"):
        text = path.read_text("utf-8")
        calls = re.findall(r"(?<![\w.$])(?:_|ngettext)\(\s*(.)", text)
        assert path.name == "words.js" or set(calls) <= {'"'}, path.name
        assert not re.search(rf"(?<![\w.$])(?:_|ngettext)\(\s*{LITERAL}\s*\+", text), path.name


WORDS = re.compile(
    r"""(?:aria-label|title|placeholder|alt)"?:\s*["`][A-Za-z]"""
    r"""|(?:textContent|title)\s*=\s*["`][A-Za-z]"""
    r"""|(?:replaceChildren|append)\(\s*["`][A-Za-z]"""
    r"""|element\("[a-z0-9]+",\s*\{[^{}]*\},\s*["`][A-Za-z]"""
)
"""Where scripts write what is read, with a text that no catalogue has."""


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.js")), ids=lambda path: path.name)
def test_what_is_read_is_looked_up(path):
    assert WORDS.findall(path.read_text("utf-8")) == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_message_is_lost_between_catalogue_and_pages(language):
    entries = ("map", "widget", "builder", "inspector", "side-by-side")
    found = {key for each in entries for key in messages(each, language, tree_hash())}
    assert found == {singular(each) for each in read_catalogue(language, DOMAIN) if each.id}


def test_a_widget_brings_what_it_can_need_and_no_more():
    widget, page = (messages(name, "es", tree_hash()) for name in ("widget", "map"))
    assert widget.items() < page.items()
    assert "Zoom in" in widget
    assert "Keys on the map" not in widget
    assert len(json.dumps(widget)) < 4000


def test_modules_are_reached_whether_they_are_imported_at_once_or_when_used():
    names = {path.name for path in reached("map")}
    assert {"map.js", "words.js", "finding.js", "keyboard.js", "locate.js"} <= names
    assert "inspector.js" not in names


@pytest.mark.parametrize(
    "path",
    [f"/maps/{RATE}", f"/embed/{COUNT}", f"/maps/{RATE}/embed", "/tiles", f"/compare/{RATE}"],
)
def test_a_page_brings_the_messages_of_its_language_and_none_in_english(client, path):
    assert brought(client, path) is None
    told = brought(client, f"{path}?lang=es")
    assert told
    assert all(told.values())


def test_a_message_cannot_end_the_element_that_brings_it(client, monkeypatch):
    monkeypatch.setattr(
        "mapsvc.web.scripts.messages", lambda *_: {"a": "</script><script>alert(1)</script>"}
    )
    assert brought(client, f"/maps/{RATE}?lang=es") == {"a": "</script><script>alert(1)</script>"}


def test_both_catalogues_say_the_same_of_the_same_words():
    for language in OTHERS:
        other = read_catalogue(language, "mapsvc")
        for message in read_catalogue(language, DOMAIN):
            if message.id and isinstance(message.id, str) and message.id in other:
                held = other.get(message.id)
                assert held.string == message.string, message.id
