"""The languages that people are answered in: messages are written in English and looked up.

A module imports ``_`` and says ``_("{size} times {of}").format(...)``: never an f-string inside, as
the message is looked up as it stands. What is written once and said often, such as a constant or
an error, is marked where it is written, with ``N_`` or as a ``Message``, and said where it is read.
The catalogues are the files of GNU gettext in ``mapsvc/locale``; a message that one lacks is said
in English, which the tests do not let happen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Español"}
"""Each by its code (BCP 47), as its speakers call it; the first is what messages are written in."""

DEFAULT = "en"

FOLDER = Path(__file__).parent / "locale"

_current: ContextVar[str] = ContextVar("language", default=DEFAULT)


def language() -> str:
    """Return the code of the language that is spoken now."""
    return _current.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say every message of the block in a language; raises ValueError for one that is not known.

    >>> with speaking("es"):
    ...     _("Year")
    'Año'
    """
    if language not in LANGUAGES:
        raise ValueError(f"{language!r} is none of the languages {', '.join(LANGUAGES)}")
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def _(message: str) -> str:
    """Return a message in the language that is spoken."""
    found = catalogue(_current.get())
    # The empty message is the head of a catalogue.
    return found.gettext(message) if found and message else message


def ngettext(singular: str, plural: str, n: float) -> str:
    """Return the form of a message for ``n`` things; a number that is not whole is plural.

    >>> ngettext("{n} place", "{n} places", 1), ngettext("{n} place", "{n} places", 0)
    ('{n} place', '{n} places')
    """
    found = catalogue(_current.get())
    if found:
        return found.ngettext(singular, plural, 1 if n == 1 else 2)
    return singular if n == 1 else plural


def pgettext(context: str, message: str) -> str:
    """Return a message that means different things in different places; ``context`` is where."""
    found = catalogue(_current.get())
    return found.pgettext(context, message) if found else message


def N_(message: str) -> str:  # noqa: N802  (gettext's own name)
    """Mark a message that is said later, and return it as it is."""
    return message


class Message:
    """A message that is said later, with what stands in its places; ``str`` says it.

    >>> found = Message("There is no {kind} {name}.", kind=Message("layer"), name="'x'")
    >>> str(found)
    "There is no layer 'x'."
    """

    __slots__ = ("text", "values")

    def __init__(self, text: str, /, **values: object) -> None:
        self.text = text
        self.values = values

    def __str__(self) -> str:
        return _(self.text).format(**self.values) if self.values else _(self.text)

    def __repr__(self) -> str:
        return f"Message({self.text!r})"


@lru_cache(maxsize=2 * len(LANGUAGES))
def catalogue(language: str, domain: str = "mapsvc") -> GNUTranslations | None:
    """Return the messages of a language; None for the one that they are written in."""
    if language == DEFAULT:
        return None
    compiled = BytesIO()
    write_mo(compiled, read_catalogue(language, domain))
    compiled.seek(0)
    return GNUTranslations(compiled)


def read_catalogue(language: str, domain: str = "mapsvc") -> Catalog:
    """Return a catalogue as it is committed; ``script`` is the domain of the pages' script."""
    with (FOLDER / language / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return read_po(file, locale=language, domain=domain, abort_invalid=True)
