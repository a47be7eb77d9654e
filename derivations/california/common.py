"""What every derivation shares: reading sources, naming counties, writing the same bytes."""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
"""The project's folder, under which ``boundaries/`` and ``datasets/`` are written."""

COUNTIES_FILE = "boundaries/ca_counties_cb2016_500k.geojson"


def sources_folder(arguments: Sequence[str] | None = None) -> Path:
    """Return the folder of source files named by the only command-line argument.

    Exits with a line of usage unless there is exactly one argument and it is a folder.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if len(given) != 1 or not Path(given[0]).is_dir():
        raise SystemExit("usage: python -m derivations.california.<module> SOURCES_DIR")
    return Path(given[0])


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def hash_of(path: Path) -> str:
    """Return a file's hash as a descriptor writes it: ``sha256:<hex>``."""
    return f"sha256:{sha256_of(path)}"


def read_csv(path: Path) -> list[dict[str, str]]:
    """Return the rows of a UTF-8 CSV with a header, every cell as text; drops a byte-order mark."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    r"""Write a CSV in UTF-8 with ``\n`` line ends; None becomes an empty cell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    r"""Write JSON in UTF-8, indented by two, keys in the order given, with a final ``\n``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(value, ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def write_geoparquet(frame: Any, path: Path) -> None:
    """Write a GeoDataFrame as GeoParquet, small; the same frame gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.reset_index(drop=True).to_parquet(path, compression="zstd", compression_level=19)


def plain_name(name: str) -> str:
    """Return a county's name in lower case, without hyphens or the word County.

    >>> plain_name("LOS ANGELES"), plain_name("Los Angeles County"), plain_name("los-angeles")
    ('los angeles', 'los angeles', 'los angeles')
    """
    return " ".join(name.replace("-", " ").lower().split()).removesuffix(" county")


def slug(name: str) -> str:
    """Return a county's name in lower case with hyphens.

    >>> slug("Los Angeles")
    'los-angeles'
    """
    return plain_name(name).replace(" ", "-")


def county_names(sources: Path) -> dict[str, str]:
    """Return the Census name of each county by its five-digit GEOID, sorted by GEOID."""
    with (sources / COUNTIES_FILE).open(encoding="utf-8") as stream:
        features = json.load(stream)["features"]
    properties = [feature["properties"] for feature in features]
    return dict(sorted((county["GEOID"], county["NAME"]) for county in properties))


def county_geoids(sources: Path) -> dict[str, str]:
    """Return the GEOID of each county by its plain name; look up with ``plain_name(text)``."""
    return {plain_name(name): geoid for geoid, name in county_names(sources).items()}
