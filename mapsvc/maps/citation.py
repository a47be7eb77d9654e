"""How to cite an indicator, pinned to the release that a figure was read in.

The same facts as a line of text, as BibTeX and as CSL-JSON, which reference managers read.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from mapsvc.language import _

_TEX = {
    "\\": r"{\textbackslash}",
    # An escaped brace would still count where BibTeX matches braces.
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    "<": r"{\textless}",
    ">": r"{\textgreater}",
    '"': r"{\textquotedbl}",
    **{sign: f"\\{sign}" for sign in "$&#_%"},
}
_URL_UNSAFE = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]")


@dataclass(frozen=True)
class Work:
    """What is cited."""

    slug: str
    title: str
    """Of the indicator."""
    dataset: str
    """Title of the records that it is computed from."""
    publisher: str
    """Who published the records."""
    vintage: str
    """Of the records."""
    atlas: str
    """Title of the atlas."""
    release: str
    """Identifier of the release, which names its content."""
    address: str
    """Absolute address of the indicator's page."""

    @property
    def key(self) -> str:
        """A name for a bibliography: letters, digits and hyphens."""
        return re.sub(r"[^A-Za-z0-9]+", "-", f"{self.slug}-{self.release}").strip("-")

    @property
    def year(self) -> int | None:
        """The last year that the vintage names."""
        found = re.findall(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)", self.vintage)
        return max(map(int, found), default=None)


def plain(work: Work) -> str:
    """Return the citation as one line of text.

    >>> plain(Work("rate", "Arrest rate", "Arrests", "Office", "2024", "Atlas", "0a1b", "https://x"))
    'Office (2024). Arrest rate, computed from Arrests. In: Atlas, release 0a1b. https://x'
    """
    when = f" ({_line(work.vintage)})" if work.vintage else ""
    said = _("{publisher}{when}. {title}. In: {atlas}, release {release}. {address}")
    return said.format(
        publisher=_line(work.publisher),
        when=when,
        title=_computed(_line(work.title), _line(work.dataset)),
        atlas=_line(work.atlas),
        release=work.release,
        address=work.address,
    )


def bibtex(work: Work) -> str:
    """Return the citation as a BibTeX entry in UTF-8, every special character escaped."""
    fields = {
        "author": f"{{{_tex(work.publisher)}}}",
        "title": f"{{{_computed(_tex(work.title), _tex(work.dataset))}}}",
        "year": str(work.year) if work.year else None,
        "howpublished": _("In: {atlas}, release {release}").format(
            atlas=_tex(work.atlas), release=_tex(work.release)
        ),
        "version": _tex(work.release),
        "note": _records(_tex(work.vintage)) if work.vintage else None,
        "url": _URL_UNSAFE.sub(_percent, work.address),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return "@misc{" + ",\n".join([work.key, *lines]) + "\n}\n"


def csl_json(work: Work) -> str:
    """Return the citation as a CSL-JSON document of one item."""
    item: dict[str, object] = {
        "id": work.key,
        "type": "dataset",
        "title": _computed(_line(work.title), _line(work.dataset)),
        "author": [{"literal": _line(work.publisher)}],
        "container-title": _line(work.atlas),
        "version": _("release {release}").format(release=work.release),
        "URL": work.address,
    }
    if work.year:
        item["issued"] = {"date-parts": [[work.year]]}
    if work.vintage:
        item["note"] = _records(_line(work.vintage))
    return json.dumps([item], ensure_ascii=False, indent=2) + "\n"


def _computed(title: str, dataset: str) -> str:
    return _("{title}, computed from {dataset}").format(title=title, dataset=dataset)


def _records(vintage: str) -> str:
    return _("Records of vintage {vintage}").format(vintage=vintage)


def _line(text: str) -> str:
    return " ".join(text.split())


def _tex(text: str) -> str:
    return "".join(_TEX.get(sign, sign) for sign in _line(text))


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())
