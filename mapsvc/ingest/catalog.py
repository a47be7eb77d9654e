"""The two folders of an atlas, read: which layers, tables and datasets there are.

Only descriptors and the schemes of the alias tables are read here; the other modules of
``mapsvc.ingest`` open the files that the catalog names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mapsvc.errors import InputError, Problem
from mapsvc.ingest.datasets import licence, read_dataset, sources
from mapsvc.ingest.descriptors import (
    DESCRIPTOR,
    Entry,
    file_label,
    load_descriptor,
    package_folders,
    resource_file,
    suggestion,
)
from mapsvc.ingest.records import read_table
from mapsvc.ingest.translations import Wording, read_wording
from mapsvc.model import BoundarySet, Dataset, Kind

ROLES = ("layer", "aliases", "served_by", "population", "place_population", "context")
CONTEXT_LAYERS = ("land", "states", "lakes", "places")

ALIAS_SCHEMA: Mapping[str, object] = {
    "fields": [
        {"name": "layer", "type": "string", "constraints": {"required": True}},
        {"name": "id", "type": "string", "constraints": {"required": True}},
        {"name": "scheme", "type": "string", "constraints": {"required": True}},
        {"name": "alias", "type": "string", "constraints": {"required": True}},
        {"name": "valid_from", "type": "string"},
        {"name": "valid_to", "type": "string"},
    ]
}


@dataclass(frozen=True)
class SourceFile:
    """A file of a package; ``label`` is how messages name it."""

    path: Path
    label: str
    sha256: str


@dataclass(frozen=True)
class LayerSource:
    """Where a layer's jurisdictions are, and what their descriptor says of them."""

    boundary_set: BoundarySet
    file: SourceFile


@dataclass(frozen=True)
class ContextSource:
    """A layer of the ground under the map: ``land``, ``states``, ``lakes`` or ``places``."""

    layer: str
    file: SourceFile


@dataclass(frozen=True)
class PopulationSource:
    """Who counted or estimated residents, and in which edition."""

    authority: str
    product: str
    vintage: str
    url: str


@dataclass(frozen=True)
class PopulationTable:
    """A file of residents with the sources that its rows name."""

    file: SourceFile
    sources: Mapping[str, PopulationSource]


@dataclass(frozen=True)
class Catalog:
    """Everything that the descriptors of an atlas declare."""

    title: str
    layers: tuple[LayerSource, ...]
    context: tuple[ContextSource, ...]
    aliases: tuple[SourceFile, ...]
    served_by: tuple[SourceFile, ...]
    population: tuple[PopulationTable, ...]
    place_population: tuple[PopulationTable, ...]
    datasets: tuple[Dataset, ...]
    wording: tuple[Wording, ...]
    """Of the packages of boundaries, then of the datasets."""


@dataclass
class _Region:
    """What the boundary packages read so far declare."""

    title: str = ""
    layers: list[LayerSource] = field(default_factory=list)
    context: list[ContextSource] = field(default_factory=list)
    aliases: list[SourceFile] = field(default_factory=list)
    served_by: list[SourceFile] = field(default_factory=list)
    population: list[PopulationTable] = field(default_factory=list)
    place_population: list[PopulationTable] = field(default_factory=list)
    wording: list[Wording] = field(default_factory=list)


def read_catalog(boundaries: Path, datasets: Path) -> Catalog:
    """Read every descriptor of an atlas, in the order of the folders' names.

    Raises InputError with every fault of every descriptor: unknown and missing keys, wrong types,
    references to columns, layers, schemes, measures or files that do not exist, names used twice,
    and files that differ from their declared hash.
    """
    problems: list[Problem] = []
    region = _Region()
    for entry in _load(boundaries, problems):
        _read_package(entry, region)
        region.wording.append(read_wording(entry))
    _check_layers(region, problems)
    schemes = _schemes(region, problems)
    read = [(entry, read_dataset(entry, schemes)) for entry in _load(datasets, problems)]
    worded = [read_wording(entry, dataset.key) for entry, dataset in read]
    _check_unique(read)
    if problems:
        raise InputError(problems)
    return Catalog(
        title=region.title,
        layers=tuple(region.layers),
        context=tuple(region.context),
        aliases=tuple(region.aliases),
        served_by=tuple(region.served_by),
        population=tuple(region.population),
        place_population=tuple(region.place_population),
        datasets=tuple(dataset for _, dataset in read),
        wording=(*region.wording, *worded),
    )


def _load(folder: Path, problems: list[Problem]) -> list[Entry]:
    folders = package_folders(folder)
    if not folders:
        what = (
            f"no {DESCRIPTOR} in its sub-folders" if folder.is_dir() else "there is no such folder"
        )
        problems.append(Problem(what, file=str(folder), mend="Give a folder of data packages"))
    entries = [load_descriptor(each, problems) for each in folders]
    return [entry for entry in entries if entry is not None]


def _read_package(entry: Entry, region: _Region) -> None:
    names: set[str] = set()
    held_layers = len(region.layers)
    for resource in entry.children("resources"):
        name = resource.text("name")
        if name in names:
            resource.fault("name", f"there are two resources {name!r}", "Rename one")
        names.add(name)
        path, sha256 = resource_file(resource)
        file = SourceFile(entry.folder / path, file_label(entry.folder, path), sha256)
        own = resource.child("mapsvc")
        match own.choice("role", ROLES):
            case "layer":
                region.layers.append(
                    LayerSource(_read_boundary_set(resource, entry, own, sha256), file)
                )
            case "context":
                own.only("role layer authority product vintage changes")
                own.texts("changes", [])
                region.context.append(ContextSource(own.choice("layer", CONTEXT_LAYERS), file))
            case "aliases":
                own.only("role")
                region.aliases.append(file)
            case "served_by":
                own.only("role")
                region.served_by.append(file)
            case "population":
                own.only("role sources")
                region.population.append(PopulationTable(file, _read_sources(own)))
            case "place_population":
                own.only("role sources")
                region.place_population.append(PopulationTable(file, _read_sources(own)))
            case _:
                continue
    if len(region.layers) > held_layers:
        title = entry.text("title")
        region.title = region.title or title


def _read_sources(own: Entry) -> dict[str, PopulationSource]:
    described = {}
    for key, source in own.members("sources").items():
        source.only("authority product vintage url")
        described[key] = PopulationSource(
            authority=source.text("authority"),
            product=source.text("product"),
            vintage=source.text("vintage"),
            url=source.text("url", ""),
        )
    return described


def _read_boundary_set(resource: Entry, package: Entry, own: Entry, sha256: str) -> BoundarySet:
    own.only(
        "role layer singular id_scheme vintage authority product valid_from valid_to partition_of "
        "max_zoom kinds changes"
    )
    kinds = {}
    for key, kind in own.members("kinds").items():
        kind.only("title residents")
        kinds[key] = Kind(key, kind.text("title"), kind.flag("residents"))
    max_zoom = own.whole("max_zoom", 10)
    if not 0 <= max_zoom <= 16:
        own.fault("max_zoom", f"{max_zoom} is not a zoom of a map", "Give 0 to 16")
    cited = sources(resource) or sources(package)
    return BoundarySet(
        key=own.key("layer"),
        title=resource.text("title"),
        singular=own.text("singular"),
        id_scheme=own.text("id_scheme"),
        vintage=own.text("vintage"),
        authority=own.text("authority"),
        product=own.text("product", ""),
        source_url=cited[0]["path"] if cited else "",
        licence=licence(resource) or licence(package),
        valid_from=own.date("valid_from"),
        valid_to=own.date("valid_to"),
        sha256=sha256,
        kinds=kinds,
        changes=own.texts("changes", []),
        partition_of=own.maybe_text("partition_of"),
        max_zoom=max_zoom,
    )


def _check_layers(region: _Region, problems: list[Problem]) -> None:
    keys = [source.boundary_set.key for source in region.layers]
    for number, source in enumerate(region.layers):
        layer, parent = source.boundary_set, source.boundary_set.partition_of
        if layer.key in keys[:number]:
            what = f"there are two layers {layer.key!r}"
            problems.append(Problem(what, file=source.file.label, mend="Rename one"))
        if parent is not None and (parent not in keys or parent == layer.key):
            what = f"layer {layer.key!r} is a partition of {parent!r}, which is not another layer"
            mend = suggestion(parent, set(keys) - {layer.key})
            problems.append(Problem(what, file=source.file.label, mend=mend))
    drawn = [source.layer for source in region.context]
    for number, context in enumerate(region.context):
        if context.layer in drawn[:number]:
            what = f"there are two context layers {context.layer!r}"
            problems.append(Problem(what, file=context.file.label, mend="Remove one"))
    if not region.layers:
        mend = 'Describe a resource with "role": "layer"'
        problems.append(Problem("no layer is declared", file="boundaries", mend=mend))


def _schemes(region: _Region, problems: list[Problem]) -> dict[str, set[str]]:
    """Return, for every layer, the schemes by which its jurisdictions can be named."""
    schemes = {
        source.boundary_set.key: {source.boundary_set.id_scheme, "name"} for source in region.layers
    }
    for file in region.aliases:
        if not file.sha256:
            continue
        try:
            table = read_table(file.path, ALIAS_SCHEMA, file.label, allow_empty=True)
        except InputError as error:
            problems.extend(error.problems)
            continue
        pairs = table.group_by(["layer", "scheme"]).aggregate([])
        for layer, scheme in zip(
            *(pairs[name].to_pylist() for name in ("layer", "scheme")), strict=True
        ):
            # An alias of a layer that does not exist is told with its row by the crosswalk.
            schemes.get(layer, set()).add(scheme)
    return schemes


def _check_unique(read: list[tuple[Entry, Dataset]]) -> None:
    """Note dataset names and indicator slugs that are used twice in the atlas."""
    datasets: dict[str, str] = {}
    slugs: dict[str, str] = {}
    for entry, dataset in read:
        if dataset.key in datasets:
            what = f"the dataset of {datasets[dataset.key]} has the same name {dataset.key!r}"
            entry.fault("name", what, "Rename one")
        datasets.setdefault(dataset.key, entry.file)
        for number, indicator in enumerate(dataset.indicators):
            place = f"mapsvc/indicators/{number}/slug"
            if indicator.slug in slugs:
                what = f"{indicator.slug!r} is already an indicator of {slugs[indicator.slug]}"
                entry.fault(place, what, "Rename one")
            slugs.setdefault(indicator.slug, entry.file)
