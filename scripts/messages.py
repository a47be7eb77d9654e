"""Bring the catalogues of messages up to date with the code: `make messages`.

Messages are those of the modules and templates of ``mapsvc`` (domain ``mapsvc``) and of the pages'
script (domain ``script``). What is new is added without a translation, what is gone is removed,
nothing is guessed. Catalogues are sorted and name no lines, so that a change to the code changes
only the messages that it changes; the head of a file, up to its first empty line, stays as it is.

``python -m scripts.messages --check`` writes nothing and lists what is wrong.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import write_po

from mapsvc.language import DEFAULT, FOLDER, LANGUAGES, read_catalogue

ROOT = Path(__file__).parents[1]
KEYWORDS: Mapping[str, Any] = {
    **DEFAULT_KEYWORDS,
    "Message": None,
    # The words of errors, where they are raised.
    "UnknownNameError": (1,),
    "BadParameterError": (3,),
    "problem": (2,),
    "FilterError": (2,),
    "fail": (1,),
}
_FOLDERS = (
    "mapsvc/remarks.py", "mapsvc/statistics/*.py", "mapsvc/release/*.py", "mapsvc/maps/*.py",
    "mapsvc/web/*.py",
)  # fmt: skip
"""What readers are told comes from these; those who build a release are told in English."""

FOUND_IN = {
    "mapsvc": (
        *((folder, "python") for folder in _FOLDERS),
        ("mapsvc/maps/*.py", "markup"),
        ("mapsvc/web/templates/**/*.html", "jinja2.ext:babel_extract"),
    ),
    "script": (("static/js/*.js", "javascript"),),
}
"""Where the messages of a domain are, and how they are found there."""

_BUNDLED = "_bundled"
_SPREAD = 100
"""Columns of a line in a catalogue."""


def messages(domain: str) -> Catalog:
    """Return every message of a domain, as it is in the code."""
    found = Catalog(domain=domain)
    for pattern, method in FOUND_IN[domain]:
        for path in sorted(ROOT.glob(pattern)):
            if _BUNDLED not in path.parts:
                for text, context in _extracted(path, method):
                    found.add(text, context=context)
    return found


def _extracted(path: Path, method: str) -> Iterator[tuple[Any, str | None]]:
    if method == "markup":
        sources = _markup(path.read_text("utf-8"))
        method = "jinja2.ext:babel_extract"
    else:
        sources = [path.read_bytes()]
    for source in sources:
        for _line, text, _comments, context in extract(method, BytesIO(source), KEYWORDS):
            yield text, context


def _markup(source: str) -> list[bytes]:
    """Return the templates of elements, which are constants of a module."""
    return [
        node.args[0].value.encode()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "markup"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]


def path_of(language: str, domain: str) -> Path:
    """Return the file of a catalogue."""
    return FOLDER / language / "LC_MESSAGES" / f"{domain}.po"


def update(language: str, domain: str) -> None:
    """Write a catalogue with the messages of the code, translated as they were."""
    path = path_of(language, domain)
    head, _, _ = path.read_text("utf-8").partition("\n\n")
    kept = read_catalogue(language, domain)
    kept.update(messages(domain), no_fuzzy_matching=True, update_creation_date=False)
    for message in kept:
        message.flags.discard("python-format")
        message.flags.discard("python-brace-format")
    body = BytesIO()
    write_po(
        body, kept, width=_SPREAD, no_location=True, omit_header=True, sort_output=True,
        ignore_obsolete=True,
    )  # fmt: skip
    path.write_text(f"{head}\n\n{body.getvalue().decode().strip()}\n", "utf-8")


def faults(language: str, domain: str) -> list[str]:
    """Return what is wrong with a catalogue, a line for each fault."""
    written = read_catalogue(language, domain)
    wanted = {(each.context, _key(each)): each for each in messages(domain) if each.id}
    held = {(each.context, _key(each)): each for each in written if each.id}
    found = [f"missing: {text!r}" for _, text in wanted.keys() - held.keys()]
    found += [f"obsolete: {text!r}" for _, text in held.keys() - wanted.keys()]
    found += [f"obsolete: {text!r}" for text in written.obsolete]
    for (_, text), each in held.items():
        if not all(_texts(each.string)):
            found.append(f"not translated: {text!r}")
        elif each.fuzzy:
            found.append(f"fuzzy: {text!r}")
        elif isinstance(each.id, str) == isinstance(each.string, tuple):
            found.append(f"not of one form: {text!r}")
        else:
            if not all(
                _fits(said, _texts(each.id)[min(number, len(_texts(each.id)) - 1)])
                for number, said in enumerate(_texts(each.string))
            ):
                found.append(f"other places: {text!r}")
            if _edges(_texts(each.id)[-1]) != _edges(_texts(each.string)[-1]):
                found.append(f"other spaces at its ends: {text!r}")
    return sorted(found)


def _key(message: Message) -> str:
    return _texts(message.id)[0]


def _texts(text: Any) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _fits(said: str, text: str) -> bool:
    """Tell whether a translation has the places of its message; "the other" need not say one."""
    return _places(text) - {"n!None:"} <= _places(said) <= _places(text)


def _places(text: str) -> frozenset[str]:
    """Return the places of a message with their forms; one without a place may have any brace."""
    try:
        return frozenset(
            f"{name}!{conversion}:{form}"
            for _, name, form, conversion in Formatter().parse(text)
            if name is not None
        )
    except ValueError:
        return frozenset(re.findall(r"\{.*?\}", text))


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def main(arguments: list[str]) -> int:
    """Update every catalogue, or check them; return the status of the process."""
    wrong = 0
    for language in LANGUAGES:
        for domain in FOUND_IN if language != DEFAULT else ():
            if "--check" not in arguments:
                update(language, domain)
            for fault in faults(language, domain):
                print(f"{path_of(language, domain).relative_to(ROOT)}: {fault}")
                wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
