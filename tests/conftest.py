"""What several test modules share: a made-up state and its release, built once a session."""

from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings
from playwright.sync_api import sync_playwright

from mapsvc import resources
from mapsvc.release import store
from mapsvc.release.build import build_release
from tests.miniature import write_miniature

# How long one example takes says more of the machine than of the code.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


@pytest.fixture(scope="session")
def playwright():
    """The one driver of browsers that a process can have."""
    with sync_playwright() as driver:
        yield driver


class Atlas(NamedTuple):
    """Two folders of sources and the atlas built from them."""

    boundaries: Path
    datasets: Path
    atlas: Path

    @property
    def release(self):
        return store.open_release(self.atlas)


@pytest.fixture(scope="session")
def miniature(tmp_path_factory) -> Atlas:
    """The made-up state of six counties, built; tests must not change it."""
    folder = tmp_path_factory.mktemp("miniature")
    boundaries, datasets = write_miniature(folder)
    build_release(boundaries, datasets, folder / "atlas")
    return Atlas(boundaries, datasets, folder / "atlas")


@pytest.fixture(scope="session")
def bundled(tmp_path_factory) -> Atlas:
    """The release of the bundled data; tests must not change it."""
    atlas = tmp_path_factory.mktemp("bundled") / "atlas"
    build_release(resources.boundaries(), resources.datasets(), atlas)
    return Atlas(resources.boundaries(), resources.datasets(), atlas)
