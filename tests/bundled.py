"""The bundled datasets as the tests read them: committed files only."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from mapsvc.errors import Problem
from mapsvc.ingest.datasets import read_dataset
from mapsvc.ingest.descriptors import load_descriptor
from mapsvc.model import Dataset

PROJECT = Path(__file__).parents[1]
FOLDER = PROJECT / "datasets"
NAMES = ("arrests", "deaths-in-custody", "jail-bookings", "officers")
SCHEMES = {"counties": {"geoid", "name"}, "agencies": {"ori", "ori7", "agency_number", "name"}}

Row = dict[str, str]


@cache
def rows(path: str) -> tuple[Row, ...]:
    with (FOLDER / path).open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream, strict=True))


@cache
def package(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / name / "datapackage.json").read_text(encoding="utf-8"))


@cache
def dataset(name: str) -> Dataset:
    problems: list[Problem] = []
    entry = load_descriptor(FOLDER / name, problems)
    assert entry is not None
    result = read_dataset(entry, SCHEMES)
    assert problems == []
    return result


def resources(name: str) -> Iterator[tuple[dict[str, Any], tuple[Row, ...]]]:
    for resource in package(name)["resources"]:
        yield resource, rows(f"{name}/{resource['path']}")
