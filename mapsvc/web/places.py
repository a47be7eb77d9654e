"""Two to four places side by side: the page, the picker on it, and the same for programs.

A page that cannot compare what is asked for says why, offers what is nearest to it, and keeps its
picker.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request

from mapsvc.errors import BadParameterError, UnknownNameError
from mapsvc.language import Message, _
from mapsvc.maps import choropleth, differences, places, sentences
from mapsvc.maps.comparisons import Compared
from mapsvc.maps.peers import Peers, peers
from mapsvc.maps.wording import PARAMETER
from mapsvc.model import ALL
from mapsvc.release.reader import Release
from mapsvc.web import assets, compare_urls, headers, pages
from mapsvc.web.answers import answer, json_answer, parameters
from mapsvc.web.api import value_rows
from mapsvc.web.app import release
from mapsvc.web.errors import HttpError, problem, unknown_parameters
from mapsvc.web.formats import caveats as caveats_in_line
from mapsvc.web.formats import rows_as_csv

bp = Blueprint("places", __name__)

_QUERY = ("layer", "jurisdictions", "first", "period", "group")
_FORMS = ("json", "csv")
_LONGEST = 80


@dataclass(frozen=True)
class Asked:
    """What the query asks to compare; every name exists in the release."""

    indicator: str
    layer: str
    period: str
    group: str
    rows: Sequence[int]
    given: bool
    """Whether places were named to be compared, rather than one to begin with."""


@dataclass(frozen=True)
class Refusal:
    """Why there is no comparison, and what there is instead."""

    status: int
    text: str
    offers: Sequence[tuple[str, str]] = field(default=())
    """Titles and addresses."""


@bp.get("/compare/<indicator>")
def page(indicator: str) -> Response:
    """Compare places in one chart and table, or let the reader choose them.

    ``jurisdictions`` are ids with commas between, or names, once or more often: the fields of the
    page's form. ``first`` is a place to begin with.
    """
    current = release()
    if unknown := set(request.args) - {*_QUERY, PARAMETER}:
        raise unknown_parameters(unknown, _QUERY)
    entry = current.indicator(indicator)
    try:
        asked = _asked(current, indicator)
        refusal = _refusal(current, asked)
    except UnknownNameError as error:
        if not isinstance(error, places.UnknownPlaceError):
            raise
        asked, refusal = _without(current, indicator, error)
    side = None
    if asked.given and refusal is None:
        view = asked.layer, asked.rows, asked.period, asked.group
        side = places.side_by_side(current, indicator, *view)
    response = pages.page(
        "places.html",
        entry=entry,
        asked=asked,
        side=side,
        refusal=refusal,
        chosen=places.named(current, asked.layer, asked.rows),
        most=places.MOST,
        layer=current.layer_info(asked.layer),
        layers=[current.layer_info(key) for key in entry["layers"]],
        rates=_rates(current, asked.layer),
        group=choropleth.group_title(entry, asked.group),
        everywhere=_everywhere(current, asked.layer),
        peers=_peers(current, asked),
        dataset=current.dataset(entry["dataset"]),
        denominator=_denominator(entry, asked),
        caveats=pages.caveats(current, entry),
        verdict_titles={key: words["title"] for key, words in differences.words().items()},
        ratio_digits=_digits,
        cautions=_cautions(asked),
        module=assets.module_url("js/side-by-side.js"),
    )
    if refusal is not None:
        response.status_code = refusal.status
        response.headers["Cache-Control"] = headers.NO_STORE
        del response.headers["ETag"]
    return response


@bp.get("/api/v1/places/<indicator>")
def side_by_side(indicator: str) -> Response:
    """Give two to four places over all periods, and each pair of them compared in one.

    ``jurisdictions`` are ids with commas between.
    """
    given = parameters("layer", "jurisdictions", "period", "group", "format")
    current = release()
    form = given.get("format", "json")
    if form not in _FORMS:
        raise BadParameterError("format", form, Message("one of {names}", names=", ".join(_FORMS)))
    asked = _asked(current, indicator)
    refusal = _refusal(current, asked)
    if refusal is None and not asked.given:
        refusal = Refusal(HTTPStatus.BAD_REQUEST, _too_few(current, asked))
    if refusal is not None:
        raise HttpError(problem(refusal.status, refusal.text))
    about = _about(current, asked)
    rows = [
        {"period": period, **value}
        for period in current.indicator(indicator)["periods"]
        for value in _values(current, asked, period)
    ]
    if form == "csv":
        said = {key: about[key] for key in ("indicator", "layer", "group", "per", "release")}
        said["caveats"] = caveats_in_line(about)
        response = answer(rows_as_csv(rows, said), "text/csv; charset=utf-8")
        ids = "-".join(current.layer(asked.layer).ids[row] for row in asked.rows)
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{indicator}-{ids}.csv")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    view = asked.layer, asked.rows, asked.period, asked.group
    side = places.side_by_side(current, indicator, *view)
    return json_answer(
        {
            **about,
            "jurisdictions": [
                {"id": each.id, "name": each.name, "kind": each.kind} for each in side.places
            ],
            "pairs": [
                {
                    "id": pair.own.id,
                    "with": pair.other.id,
                    "ratio": pair.compared.ratio,
                    "lower": pair.compared.lower,
                    "upper": pair.compared.upper,
                    "verdict": pair.compared.verdict,
                    "sentence": pair.compared.sentence,
                }
                for row in side.pairs
                for pair in row
                if pair is not None
            ],
            "chance": side.chance,
            "cautions": _cautions(asked),
            "values": rows,
        }
    )


@bp.get("/api/v1/peers/<layer>/<identifier>")
def similar(layer: str, identifier: str) -> Response:
    """Give the places of similar population: those whose denominator is nearest by ratio.

    ``indicator`` names the one whose newest denominator is meant, in place of the newest number of
    residents.
    """
    indicator = parameters("indicator").get("indicator")
    current = release()
    row = current.layer(layer).row(identifier)
    if indicator is not None:
        entry = current.indicator(indicator)
        if layer not in entry["layers"]:
            kind = Message("layer of {dataset}", dataset=indicator)
            raise UnknownNameError(kind, layer, tuple(entry["layers"]))
    found = peers(current, layer, row, indicator)
    return json_answer(
        {
            "release": current.id,
            "layer": layer,
            "id": identifier,
            "measure": found.what if found else None,
            "period": found.period if found else None,
            "size": found.size if found else None,
            "kind": found.kind if found else None,
            "rule": found.rule if found else None,
            "peers": [
                {"id": each.id, "name": each.name, "kind": each.kind, "size": each.size}
                for each in (found.places if found else ())
            ],
        }
    )


def _asked(current: Release, indicator: str) -> Asked:
    """Return what the query asks for; raises UnknownNameError for what is not there."""
    query = request.args
    entry = current.indicator(indicator)
    layer = query.get("layer") or next(iter(entry["layers"]))
    period = query.get("period") or entry["default_period"]
    group = query.get("group") or ALL
    current.values(layer, indicator, period, group)
    words = [each for each in query.getlist("jurisdictions") if each.strip(" ,")]
    rows = [row for each in words for row in places.find(current, layer, each)]
    first = query.get("first") or ""
    if not words and first:
        rows = places.find(current, layer, first)[:1]
    return Asked(indicator, layer, period, group, list(dict.fromkeys(rows)), bool(words))


def _refusal(current: Release, asked: Asked) -> Refusal | None:
    """Return why what is asked for is not compared, None where it is or nothing is asked yet."""
    entry = current.indicator(asked.indicator)
    ids = [current.layer(asked.layer).ids[row] for row in asked.rows]
    if entry["per"] is None:
        offers = [
            (each["title"], _address(each["slug"], asked.layer, ids))
            for each in _rates(current, asked.layer)
        ]
        return Refusal(HTTPStatus.BAD_REQUEST, _(sentences.COUNTS_ARE_NOT_COMPARED), offers)
    if not asked.given:
        return None
    if len(ids) > places.MOST:
        names = [each.name for each in places.named(current, asked.layer, asked.rows)]
        offer = (", ".join(names), _address(asked.indicator, asked.layer, ids, asked))
        said = _("At most {most} places can be compared, and {n} were named.").format(
            most=places.MOST, n=len(ids)
        )
        return Refusal(HTTPStatus.BAD_REQUEST, said, [offer])
    if len(ids) < places.FEWEST:
        (place,) = places.named(current, asked.layer, asked.rows)
        found = _peers(current, asked)
        offers = [
            (
                f"{place.name}, {each.name}",
                _address(asked.indicator, asked.layer, [place.id, each.id], asked),
            )
            for each in (found.places if found else ())
        ]
        return Refusal(HTTPStatus.BAD_REQUEST, _too_few(current, asked), offers)
    return None


def _too_few(current: Release, asked: Asked) -> str:
    title = current.layer_info(asked.layer)["title"]
    said = _("Name two to four different places of the layer {title} to compare.")
    return said.format(title=title)


def _without(current: Release, indicator: str, error: UnknownNameError) -> tuple[Asked, Refusal]:
    """Return what is left of a query that names a place that is not there, and what is near it."""
    query = request.args
    entry = current.indicator(indicator)
    layer = query.get("layer") or next(iter(entry["layers"]))
    table = current.layer(layer)
    rows: list[int] = []
    for part in ",".join(query.getlist("jurisdictions")).split(","):
        try:
            rows += places.find(current, layer, part)
        except UnknownNameError:
            continue
    rows = list(dict.fromkeys(rows))[: places.MOST - 1]
    period = query.get("period") or entry["default_period"]
    asked = Asked(indicator, layer, period, query.get("group") or ALL, rows, given=False)
    kept = [table.ids[row] for row in rows]
    offers = [
        (table.names[table.row(each)], _address(indicator, layer, [*kept, each], asked))
        for each in error.known
        if each not in kept
    ]
    for other in entry["layers"]:
        elsewhere = current.layer(other)
        if error.name in elsewhere.index:
            name = elsewhere.names[elsewhere.row(error.name)]
            offers.insert(0, (name, compare_urls.choose_url(indicator, other, error.name)))
    title = current.layer_info(layer)["title"]
    shown = error.name if len(error.name) <= _LONGEST else f"{error.name[:_LONGEST]}…"
    said = _("No place of the layer {title} is called “{name}”, or several are.").format(
        title=title, name=shown
    )
    return asked, Refusal(HTTPStatus.NOT_FOUND, said, offers)


def _address(indicator: str, layer: str, ids: Sequence[str], asked: Asked | None = None) -> str:
    """Return the address that compares places, or that begins with the one that there is."""
    view = (asked.period, asked.group if asked.group != ALL else None) if asked else (None, None)
    if len(ids) >= places.FEWEST:
        return compare_urls.places_url(indicator, layer, ids[: places.MOST], *view)
    if ids:
        return compare_urls.choose_url(indicator, layer, ids[0], *view)
    return compare_urls.places_url(indicator, layer)


def _rates(current: Release, layer: str) -> list[Mapping[str, Any]]:
    """Return the rates that a layer has, which can be compared."""
    return [
        each
        for each in current.catalogue["indicators"]
        if each["per"] is not None and layer in each["layers"]
    ]


def _everywhere(current: Release, layer: str) -> list[tuple[str, str]]:
    """Return ids and names of a layer in the order of the names."""
    table = current.layer(layer)
    pairs = zip(table.ids, table.names, strict=True)
    return sorted(pairs, key=lambda pair: pair[1].casefold())


def _peers(current: Release, asked: Asked) -> Peers | None:
    """Return the peers of the first place, by the indicator's own denominator."""
    if not asked.rows or current.indicator(asked.indicator)["per"] is None:
        return None
    return peers(current, asked.layer, asked.rows[0], asked.indicator)


def _denominator(entry: Mapping[str, Any], asked: Asked) -> Mapping[str, str] | None:
    named = entry["layers"][asked.layer]["denominators"] or {}
    found: Mapping[str, str] | None = (named.get(asked.period) or {}).get(asked.group)
    return found


def _cautions(asked: Asked) -> list[str]:
    """Return the cautions that stand beside places in an order, and beside a group's rates."""
    cautions = [_(sentences.RANKING_CAUTION)]
    return cautions if asked.group == ALL else [*cautions, _(sentences.DISPARITY_CAUTION)]


def _digits(compared: Compared) -> tuple[str, str, str]:
    """Return a ratio and its limits in digits; the ratio must be there."""
    numbers = compared.ratio, compared.lower, compared.upper
    ratio, lower, upper = (math.nan if each is None else each for each in numbers)
    return sentences.digits(ratio, lower, upper)


def _about(current: Release, asked: Asked) -> dict[str, Any]:
    entry = current.indicator(asked.indicator)
    return {
        "release": current.id,
        "indicator": asked.indicator,
        "title": entry["title"],
        "unit": entry["unit"],
        "per": entry["per"],
        "layer": asked.layer,
        "period": asked.period,
        "group": asked.group,
        "denominator": _denominator(entry, asked),
        "caveats": pages.caveats(current, entry),
        "breaks": entry["breaks"],
    }


def _values(current: Release, asked: Asked, period: str) -> list[dict[str, Any]]:
    column = current.values(asked.layer, asked.indicator, period, asked.group)
    found = list(value_rows(current.layer(asked.layer), column))
    return [found[row] for row in asked.rows]
