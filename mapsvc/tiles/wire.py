"""The wire format of a vector tile, read with no code that writes one.

A checker that decoded with the encoder's library would share its mistakes. This is protocol
buffers as the specification of vector tiles uses them: four messages, four wire types.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

VARINT, EIGHT_BYTES, BYTES, FOUR_BYTES = 0, 1, 2, 5
"""Wire types."""

_LONGEST_VARINT = 10


class WireError(ValueError):
    """Bytes that are not the message that they should be."""


class Field(NamedTuple):
    """What a message's field is called, and how it is written."""

    name: str
    wire_type: int
    repeats: bool = False


Schema = Mapping[int, Field]

TILE: Schema = {3: Field("layers", BYTES, repeats=True)}
LAYER: Schema = {
    15: Field("version", VARINT),
    1: Field("name", BYTES),
    2: Field("features", BYTES, repeats=True),
    3: Field("keys", BYTES, repeats=True),
    4: Field("values", BYTES, repeats=True),
    5: Field("extent", VARINT),
}
FEATURE: Schema = {
    1: Field("id", VARINT),
    2: Field("tags", BYTES),
    3: Field("type", VARINT),
    4: Field("geometry", BYTES),
}
VALUE: Schema = {
    1: Field("string", BYTES),
    2: Field("float", FOUR_BYTES),
    3: Field("double", EIGHT_BYTES),
    4: Field("int", VARINT),
    5: Field("uint", VARINT),
    6: Field("sint", VARINT),
    7: Field("bool", VARINT),
}

Scalar = str | int | float | bool


def read_message(data: bytes, schema: Schema) -> tuple[dict[str, list[Any]], list[int]]:
    """Return what each field of a message holds, in order, and the numbers of unknown fields.

    Raises WireError where the bytes end too soon or a known field has another wire type.
    """
    held: dict[str, list[Any]] = {field.name: [] for field in schema.values()}
    unknown = []
    for number, wire_type, content in _fields(data):
        field = schema.get(number)
        if field is None:
            unknown.append(number)
        elif wire_type != field.wire_type:
            raise WireError(f"its {field.name} has wire type {wire_type}, not {field.wire_type}")
        else:
            held[field.name].append(content)
    return held, unknown


def read_value(data: bytes) -> tuple[str, Scalar]:
    """Return the type and content of an entry of a layer's ``values``; raises WireError."""
    held, unknown = read_message(data, VALUE)
    written = [(name, content) for name, contents in held.items() for content in contents]
    if len(written) != 1 or unknown:
        raise WireError("it does not have exactly one of the seven types")
    name, content = written[0]
    if name == "string":
        return name, read_text(content)
    if name == "float":
        return name, float(struct.unpack("<f", content)[0])
    if name == "double":
        return name, float(struct.unpack("<d", content)[0])
    if name == "bool":
        return name, bool(content)
    if name == "sint":
        return name, content >> 1 ^ -(content & 1)
    return name, content - (1 << 64) if name == "int" and content >> 63 else content


def read_text(data: bytes) -> str:
    """Return UTF-8 as text; raises WireError."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise WireError("it is not UTF-8") from None


def read_packed(data: bytes) -> NDArray[np.int64]:
    """Return packed 32-bit unsigned integers; raises WireError.

    >>> read_packed(bytes([9, 0xAC, 2])).tolist()
    [9, 300]
    """
    octets = np.frombuffer(data, dtype=np.uint8)
    if not len(octets):
        return np.empty(0, dtype=np.int64)
    last = np.flatnonzero(octets < 0x80)
    if octets[-1] >= 0x80:
        raise WireError("its last number is cut short")
    first = np.append(0, last[:-1] + 1)
    width = last - first + 1
    if width.max() > 5:
        raise WireError("a number has more than 32 bits")
    numbers = np.zeros(len(last), dtype=np.int64)
    for place in range(int(width.max())):
        longer = width > place
        numbers[longer] |= (octets[first[longer] + place] & 0x7F).astype(np.int64) << 7 * place
    if numbers.max() >= 1 << 32:
        raise WireError("a number has more than 32 bits")
    return numbers


def _fields(data: bytes) -> Iterator[tuple[int, int, Any]]:
    """Yield number, wire type and content of the fields of a message, as they are written."""
    place, size = 0, len(data)
    while place < size:
        tag, place = _varint(data, place)
        number, wire_type = tag >> 3, tag & 7
        content: int | bytes
        if wire_type == VARINT:
            content, place = _varint(data, place)
        else:
            if wire_type == BYTES:
                length, place = _varint(data, place)
            elif wire_type in (EIGHT_BYTES, FOUR_BYTES):
                length = 8 if wire_type == EIGHT_BYTES else 4
            else:
                raise WireError(f"field {number} has the wire type {wire_type}, which is none")
            content, place = data[place : place + length], place + length
            if place > size:
                raise WireError(f"field {number} is cut short")
        yield number, wire_type, content


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """Return the integer at a place, and the place after it."""
    number = 0
    for shift in range(_LONGEST_VARINT):
        if place + shift >= len(data):
            raise WireError("a number is cut short")
        octet = data[place + shift]
        number |= (octet & 0x7F) << 7 * shift
        if octet < 0x80:
            return number & 0xFFFF_FFFF_FFFF_FFFF, place + shift + 1
    raise WireError("a number has more than 64 bits")
