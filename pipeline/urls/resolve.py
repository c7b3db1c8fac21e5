"""An address as it stands somewhere, read as a browser reads it there (WHATWG URL Standard).

Line breaks inside and blanks around are dropped, backslashes count as slashes, slashes may be too
many or too few, and what has no scheme or no host has those of the page. Nothing is escaped here.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.errors import Drop
from pipeline.urls.read import cleaned, host_and_port

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_CHARS = 4096
"""Longer than any address a browser or server must support (RFC 9110 recommends 8000 octets at
least; news sites stay under 1,000), short enough that a row of them stays a row."""
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")


class Address(NamedTuple):
    """The parts of a web address, the host as it was written; ``port`` is None when not said."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str


def scheme_of(text: str) -> str:
    """The scheme that the text begins with, in lower case; ``""`` for none."""
    match = _SCHEME.match(cleaned(text))
    return match[1].lower() if match else ""


def resolved(text: str, base: Address | None = None) -> Address:
    """What the text means on ``base``, or by itself. Raises ``Drop("bad_url")``."""
    text = cleaned(text)
    if len(text) > MAX_CHARS:
        raise Drop("bad_url", f"longer than {MAX_CHARS} characters")
    if not text and base is None:
        raise Drop("bad_url", "empty")
    match = _SCHEME.match(text)
    scheme = match[1].lower() if match else (base.scheme if base else "missing")
    if scheme not in DEFAULT_PORTS:
        raise Drop("bad_url", f"scheme {scheme!r}: only http and https")
    rest = text[match.end() :] if match else text
    rest, asks, query = rest.partition("#")[0].partition("?")
    rest = rest.replace("\\", "/")
    if base is None or scheme != base.scheme or rest.startswith("//"):
        return _of_its_own(scheme, rest.lstrip("/"), query)
    if not rest:
        return base._replace(query=query if asks else base.query)
    path = rest if rest.startswith("/") else base.path.rpartition("/")[0] + "/" + rest
    return base._replace(path=path, query=query)


def _of_its_own(scheme: str, rest: str, query: str) -> Address:
    authority, slash, path = rest.partition("/")
    user, _, place = authority.rpartition("@")
    if user.strip(":"):
        raise Drop("bad_url", "a user name or password inside")
    host, port = host_and_port(place)
    if not host:
        raise Drop("bad_url", f"no host in {place!r}" if not place else f"{place!r} is no host")
    if port == 0:
        raise Drop("bad_url", "port 0")
    return Address(scheme, host, port, slash + path, query)
