"""Every judgement that the source files do not make for us, as small tables with their reasons.

Cities are named as the Census names them, agencies by their ORI. The files say which departments
the 2023 list of the Commission on Peace Officer Standards and Training (POST) knows; what follows
corrects that list where public documents of the cities and counties say otherwise.
"""

from __future__ import annotations

from typing import NamedTuple

DEPARTMENTS_UNDER_OTHER_NAMES: dict[str, tuple[tuple[str, ...], str]] = {
    "Angels Camp Police Department": (("Angels",), "CA0050100"),
    "Carmel Police Department": (("Carmel-by-the-Sea",), "CA0270100"),
    "Central Marin Police Authority": (("Larkspur", "Corte Madera", "San Anselmo"), "CA0211700"),
    "Gridley Police Department": (("Gridley", "Biggs"), "CA0040300"),
    "Los Gatos/Monte Sereno Police Department": (("Los Gatos", "Monte Sereno"), "CA0430700"),
    "Mt. Shasta Police Department": (("Mount Shasta",), "CA0470600"),
    "Paso Robles Police Department": (("El Paso de Robles (Paso Robles)",), "CA0400400"),
    "Saint Helena Police Department": (("St. Helena",), "CA0280300"),
    "Ventura Police Department": (("San Buenaventura (Ventura)",), "CA0560800"),
    "Whittier Police Department": (("Whittier", "Santa Fe Springs"), "CA0197600"),
}
"""POST name to the cities it serves and its ORI, where the city has another name or it has several.

Gridley has policed Biggs under contract ("Gridley-Biggs Police Department", also its name in the
deaths-in-custody file); local reports show it from 2011 to 2020. Whittier has policed Santa Fe
Springs under contract since October 1995.
"""

DEPARTMENTS_NOT_IN_POST: dict[str, str] = {
    "Calipatria": "CA0130300",
    "Nevada City": "CA0290200",
    "Parlier": "CA0101100",
    "Westmorland": "CA0130700",
    "Williams": "CA0060200",
    "Woodlake": "CA0540800",
}
"""City to ORI: cities with a department of their own that the POST list, as compiled, leaves out.

Each has a reporting ORI in the FBI list. Documents name a department for Parlier, Williams
and, less surely, Nevada City, Westmorland and Calipatria; Woodlake's is unchecked.
"""

POST_NOT_A_DEPARTMENT: dict[str, str] = {
    "Lathrop Police Department": "founded in mid-2022; the FBI list has no ORI for it",
    "San Carlos Police Department": "closed in autumn 2010, policed by the county's sheriff since",
    "Santa Fe Springs Police Services": "the city's civilian office; Whittier's police patrol it",
    "Sonoma Police Department": "staffed by the Sonoma County Sheriff under contract since 2004",
    "Windsor Police Department": "staffed by the Sonoma County Sheriff under contract, always",
}
"""Departments of the POST list whose city is drawn with another agency, and why."""

POST_NOT_A_CITY: dict[str, str] = {
    "Bear Valley Police Department": "a community services district",
    "Broadmoor Police Department": "a police protection district",
    "Burbank-Glendale-Pasadena Airport Authority Police Department": "an airport",
    "Fulton-El Camino Park Police Department": "a park district",
    "Glendale Police Department Park Rangers": "part of Glendale's department",
    "Kensington Police Department": "a police protection and community services district",
    "Lake Shastina District Police Department": "a community services district",
    "Port San Luis Harbor District Harbor Patrol Department": "a harbor",
    "Stallion Springs Police Department": "a community services district",
}
"""Rows of type Police in the POST list that serve no city."""

DISTRICTS: dict[str, str] = {
    "CA0071300": "Kensington",
    "CA0151400": "Stallion Springs",
    "CA0151500": "Bear Valley",
    "CA0411900": "Broadmoor",
    "CA0471000": "Lake Shastina",
}
"""Departments of districts outside any city. No source here has their polygons, so their land and
their residents stay with the sheriff of their county."""

CITY_COUNTIES: dict[str, str] = {"06075": "CA0380100"}
"""GEOID to ORI: San Francisco is a city and a county, its police have all of it, its sheriff none.
"""

UNLISTED_AGENCIES: dict[str, tuple[str, str, str]] = {
    "CA0013900": ("Oakland School Police Department", "Alameda", "campus"),
    "CA0198600": ("Los Angeles County Police", "Los Angeles", "other"),
}
"""ORI to name, county and kind: agencies that the FBI list lacks but that reported a death in
custody to the state under this number (the ORI is ``CA0`` and the number)."""

STANDS_FOR_A_PLACE: frozenset[str] = frozenset({"CADIT0200"})
"""ORIs whose coordinates in the FBI list are a county's midpoint, though no other agency has them:
the Yurok Tribe's police, put in the middle of Del Norte County."""

NAMES_OF_SEVERAL_AGENCIES: frozenset[str] = frozenset(
    {"BART Police Department", "Los Angeles Transit"}
)
"""Names in the deaths-in-custody file that fit more than one agency of the FBI list: the number
beside them tells which is meant, the name alone does not."""


class Service(NamedTuple):
    """Who polices a city between two dates (inclusive, ISO; empty: as far as the data goes)."""

    city: str
    ori: str
    valid_from: str
    valid_to: str
    note: str


CHANGES: tuple[Service, ...] = (
    Service("Citrus Heights", "CA0340000", "", "2006-06-25", "own department since June 2006"),
    Service("Citrus Heights", "CA0349600", "2006-06-26", "", "own department since June 2006"),
    Service("Compton", "CA0191500", "", "2000-09-16", "department closed in September 2000"),
    Service("Compton", "CA0190000", "2000-09-17", "", "department closed in September 2000"),
    Service("Cudahy", "CA0194500", "", "2010-06-30", "Maywood's department closed in June 2010"),
    Service("Cudahy", "CA0190000", "2010-07-01", "", "Maywood's department closed in June 2010"),
    Service("Elk Grove", "CA0340000", "", "2006-10-27", "own department since October 2006"),
    Service("Elk Grove", "CA0340H00", "2006-10-28", "", "own department since October 2006"),
    Service("Half Moon Bay", "CA0410000", "2011-06-12", "", "own department before, not listed"),
    Service("Isleton", "CA0340300", "", "2012-08-31", "closed in September 2012, known to a month"),
    Service("Isleton", "CA0340000", "2012-09-01", "", "closed in September 2012, known to a month"),
    Service("Lathrop", "CA0390000", "", "2022-06-30", "own department after, not listed"),
    Service("Maywood", "CA0194500", "", "2010-06-30", "department closed in June 2010"),
    Service("Maywood", "CA0190000", "2010-07-01", "", "department closed in June 2010"),
    Service("Menifee", "CA0330000", "", "2020-06-30", "own department since July 2020"),
    Service("Menifee", "CA033780X", "2020-07-01", "", "own department since July 2020"),
    Service("Oakley", "CA0070000", "", "2016-04-30", "own since May 2016, known to a month"),
    Service("Oakley", "CA007340X", "2016-05-01", "", "own since May 2016, known to a month"),
    Service("Rio Vista", "CA0480400", "", "2020-01-31", "agreement with the county, February 2020"),
    Service("Rio Vista", "CA0480000", "2020-02-01", "", "agreement with the county, February 2020"),
    Service("San Anselmo", "CA0211700", "2013-01-01", "", "own department before, not listed"),
    Service("San Carlos", "CA0410000", "2010-11-01", "", "own before, not listed; to a month"),
    Service("San Ramon", "CA0070000", "", "2007-06-30", "own department since July 2007"),
    Service("San Ramon", "CA007240X", "2007-07-01", "", "own department since July 2007"),
    Service("Willows", "CA0110000", "2017-07-01", "", "own department before, not listed"),
    Service("Yorba Linda", "CA0300200", "", "2013-01-04", "Brea's department until January 2013"),
    Service("Yorba Linda", "CA0300000", "2013-01-05", "", "Brea's department until January 2013"),
)
"""Cities that changed hands on a known date. Half Moon Bay, Isleton, Rio Vista and Willows were
checked against documents; the others are common knowledge, not checked. *Not listed* means that the
other department has no ORI in the FBI list, so that its time has no row."""

SEATS: dict[str, tuple[float, float]] = {"CA0380000": (-122.4036, 37.7753)}
"""ORI to longitude and latitude: the San Francisco Sheriff, who has no land, sits at the Hall of
Justice; the FBI list puts the office into the sea, between the city and the Farallon Islands."""
