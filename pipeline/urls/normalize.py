"""The URL as it is asked for: one spelling per request, nothing removed that a server may need."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from pipeline.errors import Drop
from pipeline.urls.domains import host_of, registrable_domain
from pipeline.urls.read import ascii_host, without_dots

MAX_CHARS = 4096
"""Longer than any address a browser or server must support (RFC 9110 recommends 8000 octets at
least; news sites stay under 1,000), short enough that a row of them stays a row."""

DEFAULT_PORTS = {"http": 80, "https": 443}
_CONTROL = re.compile(r"[\x00-\x20\x7f\u200b-\u200f\u2028\u2029\ufeff]")
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?|\[[0-9a-f:.]+\]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_HOME = re.compile(r"/*(?:[a-z]{2}(?:[-_][a-z]{2})?/*)?(?:home|(?:index|default)\.[a-z]{3,5})?/*")
_SAFE = "!$&'()*+,;=:@/%-._~"  # RFC 3986 section 3.3; "%" because escapes are kept


def normalize_url(text: str) -> str:
    """The address to ask for: http(s), host in lower-case ASCII, no default port, no fragment.

    Raises ``Drop("bad_url")`` for anything else, with what is wrong with it.
    """
    text = text.strip()
    if not text:
        raise Drop("bad_url", "empty")
    if len(text) > MAX_CHARS:
        raise Drop("bad_url", f"longer than {MAX_CHARS} characters")
    if _CONTROL.search(text) or "\\" in text:
        raise Drop("bad_url", "control characters, spaces or backslashes inside")
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname or ""
        user = parts.username is not None or parts.password is not None
    except ValueError as error:
        raise Drop("bad_url", str(error)) from error
    if parts.scheme not in DEFAULT_PORTS:
        raise Drop("bad_url", f"scheme {parts.scheme or 'missing'!r}: only http and https")
    if user:
        raise Drop("bad_url", "a user name or password inside")
    if port == 0:
        raise Drop("bad_url", "port 0")
    netloc = _ascii_host(host)
    if port is not None and port != DEFAULT_PORTS[parts.scheme]:
        netloc += f":{port}"
    path = without_dots(_escape(parts.path, _SAFE)) or "/"
    return urlunsplit((parts.scheme, netloc, path, _escape(parts.query, _SAFE + "?"), ""))


def absolute(base: str, href: str) -> str | None:
    """``href`` as it stands on the page ``base``, normalized; None when it is no web address."""
    try:
        return normalize_url(urljoin(base, href.strip()))
    except (Drop, ValueError):
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


def _ascii_host(given: str) -> str:
    given = given.rstrip(".")
    if not given:
        raise Drop("bad_url", "no host")
    host = ascii_host(f"[{given}]" if ":" in given else given)
    if host is None or len(host) > 253 or not _HOST.fullmatch(host):
        raise Drop("bad_url", f"host {given!r} is no host name")
    return host


def _escape(part: str, safe: str) -> str:
    """Every character escaped that must be, no unreserved one, hex digits in upper case."""
    part = _SURROGATE.sub("\ufffd", part)
    part = _PERCENT.sub(_normal_escape, part)
    part = re.sub(r"%(?![0-9A-F]{2})", "%25", part)
    return quote(part, safe=safe)


def _normal_escape(match: re.Match[str]) -> str:
    character = unquote(match.group(), encoding="latin-1")
    return character if character in _UNRESERVED else match.group().upper()
