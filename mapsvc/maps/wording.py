"""Messages in templates: what the environments of pages and of a map's elements share."""

from __future__ import annotations

from jinja2 import Environment
from markupsafe import Markup

from mapsvc import language
from mapsvc.language import DEFAULT

PARAMETER = "lang"
"""Of an address: the language that its page is in."""


def install(environment: Environment) -> None:
    """Give templates ``_``, ``ngettext`` and ``pgettext``, ``fill``, and the language's field.

    The gettext of old: a percent sign in a message is a percent sign.
    """
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension
        language._, language.ngettext, newstyle=False, pgettext=language.pgettext
    )
    environment.filters["fill"] = fill
    environment.globals["language"] = language.language
    environment.globals["language_field"] = language_field


def fill(message: str, **parts: object) -> Markup:
    """Return a message with its places filled: it and they are escaped, but for what is markup.

    >>> fill("{n} of <{name}>", n=1, name=Markup("<b>a</b>"))
    Markup('1 of &lt;<b>a</b>&gt;')
    """
    return Markup.escape(message).format(**parts)


def language_field() -> Markup:
    """Return the hidden field by which a form stays in the language: its action has no query."""
    spoken = language.language()
    if spoken == DEFAULT:
        return Markup("")
    return Markup('<input type="hidden" name="{}" value="{}">').format(PARAMETER, spoken)
