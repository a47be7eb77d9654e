"""Colours of the classes: ColorBrewer's, by name, for a light and for a dark page."""

from __future__ import annotations

from functools import lru_cache

from branca.utilities import color_brewer

_SMALLEST = 3
"""ColorBrewer has no scheme of fewer colours."""
_LARGEST = 9
"""Nor, of one hue or two, of more."""


@lru_cache(maxsize=64)
def colours(name: str, classes: int) -> tuple[str, ...]:
    """Return a colour for each class, pale to strong; raises ValueError for an unknown palette.

    >>> colours("YlGnBu", 3)
    ('#edf8b1', '#7fcdbb', '#2c7fb8')
    >>> colours("YlGnBu", 1)
    ('#2c7fb8',)
    """
    scheme = color_brewer(name, max(classes, _SMALLEST))
    return tuple(scheme[len(scheme) - classes :])


def themed(name: str, classes: int) -> dict[str, tuple[str, ...]]:
    """Return the colours for both themes.

    On a light page the palest colour is left to the ground, from which it would not stand out. On
    a dark one the order is turned round, so that the highest class is still the one that does.
    """
    light = colours(name, classes + 1)[1:] if classes < _LARGEST else colours(name, classes)
    return {"light": light, "dark": colours(name, classes)[::-1]}
