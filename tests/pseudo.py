"""A language made up for tests: every message stands in brackets, so that what has none shows."""

import re
from html.parser import HTMLParser

OPEN, CLOSE = "⟦", "⟧"
_PLACE = re.compile(r"(\{[a-z_]+\})")
_INNERMOST = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
_TOLD = ("aria-label", "alt", "placeholder", "title", "label", "aria-valuetext")
"""Attributes that a reader is told."""
_UNREAD = {"script", "style", "code", "pre", "cite"}
"""Elements whose text is no language: code, names of works."""
_INLINE = {"a", "abbr", "b", "cite", "code", "em", "i", "small", "span", "strong", "sub", "sup"}
"""Elements that may stand in the middle of a sentence."""
_EMPTY = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source"}


class Pseudo:
    """Stands for a catalogue: what is put into a message's places stays outside the brackets."""

    def gettext(self, message):
        return _PLACE.sub(rf"{CLOSE}\1{OPEN}", f"{OPEN}{message}{CLOSE}")

    def ngettext(self, singular, plural, n):
        return self.gettext(singular if n == 1 else plural)

    def pgettext(self, context, message):
        return self.gettext(message)


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.told, self.sentence = [], [], []

    def ended(self, tag):
        """Where a block begins or ends, so does what is said."""
        if tag not in _INLINE:
            self.told.append(" ".join(self.sentence))
            self.sentence = []

    def handle_starttag(self, tag, attributes):
        self.ended(tag)
        found = dict(attributes)
        self.told += [found[name] for name in _TOLD if found.get(name)]
        if tag == "meta" and found.get("name") == "description":
            self.told.append(found["content"])
        if tag == "meta" and found.get("property", "").startswith(("og:title", "og:description")):
            self.told.append(found["content"])
        if tag not in _EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in _EMPTY:
            self.open.pop()

    def handle_endtag(self, tag):
        self.ended(tag)
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if not _UNREAD & set(self.open):
            self.sentence.append(data)


def told(page):
    """Return every text that a page tells a reader: text nodes, labels, descriptions."""
    reader = _Reader()
    reader.feed(page)
    return [" ".join(text.split()) for text in reader.told if text.strip()]


def outside(text):
    """Return what of a text is in no brackets; each that is, leaves a bar."""
    before = None
    while text != before:
        before, text = text, _INNERMOST.sub("|", text)
    return text


def unspoken(page):
    """Return a page without the links to itself in other languages, which repeat its address."""
    return re.sub(r"<(?:a|link)[^>]* hreflang=[^>]*>", "", page)
