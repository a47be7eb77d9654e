"""A release on disk: written whole or not at all, opened read-only, replaced by one rename.

The layout is in ``docs/formats.md``. Nothing outside this module opens a file of a release.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from mapsvc.errors import DamagedReleaseError, MapsvcError, NoReleaseError, UnknownNameError
from mapsvc.release.reader import Release

FORMAT = 1
MANIFEST = "manifest.json"
_BUILDING = ".building-"
_OTHERS_OPEN = 2
"""Releases beside the current one: citations are followed seldom, and memory is dear."""


def to_json(document: Any) -> bytes:
    """Serialise to the same bytes every time: UTF-8, indented, no NaN."""
    return (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


class ReleaseWriter:
    """A release being written in a folder of its own beside the published ones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        """Return where to write the file ``name``, its folders made."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def write_json(self, name: str, document: Any) -> None:
        self.path(name).write_bytes(to_json(document))

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        """Checksums of every file; the id is theirs, so equal content has an equal id."""
        files = {
            str(path.relative_to(self.folder).as_posix()): path
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and path.name != MANIFEST
        }
        entries = {
            name: {"sha256": _sha256(path), "bytes": path.stat().st_size}
            for name, path in files.items()
        }
        content = "".join(f"{name} {entry['sha256']}\n" for name, entry in entries.items())
        identifier = hashlib.sha256(f"{FORMAT}\n{content}".encode()).hexdigest()[:12]
        return {"id": identifier, "format": FORMAT, "files": entries}


@contextmanager
def building(atlas: Path) -> Iterator[ReleaseWriter]:
    """Write a release into ``atlas`` and publish it when the block ends well.

    The block's errors leave nothing behind. Two builds of one atlas exclude each other.
    """
    releases = atlas / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    with _exclusive(atlas):
        for stale in releases.glob(f"{_BUILDING}*"):
            shutil.rmtree(stale)
        folder = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=releases))
        folder.chmod(0o755)
        try:
            writer = ReleaseWriter(folder)
            yield writer
            identifier: str = writer.manifest["id"]
            writer.write_json(MANIFEST, writer.manifest)
            _sync(folder)
            target = releases / identifier
            if target.exists() and not _damage(target):
                os.utime(target)
            else:
                if target.exists():
                    shutil.rmtree(target)
                folder.rename(target)
            _point(atlas, identifier)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def releases(atlas: Path) -> list[str]:
    """Return the ids of the releases of an atlas, the newest first."""
    folder = atlas / "releases"
    found = [path for path in folder.glob("*") if (path / MANIFEST).is_file()]
    found.sort(key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
    return [path.name for path in found if not path.name.startswith(".")]


def current_id(atlas: Path) -> str | None:
    """Return the id of the release that an atlas serves, or None."""
    try:
        return Path(os.readlink(atlas / "current")).name
    except OSError:
        return None


def open_release(atlas: Path, identifier: str | None = None) -> Release:
    """Open and verify a release, the current one unless told.

    Raises NoReleaseError where there is none, DamagedReleaseError where its files do not match its
    manifest.
    """
    identifier = identifier or current_id(atlas)
    folder = atlas / "releases" / (identifier or "")
    if identifier is None or not (folder / MANIFEST).is_file():
        known = releases(atlas)
        what = f"no release {identifier!r}" if identifier else "no release yet"
        mend = f"Known: {', '.join(known)}." if known else "Run `mapsvc build` first."
        raise NoReleaseError(f"There is {what} in {str(atlas)!r}. {mend}")
    if damage := _damage(folder):
        raise DamagedReleaseError(
            f"Release {identifier} is damaged: {'; '.join(damage)}. Build it again."
        )
    return Release(identifier, folder)


def rollback(atlas: Path, identifier: str) -> None:
    """Serve another release of the atlas from now on; it is verified first."""
    open_release(atlas, identifier)
    with _exclusive(atlas):
        _point(atlas, identifier)


def prune(atlas: Path, keep: int) -> None:
    """Remove all releases but the newest ``keep`` and the current one."""
    with _exclusive(atlas):
        current = current_id(atlas)
        for identifier in releases(atlas)[keep:]:
            if identifier != current:
                shutil.rmtree(atlas / "releases" / identifier)


class CurrentRelease:
    """The release that an atlas serves now, opened again when another takes its place.

    The link is looked at once in ``interval`` seconds, so a request costs a clock reading.
    """

    def __init__(self, atlas: Path, interval: float = 1.0) -> None:
        self._atlas = atlas
        self._interval = interval
        self._release = open_release(atlas)
        self._checked = time.monotonic()
        self._others: OrderedDict[str, Release] = OrderedDict()
        self.fault: str | None = None
        """Why a newer release could not be opened, for the readiness check."""

    def get(self) -> Release:
        """Return the current release; a damaged successor leaves the old one in place."""
        now = time.monotonic()
        if now - self._checked >= self._interval:
            self._checked = now
            identifier = current_id(self._atlas)
            if identifier not in (None, self._release.id):
                try:
                    self._release = open_release(self._atlas, identifier)
                    self.fault = None
                except MapsvcError as error:
                    self.fault = str(error)
        return self._release

    def at(self, identifier: str) -> Release:
        """Return a release that the atlas keeps; few of the others stay open.

        Raises UnknownNameError where there is none of that id, DamagedReleaseError where its files
        do not match its manifest.
        """
        release = self.get()
        if identifier == release.id:
            return release
        other = self._others.get(identifier)
        if other is None:
            known = releases(self._atlas)
            if identifier not in known:
                raise UnknownNameError("release", identifier, known)
            other = open_release(self._atlas, identifier)
        self._others[identifier] = other
        self._others.move_to_end(identifier)
        while len(self._others) > _OTHERS_OPEN:
            self._others.popitem(last=False)
        return other


@contextmanager
def _exclusive(atlas: Path) -> Iterator[None]:
    with (atlas / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise MapsvcError(
                f"Another build is writing to {str(atlas)!r}. Wait for it, or name another --atlas."
            ) from None
        yield


def _point(atlas: Path, identifier: str) -> None:
    link = atlas / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("releases") / identifier)
    link.replace(atlas / "current")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _damage(folder: Path) -> list[str]:
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        entries = manifest["files"].items()
    except (OSError, ValueError, KeyError, AttributeError):
        return [f"{MANIFEST} cannot be read"]
    if manifest.get("format") != FORMAT:
        return [f"its format is {manifest.get('format')!r}, this version reads {FORMAT}"]
    found = []
    for name, entry in entries:
        path = folder / name
        if not path.is_file():
            found.append(f"{name} is missing")
        elif _sha256(path) != entry["sha256"]:
            found.append(f"{name} differs from its checksum")
    return found


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
