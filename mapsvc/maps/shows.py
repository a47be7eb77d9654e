"""What a map can show besides its values: who reported, and how places stand beside others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapsvc.language import N_, _
from mapsvc.maps import changes, differences, elements, reporting
from mapsvc.release.reader import Release

if TYPE_CHECKING:
    from mapsvc.maps.addresses import Addresses
    from mapsvc.maps.choropleth import View

VALUES = "values"
REPORTING = "reporting"
DIFFERENCE = "difference"
"""Each place beside all the others of its layer together."""
SIMILAR = "similar"
"""Each place beside the one that is selected."""

TITLES = {
    VALUES: N_("Values"),
    REPORTING: N_("Who reported"),
    DIFFERENCE: N_("Beside the others"),
    SIMILAR: N_("Beside one place"),
}
"""What a reader chooses from."""

BESIDE = N_("Beside {place}")
"""The title of what is shown once a place is selected."""


class Comparisons(elements.Part):
    """Where it is asked how places stand beside others, and what that is called."""

    key = "difference"


def shows(release: Release, indicator: str, layer: str) -> dict[str, str]:
    """Return what a map can show, with titles: only what the release knows, and of rates alone."""
    offered = {
        VALUES: True,
        REPORTING: reporting.offered(release, indicator, layer),
        DIFFERENCE: differences.with_others_offered(release, indicator),
        SIMILAR: release.indicator(indicator)["per"] is not None,
    }
    return {show: _(TITLES[show]) for show, there in offered.items() if there}


def title(release: Release, seen: View) -> str:
    """Return what a view shows, in a few words; empty for the values."""
    if seen.show == SIMILAR and seen.jurisdiction:
        table = release.layer(seen.layer)
        return _(BESIDE).format(place=table.names[table.row(seen.jurisdiction)])
    return "" if seen.show == VALUES else _(TITLES[seen.show])


def standing(release: Release, seen: View) -> differences.Differences | None:
    """Return how places stand, where that is what a view shows, and there is a place to be beside.

    Raises UnknownNameError for what the release does not have.
    """
    view = seen.period, seen.group, seen.denominator
    if seen.show == DIFFERENCE:
        return differences.with_others(release, seen.indicator, seen.layer, *view)
    if seen.show == SIMILAR and seen.jurisdiction:
        row = release.layer(seen.layer).row(seen.jurisdiction)
        return differences.with_place(release, seen.indicator, seen.layer, row, *view)
    return None


def reported(release: Release, seen: View) -> reporting.Reported | None:
    """Return who reported, where that is what a view shows."""
    if seen.show != REPORTING:
        return None
    return reporting.reporting(release, seen.indicator, seen.layer, seen.period, seen.group)


def note(release: Release, seen: View) -> str:
    """Return what a reader must know of a view of differences; empty for another."""
    if seen.show == SIMILAR and not seen.jurisdiction:
        return _(differences.CHOOSE_A_PLACE)
    found = standing(release, seen)
    return f"{found.chance} {_(differences.MANY_EVENTS)}" if found and found.chance else ""


def told(release: Release, seen: View, row: int) -> str:
    """Return what a view shows of one place, in words; empty where that is its value."""
    if (found := reported(release, seen)) is not None:
        return f"{found.said(row)}. {reporting.words()[found.category[row]]['text']}"
    beside = standing(release, seen)
    return beside.said(row) if beside is not None else ""


class TwoPeriods(elements.Part):
    """Where it is asked how places changed from one period to another, and in which words."""

    key = "changes"


def two_periods(addresses: Addresses) -> elements.Part:
    """Return what the page's script is told of the change between two periods."""
    return TwoPeriods(
        answers=addresses.changes,
        style=addresses.two_style,
        words=dict(changes.WORDS),
        none=changes.NOT_COMPARED,
    )


def parts(release: Release, seen: View, addresses: Addresses) -> list[elements.Part]:
    """Return what the page's script is told of all that the view's map can show."""
    offered = shows(release, seen.indicator, seen.layer)
    found: list[elements.Part] = []
    if REPORTING in offered:
        found.append(elements.WhoReported(answers=addresses.reporting, words=reporting.words()))
    if SIMILAR in offered:
        found.append(
            Comparisons(
                answers=addresses.differences,
                places=addresses.places,
                words=differences.words(),
                titles={
                    **{show: _(TITLES[show]) for show in (DIFFERENCE, SIMILAR)},
                    "beside": _(BESIDE),
                },
                choose=_(differences.CHOOSE_A_PLACE),
                many=_(differences.MANY_EVENTS),
            )
        )
    return found
