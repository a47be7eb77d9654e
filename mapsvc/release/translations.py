"""``translations.json``: every text of a release that its sources have in another language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from mapsvc.errors import Problem
from mapsvc.ingest.catalog import Catalog, PopulationSource
from mapsvc.ingest.served import ServedBy
from mapsvc.ingest.translations import Wording, resolved, strangers
from mapsvc.model import Dataset, Denominator
from mapsvc.release.provenance import Source, citation

Tables = Mapping[str, Mapping[str, pa.Table]]
"""By dataset and resource."""

_CITED = ("authority", "product", "vintage")


def notes(
    wording: Wording, tables: Tables, served_by: Iterable[ServedBy], catalog: Catalog
) -> set[str]:
    """Return what the records of a package say of themselves: the texts of its columns of notes."""
    if wording.dataset is None:
        return {each.note for each in served_by if each.note}
    found: set[str] = set()
    for dataset in catalog.datasets:
        for measure in dataset.measures:
            table = tables.get(dataset.key, {}).get(measure.resource)
            if dataset.key == wording.dataset and measure.note and table is not None:
                found |= {text for text in pc.unique(table[measure.note]).to_pylist() if text}
    return found


def foreign_texts(
    catalog: Catalog, tables: Tables, served_by: Iterable[ServedBy]
) -> Iterator[Problem]:
    """Yield every translation of what no package says."""
    for wording in catalog.wording:
        yield from strangers(wording, notes(wording, tables, served_by, catalog))


def translations(catalog: Catalog, tables: Tables, served_by: Iterable[ServedBy]) -> dict[str, Any]:
    """Return the translations by language: of the boundaries, and of each dataset.

    Each is by kind of text and text, sorted. A language that no folder speaks is not there.
    """
    spoken = sorted({language for each in catalog.wording for language in each.translations})
    told: dict[str, Any] = {}
    for language in spoken:
        boundaries: dict[str, dict[str, str]] = {}
        datasets: dict[str, dict[str, dict[str, str]]] = {}
        for wording in catalog.wording:
            said = resolved(wording, language, notes(wording, tables, served_by, catalog))
            if wording.dataset is None:
                for kind, texts in said.items():
                    boundaries[kind] = {**texts, **boundaries.get(kind, {})}
            else:
                datasets[wording.dataset] = said
        _cite(boundaries, _population_sources(catalog))
        for dataset in catalog.datasets:
            _cite(datasets[dataset.key], _denominators(dataset))
        told[language] = {"boundaries": boundaries, "datasets": datasets}
    return told


def _cite(said: dict[str, dict[str, str]], sources: Iterable[Source]) -> None:
    """Add how values cite the sources: authority, product and vintage as one text."""
    for source in sources:
        parts = [(kind, getattr(source, kind)) for kind in _CITED]
        whole = ", ".join(said.get(kind, {}).get(text, text) for kind, text in parts if text)
        if whole != citation(source):
            said.setdefault("cited", {})[citation(source)] = whole


def _population_sources(catalog: Catalog) -> Iterator[PopulationSource]:
    for table in (*catalog.population, *catalog.place_population):
        yield from table.sources.values()


def _denominators(dataset: Dataset) -> Iterator[Denominator]:
    for indicator in dataset.indicators:
        others = (each.denominator for each in indicator.alternatives)
        for each in (indicator.denominator, indicator.group_denominator, *others):
            if each is not None and each.column:
                yield each
