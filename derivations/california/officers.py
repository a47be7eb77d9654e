"""Officers killed or assaulted, with the strength of their agency in the same year."""

from __future__ import annotations

from pathlib import Path

from derivations.california.tables import Table, read_source, require, whole

SOURCE = "officers/officers_killed_or_assaulted_2005_2016.csv"

COUNTS = {
    "population": "population",
    "total_officers": "sworn_officers",
    "officers_killed_accident": "killed_accident",
    "officers_killed_felony": "killed_felony",
    "assault_injury_total": "assaults_injury",
    "assault_no_injury_total": "assaults_no_injury",
    "total_assault_total": "assaults",
}
"""The published columns of numbers, and what they are called here."""

HEADER = (
    "ori7",
    "agency",
    "year",
    "population",
    "sworn_officers",
    "killed_accident",
    "killed_felony",
    "killed",
    "assaults_injury",
    "assaults_no_injury",
    "assaults",
)


def tables(sources: Path) -> list[Table]:
    """Return ``officers.csv`` by agency and year; a cell that was published blank stays blank.

    Raises InputError where assaults with and without injury do not add up to all assaults.
    """
    path = sources / SOURCE
    rows = []
    findings = []
    for read in read_source(path, ("agency", "ori7", "year", *COUNTS), 814):
        counts = {name: whole(read[column]) for column, name in COUNTS.items()}
        parts = counts["assaults_injury"], counts["assaults_no_injury"]
        if total(*parts) != counts["assaults"]:
            findings.append(f"{read['ori7']} {read['year']}: assaults do not add up")
        rows.append(
            (
                read["ori7"],
                read["agency"],
                int(read["year"]),
                counts["population"],
                counts["sworn_officers"],
                counts["killed_accident"],
                counts["killed_felony"],
                total(counts["killed_accident"], counts["killed_felony"]),
                *parts,
                counts["assaults"],
            )
        )
    require(findings, path)
    rows.sort(key=lambda row: (row[0], row[2]))
    return [Table("officers.csv", HEADER, tuple(rows))]


def total(first: int | None, second: int | None) -> int | None:
    """Return the sum of two counts, None where either is not reported.

    >>> total(1, 2), total(None, 2)
    (3, None)
    """
    return None if first is None or second is None else first + second
