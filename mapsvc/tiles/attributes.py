"""Columns of attributes, encoded once as the values of a vector tile.

An indicator's columns for one period and group are encoded when they are first asked for, and
spliced into any tile of their layer after that (``mapsvc.tiles.mvt.TileTemplate``).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["string", "double", "integer", "boolean"]


@lru_cache(maxsize=1 << 16)
def varint(number: int) -> bytes:
    """Encode an unsigned integer as protobuf does, seven bits a byte, the lowest first.

    >>> varint(300).hex()
    'ac02'
    """
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(tag: int, content: bytes) -> bytes:
    """Return a length-delimited protobuf field; ``tag`` is its number times 8, plus 2."""
    return bytes((tag,)) + varint(len(content)) + content


@dataclass(frozen=True)
class Column:
    """Values of one type, a row a jurisdiction, to be spliced in as the property ``name``."""

    name: str
    kind: Kind
    values: NDArray[Any]
    """float64 for ``double``, integers for ``integer``, bool for ``boolean``; for ``string``
    integer codes, the positions in ``categories``."""
    valid: NDArray[np.bool_]
    """False where there is no value: the key is then absent."""
    categories: Sequence[str] = ()

    @classmethod
    def of_strings(cls, name: str, values: Sequence[str | None]) -> Column:
        """Dictionary-code a column of text."""
        codes: dict[str, int] = {}
        coded = [-1 if value is None else codes.setdefault(value, len(codes)) for value in values]
        array = np.array(coded, dtype=np.int32)
        return cls(name, "string", array, array >= 0, tuple(codes))


DOUBLE_HEAD = b"\x22\x09\x19"
"""Begins each entry of a layer's ``values`` that is a double; eight bytes follow."""

_DTYPES: Mapping[Kind, str] = {"string": "iu", "double": "f", "integer": "iu", "boolean": "b"}


def encode_key(name: str) -> bytes:
    """Encode an entry of a layer's ``keys``."""
    return field(0x1A, name.encode())


def encode_value(kind: Kind, value: Any) -> bytes:
    """Encode an entry of a layer's ``values`` (specification, 4.1)."""
    if kind == "double":
        return DOUBLE_HEAD + struct.pack("<d", value)
    if kind == "string":
        message = field(0x0A, value.encode())
    elif kind == "integer":
        message = b"\x20" + varint(value & 0xFFFF_FFFF_FFFF_FFFF)
    else:
        message = b"\x38\x01" if value else b"\x38\x00"
    return field(0x22, message)


@dataclass(frozen=True)
class Attributes:
    """Columns by feature id, encoded once and ready to splice into any tile of their layer."""

    names: tuple[str, ...]
    keys: bytes
    """Their encoded entries in a layer's ``keys``."""
    fids: NDArray[np.int64]
    """Ascending."""
    codes: NDArray[np.int32]
    """Positions of values, a row a feature id and a column a name; -1 is null. The last row is
    all null: it serves the features that have no row."""
    doubles: NDArray[np.void]
    """Encoded entries of a layer's ``values`` that are doubles, each once, ascending."""
    values: tuple[bytes, ...]
    """The other entries, each once; their positions follow those of the doubles."""
    index: Mapping[bytes, int]
    """The position of each of the other entries."""

    @classmethod
    def of(cls, fids: Sequence[int] | NDArray[np.int64], columns: Sequence[Column]) -> Attributes:
        """Encode the columns whose rows are the features ``fids``.

        Raises ValueError where ids or names repeat, lengths differ, an array does not hold what
        its kind says, or a valid number is not finite or beyond 64 bits.
        """
        ids = np.asarray(fids, dtype=np.int64)
        names = tuple(column.name for column in columns)
        if len(np.unique(ids)) < len(ids) or len(set(names)) < len(names):
            raise ValueError(f"Feature ids and column names must be unique: {names}")
        order = np.argsort(ids)
        given = [_present(column, len(ids)) for column in columns]
        numbers = [
            present
            for column, present in zip(columns, given, strict=True)
            if column.kind == "double"
        ]
        doubles = np.unique(np.concatenate([np.empty(0), *numbers]).view(np.uint64))
        codes = np.full((len(ids) + 1, len(columns)), -1, dtype=np.int32)
        index: dict[bytes, int] = {}
        for position, (column, present) in enumerate(zip(columns, given, strict=True)):
            if column.kind == "double":
                found = np.searchsorted(doubles, present.view(np.uint64))
            else:
                found = len(doubles) + _coded(column, present, index)
            rows = np.full(len(ids), -1, dtype=np.int32)
            rows[np.asarray(column.valid, dtype=bool)] = found
            codes[:-1, position] = rows[order]
        entries = np.empty((len(doubles), 11), dtype=np.uint8)
        entries[:, :3] = list(DOUBLE_HEAD)
        entries[:, 3:] = doubles.astype("<u8").view(np.uint8).reshape(-1, 8)
        return cls(
            names,
            b"".join(map(encode_key, names)),
            ids[order],
            codes,
            entries.view("V11")[:, 0],
            tuple(index),
            {entry: len(doubles) + place for entry, place in index.items()},
        )

    def __len__(self) -> int:
        """Return how many values there are."""
        return len(self.doubles) + len(self.values)

    def rows(self, fids: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the codes of features, a row each, in the type that numpy looks up fastest."""
        if not len(self.fids):
            return np.full((len(fids), len(self.names)), -1, dtype=np.intp)
        place = self.fids.searchsorted(fids)
        # Beyond the last id there is the null row; whose id is another's has no row either.
        np.minimum(place, len(self.fids) - 1, out=place)
        place[self.fids[place] != fids] = -1
        return self.codes.take(place, axis=0).astype(np.intp)

    @cached_property
    def double_index(self) -> Mapping[bytes, int]:
        """The position of each entry that is a double."""
        return {bytes(entry): place for place, entry in enumerate(self.doubles.tolist())}


def _present(column: Column, rows: int) -> NDArray[Any]:
    """Return the values of a column that are not null, checked; doubles as float64."""
    if len(column.values) != rows or len(column.valid) != rows:
        raise ValueError(f"Column {column.name!r} does not have {rows} rows")
    present: NDArray[Any] = np.asarray(column.values)[np.asarray(column.valid, dtype=bool)]
    if present.dtype.kind not in _DTYPES[column.kind]:
        raise ValueError(f"Column {column.name!r} of {column.kind}s holds {present.dtype}")
    if column.kind == "integer" and len(present) and int(present.max()) >= 2**63:
        raise ValueError(f"Column {column.name!r}: {present.max()} has more than 63 bits")
    if column.kind == "double":
        present = present.astype(np.float64)
        if not np.isfinite(present).all():
            raise ValueError(f"Column {column.name!r}: a valid number is not finite")
    return present


def _coded(column: Column, present: NDArray[Any], index: dict[bytes, int]) -> NDArray[np.intp]:
    """Return the places in ``index`` of values that are not doubles, adding what is not there."""
    distinct, inverse = np.unique(present, return_inverse=True)
    values: list[Any] = distinct.tolist()
    if column.kind == "string":
        if values and not 0 <= values[0] <= values[-1] < len(column.categories):
            raise ValueError(f"Column {column.name!r}: a code has no category")
        values = [column.categories[code] for code in values]
    slots = [index.setdefault(encode_value(column.kind, value), len(index)) for value in values]
    return np.array(slots, dtype=np.intp)[inverse]
