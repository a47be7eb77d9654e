"""What helps to find a place: what else it is called, and what lies beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import shapely

from mapsvc.ingest.boundaries import Layer
from mapsvc.ingest.crosswalk import Crosswalk
from mapsvc.release.reader import Release

Aliases = dict[str, list[dict[str, str | None]]]
Neighbours = dict[str, dict[str, list[str]]]

_ALIAS = ("id", "scheme", "alias", "valid_from", "valid_to")


def aliases(crosswalk: Crosswalk) -> Aliases:
    """Return the other names and codes of each layer, as written, sorted by id, scheme and alias.

    A date is null where the alias holds since ever, or until now.
    """
    found: Aliases = {key: [] for key in crosswalk.layers}
    for record in crosswalk.aliases:
        found[str(record["layer"])].append({name: record[name] for name in _ALIAS})
    for listed in found.values():
        listed.sort(key=lambda each: [each[name] or "" for name in _ALIAS])
    return found


def neighbours(layers: Mapping[str, Layer]) -> Neighbours:
    """Return, by layer and id, the ids that share a stretch of border, sorted.

    A point in common is none. Borders are compared as they are, so polygons that part or overlap
    where they should meet have no border there; one without polygon has no neighbour.
    """
    return {key: _beside(layer) for key, layer in layers.items()}


def _beside(layer: Layer) -> dict[str, list[str]]:
    shapes = np.array(layer.geometry, dtype=object)
    mapped = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    polygons = shapes[mapped]
    one, other = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    one, other = one[one < other], other[one < other]
    borders = shapely.boundary(polygons)
    shared = shapely.length(shapely.intersection(borders[one], borders[other])) > 0
    found: dict[str, set[str]] = {}
    pairs = zip(mapped[one[shared]].tolist(), mapped[other[shared]].tolist(), strict=True)
    for at, beside in pairs:
        found.setdefault(layer.ids[at], set()).add(layer.ids[beside])
        found.setdefault(layer.ids[beside], set()).add(layer.ids[at])
    return {identifier: sorted(found[identifier]) for identifier in sorted(found)}


def check_finding(release: Release) -> Iterator[str]:
    """Yield what is wrong with a release's aliases and neighbours, a line each."""
    for name, document in (("aliases", release.aliases), ("neighbours", release.neighbours)):
        if document and set(document) != set(release.layer_keys):
            yield f"{name}: its layers are not those of the catalogue"
            return
    for key, listed in release.aliases.items():
        known = release.layer(key).index
        for each in listed:
            if each["id"] not in known:
                yield f"aliases: {key} has no jurisdiction {each['id']!r}"
            if each["valid_from"] and each["valid_to"] and each["valid_from"] > each["valid_to"]:
                yield f"aliases: {each['alias']!r} of {each['id']} ends before it begins"
    for key, beside in release.neighbours.items():
        known = release.layer(key).index
        for identifier, others in beside.items():
            for other in others:
                if other not in known or identifier not in known:
                    yield f"neighbours: {key} has no {identifier!r} beside {other!r}"
                elif other == identifier or identifier not in beside.get(other, ()):
                    yield f"neighbours: {other!r} has not {identifier!r} beside it, which has it"
