"""Writing the files of a data package."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_geojson(path: Path, features: Iterable[tuple[Mapping[str, Any], Any]]) -> None:
    """Write (properties, geometry as a GeoJSON object or None) as a FeatureCollection."""
    listed = [
        {"type": "Feature", "properties": dict(properties), "geometry": geometry}
        for properties, geometry in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": listed}), encoding="utf-8")


def write_descriptor(folder: Path, descriptor: Mapping[str, Any]) -> None:
    """Write datapackage.json, giving each resource the hash of its file."""
    resources = [
        {
            **each,
            "hash": "sha256:" + hashlib.sha256((folder / each["path"]).read_bytes()).hexdigest(),
        }
        for each in descriptor["resources"]
    ]
    text = json.dumps({**descriptor, "resources": resources}, indent=1, ensure_ascii=False)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8")
