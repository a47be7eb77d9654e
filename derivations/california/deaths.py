"""Deaths in custody: one row a death, without what could single a person out."""

from __future__ import annotations

from pathlib import Path

from derivations.california.tables import Table, read_source, require

SOURCE = "deaths_in_custody/deaths_in_custody_2005_2018.csv"

KEPT = {
    "record_key_number": "record",
    "date_of_death_yyyy": "year",
    "county": "county",
    "reporting_agency": "agency_type",
    "agency_number": "agency_number",
    "agency_full_name": "agency_name",
    "custodial_responsibilty_at_time_of_death": "custodial_responsibility",
    "custody_status": "custody_status",
    "manner_of_death": "manner_of_death",
    "race": "race",
    "gender": "gender",
}
"""The published columns that are kept, misspelling included, and what they are called here."""

PUBLISHED = (
    "record_key_number",
    "reporting_agency",
    "agency_number",
    "agency_full_name",
    "county",
    "race",
    "gender",
    "age",
    "custody_status",
    "custody_offense",
    "date_of_death_yyyy",
    "date_of_death_mm",
    "date_of_death_dd",
    "custodial_responsibilty_at_time_of_death",
    "location_where_cause_of_death_occurred",
    "facility_of_death",
    "manner_of_death",
    "means_of_death",
)


def straight(text: str) -> str:
    """Return a text with typewriter apostrophes, so that one agency has one spelling.

    >>> straight("Kern County Sheriff’s Department")
    "Kern County Sheriff's Department"
    """
    return text.replace("’", "'")


def tables(sources: Path) -> list[Table]:
    """Return ``deaths.csv``: as many rows as were published, in the order of the record number.

    Raises InputError where a kept cell is blank or the year is not the one in the record number.
    """
    path = sources / SOURCE
    rows = []
    findings = []
    for read in read_source(path, PUBLISHED, 9911):
        row = {name: straight(read[column]) for column, name in KEPT.items()}
        blank = [name for name, value in row.items() if not value]
        if blank:
            findings.append(f"record {row['record']}: {', '.join(blank)} blank")
        if not row["record"].startswith(row["year"]):
            findings.append(f"record {row['record']}: the year of death is {row['year']}")
        rows.append(tuple(row.values()))
    require(findings, path)
    rows.sort()
    return [Table("deaths.csv", tuple(KEPT.values()), tuple(rows))]
