"""From what records call a jurisdiction to its place in a layer: ids, names, aliases.

An unknown code is never guessed at: it is -1 here and a problem in the join.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mapsvc.errors import InputError, Problem
from mapsvc.ingest.boundaries import Layer
from mapsvc.ingest.catalog import ALIAS_SCHEMA, SourceFile
from mapsvc.ingest.descriptors import close_match, is_date, suggestion
from mapsvc.ingest.records import read_table

UNKNOWN = -1
NAME = "name"

Indices = npt.NDArray[np.int32]


@lru_cache(maxsize=4096)
def normalise_name(name: str, singular: str) -> str:
    """Return the form in which names are compared.

    Without case, accents or punctuation, a hyphen being a space, and without the layer's singular
    as the last word.

    >>> normalise_name("Álder-Creek  County", "county")
    'alder creek'
    """
    # Unicode's compatibility caseless matching (D146): either step alone can undo the other.
    text = unicodedata.normalize("NFD", name)
    for _ in range(2):
        text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = re.sub(r"['’ʻ.]", "", text)
    text = " ".join(re.sub(r"[^\w]|_", " ", text).split())
    suffix = f" {singular.casefold()}"
    return text.removesuffix(suffix)


@dataclass(frozen=True)
class _Bearer:
    """A jurisdiction that a word stands for, from one date to another (None: always)."""

    index: int
    valid_from: str | None
    valid_to: str | None

    @property
    def always(self) -> bool:
        return self.valid_from is None and self.valid_to is None

    def covers(self, first: str, last: str) -> bool:
        """Tell whether it holds at any time from one date to another."""
        return (self.valid_from or "") <= last and first <= (self.valid_to or "9999")


Bearers = dict[str, list[_Bearer]]


@dataclass(frozen=True)
class Crosswalk:
    """For each layer and scheme, the words that stand for its jurisdictions."""

    layers: Mapping[str, Layer]
    _words: Mapping[tuple[str, str], Bearers] = field(repr=False)
    aliases: Sequence[Mapping[str, str | None]] = field(default=(), repr=False)
    """The rows of the alias tables as they are written."""

    def resolve(
        self,
        layer: str,
        scheme: str,
        values: pa.Array | pa.ChunkedArray | npt.NDArray[np.object_] | Sequence[str | None],
        years: npt.NDArray[np.integer] | None = None,
    ) -> Indices:
        """Return, for each value, the index of its jurisdiction in the layer, or -1 if unknown.

        ``years``, one a value, choose among jurisdictions that bore a name or code at different
        times; within the year of a change, the one of 1 July. An alias is unknown outside its
        dates. Each distinct value is looked up once.
        """
        if isinstance(values, pa.ChunkedArray):
            values = values.combine_chunks()
        array = values if isinstance(values, pa.Array) else pa.array(values, pa.string())
        if not pa.types.is_dictionary(array.type):
            array = array.dictionary_encode()
        codes = array.indices.fill_null(len(array.dictionary)).to_numpy()
        found = np.full(len(array.dictionary) + 1, UNKNOWN, dtype=np.int32)
        dated: list[tuple[int, list[_Bearer]]] = []
        for position, value in enumerate(array.dictionary.to_pylist()):
            bearers = self._bearers(layer, scheme, value)
            if len(bearers) == 1 and (years is None or bearers[0].always):
                found[position] = bearers[0].index
            elif bearers and years is not None:
                dated.append((position, bearers))
            elif len({bearer.index for bearer in bearers}) == 1:
                found[position] = bearers[0].index
        indices: Indices = found[codes]
        if years is not None:
            for position, bearers in dated:
                rows = np.flatnonzero(codes == position)
                distinct, inverse = np.unique(years[rows], return_inverse=True)
                chosen = [_in_year(bearers, int(year)) for year in distinct]
                indices[rows] = np.array(chosen, dtype=np.int32)[inverse]
        return indices

    def _bearers(self, layer: str, scheme: str, value: str | None) -> list[_Bearer]:
        if value is None:
            return []
        if scheme == NAME:
            value = normalise_name(value, self.layers[layer].boundary_set.singular)
        return self._words.get((layer, scheme), {}).get(value, [])

    def explain(self, layer: str, scheme: str, value: str) -> str:
        """Return the mend for a value that ``resolve`` did not know."""
        bearers = self._bearers(layer, scheme, value)
        ids = self.layers[layer].ids
        if bearers:
            spans = "; ".join(
                f"{ids[each.index]} from {each.valid_from or 'ever'} to {each.valid_to or 'now'}"
                for each in bearers
            )
            return f"It stands for {spans}: correct the year, the code or the dates"
        words = self._words.get((layer, scheme), {})
        key = value
        if scheme == NAME:
            key = normalise_name(value, self.layers[layer].boundary_set.singular)
        match = close_match(key, words)
        declare = "add it to the aliases or declare it under unplaced"
        if match is None:
            return f"Correct it, {declare}"
        index = words[match][0].index
        shown = self.layers[layer].names[index] if scheme == NAME else match
        return f"Did you mean {shown!r}? Otherwise {declare}"


def _in_year(bearers: list[_Bearer], year: int) -> int:
    """Return the index of the one bearer in a year, else of the one on 1 July, else -1."""
    for first, last in ((f"{year}-01-01", f"{year}-12-31"), (f"{year}-07-01", f"{year}-07-01")):
        indices = {each.index for each in bearers if each.covers(first, last)}
        if len(indices) == 1:
            return indices.pop()
    return UNKNOWN


def read_crosswalk(aliases: Iterable[SourceFile], layers: Mapping[str, Layer]) -> Crosswalk:
    """Build the crosswalk of some layers from their ids, their names and the alias tables.

    Raises InputError where an alias is of a layer or an id that does not exist, has a date that
    is none, or stands for two jurisdictions at one time.
    """
    problems: list[Problem] = []
    words: dict[tuple[str, str], Bearers] = {}
    rows: list[Mapping[str, str | None]] = []
    for key, layer in layers.items():
        scheme = layer.boundary_set.id_scheme
        words[key, scheme] = {
            identifier: [_Bearer(index, None, None)] for index, identifier in enumerate(layer.ids)
        }
        words[key, NAME] = _official_names(layer)
    for file in aliases:
        try:
            table = read_table(file.path, ALIAS_SCHEMA, file.label, allow_empty=True)
        except InputError as error:
            problems.extend(error.problems)
            continue
        for row, record in enumerate(table.to_pylist(), 2):
            _add_alias(record, row, file.label, layers, words, problems)
            rows.append(record)
    if problems:
        raise InputError(problems)
    return Crosswalk(layers, words, rows)


def _official_names(layer: Layer) -> Bearers:
    """Return the names of a layer; one that several bear is theirs in their own time only."""
    names: Bearers = {}
    singular = layer.boundary_set.singular
    spans = zip(layer.names, layer.valid_from, layer.valid_to, strict=True)
    for index, (name, start, end) in enumerate(spans):
        names.setdefault(normalise_name(name, singular), []).append(_Bearer(index, start, end))
    return {
        name: bearers if len(bearers) > 1 else [_Bearer(bearers[0].index, None, None)]
        for name, bearers in names.items()
    }


def _add_alias(
    record: Mapping[str, str | None],
    row: int,
    label: str,
    layers: Mapping[str, Layer],
    words: dict[tuple[str, str], Bearers],
    problems: list[Problem],
) -> None:
    def note(column: str, what: str, mend: str) -> None:
        problems.append(Problem(what, file=label, row=row, column=column, mend=mend))

    key, identifier = str(record["layer"]), str(record["id"])
    scheme, alias = str(record["scheme"]), str(record["alias"])
    dates = {name: record[name] for name in ("valid_from", "valid_to")}
    wrong = {name: date for name, date in dates.items() if date is not None and not is_date(date)}
    for name, date in wrong.items():
        note(name, f"{date!r} is not a date", "Write it as 2014-12-31, or leave it blank")
    if key not in layers:
        note("layer", f"there is no layer {key!r}", suggestion(key, layers))
        return
    if identifier not in words[key, layers[key].boundary_set.id_scheme]:
        what = f"layer {key!r} has no jurisdiction {identifier!r}"
        note("id", what, suggestion(identifier, layers[key].ids))
        return
    if wrong:
        return
    layer = layers[key]
    index = words[key, layer.boundary_set.id_scheme][identifier][0].index
    word = normalise_name(alias, layer.boundary_set.singular) if scheme == NAME else alias
    bearers = words.setdefault((key, scheme), {}).setdefault(word, [])
    added = _Bearer(index, dates["valid_from"], dates["valid_to"])
    for other in bearers:
        if other.index != index and other.covers(
            added.valid_from or "0000", added.valid_to or "9999"
        ):
            what = f"{alias!r} stands for {layer.ids[other.index]} at the same time"
            note("alias", what, "Remove one of the two, or give them dates that do not overlap")
            return
    if added not in bearers:
        bearers.append(added)
