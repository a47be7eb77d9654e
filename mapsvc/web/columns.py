"""Columns: what a map that holds the geometry needs for another year, as JSON or as Arrow.

JSON is made to be small: numbers as a page shows them, words as positions in short lists. Arrow has
every digit, for programs that compute.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from mapsvc.model import RELIABILITIES, STATUSES
from mapsvc.release.reader import Release, ValueSlice
from mapsvc.web.tiles import View, values

JSON = "application/json"
ARROW = "application/vnd.apache.arrow.stream"
FORMATS = {"json": JSON, "arrow": ARROW}

COUNTS = ("numerator", "denominator")
LIMITS = ("lower", "upper")
_DIGITS = {"value": 6, "lower": 5, "upper": 5}
"""Significant digits in JSON: more than any page shows."""


def column_json(release: Release, view: View) -> bytes:
    """Return an indicator's column as JSON, its arrays in the order of ``ids``.

    ``status``, ``reliability``, ``denominator_source`` and ``note`` are positions in the list of
    the same name in the plural. Raises UnknownNameError.
    """
    found = values(release, view)
    document = {
        **_about(release, view),
        "ids": release.layer(view.layer).ids,
        **{name: [whole(each) for each in getattr(found, name).tolist()] for name in COUNTS},
        **{
            name: [rounded(name, each) for each in getattr(found, name).tolist()]
            for name in ("value", *LIMITS)
        },
        "class": _classes(found),
    }
    for (one, several), texts in zip(_WORDS, _texts(found), strict=True):
        document[one], document[several] = _coded(texts)
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def column_arrow(release: Release, view: View) -> bytes:
    """Return an indicator's column as an Arrow IPC stream, a row a jurisdiction.

    What is missing is null; the words are dictionary-coded; the schema's metadata says what it is.
    Raises UnknownNameError.
    """
    found = values(release, view)
    columns: dict[str, Any] = {"id": pa.array(release.layer(view.layer).ids, pa.string())}
    for name in (*COUNTS, "value", *LIMITS):
        columns[name] = pa.array(getattr(found, name), pa.float64(), from_pandas=True)
    columns["class"] = pa.array(_classes(found), pa.int8())
    for (one, _), texts in zip(_WORDS, _texts(found), strict=True):
        columns[one] = pa.array([text or None for text in texts], pa.string()).dictionary_encode()
    about = _about(release, view)
    metadata = {key: "" if value is None else str(value) for key, value in about.items()}
    table = pa.table(columns).replace_schema_metadata(metadata)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


_WORDS = (
    ("status", "statuses"),
    ("reliability", "reliabilities"),
    ("denominator_source", "denominator_sources"),
    ("note", "notes"),
)


def _about(release: Release, view: View) -> dict[str, Any]:
    entry = release.indicator(view.indicator, view.denominator)
    return {
        "release": release.id,
        "layer": view.layer,
        "indicator": view.indicator,
        "period": view.period,
        "group": view.group,
        "denominator_key": entry.get("denominator_key"),
        "per": entry["per"],
    }


def _texts(found: ValueSlice) -> tuple[Iterable[str | None], ...]:
    return (
        [STATUSES[code] for code in found.status],
        [None if code < 0 else RELIABILITIES[code] for code in found.reliability],
        found.source,
        found.note,
    )


def _classes(found: ValueSlice) -> list[int | None]:
    return [None if code < 0 else code for code in found.klass.tolist()]


def _coded(texts: Iterable[str | None]) -> tuple[list[int | None], list[str]]:
    """Return texts that repeat as positions in a list of each once; nothing is null."""
    listed = list(texts)
    places = {text: place for place, text in enumerate(dict.fromkeys(filter(None, listed)))}
    return [places[text] if text else None for text in listed], list(places)


def whole(number: float) -> float | None:
    """Return a count as JSON has it: an integer where it is one, None where it is missing."""
    if not math.isfinite(number):
        return None
    return int(number) if float(number).is_integer() else float(number)


def rounded(name: str, number: float) -> float | None:
    """Return a number of the column ``name`` with the digits that it is worth; whole ones keep all
    of theirs.
    """
    return whole(number if float(number).is_integer() else float(f"{number:.{_DIGITS[name]}g}"))
