"""A layer of an encoded tile, cut into what never changes and what an indicator changes.

A feature is written as its length and tags, which numpy makes for all features at once, then the
bytes of its id and geometry, which are kept from the tile. Tags and those lengths are varints of
one width in a layer, so that a row of a matrix is the bytes of a feature; a varint may end in
empty groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mapsvc.tiles.attributes import DOUBLE_HEAD, Attributes, encode_key, field, varint

# Field numbers and wire types of the specification's Tile, Layer and Feature messages.
_LAYER = 0x1A
_NAME, _FEATURE, _VALUE = 0x0A, b"\x12", 0x22
_EXTENT, _VERSION = b"\x28", b"\x78"
_ID, _TAGS = b"\x08", 0x12


@dataclass(frozen=True)
class LayerTemplate:
    """What of an encoded layer does not change, each part as it is written."""

    name: str
    raw: bytes
    """The whole layer, as it stands in the tile."""
    fids: NDArray[np.int64]
    ids: tuple[str | None, ...]
    """The ``id`` property of each feature."""
    bodies: tuple[bytes, ...]
    """The id, type and geometry of each feature; then what begins the next feature."""
    sizes: NDArray[np.int64]
    """The bytes of the id, type and geometry of each feature."""
    tags: NDArray[np.int64]
    """A row a feature, a column a key: the slot of its value, -1 where it has none."""
    counts: NDArray[np.int64]
    """How many each feature has."""
    head: bytes
    """The name; then what begins the first feature."""
    keys: tuple[str, ...]
    key_bytes: bytes
    values: Mapping[bytes, int]
    """The slot of each encoded value that is not a double."""
    doubles: Mapping[bytes, int]
    """The slot of each that is one."""
    value_count: int
    value_bytes: bytes
    tail: bytes
    """Extent and version."""

    @classmethod
    def parse(cls, layer: Any) -> LayerTemplate:
        """Cut up a Layer message, as the protobuf library reads it."""
        raw = field(_LAYER, layer.SerializeToString())
        keys = tuple(layer.keys)
        id_key = keys.index("id") if "id" in keys else None
        strings = [value.string_value for value in layer.values]
        slots = np.full((len(layer.features), len(keys)), -1)
        fids, ids, bodies = [], [], []
        for row, feature in enumerate(layer.features):
            own = dict(zip(feature.tags[::2], feature.tags[1::2], strict=True))
            slots[row, list(own.keys())] = list(own.values())
            fids.append(feature.id)
            ids.append(strings[own[id_key]] if id_key in own else None)
            feature.ClearField("id")
            feature.ClearField("tags")
            bodies.append(_ID + varint(fids[-1]) + feature.SerializeToString())
        entries = [field(_VALUE, value.SerializeToString()) for value in layer.values]
        slot_of = {entry: slot for slot, entry in reversed(list(enumerate(entries)))}
        doubles = {entry for entry in slot_of if entry.startswith(DOUBLE_HEAD)}
        return cls(
            name=layer.name,
            raw=raw,
            fids=np.array(fids, dtype=np.int64),
            ids=tuple(ids),
            bodies=(*(body + _FEATURE for body in bodies[:-1]), *bodies[-1:]),
            sizes=np.array([len(body) for body in bodies]),
            tags=slots,
            counts=(slots >= 0).sum(axis=1),
            head=field(_NAME, layer.name.encode()) + _FEATURE,
            keys=keys,
            key_bytes=b"".join(map(encode_key, keys)),
            values={entry: slot_of[entry] for entry in slot_of.keys() - doubles},
            doubles={entry: slot_of[entry] for entry in doubles},
            value_count=len(entries),
            value_bytes=b"".join(entries),
            tail=_EXTENT + varint(layer.extent) + _VERSION + varint(layer.version),
        )

    def splice(self, attributes: Attributes) -> bytes:
        """Return the encoded layer with the attributes on its features.

        Raises ValueError where one has the name of a property.
        """
        taken = set(attributes.names).intersection(self.keys)
        if taken:
            raise ValueError(f"Layer {self.name!r} has the properties {sorted(taken)} of its own")
        codes = attributes.rows(self.fids)
        present = codes >= 0
        seen = np.zeros(len(attributes) + 1, dtype=bool)
        seen[codes] = True
        used = seen[:-1].nonzero()[0]
        if not len(used):
            return self.raw
        slots, values = self._slots(attributes, used)
        pairs = self._pairs(codes, used, slots)
        parts = [b""] * (2 * len(codes))
        parts[::2] = self._heads_and_tags(pairs, present)
        parts[1::2] = self.bodies
        return field(
            _LAYER,
            b"".join(
                (
                    self.head,
                    *parts,
                    self.key_bytes,
                    attributes.keys,
                    self.value_bytes,
                    values,
                    self.tail,
                )
            ),
        )

    def _slots(
        self, attributes: Attributes, used: NDArray[np.intp]
    ) -> tuple[NDArray[np.int64], bytes]:
        """Return the slots of attribute values, and the bytes of those the layer has not yet."""
        own = {
            index[entry]: slots[entry]
            for index, slots in (
                (attributes.index, self.values),
                (attributes.double_index if self.doubles else {}, self.doubles),
            )
            for entry in index.keys() & slots.keys()
        }
        slots = np.arange(self.value_count, self.value_count + len(used))
        known = np.isin(used, list(own)) if own else None
        if known is not None and known.any():
            slots[~known] = self.value_count + np.arange(len(used) - known.sum())
            slots[known] = [own[code] for code in used[known].tolist()]
            used = used[~known]
        first = len(attributes.doubles)
        count = int(used.searchsorted(first))
        others = [attributes.values[code - first] for code in used[count:].tolist()]
        return slots, b"".join((attributes.doubles[used[:count]].tobytes(), *others))

    def _pairs(
        self, codes: NDArray[np.intp], used: NDArray[np.intp], slots: NDArray[np.int64]
    ) -> NDArray[Any]:
        """Return pairs of a key and a value's slot, a row a feature and a column a key.

        A pair is one integer; where a feature has no value it says nothing.
        """
        own, added = len(self.keys), codes.shape[1]
        kind = _pair_type(own + added, self.value_count + len(slots))
        # The last place is that of -1, null.
        slot_of = np.zeros(int(used[-1]) + 2, dtype=kind)
        slot_of[used] = _slot_bits(slots, kind)
        pairs = np.empty((len(codes), own + added), dtype=kind)
        if kind not in self.own_pairs:
            bits = _slot_bits(self.tags, kind) | _key_bits(0, own, kind)
            self.own_pairs[kind] = bits.astype(kind)
        pairs[:, :own] = self.own_pairs[kind]
        np.bitwise_or(slot_of[codes], _key_bits(own, own + added, kind), out=pairs[:, own:])
        return pairs

    @cached_property
    def largest(self) -> int:
        """The largest of ``sizes``, in bytes."""
        return int(self.sizes.max())

    @cached_property
    def tagged(self) -> NDArray[np.bool_]:
        """Which of its own keys each feature has a value for."""
        return self.tags >= 0

    @cached_property
    def own_pairs(self) -> dict[np.dtype[Any], NDArray[Any]]:
        """The layer's own tags as pairs of each type, once they were needed."""
        return {}

    def _heads_and_tags(self, pairs: NDArray[Any], present: NDArray[np.bool_]) -> list[bytes]:
        """Encode the length and the tags of each feature."""
        # A product with ones: numpy counts along short rows several times slower.
        ones = np.ones(present.shape[1], dtype=np.float32)
        counts = self.counts + (present.astype(np.float32) @ ones).astype(np.int64)
        lengths = counts * pairs.itemsize
        total = lengths + self.sizes
        longest = pairs.shape[1] * pairs.itemsize
        if (
            pairs.dtype != _WIDE
            and longest < 1 << 7
            and longest + self.largest < len(_short_heads())
        ):
            heads = _short_heads()[total]
            heads |= (lengths << 24).astype("<u4")
        else:
            heads = _padded(total + 4, 4) | _TAGS << 32 | _padded(lengths, 3) << 40
        heads = heads.view(pairs.dtype).reshape(len(pairs), -1)
        rows = np.concatenate((heads, pairs), axis=1)
        # Rows of one width are cut up by numpy, four times as fast as others one by one.
        texts = _texts(rows)
        partial = (counts != pairs.shape[1]).nonzero()[0]
        if not len(partial):
            return texts
        begun = np.ones((len(partial), heads.shape[1]), dtype=bool)
        kept = np.concatenate((begun, self.tagged[partial], present[partial]), axis=1)
        ends = (lengths[partial] + heads.shape[1] * rows.itemsize).cumsum().tolist()
        written = rows[partial][kept].tobytes()
        for row, start, end in zip(partial.tolist(), (0, *ends), ends, strict=False):
            texts[row] = written[start:end]
        return texts


def _texts(rows: NDArray[Any]) -> list[bytes]:
    """Return the bytes of each row."""
    width = rows.shape[1] * rows.itemsize
    texts: list[bytes] = rows.view(f"V{width}")[:, 0].tolist()
    return texts


_NARROW, _MIDDLE, _WIDE = np.dtype("<u2"), np.dtype("<u4"), np.dtype("<u8")
"""A pair as one integer: one byte of key and one or three of slot, or four of each."""


def _pair_type(keys: int, slots: int) -> np.dtype[Any]:
    if keys > 1 << 7 or slots > 1 << 21:
        return _WIDE
    return _NARROW if slots <= 1 << 7 else _MIDDLE


def _slot_bits(slots: NDArray[np.int64], kind: np.dtype[Any]) -> NDArray[Any]:
    if kind == _NARROW:
        return slots << 8
    if kind == _MIDDLE and slots.size and int(slots.max()) < len(_low_slots()):
        return _low_slots()[slots]
    return _padded(slots, 4) << 32 if kind == _WIDE else _padded(slots, 3) << 8


@lru_cache(64)
def _key_bits(first: int, end: int, kind: np.dtype[Any]) -> NDArray[Any]:
    """Return the bits of the keys from one to before another."""
    keys = np.arange(first, end)
    return (_padded(keys, 4) if kind == _WIDE else keys).astype(kind)


@cache
def _low_slots() -> NDArray[Any]:
    """The bits of the slots that most tiles have, so that a small tile looks them up."""
    return (_padded(np.arange(1 << 15), 3) << 8).astype(_MIDDLE)


@cache
def _short_heads() -> NDArray[Any]:
    """What comes before the length of the tags, by what it and the tags and the rest take."""
    return (_padded(np.arange(2, 1 << 14), 2) | _TAGS << 16).astype("<u4")


def _padded(numbers: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Return integers below ``2**(7 * width)`` as varints of so many bytes, the first lowest."""
    groups = numbers & 0x7F
    for place in range(1, width):
        groups |= 0x80 << 8 * (place - 1) | (numbers >> 7 * place & 0x7F) << 8 * place
    return groups
