"""What a release says, for those who only read it: names, values, geometry, tiles.

Reads Parquet with pyarrow alone: a server needs neither geopandas nor pandas in its memory.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
import shapely

from mapsvc.errors import UnknownNameError
from mapsvc.language import DEFAULT, Message
from mapsvc.model import ALL
from mapsvc.release.alternatives import chosen, divided_by, values_name
from mapsvc.release.valuefile import Codes, Cube, Floats, ValueSlice, read_table
from mapsvc.tiles.archive import TileArchive
from mapsvc.tiles.sketch import FINENESS

__all__ = ["Codes", "Floats", "LayerTable", "Release", "Shapes", "ValueSlice"]


@dataclass(frozen=True)
class LayerTable:
    """The jurisdictions of a layer, sorted by id; every column has one entry for each."""

    key: str
    ids: tuple[str, ...]
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    parents: tuple[str | None, ...]
    valid_from: tuple[str | None, ...]
    valid_to: tuple[str | None, ...]
    fids: npt.NDArray[np.int64]
    """The feature id of each in the tiles."""
    lon: Floats
    """Label point in degrees (EPSG:4326), NaN where there is no place to show."""
    lat: Floats
    area_m2: Floats
    """Geodesic; NaN without a polygon."""
    sketch: tuple[str | None, ...]
    """An SVG path of each in a picture ``mapsvc.tiles.sketch.WIDTH`` wide; None without polygon."""
    sketch_points: Floats
    """(jurisdictions, 2): where a symbol stands in that picture, NaN where nowhere."""
    path: Path
    """The file, for the geometry: it is large and seldom asked for."""

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Row of each id."""
        return {identifier: row for row, identifier in enumerate(self.ids)}

    def row(self, identifier: str) -> int:
        """Return the row of an id; raises UnknownNameError."""
        try:
            return self.index[identifier]
        except KeyError:
            kind = Message("jurisdiction in {layer}", layer=self.key)
            raise UnknownNameError(kind, identifier, self.ids) from None

    @property
    def geojson(self) -> Shapes:
        """Each geometry as GeoJSON text (RFC 7946), ``null`` where there is none."""
        return self._geometry[0]

    @property
    def bounds(self) -> Floats:
        """(jurisdictions, 4): west, south, east, north in degrees; NaN where there is no place."""
        return self._geometry[1]

    @cached_property
    def _geometry(self) -> tuple[Shapes, Floats]:
        """Texts and bounds, from one reading of the file."""
        texts: list[bytes] = []
        bounds = np.empty((len(self.ids), 4))
        with pq.ParquetFile(self.path) as file:
            # One by one, so that the shapes of a whole layer are never in memory at once.
            for batch in file.iter_batches(_SHAPES, columns=["geometry"], use_threads=False):
                for each in batch["geometry"]:
                    shape = shapely.from_wkb(each.as_py())
                    bounds[len(texts)] = shapely.bounds(shape)
                    texts.append(zlib.compress(_to_geojson(shape).encode(), _SHAPE_LEVEL))
        return Shapes(texts), bounds

    @cached_property
    def outlines(self) -> tuple[str | None, ...]:
        """An SVG path of each in a picture ``sketch.FINENESS`` times as wide as its sketch.

        None without polygon. A release from before there were any gives its sketches, as large.
        """
        table = read_table(self.path, ["outline"])
        if "outline" in table.column_names:
            return tuple(table["outline"].to_pylist())
        return tuple(path and _enlarged(path) for path in self.sketch)

    def territories(self) -> npt.NDArray[np.object_]:
        """Read the polygon of each (EPSG:4326); None where there is none. Not kept."""
        column = read_table(self.path, ["geometry"])["geometry"]
        shapes = shapely.from_wkb(np.array(column.to_pylist(), dtype=object))
        shapes[shapely.get_dimensions(shapes) != 2] = None
        return shapes


class Shapes(Sequence[str]):
    """GeoJSON texts, kept deflated: whole they would be the largest thing in a server's memory."""

    def __init__(self, packed: Sequence[bytes]) -> None:
        self._packed = packed

    def __len__(self) -> int:
        return len(self._packed)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Shapes: ...
    def __getitem__(self, at: int | slice) -> str | Shapes:
        if isinstance(at, slice):
            return Shapes(self._packed[at])
        return zlib.decompress(self._packed[at]).decode()


class Release:
    """An opened release. Everything is read when first asked for, then kept."""

    language: str = DEFAULT
    """The language of its texts."""

    def __init__(self, identifier: str, folder: Path) -> None:
        self.id = identifier
        self._folder = folder
        self._layers: dict[str, LayerTable] = {}
        self._values: dict[tuple[str, str, str], Cube] = {}
        self._divided: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._archives: dict[str, TileArchive] = {}
        self._translated: dict[str, Release] = {}

    def in_language(self, language: str) -> Release:
        """Return the release with every text in a language, English where it has none in it.

        Keys, names of places and numbers are the same; arrays and files are shared.
        """
        if language == self.language:
            return self
        if language not in self._translated:
            from mapsvc.release.translated import TranslatedRelease

            self._translated[language] = TranslatedRelease(self, language)
        return self._translated[language]

    @cached_property
    def catalogue(self) -> Mapping[str, Any]:
        """Layers, datasets and indicators, as in ``docs/formats.md``."""
        document: Mapping[str, Any] = json.loads((self._folder / "catalogue.json").read_bytes())
        return document

    @cached_property
    def report(self) -> Mapping[str, Any]:
        """What the build read, joined, could not match, rejected and checked."""
        document: Mapping[str, Any] = json.loads((self._folder / "report.json").read_bytes())
        return document

    @cached_property
    def ledger(self) -> Mapping[str, Any]:
        """What the parts of jurisdictions add up to, by layer; empty before there were ledgers."""
        return self._document("ledger.json")

    @cached_property
    def coverage(self) -> Mapping[str, Any]:
        """Who reported what in which year, by dataset; empty before there were such accounts."""
        return self._document("coverage.json")

    @cached_property
    def aliases(self) -> Mapping[str, Any]:
        """Other names and codes, by layer; empty before releases had them."""
        return self._document("aliases.json")

    @cached_property
    def neighbours(self) -> Mapping[str, Any]:
        """The ids beside each, by layer and id; empty before releases had them."""
        return self._document("neighbours.json")

    @cached_property
    def translations(self) -> Mapping[str, Any]:
        """Its texts in other languages; empty before releases had them."""
        return self._document("translations.json")

    def _document(self, name: str) -> Mapping[str, Any]:
        if name not in self.manifest["files"]:
            return {}
        document: Mapping[str, Any] = json.loads((self._folder / name).read_bytes())
        return document

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        document: Mapping[str, Any] = json.loads((self._folder / "manifest.json").read_bytes())
        return document

    @cached_property
    def layer_keys(self) -> tuple[str, ...]:
        return tuple(layer["key"] for layer in self.catalogue["layers"])

    @cached_property
    def _indicators(self) -> Mapping[str, Mapping[str, Any]]:
        return {entry["slug"]: entry for entry in self.catalogue["indicators"]}

    @property
    def indicator_slugs(self) -> tuple[str, ...]:
        return tuple(self._indicators)

    def layer_info(self, layer: str) -> Mapping[str, Any]:
        """Return the catalogue's entry of a layer; raises UnknownNameError."""
        for entry in self.catalogue["layers"]:
            if entry["key"] == layer:
                found: Mapping[str, Any] = entry
                return found
        raise UnknownNameError("layer", layer, self.layer_keys)

    def indicator(self, slug: str, denominator: str = "") -> Mapping[str, Any]:
        """Return the catalogue's entry of an indicator; raises UnknownNameError.

        Where another denominator than its own is named, the entry is as if that one were its own.
        """
        try:
            entry = self._indicators[slug]
        except KeyError:
            raise UnknownNameError("indicator", slug, self.indicator_slugs) from None
        key = (slug, denominator)
        if key not in self._divided:
            self._divided[key] = divided_by(entry, denominator)
        return self._divided[key]

    def dataset(self, key: str) -> Mapping[str, Any]:
        """Return the catalogue's entry of a dataset; raises UnknownNameError."""
        datasets = {entry["key"]: entry for entry in self.catalogue["datasets"]}
        try:
            found: Mapping[str, Any] = datasets[key]
        except KeyError:
            raise UnknownNameError("dataset", key, tuple(datasets)) from None
        return found

    def layer(self, layer: str) -> LayerTable:
        """Return the jurisdictions of a layer; raises UnknownNameError."""
        self.layer_info(layer)
        if layer not in self._layers:
            self._layers[layer] = _read_layer(layer, self._folder / f"layers/{layer}.parquet")
        return self._layers[layer]

    def values(
        self, layer: str, slug: str, period: str, group: str = ALL, denominator: str = ""
    ) -> ValueSlice:
        """Return one column of values; raises UnknownNameError for whichever does not exist.

        ``denominator`` is the key of one that the indicator declares, by default its own.
        """
        entry = self.indicator(slug)
        denominator = chosen(entry, denominator)
        self.layer_info(layer)
        if layer not in entry["layers"]:
            kind = Message("layer of {dataset}", dataset=slug)
            raise UnknownNameError(kind, layer, tuple(entry["layers"]))
        if period not in entry["periods"]:
            kind = Message("period of {collection}", collection=slug)
            raise UnknownNameError(kind, period, entry["periods"])
        groups = [item["key"] for item in entry["groups"]]
        if group not in groups:
            kind = Message("group of {indicator}", indicator=slug)
            raise UnknownNameError(kind, group, groups)
        key = (layer, slug, denominator)
        if key not in self._values:
            path = self._folder / values_name(layer, slug, denominator)
            self._values[key] = Cube(path, len(entry["periods"]), len(groups))
        return self._values[key].slice(entry["periods"].index(period), groups.index(group))

    def archive(self, name: str) -> TileArchive:
        """Return the tile archive of a layer, or of ``context``; raises UnknownNameError."""
        names = [*self.layer_keys, *(["context"] if self.catalogue["context"] else [])]
        if name not in names:
            raise UnknownNameError("layer", name, names)
        if name not in self._archives:
            self._archives[name] = TileArchive(self._folder / f"tiles/{name}.pmtiles")
        return self._archives[name]

    def tag(self, name: str) -> str:
        """Return what names the content of a file of the release, for an entity tag."""
        checksum: str = self.manifest["files"][name]["sha256"]
        return checksum[:24]

    def data_file(self, name: str) -> Path:
        """Return the path of a published data file that the manifest lists."""
        if not name.startswith("data/") or name not in self.manifest["files"]:
            known = [path for path in self.manifest["files"] if path.startswith("data/")]
            raise UnknownNameError("data file", name, known)
        return self._folder / name


_TEXTS = ("id", "name", "kind", "parent", "valid_from", "valid_to", "sketch")
_SHAPE_LEVEL = 4
_SHAPES = 64
"""Shapes that are read at a time."""
_NUMBERS = ("fid", "lon", "lat", "area_m2", "sketch_x", "sketch_y")


def _enlarged(path: str) -> str:
    return re.sub(r"[\d.]+", lambda found: f"{float(found[0]) * FINENESS:g}", path)


def _to_geojson(shape: shapely.Geometry | None) -> str:
    if shape is None:
        return "null"
    text: str = shapely.to_geojson(shapely.orient_polygons(shape, exterior_cw=False))
    return text


def _read_layer(layer: str, path: Path) -> LayerTable:
    table = read_table(path, [*_TEXTS, *_NUMBERS])
    text = {name: tuple(table[name].to_pylist()) for name in _TEXTS}
    numbers = {name: table[name].to_numpy().astype(np.float64) for name in _NUMBERS}
    return LayerTable(
        key=layer,
        ids=text["id"],
        names=text["name"],
        kinds=text["kind"],
        parents=text["parent"],
        valid_from=text["valid_from"],
        valid_to=text["valid_to"],
        fids=numbers["fid"].astype(np.int64),
        lon=numbers["lon"],
        lat=numbers["lat"],
        area_m2=numbers["area_m2"],
        sketch=text["sketch"],
        sketch_points=np.column_stack([numbers["sketch_x"], numbers["sketch_y"]]),
        path=path,
    )
