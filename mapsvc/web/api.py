"""The read-only API: catalogue, values, jurisdictions, columns for maps, report, published files.

Every answer has an entity tag and is revalidated, as it follows the current release. A number that
is missing is ``null``, never zero.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import numpy.typing as npt
from flask import Blueprint, Response, request

from mapsvc.errors import BadParameterError, UnknownNameError
from mapsvc.language import Message
from mapsvc.maps import modelled
from mapsvc.maps.finding import beside
from mapsvc.maps.ranks import ranking
from mapsvc.model import ALL, RELIABILITIES, STATUSES
from mapsvc.release.reader import LayerTable, Release, ValueSlice
from mapsvc.web import headers, urls
from mapsvc.web.answers import answer, flag, json_answer, parameters
from mapsvc.web.app import release
from mapsvc.web.errors import HttpError, problem
from mapsvc.web.formats import COUNTS, FIELDS, RATES, caveats, rows_as_csv, to_csv, to_geojson
from mapsvc.web.policing import policing

bp = Blueprint("api", __name__)

FORMATS: Mapping[str, str] = {
    "json": "application/json",
    "csv": "text/csv",
    "geojson": "application/geo+json",
}

_FILE_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".parquet": "application/vnd.apache.parquet",
    ".txt": "text/plain; charset=utf-8",
}
_CHUNK = 1 << 16


@bp.get("/api/v1/indicators")
def indicators() -> Response:
    """List the indicators with their layers, periods, groups and words."""
    parameters()
    current = release()
    return json_answer(
        {
            "release": current.id,
            "title": current.catalogue["title"],
            "layers": current.catalogue["layers"],
            "indicators": [_described(entry) for entry in current.catalogue["indicators"]],
        }
    )


@bp.get("/api/v1/indicators/<indicator>")
def values(indicator: str) -> Response:
    """Give an indicator's value for every jurisdiction of a layer, as JSON, CSV or GeoJSON."""
    given = parameters("layer", "period", "group", "denominator", "format", "ranks", "smoothed")
    current = release()
    way = given.get("denominator", "")
    entry = current.indicator(indicator, way)
    layer = given.get("layer", next(iter(entry["layers"])))
    period = given.get("period", entry["default_period"])
    group = given.get("group", ALL)
    form = _form(given.get("format"))
    column = current.values(layer, indicator, period, group, way)
    table = current.layer(layer)
    rows = list(value_rows(table, column))
    view = "-".join(filter(None, (indicator, layer, period, group, way)))
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{view}.{form}")
    about = _about(current, entry, layer, period, group)
    if flag(given, "ranks"):
        if form == "csv":
            # It has no room for what must stand beside ranks.
            raise BadParameterError("ranks", "1", "format=json or format=geojson for ranks")
        about["ranking"], ranked = ranking(current, layer, indicator, period, group, way)
        rows = [{**row, **rank} for row, rank in zip(rows, ranked, strict=True)]
    if flag(given, "smoothed"):
        about["modelled"], rates = modelled.rates(current, layer, indicator, period, group, way)
        rows = [{**row, **rate} for row, rate in zip(rows, rates, strict=True)]
    if form == "csv":
        response = answer(to_csv(rows, about), "text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        described = urls.api_url(indicator, layer, period, group, "json", denominator=way or None)
        response.headers["Link"] = f'<{described}>; rel="describedby"; type="application/json"'
    elif form == "geojson":
        response = answer(to_geojson(about, table, rows), FORMATS["geojson"])
        response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    else:
        response = json_answer({**about, "values": rows})
    response.vary.add("Accept")
    return response


@bp.get("/api/v1/jurisdictions")
def jurisdictions() -> Response:
    """List the jurisdictions of all layers, or of one."""
    given = parameters("layer")
    current = release()
    layers = (given["layer"],) if "layer" in given else current.layer_keys
    found = [
        _jurisdiction(current.layer(layer), row)
        for layer in layers
        for row in range(len(current.layer(layer).ids))
    ]
    return json_answer({"release": current.id, "jurisdictions": found})


_PROFILES = ("json", "csv")


@bp.get("/api/v1/jurisdictions/<layer>/<identifier>")
def profile(layer: str, identifier: str) -> Response:
    """Give what is known of a jurisdiction: attributes, and every indicator over its periods.

    ``format=csv`` gives a row for each period of each indicator, and of the attributes the name.
    """
    given = parameters("group", "format")
    group, form = given.get("group", ALL), given.get("format", "json")
    if form not in _PROFILES:
        expected = Message("one of {names}", names=", ".join(_PROFILES))
        raise BadParameterError("format", form, expected)
    current = release()
    table = current.layer(layer)
    row = table.row(identifier)
    offered = {item["key"] for entry in current.catalogue["indicators"] for item in entry["groups"]}
    if group not in offered:
        raise UnknownNameError("group", group, sorted(offered))
    if form == "csv":
        body = rows_as_csv(_profile_rows(current, table, row, group), {"release": current.id})
        response = answer(body, "text/csv; charset=utf-8")
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{layer}-{identifier}-{group}.csv")
        response.headers.set("Content-Disposition", "attachment", filename=name)
        return response
    return json_answer(
        {
            "release": current.id,
            **_jurisdiction(table, row),
            "parent": _parent(current, table, row),
            "parts": _parts(current, layer, identifier),
            "neighbours": beside(current, layer, identifier),
            "polices": policing(current, layer, identifier),
            "group": group,
            "indicators": [
                {
                    "indicator": entry["slug"],
                    "title": entry["title"],
                    "unit": entry["unit"],
                    "per": entry["per"],
                    "breaks": entry["breaks"],
                    "values": list(_series(current, table, row, entry, group)),
                }
                for entry in current.catalogue["indicators"]
                if layer in entry["layers"] and group in [item["key"] for item in entry["groups"]]
            ],
        }
    )


@bp.get("/api/v1/report")
def report() -> Response:
    """Give the release's account of its records: read, joined, unmatched, rejected."""
    parameters()
    return json_answer(release().report)


@bp.get("/data/<dataset>/<path:file>")
def download(dataset: str, file: str) -> Response:
    """Send a published file as it was built from."""
    parameters()
    current = release()
    current.dataset(dataset)
    name = f"data/{dataset}/{file}"
    path = current.data_file(name)
    kind = _FILE_TYPES.get(path.suffix, "application/octet-stream")
    response = Response(_chunks(path), content_type=kind)
    response.content_length = path.stat().st_size
    response.headers.set("Content-Disposition", "attachment", filename=path.name)
    response.set_etag(current.manifest["files"][name]["sha256"][:24])
    response.headers["Cache-Control"] = headers.REVALIDATE
    return response


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def value_rows(table: LayerTable, column: ValueSlice) -> Iterator[dict[str, Any]]:
    """Yield the value of every jurisdiction of a layer, with ``FIELDS`` and perhaps a ``note``."""
    lists = [
        table.ids,
        table.names,
        table.kinds,
        *(_whole(getattr(column, name)) for name in COUNTS),
        *(_numbers(getattr(column, name)) for name in RATES),
        [STATUSES[code] for code in column.status],
        [None if code < 0 else RELIABILITIES[code] for code in column.reliability],
        column.source,
    ]
    for note, *cells in zip(column.note, *lists, strict=True):
        row: dict[str, Any] = dict(zip(FIELDS, cells, strict=True))
        if note:
            row["note"] = note
        yield row


def _form(asked: str | None) -> str:
    """Return the format asked for in the query, or by the Accept header."""
    if asked is not None:
        if asked not in FORMATS:
            raise BadParameterError(
                "format", asked, Message("one of {names}", names=", ".join(FORMATS))
            )
        return asked
    if not request.headers.get("Accept"):
        return "json"
    best = request.accept_mimetypes.best_match(list(FORMATS.values()))
    for form, media_type in FORMATS.items():
        if media_type == best:
            return form
    detail = "The Accept header takes none of the formats that there are."
    raise HttpError(problem(HTTPStatus.NOT_ACCEPTABLE, detail, FORMATS.values()))


def _described(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a catalogue entry with its layers' classes; denominators go with the values."""
    layers = {key: {"classes": layer["classes"]} for key, layer in entry["layers"].items()}
    return {**entry, "layers": layers}


def _about(
    current: Release, entry: Mapping[str, Any], layer: str, period: str, group: str
) -> dict[str, Any]:
    """Return all that an answer says before its values."""
    dataset = current.dataset(entry["dataset"])
    placed = entry["layers"][layer]
    denominators = (placed["denominators"] or {}).get(period) or {}
    return {
        "indicator": entry["slug"],
        "title": entry["title"],
        "unit": entry["unit"],
        "layer": layer,
        "period": period,
        "group": group,
        "per": entry["per"],
        "release": current.id,
        "denominator": denominators.get(group),
        "denominator_key": entry.get("denominator_key"),
        "alternatives": entry.get("alternatives", []),
        "caveats": list(dict.fromkeys([*entry["caveats"], *dataset["caveats"]])),
        "breaks": entry["breaks"],
        "classes": placed["classes"].get(group),
    }


def _jurisdiction(table: LayerTable, row: int) -> dict[str, Any]:
    return {
        "layer": table.key,
        "id": table.ids[row],
        "name": table.names[row],
        "kind": table.kinds[row],
        "parent": table.parents[row],
        "valid_from": table.valid_from[row],
        "valid_to": table.valid_to[row],
        "lon": _number(table.lon[row]),
        "lat": _number(table.lat[row]),
        "area_m2": _number(table.area_m2[row]),
    }


def _parent(current: Release, table: LayerTable, row: int) -> dict[str, Any] | None:
    """Return the jurisdiction that this one is a part of, named where its layer is known."""
    identifier = table.parents[row]
    if identifier is None:
        return None
    layer = current.layer_info(table.key)["partition_of"]
    above = current.layer(layer) if layer else None
    at = above.index.get(identifier) if above else None
    name = above.names[at] if above and at is not None else None
    return {"layer": layer, "id": identifier, "name": name}


def _parts(current: Release, layer: str, identifier: str) -> list[dict[str, Any]]:
    """Return the jurisdictions that divide this one."""
    return [
        {"layer": table.key, "id": table.ids[row], "name": table.names[row]}
        for info in current.catalogue["layers"]
        if info["partition_of"] == layer
        for table in [current.layer(info["key"])]
        for row, parent in enumerate(table.parents)
        if parent == identifier
    ]


def _profile_rows(
    current: Release, table: LayerTable, row: int, group: str
) -> Iterator[dict[str, Any]]:
    """Yield a jurisdiction's value in each period of each indicator that has the group."""
    place = {"layer": table.key, "id": table.ids[row], "name": table.names[row]}
    for entry in current.catalogue["indicators"]:
        if table.key not in entry["layers"] or group not in [
            item["key"] for item in entry["groups"]
        ]:
            continue
        what = {"indicator": entry["slug"], "title": entry["title"], "unit": entry["unit"]}
        said = caveats(_about(current, entry, table.key, entry["default_period"], group))
        for value in _series(current, table, row, entry, group):
            yield {**place, **what, "group": group, **value, "caveats": said}


def _series(
    current: Release, table: LayerTable, row: int, entry: Mapping[str, Any], group: str
) -> Iterator[dict[str, Any]]:
    """Yield a jurisdiction's value in each period of an indicator."""
    for period in entry["periods"]:
        found = current.values(table.key, entry["slug"], period, group)
        code, note = found.reliability[row], found.note[row]
        yield {
            "period": period,
            **{name: _whole(getattr(found, name)[row : row + 1])[0] for name in COUNTS},
            **{name: _number(getattr(found, name)[row]) for name in RATES},
            "status": STATUSES[found.status[row]],
            "reliability": None if code < 0 else RELIABILITIES[code],
            "denominator_source": found.source[row],
            **({"note": note} if note else {}),
        }


def _number(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None


def _numbers(array: npt.NDArray[Any]) -> list[float | None]:
    return [number if math.isfinite(number) else None for number in array.tolist()]


def _whole(array: npt.NDArray[Any]) -> list[float | None]:
    """Return counts as integers, and what is not whole as it is."""
    return [
        int(number) if number is not None and number.is_integer() else number
        for number in _numbers(array)
    ]
