"""What a person at a terminal sees: every command, and every way to get it wrong."""

import errno
import os
import shutil
import socket
import subprocess
import sys

import pytest

from mapsvc import cli
from mapsvc.release import store
from tests.miniature import write_miniature


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["mapsvc", *map(str, arguments)])
    try:
        cli.main()
    except SystemExit as stopped:
        return stopped.code
    return 0


@pytest.fixture
def copy(miniature, tmp_path, monkeypatch):
    """An atlas of one's own to change, in the working directory."""
    shutil.copytree(miniature.atlas, tmp_path / "atlas", symlinks=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "atlas"


def test_build_publishes_and_reports(monkeypatch, tmp_path, capsys):
    boundaries, datasets = write_miniature(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, "build", "--boundaries", boundaries, "--datasets", datasets) == 0
    said = capsys.readouterr()
    identifier = store.current_id(tmp_path / "atlas")
    assert f"Release {identifier} is published in atlas" in said.out
    assert "incidents                      190       188          2         0" in said.out
    assert "It happened in another state" in said.out
    assert "Read sources" in said.err


def test_bad_input_is_listed_with_exit_status_one(monkeypatch, tmp_path):
    boundaries, datasets = write_miniature(tmp_path)
    (datasets / "stops/stops.csv").write_text("")
    code = run(
        monkeypatch, "build", "--boundaries", boundaries, "--datasets", datasets,
        "--atlas", tmp_path / "atlas",
    )  # fmt: skip
    assert "stops.csv" in code
    assert "nothing was published" in code


def test_check_says_that_a_release_is_sound(monkeypatch, copy, capsys):
    assert run(monkeypatch, "check") == 0
    assert "is sound" in capsys.readouterr().out


def test_check_of_a_damaged_release_fails_and_names_the_file(monkeypatch, copy):
    (copy / "current" / "report.json").write_text("{}")
    assert "report.json differs from its checksum" in run(monkeypatch, "check")


def test_releases_are_listed_and_rolled_back(monkeypatch, copy, capsys):
    first = store.current_id(copy)
    with store.building(copy) as writer:
        writer.write_json("catalogue.json", {})
    second = store.current_id(copy)
    assert run(monkeypatch, "releases") == 0
    assert capsys.readouterr().out.splitlines() == [f"* {second}", f"  {first}"]
    assert run(monkeypatch, "rollback", first) == 0
    assert store.current_id(copy) == first
    assert "no release 'nonsense'" in run(monkeypatch, "rollback", "nonsense")


def test_old_releases_are_pruned_but_never_the_one_served(copy):
    first = store.current_id(copy)
    for text in ("b", "c", "d"):
        with store.building(copy) as writer:
            writer.write_json("catalogue.json", {"title": text})
    store.rollback(copy, first)
    store.prune(copy, 2)
    left = store.releases(copy)
    assert first in left
    assert len(left) <= 3


def test_tile_prints_the_features_of_a_tile(monkeypatch, copy, capsys):
    assert run(monkeypatch, "tile", "counties/0/0/0") == 0
    assert '"name": "Alder"' in capsys.readouterr().out
    assert "LAYER/Z/X/Y" in run(monkeypatch, "tile", "counties/zero")
    assert "no layer 'towns'" in run(monkeypatch, "tile", "towns/0/0/0")


def test_serve_without_a_release_says_to_build(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert "mapsvc build" in run(monkeypatch, "serve")


def test_serve_on_a_taken_port_says_so(monkeypatch, copy):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = run(monkeypatch, "serve", "--port", port)
    assert str(port) in said
    assert "--port" in said


def test_a_full_disk_is_told_and_leaves_no_half_release(monkeypatch, tmp_path):
    boundaries, datasets = write_miniature(tmp_path)

    def fail(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "values.parquet")

    monkeypatch.setattr("mapsvc.release.build.write_values", fail)
    said = run(
        monkeypatch, "build", "--boundaries", boundaries, "--datasets", datasets,
        "--atlas", tmp_path / "atlas",
    )  # fmt: skip
    assert "no space left on the disk" in said
    assert list((tmp_path / "atlas/releases").iterdir()) == []


def test_a_setting_that_makes_no_sense_is_told(monkeypatch, copy):
    assert "--port" in run(monkeypatch, "serve", "--port", "many")
    monkeypatch.setenv("MAPSVC_PORT", "0")
    assert "MAPSVC_PORT" in run(monkeypatch, "serve")


def test_settings_come_from_a_file_too(monkeypatch, copy, tmp_path):
    (tmp_path / "mapsvc.toml").write_text('atlas = "elsewhere"\n')
    assert "elsewhere" in run(monkeypatch, "serve")


def test_an_unknown_command_is_an_error_with_help(monkeypatch, capsys):
    assert run(monkeypatch, "bild") == 2
    assert "bild" in capsys.readouterr().err


def test_the_installed_command_runs():
    done = subprocess.run(
        [sys.executable, "-c", "from mapsvc.cli import main; main()", "--help"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    for command in ("build", "serve", "check", "releases", "rollback", "tile"):
        assert command in done.stdout


def test_messages_are_written_once_and_checked(monkeypatch, tmp_path, capsys):
    boundaries, datasets = write_miniature(tmp_path)
    folders = ["--boundaries", str(boundaries), "--datasets", str(datasets)]
    assert run(monkeypatch, "messages", "--check", *folders) == 1
    assert not list(tmp_path.rglob("*.po"))
    run(monkeypatch, "messages", *folders)
    written = {path: path.read_bytes() for path in tmp_path.rglob("locale/es.po")}
    assert len(written) == 4
    assert "stops/locale/es.po: " in capsys.readouterr().out
    run(monkeypatch, "messages", *folders)
    assert {path: path.read_bytes() for path in written} == written
    capsys.readouterr()
    assert run(monkeypatch, "messages", "--check", *folders) == 1
    assert "not up to date" not in capsys.readouterr().out
