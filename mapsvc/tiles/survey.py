"""A whole pyramid judged: every tile by itself, with its neighbours, and from zoom to zoom."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from mapsvc.tiles.checker import CheckedFeature, CheckedTile, inspect
from mapsvc.tiles.neighbours import Ground, Shapes, disagreements, misfits

LISTED = 10
"""Jurisdictions named in one line."""

_STEPS = ((1, 0), (0, 1))


@dataclass(frozen=True)
class Roll:
    """The jurisdictions that a pyramid is of; every column has an entry for each."""

    ids: Sequence[str]
    fids: Sequence[int]
    territories: Shapes
    """Longitudes and latitudes (EPSG:4326); None where there is none."""


Place = tuple[int, int, int]
"""Zoom, column and row."""


def survey(
    key: str,
    roll: Roll,
    zooms: range,
    tiles: Mapping[Place, Callable[[], bytes]],
) -> Iterator[str]:
    """Yield what is wrong with the pyramid of a layer, a line each; nothing where it is sound.

    ``tiles`` says how to read each, uncompressed. It is read once, and held until its neighbours
    are.
    """
    ground = Ground(roll.fids, roll.territories, zooms[-1])
    for zoom in zooms:
        yield from _ZoomSurvey(key, roll, ground, zoom).run(
            {place: tiles[place] for place in sorted(tiles) if place[0] == zoom}
        )
    for z, x, y in tiles:
        if z not in zooms:
            yield f"tile {key}/{z}/{x}/{y}: the layer has no zoom {z}"


@dataclass
class _ZoomSurvey:
    """One zoom of a pyramid, column by column."""

    key: str
    roll: Roll
    ground: Ground
    zoom: int
    seen: set[int] = field(default_factory=set)
    labels: dict[int, int] = field(default_factory=dict)

    def run(self, tiles: Mapping[Place, Callable[[], bytes]]) -> Iterator[str]:
        names = dict(zip(self.roll.fids, self.roll.ids, strict=True))
        held: dict[Place, Sequence[CheckedFeature]] = {}
        for (z, x, y), read in tiles.items():
            # What is two columns to the west has met all its neighbours.
            for past in [other for other in held if other[1] < x - 1]:
                del held[past]
            tile = inspect(read())
            areas = tile.features(self.key)
            held[z, x, y] = areas
            for fault in self._alone(tile, names, (z, x, y)):
                yield f"tile {self.key}/{z}/{x}/{y}: {fault}"
            for dx, dy in _STEPS:
                before = (z, x - dx, y - dy)
                met = held.get(before, ()) if min(before) >= 0 else None
                for fid in disagreements(met, areas, dx, dy) if met is not None else ():
                    where = f"{self.key}/{z}/{before[1]}/{before[2]}"
                    yield f"tiles {where} and {x}/{y}: feature {fid} differs where they meet"
                after = (z, x + dx, y + dy)
                if after not in tiles and max(after[1:]) < 1 << z:
                    for fid in disagreements(areas, (), dx, dy):
                        yield (
                            f"tile {self.key}/{z}/{x}/{y}: feature {fid} reaches into"
                            f" {after[1]}/{after[2]}, which does not exist"
                        )
        yield from self._lost()

    def _alone(self, tile: CheckedTile, names: Mapping[int, str], place: Place) -> Iterator[str]:
        yield from map(str, tile.breaches)
        for layer in tile.layers.values():
            for feature in layer.features:
                if names.get(feature.fid or 0) != feature.properties.get("id"):
                    yield f"{layer.name}, feature {feature.fid}: its id property is" + (
                        f" {feature.properties.get('id')!r}, not {names.get(feature.fid or 0)!r}"
                    )
        self.seen |= {each.fid for each in tile.features(self.key) if each.fid is not None}
        for label in tile.features(f"{self.key}-labels"):
            if label.fid is not None:
                self.labels[label.fid] = self.labels.get(label.fid, 0) + 1
        if not any(breach.must for breach in tile.breaches):
            yield from misfits(tile.features(self.key), self.ground, *place)

    def _lost(self) -> Iterator[str]:
        mapped = ~shapely.is_missing(self.roll.territories)
        for what, found in (("", self.seen), ("the label of ", set(self.labels))):
            lost = [
                self.roll.ids[row]
                for row in np.flatnonzero(mapped).tolist()
                if self.roll.fids[row] not in found
            ]
            if lost:
                more = f" and {len(lost) - LISTED} more" if len(lost) > LISTED else ""
                listed = ", ".join(lost[:LISTED])
                yield f"tiles of {self.key} at zoom {self.zoom} lack {what}{listed}{more}"
        for fid, count in self.labels.items():
            if count > 1:
                yield f"tiles of {self.key} at zoom {self.zoom} label feature {fid} {count} times"
