"""The policy ``small_cells``: what a dataset shows, less what must not be worked out.

The choice and the attack on it are ``mapsvc.derive.disclosure``; here they meet the indicators of a
dataset and the releases that the atlas still keeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from mapsvc.derive.disclosure import Division, Figures, MeasureSum, count_cube, withhold
from mapsvc.derive.indicators import IndicatorValues
from mapsvc.derive.tally import Tally
from mapsvc.ingest.boundaries import Layer
from mapsvc.model import Dataset, Period
from mapsvc.release.reader import Release
from mapsvc.release.values import Published, suppress
from mapsvc.statistics.disclosure import THRESHOLD

SMALL_CELLS = "small_cells"

Shown = dict[str, dict[str, Published]]
"""By indicator and layer."""


def apply_policy(
    dataset: Dataset, shown: Shown, layers: Mapping[str, Layer], earlier: Sequence[Release]
) -> Shown:
    """Return what may be published of a dataset; raises DisclosureError where nothing safe is left.

    ``earlier`` are the kept releases of the atlas: what they show is known for good.
    """
    if dataset.policy != SMALL_CELLS:
        return shown
    indicators = {indicator.slug: indicator for indicator in dataset.indicators}
    by_measure: dict[tuple[str, str], list[tuple[Tally, IndicatorValues]]] = {}
    for slug, placed in shown.items():
        for key, each in placed.items():
            named = by_measure.setdefault((indicators[slug].measure.key, key), [])
            named.append((each.tallied, each.values))
    cubes = [
        count_cube(measure, key, layers[key].ids, each)
        for (measure, key), each in by_measure.items()
    ]
    divisions = [
        Division(key, layer.boundary_set.partition_of, layer.parents)
        for key, layer in layers.items()
        if layer.boundary_set.partition_of
    ]
    sums = [MeasureSum(whole, parts) for whole, parts in dataset.sums]
    figures = [each for release in earlier for each in _figures(dataset, release)]
    withheld = withhold(cubes, divisions, sums, figures)
    return {
        slug: {
            key: suppress(
                indicators[slug],
                each,
                withheld[indicators[slug].measure.key, key].of(
                    each.values.periods, each.values.groups
                ),
            )
            for key, each in placed.items()
        }
        for slug, placed in shown.items()
    }


def withhold_report(report: dict[str, Any]) -> dict[str, Any]:
    """Return a dataset's report without the small numbers of records that it would tell.

    Where any is small, so is what it leaves of the total: then no number is told, nor an example.
    """
    lists = [report["unmatched"], *(layer["unmatched"] for layer in report["layers"].values())]
    entries = [each for listed in lists for each in listed]
    small = any(1 <= each["count"] <= THRESHOLD for each in entries)
    for each in entries:
        each["examples"] = []
    if small:
        for each in entries:
            each["count"] = None
        for part in (report, *report["layers"].values()):
            part["joined"] = None
        report["rows_read"] = None
    return report


def _figures(dataset: Dataset, release: Release) -> Iterator[Figures]:
    """Yield what an earlier release shows of the dataset's measures."""
    measures = {measure.key for measure in dataset.measures}
    for entry in release.catalogue["indicators"]:
        if entry["dataset"] != dataset.key or entry["measure"] not in measures:
            continue
        groups = tuple(group["key"] for group in entry["groups"])
        for layer in entry["layers"]:
            yield Figures(
                measure=entry["measure"],
                layer=layer,
                periods=tuple(Period.parse(text) for text in entry["periods"]),
                groups=groups,
                places=release.layer(layer).ids,
                count=np.stack(
                    [
                        [
                            release.values(layer, entry["slug"], period, group).numerator
                            for group in groups
                        ]
                        for period in entry["periods"]
                    ]
                ),
            )
