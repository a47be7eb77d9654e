"""Writes the tables of ``datasets/`` from the public records: the same bytes each time.

Run as ``python -m derivations.california.datasets SOURCES_DIR``. The descriptors, every
``datasets/<name>/datapackage.json``, are written by hand: they hold the words. This script writes
the CSV files beside them and, in the descriptors, only the ``hash`` of each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from derivations.california import arrests, bookings, deaths, officers
from derivations.california.common import (
    PROJECT,
    hash_of,
    sources_folder,
    write_csv,
    write_json,
)
from derivations.california.tables import Table

DATASETS: Mapping[str, Callable[[Path], list[Table]]] = {
    "arrests": arrests.tables,
    "deaths-in-custody": deaths.tables,
    "jail-bookings": bookings.tables,
    "officers": officers.tables,
}
"""The folder of each dataset, and what makes its tables of the folder of sources."""


def write(sources: Path, folder: Path) -> None:
    """Write every table under ``folder`` and note its hash in the descriptor beside it.

    Nothing is written unless every table can be made. Raises InputError.
    """
    made = {name: tables(sources) for name, tables in DATASETS.items()}
    for name, tables in made.items():
        for table in tables:
            write_csv(folder / name / table.path, table.header, table.rows)
        refresh_hashes(folder / name / "datapackage.json")


def refresh_hashes(descriptor: Path) -> None:
    """Set the ``hash`` of every resource in a descriptor to that of its file; keep the rest."""
    package = json.loads(descriptor.read_text(encoding="utf-8"))
    for resource in package["resources"]:
        resource["hash"] = hash_of(descriptor.parent / resource["path"])
    write_json(descriptor, package)


if __name__ == "__main__":
    write(sources_folder(), PROJECT / "datasets")
