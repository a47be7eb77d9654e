"""The report of a build in words: what was read, what joined, what did not and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def summarise(report: Mapping[str, Any]) -> str:
    """Return the report as the few lines that somebody who built wants to read."""
    return "\n".join([*_datasets(report["datasets"]), *_partitions(report["partitions"])])


def _datasets(datasets: Mapping[str, Any]) -> Iterator[str]:
    yield f"{'Dataset':<24}{'read':>10}{'joined':>10}{'unmatched':>11}{'rejected':>10}"
    for key, entry in datasets.items():
        counts = [each["count"] for each in entry["unmatched"]]
        unmatched = None if None in counts else sum(counts)
        numbers = (entry["rows_read"], entry["joined"], unmatched, len(entry["rejected"]))
        read, joined, left, rejected = (_number(number) for number in numbers)
        yield f"{key:<24}{read:>10}{joined:>10}{left:>11}{rejected:>10}"
        for layer, part in entry["layers"].items():
            for each in part["unmatched"]:
                yield f"    {layer}: {_number(each['count'])} without a place: {each['reason']}"
            for late in part["out_of_time"]:
                yield f"    {layer}: out of time: {late['id']} in {late['year']}: {late['reason']}"


def _number(count: int | None) -> str:
    return "withheld" if count is None else f"{count:,}"


def _partitions(partitions: Mapping[str, Any]) -> Iterator[str]:
    for key, entry in partitions.items():
        area, overlap = entry["area"], entry["overlap"]
        yield (
            f"{key} add up to {entry['of']}: area within {area['worst_share']:.2g} of the whole "
            f"({area['worst_parent']}), largest overlap {overlap['worst_m2']:,.0f} m²"
        )
