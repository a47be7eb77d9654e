"""The layout of docs/architecture.md, read from the syntax trees."""

import ast
from pathlib import Path

import pytest

import mapsvc

ROOT = Path(mapsvc.__file__).parent
MODULES = {
    "mapsvc."
    + ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in ROOT.rglob("*.py")
    if "_bundled" not in path.parts
}
WORDS = {
    "basemap",
    "errors",
    "geoid",
    "language",
    "model",
    "remarks",
    "resources",
    "settings",
    "wording",
}
ORDER = ["words", "statistics", "ingest", "derive", "tiles", "release", "maps", "web", "cli"]
FORBIDDEN = {
    # web and maps see the words, statistics and a release's reader, never how it was made.
    "web": {"ingest", "derive"},
    "maps": {"ingest", "derive"},
    "tiles": {"ingest", "derive"},
}
ONLY = {
    "flask": {"mapsvc.web"},
    "folium": {"mapsvc.maps"},
    "mapbox_vector_tile": {"mapsvc.tiles.mvt"},
    "dask": {"mapsvc.derive.engine"},
}


def part(module: str) -> str:
    name = [*module.split("."), "__init__"][1]
    return "words" if name in WORDS or name.startswith("__") else name


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_point_down_only(module):
    own = part(module)
    for name in imported(MODULES[module]):
        if name.startswith("mapsvc."):
            other = part(name)
            assert other in ORDER, f"{module} imports {name}, which has no place in the layout"
            assert ORDER.index(other) <= ORDER.index(own), f"{module} imports {name}"
            assert other not in FORBIDDEN.get(own, set()), f"{module} imports {name}"


@pytest.mark.parametrize("module", sorted(MODULES))
def test_each_library_is_used_behind_one_door(module):
    for name in imported(MODULES[module]):
        doors = ONLY.get(name.split(".")[0])
        if doors:
            assert any(module == door or module.startswith(door + ".") for door in doors), (
                f"{module} imports {name}"
            )


@pytest.mark.parametrize("module", sorted(MODULES))
def test_no_file_has_grown_past_four_hundred_lines(module):
    assert len(MODULES[module].read_text("utf-8").splitlines()) <= 400


def test_nothing_in_the_package_is_about_one_state():
    for path in MODULES.values():
        text = path.read_text("utf-8").lower()
        assert "california" not in text, f"{path.name} names a state: that is data"
