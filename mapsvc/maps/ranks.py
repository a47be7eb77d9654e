"""Ranks of the places of a layer: only on request, and only of places large enough for one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mapsvc.errors import BadParameterError
from mapsvc.language import DEFAULT, _
from mapsvc.maps.sentences import RANKING_CAUTION
from mapsvc.model import ALL, RELIABILITIES, STATUSES, Period, Reliability, Status
from mapsvc.release.reader import Floats, Release
from mapsvc.statistics.ranking import FEWEST_RESIDENTS_FOR_RANK, ranks

RESIDENTS = "Residents"
"""Title of the denominator by which the size of a place is told."""

CODE_OK = STATUSES.index(Status.OK)
CODE_UNRELIABLE = RELIABILITIES.index(Reliability.UNRELIABLE)


def ranking(
    release: Release, layer: str, slug: str, period: str, group: str = ALL, denominator: str = ""
) -> tuple[dict[str, Any], list[dict[str, int | None]]]:
    """Return what must stand beside the ranks, and each place's rank, in the layer's order.

    Places have ``rank``, ``rank_best`` and ``rank_worst``, 1 for the highest rate; all None for a
    place with fewer than 50,000 residents and where no rate is shown. Raises BadParameterError for
    a count, and where the release has no residents for the layer and period.
    """
    if release.indicator(slug)["per"] is None:
        raise BadParameterError("ranks", "1", "a rate to rank: counts are not compared")
    column = release.values(layer, slug, period, group, denominator)
    shown = (column.status == CODE_OK) & (column.reliability != CODE_UNRELIABLE)
    people = _residents(release, layer, slug, period)
    found = ranks(
        np.where(shown, column.numerator, math.nan),
        np.where(shown, column.denominator, math.nan),
        people,
    )
    about = {
        "ranked": found.ranked,
        "fewest_residents": FEWEST_RESIDENTS_FOR_RANK,
        "range": _("Places whose rate is distinguishably higher or lower, pair by pair at 95 %"),
        "caution": _(RANKING_CAUTION),
    }
    listed: list[dict[str, int | None]] = [
        {"rank": rank, "rank_best": best, "rank_worst": worst}
        if rank
        else {"rank": None, "rank_best": None, "rank_worst": None}
        for rank, best, worst in zip(
            found.rank.tolist(), found.best.tolist(), found.worst.tolist(), strict=True
        )
    ]
    return about, listed


def _residents(release: Release, layer: str, slug: str, period: str) -> Floats:
    """Return the residents of each place, those of pooled years averaged."""
    slugs = [slug, *(other for other in release.indicator_slugs if other != slug)]
    for each in slugs:
        # By the title that the data give it, which is English.
        entry = release.in_language(DEFAULT).indicator(each)
        named = entry["layers"].get(layer, {}).get("denominators") or {}
        source = (named.get(period) or {}).get(ALL)
        if source and source["title"] == RESIDENTS:
            denominator = release.values(layer, each, period).denominator
            return denominator / len(Period.parse(period).years)
    raise BadParameterError("ranks", "1", "a layer and period whose residents are known")
