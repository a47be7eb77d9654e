"""Laws of releases on disk: whole or not at all, the same bytes the same id, never damaged."""

import os

import pytest

from mapsvc.errors import DamagedReleaseError, MapsvcError, NoReleaseError
from mapsvc.release import store


def publish(atlas, text="one"):
    with store.building(atlas) as writer:
        writer.write_json("catalogue.json", {"title": text})
        writer.path("data/a/b.csv").write_text(text)
    return store.current_id(atlas)


def test_a_published_release_is_the_current_one_and_opens(tmp_path):
    identifier = publish(tmp_path)
    assert store.open_release(tmp_path).id == identifier
    assert store.open_release(tmp_path).catalogue == {"title": "one"}
    assert store.releases(tmp_path) == [identifier]


def test_equal_content_has_an_equal_id_and_other_content_another(tmp_path):
    first = publish(tmp_path / "a")
    assert publish(tmp_path / "b") == first
    assert publish(tmp_path / "b", "two") != first
    assert publish(tmp_path / "b") == first
    assert store.releases(tmp_path / "b")[0] == first


def test_a_build_that_fails_leaves_nothing_and_the_old_release_serves_on(tmp_path):
    identifier = publish(tmp_path)

    def fail_half_way():
        with store.building(tmp_path) as writer:
            writer.write_json("catalogue.json", {})
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk is full"):
        fail_half_way()
    assert store.current_id(tmp_path) == identifier
    assert [path.name for path in (tmp_path / "releases").iterdir()] == [identifier]


def test_what_a_killed_build_left_is_swept_by_the_next(tmp_path):
    stale = tmp_path / "releases" / ".building-dead"
    stale.mkdir(parents=True)
    publish(tmp_path)
    assert not stale.exists()


def test_two_builds_of_one_atlas_exclude_each_other(tmp_path):
    with (
        store.building(tmp_path) as writer,
        pytest.raises(MapsvcError, match="Another build"),
        store.building(tmp_path),
    ):
        pytest.fail("the second build began")
    assert writer.folder.name != store.current_id(tmp_path)


def test_without_a_release_the_error_says_to_build(tmp_path):
    with pytest.raises(NoReleaseError, match="mapsvc build"):
        store.open_release(tmp_path)
    identifier = publish(tmp_path)
    with pytest.raises(NoReleaseError, match=identifier):
        store.open_release(tmp_path, "nonsense")


@pytest.mark.parametrize("harm", ["change", "remove", "manifest", "format"])
def test_a_damaged_release_does_not_open_and_is_named(tmp_path, harm):
    folder = tmp_path / "releases" / publish(tmp_path)
    if harm == "change":
        (folder / "data/a/b.csv").write_text("forged")
    elif harm == "remove":
        (folder / "data/a/b.csv").unlink()
    elif harm == "manifest":
        (folder / "manifest.json").write_text("{")
    else:
        manifest = folder / "manifest.json"
        manifest.write_text(manifest.read_text().replace('"format": 1', '"format": 9'))
    with pytest.raises(DamagedReleaseError, match=r"b\.csv|manifest|format"):
        store.open_release(tmp_path)
    publish(tmp_path)
    assert store.open_release(tmp_path).catalogue == {"title": "one"}


def test_rollback_serves_the_release_before(tmp_path):
    first = publish(tmp_path)
    publish(tmp_path, "two")
    store.rollback(tmp_path, first)
    assert store.open_release(tmp_path).id == first
    with pytest.raises(NoReleaseError):
        store.rollback(tmp_path, "nonsense")


def test_a_server_takes_up_a_new_release_and_keeps_the_old_one_when_it_is_damaged(tmp_path):
    first = publish(tmp_path)
    current = store.CurrentRelease(tmp_path, interval=0)
    second = publish(tmp_path, "two")
    assert current.get().id == second
    third = publish(tmp_path, "three")
    (tmp_path / "releases" / third / "data/a/b.csv").write_text("forged")
    assert current.get().id == second
    assert "damaged" in current.fault
    store.rollback(tmp_path, first)
    assert current.get().id == first
    assert current.fault is None


def test_data_files_are_those_of_the_manifest_only(tmp_path):
    publish(tmp_path)
    release = store.open_release(tmp_path)
    assert release.data_file("data/a/b.csv").read_text() == "one"
    for name in ("catalogue.json", "data/../catalogue.json", "data/a/c.csv", "/etc/passwd"):
        with pytest.raises(MapsvcError, match="no data file"):
            release.data_file(name)


def test_the_folder_of_a_release_is_readable_for_others(tmp_path):
    identifier = publish(tmp_path)
    mode = os.stat(tmp_path / "releases" / identifier).st_mode & 0o777
    assert mode == 0o755
