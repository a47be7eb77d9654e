"""Persons booked into the jails of each county, and for how many months that was reported."""

from __future__ import annotations

from pathlib import Path

from derivations.california.common import county_geoids, plain_name
from derivations.california.tables import Table, read_source, whole

SOURCE = "bookings/jail_bookings_1995_2020.csv"


def tables(sources: Path) -> list[Table]:
    """Return ``bookings.csv`` by county and year, complete years told from the others."""
    geoids = county_geoids(sources)
    columns = ("census_county_name", "year", "persons_booked", "months_reported")
    rows = []
    for read in read_source(sources / SOURCE, columns, 1474):
        booked, months = whole(read["persons_booked"]), int(read["months_reported"])
        complete = is_complete(booked, months)
        rows.append(
            (
                geoids[plain_name(read["census_county_name"])],
                int(read["year"]),
                booked,
                months,
                "true" if complete else "false",
                months_text(months),
            )
        )
    rows.sort()
    header = ("county", "year", "persons_booked", "months_reported", "complete", "months_text")
    return [Table("bookings.csv", header, tuple(rows))]


def is_complete(booked: int | None, months: int) -> bool:
    """Tell whether bookings were reported for every month by every jail system that reported.

    The publisher adds the months of a county's jail systems: two systems make 24 in a full year.

    >>> is_complete(500, 24), is_complete(500, 18), is_complete(0, 0), is_complete(None, 12)
    (True, False, False, False)
    """
    return booked is not None and months > 0 and months % 12 == 0


def months_text(months: int) -> str:
    """Return in words how much of the year was reported, for the reader of a map.

    >>> months_text(3)
    'reported for 3 months, less than a full year'
    >>> months_text(18)
    'reported for 18 months in all by more than one jail system, not a full year for each'
    """
    if months == 0:
        return "no month reported"
    if months == 12:
        return "reported for all 12 months"
    if months % 12 == 0:
        return f"reported for {months} months: 12 by each of {months // 12} jail systems"
    if months > 12:
        return (
            f"reported for {months} months in all by more than one jail system, "
            "not a full year for each"
        )
    return f"reported for {months} month{'' if months == 1 else 's'}, less than a full year"
