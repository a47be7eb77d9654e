"""Which texts of a document are for people: its fields that are translated, never its keys.

An outline says so. It has the shape of the document: a word where a text stands, which is the kind
of that text; a list of one outline for the entries of a list; a mapping for the members of an
object, ``*`` for whichever it has. What an outline does not name stays as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Outline = str | list["Outline"] | Mapping[str, "Outline"]

Translate = Callable[[str, str], str]
"""From the kind of a text and the text to what stands in its place."""

_FIGURE = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
JOINT = "; "
"""What is between texts that became one."""


def texts(document: Any, outline: Outline) -> Iterator[tuple[str, str]]:
    """Yield the kind of every text of a document that has words, and the text, in order.

    >>> list(texts({"title": "Arrests", "years": ["2014"]}, {"title": "title", "years": ["year"]}))
    [('title', 'Arrests')]
    """
    found: list[tuple[str, str]] = []

    def note(kind: str, text: str) -> str:
        found.append((kind, text))
        return text

    translated(document, outline, note)
    yield from ((kind, text) for kind, text in found if any(map(str.isalpha, text)))


def translated(document: Any, outline: Outline, translate: Translate) -> Any:
    """Return a document with its texts translated; what no outline names is not copied.

    What is not of the outline's shape is left alone.
    """
    if isinstance(outline, str):
        return translate(outline, document) if isinstance(document, str) and document else document
    if isinstance(outline, list):
        if not isinstance(document, list):
            return document
        return [translated(each, outline[0], translate) for each in document]
    if not isinstance(document, Mapping):
        return document
    every = outline.get("*")
    return {
        key: value
        if (inner := outline.get(key, every)) is None
        else translated(value, inner, translate)
        for key, value in document.items()
    }


def figures(text: str) -> Counter[str]:
    """Count the numbers of a text as they are written: a translation has the same.

    >>> sorted(figures("4.5 of 100,000 in 2014").items())
    [('100,000', 1), ('2014', 1), ('4.5', 1)]
    """
    return Counter(_FIGURE.findall(text))
