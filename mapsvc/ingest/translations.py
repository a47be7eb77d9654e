"""What a package says in other languages: ``locale/<language>.po`` beside its descriptor."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, PoFileParser

from mapsvc.errors import Problem
from mapsvc.ingest.descriptors import Entry, close_match, file_label, suggestion
from mapsvc.language import DEFAULT, LANGUAGES
from mapsvc.wording import Outline, figures, texts

FOLDER = "locale"
NOTE = "note"
"""The kind of what records say of themselves."""

_LINE = re.compile(
    r'\s*(#.*|((msgctxt|msgid(_plural)?|msgstr(\[[0-9]\])?)\s+)?"([^"\\]|\\.)*")?\s*'
)

_LICENCES: Outline = [{"title": "licence"}]
_SOURCES: Outline = {"*": {"authority": "authority", "product": "product", "vintage": "vintage"}}
_DENOMINATOR: Mapping[str, Outline] = {
    "title": "title",
    "authority": "authority",
    "product": "product",
    "vintage": "vintage",
}
_WORDS: Mapping[str, Outline] = {"unit": "unit", "description": "description", "method": "method"}

_REGION: Outline = {
    "title": "title",
    "licenses": _LICENCES,
    "layers": [
        {
            "title": "title",
            "licenses": _LICENCES,
            "mapsvc": {
                "singular": "singular",
                "vintage": "vintage",
                "authority": "authority",
                "product": "product",
                "changes": ["changes"],
                "kinds": {"*": {"title": "kind"}},
            },
        }
    ],
    "tables": [{"mapsvc": {"sources": _SOURCES}}],
}
_DATASET: Outline = {
    "title": "title",
    "description": "description",
    "version": "vintage",
    "licenses": _LICENCES,
    "sources": [{"title": "source"}],
    "contributors": [{"title": "publisher"}],
    "resources": [
        {
            "schema": {"fields": [{"description": "field"}]},
            "mapsvc": {"places": [{"unplaced": [{"reason": "reason"}]}]},
        }
    ],
    "mapsvc": {
        "policy": {"reason": "policy"},
        "caveats": ["caveat"],
        "breaks": [{"text": "break"}],
        "measures": [
            {"title": "title", "universe": "universe", "group": {"titles": {"*": "group"}}}
        ],
        "indicators": [
            {
                "title": "title",
                **_WORDS,
                "noun": "noun",
                "denominator": _DENOMINATOR,
                "group_denominator": _DENOMINATOR,
                "alternatives": [{**_DENOMINATOR, **_WORDS}],
                "caveats": ["caveat"],
            }
        ],
    },
}


class Translation(NamedTuple):
    """An entry of a file of translations, and the line that it begins in."""

    kind: str
    """Empty: for the text of whichever kind."""
    text: str
    says: str
    row: int


@dataclass(frozen=True)
class Wording:
    """The texts of a package, and what its folder makes of them in other languages."""

    folder: Path
    dataset: str | None
    """The key of the dataset; None for boundaries."""
    texts: tuple[tuple[str, str], ...]
    """(kind, text), each once, in the order of the descriptor."""
    translations: Mapping[str, tuple[Translation, ...]]
    """By language; without entries that are empty or marked as doubtful."""

    def label(self, language: str) -> str:
        """Return how messages name the file of a language."""
        return file_label(self.folder, f"{FOLDER}/{language}.po")


class _Strict(Catalog):
    """A catalogue that remembers what is given twice; Babel keeps the first and says nothing."""

    def __init__(self, language: str) -> None:
        super().__init__(locale=language, charset="utf-8")
        self.again: list[Message] = []

    def __setitem__(self, id: Any, message: Message) -> None:
        if id and self._key_for(id, message.context) in self._messages:
            self.again.append(message)
        super().__setitem__(id, message)


def read_wording(entry: Entry, dataset: str | None = None) -> Wording:
    """Read the texts that a release shows of a package, and what its folder makes of them.

    Faults are noted with the entry's.

    Told are a language that pages do not speak, a file that is no PO file, what is translated
    twice, a plural, and figures that are not those of the text. Whether the package says a text is
    asked by ``strangers``, because records have texts as well.
    """
    found = {}
    for path in sorted((entry.folder / FOLDER).glob("*.po")):
        label = file_label(entry.folder, f"{FOLDER}/{path.name}")
        others = LANGUAGES.keys() - {DEFAULT}
        if path.stem not in others:
            what = f"pages do not speak {path.stem!r}"
            entry.problems.append(Problem(what, file=label, mend=suggestion(path.stem, others)))
            continue
        found[path.stem] = _read(path, label, entry.problems)
    shown = (
        texts(_region(entry.value), _REGION) if dataset is None else texts(entry.value, _DATASET)
    )
    told = tuple(dict.fromkeys(shown))
    return Wording(entry.folder, dataset, told, found)


def _region(package: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a release shows of a package of boundaries, sorted by what it is."""
    roles: dict[str, list[Any]] = {"layer": [], "population": [], "place_population": []}
    for resource in package.get("resources") or ():
        own = resource.get("mapsvc") if isinstance(resource, dict) else None
        roles.setdefault(str(own.get("role")) if isinstance(own, dict) else "", []).append(resource)
    shown: dict[str, Any] = {}
    if roles["layer"]:
        shown = {name: package.get(name) for name in ("title", "licenses")}
        shown["layers"] = roles["layer"]
    return {**shown, "tables": [*roles["population"], *roles["place_population"]]}


def _read(path: Path, label: str, problems: list[Problem]) -> tuple[Translation, ...]:
    catalogue = read_po(path, label, problems)
    if catalogue is None:
        return ()
    for message in catalogue.again:
        what = f"{_short(message.id)!r} is translated twice"
        problems.append(Problem(what, file=label, row=message.lineno, mend="Keep one"))
    translations = []
    for message in catalogue:
        row = message.lineno
        if not message.id or not message.string or message.fuzzy:
            continue
        if not isinstance(message.id, str) or not isinstance(message.string, str):
            what = f"{_short(message.id)!r} has a plural: texts of data have none"
            problems.append(Problem(what, file=label, row=row, mend="Give msgid and msgstr alone"))
            continue
        if figures(message.id) != figures(message.string):
            what = f"{_short(message.id)!r} is translated with other figures: {_differ(message)}"
            mend = "Write the figures of the text, in digits, as they are there"
            problems.append(Problem(what, file=label, row=row, mend=mend))
        line = row or 1
        translations.append(Translation(message.context or "", message.id, message.string, line))
    return tuple(translations)


def read_po(path: Path, label: str, problems: list[Problem]) -> _Strict | None:
    """Read a file of translations; None, with a problem noted, where it is not one."""
    catalogue = _Strict(path.stem)
    mend = "Correct the file, or write it with `mapsvc messages`"
    try:
        content = path.read_bytes()
        for row, line in enumerate(content.decode().splitlines(), 1):
            if not _LINE.fullmatch(line):
                # Babel would take what it can of it and say nothing.
                what = f"not a line of a PO file: {_short(line)!r}"
                problems.append(Problem(what, file=label, row=row, mend=mend))
                return None
        PoFileParser(catalogue, abort_invalid=True).parse(BytesIO(content))
    except UnicodeDecodeError as error:
        problems.append(Problem(f"not UTF-8 at byte {error.start}", file=label, mend=mend))
        return None
    except PoFileError as error:
        what = f"not a PO file: {error.args[0]}"
        problems.append(Problem(what, file=label, row=error.lineno, mend=mend))
        return None
    return catalogue


def strangers(wording: Wording, notes: Collection[str]) -> Iterator[Problem]:
    """Yield what is translated and said nowhere: a text that changed leaves its translation behind.

    ``notes`` are the texts of the package's records.
    """
    told = {*wording.texts, *((NOTE, note) for note in notes)}
    anywhere = {text for _, text in told}
    for language, translations in wording.translations.items():
        for each in translations:
            if ((each.kind, each.text) if each.kind else each.text) in (
                told if each.kind else anywhere
            ):
                continue
            of = f" as {each.kind}" if each.kind else ""
            near = close_match(each.text, sorted(anywhere))
            mend = f"It says {_short(near)!r}. " if near else ""
            yield Problem(
                f"the package says {_short(each.text)!r} nowhere{of}",
                file=wording.label(language),
                row=each.row,
                mend=f"{mend}Bring the file up to date with `mapsvc messages`",
            )


def resolved(wording: Wording, language: str, notes: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the translation of every text of a package that has one, by kind and text, sorted."""
    given = {(each.kind, each.text): each.says for each in wording.translations.get(language, ())}
    told = sorted({*wording.texts, *((NOTE, note) for note in notes)})
    found: dict[str, dict[str, str]] = {}
    for kind, text in told:
        says = given.get((kind, text)) or given.get(("", text))
        if says:
            found.setdefault(kind, {})[text] = says
    return found


def _differ(message: Message) -> str:
    one, other = figures(str(message.id)), figures(str(message.string))
    lacks, adds = sorted((one - other).elements()), sorted((other - one).elements())
    listed = (("it lacks", lacks), ("it adds", adds))
    return ", ".join(f"{word} {', '.join(numbers)}" for word, numbers in listed if numbers)


def _short(text: Any) -> str:
    shown = text if isinstance(text, str) else str(text[0])
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
