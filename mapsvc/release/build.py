"""The pipeline from top to bottom: two folders in, one published release out."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from mapsvc.derive.conservation import check_partition, geodesic_areas, population_gap
from mapsvc.derive.existence import account
from mapsvc.derive.join import Joined, join
from mapsvc.errors import ConservationError, InputError, Problem
from mapsvc.ingest.boundaries import Context, Layer, read_context, read_layers
from mapsvc.ingest.catalog import Catalog, read_catalog
from mapsvc.ingest.crosswalk import Crosswalk, read_crosswalk
from mapsvc.ingest.places import PlacePopulation, read_place_population
from mapsvc.ingest.population import Population, read_population
from mapsvc.ingest.records import read_records
from mapsvc.ingest.served import ServedBy, read_served_by
from mapsvc.model import Dataset
from mapsvc.release import catalogue, store
from mapsvc.release.alternatives import values_name
from mapsvc.release.archives import (
    MIN_ZOOM,
    anchors,
    territories,
    write_context_archive,
    write_layer_archive,
)
from mapsvc.release.coverage import Surroundings, coverages
from mapsvc.release.finding import aliases, neighbours
from mapsvc.release.ledger import ledgers
from mapsvc.release.progress import Progress, Update
from mapsvc.release.report import summarise
from mapsvc.release.shares import shares, totals
from mapsvc.release.tables import write_layer, write_values
from mapsvc.release.translations import foreign_texts, translations
from mapsvc.release.values import publish
from mapsvc.release.withholding import SMALL_CELLS, apply_policy, withhold_report
from mapsvc.tiles.sketch import sketch

T = TypeVar("T")
Entries = list[dict[str, Any]]


@dataclass(frozen=True)
class Built:
    """A published release: its id, and its report in words."""

    id: str
    summary: str


@dataclass(frozen=True)
class Sources:
    """Everything read and validated, before anything is derived."""

    catalog: Catalog
    layers: Mapping[str, Layer]
    context: Mapping[str, Context]
    population: Population
    crosswalk: Crosswalk
    served_by: tuple[ServedBy, ...]
    places: PlacePopulation
    tables: Mapping[str, Mapping[str, pa.Table]]
    """By dataset and resource."""


def build_release(
    boundaries: Path,
    datasets: Path,
    atlas: Path,
    progress: Progress | None = None,
    workers: int = 1,
) -> Built:
    """Build a release from the two folders and publish it in ``atlas``.

    Tiles are cut in ``workers`` processes; how many makes no difference to what they are.
    Raises InputError with everything that is wrong with the sources, ConservationError where
    records or area got lost; the atlas is then as it was.
    """
    progress = progress or Progress(quiet=True)
    with store.building(atlas) as writer:
        with progress.step("Read sources"):
            sources = read_sources(boundaries, datasets)
        with progress.step("Join records"):
            joined = join_all(sources)
        with progress.step("Check conservation"):
            areas = {key: geodesic_areas(layer.geometry) for key, layer in sources.layers.items()}
            partitions = check_partitions(sources, areas)
        with progress.step("Compute indicators"):
            described, indicators = write_datasets(writer, sources, joined, atlas)
        layers = []
        for key, layer in sources.layers.items():
            with progress.step(f"Cut tiles: {key}") as update:
                layers.append(write_jurisdictions(writer, layer, areas[key], update, workers))
        with progress.step("Cut tiles: context") as update:
            ground = None
            if sources.context:
                archive = writer.path("tiles/context.pmtiles")
                ground = write_context_archive(archive, sources.context, _extent(layers), update)
        report = {
            "datasets": {
                each.key: _account(each, joined[each.key], sources)
                for each in sources.catalog.datasets
            },
            "partitions": partitions,
        }
        writer.write_json("report.json", report)
        write_accounts(writer, sources, joined, areas)
        writer.write_json("aliases.json", aliases(sources.crosswalk))
        writer.write_json("neighbours.json", neighbours(sources.layers))
        told = translations(sources.catalog, sources.tables, sources.served_by)
        writer.write_json("translations.json", told)
        writer.write_json(
            "catalogue.json",
            {
                "title": sources.catalog.title,
                "layers": layers,
                "context": ground,
                "datasets": described,
                "indicators": indicators,
            },
        )
        identifier: str = writer.manifest["id"]
    return Built(identifier, summarise(report))


def read_sources(boundaries: Path, datasets: Path) -> Sources:
    """Read and validate both folders; every problem of every file comes in one InputError."""
    catalog = read_catalog(boundaries, datasets)
    problems: list[Problem] = []

    def attempt(read: Callable[[], T]) -> T | None:
        try:
            return read()
        except InputError as error:
            problems.extend(error.problems)
            return None

    context = attempt(lambda: read_context(catalog.context))
    tables = {each.key: attempt(partial(read_records, each)) for each in catalog.datasets}
    layers = attempt(lambda: read_layers(catalog.layers))
    if layers is None:
        # What refers to jurisdictions cannot be judged where these did not come to be.
        raise InputError(problems)
    population = attempt(lambda: read_population(catalog.population, layers))
    crosswalk = attempt(lambda: read_crosswalk(catalog.aliases, layers))
    served_by = attempt(lambda: read_served_by(catalog.served_by, layers))
    places = PlacePopulation()
    if served_by is not None:
        # Which places there are is not known where who polices them could not be read.
        read_places = partial(read_place_population, catalog.place_population, served_by)
        places = attempt(read_places) or places
    if population is not None:
        problems += _unknown_series(catalog, population)
    read = {key: each for key, each in tables.items() if each is not None}
    if served_by is not None and len(read) == len(tables):
        # What records say of themselves is not known where they could not be read.
        problems += foreign_texts(catalog, read, served_by)
    if problems or context is None or population is None or crosswalk is None or served_by is None:
        raise InputError(problems)
    return Sources(catalog, layers, context, population, crosswalk, served_by, places, read)


def _unknown_series(catalog: Catalog, population: Population) -> Iterator[Problem]:
    """Yield the population series that indicators divide by and their layers do not have."""
    for dataset in catalog.datasets:
        for indicator in dataset.indicators:
            others = (each.denominator for each in indicator.alternatives)
            denominators = (indicator.denominator, indicator.group_denominator, *others)
            named = {each.series for each in denominators if each and each.series}
            for layer, series in product(indicator.layers, sorted(named)):
                known = population.series(layer)
                if series not in known:
                    yield Problem(
                        f"{indicator.slug}: layer {layer!r} has no population series {series!r}",
                        file=f"{Path(dataset.folder).name}/datapackage.json",
                        mend=f"It has: {', '.join(known) or 'none'}",
                    )


def join_all(sources: Sources) -> dict[str, Joined]:
    """Join every dataset to its jurisdictions; all unknown codes come in one InputError."""
    joined: dict[str, Joined] = {}
    problems: list[Problem] = []
    for dataset in sources.catalog.datasets:
        try:
            joined[dataset.key] = join(
                dataset, sources.tables[dataset.key], sources.layers, sources.crosswalk
            )
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return joined


def check_partitions(
    sources: Sources, areas: Mapping[str, npt.NDArray[np.float64]]
) -> dict[str, Any]:
    """Check that every layer that divides another adds up to it; return the figures.

    Raises ConservationError with every parent whose parts do not cover it, and every overlap.
    """
    report: dict[str, Any] = {}
    findings: list[str] = []
    for key, layer in sources.layers.items():
        whole = sources.layers.get(layer.boundary_set.partition_of or "")
        if whole is None:
            continue
        parent_areas = dict(zip(whole.ids, areas[whole.key].tolist(), strict=True))
        partition = check_partition(
            {parent: area for parent, area in parent_areas.items() if area > 0},
            layer.ids,
            layer.parents,
            areas[key],
            layer.geometry,
        )
        findings += partition.findings
        report[key] = {"of": whole.key, **partition.as_report()}
        for series in sources.population.series(key):
            years = sources.population.years(key, series)
            report[key].setdefault("population", {})[series] = population_gap(
                whole.ids,
                sources.population.lookup(whole.key, whole.ids, years, series)[0],
                layer.parents,
                sources.population.lookup(key, layer.ids, years, series)[0],
                years,
            )
    if findings:
        raise ConservationError(findings)
    return report


def write_accounts(
    writer: store.ReleaseWriter,
    sources: Sources,
    joined: Mapping[str, Joined],
    areas: Mapping[str, npt.NDArray[np.float64]],
) -> None:
    """Write what jurisdictions add up to, and who reported what in which year."""
    layers, population, served_by = sources.layers, sources.population, sources.served_by
    datasets = sources.catalog.datasets
    books = ledgers(layers, areas, population, served_by)
    for key, book in books.items():
        parts, whole = layers[key], layers[book["of"]]
        book |= shares(parts, whole, served_by, sources.places, book["years"])
        book["totals"] = totals(datasets, joined, whole, parts)
    writer.write_json("ledger.json", books)
    around = Surroundings(layers, population, served_by)
    writer.write_json("coverage.json", coverages(datasets, joined, around))


def write_jurisdictions(
    writer: store.ReleaseWriter,
    layer: Layer,
    areas: npt.NDArray[np.float64],
    update: Update,
    workers: int,
) -> dict[str, Any]:
    """Write the table and the tiles of a layer; return its catalogue entry."""
    territory, labels = territories(layer), anchors(layer)
    drawn = sketch(territory, labels)
    write_layer(writer.path(f"layers/{layer.key}.parquet"), layer.frame, labels, areas, drawn)
    archive = writer.path(f"tiles/{layer.key}.pmtiles")
    bounds = write_layer_archive(archive, layer, labels, update, workers)
    mapped = int(np.count_nonzero(~shapely.is_missing(territory)))
    return catalogue.layer_entry(
        layer.boundary_set, len(layer.ids), mapped, bounds, MIN_ZOOM, drawn.height
    )


def write_datasets(
    writer: store.ReleaseWriter,
    sources: Sources,
    joined: Mapping[str, Joined],
    atlas: Path,
) -> tuple[Entries, Entries]:
    """Write the values and the records of every dataset; return their catalogue entries.

    What the releases that ``atlas`` keeps have shown of a dataset counts when its small cells are
    withheld.
    """
    described, indicators = [], []
    guarded = any(dataset.policy == SMALL_CELLS for dataset in sources.catalog.datasets)
    kept = store.releases(atlas) if guarded else []
    earlier = [store.open_release(atlas, each) for each in kept]
    for dataset in sources.catalog.datasets:
        # Records hold every small count, so where these are withheld they are too.
        rows = {}
        if dataset.policy != SMALL_CELLS:
            _copy_records(writer, dataset)
            tables = sources.tables[dataset.key]
            rows = {name: table.num_rows for name, table in tables.items()}
        described.append(catalogue.dataset_entry(dataset, rows))
        tables_of = joined[dataset.key].tables
        computed = {
            indicator.slug: {
                key: publish(
                    indicator,
                    sources.layers[key],
                    tables_of[indicator.measure.resource],
                    sources.population,
                )
                for key in indicator.layers
            }
            for indicator in dataset.indicators
        }
        shown = apply_policy(dataset, computed, sources.layers, earlier)
        for indicator in dataset.indicators:
            published = shown[indicator.slug]
            for key, each in published.items():
                for denominator, way in {"": each, **each.alternatives}.items():
                    path = writer.path(values_name(key, indicator.slug, denominator))
                    write_values(path, sources.layers[key].ids, way)
            indicators.append(catalogue.indicator_entry(dataset, indicator, published))
    return described, indicators


def _account(dataset: Dataset, joined: Joined, sources: Sources) -> dict[str, Any]:
    report = account(dataset, joined, sources.layers, sources.served_by)
    return withhold_report(report) if dataset.policy == SMALL_CELLS else report


def _copy_records(writer: store.ReleaseWriter, dataset: Dataset) -> None:
    folder = Path(dataset.folder)
    for name in ("datapackage.json", *(resource.path for resource in dataset.resources)):
        shutil.copyfile(folder / name, writer.path(f"data/{dataset.key}/{name}"))


def _extent(layers: Entries) -> tuple[float, float, float, float]:
    west, south, east, north = zip(*(layer["bounds"] for layer in layers), strict=True)
    return min(west), min(south), max(east), max(north)
