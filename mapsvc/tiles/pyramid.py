"""Whole pyramids of tiles: a boundary set's, and the ground under the map.

A tile holds what lies in its box and in ``BUFFER`` units around it; a tile in which nothing lies
does not exist. A label is in the one tile whose box holds its point, never in a buffer, so that
no client writes it twice. The same input gives the same bytes.
"""

from __future__ import annotations

import pickle
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from mapsvc.errors import InputError, Problem
from mapsvc.tiles.borders import without_repeats
from mapsvc.tiles.checker import MAX_TILE_BYTES
from mapsvc.tiles.coverage import Polygons, grid_levels, snap
from mapsvc.tiles.grid import (
    BUFFER,
    EXTENT,
    MAX_ZOOM,
    project,
    tile_box,
    tiles_covering,
    tiles_meeting,
    to_grid,
)
from mapsvc.tiles.mvt import Feature, TileLayer, Value, encode_tiles

Tile = tuple[int, int, int, bytes]
"""Zoom, column, row, and the uncompressed vector tile."""

Progress = Callable[[int, int], None]
"""Called with the number of tiles tried and the number of all to try."""


class _Source(NamedTuple):
    """A source layer at one zoom: what each of its features says, and where it may be."""

    name: str
    fids: Sequence[int]
    properties: Sequence[Mapping[str, Value]]
    geometry: NDArray[np.object_]
    """Polygons on the grid of the zoom, or points in the coordinates of their own tile."""
    rows: Mapping[tuple[int, int], list[int]]
    """The features that each tile may hold, in the order in which they are written."""


Sources = Mapping[int, Sequence[_Source]]
"""By zoom."""

Place = tuple[int, int, int]
"""Zoom, column and row of a tile."""

HAIR = 2.0**-10
"""Units: no vertex on the integer grid is as near to a line beside it."""

WORTH_PROCESSES = 4000
"""Tiles from which on several processes are faster than one: each takes a second to start."""
BLOCK = 250
"""Tiles that are cut together."""


def build_pyramid(
    layer_key: str,
    fids: Sequence[int],
    polygons: Polygons,
    properties: Sequence[Mapping[str, Value]],
    label_points: NDArray[np.float64],
    min_zoom: int,
    max_zoom: int,
    progress: Progress | None = None,
    workers: int = 1,
) -> Iterator[Tile]:
    """Yield the tiles of a boundary set, by zoom, column and row; the same for any ``workers``.

    A row a jurisdiction: its feature id; its territory (longitude and latitude, EPSG:4326; None
    where it has none); its properties, ``id``, ``name`` and ``kind``; and the point of its label
    (an (n, 2) array), inside the territory, or NaN where there is neither. A tile has the
    source layers ``<layer_key>`` and ``<layer_key>-labels``, each sorted by ``id``. No territory
    vanishes at any zoom. Raises InputError for a tile above ``MAX_TILE_BYTES``, and ValueError
    for a territory without a label point.
    """
    _check_zooms(min_zoom, max_zoom)
    order = sorted(range(len(fids)), key=lambda row: str(properties[row]["id"]))
    fids = [fids[row] for row in order]
    properties = [properties[row] for row in order]
    labels = np.asarray(label_points, dtype=float).reshape(-1, 2)[order]
    labelled = np.flatnonzero(np.isfinite(labels).all(axis=1))
    polygons = polygons[order]
    if not shapely.is_missing(np.delete(polygons, labelled)).all():
        raise ValueError(f"Layer {layer_key!r}: a territory has no label point")
    levels = grid_levels(polygons, range(min_zoom, max_zoom + 1), labels)
    sources = {}
    for zoom, level in levels.items():
        corners = _label_corners(labels[labelled], level[labelled], zoom)
        sources[zoom] = (
            _polygon_source(layer_key, fids, properties, level, zoom),
            _point_source(f"{layer_key}-labels", fids, properties, corners, labelled),
        )
    yield from _tiles(sources, progress, workers=workers)


def build_context_pyramid(
    layers: Mapping[str, tuple[NDArray[np.object_], Sequence[Mapping[str, Value | None]]]],
    bounds: tuple[float, float, float, float],
    max_zoom: int = 8,
    progress: Progress | None = None,
) -> Iterator[Tile]:
    """Yield the tiles of the ground under the map, zoom 0 to ``max_zoom``.

    Each source layer has its geometry (longitude and latitude, EPSG:4326) and its properties,
    those with None left out; a layer is polygons or points throughout. Only tiles that cover
    ``bounds`` (west, south, east, north) are made. A feature's id is its row, from 1. Polygons
    are simplified and snapped as a boundary set is, but one that shrinks to nothing is left out.

    A point with a ``rank`` (0 is the most important) appears at the zooms from ``rank - 1`` on,
    and at ``max_zoom`` in any case; smaller ranks come first in a tile.
    """
    _check_zooms(0, max_zoom)
    zooms = range(max_zoom + 1)
    sources: dict[int, list[_Source]] = {zoom: [] for zoom in zooms}
    for name, (geometry, rows) in layers.items():
        fids = range(1, len(rows) + 1)
        properties = [
            {key: value for key, value in row.items() if value is not None} for row in rows
        ]
        if (shapely.get_type_id(geometry) == 0).all():
            points = project(shapely.get_coordinates(geometry))
            ranks = np.array([float(row.get("rank", 0)) for row in properties])
            by_rank = np.argsort(ranks, kind="stable")
            for zoom in zooms:
                shown = by_rank[(ranks[by_rank] <= zoom + 1) | (zoom == max_zoom)]
                corners = _corners(to_grid(points[shown], zoom), zoom)
                sources[zoom].append(_point_source(name, fids, properties, corners, shown))
        else:
            for zoom, level in grid_levels(geometry, zooms).items():
                sources[zoom].append(_polygon_source(name, fids, properties, level, zoom))
    covering = {zoom: tiles_covering(bounds, zoom) for zoom in zooms}
    yield from _tiles(sources, progress, covering)


def _check_zooms(min_zoom: int, max_zoom: int) -> None:
    if not 0 <= min_zoom <= max_zoom <= MAX_ZOOM:
        raise ValueError(f"Zooms {min_zoom} to {max_zoom} are not within 0 to {MAX_ZOOM}")


def _polygon_source(
    name: str,
    fids: Sequence[int],
    properties: Sequence[Mapping[str, Value]],
    polygons: Polygons,
    zoom: int,
) -> _Source:
    rows: dict[tuple[int, int], list[int]] = defaultdict(list)
    # Part by part: a chain of islands on both sides of the antimeridian is as wide as the world.
    parts, owners = shapely.get_parts(polygons, return_index=True)
    for row, box in zip(owners.tolist(), shapely.bounds(parts).tolist(), strict=True):
        columns, lines = tiles_meeting(box, zoom)
        for x in columns:
            for y in lines:
                here = rows[x, y]
                if not here or here[-1] != row:
                    here.append(row)
    return _Source(name, fids, properties, polygons, rows)


def _corners(points: NDArray[np.float64], zoom: int) -> NDArray[np.int64]:
    """Return the north-west corners of the grid units that hold points in grid units."""
    return np.clip(np.floor(points), 0, (EXTENT << zoom) - 1).astype(np.int64)


def _label_corners(lonlat: NDArray[np.float64], polygons: Polygons, zoom: int) -> NDArray[np.int64]:
    """Return where labels go on the grid: a coarse polygon can miss the point meant for its label.

    Such a label moves to the polygon's vertex nearest to it.
    """
    corners = _corners(to_grid(project(lonlat), zoom), zoom)
    missed = ~shapely.is_missing(polygons) & ~shapely.intersects_xy(polygons, corners)
    for row in np.flatnonzero(missed):
        vertices = shapely.get_coordinates(polygons[row])
        nearest = ((vertices - corners[row]) ** 2).sum(axis=1).argmin()
        corners[row] = _corners(vertices[nearest], zoom)
    return corners


def _point_source(
    name: str,
    fids: Sequence[int],
    properties: Sequence[Mapping[str, Value]],
    corners: NDArray[np.int64],
    shown: NDArray[np.intp],
) -> _Source:
    """Return a layer of the features ``shown``, at ``corners`` on the grid, a row for each."""
    geometry = np.full(len(fids), None, dtype=object)
    geometry[shown] = shapely.points(corners % EXTENT)
    rows = defaultdict(list)
    for row, (x, y) in zip(shown.tolist(), (corners // EXTENT).tolist(), strict=True):
        rows[x, y].append(row)
    return _Source(name, fids, properties, geometry, rows)


def _tiles(
    sources: Sources,
    progress: Progress | None,
    covering: Mapping[int, set[tuple[int, int]]] | None = None,
    workers: int = 1,
) -> Iterator[Tile]:
    """Yield the tiles that hold something, of those that might and that ``covering`` names."""
    tried: list[Place] = []
    for zoom, layers in sources.items():
        places = {place for source in layers for place in source.rows}
        if covering is not None:
            places &= covering[zoom]
        tried += [(zoom, x, y) for x, y in sorted(places)]
    for done, tile in enumerate(_encoded(sources, tried, workers), start=1):
        if tile is not None:
            yield tile
        if progress is not None:
            progress(done, len(tried))


def _encoded(sources: Sources, tried: Sequence[Place], workers: int) -> Iterator[Tile | None]:
    """Yield each tile in order, None where nothing is in it; in processes where it pays."""
    blocks = [tried[start : start + BLOCK] for start in range(0, len(tried), BLOCK)]
    if workers == 1 or len(tried) < WORTH_PROCESSES:
        for block in blocks:
            yield from _cut(sources, block)
        return
    # Fresh processes: a copy of this one would take over the locks of its threads. What they get
    # is written once for all of them, and shapes as arrays, in a third of the time.
    packed = pickle.dumps(_with_shapes(sources, shapely.to_wkb), protocol=5)
    with ProcessPoolExecutor(workers, get_context("spawn"), _receive, (packed,)) as pool:
        for tiles in pool.map(_block, blocks):
            yield from tiles


def _with_shapes(sources: Sources, change: Callable[[Any], Any]) -> Sources:
    """Return the sources with all shapes of a layer, an array, changed together."""
    return {
        zoom: [source._replace(geometry=change(source.geometry)) for source in layers]
        for zoom, layers in sources.items()
    }


_received: Sources = {}
"""In a worker process, what it cuts tiles of."""


def _receive(packed: bytes) -> None:
    global _received  # noqa: PLW0603  # how an initialiser hands something to its process
    _received = _with_shapes(pickle.loads(packed), shapely.from_wkb)  # noqa: S301  # our parent's


def _block(places: Sequence[Place]) -> list[Tile | None]:
    return _cut(_received, places)


def _cut(sources: Sources, places: Sequence[Place]) -> list[Tile | None]:
    """Return the tiles of some places, None where nothing is in one."""
    filled: list[list[TileLayer]] = [[] for _ in places]
    for number in range(max(len(sources[zoom]) for zoom, _, _ in places)):
        for layers, layer in zip(filled, _layers(sources, number, places), strict=True):
            if layer.features:
                layers.append(layer)
    some = [row for row, layers in enumerate(filled) if layers]
    tiles: list[Tile | None] = [None] * len(places)
    for row, encoded in zip(some, encode_tiles([filled[row] for row in some]), strict=True):
        zoom, x, y = places[row]
        if len(encoded) > MAX_TILE_BYTES:
            name = filled[row][0].name
            raise InputError([_too_heavy(zoom, x, y, name, len(encoded))])
        tiles[row] = (zoom, x, y, encoded)
    return tiles


def _too_heavy(zoom: int, x: int, y: int, layer: str, size: int) -> Problem:
    return Problem(
        what=f"Tile {zoom}/{x}/{y} of layer {layer!r} weighs {size:,} bytes,"
        f" more than {MAX_TILE_BYTES:,}",
        mend="Divide the layer, or start its tiles at a deeper zoom",
    )


def _layers(sources: Sources, number: int, places: Sequence[Place]) -> list[TileLayer]:
    """Return a source layer in each of some places, with what features it has there."""
    given = [(sources[zoom][number], x, y) for zoom, x, y in places]
    rows = [source.rows.get((x, y), []) for source, x, y in given]
    shapes = [source.geometry[here] for (source, _, _), here in zip(given, rows, strict=True)]
    areas = [row for row, here in enumerate(shapes) if len(here) and not _is_point(here[0])]
    cut = clip_tiles([(shapes[row], given[row][1], given[row][2]) for row in areas])
    for row, parts in zip(areas, cut, strict=True):
        shapes[row] = parts
    return [
        TileLayer(
            source.name,
            [
                Feature(source.fids[row], shape, source.properties[row])
                for row, shape in zip(here, parts.tolist(), strict=True)
                if shape is not None
            ],
        )
        for (source, _, _), here, parts in zip(given, rows, shapes, strict=True)
    ]


def _is_point(shape: shapely.Geometry) -> bool:
    return bool(shapely.get_type_id(shape) == 0)


def clip(polygons: Polygons, x: int, y: int) -> Polygons:
    """Cut polygons on the grid to a tile's buffered box, in the tile's own coordinates.

    Polygons are valid and have integer coordinates, and so does the answer; None where nothing is
    left. A border that leaves the box is cut at a rounded point, so it deviates by half a unit at
    most.
    """
    (cut,) = clip_tiles([(polygons, x, y)])
    return cut


def clip_tiles(wanted: Sequence[tuple[Polygons, int, int]]) -> list[Polygons]:
    """Cut, for each tile, polygons to its box as ``clip`` does, in a fraction of the time."""
    if not wanted:
        return []
    sizes = [len(polygons) for polygons, _, _ in wanted]
    ends = np.cumsum(sizes)
    parts, crossing = _knifed(wanted, sizes)
    corners = np.repeat([(x * EXTENT, y * EXTENT) for _, x, y in wanted], sizes, axis=0)
    coordinates, owner = shapely.get_coordinates(parts, return_index=True)
    coordinates -= corners[owner]
    parts = shapely.set_coordinates(parts, coordinates)
    whole = parts.copy()
    # What was not cut is on the grid, and sound, as it is.
    cut = crossing[owner]
    whole[crossing] = shapely.set_coordinates(whole[crossing], np.rint(coordinates[cut]))
    broken = np.zeros(len(whole), dtype=bool)
    broken[crossing] = ~shapely.is_valid(whole[crossing])
    whole[broken | shapely.is_empty(whole)] = None
    whole[crossing] = without_repeats(whole[crossing])
    answer = np.split(whole, ends[:-1])
    for tile in np.unique(np.searchsorted(ends, np.flatnonzero(broken), side="right")).tolist():
        # Mended one by one, polygons would no longer match along the borders that they share.
        answer[tile] = snap(parts[ends[tile] - sizes[tile] : ends[tile]])
    return answer


def _knifed(
    wanted: Sequence[tuple[Polygons, int, int]], sizes: Sequence[int]
) -> tuple[Polygons, NDArray[np.bool_]]:
    """Return the parts of all polygons in the boxes of their tiles, and tell which were cut."""
    # A hair beyond the buffer there is no vertex and no edge along the knife: the two cases that
    # clip_by_rect gets wrong. Rounding brings the cut back to the buffer.
    hair = np.array([-HAIR, -HAIR, HAIR, HAIR])
    parts = np.concatenate([polygons for polygons, _, _ in wanted])
    boxes = np.repeat([tile_box(x, y, BUFFER) for _, x, y in wanted], sizes, axis=0) + hair
    bounds = shapely.bounds(parts)
    beyond = np.hstack((bounds[:, :2] < boxes[:, :2], bounds[:, 2:] > boxes[:, 2:]))
    crossing: NDArray[np.bool_] = np.any(beyond, axis=1)
    for first, last in pairwise([0, *np.cumsum(sizes).tolist()]):
        knife = first + np.flatnonzero(crossing[first:last])
        if len(knife):
            parts[knife] = shapely.clip_by_rect(parts[knife], *boxes[first].tolist())
    return parts, crossing
