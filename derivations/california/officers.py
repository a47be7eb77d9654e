"""Officers killed or assaulted, with the strength of their agency in the same year."""

from __future__ import annotations

from pathlib import Path

from derivations.california.common import plain_name
from derivations.california.tables import Table, read_source, require, whole

SOURCE = "officers/officers_killed_or_assaulted_2005_2016.csv"
PERSONNEL = "officers/law_enforcement_personnel_2003_2017.csv"
SHERIFF = " County Sheriff's Office"
"""How the names of sheriffs end, after that of their county."""

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
    "employees",
    "killed_accident",
    "killed_felony",
    "killed",
    "assaults_injury",
    "assaults_no_injury",
    "assaults",
)


def tables(sources: Path) -> list[Table]:
    """Return ``officers.csv`` by agency and year; a cell that was published blank stays blank.

    Sheriffs get the number of all their employees from the state's count of personnel, which knows
    police departments only as the sum of a county's. Raises InputError where assaults with and
    without injury do not add up to all assaults, and where the two files do not give a sheriff the
    same number of sworn officers.
    """
    path = sources / SOURCE
    staff = _staff(sources / PERSONNEL)
    rows = []
    findings = []
    for read in read_source(path, ("agency", "ori7", "year", *COUNTS), 814):
        counts = {name: whole(read[column]) for column, name in COUNTS.items()}
        parts = counts["assaults_injury"], counts["assaults_no_injury"]
        if total(*parts) != counts["assaults"]:
            findings.append(f"{read['ori7']} {read['year']}: assaults do not add up")
        sworn, employees = counts["sworn_officers"], None
        if read["agency"].endswith(SHERIFF):
            county = plain_name(read["agency"].removesuffix(SHERIFF))
            counted, employees = staff.get((county, int(read["year"])), (None, None))
            if counted != sworn:
                findings.append(f"{read['ori7']} {read['year']}: {sworn} sworn, or {counted}")
        rows.append(
            (
                read["ori7"],
                read["agency"],
                int(read["year"]),
                counts["population"],
                sworn,
                employees,
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


def _staff(path: Path) -> dict[tuple[str, int], tuple[int | None, int | None]]:
    """Return the sworn officers and all employees of sheriffs, by plain county name and year."""
    names = [
        f"{paid}_{kind}"
        for paid in ("ST_LE", "SO_FUNDED", "PD_FUNDED")
        for kind in ("TOTAL", "SWORN", "NONSWORN")
    ]
    return {
        (plain_name(read["COUNTY"]), int(read["YEAR"])): (
            whole(read["SO_FUNDED_SWORN"]),
            whole(read["SO_FUNDED_TOTAL"]),
        )
        for read in read_source(path, ("YEAR", "COUNTY", *names, "CHP_FUNDED_SWORN"), 870)
    }


def total(first: int | None, second: int | None) -> int | None:
    """Return the sum of two counts, None where either is not reported.

    >>> total(1, 2), total(None, 2)
    (3, None)
    """
    return None if first is None or second is None else first + second
