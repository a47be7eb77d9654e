"""Who the agencies of California are: their kinds, the cities they serve, their other names."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from derivations.california import decisions
from derivations.california.common import county_geoids, county_names, plain_name, read_csv, slug

FBI_FILE = "agencies/fbi_agencies_california.csv"
POST_FILE = "agencies/post_agencies_california_2023.csv"
DEATHS_FILE = "deaths_in_custody/deaths_in_custody_2005_2018.csv"

KINDS: dict[str, dict[str, object]] = {
    "police": {"title": "Municipal police", "residents": True},
    "sheriff": {"title": "Sheriff", "residents": True},
    "contract_city": {"title": "City policed under contract", "residents": True},
    "district": {"title": "District police", "residents": True},
    "tribal": {"title": "Tribal police", "residents": True},
    "highway_patrol": {"title": "Highway patrol", "residents": False},
    "campus": {"title": "College and school police", "residents": False},
    "park": {"title": "Park rangers and police", "residents": False},
    "transit": {"title": "Railroad, transit, airport and port police", "residents": False},
    "state": {"title": "State hospitals and fair", "residents": False},
    "other": {"title": "Other", "residents": False},
}
"""The kinds of agency; ``residents``: whether the agency has residents of its own to police."""

KIND_BY_NAME: tuple[tuple[str, str], ...] = (
    (r"Sheriff's Office$", "sheriff"),
    (r"^Highway Patrol: ", "highway_patrol"),
    (r"^Union Pacific Railroad|Rapid Transit|Transit District$|Transportation", "transit"),
    (r" Airport$|^Port of ", "transit"),
    (r"^Department of Parks and Recreation|Regional Parks", "park"),
    (r"University|College|School District$", "campus"),
    (r" Tribal$| Rancheria$", "tribal"),
    (r"State Hospital$|Developmental Center$|State Fair$", "state"),
    (r" Marshal$", "other"),
)
"""The first pattern found in the name decides, after the tables of ``decisions``."""

DEPARTMENT_SUFFIXES = re.compile(
    r" (Police Department|Police Services|Department of Public Safety|Public Safety Department)$"
)


@dataclass(frozen=True)
class City:
    """An incorporated city; ``geoid`` has seven digits, ``county`` five."""

    geoid: str
    name: str
    county: str


@dataclass(frozen=True)
class Agency:
    """A law enforcement agency; ``county`` is a GEOID, or None where the FBI names no county."""

    ori: str
    name: str
    kind: str
    county: str | None
    point: tuple[float, float] | None
    """Longitude and latitude, as the FBI gives them and unchecked."""
    cities: tuple[str, ...]
    """GEOIDs of the cities whose land is this agency's territory."""


def department_cities(sources: Path, cities: Iterable[City]) -> dict[str, tuple[City, ...]]:
    """Return, by ORI, the cities that each municipal department polices in 2023.

    Raises ValueError listing the departments without a city or an ORI, and cities claimed twice.
    """
    by_name = {city.name: city for city in cities}
    ori_of = {row["name"]: row["ori"] for row in read_csv(sources / FBI_FILE)}
    found: dict[str, tuple[City, ...]] = {}
    problems: list[str] = []
    for row in read_csv(sources / POST_FILE):
        name = row["name"]
        skip = decisions.POST_NOT_A_DEPARTMENT.keys() | decisions.POST_NOT_A_CITY.keys()
        if row["type"] != "Police" or name in skip:
            continue
        base = DEPARTMENT_SUFFIXES.sub("", name)
        served, ori = decisions.DEPARTMENTS_UNDER_OTHER_NAMES.get(
            name, ((base,), ori_of.get(f"{base} Police Department", ""))
        )
        unknown = [city for city in served if city not in by_name]
        if unknown or not ori:
            problems.append(f"{name}: no ORI or no city {unknown}")
            continue
        found[ori] = tuple(by_name[city] for city in served)
    for city_name, ori in decisions.DEPARTMENTS_NOT_IN_POST.items():
        found[ori] = (by_name[city_name],)
    counted = Counter(city.name for served in found.values() for city in served)
    problems += [f"{name} is served by two departments" for name, n in counted.items() if n > 1]
    if problems:
        raise ValueError("\n".join(problems))
    return dict(sorted(found.items()))


def kind_of(ori: str, name: str, departments: Mapping[str, object], city_names: set[str]) -> str:
    """Return an agency's kind by the tables of ``decisions`` and ``KIND_BY_NAME``.

    Raises ValueError for a name that no rule knows.
    """
    if ori in departments:
        return "police"
    if ori in decisions.DISTRICTS:
        return "district"
    for pattern, kind in KIND_BY_NAME:
        if re.search(pattern, name):
            return kind
    if name.endswith(" Police Department") and city_key(name) in city_names:
        return "contract_city"
    raise ValueError(f"no rule says what kind of agency {name!r} ({ori}) is")


def city_key(name: str) -> str:
    """Return a city's or department's name as a key without accents, suffix and case.

    >>> city_key("La Cañada Flintridge"), city_key("La Canada Flintridge Police Department")
    ('la canada flintridge', 'la canada flintridge')
    """
    return DEPARTMENT_SUFFIXES.sub("", name).replace("ñ", "n").lower()


def agencies(sources: Path, cities: Iterable[City]) -> list[Agency]:
    """Return every agency of the FBI list and the unlisted ones, sorted by ORI.

    Raises ValueError listing every agency whose kind or county is unknown.
    """
    cities = list(cities)
    departments = department_cities(sources, cities)
    city_names = {city_key(city.name) for city in cities}
    geoids = county_geoids(sources)
    result = [
        Agency(ori, name, kind, geoids[plain_name(county)], None, ())
        for ori, (name, county, kind) in decisions.UNLISTED_AGENCIES.items()
    ]
    problems: list[str] = []
    for row in read_csv(sources / FBI_FILE):
        ori = row["ori"]
        county = geoids.get(plain_name(row["county"]))
        try:
            kind = kind_of(ori, row["name"], departments, city_names)
        except ValueError as error:
            problems.append(str(error))
            continue
        if county is None and kind != "tribal":
            problems.append(f"no county for {row['name']!r} ({ori})")
        point = (float(row["lon"]), float(row["lat"])) if row["lat"] and row["lon"] else None
        served = tuple(city.geoid for city in departments.get(ori, ()))
        result.append(Agency(ori, row["name"], kind, county, point, served))
    if problems:
        raise ValueError("\n".join(problems))
    return sorted(result, key=lambda agency: agency.ori)


def served_by_rows(
    sources: Path, everyone: Iterable[Agency], cities: Iterable[City]
) -> list[tuple[str, ...]]:
    """Return the rows of ``served_by.csv``: each city, then each county's unincorporated land."""
    cities = list(cities)
    owner = {geoid: agency.ori for agency in everyone for geoid in agency.cities}
    sheriffs = {a.county: a.ori for a in everyone if a.kind == "sheriff"}
    changes: dict[str, list[decisions.Service]] = defaultdict(list)
    for change in decisions.CHANGES:
        changes[change.city].append(change)
    rows: list[tuple[str, ...]] = []
    for city in sorted(cities, key=lambda city: city.geoid):
        always = decisions.Service(
            city.name, owner.get(city.geoid, sheriffs[city.county]), "", "", ""
        )
        rows += [
            (city.geoid, city.name, "agencies", ori, valid_from, valid_to, note)
            for _, ori, valid_from, valid_to, note in changes.get(city.name, [always])
        ]
    for geoid, name in county_names(sources).items():
        place = f"{name} County, unincorporated"
        ori = decisions.CITY_COUNTIES.get(geoid, sheriffs[geoid])
        rows.append((geoid, place, "agencies", ori, "", "", ""))
    return rows


def existence(served: Iterable[tuple[str, ...]]) -> dict[str, tuple[str | None, str | None]]:
    """Return, by ORI, from when until when an agency policed any place; None: always.

    ``served`` are rows of ``served_by_rows``. An agency that they do not name is not in it.

    >>> existence([("0646842", "Menifee", "agencies", "CA033780X", "2020-07-01", "", "")])
    {'CA033780X': ('2020-07-01', None)}
    """
    spans: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for _, _, _, ori, valid_from, valid_to, _ in served:
        spans[ori].append((valid_from, valid_to))
    found = {}
    for ori, dates in spans.items():
        since, until = [first for first, _ in dates], [last for _, last in dates]
        found[ori] = (
            min(since) if all(since) else None,
            max(until) if all(until) else None,
        )
    return found


def alias_rows(sources: Path, everyone: Iterable[Agency]) -> list[tuple[str, ...]]:
    """Return the rows of ``aliases.csv``, sorted; no alias of a scheme means two ids."""
    everyone = list(everyone)
    pairs = {
        ("counties", geoid, "slug", slug(name)) for geoid, name in county_names(sources).items()
    }
    for agency in everyone:
        ori = agency.ori
        pairs.add(("agencies", ori, "ori7", ori[:7]))
        if ori.startswith("CA0") and ori[7:] in ("00", "0X"):
            # The state writes 00 where the FBI writes 0X for an agency that reports elsewhere.
            pairs |= {("agencies", ori, "agency_number", n) for n in (ori[3:], ori[3:7] + "00")}
    pairs |= {("agencies", ori, "name", name) for name, ori in other_names(sources, everyone)}
    return [(*row, "", "") for row in sorted(pairs)]


def other_names(sources: Path, everyone: Iterable[Agency]) -> set[tuple[str, str]]:
    """Return (name, ORI) for the spellings of other files that mean exactly one agency.

    The spellings are those of the deaths-in-custody file, joined on the agency number, and the
    POST list. A spelling that two agencies share, or that is another agency's own name, is left
    out.
    """
    everyone = list(everyone)
    by_number = {a.ori[3:7]: a.ori for a in everyone if a.ori.startswith("CA0")}
    own = {name_key(a.name): a.ori for a in everyone}
    claims: dict[str, dict[str, str]] = defaultdict(dict)
    for row in read_csv(sources / DEATHS_FILE):
        ori = by_number.get(row["agency_number"][:4])
        name = row["agency_full_name"].replace("’", "'").strip()
        if name in decisions.NAMES_OF_SEVERAL_AGENCIES:
            continue
        if ori and row["reporting_agency"] in ("Police", "Sheriff"):
            claims[name_key(name)][ori] = name
    for name, (_, ori) in decisions.DEPARTMENTS_UNDER_OTHER_NAMES.items():
        claims[name_key(name)][ori] = name
    return {
        (name, ori)
        for key, spellings in claims.items()
        for ori, name in spellings.items()
        if len(spellings) == 1 and key not in own
    }


def name_key(name: str) -> str:
    """Return a name as the atlas compares names: letters and digits in lower case."""
    return re.sub(r"[\W_]+", "", name.lower())
