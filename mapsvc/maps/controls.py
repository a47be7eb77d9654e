"""The form of a map page: what it shows, when, of whom, divided by what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mapsvc.maps.elements import Part, markup


class Controls(Part):
    """Layer, period, group and place as a form, which works without script."""

    key = "controls"
    _template = markup(
        "{% macro panel(this) %}{% set o = this.options %}\n"
        '<form class="controls" id="controls" method="get" action="{{ o.action }}">'
        "{{ language_field() }}\n"
        "{% if o.layers|length > 1 %}\n"
        '<fieldset class="segmented"><legend>{{ _("Map by") }}</legend>\n'
        '{% for item in o.layers %}<label><input type="radio" name="layer" value="{{ item.key }}"'
        "{% if item.key == o.layer %} checked{% endif %}><span>{{ item.title }}</span></label>\n"
        "{% endfor %}</fieldset>\n"
        '{% else %}<input type="hidden" name="layer" value="{{ o.layer }}">\n{% endif %}'
        "{% if o.shows|length > 1 %}\n"
        '<fieldset class="segmented"><legend>{{ _("Show") }}</legend>\n'
        '{% for key, title in o.shows %}<label><input type="radio" name="show" value="{{ key }}"'
        "{% if key == o.show %} checked{% endif %}><span>{{ title }}</span></label>\n"
        "{% endfor %}</fieldset>\n{% endif %}"
        '<div class="field period"><label for="period">{{ _("Period") }}</label>\n'
        '<div class="stepper"><button type="button" class="step" data-step="-1" hidden '
        'aria-label="{{ _("Previous period") }}"><span aria-hidden="true">‹</span></button>\n'
        '<select id="period" name="period">'
        "{% for label, periods in o.periods %}{% if periods %}"
        '<optgroup label="{{ label }}">{% for key, title in periods %}'
        '<option value="{{ key }}"{% if key == o.period %} selected{% endif %}>{{ title }}'
        "</option>{% endfor %}</optgroup>{% endif %}{% endfor %}</select>\n"
        '<button type="button" class="step" data-step="1" hidden '
        'aria-label="{{ _("Next period") }}">'
        '<span aria-hidden="true">›</span></button></div>\n'
        '<div class="timeline" hidden><input type="range" id="timeline" min="0" step="1" '
        'aria-label="{{ _("Year") }}"><div class="timeline-ends" aria-hidden="true"><span></span>'
        '<span class="timeline-breaks"></span><span></span></div></div></div>\n'
        '<div class="field"><label for="compare">{{ _("Compare with") }}</label>'
        '<select id="compare" name="compare">'
        '<option value="">{{ _("No other period") }}</option>'
        "{% for label, periods in o.periods %}{% if periods %}"
        '<optgroup label="{{ label }}">{% for key, title in periods %}'
        '<option value="{{ key }}"{% if key == o.compare %} selected{% endif %}>{{ title }}'
        "</option>{% endfor %}</optgroup>{% endif %}{% endfor %}</select></div>\n"
        "{% if o.groups|length > 1 %}"
        '<div class="field"><label for="group">{{ _("Group") }}</label>'
        '<select id="group" name="group">'
        '{% for item in o.groups %}<option value="{{ item.key }}"'
        "{% if item.key == o.group %} selected{% endif %}>{{ item.title }}</option>{% endfor %}"
        "</select></div>\n{% endif %}"
        "{% if o.denominators %}"
        '<div class="field"><label for="denominator">{{ _("Divided by") }}</label>'
        '<select id="denominator" name="denominator">'
        '{% for item in o.denominators %}<option value="{{ item.key }}"'
        "{% if item.key == o.denominator %} selected{% endif %}>{{ item.title }}</option>"
        '{% endfor %}</select><a class="field-more" href="#effects-title">'
        '{{ _("Does it matter? See what it changes") }}</a></div>\n{% endif %}'
        '<div class="field"><label for="jurisdiction">{{ _("Find a place") }}</label>'
        "{% if not o.jurisdictions %}"
        '<input id="jurisdiction" name="jurisdiction" type="text" '
        'value="{{ o.jurisdiction or "" }}" placeholder="{{ _("Name, former name or code") }}">'
        "</div>\n{% else %}"
        '<select id="jurisdiction" name="jurisdiction">'
        '<option value="">{{ _("All places") }}</option>'
        '{% for key, title in o.jurisdictions %}<option value="{{ key }}"'
        "{% if key == o.jurisdiction %} selected{% endif %}>{{ title }}</option>{% endfor %}"
        "</select></div>\n{% endif %}"
        '<button type="submit" class="button no-script">{{ _("Show") }}</button>\n'
        "</form>\n{% endmacro %}"
    )

    def configuration(self) -> Mapping[str, Any]:
        return {"defaults": self.options["defaults"]}
