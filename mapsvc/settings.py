"""Settings of the service: one table of name, default and meaning, which also documents them.

A flag of the command line wins over a ``MAPSVC_*`` variable, which wins over ``mapsvc.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mapsvc import basemap
from mapsvc.basemap import Basemap
from mapsvc.errors import InputError, Problem

PREFIX = "MAPSVC_"


@dataclass(frozen=True)
class Settings:
    """What a service may be told; ``SETTINGS`` says what each means."""

    atlas: Path = Path("atlas")
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    public_url: str | None = None
    embed_origins: tuple[str, ...] = ()
    basemap: tuple[Basemap, ...] = ()
    tile_cache_mb: int = 16
    keep_releases: int = 5


@dataclass(frozen=True)
class Setting:
    """One setting: its name, its default, its meaning, and how its text is read."""

    name: str
    default: Any
    help: str
    read: Callable[[Any], Any]
    """Raises ValueError, whose text says what would be right."""


def load(flags: Mapping[str, Any], environ: Mapping[str, str], file: Path | None) -> Settings:
    """Return the settings; raises InputError with every value that makes no sense.

    ``flags`` maps names to values, None where a flag was not given. ``file`` is a TOML file, or
    None; a key that it should not have is a problem. An empty variable counts as not set.
    """
    problems: list[Problem] = []
    written = _read_toml(file, problems) if file else {}
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        variable = f"{PREFIX}{setting.name.upper()}"
        if flags.get(setting.name) is not None:
            raw, source = flags[setting.name], f"--{setting.name.replace('_', '-')}"
        elif environ.get(variable):
            raw, source = environ[variable], variable
        elif setting.name in written:
            raw, source = written[setting.name], f"{file}, {setting.name}"
        else:
            continue
        try:
            values[setting.name] = setting.read(raw)
        except ValueError as error:
            problems.append(Problem(f"{raw!r} is not valid", source, mend=f"Give {error}"))
    if problems:
        raise InputError(problems)
    return Settings(**values)


def _read_toml(file: Path, problems: list[Problem]) -> dict[str, Any]:
    try:
        document = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        what = f"cannot be read as TOML ({type(error).__name__})"
        problems.append(Problem(what, str(file), mend="See https://toml.io for its syntax"))
        return {}
    known = [setting.name for setting in SETTINGS]
    for name in document.keys() - set(known):
        mend = f"Known: {', '.join(known)}"
        problems.append(Problem(f"there is no setting {name!r}", str(file), mend=mend))
    return document


def _path(raw: Any) -> Path:
    if not isinstance(raw, str | Path) or not str(raw):
        raise ValueError("the path of a folder")
    return Path(raw)


def _host(raw: Any) -> str:
    if not isinstance(raw, str) or not raw or any(mark in raw for mark in " /?#@"):
        raise ValueError("a host name or an IP address, such as 127.0.0.1 or 0.0.0.0")
    return raw.strip("[]")


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def read(raw: Any) -> int:
        text = str(raw)
        if isinstance(raw, bool) or not (text.isascii() and text.isdigit() and len(text) < 10):
            raise ValueError(f"a whole number from {least} to {most}")
        if not least <= int(text) <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return int(text)

    return read


def _public_url(raw: Any) -> str:
    expected = "an address such as https://maps.example.org, without a path"
    text = raw.rstrip("/") if isinstance(raw, str) else ""
    if not _is_origin(text):
        raise ValueError(expected)
    return text


def _origins(raw: Any) -> tuple[str, ...]:
    parts = raw.replace(",", " ").split() if isinstance(raw, str) else raw
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise ValueError("origins such as https://partner.example, with spaces between")
    origins = tuple(part.rstrip("/") for part in parts)
    for origin in origins:
        if not _is_origin(origin):
            raise ValueError(f"origins such as https://partner.example; {origin!r} is none")
    return origins


def _is_origin(text: str) -> bool:
    """Tell whether a text is a scheme, a host and perhaps a port, fit to stand in a header."""
    if not text.isascii() or any(mark in text for mark in " ;,'\"\\<>\t\r\n"):
        return False
    try:
        parts = urlsplit(text)
        valid_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    bare = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and bare and valid_port


_DEFAULT = Settings()

SETTINGS: tuple[Setting, ...] = (
    Setting("atlas", _DEFAULT.atlas, "the folder of the releases", _path),
    Setting("host", _DEFAULT.host, "the address to listen at; 0.0.0.0 is every one", _host),
    Setting("port", _DEFAULT.port, "the port to listen at", _whole(1, 65535)),
    Setting(
        "workers",
        _DEFAULT.workers,
        "processes that answer requests, each with one more that makes its pages",
        _whole(1, 64),
    ),
    Setting(
        "public_url",
        _DEFAULT.public_url,
        "the address that the public sees, where a proxy stands before the service; "
        "otherwise the Host header of each request counts",
        _public_url,
    ),
    Setting(
        "embed_origins",
        _DEFAULT.embed_origins,
        "the sites that may frame a widget; none named means any",
        _origins,
    ),
    Setting(
        "basemap",
        _DEFAULT.basemap,
        "the background of map pages, from elsewhere, by its name in the list of xyzservices, or "
        "two: for light and for dark pages; none named means the land, lakes and names of the "
        "release",
        basemap.read,
    ),
    Setting(
        "tile_cache_mb",
        _DEFAULT.tile_cache_mb,
        "megabytes that each process keeps of finished tiles",
        _whole(1, 4096),
    ),
    Setting(
        "keep_releases", _DEFAULT.keep_releases, "releases that a build keeps", _whole(1, 1000)
    ),
)
"""Every setting, in the order of the documentation."""
