"""The addresses that a map is given: ``maps`` knows none by itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Addresses:
    """Where the parts of a map are. Prefixes end in a slash and take a quoted name."""

    page: str
    dataset: str
    tiles: str
    context_tiles: str
    columns: str
    """Prefix of the columns of the layer and indicator; a period follows."""
    classes: str
    """Where classes that a reader chose are, of the layer and indicator."""
    effects: str
    """Prefix of what other denominators change; a period follows."""
    history: str
    """Prefix of a place's values over the periods of the indicator; its id follows."""
    profiles: str
    """Template of the profiles of the layer, with ``{id}`` for a quoted id."""
    reporting: str
    """Prefix of who reported in the layer, of the indicator; a period follows."""
    differences: str
    """Prefix of how places stand beside others, of the indicator; a period follows."""
    changes: str
    """Prefix of how places changed, of the indicator; a period and ``?since=`` follow."""
    two_style: str
    """The style sheet of two periods, which a page loads when it shows them."""
    places: str
    """Where places are compared by the indicator; a query follows."""
    search: str
    """Where places are found by name or code."""
    neighbours: str
    """Who is beside whom in the layer."""
