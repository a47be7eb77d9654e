"""Texts that attack, in every place where a release has a text."""

from __future__ import annotations

from typing import Any

ATTACK = "</script><img src=x onerror=alert(1)>`${7*7}`{{7*7}}{0}%s'\"&amp;\u202e\u2066"
"""Leaves a script, an attribute, a template of either language, and the direction of its line."""

_TEXTS = {
    "alias", "authority", "caveats", "denominator_title", "description", "examples", "licence",
    "method", "name", "noun", "product", "publisher", "reason", "singular", "source_url", "text",
    "title", "unit", "universe", "vintage",
}  # fmt: skip
"""The keys of a release's documents whose values are said to readers, not used as keys."""


def attacked(text: str) -> str:
    """Return a text that attacks; one that does already stays as it is."""
    return text if "<" in text or "${" in text else text + ATTACK


def poisoned(document: Any, key: str = "") -> Any:
    """Return a document of a release with an attack at the end of every text of it."""
    if isinstance(document, dict):
        return {name: poisoned(value, name) for name, value in document.items()}
    if isinstance(document, list):
        return [poisoned(value, key) for value in document]
    return attacked(document) if isinstance(document, str) and key in _TEXTS else document
