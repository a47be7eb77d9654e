"""What a build says of figures that are not there: sentences that a release holds in English.

They are data in a release, so a reader in another language finds them again by what they are made
of: a sentence with places in braces is told by the words around these.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mapsvc.language import N_, _

EVERYONE = N_("All")
DID_NOT_EXIST = N_("It did not exist")
SERVED_NOWHERE = N_("It policed no place: another agency did")
NO_RESIDENTS = N_("Its kind has no resident population")
NO_TERRITORY = N_(
    "It has no territory of its own: another agency polices its place, or none is known"
)
NO_FIGURE = N_("No figure for its residents")
NOBODY = N_("Nobody lives there")
NOBODY_THERE = N_("Nobody lives in its places")
NO_RECORD = N_("No record")
INCOMPLETE = N_("The record is incomplete")
OUTSIDE = N_("The point is in no jurisdiction of the layer")
NOT_RESIDENTIAL = N_("It has no resident population")
NOT_TERRITORIAL = N_("It has no territory of its own")
NO_REPORT = N_("No report for {years}")
ABSENT = N_("It did not exist in {period}")
PARTLY_ABSENT = N_("It did not exist in every year of {period}")
NO_DENOMINATOR = N_("No figure for its denominator: {title}")
ZERO_DENOMINATOR = N_("{title}: zero")
UNCOUNTED = N_("No figure for the residents of {places}")

_WHOLE = frozenset(
    {
        EVERYONE,
        DID_NOT_EXIST,
        SERVED_NOWHERE,
        NO_RESIDENTS,
        NO_TERRITORY,
        NO_FIGURE,
        NOBODY,
        NOBODY_THERE,
        NO_RECORD,
        INCOMPLETE,
        OUTSIDE,
        NOT_RESIDENTIAL,
        NOT_TERRITORIAL,
    }
)
_MADE = (NO_REPORT, ABSENT, PARTLY_ABSENT, NO_DENOMINATOR, ZERO_DENOMINATOR, UNCOUNTED)
_PLACE = re.compile(r"\\\{([a-z]+)\\\}")
_PATTERNS = {
    re.compile(_PLACE.sub(r"(?P<\1>.+)", re.escape(sentence))): sentence
    # One can be the beginning of another.
    for sentence in sorted(_MADE, key=len, reverse=True)
}


def said(remark: str, of: Callable[[str, str], str]) -> str | None:
    """Return a remark in the language that is spoken; None where a build says no such thing.

    ``of`` translates what stands in its places: from the name of the place and the text.
    """
    if remark in _WHOLE:
        return _(remark)
    for pattern, sentence in _PATTERNS.items():
        if match := pattern.fullmatch(remark):
            parts = match.groupdict()
            return _(sentence).format(**{name: of(name, text) for name, text in parts.items()})
    return None
