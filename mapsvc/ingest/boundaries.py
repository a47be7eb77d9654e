"""Jurisdictions and their territories, and the ground that is drawn under them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from mapsvc.errors import InputError, Problem
from mapsvc.ingest.catalog import ContextSource, LayerSource, SourceFile
from mapsvc.ingest.descriptors import close_match, is_date, suggestion
from mapsvc.ingest.geofiles import LISTED, read_geometry
from mapsvc.model import BoundarySet

COLUMNS = ("id", "name", "kind", "parent", "valid_from", "valid_to")
AREAS = ("Polygon", "MultiPolygon")
CONTEXT_TYPES: Mapping[str, tuple[str, ...]] = {
    "land": AREAS,
    "states": AREAS,
    "lakes": AREAS,
    "places": ("Point",),
}

Geometries = npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Layer:
    """The jurisdictions of one boundary set.

    ``frame`` is sorted by ``id`` and has ``id``, ``name``, ``kind``, ``parent``, ``valid_from``,
    ``valid_to`` (text, or None for parent and dates) and ``geometry`` in EPSG:4326: a polygon or
    multipolygon, a point for an agency without territory, or None. A position in it is what the
    crosswalk, the join and the population table call a jurisdiction's index.
    """

    boundary_set: BoundarySet
    frame: gpd.GeoDataFrame

    @property
    def key(self) -> str:
        return self.boundary_set.key

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(self.frame["id"])

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.frame["name"])

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(self.frame["kind"])

    @property
    def parents(self) -> tuple[str | None, ...]:
        return tuple(self.frame["parent"])

    @property
    def valid_from(self) -> tuple[str | None, ...]:
        return tuple(self.frame["valid_from"])

    @property
    def valid_to(self) -> tuple[str | None, ...]:
        return tuple(self.frame["valid_to"])

    @property
    def geometry(self) -> Geometries:
        """Shapely geometries or None, one a jurisdiction, in EPSG:4326."""
        return np.asarray(self.frame.geometry.array, dtype=object)


def read_layers(sources: Iterable[LayerSource]) -> dict[str, Layer]:
    """Read every layer, by its key, and check that each parent is in the layer it should be in.

    Raises InputError with the problems of all of them.
    """
    layers: dict[str, Layer] = {}
    files: dict[str, SourceFile] = {}
    problems: list[Problem] = []
    for source in sources:
        files[source.boundary_set.key] = source.file
        try:
            layers[source.boundary_set.key] = read_layer(source)
        except InputError as error:
            problems.extend(error.problems)
    # Parents of a layer that could not be read would all seem unknown.
    if not problems:
        for key, layer in layers.items():
            problems.extend(_check_parents(layer, layers, files[key].label))
    if problems:
        raise InputError(problems)
    return layers


def read_layer(source: LayerSource) -> Layer:
    """Read one layer from GeoParquet, FlatGeobuf, GeoPackage or GeoJSON, into EPSG:4326.

    Raises InputError with every problem: columns, kinds, dates and ids that are missing or wrong,
    and geometries that are not closed, cross themselves, are empty or lie off the globe. ``row``
    is the number of the feature in its file, from 1.
    """
    label, problems = source.file.label, list[Problem]()
    frame = read_geometry(source.file, problems)
    if frame is None:
        raise InputError(problems)
    known = [str(name) for name in frame.columns if name != frame.geometry.name]
    columns: dict[str, list[Any]] = {}
    for name in COLUMNS:
        if name in known:
            columns[name] = [_as_text(value) for value in frame[name].astype(object)]
            continue
        match = close_match(name, [each for each in known if each not in COLUMNS])
        mend = f"Rename column {match!r}" if match else "Add it; parent and dates may be null"
        problems.append(Problem("the column is missing", file=label, column=name, mend=mend))
    _check_texts(columns, source.boundary_set, label, problems)
    ids = columns.get("id", [])
    check_geometries(_geometries(frame), ids, (*AREAS, "Point"), label, problems)
    if problems:
        raise InputError(problems)
    order = sorted(range(len(ids)), key=lambda position: str(ids[position]))
    ordered: dict[str, Any] = {
        name: pd.Series([values[position] for position in order], dtype=object)
        for name, values in columns.items()
    }
    geometry = shapely.force_2d(_geometries(frame)[order])
    return Layer(source.boundary_set, gpd.GeoDataFrame(ordered, geometry=geometry, crs="EPSG:4326"))


@dataclass(frozen=True, eq=False)
class Context:
    """A drawn layer: geometries in EPSG:4326 and, for each, its properties."""

    geometries: Geometries
    properties: tuple[Mapping[str, Any], ...]


def read_context(sources: Iterable[ContextSource]) -> dict[str, Context]:
    """Read the ground under the map, by layer; raises InputError with every problem."""
    context: dict[str, Context] = {}
    problems: list[Problem] = []
    for source in sources:
        frame = read_geometry(source.file, problems)
        if frame is None:
            continue
        label, geometries = source.file.label, _geometries(frame)
        columns = frame.drop(columns=frame.geometry.name)
        names = [f"feature {number}" for number in range(1, len(frame) + 1)]
        check_geometries(geometries, names, CONTEXT_TYPES[source.layer], label, problems)
        if source.layer == "places":
            for name in ("name", "rank", "population"):
                if name not in columns:
                    mend = suggestion(name, [str(each) for each in columns])
                    what = "the column is missing"
                    problems.append(Problem(what, file=label, column=name, mend=mend))
        properties = [
            {str(name): _plain(value) for name, value in row.items()}
            for row in columns.astype(object).to_dict("records")
        ]
        context[source.layer] = Context(geometries, tuple(properties))
    if problems:
        raise InputError(problems)
    return context


def _geometries(frame: gpd.GeoDataFrame) -> Geometries:
    return np.asarray(frame.geometry.array, dtype=object)


def _plain(value: Any) -> Any:
    """Return a value of a data frame as Python's own, missing as None."""
    if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA:
        return None
    return value.item() if isinstance(value, np.generic) else value


def _as_text(value: Any) -> Any:
    """Return dates as ISO text and what is missing as None; leave anything else to be checked."""
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, datetime.date):
        return value.isoformat()[:10]
    return _plain(value)


def _check_texts(
    columns: Mapping[str, Sequence[Any]],
    boundary_set: BoundarySet,
    label: str,
    problems: list[Problem],
) -> None:
    """Check everything about the jurisdictions but their geometry."""

    def note(position: int, column: str, what: str, mend: str) -> None:
        problems.append(Problem(what, file=label, row=position + 1, column=column, mend=mend))

    for column, values in columns.items():
        needed = column in ("id", "name", "kind")
        for position, value in enumerate(values):
            if value is None or value == "":
                if needed:
                    note(position, column, "the value is missing", "Fill it in")
            elif not isinstance(value, str):
                mend = "Store the column as text: leading zeros count"
                note(position, column, f"{value!r} is not a text", mend)
            elif column in ("valid_from", "valid_to") and not is_date(value):
                note(position, column, f"{value!r} is not a date", "Write it as 2014-12-31")
            elif column == "kind" and value not in boundary_set.kinds:
                mend = suggestion(value, boundary_set.kinds)
                note(position, column, f"the kind {value!r} is not declared", mend)
    first: dict[str, int] = {}
    for position, value in enumerate(columns.get("id", ())):
        if isinstance(value, str) and first.setdefault(value, position) != position:
            what = f"the id {value!r} is that of row {first[value] + 1} too"
            note(position, "id", what, "Give each jurisdiction one row and an id of its own")
    spans = zip(columns.get("valid_from", ()), columns.get("valid_to", ()), strict=False)
    for position, (start, end) in enumerate(spans):
        if isinstance(start, str) and isinstance(end, str) and start > end:
            what = f"it ends on {end}, before it begins on {start}"
            note(position, "valid_to", what, "Correct one of the dates")


def check_geometries(
    geometries: Geometries,
    ids: Sequence[Any],
    types: tuple[str, ...],
    label: str,
    problems: list[Problem],
) -> None:
    """Note geometries of a wrong type, empty, off the globe or that cross themselves.

    ``geometries`` are in degrees; None is allowed. ``ids`` name them in messages.
    """
    present = np.array([geometry is not None for geometry in geometries], dtype=bool)
    kind = np.array([geometry.geom_type if geometry is not None else "" for geometry in geometries])
    wrong = present & ~np.isin(kind, types)
    empty = present & shapely.is_empty(geometries)
    bounds = np.nan_to_num(shapely.bounds(geometries), nan=0, posinf=999, neginf=-999)
    off = present & (np.abs(bounds) > [180, 90, 180, 90]).any(axis=1)
    crossed = present & ~empty & ~off & ~shapely.is_valid(geometries)
    told: tuple[tuple[Any, Callable[[int], str], str], ...] = (
        (
            wrong & ~empty,
            lambda p: f"a {kind[p]} cannot stand here",
            f"Give a {' or '.join(types)}",
        ),
        (empty, lambda p: "the geometry is empty", "Draw it, or make it null"),
        (
            off,
            lambda p: f"coordinates off the globe, up to {np.abs(bounds[p]).max():g} degrees",
            "Declare the coordinate reference system that the file really has",
        ),
        (
            crossed,
            lambda p: f"the polygon is not valid: {shapely.is_valid_reason(geometries[p])}",
            "Mend it at that place (longitude latitude), for example with shapely.make_valid",
        ),
    )
    for bad, describe, mend in told:
        positions = np.flatnonzero(bad).tolist()
        for position in positions[:LISTED]:
            name = f"{ids[position]}: " if position < len(ids) else ""
            what = f"{name}{describe(position)}"
            row = position + 1
            problems.append(Problem(what, file=label, row=row, column="geometry", mend=mend))
        if len(positions) > LISTED:
            what = f"and {len(positions) - LISTED} more geometries like these"
            problems.append(Problem(what, file=label, column="geometry", mend=mend))


def _check_parents(layer: Layer, layers: Mapping[str, Layer], label: str) -> Iterable[Problem]:
    partitioned = layer.boundary_set.partition_of
    others = [partitioned] if partitioned else [key for key in layers if key != layer.key]
    known = {identifier for key in others for identifier in layers[key].ids}
    for identifier, parent in zip(layer.ids, layer.parents, strict=True):
        if parent is not None and parent not in known:
            where = f"layer {partitioned!r}" if partitioned else "any other layer"
            what = f"{identifier}: its parent {parent!r} is not in {where}"
            yield Problem(what, file=label, column="parent", mend=suggestion(parent, known))
