"""The part of a map page where a reader chooses classes and colours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mapsvc.language import _
from mapsvc.maps import palette
from mapsvc.maps.classes import COUNTS, PALETTES, SCHEMES, title_of
from mapsvc.maps.elements import Part, markup
from mapsvc.release.reader import Release

if TYPE_CHECKING:
    from mapsvc.maps.choropleth import View

_RAMP = 5
"""Colours by which a palette is shown."""


class Classing(Part):
    """Classes and palette, as fields of the controls' form, in a disclosure of their own."""

    key = "classing"
    _template = markup(
        "{% macro panel(this) %}{% set o = this.options %}\n"
        '<details class="classing" id="classing"{% if o.classes or o.palette %} open{% endif %}>\n'
        '<summary>{{ _("Classes and colours") }}</summary>\n'
        '<div class="field"><label for="classes">{{ _("Classes") }}</label>'
        '<select id="classes" name="classes" form="controls">'
        '<option value="">{{ _("As published") }}</option>'
        '{% for title, options in o.schemes %}<optgroup label="{{ title }}">'
        "{% for key, text in options %}"
        '<option value="{{ key }}"{% if key == o.classes %} selected{% endif %}>{{ text }}</option>'
        "{% endfor %}</optgroup>{% endfor %}</select></div>\n"
        '<fieldset class="palettes"><legend>{{ _("Colours") }}</legend>\n'
        "{% for key, title, ramps in o.palettes %}"
        '<label><input type="radio" name="palette" form="controls" value="{{ key }}"'
        "{% if key == o.palette %} checked{% endif %}>"
        "{% for theme, colours in ramps %}"
        '<svg class="ramp ramp-{{ theme }}" viewBox="0 0 5 1" preserveAspectRatio="none" '
        'aria-hidden="true">{% for colour in colours %}'
        '<path fill="{{ colour }}" d="M{{ loop.index0 }} 0h1v1h-1z"/>{% endfor %}</svg>'
        "{% endfor %}<span>{{ title }}</span></label>\n{% endfor %}</fieldset>\n"
        '<button type="submit" form="controls" class="button no-script">'
        '{{ _("Show") }}</button>\n'
        "</details>\n{% endmacro %}"
    )

    def configuration(self) -> Mapping[str, Any]:
        return {}


def choice(release: Release, seen: View) -> dict[str, Any]:
    """Return what can be chosen for a view, and what is."""
    entry = seen.entry(release)
    others = {key: _(title) for key, title in PALETTES.items() if key != entry["palette"]}
    named = {"": _("As published"), **others}
    return {
        "classes": seen.classes,
        "palette": seen.palette,
        "schemes": [
            (_(scheme.title), [(key, title_of(key)) for key in (f"{name}-{n}" for n in COUNTS)])
            for name, scheme in SCHEMES.items()
        ],
        "palettes": [
            (key, title, list(palette.themed(key or entry["palette"], _RAMP).items()))
            for key, title in named.items()
        ],
    }
