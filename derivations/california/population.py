"""Residents of counties and agencies by year, with the authority of every figure.

City figures come from the Department of Finance (DOF), county figures from the Census Bureau. The
files carry a county's balance only for 1980 to 1989, so a sheriff's residents are always what the
Census counts in the county less what DOF counts in the cities that police themselves: two products
in one figure, and the only way in which agencies add up to their county in every year.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from derivations.california import decisions
from derivations.california.agencies import Agency, City
from derivations.california.common import county_geoids, plain_name, read_csv

OLD_CITIES = "population/city_population_1980_2017.csv"
NEW_CITIES = "population/city_population_2017_2024.csv"
OLD_COUNTIES = "population/county_population_1980_2017.csv"
NEW_COUNTIES = "population/county_population_2010_2024.csv"

FIRST_AGENCY_YEAR = 1995
"""No bundled dataset has agencies before; the polygons of 2023 fit ever less the further back."""

FIRST_NEW_CITY_YEAR = 2018
"""The older file to 2017, the newer after: its 2018 is the same figure as 2017 of the older."""

FIRST_NEW_COUNTY_YEAR = 2010
"""The newer county file is complete and current from its first year."""

SOURCES: dict[str, dict[str, str]] = {
    "census-intercensal": {
        "authority": "US Census Bureau",
        "product": "Intercensal county population estimates",
        "vintage": "1980-2009",
        "url": "https://www.census.gov/programs-surveys/popest.html",
    },
    "census-popest": {
        "authority": "US Census Bureau",
        "product": "County population estimates",
        "vintage": "2010-2024",
        "url": "https://www.census.gov/programs-surveys/popest.html",
    },
    "dof-e4": {
        "authority": "California Department of Finance",
        "product": "E-4 population estimates for cities",
        "vintage": "1995-2017",
        "url": "https://dof.ca.gov/forecasting/demographics/estimates/",
    },
    "dof-sco": {
        "authority": "California Department of Finance",
        "product": "Population estimates for cities, as published by the State Controller",
        "vintage": "2018-2024",
        "url": "https://bythenumbers.sco.ca.gov/",
    },
    "census-less-dof-e4": {
        "authority": "US Census Bureau and California Department of Finance",
        "product": "County estimate less E-4 estimates of the cities with their own police",
        "vintage": "1995-2017",
        "url": "https://dof.ca.gov/forecasting/demographics/estimates/",
    },
    "census-less-dof-sco": {
        "authority": "US Census Bureau and California Department of Finance",
        "product": "County estimate less estimates of the cities with their own police",
        "vintage": "2018-2024",
        "url": "https://bythenumbers.sco.ca.gov/",
    },
}
"""The keys of the column ``source`` of ``population.csv``."""

PLACE_SOURCES: dict[str, dict[str, str]] = {
    **{key: SOURCES[key] for key in ("census-intercensal", "census-popest", "dof-e4", "dof-sco")},
    "census-less-dof-e4": {
        **SOURCES["census-less-dof-e4"],
        "product": "County estimate less E-4 estimates of all its cities",
    },
    "census-less-dof-sco": {
        **SOURCES["census-less-dof-sco"],
        "product": "County estimate less estimates of all its cities",
    },
}
"""The keys of the column ``source`` of ``place_population.csv``."""

CITY_SPELLINGS: dict[str, str] = {
    "Amador": "Amador City",
    "Angels Camp": "Angels",
    "Carmel-By-The-Sea": "Carmel-by-the-Sea",
    "El Paso De Robles": "El Paso de Robles (Paso Robles)",
    "La Canada Flintridge": "La Cañada Flintridge",
    "La Canada-Flintridge": "La Cañada Flintridge",
    "Mt. Shasta": "Mount Shasta",
    "San Buenaventura": "San Buenaventura (Ventura)",
    "St Helena": "St. Helena",
}
"""City names of the population files to the Census names, where they differ."""

NOT_A_CITY: frozenset[str] = frozenset(
    {"Incorporated", "Unincorporated", "Alpine County", "Mariposa County", "Trinity County"}
)
"""Rows of the older city file that are totals or balances of a county."""

SWAPPED: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("Imperial", "Imperial Beach", (2019, 2021, 2023)),
    ("Mountain View", "Mount Shasta", (2018, 2021, 2022, 2023, 2024)),
)
"""Pairs of cities, neighbours in the alphabet, whose figures stand in each other's row of the newer
file in these years: Mount Shasta has 3,000 residents and Mountain View 80,000, not the reverse."""

Figures = dict[tuple[str, int], int]
"""Residents by GEOID and year. A place that did not exist, or has no figure, has no entry."""


def city_figures(sources: Path, cities: Iterable[City]) -> tuple[Figures, Figures]:
    """Return the residents of cities in the older and the newer file, swaps undone.

    Raises ValueError listing names that match no city, and cities of which the newer file has none.
    """
    cities = list(cities)
    county_of = county_geoids(sources)
    by_name = {(city.name, city.county): city.geoid for city in cities}
    geoid_of = {city.name: city.geoid for city in cities}
    files: list[Figures] = []
    unknown: set[str] = set()
    for path in (OLD_CITIES, NEW_CITIES):
        figures: Figures = {}
        for row in read_csv(sources / path):
            name = CITY_SPELLINGS.get(row["city"], row["city"])
            if name in NOT_A_CITY:
                continue
            geoid = by_name.get((name, county_of[plain_name(row["county"])]))
            if geoid is None:
                unknown.add(f"{path}: {row['city']}, {row['county']}")
            elif row["population"] not in ("NA", "0", ""):
                figures[geoid, int(row["year"])] = int(row["population"])
        files.append(figures)
    if unknown:
        raise ValueError("no such city: " + "; ".join(sorted(unknown)))
    old, new = files
    for first, second, years in SWAPPED:
        for year in years:
            one, other = (geoid_of[first], year), (geoid_of[second], year)
            new[one], new[other] = new[other], new[one]
    absent = [city.name for city in cities if (city.geoid, FIRST_NEW_CITY_YEAR) not in new]
    if absent:
        raise ValueError(f"no figure for {', '.join(absent)} in {NEW_CITIES}")
    return old, new


def county_figures(sources: Path) -> Figures:
    """Return the Census residents of every county: the newer file where it has the year."""
    county_of = county_geoids(sources)
    figures: Figures = {}
    for row in read_csv(sources / OLD_COUNTIES):
        if int(row["year"]) < FIRST_NEW_COUNTY_YEAR:
            figures[county_of[plain_name(row["county"])], int(row["year"])] = int(row["population"])
    for row in read_csv(sources / NEW_COUNTIES):
        figures[county_of[plain_name(row["county_slug"])], int(row["year"])] = int(
            row["population"]
        )
    return figures


def population_rows(
    sources: Path, everyone: Iterable[Agency], cities: Iterable[City]
) -> list[tuple[str, str, int, str, int, str]]:
    """Return the rows of ``population.csv``, sorted by layer, id and year.

    ``everyone`` are the agencies; those with a territory get residents. A city that
    is a county has the county's residents. Raises ValueError where
    the cities of a county have more residents than the county.
    """
    counties = county_figures(sources)
    old, new = city_figures(sources, cities)
    departments: dict[str, list[Agency]] = defaultdict(list)
    sheriffs: dict[str, str] = {}
    for agency in everyone:
        if agency.county and agency.cities:
            departments[agency.county].append(agency)
        elif agency.county and agency.kind == "sheriff":
            sheriffs[agency.county] = agency.ori
    rows: list[tuple[str, str, int, str, int, str]] = []
    problems: list[str] = []
    for (county, year), total in counties.items():
        before = year < FIRST_NEW_COUNTY_YEAR
        census = "census-intercensal" if before else "census-popest"
        rows.append(("counties", county, year, "residents", total, census))
        if year < FIRST_AGENCY_YEAR:
            continue
        if county in decisions.CITY_COUNTIES:
            police = decisions.CITY_COUNTIES[county]
            rows.append(("agencies", police, year, "residents", total, census))
            continue
        figures, source = (old, "dof-e4") if year < FIRST_NEW_CITY_YEAR else (new, "dof-sco")
        rest = total
        for agency in departments[county]:
            known = [figures[c, year] for c in agency.cities if (c, year) in figures]
            if known:
                rows.append(("agencies", agency.ori, year, "residents", sum(known), source))
                rest -= sum(known)
        if rest < 0:
            problems.append(f"{county} in {year}: the cities exceed the county by {-rest}")
        mixed = f"census-less-{source}"
        rows.append(("agencies", sheriffs[county], year, "residents", rest, mixed))
    if problems:
        raise ValueError("\n".join(problems))
    return sorted(rows)


def place_rows(
    sources: Path, served: Iterable[tuple[str, ...]], cities: Iterable[City]
) -> list[tuple[str, int, int, str]]:
    """Return the rows of ``place_population.csv``, sorted by place and year.

    They have every place of the agencies that police several, as ``served`` (rows of
    ``served_by.csv``) names them; a place that is all of its agency's needs no figure. A city has 0
    before its first figure: it was not founded, and its people are the unincorporated land's. That
    is what is left of a county without its cities: it has no row where the cities of one publisher
    exceed the county of the other.
    """
    cities = list(cities)
    places: dict[str, set[str]] = defaultdict(set)
    for place, _, _, agency, *_ in served:
        places[agency].add(place)
    wanted = set().union(*(each for each in places.values() if len(each) > 1))
    old, new = city_figures(sources, cities)
    founded: dict[str, int] = {}
    for geoid, year in (*old, *new):
        founded[geoid] = min(year, founded.get(geoid, year))
    rows: list[tuple[str, int, int, str]] = []
    for (county, year), total in county_figures(sources).items():
        if year < FIRST_AGENCY_YEAR:
            continue
        figures, source = (old, "dof-e4") if year < FIRST_NEW_CITY_YEAR else (new, "dof-sco")
        rest, mixed = total, f"census-less-{source}"
        for city in cities:
            before = 0 if year < founded[city.geoid] else None
            residents = figures.get((city.geoid, year), before)
            if city.county != county or residents is None:
                continue
            if county in decisions.CITY_COUNTIES:
                residents = total
                source = mixed = (
                    "census-intercensal" if year < FIRST_NEW_COUNTY_YEAR else "census-popest"
                )
            rest -= residents
            if city.geoid in wanted:
                rows.append((city.geoid, year, residents, source))
        if county in wanted and rest >= 0:
            rows.append((county, year, rest, mixed))
    return sorted(rows)
