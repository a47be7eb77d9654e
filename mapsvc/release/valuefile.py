"""A values file of a release, as arrays: a period and group of it is a slice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from mapsvc.model import RELIABILITIES, STATUSES

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]

_REPEATED = ("source", "note")
"""Columns of texts that are read as codes."""


@dataclass(frozen=True)
class ValueSlice:
    """One indicator in one layer, period and group: arrays aligned with the layer's rows.

    Missing numbers are NaN; ``status`` and ``reliability`` are indices into
    ``mapsvc.model.STATUSES`` and ``RELIABILITIES``; -1 stands for no reliability and no class.
    """

    numerator: Floats
    denominator: Floats
    value: Floats
    lower: Floats
    upper: Floats
    status: Codes
    reliability: Codes
    klass: Codes
    source: Sequence[str | None]
    """Whose figure the denominator is."""
    note: Sequence[str | None]


class Cube:
    """A values file as arrays of shape (periods, groups, jurisdictions)."""

    def __init__(self, path: Path, periods: int, groups: int) -> None:
        columns = ["numerator", "denominator", "value", "lower", "upper"]
        named = [*columns, "status", "reliability", "class", *_REPEATED]
        table = read_table(path, named, _REPEATED)
        self._shape = (periods, groups, table.num_rows // (periods * groups))
        self._floats = {name: self._floating(table[name]) for name in columns}
        self._status = self._coded(table["status"], [str(name) for name in STATUSES])
        self._reliability = self._coded(table["reliability"], [str(name) for name in RELIABILITIES])
        self._class = _filled(table["class"]).astype(np.int8).reshape(self._shape)
        self._slices: dict[tuple[int, int], ValueSlice] = {}
        self._texts = {name: _Texts(table[name]) for name in _REPEATED}

    def slice(self, period: int, group: int) -> ValueSlice:
        at = (period, group)
        if at not in self._slices:
            self._slices[at] = self._cut(period, group)
        return self._slices[at]

    def _cut(self, period: int, group: int) -> ValueSlice:
        at = (period, group)
        size = self._shape[2]
        start = (period * self._shape[1] + group) * size
        floats = {name: array[at] for name, array in self._floats.items()}
        return ValueSlice(
            **floats,
            status=self._status[at],
            reliability=self._reliability[at],
            klass=self._class[at],
            source=self._texts["source"].slice(start, size),
            note=self._texts["note"].slice(start, size),
        )

    def _floating(self, column: Any) -> Floats:
        array: Floats = column.to_numpy().astype(np.float64).reshape(self._shape)
        return array

    def _coded(self, column: Any, names: list[str]) -> Codes:
        encoded = column.combine_chunks()
        lookup = np.array([names.index(text) for text in encoded.dictionary.to_pylist()], np.int8)
        indices = _filled(encoded.indices)
        codes = np.where(indices < 0, -1, np.append(lookup, -1)[indices]).astype(np.int8)
        return codes.reshape(self._shape)


class _Texts:
    """A column of texts that repeat: each is in memory once."""

    def __init__(self, column: Any) -> None:
        encoded = column.combine_chunks()
        self._codes = _filled(encoded.indices)
        self._texts = [*encoded.dictionary.to_pylist(), None]

    def slice(self, start: int, size: int) -> list[str | None]:
        """Return ``size`` of the texts from ``start`` on."""
        return [self._texts[code] for code in self._codes[start : start + size]]


def _filled(codes: Any) -> npt.NDArray[np.int64]:
    """Return integers with -1 for null; Arrow's own way would load all of its functions."""
    if not codes.null_count:
        whole: npt.NDArray[np.int64] = codes.to_numpy().astype(np.int64)
        return whole
    # With a null in it, Arrow gives floats and NaN.
    filled: npt.NDArray[np.int64] = np.nan_to_num(
        codes.to_numpy(zero_copy_only=False), nan=-1
    ).astype(np.int64)
    return filled


def read_table(path: Path, columns: list[str], coded: Sequence[str] = ()) -> pa.Table:
    """Read columns of a Parquet file; those of ``coded`` as texts with codes."""
    # The plain reader: pq.read_table would bring in pandas and a pool of threads for a small file.
    with pq.ParquetFile(path, read_dictionary=list(coded)) as file:
        return file.read(columns=columns, use_threads=False)
