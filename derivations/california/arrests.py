"""Arrests by county: two tables of the California Department of Justice brought into one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from derivations.california.common import county_geoids, plain_name
from derivations.california.tables import Row, Table, read_source, require, whole

BY_RACE = "arrests/arrests_by_race_2005_2014.csv"
BY_OFFENCE = "arrests/arrests_by_offense_2015_2024.csv"

EVERYONE = "All Combined"
"""What the publisher writes for all races, and for all counties."""

RACES = {
    EVERYONE: "all",
    "Black": "black",
    "White": "white",
    "Hispanic": "hispanic",
    "Asian/Pacific Islander": "asian_pacific_islander",
}

OFFENCES = {
    "felony_total": "felony",
    "felony_violent": "felony_violent",
    "felony_property": "felony_property",
    "felony_drug": "felony_drug",
    "felony_sex": "felony_sex",
    "felony_other": "felony_other",
    "misdemeanor_total": "misdemeanor",
    "status_total": "status",
}
FELONY_CLASSES = tuple(column for column in OFFENCES if column.startswith("felony_"))[1:]

RACE_ORDER = {race: number for number, race in enumerate(RACES.values())}
OFFENCE_ORDER = {"all": -1} | {offence: number for number, offence in enumerate(OFFENCES.values())}

Rows = list[tuple[str, int, str, str, int, int | None]]


def tables(sources: Path) -> list[Table]:
    """Return ``arrests.csv`` by county and ``published-state-totals.csv``.

    Raises InputError unless the counties add up to the publisher's state figure in each year
    2005-2014, and the classes of felony to the felonies of each county and year 2015-2024.
    """
    geoids = county_geoids(sources)
    by_race, state = _by_race(sources / BY_RACE, geoids)
    rows = by_race + _by_offence(sources / BY_OFFENCE, geoids)
    rows.sort(key=lambda row: (row[0], row[1], RACE_ORDER[row[2]], OFFENCE_ORDER[row[3]]))
    return [
        Table(
            "arrests.csv",
            ("county", "year", "race", "offence", "arrests", "population"),
            tuple(rows),
        ),
        Table("published-state-totals.csv", ("year", "race", "arrests", "population"), state),
    ]


def _by_race(path: Path, geoids: Mapping[str, str]) -> tuple[Rows, tuple[Row, ...]]:
    """Return the counties' rows and, apart, the state's own."""
    rows: Rows = []
    state: list[tuple[int, str, int, int]] = []
    for read in read_source(path, ("year", "county", "race", "population", "arrest_count"), 2645):
        year, race = int(read["year"]), RACES[read["race"]]
        arrests, population = int(read["arrest_count"]), int(read["population"])
        if read["county"] == EVERYONE:
            state.append((year, race, arrests, population))
        else:
            geoid = geoids[plain_name(read["county"])]
            rows.append((geoid, year, race, "all", arrests, population))
    added = Counter[int]()
    for _, year, race, _, arrests, _ in rows:
        added[year] += arrests if race == "all" else 0
    require(
        [
            f"{year}: the counties add up to {added[year]}, the state's row says {arrests}"
            for year, race, arrests, _ in state
            if race == "all" and added[year] != arrests
        ],
        path,
    )
    state.sort(key=lambda row: (row[0], RACE_ORDER[row[1]]))
    return rows, tuple(state)


def _by_offence(path: Path, geoids: Mapping[str, str]) -> Rows:
    """Return the counties' rows by offence, with the total that the publisher leaves to add."""
    rows: Rows = []
    findings = []
    columns = ("county_slug", "year", *FELONY_CLASSES, "felony_total")
    columns += ("misdemeanor_total", "status_total")
    for read in read_source(path, columns, 580):
        geoid, year = geoids[plain_name(read["county_slug"])], int(read["year"])
        counts = {column: whole(read[column]) for column in OFFENCES}
        given = {column: count for column, count in counts.items() if count is not None}
        if len(given) < len(counts):
            findings.append(f"{geoid} {year}: blank cells")
            continue
        if sum(given[column] for column in FELONY_CLASSES) != given["felony_total"]:
            findings.append(f"{geoid} {year}: the classes do not add up to the felonies")
        total = given["felony_total"] + given["misdemeanor_total"] + given["status_total"]
        rows.append((geoid, year, "all", "all", total, None))
        rows.extend(
            (geoid, year, "all", offence, given[column], None)
            for column, offence in OFFENCES.items()
        )
    require(findings, path)
    return rows
