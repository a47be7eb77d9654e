"""The package's checker, as tests of sound tiles want it: a tile that breaks a rule is an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mapsvc.tiles.checker import CheckedFeature, inspect


def decode(tile: bytes) -> Mapping[str, Sequence[CheckedFeature]]:
    """Return the features of each source layer; raises ValueError for a tile that breaks a rule."""
    checked = inspect(tile)
    if checked.breaches:
        raise ValueError("\n".join(map(str, checked.breaches)))
    return {name: layer.features for name, layer in checked.layers.items()}


def problems(tile: bytes) -> list[str]:
    """Return every rule that a tile breaks."""
    return [str(breach) for breach in inspect(tile).breaches]


def column_types(tile: bytes, layer: str) -> dict[str, frozenset[str]]:
    """Return the wire types that each column of a layer uses."""
    return dict(inspect(tile).layers[layer].types)
