"""Bringing the translations of packages up to date with what these say: ``locale/<language>.po``.

A text that changed keeps its translation, marked as doubtful until a person has looked; one that
is said no more goes to the end of the file. The same sources give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog as Messages
from babel.messages.pofile import write_po

from mapsvc.errors import InputError, Problem
from mapsvc.ingest.catalog import Catalog, read_catalog
from mapsvc.ingest.records import read_records, read_table
from mapsvc.ingest.served import OPTIONAL, SERVED_BY_SCHEMA
from mapsvc.ingest.translations import FOLDER, NOTE, Wording, read_po
from mapsvc.model import Dataset

WIDTH = 100


@dataclass(frozen=True)
class File:
    """A file of translations as it should be."""

    path: Path
    label: str
    content: bytes
    texts: int
    missing: int
    """Texts without a translation that somebody stands by."""

    @property
    def changed(self) -> bool:
        """Whether what is on disk is something else."""
        return not self.path.is_file() or self.path.read_bytes() != self.content

    def write(self) -> None:
        """Put it in its place."""
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_bytes(self.content)


def files(boundaries: Path, datasets: Path, language: str) -> Iterator[File]:
    """Yield the file of every package in a language; those of packages without text are left out.

    Raises InputError with everything that is wrong with the descriptors and with these files.
    """
    catalog = read_catalog(boundaries, datasets)
    for wording in catalog.wording:
        told = [*wording.texts, *((NOTE, note) for note in sorted(_notes(wording, catalog)))]
        if told:
            yield _updated(wording, language, told)


def _notes(wording: Wording, catalog: Catalog) -> set[str]:
    if wording.dataset is None:
        files = [each for each in catalog.served_by if each.path.is_relative_to(wording.folder)]
        tables = [
            read_table(each.path, SERVED_BY_SCHEMA, each.label, allow_empty=True, optional=OPTIONAL)
            for each in files
        ]
        columns = [table["note"] for table in tables]
    else:
        dataset = next(each for each in catalog.datasets if each.key == wording.dataset)
        columns = [*_noted(dataset)]
    return {text for column in columns for text in column.unique().to_pylist() if text}


def _noted(dataset: Dataset) -> Iterator[object]:
    noted = {(each.resource, each.note) for each in dataset.measures if each.note}
    tables = read_records(dataset) if noted else {}
    for resource, column in sorted(noted):
        yield tables[resource][column]


def _updated(wording: Wording, language: str, told: Iterable[tuple[str, str]]) -> File:
    label = wording.label(language)
    path = wording.folder / FOLDER / f"{language}.po"
    kinds: dict[str, list[str]] = {}
    for kind, text in told:
        kinds.setdefault(text, []).append(kind)
    problems: list[Problem] = []
    messages: Messages = Messages(locale=language, charset="utf-8")
    if path.is_file():
        messages = read_po(path, label, problems) or messages
    if problems:
        raise InputError(problems)
    template = Messages(locale=language, charset="utf-8")
    for text, found in kinds.items():
        template.add(text, auto_comments=[", ".join(dict.fromkeys(found))])
        for kind in dict.fromkeys(found):
            if messages.get(text, context=kind):
                template.add(text, context=kind, auto_comments=[kind])
    messages.update(template, update_creation_date=False)
    content = BytesIO()
    write_po(content, messages, width=WIDTH, omit_header=True, include_previous=True)
    missing = sum(not each.string or each.fuzzy for each in messages if each.id)
    body = f"{_HEADER.format(language=language)}\n{content.getvalue().decode().strip()}\n"
    return File(path, label, body.encode(), len(kinds), missing)


_HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""
"""Without dates: they would change the file when nothing else did."""
