"""Years that follow one another with the same text, as the accounts of a release write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def spans(years: Sequence[int], texts: Sequence[str | None]) -> list[dict[str, Any]]:
    """Join years that follow one another with the same text; a year with None has no span.

    >>> spans([2013, 2014, 2015], ["a", "a", None])
    [{'first': 2013, 'last': 2014, 'reason': 'a'}]
    """
    found: list[dict[str, Any]] = []
    for year, text in zip(years, texts, strict=True):
        if text is None:
            continue
        if found and found[-1]["last"] == year - 1 and found[-1]["reason"] == text:
            found[-1]["last"] = year
        else:
            found.append({"first": year, "last": year, "reason": text})
    return found


def spread(entries: Sequence[Mapping[str, Any]]) -> dict[tuple[str, int], str]:
    """Return the reason of each id and year of entries with ``id`` and ``spans``.

    >>> spread([{"id": "x", "spans": [{"first": 2013, "last": 2014, "reason": "a"}]}])
    {('x', 2013): 'a', ('x', 2014): 'a'}
    """
    return {
        (entry["id"], year): span["reason"]
        for entry in entries
        for span in entry["spans"]
        for year in range(span["first"], span["last"] + 1)
    }


def span_faults(
    entries: Sequence[Mapping[str, Any]], ids: Mapping[str, int], years: Sequence[int]
) -> Iterator[str]:
    """Yield what is wrong with entries of ``id`` and ``spans``: ids, order, years."""
    seen: set[str] = set()
    for entry in entries:
        identifier = entry["id"]
        if identifier not in ids:
            yield f"there is no {identifier!r}"
        if identifier in seen:
            yield f"{identifier} is there twice"
        seen.add(identifier)
        before = None
        for span in entry["spans"]:
            first, last = span["first"], span["last"]
            if not (years and years[0] <= first <= last <= years[-1]):
                yield f"{identifier} has a span from {first} to {last}, which is not in its years"
            elif before is not None and first <= before:
                yield f"{identifier} has two reasons in {first}"
            before = last
