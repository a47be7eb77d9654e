"""HTTP headers that tiles and pages share: what protects a page, who may read, what is negotiated.

Knows no framework: a WSGI environment and plain strings come in, headers go out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from mapsvc.errors import BadParameterError

Headers = list[tuple[str, str]]

READ_METHODS = "GET, HEAD, OPTIONS"

REVALIDATE = "public, no-cache"
"""For an address whose content follows the current release."""
IMMUTABLE = "public, max-age=31536000, immutable"
"""For an address that names its content."""
NO_STORE = "no-store"
"""For errors."""

CORS: tuple[tuple[str, str], ...] = (
    ("Access-Control-Allow-Origin", "*"),
    (
        "Access-Control-Expose-Headers",
        "ETag, Content-Length, Content-Range, Content-Encoding, Accept-Ranges, Link, Content-Crs",
    ),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
)
"""Anyone's page may read public data; without credentials, as there are none."""

PREFLIGHT: tuple[tuple[str, str], ...] = (
    ("Access-Control-Allow-Methods", READ_METHODS),
    ("Access-Control-Allow-Headers", "Accept, Content-Type, If-None-Match, If-Range, Range"),
    ("Access-Control-Max-Age", "86400"),
)

SAFE: tuple[tuple[str, str], ...] = (("X-Content-Type-Options", "nosniff"),)
"""Every answer has these."""

_MAP_PAGE = re.compile(r"/maps/[^/]+")

_HOST = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*\.?"
    r"|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?"
)


def content_security_policy(
    path: str, embed_origins: Sequence[str], basemaps: Sequence[str] = ()
) -> str:
    """Return the policy of a page: nothing from elsewhere, and no frames except for widgets.

    ``basemaps`` are the origins of the background that map pages, and no others, may show.
    """
    images = " ".join(["'self' data: blob:", *(basemaps if _MAP_PAGE.fullmatch(path) else ())])
    ancestors = "'none'"
    if is_embed(path):
        # Of this site's own, the page that gives the code shows the widget too.
        ancestors = " ".join(["'self'", *embed_origins]) if embed_origins else "*"
    frames = "frame-src 'self'; " if is_builder(path) else ""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {images}; "
        "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; "
        f"{frames}frame-ancestors {ancestors}"
    )


def page_headers(path: str, embed_origins: Sequence[str], basemaps: Sequence[str] = ()) -> Headers:
    """Return the headers that protect a page at ``path``."""
    headers = [
        *SAFE,
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ("Content-Security-Policy", content_security_policy(path, embed_origins, basemaps)),
        ("Permissions-Policy", permissions_policy(path)),
    ]
    if not is_embed(path):
        headers.append(("X-Frame-Options", "DENY"))
        headers.append(("Cross-Origin-Opener-Policy", "same-origin"))
    return headers


def permissions_policy(path: str) -> str:
    """Return what a page may ask of a device: nothing, but a map page may ask where it is."""
    where = "(self)" if _MAP_PAGE.fullmatch(path) else "()"
    return f"camera=(), display-capture=(), geolocation={where}, microphone=(), payment=(), usb=()"


def is_embed(path: str) -> bool:
    """Tell whether an address is a widget's, meant for the frames of other sites."""
    return path.startswith("/embed/")


def is_builder(path: str) -> bool:
    """Tell whether an address is of the page that shows a widget with its code."""
    return path.startswith("/maps/") and path.endswith("/embed")


_DATA = (
    "/api/", "/tiles/", "/data/", "/styles/", "/sprites/", "/arcgis/", "/ogc/", "/oembed",
)  # fmt: skip


_PICTURED = ("/maps/", "/jurisdictions/")


def is_public_data(path: str) -> bool:
    """Tell whether an address gives data, which the pages of any site may read."""
    if path.startswith(_PICTURED):
        return path.endswith((".svg", ".png"))
    return path.startswith(_DATA)


def is_for_programs(path: str) -> bool:
    """Tell whether an address is read by programs alone, so that its errors are JSON."""
    return path.startswith(
        ("/api/", "/tiles/", "/styles/", "/sprites/", "/arcgis/", "/healthz", "/readyz", "/oembed")
    )


@lru_cache(maxsize=256)
def choose_encoding(accept: str, offered: tuple[str, ...]) -> str | None:
    """Return the best of the content codings ``offered``, ``identity``, or None if all are refused.

    RFC 9110, 12.5.3, with one thing stricter: without the header nothing is compressed, because
    programs that do not send it seldom decompress. Equal weights go to the earlier in ``offered``;
    ``identity`` comes last unless the client weighs it higher.

    >>> choose_encoding("br;q=0, gzip;q=0.5, *;q=0.1", ("br", "gzip"))
    'gzip'
    >>> choose_encoding("br, identity;q=0", ("gzip",)) is None
    True
    """
    weights: dict[str, float] = {}
    for item in accept.lower().split(","):
        name, *parameters = [part.strip() for part in item.split(";")]
        if name:
            coding = name.removeprefix("x-") if name == "x-gzip" else name
            weights[coding] = max(weights.get(coding, 0.0), _weight(parameters))
    rest = weights.get("*", 0.0)
    ranked = [(weights.get(coding, rest), -at, coding) for at, coding in enumerate(offered)]
    if "identity" in weights:
        ranked.append((weights["identity"], -len(offered), "identity"))
    elif weights.get("*") != 0.0:
        ranked.append((1e-9, -len(offered), "identity"))
    weight, _, coding = max(ranked, default=(0.0, 0, ""))
    return coding if weight > 0 else None


def _weight(parameters: Sequence[str]) -> float:
    """Return the q of a list's item; one that is no number from 0 to 1 counts as refusal."""
    for parameter in parameters:
        key, _, text = parameter.partition("=")
        if key.strip() == "q":
            text = text.strip()
            return float(text) if re.fullmatch(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?", text) else 0.0
    return 1.0


def etag(body: bytes) -> str:
    """Return the entity tag of a content, unquoted and without its encoding."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()


def matches(if_none_match: str, tag: str) -> bool:
    """Tell whether an If-None-Match header names the quoted ``tag``, by weak comparison.

    >>> matches('W/"a-gzip", "b"', '"a-gzip"')
    True
    """
    if not if_none_match:
        return False
    if if_none_match.strip() == "*":
        return True
    return tag in re.findall(r'"[^"]*"', if_none_match)


def origin(environ: Mapping[str, Any], public_url: str | None) -> str:
    """Return scheme and host for absolute addresses: as configured, or as the client asked.

    Raises BadParameterError where the Host header is no host, so that none is echoed.
    """
    if public_url:
        return public_url
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    if len(host) > 255 or not _HOST.fullmatch(host):
        raise BadParameterError("Host", host[:80], "a host name, with or without a port")
    return f"{environ['wsgi.url_scheme']}://{host}"
