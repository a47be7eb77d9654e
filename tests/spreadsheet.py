"""The bundled tables worked out as in a spreadsheet: the second working of every value.

Nothing of the service takes part: the committed tables are read row by row, and each indicator's
rule is stated here by hand, in the words of its dataset's description.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq
import shapely

PROJECT = Path(__file__).parents[1]
REGION = PROJECT / "boundaries/california"

Row = dict[str, str]
Cell = tuple[str, int, str]
"""Jurisdiction, year, group."""

COUNTIES, BOTH = ("counties",), ("counties", "agencies")
RESIDENTS = "residents"
EARLY_RACES = ("black", "white", "hispanic", "asian_pacific_islander")
WITHOUT_RESIDENTS = {"highway_patrol", "campus", "park", "transit", "state", "other"}
"""Kinds of agency of which nobody is a resident."""


def single_years(first: int, last: int) -> tuple[str, ...]:
    return tuple(str(year) for year in range(first, last + 1))


@dataclass(frozen=True)
class Rule:
    """How one indicator is worked out: which rows, what is added up, what it is divided by."""

    table: str
    place: dict[str, str]
    """For each layer, the column that names the jurisdiction."""
    periods: tuple[str, ...]
    group: Callable[[Row], str | None] = lambda row: "all"
    """The group that a row counts for; None for a row that does not take part."""
    adds: str | None = None
    """The column added up; None counts rows."""
    groups: tuple[str, ...] = ("all",)
    per: int | None = None
    divide: str | None = None
    """``residents``, a column of the records, or None for a count."""
    divide_groups: str | None = None
    """The column that the groups other than all are divided by."""
    complete: Callable[[Row], bool] = lambda row: True
    none_means_zero: bool = False


def arrests(offence: str, *pooled: str) -> Rule:
    return Rule(
        "arrests/arrests.csv",
        {"counties": "county"},
        (*single_years(2015, 2024), *pooled),
        lambda row: "all" if (row["race"], row["offence"]) == ("all", offence) else None,
        adds="arrests",
        per=100_000,
        divide=RESIDENTS,
    )


def deaths(
    *responsible: str, layers: tuple[str, ...], first: int, pooled: tuple[str, ...], rate: bool
) -> Rule:
    columns = {"counties": "county", "agencies": "agency_number"}
    return Rule(
        "deaths-in-custody/deaths.csv",
        {layer: columns[layer] for layer in layers},
        (*single_years(first, 2018), *pooled),
        lambda row: (
            "all" if not responsible or row["custodial_responsibility"] in responsible else None
        ),
        per=100_000 if rate else None,
        divide=RESIDENTS if rate else None,
        none_means_zero=True,
    )


ARRESTED = {
    "layers": BOTH,
    "first": 2006,
    "pooled": ("2009-2013", "2014-2018", "2006-2018"),
}
HALVES = ("2005-2011", "2012-2018")
FIVES = ("2015-2019", "2020-2024")

RULES = {
    "arrest-rate": Rule(
        "arrests/arrests.csv",
        {"counties": "county"},
        (*single_years(2005, 2024), "2005-2009", "2010-2014", *FIVES),
        lambda row: row["race"] if row["offence"] == "all" else None,
        adds="arrests",
        groups=("all", *EARLY_RACES),
        per=100_000,
        divide=RESIDENTS,
        divide_groups="population",
    ),
    "felony-arrest-rate": arrests("felony", *FIVES),
    "violent-felony-arrest-rate": arrests("felony_violent", *FIVES),
    "property-felony-arrest-rate": arrests("felony_property", *FIVES),
    "drug-felony-arrest-rate": arrests("felony_drug", "2017-2020", "2021-2024"),
    "misdemeanor-arrest-rate": arrests("misdemeanor", *FIVES),
    "arrest-related-death-rate": deaths("Process of Arrest", **ARRESTED, rate=True),
    "arrest-related-deaths": deaths("Process of Arrest", **ARRESTED, rate=False),
    "jail-deaths": deaths(
        "County Jail", "City Jail", layers=BOTH, first=2005, pooled=HALVES, rate=False
    ),
    "prison-and-hospital-deaths": deaths(
        "CDC/CRC", "State Hospital", layers=COUNTIES, first=2005, pooled=HALVES, rate=False
    ),
    "deaths-in-custody": deaths(layers=COUNTIES, first=2005, pooled=HALVES, rate=False),
    "jail-booking-rate": Rule(
        "jail-bookings/bookings.csv",
        {"counties": "county"},
        (
            *single_years(1995, 2020),
            *("2000-2003", "2004-2007", "2008-2011", "2012-2015", "2016-2019"),
        ),
        adds="persons_booked",
        per=100_000,
        divide=RESIDENTS,
        complete=lambda row: row["complete"] == "true",
    ),
    "officer-assault-rate": Rule(
        "officers/officers.csv",
        {"agencies": "ori7"},
        (*single_years(2005, 2016), "2007-2011", "2012-2016"),
        adds="assaults",
        per=100,
        divide="sworn_officers",
    ),
    "officers-killed": Rule(
        "officers/officers.csv",
        {"agencies": "ori7"},
        (*single_years(2005, 2016), "2007-2011", "2012-2016", "2005-2016"),
        adds="killed",
    ),
}


@dataclass(frozen=True)
class Expected:
    """What a cell must be; None where there is no number."""

    status: str
    numerator: int | None
    denominator: int | None
    value: float | None


# The committed files, row by row


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        table = csv.reader(stream, strict=True)
        names = next(table)
        return [dict(zip(names, cells, strict=True)) for cells in table]


@cache
def records(table: str) -> tuple[Row, ...]:
    return tuple(rows_of(PROJECT / "datasets" / table))


@cache
def jurisdictions(layer: str) -> dict[str, tuple[str, str, bool]]:
    """Name, kind and whether it has a polygon, by id."""
    table = pq.read_table(REGION / f"{layer}.parquet").to_pylist()
    return {
        row["id"]: (
            row["name"],
            row["kind"],
            row["geometry"] is not None
            and shapely.from_wkb(row["geometry"]).geom_type in ("Polygon", "MultiPolygon"),
        )
        for row in table
    }


@cache
def dates(layer: str) -> dict[str, tuple[str, str]]:
    """The first and the last day of each; without one, before or after all."""
    table = pq.read_table(REGION / f"{layer}.parquet").to_pylist()
    return {row["id"]: (row["valid_from"] or "", row["valid_to"] or "9999") for row in table}


@cache
def codes(layer: str, column: str) -> dict[str, str]:
    """The jurisdiction that each code in a column of the records stands for."""
    if (layer, column) == ("counties", "county"):
        # A table of records has the county either as its code or as its name.
        names = {name: identifier for identifier, (name, _, _) in jurisdictions(layer).items()}
        return names | {identifier: identifier for identifier in names.values()}
    aliases = rows_of(REGION / "aliases.csv")
    assert not any(row["valid_from"] or row["valid_to"] for row in aliases)
    return {
        row["alias"]: row["id"]
        for row in aliases
        if (row["layer"], row["scheme"]) == (layer, column)
    }


@cache
def residents(layer: str) -> dict[tuple[str, int], int]:
    return {
        (row["id"], int(row["year"])): int(row["population"])
        for row in rows_of(REGION / "population.csv")
        if (row["layer"], row["series"]) == (layer, RESIDENTS)
    }


# The second working


@dataclass(frozen=True)
class Counted:
    """A rule's records added up in one layer."""

    events: Counter[Cell]
    present: set[Cell]
    blank: set[Cell]
    columns: dict[tuple[str, Cell], int | None]
    """Of a column that serves as a denominator; None where a row has a blank."""


def count(rule: Rule, layer: str) -> Counted:
    known = codes(layer, rule.place[layer])
    found = Counted(Counter(), set(), set(), {})
    for row in records(rule.table):
        group, place = rule.group(row), known.get(row[rule.place[layer]])
        if group is None or place is None:
            continue
        cell = (place, int(row["year"]), group)
        if not existed(layer, cell):
            continue
        found.present.add(cell)
        amount = "1" if rule.adds is None else row[rule.adds]
        if amount and rule.complete(row):
            found.events[cell] += int(amount)
        else:
            found.blank.add(cell)
        for column in {rule.divide, rule.divide_groups} & row.keys():
            so_far = found.columns.get((column, cell), 0)
            more = int(row[column]) if row[column] else None
            both = so_far is not None and more is not None
            found.columns[column, cell] = so_far + more if both else None
    return found


def existed(layer: str, cell: Cell) -> bool:
    place, year, _ = cell
    first, last = dates(layer)[place]
    return first <= f"{year}-12-31" and last >= f"{year}-01-01"


def divisor(rule: Rule, group: str) -> str | None:
    return rule.divide_groups if group != "all" and rule.divide_groups else rule.divide


def added(figures: list[int | None]) -> int | None:
    """Several years together: nothing where any of them is missing."""
    return None if None in figures else sum(figure for figure in figures if figure is not None)


def expect(rule: Rule, layer: str, counted: Counted, cells: list[Cell]) -> Expected:
    """What the years of one jurisdiction and group must come to."""
    place, _, group = cells[0]
    _, kind, polygon = jurisdictions(layer)[place]
    there = all(existed(layer, cell) for cell in cells)
    reported = there and all(
        cell not in counted.blank and (rule.none_means_zero or cell in counted.present)
        for cell in cells
    )
    by = divisor(rule, group)
    events = sum(counted.events[cell] for cell in cells) if reported else None
    if by is None:
        whole = float(events) if events is not None else None
        lacking = "not_reported" if there else "no_boundary"
        return Expected("ok" if reported else lacking, events, None, whole)
    if by == RESIDENTS:
        people = added([residents(layer).get((place, year)) for _, year, _ in cells])
    else:
        people = added([counted.columns.get((by, cell)) for cell in cells])
    status = "ok"
    if not there:
        status = "no_boundary"
    elif not reported:
        status = "not_reported"
    elif by == RESIDENTS and kind in WITHOUT_RESIDENTS:
        status = "not_applicable"
    elif by == RESIDENTS and not polygon:
        status = "no_boundary"
    elif people is None:
        status = "not_reported"
    elif people == 0:
        status = "not_applicable"
    ok = status == "ok"
    value = events / people * rule.per if ok and events is not None and people else None
    return Expected(status, events, people, value)


def expectations(slug: str, layer: str) -> Iterator[tuple[tuple[str, str, str], Expected]]:
    rule = RULES[slug]
    counted = count(rule, layer)
    for period in rule.periods:
        first, last = (int(year) for year in (period.split("-") * 2)[:2])
        for group in rule.groups:
            for place in jurisdictions(layer):
                cells = [(place, year, group) for year in range(first, last + 1)]
                yield (period, group, place), expect(rule, layer, counted, cells)
