"""Folium without pandas: a worker that never sees a data frame need not hold its library.

Folium takes pandas as optional, and imports it when it is installed, which here it is for the
build: a third of a worker's memory and half of its start. Elsewhere in a process that has pandas
already, this is a plain import.
"""

from __future__ import annotations

import sys


def _import_folium() -> None:
    hide = "pandas" not in sys.modules
    if hide:
        # What Python documents for a module that must not be found.
        sys.modules["pandas"] = None  # type: ignore[assignment]  # typeshed has no word for it
    try:
        import folium  # noqa: F401  # imported here, under the hidden name
    finally:
        if hide:
            del sys.modules["pandas"]


_import_folium()

import folium  # noqa: E402  # after the step above, which is the point

__all__ = ["folium"]
