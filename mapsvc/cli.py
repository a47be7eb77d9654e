"""The command line: build, serve, check, look after releases."""

from __future__ import annotations

import errno
import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from mapsvc import __version__, resources, settings
from mapsvc.errors import ConservationError, InputError, MapsvcError
from mapsvc.language import DEFAULT, LANGUAGES
from mapsvc.release import store

CONFIG = Path("mapsvc.toml")


def main() -> None:
    """Run the command line; an error that a user can mend is told without a traceback."""
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit("Stopped.")
    except InputError as error:
        count = len(error.problems)
        lines = [f"{count} problem{'s' if count != 1 else ''} in the input; nothing was published:"]
        sys.exit("\n".join([*lines, *(f"  {problem}" for problem in error.problems)]))
    except ConservationError as error:
        lines = ["Something was lost on the way; nothing was published:", *error.findings]
        sys.exit("\n  ".join(lines))
    except MapsvcError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(_explain(error))


def _explain(error: OSError) -> str:
    place = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"There is no space left on the disk{place}; nothing was published. Make room."
    if error.errno in (errno.EACCES, errno.EROFS):
        return f"Writing is not allowed here{place}; nothing was published. Name another --atlas."
    raise error


def _options(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Offer these settings as flags, and call the command with all settings resolved."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def run(**flags: Any) -> Any:
            given = {name: flags.pop(name) for name in names}
            file = CONFIG if CONFIG.is_file() else None
            return command(settings.load(given, os.environ, file), **flags)

        wrapped: Callable[..., Any] = run
        for setting in reversed(settings.SETTINGS):
            if setting.name in names:
                flag = f"--{setting.name.replace('_', '-')}"
                shown = f"{setting.help} [default: {setting.default}]"
                wrapped = click.option(flag, setting.name, default=None, help=shown)(wrapped)
        return wrapped

    return decorate


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Jurisdiction maps that people can trust."""


_FOLDER = click.Path(file_okay=False, path_type=Path)


def _sources(command: Callable[..., Any]) -> Callable[..., Any]:
    """Offer the two folders that an atlas is made from."""
    folders = {
        "boundaries": (resources.boundaries, "boundary sets"),
        "datasets": (resources.datasets, "datasets"),
    }
    wrapped = command
    for name, (bundled, what) in reversed(folders.items()):
        shown = f"Folder of {what} [default: the bundled ones]"
        wrapped = click.option(f"--{name}", type=_FOLDER, default=bundled, help=shown)(wrapped)
    return wrapped


@cli.command()
@_sources
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=lambda: os.cpu_count() or 1,
    help="Processes that cut tiles [default: one a core]",
)
@click.option("--quiet", is_flag=True, help="No progress bars, no report")
@_options("atlas", "keep_releases")
def build(
    given: settings.Settings, boundaries: Path, datasets: Path, workers: int, quiet: bool
) -> None:
    """Build a release and publish it in one rename."""
    # The pipeline's libraries take a second to load; the other commands do without them.
    from mapsvc.release.build import build_release
    from mapsvc.release.progress import Progress

    result = build_release(boundaries, datasets, given.atlas, Progress(quiet), workers)
    store.prune(given.atlas, given.keep_releases)
    if not quiet:
        click.echo(result.summary)
    click.echo(f"Release {result.id} is published in {given.atlas}")


@cli.command()
@_sources
@click.option(
    "--language",
    type=click.Choice([each for each in LANGUAGES if each != DEFAULT]),
    default=next(each for each in LANGUAGES if each != DEFAULT),
    show_default=True,
)
@click.option("--check", is_flag=True, help="Write nothing; exit status 1 where a file is behind")
def messages(boundaries: Path, datasets: Path, language: str, check: bool) -> None:
    """Bring what packages say in another language up to date: locale/LANGUAGE.po in each."""
    from mapsvc.ingest.messages import files

    behind = False
    for file in files(boundaries, datasets, language):
        behind |= file.changed or file.missing > 0
        if file.changed and not check:
            file.write()
        stale = ", not up to date" if check and file.changed else ""
        click.echo(f"{file.label}: {file.missing} of {file.texts} texts to translate{stale}")
    if check and behind:
        sys.exit(1)


@cli.command()
@_options(
    "atlas", "host", "port", "workers", "public_url", "embed_origins", "basemap", "tile_cache_mb"
)
def serve(given: settings.Settings) -> None:
    """Serve the current release of an atlas."""
    from mapsvc.web.server import serve as serve_web

    serve_web(given)


@cli.command()
@_options("atlas")
def check(given: settings.Settings) -> None:
    """Verify the current release: checksums, invariants, tiles. Exit status 1 lists what fails."""
    from mapsvc.release.check import check_release

    release = store.open_release(given.atlas)
    findings = check_release(release)
    for finding in findings:
        click.echo(finding)
    if findings:
        sys.exit(1)
    click.echo(f"Release {release.id} is sound.")


@cli.command()
@_options("atlas")
def releases(given: settings.Settings) -> None:
    """List the releases of an atlas, the newest first; * marks the one served."""
    current = store.current_id(given.atlas)
    for identifier in store.releases(given.atlas):
        click.echo(f"{'*' if identifier == current else ' '} {identifier}")


@cli.command()
@click.argument("identifier", metavar="ID")
@_options("atlas")
def rollback(given: settings.Settings, identifier: str) -> None:
    """Serve another release of the atlas."""
    store.rollback(given.atlas, identifier)
    click.echo(f"Release {identifier} is served now.")


@cli.command()
@click.argument("path")
@_options("atlas")
def tile(given: settings.Settings, path: str) -> None:
    """Print the features of a tile: PATH is LAYER/Z/X/Y."""
    import json

    from mapsvc.release.check import tile_document

    click.echo(json.dumps(tile_document(store.open_release(given.atlas), path), indent=1))
