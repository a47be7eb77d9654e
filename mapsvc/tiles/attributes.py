"""Columns of attributes, encoded once as the values of a vector tile.

An indicator's columns for one period and group are encoded when they are first asked for, and
spliced into any tile of their layer after that (``mapsvc.tiles.mvt.TileTemplate``).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
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


_DTYPES: Mapping[Kind, str] = {"string": "iu", "double": "f", "integer": "iu", "boolean": "b"}


def encode_key(name: str) -> bytes:
    """Encode an entry of a layer's ``keys``."""
    return field(0x1A, name.encode())


def encode_value(kind: Kind, value: Any) -> bytes:
    """Encode an entry of a layer's ``values`` (specification, 4.1)."""
    if kind == "string":
        message = field(0x0A, value.encode())
    elif kind == "double":
        message = b"\x19" + struct.pack("<d", value)
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
    """Positions in ``values``, a row a feature id and a column a name; -1 is null. The last row
    is all null: it serves the features that have no row."""
    values: tuple[bytes, ...]
    """Encoded entries of a layer's ``values``, each once."""
    index: Mapping[bytes, int]
    """The position of each entry in ``values``."""

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
        codes = np.full((len(ids) + 1, len(columns)), -1, dtype=np.int32)
        index: dict[bytes, int] = {}
        for position, column in enumerate(columns):
            if len(column.values) != len(ids) or len(column.valid) != len(ids):
                raise ValueError(f"Column {column.name!r} does not have {len(ids)} rows")
            codes[:-1, position] = _column_codes(column, index)[order]
        keys = b"".join(map(encode_key, names))
        return cls(names, keys, ids[order], codes, tuple(index), index)

    def rows(self, fids: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the codes of features, a row each."""
        rows = np.full(len(fids), -1)
        if len(self.fids):
            place = np.minimum(np.searchsorted(self.fids, fids), len(self.fids) - 1)
            rows = np.where(self.fids[place] == fids, place, -1)
        codes: NDArray[np.int32] = self.codes[rows]
        return codes


def _column_codes(column: Column, index: dict[bytes, int]) -> NDArray[np.int32]:
    """Return the codes of a column, -1 for null, adding its values to ``index``."""
    valid = np.asarray(column.valid, dtype=bool)
    present = np.asarray(column.values)[valid]
    if present.dtype.kind not in _DTYPES[column.kind]:
        raise ValueError(f"Column {column.name!r} of {column.kind}s holds {present.dtype}")
    if column.kind == "double" and not np.isfinite(present).all():
        raise ValueError(f"Column {column.name!r}: a valid number is not finite")
    if column.kind == "integer" and len(present) and int(present.max()) >= 2**63:
        raise ValueError(f"Column {column.name!r}: {present.max()} has more than 63 bits")
    distinct, inverse = np.unique(present, return_inverse=True)
    values: list[Any] = distinct.tolist()
    if column.kind == "string":
        if values and not 0 <= values[0] <= values[-1] < len(column.categories):
            raise ValueError(f"Column {column.name!r}: a code has no category")
        values = [column.categories[code] for code in values]
    slots = [index.setdefault(encode_value(column.kind, value), len(index)) for value in values]
    codes = np.full(len(valid), -1, dtype=np.int32)
    codes[valid] = np.array(slots, dtype=np.int32)[inverse]
    return codes
