"""Reading ``datapackage.json``: typed access that notes every fault with its place.

A fault never stops the reading: the reader returns an empty value of the right type and goes on,
so that one look tells everything that is wrong. Whoever started the reading raises at the end.
"""

from __future__ import annotations

import datetime
import difflib
import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mapsvc.errors import Problem

DESCRIPTOR = "datapackage.json"
KEY_PATTERN = re.compile(r"[a-z0-9][a-z0-9_-]*")

_REQUIRED: Any = object()


def close_match(value: str, known: Iterable[str]) -> str | None:
    """Return the known word most like ``value``, or None where nothing comes near."""
    words = {word.casefold(): word for word in known}
    found = difflib.get_close_matches(value.casefold(), list(words), n=1, cutoff=0.6)
    return words[found[0]] if found else None


def suggestion(value: str, known: Iterable[str]) -> str:
    """Return a mend: the word that was probably meant, or the list to choose from.

    >>> suggestion("titel", ["title", "path"])
    "Did you mean 'title'?"
    """
    words = sorted(known)
    match = close_match(value, words)
    if match:
        return f"Did you mean {match!r}?"
    if not words:
        return "None is declared"
    listed = ", ".join(words[:12])
    return f"Known are: {listed}{', ...' if len(words) > 12 else ''}"


def package_folders(folder: Path) -> list[Path]:
    """Return the folders that hold a descriptor: ``folder`` itself, or its sub-folders, sorted."""
    if (folder / DESCRIPTOR).is_file():
        return [folder]
    return sorted(path.parent for path in folder.glob(f"*/{DESCRIPTOR}"))


def file_label(folder: Path, path: str) -> str:
    """Return how messages name a file of a package: ``arrests/arrests.csv``."""
    return f"{folder.name or folder.resolve().name}/{path}"


@dataclass(frozen=True)
class Entry:
    """One object of a descriptor and where it stands."""

    value: Mapping[str, Any]
    folder: Path
    pointer: str
    problems: list[Problem]
    """Shared by every entry of a reading."""

    @property
    def file(self) -> str:
        return file_label(self.folder, DESCRIPTOR)

    def fault(self, key: str, what: str, mend: str | None = None) -> None:
        """Note that the value of ``key`` (or, where ``key`` is empty, this object) is wrong."""
        place = f"{self.pointer}/{key}" if key else self.pointer or "/"
        self.problems.append(Problem(f"at {place}: {what}", file=self.file, mend=mend))

    def only(self, keys: str) -> None:
        """Note every key that is not among ``keys``, which are separated by spaces."""
        known = keys.split()
        for key in self.value:
            if key not in known:
                self.fault(key, f"unknown key {key!r}", suggestion(key, known))

    def has(self, key: str) -> bool:
        return self.value.get(key) is not None

    def _get(self, key: str, kind: type, word: str, default: Any) -> Any:
        """Return the value if it is of ``kind``, else ``default`` or, noting it, None."""
        value = self.value.get(key)
        if value is None:
            if default is _REQUIRED:
                self.fault(key, f"{key!r} is missing", f"Give {word}")
                return None
            return default
        # Python counts true and false among the whole numbers.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fault(key, f"{json.dumps(value)[:60]} is not {word}", f"Give {word}")
            return None
        return value

    def text(self, key: str, default: str = _REQUIRED) -> str:
        """Return a text; a required one must not be empty."""
        value = self._get(key, str, "a text", default)
        if default is _REQUIRED and value is not None and not value.strip():
            self.fault(key, f"{key!r} is empty", "Give a text")
        return value or ""

    def maybe_text(self, key: str) -> str | None:
        return self._get(key, str, "a text or null", None)  # type: ignore[no-any-return] # checked

    def key(self, key: str) -> str:
        """Return a text that can stand in an address."""
        value = self.text(key)
        if value and not KEY_PATTERN.fullmatch(value):
            self.fault(
                key,
                f"{value!r} cannot stand in an address",
                "Use lower-case letters, digits, hyphens and underscores",
            )
        return value

    def choice(self, key: str, known: Collection[str], default: str = _REQUIRED) -> str:
        """Return one of the ``known`` words."""
        value = self.text(key, default)
        if value and value not in known:
            self.fault(key, f"{value!r} is not known here", suggestion(value, known))
        return value

    def whole(self, key: str, default: int = _REQUIRED) -> int:
        value = self._get(key, int, "a whole number", default)
        return 0 if value is None else value

    def flag(self, key: str, default: bool = _REQUIRED) -> bool:
        return bool(self._get(key, bool, "true or false", default))

    def date(self, key: str) -> str | None:
        """Return an ISO date, or None for always."""
        value = self.maybe_text(key)
        if value is not None and not is_date(value):
            self.fault(key, f"{value!r} is not a date", "Write it as 2014-12-31, or null")
        return value

    def items(self, key: str, default: list[Any] = _REQUIRED) -> list[Any]:
        return self._get(key, list, "a list", default) or []

    def texts(self, key: str, default: list[str] = _REQUIRED) -> tuple[str, ...]:
        """Return a list of texts; numbers are refused, because ``1`` and ``"01"`` differ."""
        values = self.items(key, default)
        for number, value in enumerate(values):
            if not isinstance(value, str):
                self.fault(f"{key}/{number}", f"{json.dumps(value)[:60]} is not a text", "Quote it")
        return tuple(value for value in values if isinstance(value, str))

    def child(self, key: str, default: Mapping[str, Any] = _REQUIRED) -> Entry:
        """Return an object inside this one; an empty one where it is missing."""
        value = self._get(key, dict, "an object", default)
        return Entry(value or {}, self.folder, f"{self.pointer}/{key}", self.problems)

    def maybe_child(self, key: str) -> Entry | None:
        return self.child(key) if self.has(key) else None

    def children(self, key: str, default: list[Any] = _REQUIRED) -> list[Entry]:
        """Return the objects of a list, each knowing its place."""
        entries = []
        for number, value in enumerate(self.items(key, default)):
            if not isinstance(value, dict):
                self.fault(f"{key}/{number}", "is not an object", "Write it in braces")
                continue
            pointer = f"{self.pointer}/{key}/{number}"
            entries.append(Entry(value, self.folder, pointer, self.problems))
        return entries

    def members(self, key: str, default: Mapping[str, Any] = _REQUIRED) -> dict[str, Entry]:
        """Return the objects of an object, by their keys."""
        holder = self.child(key, default)
        return {name: holder.child(name) for name in holder.value}


def is_date(text: str) -> bool:
    """Tell whether ``text`` is a calendar date in the form 2014-12-31."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def load_descriptor(folder: Path, problems: list[Problem]) -> Entry | None:
    """Read a folder's descriptor; None, with a problem noted, where it is not JSON."""
    label = file_label(folder, DESCRIPTOR)
    mend = "Correct the file; it must be one JSON object in UTF-8"
    try:
        value = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        what = f"not JSON: {error.msg}, character {error.colno} of the line"
        problems.append(Problem(what, file=label, row=error.lineno, mend=mend))
        return None
    except UnicodeDecodeError as error:
        problems.append(Problem(f"not UTF-8 at byte {error.start}", file=label, mend=mend))
        return None
    if not isinstance(value, dict):
        problems.append(Problem("not a JSON object", file=label, mend=mend))
        return None
    return Entry(value, folder, "", problems)


def resource_file(entry: Entry) -> tuple[str, str]:
    """Return the path of a resource's file and its SHA-256, checked against ``hash`` if given.

    The hash is empty, and a problem noted, where the file cannot be used.
    """
    path = entry.text("path")
    if not path:
        return "", ""
    folder = entry.folder.resolve()
    target = (folder / path).resolve()
    leaves = "://" in path or Path(path).is_absolute() or ".." in Path(path).parts
    # A link may lead out as well.
    if leaves or not target.is_relative_to(folder):
        entry.fault(
            "path", f"{path!r} leads out of the folder", "Put the file beside its descriptor"
        )
        return path, ""
    if not target.is_file():
        near = [str(p.relative_to(folder)) for p in target.parent.glob("*") if p.is_file()]
        near = [name for name in near if name != DESCRIPTOR]
        entry.fault("path", f"there is no file {path!r}", suggestion(path, near))
        return path, ""
    with target.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    declared = entry.text("hash", "")
    if declared and not re.fullmatch(r"sha256:[0-9a-f]{64}", declared):
        entry.fault("hash", f"{declared!r} is not a SHA-256", f'Write "sha256:{digest}"')
    elif declared and declared != f"sha256:{digest}":
        what = f"{path!r} is not the file described: its SHA-256 is {digest}"
        entry.fault("hash", what, "Restore the file, or correct the hash if the change is meant")
    return path, digest
