"""Where the bundled atlas and the front end are: in the installed package, or in the repository."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "_bundled"
_ROOT = _BUNDLED if _BUNDLED.is_dir() else _PACKAGE.parent


def boundaries() -> Path:
    """Return the folder of the bundled boundary sets."""
    return _ROOT / "boundaries"


def datasets() -> Path:
    """Return the folder of the bundled datasets."""
    return _ROOT / "datasets"


def static() -> Path:
    """Return the folder of style sheets, scripts and installed front-end libraries."""
    return _ROOT / "static"
