"""JSON for the page's script, inside the page."""

from __future__ import annotations

import json
from typing import Any

_ESCAPES = {
    ord(character): f"\\u{ord(character):04x}" for character in ("<", ">", "&", "\u2028", "\u2029")
}


def to_script_json(document: Any) -> str:
    """Serialise for the inside of a ``<script type="application/json">``: no way out of it.

    >>> to_script_json({"a": "</script>"})
    '{"a":"\\\\u003c/script\\\\u003e"}'
    """
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_ESCAPES)
