"""The URL as it is asked for: one spelling per request, nothing removed that a server may need.

What a browser would ask for, in the one spelling that RFC 3986 section 6.2.2 gives it: escapes in
upper case, none for unreserved characters, one for each character that may not stand there.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from pipeline.errors import Drop
from pipeline.urls.domains import host_of, registrable_domain
from pipeline.urls.read import ascii_host, without_dots
from pipeline.urls.resolve import DEFAULT_PORTS, MAX_CHARS, Address, resolved

_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*|\[[0-9a-f:.]+\]")
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_HOME = re.compile(r"/*(?:[a-z]{2}(?:[-_][a-z]{2})?/*)?(?:home|(?:index|default)\.[a-z]{3,5})?/*")
_SAFE = "!$&'()*+,;=:@/%-._~"  # RFC 3986 section 3.3; "%" because escapes are kept
_NOTHING_TO_ESCAPE = re.compile(r"[A-Za-z0-9!$&'()*+,;=:@/._~?-]*")


def normalize_url(text: str) -> str:
    """The address to ask for: http(s), host in lower-case ASCII, no default port, no fragment.

    Raises ``Drop("bad_url")`` for anything else, with what is wrong with it.
    """
    return _spelled(resolved(text))


def resolve_url(base: str, reference: str) -> str:
    """The address to ask for that ``reference`` means on the page ``base``; one that is whole
    needs no base. Raises ``Drop("bad_url")``."""
    return _spelled(resolved(reference, _base(base)))


def absolute(base: str, href: str) -> str | None:
    """``href`` as it stands on the page ``base``, normalized; None when it is no web address."""
    try:
        return resolve_url(base, href)
    except Drop:
        return None


@lru_cache(maxsize=64)
def _base(text: str) -> Address | None:
    try:
        return resolved(normalize_url(text))
    except Drop:
        return None


def is_home(url: str) -> bool:
    """Whether it is a site's front page, of one language perhaps: ``/``, ``/en/``, ``/index.html``.

    With a query it is not: ``/?p=12`` is an article.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return not parts.query and _HOME.fullmatch(parts.path.lower()) is not None


def trusted_canonical(page_url: str, canonical: str) -> bool:
    """Whether a page may name ``canonical`` as its own address.

    It must lie at the same registrable domain and be no home page: pages do claim their home
    page, their section or another site as canonical, by mistake or worse.
    """
    try:
        path = urlsplit(canonical).path.strip("/")
        own_path = urlsplit(page_url).path.strip("/")
    except ValueError:
        return False
    domain = registrable_domain(host_of(canonical))
    same_site = bool(domain) and domain == registrable_domain(host_of(page_url))
    is_parent = bool(path) and own_path.startswith(path + "/") and not _is_amp_part(own_path, path)
    return same_site and not is_parent and (bool(path) or not own_path)


def _is_amp_part(own_path: str, path: str) -> bool:
    return own_path[len(path) :].strip("/").lower() in ("amp", "amp.html")


def _spelled(address: Address) -> str:
    host = _ascii_host(address.host)
    if address.port is not None and address.port != DEFAULT_PORTS[address.scheme]:
        host += f":{address.port}"
    path = without_dots(_escape(address.path, _SAFE)) or "/"
    query = f"?{_escape(address.query, _SAFE + '?')}" if address.query else ""
    url = f"{address.scheme}://{host}{path}{query}"
    if len(url) > MAX_CHARS:
        raise Drop("bad_url", f"longer than {MAX_CHARS} characters when escaped")
    return url


@lru_cache(maxsize=4096)
def _ascii_host(given: str) -> str:
    host = None if given.startswith(".") else ascii_host(given)
    if host is None or len(host) > 253 or not _HOST.fullmatch(host):
        raise Drop("bad_url", f"host {given[:300]!r} is no host name")
    return host


def _escape(part: str, safe: str) -> str:
    """Every character escaped that must be, no unreserved one, hex digits in upper case."""
    if _NOTHING_TO_ESCAPE.fullmatch(part):
        return part
    part = _PERCENT.sub(_normal_escape, part)
    part = re.sub(r"%(?![0-9A-F]{2})", "%25", part)
    return quote(part, safe=safe)


def _normal_escape(match: re.Match[str]) -> str:
    character = unquote(match.group(), encoding="latin-1")
    return character if character in _UNRESERVED else match.group().upper()
