"""Values as the API writes them: what a row has, rows as CSV, rows and shapes as GeoJSON.

A CSV lands on a disk without its headers and its address, so each of its rows says what it is of.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from mapsvc.maps import modelled, text
from mapsvc.release.reader import LayerTable
from mapsvc.web.answers import dumps

COUNTS = ("numerator", "denominator")
RATES = ("value", "lower", "upper")
FIELDS = ("id", "name", "kind", *COUNTS, *RATES, "status", "reliability", "denominator_source")
"""Of a value: keys in JSON, columns in CSV, properties in GeoJSON; ``note`` follows where there is
one."""
ABOUT = ("indicator", "layer", "period", "group", "per", "release", "caveats")
"""The last columns of a CSV, the same in every row."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(rows: Iterable[Mapping[str, Any]], about: Mapping[str, Any]) -> str:
    """Return RFC 4180 text; what a spreadsheet would take for a formula gets an apostrophe.

    ``about`` is what a JSON answer says before its values: its ``ABOUT`` stand in every row.
    """
    listed = list(rows)
    more = ("note", *modelled.FIELDS)
    names = [*FIELDS, *(name for name in more if any(name in row for row in listed))]
    same = [
        _cell(value) for value in ({**about, "caveats": caveats(about)}[name] for name in ABOUT)
    ]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*names, *ABOUT])
    writer.writerows([*(_cell(row.get(name)) for name in names), *same] for row in listed)
    return out.getvalue()


def rows_as_csv(rows: Iterable[Mapping[str, Any]], about: Mapping[str, Any]) -> str:
    """Return rows that share their first columns, ``about`` at the end of each, as ``to_csv``."""
    listed = list(rows)
    names = list(dict.fromkeys(name for row in listed for name in row))
    same = [_cell(value) for value in about.values()]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*names, *about])
    writer.writerows([*(_cell(row.get(name)) for name in names), *same] for row in listed)
    return out.getvalue()


def caveats(about: Mapping[str, Any]) -> str:
    """Return everything to be told of the values in one line, the breaks in the series last.

    >>> caveats({"caveats": ["Read with care"], "breaks": [{"year": 2015, "text": "A new law"}]})
    'Read with care. Series break 2015: A new law.'
    """
    breaks = [f"Series break {each['year']}: {each['text']}" for each in about["breaks"]]
    said = [text.sentence(each) for each in (*about["caveats"], *breaks)]
    return " ".join(" ".join(said).split())


def to_geojson(
    about: Mapping[str, Any], table: LayerTable, rows: Iterable[Mapping[str, Any]]
) -> str:
    """Return an RFC 7946 FeatureCollection, the words about the values as foreign members."""
    features = ",".join(
        f'{{"type":"Feature","id":{dumps(row["id"])},"geometry":{geometry},'
        f'"properties":{dumps(row)}}}'
        for row, geometry in zip(rows, table.geojson, strict=True)
    )
    return f'{{"type":"FeatureCollection",{dumps(about)[1:-1]},"features":[{features}]}}'


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
