"""The indicators of a dataset's descriptor read into the words of the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from mapsvc.ingest.descriptors import Entry, suggestion
from mapsvc.model import Alternative, Denominator, Indicator, Measure, Period, Resource

SCHEMES = ("quantiles", "fisher_jenks", "equal_interval", "head_tail", "max_breaks", "given")
BREWER = [
    "Blues",
    "BuGn",
    "BuPu",
    "GnBu",
    "Greens",
    "Greys",
    "Oranges",
    "OrRd",
    "PuBu",
    "PuBuGn",
    "PuRd",
    "Purples",
    "RdPu",
    "Reds",
    "YlGn",
    "YlGnBu",
    "YlOrBr",
    "YlOrRd",
]
PALETTES = (*BREWER, "viridis", "cividis", "magma", "inferno", "plasma")
DEFAULT_CLASSES: Mapping[str, Any] = {"scheme": "quantiles", "count": 5}
MOST_CLASSES = 9
"""ColorBrewer's sequential palettes go no further."""

NO_MEASURE = Measure(
    key="", dataset="", resource="", title="", universe="", sum=None, filter={}, reported_where={},
    note=None, group=None, group_total=None, group_titles={}, absence="", additive={},
)  # fmt: skip
"""Stands for a measure that does not exist, which has been noted."""


class _Shared(NamedTuple):
    """What an indicator's denominators have in common unless one says otherwise."""

    unit: str
    per: int
    description: str
    method: str
    classes: tuple[str, int, tuple[float, ...]]


def read_indicators(
    own: Entry, measures: Mapping[str, Measure], resources: Mapping[str, Resource]
) -> tuple[Indicator, ...]:
    """Read the ``indicators`` of a dataset's ``mapsvc``; faults are noted in its problems."""
    return tuple(
        _read_indicator(entry, measures, resources) for entry in own.children("indicators", [])
    )


def _read_indicator(
    entry: Entry, measures: Mapping[str, Measure], resources: Mapping[str, Resource]
) -> Indicator:
    entry.only(
        "slug measure title description method unit noun denominator group_denominator "
        "alternatives per layers years pooled default_period classes palette caveats"
    )
    measure = measures.get(entry.choice("measure", measures), NO_MEASURE)
    resource = resources.get(measure.resource)
    layers = entry.texts("layers")
    if not layers and "layers" in entry.value:
        entry.fault("layers", "no layer is named", "Give at least one")
    if resource is not None:
        _check_resource(entry, layers, resource)
    first, last = _read_years(entry)
    pooled = _read_pooled(entry, (first, last), measure)
    denominator = _read_denominator(entry, "denominator", resource)
    if "denominator" not in entry.value:
        entry.fault("denominator", "'denominator' is missing", "Give one, or null for a count")
    per = entry.whole("per") if denominator or entry.has("per") else None
    if denominator and per is not None and per <= 0 and entry.has("per"):
        entry.fault("per", f"{per} is not a rate's base", "Give a positive number such as 100000")
    if per is not None and "denominator" in entry.value and not denominator:
        entry.fault("per", "a count is not per anything", "Remove it, or give a denominator")
    unit, description = entry.text("unit"), entry.text("description", "")
    method = entry.text("method", "")
    classes = scheme, count, breaks = _read_classes(entry.child("classes", DEFAULT_CLASSES))
    return Indicator(
        slug=entry.key("slug"),
        measure=measure,
        title=entry.text("title"),
        description=description,
        method=method,
        unit=unit,
        noun=entry.text("noun"),
        denominator=denominator,
        group_denominator=_read_denominator(entry, "group_denominator", resource),
        per=per,
        layers=layers,
        years=(first, last),
        pooled=pooled,
        default_period=_read_default(entry, (first, last), pooled),
        scheme=scheme,
        classes=count,
        given_breaks=breaks,
        palette=entry.choice("palette", PALETTES, "YlGnBu"),
        caveats=entry.texts("caveats", []),
        alternatives=_read_alternatives(
            entry, denominator, _Shared(unit, per or 0, description, method, classes), resource
        ),
    )


def _check_resource(entry: Entry, layers: tuple[str, ...], resource: Resource) -> None:
    if resource.year is None:
        mend = "Name its column of years as mapsvc.year of the resource"
        entry.fault("measure", f"the records of {resource.name!r} have no year", mend)
    placed = [place.layer for place in resource.places]
    for layer in layers:
        if layer not in placed:
            what = f"the records of {resource.name!r} have no place in layer {layer!r}"
            entry.fault("layers", what, suggestion(layer, placed))


def _read_years(entry: Entry) -> tuple[int, int]:
    years = entry.items("years")
    right = len(years) == 2 and all(type(year) is int and 1000 <= year <= 9999 for year in years)
    if not right or years[0] > years[1]:
        if years:
            entry.fault(
                "years", f"{years} is not two years", "Give the first and last: [2005, 2024]"
            )
        return (1000, 9999)
    return (years[0], years[1])


def _parse_period(entry: Entry, key: str, text: str) -> Period | None:
    try:
        return Period.parse(text)
    except ValueError as error:
        entry.fault(key, str(error), "Correct it")
        return None


def _read_pooled(entry: Entry, years: tuple[int, int], measure: Measure) -> tuple[Period, ...]:
    pooled: list[Period] = []
    for text in entry.texts("pooled", []):
        period = _parse_period(entry, "pooled", text)
        if period is None:
            continue
        if period.first == period.last:
            entry.fault("pooled", f"{text!r} is one year", "Pool two years or more: 2010-2014")
        if period.first < years[0] or period.last > years[1]:
            what = f"{text!r} is not within the years {years[0]} to {years[1]}"
            entry.fault("pooled", what, "Correct the period or the years")
        if period in pooled:
            entry.fault("pooled", f"{text!r} is there twice", "Remove one")
        pooled.append(period)
    if pooled and measure.additive.get("periods") is False:
        what = f"measure {measure.key!r} may not be summed over periods"
        entry.fault("pooled", what, "Remove the pooled periods")
    return tuple(pooled)


def _read_default(entry: Entry, years: tuple[int, int], pooled: tuple[Period, ...]) -> Period:
    latest = Period(years[1], years[1])
    text = entry.text("default_period", "")
    period = _parse_period(entry, "default_period", text) if text else latest
    if period is None:
        return latest
    single = period.first == period.last and years[0] <= period.first <= years[1]
    if not single and period not in pooled:
        what = f"{text!r} is not among the periods"
        entry.fault(
            "default_period", what, f"Give a year from {years[0]} to {years[1]} or a pooled"
        )
    return period


def _read_denominator(entry: Entry, key: str, resource: Resource | None) -> Denominator | None:
    given = entry.maybe_child(key)
    if given is None or not given.value:
        return None
    given.only("key title series column authority product vintage")
    return _read_base(given, resource)


def _read_base(given: Entry, resource: Resource | None) -> Denominator:
    title, series, column = given.text("title"), given.maybe_text("series"), None
    if given.has("series") == given.has("column"):
        mend = "Give exactly one: a series of the population table, or a column of the records"
        given.fault("", "a denominator is a series or a column", mend)
    elif given.has("column"):
        column = given.text("column")
        given.text("authority")
        if resource is not None:
            _check_column(given, column, resource)
    return Denominator(
        title=title,
        series=series,
        column=column,
        authority=given.text("authority", ""),
        product=given.text("product", ""),
        vintage=given.text("vintage", ""),
        key=given.key("key") if given.has("key") else "",
    )


def _read_alternatives(
    entry: Entry, main: Denominator | None, shared: _Shared, resource: Resource | None
) -> tuple[Alternative, ...]:
    """Read the other denominators that a reader may choose."""
    listed = entry.children("alternatives", [])
    if listed and main is None:
        mend = "Remove them, or give the indicator a denominator"
        entry.fault("alternatives", "a count has nothing else to be divided by", mend)
        return ()
    taken = {main.name} if main else set()
    found: list[Alternative] = []
    for given in listed:
        given.only(
            "key title description method series column authority product vintage per unit classes"
        )
        denominator = _read_base(given, resource)
        key = denominator.key or given.text("key")
        if key in taken:
            given.fault("key", f"{key!r} names two denominators", "Give each a key of its own")
        taken.add(key)
        found.append(_read_alternative(given, denominator, shared))
    return tuple(found)


def _read_alternative(given: Entry, denominator: Denominator, shared: _Shared) -> Alternative:
    unit = given.text("unit", shared.unit)
    per = given.whole("per", shared.per)
    if given.has("per") and per <= 0:
        given.fault("per", f"{per} is not a rate's base", "Give a positive number such as 100000")
    scheme, count, breaks = shared.classes
    if unit == shared.unit:
        if per != shared.per:
            mend = 'Give its "unit" as well, as a reader is to see it'
            given.fault("per", "another base is another unit", mend)
        if given.has("classes"):
            mend = "Remove them: rates of one unit share their classes, so that colours compare"
            given.fault("classes", "it has the unit of the indicator", mend)
    elif given.has("classes"):
        scheme, count, breaks = _read_classes(given.child("classes"))
    elif scheme == "given":
        given.fault("classes", "the breaks given are of another unit", "Give classes for this one")
    return Alternative(
        denominator=denominator,
        per=per,
        unit=unit,
        description=given.text("description", shared.description),
        method=given.text("method", shared.method),
        scheme=scheme,
        classes=count,
        given_breaks=breaks,
    )


def _check_column(entry: Entry, column: str, resource: Resource) -> None:
    fields = resource.schema.get("fields") or []
    types = {field.get("name"): field.get("type") for field in fields if isinstance(field, dict)}
    if column not in types:
        known = [str(name) for name in types]
        entry.fault("column", f"the schema has no column {column!r}", suggestion(column, known))
    elif types[column] not in ("integer", "number"):
        mend = "It must be integer or number: mend the schema"
        entry.fault("column", f"column {column!r} is of type {types[column]}", mend)


def _read_classes(entry: Entry) -> tuple[str, int, tuple[float, ...]]:
    entry.only("scheme count breaks")
    scheme = entry.choice("scheme", SCHEMES)
    if scheme == "given":
        breaks = entry.items("breaks")
        numbers = [each for each in breaks if type(each) in (int, float)]
        if len(numbers) < len(breaks) or sorted(set(numbers)) != numbers:
            mend = "Give the upper bound of each class, from small to large"
            entry.fault("breaks", "the breaks are not rising numbers", mend)
        if len(breaks) > MOST_CLASSES:
            entry.fault("breaks", f"{len(breaks)} classes", f"Give at most {MOST_CLASSES}")
        return scheme, len(numbers), tuple(float(each) for each in numbers)
    if entry.has("breaks"):
        entry.fault("breaks", f"{scheme!r} finds its own breaks", 'Remove them, or say "given"')
    # Head-tail breaks end where the tail does: no count is asked for.
    count = entry.whole("count", 5)
    if not 2 <= count <= MOST_CLASSES:
        entry.fault("count", f"{count} classes", f"Give 2 to {MOST_CLASSES}")
    return scheme, count, ()
