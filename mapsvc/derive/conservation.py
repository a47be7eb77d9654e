"""What must not get lost between a county and its agencies: area and population."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod

Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]

AREA_TOLERANCE = 1e-4
"""Largest difference between a parent's area and the sum of its parts, as a share."""
OVERLAP_M2 = 1000.0
"""Largest overlap of two jurisdictions of one layer."""

_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Partition:
    """How the parts of a layer add up to their parents; ``findings`` is what does not."""

    worst_area_share: float
    worst_area_parent: str
    worst_overlap_m2: float
    findings: tuple[str, ...]

    def as_report(self) -> dict[str, Any]:
        return {
            "area": {
                "tolerance_share": AREA_TOLERANCE,
                "worst_share": float(f"{self.worst_area_share:.3g}"),
                "worst_parent": self.worst_area_parent,
            },
            "overlap": {"tolerance_m2": OVERLAP_M2, "worst_m2": round(self.worst_overlap_m2, 1)},
        }


def geodesic_areas(shapes: Shapes) -> Floats:
    """Return the area in m² on the WGS 84 ellipsoid of shapes in EPSG:4326.

    NaN for what is not a polygon.
    """
    return np.array(
        [
            abs(_GEOD.geometry_area_perimeter(shape)[0])
            if isinstance(shape, shapely.Polygon | shapely.MultiPolygon)
            else np.nan
            for shape in shapes
        ],
        dtype=np.float64,
    )


def check_partition(
    parents: Mapping[str, float],
    parts: Sequence[str],
    part_parents: Sequence[str | None],
    part_areas: Floats,
    part_shapes: Shapes,
) -> Partition:
    """Compare parents' areas (m²) with the sums of their parts, and parts with each other."""
    findings = []
    sums = dict.fromkeys(parents, 0.0)
    for parent, area in zip(part_parents, part_areas, strict=True):
        if parent is not None and not np.isnan(area):
            sums[parent] += float(area)
    shares = {key: abs(sums[key] - area) / area for key, area in parents.items()}
    worst = max(shares, key=lambda key: shares[key])
    for key, share in shares.items():
        if share > AREA_TOLERANCE:
            findings.append(
                f"{key}: its parts cover {sums[key]:,.0f} m², it covers {parents[key]:,.0f} m²"
            )
    overlaps = _overlaps(part_shapes)
    for first, second, area in overlaps:
        if area > OVERLAP_M2:
            findings.append(f"{parts[first]} and {parts[second]} overlap by {area:,.0f} m²")
    return Partition(
        worst_area_share=shares[worst],
        worst_area_parent=worst,
        worst_overlap_m2=max((area for _, _, area in overlaps), default=0.0),
        findings=tuple(findings),
    )


def _overlaps(shapes: Shapes) -> list[tuple[int, int, float]]:
    """Return the pairs of polygons that share area, with that area in m²."""
    polygons = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    tree = shapely.STRtree(shapes[polygons])
    pairs = polygons[tree.query(shapes[polygons], predicate="intersects")]
    first, second = pairs[:, pairs[0] < pairs[1]]
    shared = shapely.intersection(shapes[first], shapes[second])
    areas = np.array(
        [abs(_GEOD.geometry_area_perimeter(shape)[0]) if shape.area else 0.0 for shape in shared]
    )
    some = areas > 0
    return [
        (int(one), int(other), float(area))
        for one, other, area in zip(first[some], second[some], areas[some], strict=True)
    ]


def population_gap(
    parents: Sequence[str],
    parent_residents: Floats,
    part_parents: Sequence[str | None],
    part_residents: Floats,
    years: Sequence[int],
) -> dict[str, Any]:
    """Return, for every year, the largest gap between a parent's residents and its parts'.

    Both arrays are (jurisdictions, years) with NaN where unknown; parents of which a part has no
    figure are counted, not compared.
    """
    rows = {key: row for row, key in enumerate(parents)}
    owner = np.array([rows.get(key or "", -1) for key in part_parents])
    report: dict[str, Any] = {}
    for column, year in enumerate(years):
        figures = part_residents[:, column]
        known = (owner >= 0) & ~np.isnan(figures)
        if not known.any():
            continue
        sums = np.bincount(owner[known], weights=figures[known], minlength=len(parents))
        whole = parent_residents[:, column]
        compared = (np.bincount(owner[known], minlength=len(parents)) > 0) & (whole > 0)
        share = np.where(compared, np.abs(sums - whole) / np.where(whole > 0, whole, 1), 0.0)
        worst = int(np.argmax(share))
        report[str(year)] = {
            "compared": int(compared.sum()),
            "worst_share": float(f"{share[worst]:.3g}"),
            "worst_parent": parents[worst],
        }
    return report
