"""What can go wrong, in the project's own words. No error here knows HTTP or the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mapsvc.language import Message


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input: what, where, and how to mend it.

    ``row`` is the line a person sees in a text editor or spreadsheet: the header is row 1.
    """

    what: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    mend: str | None = None

    def __str__(self) -> str:
        where = [
            self.file,
            f"row {self.row}" if self.row is not None else None,
            f"column {self.column!r}" if self.column else None,
        ]
        place = ", ".join(part for part in where if part)
        text = f"{place}: {self.what}" if place else self.what
        return f"{text}. {self.mend}" if self.mend else text


class MapsvcError(Exception):
    """The base of every error that a user can mend."""


class InputError(MapsvcError):
    """Source files that cannot be used; carries every problem found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        """Come back whole from another process."""
        return type(self), (self.problems,)


class ConservationError(MapsvcError):
    """Records, area or population went in and did not come out: the build stops."""

    def __init__(self, findings: Iterable[str]) -> None:
        self.findings: tuple[str, ...] = tuple(findings)
        super().__init__("\n".join(self.findings))


class NoReleaseError(MapsvcError):
    """There is no release to serve, or the one named does not exist."""


class DamagedReleaseError(MapsvcError):
    """A release whose files do not match its manifest."""


class UnknownNameError(MapsvcError):
    """A layer, indicator, period, group, jurisdiction or dataset that does not exist.

    ``known`` lists what does, so that an answer can say so. ``kind`` is a word of the catalogues.
    """

    def __init__(self, kind: str | Message, name: str, known: Sequence[str]) -> None:
        self.kind = kind
        self.name = name
        self.known: tuple[str, ...] = tuple(known)
        super().__init__(f"There is no {kind} {name!r}")


class BadParameterError(MapsvcError):
    """A parameter whose value makes no sense; ``expected`` says what would."""

    def __init__(self, parameter: str, value: str, expected: str | Message) -> None:
        self.parameter = parameter
        self.value = value
        self.expected = expected
        super().__init__(f"{parameter}={value!r} is not valid: expected {expected}")
