"""Places found by what people call them: id, name, a word of it, another name or code, a slip.

What is typed is compared without case, accents or punctuation. Only where nothing fits are slips
allowed for, word by word, so that a right spelling is never drowned in likely ones.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from mapsvc.release.reader import Release

LONGEST = 80
"""Characters of a query: no name is longer, and slips cost time by their length."""
MOST = 20
_MOST_WORDS = 8
_SHORTEST_SLIP = 3
"""Letters of a word from which it may have a slip; shorter ones are like too many."""
_LIKE = 0.75
_ALTERNATIVES = 4
_BY_WORD = 2
"""Its place in the order of what fits."""
_CODE = 3
"""Characters from which the beginning of an id is one."""


@dataclass(frozen=True)
class Found:
    """A place, and why it was found."""

    layer: str
    row: int
    matched: Mapping[str, str | None]
    """``by``: id, name, word, alias or similar; ``text`` that fitted; an alias's scheme, dates."""


@dataclass(frozen=True)
class _Entry:
    """A name or code that a place has."""

    folded: str
    words: tuple[str, ...]
    layer: str
    row: int
    matched: Mapping[str, str | None]


def fold(text: str) -> str:
    """Return the form in which names are compared.

    >>> fold("  Álder-Creek Co.")
    'alder creek co'
    """
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = re.sub(r"['’ʻ.]", "", text)
    return " ".join(re.sub(r"[^\w]|_", " ", text).split())


def find(release: Release, query: str, layer: str | None = None, limit: int = MOST) -> list[Found]:
    """Return the places that ``query`` may stand for, each once, the best first.

    In this order: its id, names that begin so, names with words that begin so, ids that begin so,
    other names and codes, slips. Among equals shorter names come first, then the layers' order.
    """
    asked = fold(query)
    if not asked:
        return []
    entries = _entries(release)
    ranked = sorted(_fitting(entries, asked, layer), key=lambda pair: pair[0])
    if not ranked:
        ranked = sorted(_similar(release, asked, layer), key=lambda pair: pair[0])
    best: dict[tuple[str, int], Found] = {}
    for (order, *_), entry in ranked:
        matched = {**entry.matched, "by": "word"} if order == _BY_WORD else entry.matched
        found = Found(entry.layer, entry.row, matched)
        best.setdefault((entry.layer, entry.row), found)
        if len(best) == limit:
            break
    return list(best.values())


def by_name(release: Release, text: str, layer: str) -> str | None:
    """Return the id of the place of a layer whose id, name or other name is ``text``, or None."""
    found = find(release, text[:LONGEST], layer, 1)
    if not found or fold(found[0].matched["text"] or "") != fold(text):
        return None
    return release.layer(layer).ids[found[0].row]


_Rank = tuple[int, float, int, str]


def _fitting(
    entries: tuple[_Entry, ...], asked: str, layer: str | None
) -> Iterator[tuple[_Rank, _Entry]]:
    words = asked.split()
    for entry in entries:
        if layer is None or entry.layer == layer:
            order = _order(entry, asked, words)
            if order is not None:
                yield (order, 0.0, len(entry.folded), entry.folded), entry


def _order(entry: _Entry, asked: str, words: list[str]) -> int | None:
    """Return how well an entry fits, 0 the best; None where it does not."""
    by = entry.matched["by"]
    if by == "id":
        if entry.folded == asked:
            return 0
        return 3 if len(asked) >= _CODE and entry.folded.startswith(asked) else None
    begins = entry.folded.startswith(asked)
    if by == "alias":
        fits = begins if entry.matched["scheme"] != "name" else _all_begin(entry.words, words)
        return 4 if begins or fits else None
    if begins:
        return 1
    return _BY_WORD if _all_begin(entry.words, words) else None


def _all_begin(words: tuple[str, ...], asked: list[str]) -> bool:
    return all(any(word.startswith(part) for word in words) for part in asked)


def _similar(release: Release, asked: str, layer: str | None) -> Iterator[tuple[_Rank, _Entry]]:
    """Yield names whose words are like all words of the query, with how unlike they are."""
    words = asked.split()[:_MOST_WORDS]
    vocabulary = _vocabulary(release)
    likely = [_likely(word, vocabulary) for word in words]
    if not all(likely):
        return
    for entry in _entries(release):
        if entry.matched["by"] == "id" or entry.matched.get("scheme") not in (None, "name"):
            continue
        if layer is not None and entry.layer != layer:
            continue
        scores = [max(each.get(word, 0.0) for word in entry.words) for each in likely]
        if min(scores) > 0:
            similar = {**entry.matched, "by": "similar"}
            told = _Entry(entry.folded, entry.words, entry.layer, entry.row, similar)
            unlike = round(len(scores) - sum(scores), 6)
            yield (5, unlike, len(entry.folded), entry.folded), told


def _likely(word: str, vocabulary: tuple[str, ...]) -> dict[str, float]:
    """Return the known words that ``word`` may be a slip of, with how like it they are."""
    if len(word) < _SHORTEST_SLIP:
        return {known: 1.0 for known in vocabulary if known.startswith(word)}
    near = [known for known in vocabulary if abs(len(known) - len(word)) <= 2]
    close = difflib.get_close_matches(word, near, n=_ALTERNATIVES, cutoff=_LIKE)
    found = {known: difflib.SequenceMatcher(None, known, word).ratio() for known in close}
    return found | {known: 1.0 for known in vocabulary if known.startswith(word)}


@lru_cache(maxsize=4)
def _entries(release: Release) -> tuple[_Entry, ...]:
    """Return every id, name and alias of a release, folded once."""
    found = []
    for key in release.layer_keys:
        table = release.layer(key)
        for row, (identifier, name) in enumerate(zip(table.ids, table.names, strict=True)):
            found.append(_entry(identifier, key, row, {"by": "id", "text": identifier}))
            found.append(_entry(name, key, row, {"by": "name", "text": name}))
        for each in release.aliases.get(key, ()):
            names = ("scheme", "valid_from", "valid_to")
            matched = {"by": "alias", "text": each["alias"], **{name: each[name] for name in names}}
            found.append(_entry(each["alias"], key, table.row(each["id"]), matched))
    return tuple(found)


def _entry(text: str, layer: str, row: int, matched: Mapping[str, str | None]) -> _Entry:
    folded = fold(text)
    return _Entry(folded, tuple(folded.split()), layer, row, matched)


@lru_cache(maxsize=4)
def _vocabulary(release: Release) -> tuple[str, ...]:
    names = (
        entry
        for entry in _entries(release)
        if entry.matched["by"] == "name" or entry.matched.get("scheme") == "name"
    )
    return tuple(sorted({word for entry in names for word in entry.words}))


def beside(release: Release, layer: str, identifier: str) -> list[dict[str, str]]:
    """Return the jurisdictions that share a border with one, by name."""
    table = release.layer(layer)
    ids = release.neighbours.get(layer, {}).get(identifier, [])
    found = [{"layer": layer, "id": each, "name": table.names[table.row(each)]} for each in ids]
    return sorted(found, key=lambda each: (each["name"].casefold(), each["id"]))
