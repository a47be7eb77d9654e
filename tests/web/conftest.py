"""The service over a synthetic release, asked without a socket."""

import pytest
from werkzeug.test import Client

from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.web.app import create_wsgi
from tests.synthetic_release import write_release


@pytest.fixture(scope="session")
def atlas(tmp_path_factory):
    folder = tmp_path_factory.mktemp("atlas")
    write_release(folder)
    return folder


@pytest.fixture(scope="session")
def current(atlas):
    return CurrentRelease(atlas)


@pytest.fixture(scope="session")
def client(atlas, current):
    return Client(create_wsgi(current, Settings(atlas=atlas)))


@pytest.fixture(scope="session")
def hostile_client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    write_release(folder, hostile=True)
    return Client(create_wsgi(CurrentRelease(folder), Settings(atlas=folder)))
