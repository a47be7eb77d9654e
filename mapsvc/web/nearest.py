"""The nearest map to one that was asked for and is not there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from flask import request

from mapsvc.errors import BadParameterError, UnknownNameError
from mapsvc.maps import changes, choropleth, finding
from mapsvc.maps.widget import names
from mapsvc.release.reader import Release
from mapsvc.web import embed_urls, urls
from mapsvc.web.errors import similar

_ADDRESSES: Mapping[str, Callable[..., str]] = {
    "pages.map_page": urls.map_url,
    "embed.widget": urls.embed_url,
    "embedding.builder": embed_urls.builder_url,
}
"""The pages that show a view, by what builds their addresses."""


class Offer(NamedTuple):
    """A page that is there."""

    title: str
    address: str


def offered(current: Release) -> Offer | None:
    """Return the page nearest to the one of this request; None where none comes to mind."""
    build = _ADDRESSES.get(request.endpoint or "")
    if build is None:
        return None
    asked = {name: value for name, value in request.args.items() if value}
    seen = nearest(current, str((request.view_args or {})["indicator"]), asked)
    if seen is None:
        return None
    also = {"compare": seen.compare} if seen.compare and build is urls.map_url else {}
    return Offer(choropleth.label(current, seen), build(**names(seen), **also))


def nearest(current: Release, indicator: str, asked: Mapping[str, str]) -> choropleth.View | None:
    """Return the view that has most of what was asked for; None for an unlike indicator.

    What is not there gives way to what is most like it: a period to the nearest one, a name to one
    that it may be a slip of, and anything else to what a page shows by itself.
    """
    fields = {name: asked[name] for name in choropleth.FIELDS if name in asked}
    compare = asked.get("compare")
    # Each round settles a field, the indicator or the other period.
    for _ in range(len(choropleth.FIELDS) + 3):
        try:
            seen = choropleth.view(current, indicator, **fields)
            return changes.beside(current, seen, compare)
        except BadParameterError as error:
            if fields.pop(error.parameter, None) is None:
                compare = None
        except UnknownNameError as error:
            field = next((name for name, value in fields.items() if value == error.name), None)
            if error.name == indicator and indicator not in current.indicator_slugs:
                like = similar(indicator, error.known)
                if not like:
                    return None
                indicator = like[0]
            elif field is None:
                compare = None
            elif field == "jurisdiction":
                del fields[field]
                fields |= _place(current, error.name, indicator, fields.get("layer"))
            elif other := _most_like(field, error.name, error.known):
                fields[field] = other
            else:
                del fields[field]
    return None


def _place(current: Release, text: str, indicator: str, layer: str | None) -> Mapping[str, str]:
    """Return the place of the map that a text most likely means, as a field of a view."""
    layer = layer or next(iter(current.indicator(indicator)["layers"]))
    found = finding.find(current, text[: finding.LONGEST], layer, 1)
    return {"jurisdiction": current.layer(layer).ids[found[0].row]} if found else {}


def _most_like(field: str, name: str, known: Sequence[str]) -> str | None:
    if field != "period":
        return next(iter(similar(name, known)), None)
    years = [int(year) for year in re.findall(r"[0-9]{4}", name[:9])]
    if not years:
        return None
    pooled = len(years) > 1

    def distance(period: str) -> tuple[bool, int]:
        first, last = int(period[:4]), int(period[-4:])
        return ("-" in period) != pooled, abs(first - years[0]) + abs(last - years[-1])

    return min(known, key=distance, default=None)
