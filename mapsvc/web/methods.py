"""How each indicator is worked out, and how to cite it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from mapsvc.language import _
from mapsvc.maps import choropleth, citation, method, modelled, text
from mapsvc.model import STATUSES, Status
from mapsvc.release.reader import Release
from mapsvc.web import pages, urls
from mapsvc.web.answers import answer, page_parameters
from mapsvc.web.app import absolute_url, release
from mapsvc.web.stills import card

bp = Blueprint("methods", __name__)

_FORMS = {
    "bib": ("application/x-bibtex; charset=utf-8", citation.bibtex),
    "json": ("application/vnd.citationstyles.csl+json", citation.csl_json),
}


@bp.get("/maps/<indicator>/method")
def method_page(indicator: str) -> Response:
    """Show what an indicator counts and divides by, with one place worked through."""
    current = release()
    seen = pages.asked_view(current, indicator)
    entry = seen.entry(current)
    dataset = current.dataset(entry["dataset"])
    work = _work(current, indicator)
    worked = method.worked(current, seen)
    refusal = modelled.refusal(current, indicator)
    return pages.page(
        "method.html",
        card=card(current, seen),
        entry=entry,
        seen=seen,
        layer=current.layer_info(seen.layer),
        layers=[current.layer_info(key) for key in entry["layers"]],
        group=choropleth.group_title(entry, seen.group),
        dataset=dataset,
        measure=method.measure(current, entry),
        conditions=method.conditions(current, entry, "filter"),
        complete=method.conditions(current, entry, "reported_where"),
        worked=worked,
        modelled=modelled.worked(current, seen, worked.id),
        figure=modelled.figure,
        modelled_refusal=_(refusal) if refusal else None,
        places=_places(current, seen),
        rules=method.RULES,
        denominator_title=method.denominator_title(entry, seen),
        sources=method.denominators(entry, seen.layer),
        choices=choropleth.choices(current, seen),
        pooled=[period for period in entry["periods"] if "-" in period],
        classes=method.classes(entry, seen.layer, seen.group),
        marks=method.marks(current, seen),
        caveats=pages.caveats(current, entry),
        precise=method.precise,
        interval=text.interval,
        scheme_title=text.scheme(entry["scheme"]) if entry["scheme"] else "",
        citation=citation.plain(work),
        bibtex=citation.bibtex(work),
    )


@bp.get("/maps/<indicator>/citation.<any(bib, json):form>")
def cite(indicator: str, form: str) -> Response:
    """Give the citation of an indicator in this release, as BibTeX or CSL-JSON."""
    page_parameters()
    work = _work(release(), indicator)
    media_type, write = _FORMS[form]
    response = answer(write(work), media_type)
    response.headers.set("Content-Disposition", "attachment", filename=f"{work.key}.{form}")
    return response


def _work(current: Release, indicator: str) -> citation.Work:
    entry = current.indicator(indicator)
    dataset: Mapping[str, Any] = current.dataset(entry["dataset"])
    return citation.Work(
        slug=indicator,
        title=entry["title"],
        dataset=dataset["title"],
        publisher=dataset["publisher"],
        vintage=dataset["vintage"],
        atlas=current.catalogue["title"],
        release=current.id,
        address=absolute_url(urls.map_url(indicator)),
    )


def _places(current: Release, seen: choropleth.View) -> list[tuple[str, str]]:
    """Return id and name of the places that can be worked through, by name."""
    table = current.layer(seen.layer)
    column = seen.values(current)
    code = STATUSES.index(Status.OK)
    rows = [
        row
        for row, identifier in enumerate(table.ids)
        if column.status[row] == code or identifier == seen.jurisdiction
    ]
    named = sorted((table.names[row].casefold(), table.ids[row], table.names[row]) for row in rows)
    return [(identifier, name) for _folded, identifier, name in named]
