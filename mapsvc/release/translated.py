"""A release in another language than English: its texts are others, everything else is the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, overload

from mapsvc import remarks
from mapsvc.language import DEFAULT, LANGUAGES, speaking
from mapsvc.model import ALL
from mapsvc.release.reader import Release
from mapsvc.release.valuefile import ValueSlice
from mapsvc.wording import JOINT, Outline, Translate, figures, translated

Terms = Mapping[str, Mapping[str, str]]
"""Translations by kind of text and text."""

_CITED: Mapping[str, Outline] = {
    "authority": "authority",
    "product": "product",
    "vintage": "vintage",
}
_DIVIDED: Outline = {"*": {"*": {"title": "title", **_CITED}}}
_PLACED: Outline = {"denominators": _DIVIDED, "alternatives": {"*": {"denominators": _DIVIDED}}}
_WORDS: Mapping[str, Outline] = {
    "title": "title",
    "unit": "unit",
    "description": "description",
    "method": "method",
}
_BREAKS: Outline = [{"text": "break"}]
_SPANS: Outline = [{"spans": [{"reason": "reason"}]}]
_UNMATCHED: Outline = [{"reason": "reason"}]

LAYER: Outline = {
    "title": "title",
    "singular": "singular",
    **_CITED,
    "licence": "licence",
    "changes": ["changes"],
    "kinds": {"*": {"title": "kind"}},
}
DATASET: Outline = {
    "title": "title",
    "description": "description",
    "publisher": "publisher",
    "vintage": "vintage",
    "licence": "licence",
    "policy": {"reason": "policy"},
    "caveats": ["caveat"],
    "breaks": _BREAKS,
    "sources": [{"title": "source"}],
    "resources": [{"fields": [{"description": "field"}]}],
    "measures": [{"title": "title", "universe": "universe"}],
}
INDICATOR: Outline = {
    **_WORDS,
    "noun": "noun",
    "universe": "universe",
    "denominator_title": "title",
    "alternatives": [_WORDS],
    "caveats": ["caveat"],
    "breaks": _BREAKS,
    "groups": [{"title": "group"}],
    "layers": {"*": _PLACED},
}
REPORT: Outline = {
    "unmatched": _UNMATCHED,
    "layers": {"*": {"unmatched": _UNMATCHED, "out_of_time": _UNMATCHED}},
}
LEDGER: Outline = {
    "*": {
        "without_rate": _SPANS,
        "policed_by_another": _SPANS,
        "served_by": [{"note": "note"}],
        "shares": [{"unknown": [{"reason": "reason"}]}],
        "share_sources": [_CITED],
    }
}
COVERAGE: Outline = [{"missing": [{"spans": [{"reason": "note"}]}]}]

_REMARKED = ("note", "reason", "group")
"""Kinds of texts that a build writes itself, beside those of the sources."""


class TranslatedRelease(Release):
    """A release as its readers in another language have it; it shares files and arrays."""

    def __init__(self, origin: Release, language: str) -> None:
        super().__init__(origin.id, origin._folder)
        self.language = language
        self._origin = origin
        self._layers = origin._layers
        self._values = origin._values
        self._archives = origin._archives
        self._said: dict[tuple[str, str], dict[str, str]] = {}
        terms = origin.translations.get(language, {})
        self._region: Terms = terms.get("boundaries", {})
        self._datasets: Mapping[str, Terms] = terms.get("datasets", {})

    def in_language(self, language: str) -> Release:
        """Return the release in a language."""
        return self._origin.in_language(language)

    @cached_property
    def catalogue(self) -> Mapping[str, Any]:
        """The catalogue with its texts in the language."""
        whole = self._origin.catalogue
        return {
            **whole,
            "title": self._say()("title", whole["title"]),
            "layers": translated(whole["layers"], [LAYER], self._say()),
            "datasets": [
                translated(each, DATASET, self._say(each["key"])) for each in whole["datasets"]
            ],
            "indicators": [
                translated(each, INDICATOR, self._say(each["dataset"]))
                for each in whole["indicators"]
            ],
        }

    @cached_property
    def report(self) -> Mapping[str, Any]:
        """The report with its reasons in the language."""
        datasets = self._origin.report["datasets"]
        told = {key: translated(each, REPORT, self._say(key)) for key, each in datasets.items()}
        return {**self._origin.report, "datasets": told}

    @cached_property
    def ledger(self) -> Mapping[str, Any]:
        """The ledger with its reasons and notes in the language."""
        told: Mapping[str, Any] = translated(self._origin.ledger, LEDGER, self._say())
        return told

    @cached_property
    def coverage(self) -> Mapping[str, Any]:
        """The coverage with its reasons in the language."""
        return {
            key: translated(each, COVERAGE, self._say(key))
            for key, each in self._origin.coverage.items()
        }

    @property
    def aliases(self) -> Mapping[str, Any]:
        """Other names and codes: names are not translated."""
        return self._origin.aliases

    @property
    def neighbours(self) -> Mapping[str, Any]:
        """The ids beside each."""
        return self._origin.neighbours

    @property
    def manifest(self) -> Mapping[str, Any]:
        """The checksums of the files."""
        return self._origin.manifest

    def values(
        self, layer: str, slug: str, period: str, group: str = ALL, denominator: str = ""
    ) -> ValueSlice:
        """Return one column of values, its sources and notes in the language."""
        column = self._origin.values(layer, slug, period, group, denominator)
        dataset = self._origin.indicator(slug)["dataset"]
        return replace(
            column,
            source=self._column(column.source, dataset, "cited"),
            note=self._column(column.note, dataset, "note"),
        )

    def _column(self, texts: Sequence[str | None], dataset: str, kind: str) -> Sequence[str | None]:
        """Return a column of texts in the language; the few that there are, are looked up once."""
        said = self._said.setdefault((dataset, kind), {})
        if unsaid := {text for text in texts if text} - said.keys():
            say = self._say(dataset)
            said |= {text: say(kind, text) for text in unsaid}
        return _Said(texts, said)

    def _say(self, dataset: str = "") -> Translate:
        """Return what translates the texts of a dataset, or those of all; English where none is."""
        scopes = (self._datasets.get(dataset, {}), self._region)

        def known(kind: str, text: str) -> str | None:
            return next((says for each in scopes if (says := each.get(kind, {}).get(text))), None)

        def say(kind: str, text: str) -> str:
            if says := known(kind, text):
                return says
            if kind in _REMARKED:
                with speaking(self.language):
                    if remark := remarks.said(text, say):
                        return remark
            if JOINT in text:
                return JOINT.join(known(kind, part) or part for part in text.split(JOINT))
            return text

        return say


class _Said(Sequence[str | None]):
    """A column of texts in another language: the column as it is, and what stands for each text."""

    def __init__(self, texts: Sequence[str | None], said: Mapping[str, str]) -> None:
        self._texts = texts
        self._by_text = said

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, at: int) -> str | None: ...
    @overload
    def __getitem__(self, at: slice) -> _Said: ...
    def __getitem__(self, at: int | slice) -> str | _Said | None:
        if isinstance(at, slice):
            return _Said(self._texts[at], self._by_text)
        text = self._texts[at]
        return self._by_text[text] if text else text


def check_translations(release: Release) -> Iterator[str]:
    """Yield what is wrong with the translations of a release, a line each."""
    datasets = {entry["key"] for entry in release.catalogue["datasets"]}
    for language, told in release.translations.items():
        if language not in LANGUAGES or language == DEFAULT:
            yield f"translations: pages do not speak {language!r}"
        for key in told["datasets"].keys() - datasets:
            yield f"translations: {language}: there is no dataset {key!r}"
        for terms in (told["boundaries"], *told["datasets"].values()):
            for texts in terms.values():
                for text, says in texts.items():
                    if not says.strip():
                        yield f"translations: {language}: {text!r} is translated with nothing"
                    elif figures(text) != figures(says):
                        yield f"translations: {language}: {text!r} has other figures"
