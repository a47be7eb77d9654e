"""The legend in HTML, as a page comes with it: there before its script, and where none runs.

The same rows as ``static/js/legend.js`` shows, so that little moves on a page when it takes over.
"""

from __future__ import annotations

from html import escape

from mapsvc.language import _
from mapsvc.maps import choropleth, shapes, shows, style, svg, text
from mapsvc.maps.legend import CAUTION, ZERO, Legend, Row, legend
from mapsvc.maps.svg import tag
from mapsvc.maps.theme import THEMES, colours
from mapsvc.model import Reliability, Status
from mapsvc.release.reader import Release

_SWATCH = (30, 18)
_SIZES_WIDTH = 230


def written(release: Release, seen: choropleth.View) -> str:
    """Return the markup of what stands below a legend's title; none for a view without values.

    Every swatch is there for light and for dark pages: the style sheet shows one of them.
    """
    if seen.show != shows.VALUES:
        return ""
    made = {theme: legend(release, seen, theme) for theme in THEMES}
    rows = [_row(made, row) for row in made["light"].rows]
    above = _sizes(made, seen.entry(release)["unit"]) if made["light"].sizes else ""
    return f'{above}<ul class="legend-rows">{"".join(rows)}</ul>'


def _row(made: dict[str, Legend], row: Row) -> str:
    words = text.words()
    key = str(Reliability.USE_WITH_CAUTION) if row.look.endswith(CAUTION) else row.look
    about = words[key]["text"] if key in words else ""
    if key == Reliability.UNRELIABLE:
        about = _("Fewer than 10 events, or a very wide interval. Choose a place for its count.")
    more = f"<small>{escape(about)}</small>" if about else ""
    count = text.count(row.count)
    return (
        f'<li class="legend-row">{_swatches(made, row.look)}'
        f'<span class="legend-text">{escape(row.title)}{more}</span>'
        f'<span class="legend-count">{escape(count)}</span></li>'
    )


def _swatches(made: dict[str, Legend], look: str) -> str:
    if look == Status.NO_BOUNDARY:
        return '<span class="swatch swatch-none"></span>'
    across, up = _SWATCH
    return "".join(
        tag(
            "svg",
            {
                "class": f"swatch swatch-{theme}{' swatch-symbol' if shown.reference else ''}",
                "width": across,
                "height": up,
                "aria-hidden": "true",
            },
            _symbol(look, theme) if shown.reference else _fill(shown, look, theme),
        )
        for theme, shown in made.items()
    )


def _symbol(look: str, theme: str) -> str:
    middle = (_SWATCH[0] / 2, _SWATCH[1] / 2)
    ink = colours(theme)
    return shapes.zero(*middle, ink) if look == ZERO else svg.mark(f"mark-{look}", *middle, ink)


def _fill(shown: Legend, look: str, theme: str) -> str:
    paint = shown.paints[look]
    box = {"width": _SWATCH[0], "height": _SWATCH[1]}
    if not paint.hatch:
        return tag("rect", {**box, **svg.paint(paint.colour)})
    # Names count in the whole page: those of the two themes must differ.
    name = f"swatch-{theme}-{look}"
    hatch = svg.pattern(name, paint.hatch, paint.colour, paint.ink)
    return hatch + tag("rect", {**box, "fill": f"url(#{name})"})


def _sizes(made: dict[str, Legend], unit: str) -> str:
    """Return three circles inside one another, each with its number, for either theme."""
    shown = made["light"]
    radii = [style.radius_of(each, shown.reference) for each in shown.sizes]
    height = int(2 * radii[0] + 12.999)
    numbers = ", ".join(text.count(each) for each in shown.sizes)
    label = _("The area of a circle is the number: {numbers} {unit}")
    return "".join(
        tag(
            "svg",
            {
                "class": f"legend-sizes swatch-{theme}",
                "width": _SIZES_WIDTH,
                "height": height,
                "role": "img",
                "aria-label": label.format(numbers=numbers, unit=unit),
            },
            *_circles(shown, radii, height - 5, unit, theme),
        )
        for theme in made
    )


def _circles(shown: Legend, radii: list[float], base: float, unit: str, theme: str) -> list[str]:
    ink = colours(theme)
    across, low = radii[0], float("-inf")
    parts = []
    for count, radius in zip(shown.sizes, radii, strict=True):
        top = base - 2 * radius
        low = max(top, low + 15)
        parts.append(shapes.circle(across + 4, base - radius, radius, ink))
        line = {"d": f"M{across + 4:.1f} {top:.1f}L{2 * across + 16:.1f} {low:.1f}"}
        parts.append(tag("path", {**line, **svg.paint(ink["empty-mark"], "stroke")}))
        place = {"x": round(2 * across + 20, 1), "y": round(low + 4, 1), "font_size": 12}
        words = svg.words(f"{text.count(count)} {unit}")
        parts.append(tag("text", {**place, **svg.paint(ink["label"])}, words))
    return parts
