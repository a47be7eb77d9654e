"""A dataset's descriptor read into the words of the model."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from mapsvc.ingest.descriptors import Entry, resource_file, suggestion
from mapsvc.ingest.indicators import read_indicators
from mapsvc.model import Dataset, Measure, PlaceReference, Resource, SeriesBreak

FIELD_TYPES = ("string", "integer", "number", "year", "boolean")
CONSTRAINTS = ("required", "enum", "minimum", "maximum", "pattern", "unique")
ABSENCES = ("zero", "not_reported")
POLICIES = ("none", "small_cells")

Schemes = Mapping[str, Collection[str]]
"""Layer to the schemes by which its jurisdictions can be named."""


def read_dataset(entry: Entry, schemes: Schemes) -> Dataset:
    """Read a dataset's descriptor; faults are noted in ``entry.problems``."""
    own = entry.child("mapsvc")
    own.only("policy absence caveats breaks measures sums indicators")
    key = entry.key("name")
    policy = own.child("policy")
    policy.only("name reason")
    resources = _read_resources(entry, schemes)
    measures = _read_measures(own, key, {resource.name: resource for resource in resources})
    return Dataset(
        key=key,
        title=entry.text("title"),
        description=entry.text("description", ""),
        publisher=_publisher(entry),
        vintage=entry.text("version", ""),
        licence=licence(entry),
        policy=policy.choice("name", POLICIES),
        policy_reason=policy.text("reason"),
        sums=_read_sums(own, measures),
        sources=sources(entry),
        caveats=own.texts("caveats", []),
        breaks=_read_breaks(own, measures),
        resources=resources,
        measures=tuple(measures.values()),
        indicators=read_indicators(
            own, measures, {resource.name: resource for resource in resources}
        ),
        folder=str(entry.folder),
    )


def licence(entry: Entry) -> str:
    """Return the titles (or names) of an entry's licences, as one text."""
    licences = entry.children("licenses", [])
    titles = [each.text("title", "") or each.text("name", "") for each in licences]
    return "; ".join(title for title in titles if title)


def sources(entry: Entry) -> tuple[Mapping[str, str], ...]:
    """Return an entry's sources, each with ``title`` and ``path``."""
    return tuple(
        {"title": each.text("title", ""), "path": each.text("path", "")}
        for each in entry.children("sources", [])
    )


def _publisher(entry: Entry) -> str:
    contributors = entry.children("contributors", [])
    named = [(each.text("role", ""), each.text("title")) for each in contributors]
    publishers = [title for role, title in named if role == "publisher"]
    return "; ".join(publishers or [title for _, title in named])


def _read_sums(
    own: Entry, measures: Mapping[str, Measure]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    sums = []
    for each in own.children("sums", []):
        each.only("whole parts")
        parts = each.texts("parts")
        for part in parts:
            if part not in measures:
                each.fault("parts", f"there is no measure {part!r}", suggestion(part, measures))
        sums.append((each.choice("whole", measures), parts))
    return tuple(sums)


def _read_breaks(own: Entry, measures: Mapping[str, Measure]) -> tuple[SeriesBreak, ...]:
    breaks = []
    for each in own.children("breaks", []):
        each.only("year text measures")
        concerned = each.texts("measures", [])
        for name in concerned:
            if name not in measures:
                each.fault("measures", f"no measure {name!r}", suggestion(name, measures))
        breaks.append(SeriesBreak(each.whole("year"), each.text("text"), concerned))
    return tuple(breaks)


def _read_resources(entry: Entry, schemes: Schemes) -> tuple[Resource, ...]:
    resources: dict[str, Resource] = {}
    for each in entry.children("resources"):
        name = each.text("name")
        if name in resources:
            each.fault("name", f"there are two resources {name!r}", "Rename one")
        resources[name] = _read_resource(each, name, schemes)
    return tuple(resources.values())


def _read_resource(entry: Entry, name: str, schemes: Schemes) -> Resource:
    path, sha256 = resource_file(entry)
    schema = entry.child("schema")
    fields = read_fields(schema)
    own = entry.child("mapsvc", {})
    own.only("year places")
    year = own.maybe_text("year")
    if year is not None and column_exists(own, "year", year, fields):
        needs_type(own, "year", year, fields, ("year", "integer"))
    places: dict[str, PlaceReference] = {}
    for place in own.children("places", []):
        reference = _read_place(place, fields, schemes)
        if reference.layer in places:
            place.fault("layer", f"a second place in {reference.layer!r}", "Keep one")
        places[reference.layer] = reference
    return Resource(name, path, schema.value, tuple(places.values()), year, sha256)


def _read_place(place: Entry, fields: Mapping[str, str], schemes: Schemes) -> PlaceReference:
    place.only("layer scheme column columns unplaced")
    layer = place.choice("layer", schemes)
    scheme = place.text("scheme")
    if scheme and scheme != "point" and layer in schemes and scheme not in schemes[layer]:
        what = f"{layer!r} has no scheme {scheme!r}"
        place.fault("scheme", what, suggestion(scheme, {*schemes[layer], "point"}))
    if scheme == "point":
        columns = place.texts("columns")
        if columns and len(columns) != 2:
            place.fault("columns", "a point has two columns", "Give longitude, then latitude")
        for column in columns:
            if column_exists(place, "columns", column, fields):
                needs_type(place, "columns", column, fields, ("number", "integer"))
    else:
        columns = (place.text("column"),)
        column_exists(place, "column", columns[0], fields)
    values, patterns = _read_unplaced(place)
    return PlaceReference(layer, scheme, columns, values, patterns)


def _read_unplaced(place: Entry) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    values: dict[str, str] = {}
    patterns: list[tuple[str, str]] = []
    for each in place.children("unplaced", []):
        each.only("values pattern reason")
        reason = each.text("reason")
        if each.has("values") == each.has("pattern"):
            each.fault("", "needs either values or a pattern", "Give exactly one of the two")
        elif each.has("values"):
            values.update(dict.fromkeys(each.texts("values"), reason))
        elif is_pattern(each, "pattern"):
            patterns.append((each.text("pattern"), reason))
    return values, tuple(patterns)


def read_fields(schema: Entry) -> dict[str, str]:
    """Check a Table Schema; return its columns with their types."""
    fields: dict[str, str] = {}
    for field in schema.children("fields"):
        name = field.text("name")
        if name in fields:
            field.fault("name", f"there are two columns {name!r}", "Describe each once")
        fields[name] = field.choice("type", FIELD_TYPES)
        limits = field.child("constraints", {})
        limits.only(" ".join(CONSTRAINTS))
        for flag in ("required", "unique"):
            limits.flag(flag, False)
        limits.items("enum", [])
        if limits.has("pattern") and is_pattern(limits, "pattern"):
            needs_type(limits, "pattern", name, fields, ("string",))
        for bound in ("minimum", "maximum"):
            if limits.has(bound):
                needs_type(limits, bound, name, fields, ("integer", "number", "year"))
                value = limits.value[bound]
                if isinstance(value, bool) or not isinstance(value, int | float):
                    limits.fault(bound, f"{value!r} is not a number", "Give a number, unquoted")
    schema.texts("missingValues", [])
    key = schema.value.get("primaryKey")
    for column in [key] if isinstance(key, str) else schema.texts("primaryKey", []):
        column_exists(schema, "primaryKey", column, fields)
    return fields


def is_pattern(entry: Entry, key: str) -> bool:
    """Tell whether a text is a regular expression, noting it where it is not."""
    pattern = entry.text(key)
    try:
        re.compile(pattern)
    except re.error as error:
        entry.fault(key, f"{pattern!r} is not a regular expression: {error}", "Correct it")
        return False
    return bool(pattern)


def column_exists(entry: Entry, key: str, column: str, fields: Mapping[str, str]) -> bool:
    """Tell whether the schema has a column, noting it where it has not."""
    if column and column not in fields:
        entry.fault(key, f"the schema has no column {column!r}", suggestion(column, fields))
        return False
    return bool(column)


def needs_type(
    entry: Entry, key: str, column: str, fields: Mapping[str, str], types: Collection[str]
) -> None:
    """Note a column whose type does not serve; an unknown type is noted elsewhere."""
    if fields[column] in FIELD_TYPES and fields[column] not in types:
        what = f"column {column!r} is of type {fields[column]}"
        entry.fault(key, what, f"It must be {' or '.join(types)}: mend the schema")


def _read_measures(
    own: Entry, dataset: str, resources: Mapping[str, Resource]
) -> dict[str, Measure]:
    absence = own.choice("absence", ABSENCES, "")
    measures: dict[str, Measure] = {}
    for each in own.children("measures", []):
        measure = _read_measure(each, dataset, absence, resources)
        if measure.key in measures:
            each.fault("key", f"there are two measures {measure.key!r}", "Rename one")
        measures[measure.key] = measure
    return measures


def _read_measure(
    entry: Entry, dataset: str, absence: str, resources: Mapping[str, Resource]
) -> Measure:
    entry.only(
        "key resource title universe numerator filter group reported_where months note additive "
        "absence"
    )
    resource = entry.choice("resource", resources)
    columns = schema_fields(resources[resource]) if resource in resources else {}
    known = bool(columns)
    if not absence and not entry.has("absence"):
        mend = 'Give "zero" (a complete register) or "not_reported", here or for the dataset'
        entry.fault("absence", "nothing says what the absence of a record means", mend)
    note = entry.maybe_text("note")
    if note is not None and known:
        column_exists(entry, "note", note, _types(columns))
    months = entry.maybe_text("months")
    if months is not None and known and column_exists(entry, "months", months, _types(columns)):
        needs_type(entry, "months", months, _types(columns), ("integer", "number"))
    additive = entry.child("additive")
    additive.only("periods groups places")
    group = entry.maybe_child("group")
    return Measure(
        key=entry.key("key"),
        dataset=dataset,
        resource=resource,
        title=entry.text("title"),
        universe=entry.text("universe"),
        sum=_read_numerator(entry.child("numerator"), columns),
        filter=_read_filter(entry, "filter", columns),
        reported_where=_read_filter(entry, "reported_where", columns),
        note=note,
        **_read_group(group, columns),
        absence=entry.choice("absence", ABSENCES, absence),
        additive={name: additive.flag(name) for name in ("periods", "groups", "places")},
        months=months,
    )


def schema_fields(resource: Resource) -> dict[str, Mapping[str, Any]]:
    """Return the columns of a resource by name, each with its Table Schema description."""
    fields = resource.schema.get("fields")
    described = [field for field in fields if isinstance(field, dict)] if fields else []
    return {str(field.get("name", "")): field for field in described}


def _types(columns: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {name: str(field.get("type", "")) for name, field in columns.items()}


def _read_numerator(entry: Entry, columns: Mapping[str, Mapping[str, Any]]) -> str | None:
    entry.only("sum count")
    if entry.has("sum") == entry.has("count"):
        mend = 'Give exactly one: {"sum": column} or {"count": "rows"}'
        entry.fault("", "a numerator is a sum or a count", mend)
        return None
    if entry.has("count"):
        entry.choice("count", ("rows",))
        return None
    column = entry.text("sum")
    types = _types(columns)
    if columns and column_exists(entry, "sum", column, types):
        needs_type(entry, "sum", column, types, ("integer", "number"))
    return column


def _read_filter(
    entry: Entry, key: str, columns: Mapping[str, Mapping[str, Any]]
) -> dict[str, tuple[str, ...]]:
    holder = entry.child(key, {})
    passing = {column: holder.texts(column) for column in holder.value}
    for column, values in passing.items():
        if columns and column_exists(holder, column, column, _types(columns)):
            for value in values:
                _value_exists(holder, column, value, columns[column])
    return passing


def _value_exists(entry: Entry, key: str, value: str, field: Mapping[str, Any]) -> None:
    limits = field.get("constraints") or {}
    allowed = [str(each) for each in limits.get("enum") or []]
    if allowed and value not in allowed:
        what = f"{value!r} is not a value of column {field.get('name')!r}"
        entry.fault(key, what, suggestion(value, allowed))


def _read_group(entry: Entry | None, columns: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    if entry is None:
        return {"group": None, "group_total": None, "group_titles": {}}
    entry.only("column total titles")
    column, total = entry.text("column"), entry.maybe_text("total")
    titles = entry.child("titles", {})
    named = {value: titles.text(value) for value in titles.value}
    if columns and column_exists(entry, "column", column, _types(columns)):
        needs_type(entry, "column", column, _types(columns), ("string",))
        for key, value in [("total", total), *(("titles", value) for value in named)]:
            if value is not None:
                _value_exists(entry, key, value, columns[column])
    return {"group": column, "group_total": total, "group_titles": named}
