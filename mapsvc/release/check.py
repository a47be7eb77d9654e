"""Is a published release sound? Its invariants, books and tiles; opening checks the checksums."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from mapsvc.errors import BadParameterError
from mapsvc.model import STATUSES, Status
from mapsvc.release.alternatives import alternatives
from mapsvc.release.check_coverage import check_coverage
from mapsvc.release.check_ledger import check_ledger
from mapsvc.release.finding import check_finding
from mapsvc.release.reader import LayerTable, Release, ValueSlice
from mapsvc.release.translated import check_translations
from mapsvc.release.withholding import SMALL_CELLS
from mapsvc.statistics.disclosure import THRESHOLD
from mapsvc.tiles.archive import TileArchive
from mapsvc.tiles.checker import inspect
from mapsvc.tiles.mvt import read_properties
from mapsvc.tiles.survey import Place, Roll, survey

_OK = STATUSES.index(Status.OK)
_SUPPRESSED = STATUSES.index(Status.SUPPRESSED)


def check_release(release: Release) -> list[str]:
    """Return what is wrong with a release, a line each; nothing where it is sound."""
    return [
        *_check_report(release),
        *_check_values(release),
        *check_ledger(release),
        *check_coverage(release),
        *check_finding(release),
        *check_translations(release),
        *_check_tiles(release),
    ]


def _check_report(release: Release) -> Iterator[str]:
    for key, entry in release.report["datasets"].items():
        if entry["joined"] is None:
            continue  # Withheld: the numbers left would tell a small one.
        listed = sum(each["count"] for each in entry["unmatched"]) + len(entry["rejected"])
        if entry["rows_read"] != entry["joined"] + listed:
            yield f"dataset {key}: rows read are not rows joined and listed"


def _check_values(release: Release) -> Iterator[str]:
    for slug in release.indicator_slugs:
        entry = release.indicator(slug)
        guarded = release.dataset(entry["dataset"])["policy"]["name"] == SMALL_CELLS
        groups = [group["key"] for group in entry["groups"]]
        ways = ["", *(each["key"] for each in alternatives(entry))]
        for way, layer, period, group in product(ways, entry["layers"], entry["periods"], groups):
            classes = release.indicator(slug, way)["layers"][layer]["classes"][group]
            values = release.values(layer, slug, period, group, way)
            where = ", ".join(filter(None, (slug, layer, period, group, way)))
            for fault in _value_faults(release.layer(layer), values, len(classes)):
                yield f"{where}: {fault}"
            if guarded and np.any((values.numerator >= 1) & (values.numerator <= THRESHOLD)):
                yield f"{where}: a small count is published"


def _value_faults(layer: LayerTable, values: ValueSlice, classes: int) -> Iterator[str]:
    ok = values.status == _OK
    if len(values.value) != len(layer.ids):
        yield "it does not have every jurisdiction of the layer"
        return
    for name in ("value", "lower", "upper"):
        if not np.array_equal(np.isfinite(getattr(values, name)), ok):
            yield f"{name} is not there exactly where the status is ok"
    if not np.all((values.lower <= values.value)[ok] & (values.value <= values.upper)[ok]):
        yield "a value is outside its interval"
    withheld = values.status == _SUPPRESSED
    if np.isfinite(values.numerator[withheld]).any():
        yield "a withheld count is published"
    if np.any((values.klass < 0) == ok) or np.any(values.klass >= classes):
        yield "a class is missing, or is none of the legend's"


def _check_tiles(release: Release) -> Iterator[str]:
    for key in release.layer_keys:
        layer, info, archive = release.layer(key), release.layer_info(key), release.archive(key)
        yield from survey(
            key,
            Roll(layer.ids, layer.fids.tolist(), layer.territories()),
            range(info["min_zoom"], info["max_zoom"] + 1),
            _unpacked(archive),
        )
    if release.catalogue["context"]:
        for (z, x, y), read in _unpacked(release.archive("context")).items():
            for breach in inspect(read()).breaches:
                yield f"tile context/{z}/{x}/{y}: {breach}"


def _unpacked(archive: TileArchive) -> dict[Place, Callable[[], bytes]]:
    """Return a reader of each tile: no more are held unpacked than are looked at."""
    return {(z, x, y): partial(gzip.decompress, packed) for z, x, y, packed in archive.tiles()}


def tile_document(release: Release, path: str) -> Mapping[str, Any]:
    """Return the features of the tile ``layer/z/x/y`` without their geometry, for a person."""
    parts = path.strip("/").removesuffix(".mvt").split("/")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() for part in parts[1:]):
        raise BadParameterError("PATH", path, "LAYER/Z/X/Y such as counties/6/10/24")
    z, x, y = (int(part) for part in parts[1:])
    packed = release.archive(parts[0]).get(z, x, y)
    if packed is None:
        return {}
    return read_properties(gzip.decompress(packed))
