"""Makes one coverage of California out of county and city polygons that do not fit each other.

All lines are noded together and cut the state into faces; each face gets one owner; agencies and
counties are unions of faces. So an agency's border and a county's are the same points, there is
no gap and no overlap, and a county is exactly its agencies. Coordinates are longitude and latitude
(EPSG:4326) on a grid of 1e-7 degrees, one centimetre; areas and widths are measured in California
Albers (EPSG:3310), in metres.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

GRID = 1e-7
"""Degrees. Both sources have five decimals; the crossings of their lines need more."""

STRIP_WIDTH = 100.0
"""Metres. The city and county files draw the same coast and the same county lines up to so far
apart: land of a sheriff that is narrower, along a county line and along a city, is the city's."""

STRIP_SHARE = 0.25
"""A strip lies along the county line and along a city for at least this share of its outline."""

SLIVER_AREA = 1_000.0
"""Square metres. A detached piece this small is an accident of drawing, wherever it lies."""

EDGE_SLIVER_AREA = 10_000.0
"""Square metres. The same for a detached piece of a sheriff's land that touches the county line."""

SLIVER_WIDTH = 30.0
"""Metres of mean width (twice the area over the outline): a piece on the county line that is
narrower is a sliver up to ``LARGEST_SLIVER``, for it is the error of a line and not a place."""

INNER_SLIVER_WIDTH = 10.0
"""Metres of mean width, for pieces away from the county line, where a gap lies between cities."""

LARGEST_SLIVER = 200_000.0
"""Square metres. Whatever its shape, a larger piece is kept as a real unincorporated island."""

MINIMUM_BEND = 2e-5
"""Degrees, two metres. A vertex whose removal moves the line by a triangle smaller than the square
of this is dropped, from both sides of a border at once."""

_TO_METRES = pyproj.Transformer.from_crs(4326, 3310, always_xy=True)
_TO_DEGREES = pyproj.Transformer.from_crs(3310, 4326, always_xy=True)


@dataclass(frozen=True)
class Claim:
    """Land that an agency claims inside one county. Where claims overlap, the lower rank wins."""

    owner: str
    county: str
    geometry: BaseGeometry
    rank: tuple[int, float]


@dataclass(frozen=True)
class Coverage:
    """Polygons by owner and by county, and what was mended on the way."""

    agencies: dict[str, BaseGeometry]
    counties: dict[str, BaseGeometry]
    figures: dict[str, float]


def in_metres(geometry: Any) -> Any:
    """Return a geometry, or an array of them, in California Albers."""
    return shapely.transform(geometry, _project(_TO_METRES), interleaved=False)


def polygons_of(geometry: BaseGeometry) -> BaseGeometry:
    """Return only the polygons of a geometry; lines and points left over by clipping go."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return shapely.union_all([part for part in parts if part.geom_type == "Polygon"])


def cover(
    counties: dict[str, BaseGeometry], claims: Sequence[Claim], remainder: dict[str, str]
) -> Coverage:
    """Divide every county between its claimants; ``remainder`` owns what nobody claims.

    ``counties`` and ``remainder`` are keyed by county. Claims outside their county are clipped.
    """
    claims = list(claims)
    first = _Faces(counties, claims)
    strips = [strip for county in counties for strip in _strips(first, county, claims, remainder)]
    faces = _Faces(counties, [*claims, *strips])
    figures = {"strips": len(strips), "strips_km2": _area(s.geometry for s in strips) / 1e6}
    owners = [owner or remainder[county] for owner, county in zip(*faces.labels, strict=True)]
    slivers = [_merge_slivers(faces, owners, county, remainder[county]) for county in counties]
    figures["slivers"] = sum(number for number, _ in slivers)
    figures["slivers_km2"] = sum(area for _, area in slivers) / 1e6
    return Coverage(*_dissolve(faces, owners), figures)


class _Faces:
    """The faces that all lines together cut the counties into, with their county and claimant."""

    def __init__(self, counties: dict[str, BaseGeometry], claims: Sequence[Claim]) -> None:
        outlines = [*counties.values(), *(claim.geometry for claim in claims)]
        lines = shapely.union_all(shapely.boundary(np.array(outlines)), grid_size=GRID)
        faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
        points = shapely.STRtree(shapely.point_on_surface(faces))
        county_of: dict[int, str] = {}
        for county, outline in counties.items():
            for face in points.query(outline, predicate="contains"):
                county_of[int(face)] = county
        best: dict[int, Claim] = {}
        for claim in sorted(claims, key=lambda claim: (claim.rank, claim.owner)):
            for face in points.query(claim.geometry, predicate="contains"):
                if county_of.get(int(face)) == claim.county:
                    best.setdefault(int(face), claim)
        inside = sorted(county_of)
        self.polygons: Any = faces[inside]
        self.counties: list[str] = [county_of[face] for face in inside]
        self.claimants: list[str] = [best[face].owner if face in best else "" for face in inside]

    @property
    def labels(self) -> tuple[list[str], list[str]]:
        """The claimant (or an empty string) and the county of each face."""
        return self.claimants, self.counties

    def union(self, chosen: Sequence[int]) -> BaseGeometry:
        """Return the union of some faces."""
        return shapely.union_all(self.polygons[list(chosen)])


def _strips(
    faces: _Faces, county: str, claims: Sequence[Claim], remainder: dict[str, str]
) -> list[Claim]:
    """Return claims on the narrow land between a county's line and its cities.

    A strip is what a morphological opening of the unclaimed land takes away. Its claim is a metre
    too wide, so that no hairline is left beside it, and ranks after every other claim.
    """
    mine = [i for i, where in enumerate(faces.counties) if where == county]
    free = [i for i in mine if not faces.claimants[i]]
    taken = [claim for claim in claims if claim.county == county]
    if not free or not taken:
        return []
    rest = in_metres(faces.union(free))
    line = shapely.boundary(in_metres(faces.union(mine)))
    half = STRIP_WIDTH / 2
    opened = shapely.buffer(shapely.buffer(rest, -half), half * 1.02)
    neighbours = shapely.STRtree([in_metres(claim.geometry) for claim in taken])
    found = []
    for strip in shapely.get_parts(shapely.difference(rest, opened)):
        outline = shapely.boundary(strip)
        along_line = _length_within(outline, line, 1.0)
        if strip.area < SLIVER_AREA / 2 or along_line < STRIP_SHARE * outline.length:
            continue
        near = neighbours.query(strip, predicate="dwithin", distance=1.0)
        lengths = {i: _length_within(outline, neighbours.geometries[i], 1.0) for i in sorted(near)}
        if sum(lengths.values()) < STRIP_SHARE * outline.length:
            continue
        owner = taken[max(lengths, key=lambda i: (lengths[i], taken[i].owner))].owner
        wide = shapely.simplify(shapely.buffer(strip, 1.0, join_style="mitre"), 0.5)
        degrees = shapely.transform(wide, _project(_TO_DEGREES), interleaved=False)
        found.append(Claim(owner, county, degrees, (9, 0.0)))
    return [claim for claim in found if claim.owner != remainder[county]]


def _merge_slivers(
    faces: _Faces, owners: list[str], county: str, sheriff: str
) -> tuple[int, float]:
    """Give every sliver of a county to the neighbour with the longest shared border, in place.

    Returns how many pieces moved and their area in square metres.
    """
    mine = [i for i, where in enumerate(faces.counties) if where == county]
    line = shapely.boundary(faces.union(mine))
    tree = shapely.STRtree(faces.polygons[mine])
    moved, area = 0, 0.0
    for owner in sorted({owners[i] for i in mine}):
        held = [i for i in mine if owners[i] == owner]
        for piece in shapely.get_parts(faces.union(held)):
            if not _is_sliver(piece, line, owner == sheriff):
                continue
            shared: dict[str, float] = defaultdict(float)
            for near in tree.query(piece, predicate="intersects"):
                other = owners[mine[near]]
                if other != owner:
                    border = shapely.intersection(faces.polygons[mine[near]], piece)
                    shared[other] += shapely.length(border)
            if not shared or max(shared.values()) == 0.0:
                continue
            heir = max(shared, key=lambda other: (shared[other], other))
            inside = shapely.point_on_surface(faces.polygons[held])
            for index, point in zip(held, inside, strict=True):
                if shapely.contains(piece, point):
                    owners[index] = heir
            moved, area = moved + 1, area + in_metres(piece).area
    return moved, area


def _is_sliver(piece: BaseGeometry, line: BaseGeometry, of_sheriff: bool) -> bool:
    """Say whether a detached piece is an error of drawing rather than a place."""
    metres = in_metres(piece)
    width = 2 * metres.area / metres.length
    if metres.area < SLIVER_AREA:
        return True
    if not of_sheriff or metres.area > LARGEST_SLIVER:
        return False
    if shapely.dwithin(piece, line, 10 * GRID):
        return bool(metres.area < EDGE_SLIVER_AREA or width < SLIVER_WIDTH)
    return bool(width < INNER_SLIVER_WIDTH)


def _dissolve(
    faces: _Faces, owners: Sequence[str]
) -> tuple[dict[str, BaseGeometry], dict[str, BaseGeometry]]:
    """Return the agencies' and the counties' polygons, without needless vertices."""
    members: dict[str, list[int]] = defaultdict(list)
    county_of: dict[str, str] = {}
    for index, (owner, county) in enumerate(zip(owners, faces.counties, strict=True)):
        members[owner].append(index)
        county_of[owner] = county
    names = sorted(members)
    polygons = np.array([faces.union(members[name]) for name in names])
    polygons = shapely.normalize(shapely.coverage_simplify(polygons, MINIMUM_BEND))
    agencies = dict(zip(names, polygons, strict=True))
    counties = {
        county: shapely.normalize(
            shapely.coverage_union_all([agencies[n] for n in names if county_of[n] == county])
        )
        for county in sorted(set(faces.counties))
    }
    return agencies, counties


def _project(transformer: pyproj.Transformer) -> Any:
    return lambda x, y: np.array(transformer.transform(x, y))


def _length_within(outline: BaseGeometry, other: BaseGeometry, distance: float) -> float:
    return float(shapely.length(shapely.intersection(outline, shapely.buffer(other, distance))))


def _area(geometries: Any) -> float:
    return float(np.sum(shapely.area(in_metres(np.array(list(geometries))))))
