"""What scripts tell readers, in the language that is spoken: a page brings what its scripts say."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from mapsvc import resources
from mapsvc.language import DEFAULT, language, read_catalogue
from mapsvc.maps.scriptjson import to_script_json
from mapsvc.web import assets

DOMAIN = "script"
_IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*"\./([a-z-]+\.js)\"""")


def script_messages(module: str) -> Markup:
    """Return the element with the messages of a module and of all that it imports.

    Nothing in the language that they are written in.
    """
    spoken = language()
    if spoken == DEFAULT:
        return Markup("")
    found = messages(module, spoken, assets.tree_hash())
    # Serialised so that nothing in it ends the element.
    return Markup(f'<script type="application/json" id="messages">{to_script_json(found)}</script>')  # noqa: S704


@lru_cache(maxsize=32)
def messages(module: str, spoken: str, tree: str) -> dict[str, str | list[str]]:
    """Return the translations of what a module and all that it imports say, by message.

    One with a plural is the list of its forms, by its singular. ``tree`` is there to miss the cache
    when a script changes.
    """
    sources = "".join(source.read_text("utf-8") for source in reached(module))
    found: dict[str, str | list[str]] = {}
    for message in read_catalogue(spoken, DOMAIN):
        key = message.id if isinstance(message.id, str) else message.id[0]
        if key and json.dumps(key, ensure_ascii=False) in sources:
            says = message.string or ""
            found[key] = says if isinstance(says, str) else list(says)
    return found


def reached(module: str) -> list[Path]:
    """Return the files of a module and of all that it imports, at once or later."""
    folder = resources.static() / "js"
    found: dict[str, Path] = {}
    due = [f"{module}.js"]
    while due:
        name = due.pop()
        if name not in found:
            found[name] = folder / name
            due += _IMPORT.findall(found[name].read_text("utf-8"))
    return [found[name] for name in sorted(found)]
