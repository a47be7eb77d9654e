"""``catalogue.json``: every word of a release that a page needs, as in ``docs/formats.md``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mapsvc.model import BoundarySet, Dataset, Indicator, Measure, SeriesBreak
from mapsvc.release.values import Published

Entry = dict[str, Any]


def layer_entry(
    layer: BoundarySet,
    count: int,
    mapped: int,
    bounds: Sequence[float],
    min_zoom: int,
    sketch_height: int,
) -> Entry:
    """Describe a layer; ``bounds`` are west, south, east, north in degrees."""
    return {
        "key": layer.key,
        "title": layer.title,
        "singular": layer.singular,
        "id_scheme": layer.id_scheme,
        "vintage": layer.vintage,
        "authority": layer.authority,
        "product": layer.product,
        "source_url": layer.source_url,
        "licence": layer.licence,
        "changes": list(layer.changes),
        "valid_from": layer.valid_from,
        "valid_to": layer.valid_to,
        "sha256": layer.sha256,
        "partition_of": layer.partition_of,
        "kinds": {
            kind.key: {"title": kind.title, "residents": kind.residents}
            for kind in layer.kinds.values()
        },
        "count": count,
        "mapped": mapped,
        "bounds": [round(float(degree), 6) for degree in bounds],
        "min_zoom": min_zoom,
        "max_zoom": layer.max_zoom,
        "sketch_height": sketch_height,
    }


def dataset_entry(dataset: Dataset, rows: Mapping[str, int]) -> Entry:
    """Describe a dataset; ``rows`` counts the rows of each of its published resources."""
    return {
        "key": dataset.key,
        "title": dataset.title,
        "description": dataset.description,
        "publisher": dataset.publisher,
        "vintage": dataset.vintage,
        "licence": dataset.licence,
        "policy": {"name": dataset.policy, "reason": dataset.policy_reason},
        "caveats": list(dataset.caveats),
        "breaks": [
            {"year": each.year, "text": each.text, "measures": list(each.measures)}
            for each in dataset.breaks
        ],
        "sources": [dict(source) for source in dataset.sources],
        "resources": [
            {
                "name": resource.name,
                "path": f"data/{dataset.key}/{resource.path}",
                "rows": rows[resource.name],
                "fields": [
                    {
                        "name": each["name"],
                        "type": each["type"],
                        "description": each.get("description", ""),
                    }
                    for each in resource.schema["fields"]
                ],
            }
            for resource in dataset.resources
            if resource.name in rows
        ],
        "measures": [_measure_entry(measure) for measure in dataset.measures],
        "indicators": [indicator.slug for indicator in dataset.indicators],
    }


def indicator_entry(
    dataset: Dataset,
    indicator: Indicator,
    published: Mapping[str, Published],
) -> Entry:
    """Describe an indicator; ``published`` is what is held of it in each layer."""
    measure, denominator = indicator.measure, indicator.denominator
    return {
        "slug": indicator.slug,
        "dataset": dataset.key,
        "measure": measure.key,
        "title": indicator.title,
        "description": indicator.description,
        "method": indicator.method,
        "unit": indicator.unit,
        "noun": indicator.noun,
        "universe": measure.universe,
        "per": indicator.per,
        "denominator_title": denominator.title if denominator else None,
        "denominator_key": denominator.name if denominator else None,
        "alternatives": [
            {
                "key": each.denominator.name,
                "title": each.denominator.title,
                "unit": each.unit,
                "per": each.per,
                "description": each.description,
                "method": each.method,
            }
            for each in indicator.alternatives
        ],
        "scheme": indicator.scheme,
        "palette": indicator.palette,
        "caveats": [*indicator.caveats, *dataset.caveats],
        "breaks": [
            {"year": each.year, "text": each.text}
            for each in dataset.breaks
            if _concerns(each, indicator)
        ],
        "groups": [{"key": key, "title": title} for key, title in measure.groups.items()],
        "default_period": str(indicator.default_period),
        "periods": [str(period) for period in indicator.periods],
        "layers": {
            layer: {
                **_divided(published[layer]),
                "alternatives": {
                    key: _divided(each) for key, each in published[layer].alternatives.items()
                },
            }
            for layer in indicator.layers
        },
    }


def _divided(published: Published) -> Entry:
    """Return the breaks by group, and what it was divided by in each period and group."""
    return {"classes": published.breaks, "denominators": published.denominators}


def _concerns(each: SeriesBreak, indicator: Indicator) -> bool:
    first, last = indicator.years
    named = not each.measures or indicator.measure.key in each.measures
    return named and first < each.year <= last


def _measure_entry(measure: Measure) -> Entry:
    return {
        "key": measure.key,
        "title": measure.title,
        "universe": measure.universe,
        "resource": measure.resource,
        "sum": measure.sum,
        "filter": {column: list(values) for column, values in measure.filter.items()},
        "reported_where": {
            column: list(values) for column, values in measure.reported_where.items()
        },
        "group": measure.group,
        "absence": measure.absence,
        "additive": dict(measure.additive),
    }
