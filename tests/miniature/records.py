"""The made-up state's datasets: stops, incidents, crashes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.miniature.files import write_csv, write_descriptor
from tests.miniature.territory import COUNTIES, COUNTY_RESIDENTS, YEARS

REQUIRED = {"required": True}


def write_datasets(folder: Path) -> None:
    _write_crashes(folder / "crashes")
    _write_incidents(folder / "incidents")
    _write_stops(folder / "stops")


def field(name: str, kind: str, **constraints: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "description": f"{name} of the row",
            "constraints": constraints}  # fmt: skip


def package(name: str, title: str, resource: dict[str, Any], **own: Any) -> dict[str, Any]:
    return {
        "name": name, "title": title, "description": f"{title} in Pomona", "version": "2016",
        "licenses": [{"title": "Public record"}],
        "sources": [{"title": f"{title} file", "path": "https://records.example/"}],
        "contributors": [{"title": "Pomona Records Office", "role": "publisher"}],
        "resources": [resource],
        "mapsvc": {
            "policy": {"name": "none", "reason": "The records are public by law"},
            "caveats": [f"{title} are made up"], **own,
        },
    }  # fmt: skip


def indicator(slug: str, measure: str, layers: list[str], **own: Any) -> dict[str, Any]:
    noun = measure
    rate = {"unit": f"{noun} per 100,000 residents", "per": 100_000,
            "denominator": {"title": "Residents", "series": "residents"}}  # fmt: skip
    return {
        "slug": slug, "measure": measure, "title": slug.replace("-", " ").capitalize(),
        "description": f"{noun} recorded", "method": "Counted, then divided", "noun": noun,
        "layers": layers, "years": [YEARS[0], YEARS[-1]], "default_period": "2016",
        "classes": {"scheme": "quantiles", "count": 3}, "palette": "YlGnBu", "caveats": [],
        **rate, **own,
    }  # fmt: skip


def _write_stops(folder: Path) -> None:
    """Write stops by county, year and group: everyone, the green and the blue."""
    folder.mkdir(parents=True)
    rows: list[list[Any]] = []
    for position, (county, residents) in enumerate(COUNTY_RESIDENTS.items()):
        for year in YEARS:
            if county == "99011" and year == 2014:
                continue
            half = county == "99011" and year == 2015
            complete = ["false", "January to June only"] if half else ["true", ""]
            green = residents // 1000 * (position + 2) + year % 7
            blue = residents // 2000 + position
            for group, stops, people in (
                ("all", green + blue + 1, residents),
                ("green", green, residents * 3 // 5),
                ("blue", blue, residents * 2 // 5),
            ):
                rows.append([county, year, group, stops, people, *complete])
    header = ["county", "year", "group", "stops", "population", "complete", "months"]
    write_csv(folder / "stops.csv", header, rows)
    resource = {
        "name": "stops", "path": "stops.csv",
        "schema": {
            "fields": [
                field("county", "string", pattern="99[0-9]{3}", **REQUIRED),
                field("year", "year", minimum=2013, maximum=2016, **REQUIRED),
                field("group", "string", enum=["all", "green", "blue"], **REQUIRED),
                field("stops", "integer", minimum=0),
                field("population", "integer", minimum=0),
                field("complete", "boolean", **REQUIRED),
                field("months", "string"),
            ],
            "primaryKey": ["county", "year", "group"], "missingValues": [""],
        },
        "mapsvc": {
            "year": "year",
            "places": [{"layer": "counties", "scheme": "geoid", "column": "county"}],
        },
    }  # fmt: skip
    measure = {
        "key": "stops", "resource": "stops", "title": "Stops", "universe": "Stops by any agency",
        "numerator": {"sum": "stops"},
        "group": {"column": "group", "total": "all",
                  "titles": {"green": "Green", "blue": "Blue"}},
        "reported_where": {"complete": ["true"]}, "note": "months",
        "additive": {"periods": True, "groups": False, "places": True},
    }  # fmt: skip
    own_population = {"title": "Population as the office gives it", "column": "population",
                      "authority": "Pomona Records Office", "product": "Stops file",
                      "vintage": "2016"}  # fmt: skip
    stop_rate = indicator(
        "stop-rate", "stops", ["counties"],
        group_denominator=own_population, pooled=["2013-2016", "2013-2014"],
        alternatives=[{"key": "office", **own_population}],
    )  # fmt: skip
    write_descriptor(
        folder,
        package(
            "stops", "Stops", resource, absence="not_reported",
            breaks=[{"year": 2015, "text": "A new form", "measures": ["stops"]}],
            measures=[measure], indicators=[stop_rate],
        ),
    )  # fmt: skip


def _write_incidents(folder: Path) -> None:
    """Write a register: a row an incident, by the agency's number and the county's name."""
    folder.mkdir(parents=True)
    names = {key[2:]: name for key, (name, _) in COUNTIES.items()}
    # Agency number, county, incidents a year: Elder and its agencies have none at all.
    placed = [
        ("0011", "Alder County", 14), ("0010", "OLD ALDER", 6), ("0019", "alder", 1),
        ("0031", "Birch", 9), ("0030", "Birch County", 3), ("0039", "Birch", 2),
        ("0050", "Cedar", 2), ("0071", "Damson", 4), ("0110", f"{names['011']} County", 1),
    ]  # fmt: skip
    rows: list[list[Any]] = []
    for year in YEARS:
        for number, county, count in placed:
            for each in range(count + year % 2):
                severity = "grave" if each % 3 == 0 else "slight"
                rows.append([f"i{len(rows) + 1:04}", year, number, county, severity])
    # The number was the sheriff's before the city had police; the year lies before the maps.
    rows.append(["i9001", 2012, "0071", "Damson", "slight"])
    rows.append(["i9002", 2014, "SP01", "Cedar", "grave"])
    rows.append(["i9003", 2014, "SP02", "Birch", "slight"])
    rows.append(["i9004", 2015, "0010", "Out of State", "slight"])
    write_csv(folder / "incidents.csv", ["incident", "year", "agency", "county", "severity"], rows)
    unplaced = [{"pattern": "SP[0-9]{2}", "reason": "The state patrol serves no county"}]
    away = [{"values": ["Out of State"], "reason": "It happened in another state"}]
    resource = {
        "name": "incidents", "path": "incidents.csv",
        "schema": {
            "fields": [
                field("incident", "string", unique=True, **REQUIRED),
                field("year", "year", **REQUIRED),
                field("agency", "string", **REQUIRED),
                field("county", "string", **REQUIRED),
                field("severity", "string", enum=["slight", "grave"], **REQUIRED),
            ],
            "primaryKey": ["incident"], "missingValues": [""],
        },
        "mapsvc": {
            "year": "year",
            "places": [
                {"layer": "agencies", "scheme": "number", "column": "agency",
                 "unplaced": unplaced},
                {"layer": "counties", "scheme": "name", "column": "county", "unplaced": away},
            ],
        },
    }  # fmt: skip

    def measure(key: str, **own: Any) -> dict[str, Any]:
        return {
            "key": key, "resource": "incidents", "title": key.replace("-", " ").capitalize(),
            "universe": "Incidents of every agency", "numerator": {"count": "rows"},
            "additive": {"periods": True, "groups": True, "places": True}, **own,
        }  # fmt: skip

    layers = ["counties", "agencies"]
    count = {"denominator": None, "per": None, "unit": "incidents"}
    by_day = {"key": "daytime", "title": "People there by day", "series": "daytime",
              "per": 1000, "unit": "incidents per 1,000 people there by day"}  # fmt: skip
    write_descriptor(
        folder,
        package(
            "incidents", "Incidents", resource, absence="zero",
            measures=[
                measure("incidents", group={"column": "severity", "total": None,
                                            "titles": {"slight": "Slight", "grave": "Grave"}}),
                measure("grave-incidents", filter={"severity": ["grave"]}),
            ],
            indicators=[
                indicator(
                    "incident-rate", "incidents", layers, pooled=["2013-2016"],
                    alternatives=[by_day],
                ),
                indicator("grave-incidents", "grave-incidents", layers, **count),
            ],
        ),
    )  # fmt: skip


def _write_crashes(folder: Path) -> None:
    """Write crashes as points: on a border, in the enclave, in cities, one beyond the state."""
    folder.mkdir(parents=True)
    spots = [
        (-99.2, 40.7), (-99.8, 41.7), (-98.05, 41.0), (-97.0, 42.0), (-96.7, 41.2), (-95.0, 41.0),
        (-95.8, 41.8), (-98.7, 43.2), (-94.1, 40.1), (-95.7, 43.2), (-94.5, 43.9),
    ]  # fmt: skip
    rows: list[list[Any]] = []
    for year in YEARS:
        for number, (longitude, latitude) in enumerate(spots):
            for _ in range(1 + (number + year) % 3):
                rows.append([f"c{len(rows) + 1:03}", year, longitude, latitude])
    rows.append(["c900", 2015, -93.0, 41.0])
    write_csv(folder / "crashes.csv", ["crash", "year", "longitude", "latitude"], rows)
    columns = {"scheme": "point", "columns": ["longitude", "latitude"]}
    resource = {
        "name": "crashes", "path": "crashes.csv",
        "schema": {
            "fields": [
                field("crash", "string", **REQUIRED),
                field("year", "year", **REQUIRED),
                field("longitude", "number", minimum=-180, maximum=180, **REQUIRED),
                field("latitude", "number", minimum=-90, maximum=90, **REQUIRED),
            ],
            "primaryKey": "crash", "missingValues": [""],
        },
        "mapsvc": {
            "year": "year",
            "places": [{"layer": "counties", **columns}, {"layer": "agencies", **columns}],
        },
    }  # fmt: skip
    measure = {
        "key": "crashes", "resource": "crashes", "title": "Crashes",
        "universe": "Crashes on any road", "numerator": {"count": "rows"}, "absence": "zero",
        "additive": {"periods": True, "groups": True, "places": True},
    }  # fmt: skip
    write_descriptor(
        folder,
        package(
            "crashes", "Crashes", resource, measures=[measure],
            indicators=[indicator("crash-rate", "crashes", ["counties", "agencies"])],
        ),
    )  # fmt: skip
