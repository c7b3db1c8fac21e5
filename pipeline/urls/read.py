"""The parts of any text that may be an address, read as a browser reads it.

Follows the WHATWG URL Standard where browsers differ from RFC 3986 and pages rely on them:
backslashes count as slashes, line breaks inside are dropped, a scheme may have too few or too
many slashes. Nothing raises; text in which a browser finds no host has none here.
"""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import unquote

import idna

_AROUND = "".join(map(chr, range(0x21)))
_BREAKS = str.maketrans("", "", "\t\r\n")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.I)
_PORT_AND_PATH = re.compile(r"\d{1,5}(?:[/\\?#]|$)")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f#/:<>?@\[\\\]^|%]")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
MAX_PORT = 65535


class Parts(NamedTuple):
    """``host`` is ``""`` when there is none; ``port`` is None when it is not said."""

    host: str
    port: int | None
    path: str
    query: str
    fragment: str


def read(text: str) -> Parts:
    """The parts of a URL, of a key (which has no scheme), or of garbage."""
    text = cleaned(text)
    nowhere = Parts("", None, text, "", "")
    rest = _without_scheme(text)
    if rest is None:
        return nowhere
    rest, _, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    authority, slash, path = rest.replace("\\", "/").partition("/")
    host, port = host_and_port(authority.rpartition("@")[2])
    return Parts(host, port, slash + path, query, fragment) if host else nowhere


def _without_scheme(text: str) -> str | None:
    """What follows the scheme and its slashes; None when no host can follow."""
    match = _SCHEME.match(text)
    scheme = match[1].lower() if match else ""
    rest = text[match.end() :] if match else text
    if scheme in ("http", "https"):
        return rest.lstrip("/\\")
    if rest.startswith(("//", "\\\\")):
        return rest[2:]
    if scheme and not _PORT_AND_PATH.match(rest):  # "mailto:desk", not "host:8080/page"
        return None
    return None if text.startswith(("/", "\\")) else text


def cleaned(text: str) -> str:
    """The text without what a browser does not see: blanks and controls around, breaks inside."""
    text = text.strip(_AROUND)
    if "\n" in text or "\t" in text or "\r" in text:
        text = text.translate(_BREAKS)
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def host_and_port(authority: str) -> tuple[str, int | None]:
    """The host in lower case and the port; no host where the port is none."""
    host, colon, port = authority.rpartition(":")
    if not colon or port.endswith("]"):
        return authority.lower(), None
    digits = port.lstrip("0") or port[:1]
    if port and not (port.isascii() and port.isdigit() and len(digits) <= 5):
        return "", None
    if port and int(digits) > MAX_PORT:
        return "", None
    return host.lower(), int(digits) if port else None


def ascii_host(host: str) -> str | None:
    """The host as DNS knows it: lower-case ASCII, addresses in their one spelling; None for
    what can be none. Dots before it and the one after it say nothing and are dropped."""
    if host.startswith("[") or host.endswith("]"):
        return _ipv6(host)
    host = unquote(host, errors="replace")
    if not host.isascii():
        host = _to_ascii(host) or ""
    host = host.lower().lstrip(".").removesuffix(".")
    if not host or _FORBIDDEN.search(host) or not all(map(_is_readable, host.split("."))):
        return None
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        return _ipv4(host)
    return host


def _to_ascii(host: str) -> str | None:
    """By IDNA 2008, as registries do (``faß`` is not ``fass``); by the bare mapping what they
    no longer sell, such as signs and emoji."""
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except UnicodeError:
        pass
    try:
        mapped = idna.uts46_remap(host, std3_rules=False)
        labels = mapped.split(".")
        if any(label.startswith("xn--") and not label.isascii() for label in labels):
            return None  # letters of its own, and a name for them besides
        return ".".join(
            label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
            for label in labels
        )
    except UnicodeError:
        return None


def _is_readable(label: str) -> bool:
    """Whether a label that says to be in letters of its own is."""
    if not label.startswith("xn--"):
        return True
    try:
        letters = label[4:].encode("ascii").decode("punycode")
        if letters.isascii() or letters.startswith("xn--"):
            return False
        return idna.uts46_remap(letters, std3_rules=False) == letters
    except UnicodeError:
        return False


def _ipv6(host: str) -> str | None:
    if not (host.startswith("[") and host.endswith("]")):
        return None
    try:
        address = ipaddress.IPv6Address(host[1:-1])
    except ValueError:
        return None
    if address.scope_id is not None:
        return None
    inner = address.ipv4_mapped
    if inner is not None:  # newer Pythons write its last half with dots
        return f"[::ffff:{int(inner) >> 16:x}:{int(inner) & 0xFFFF:x}]"
    return f"[{address}]"


def _ipv4(host: str) -> str | None:
    """``0x7f.1`` is 127.0.0.1: a last part fills all bytes that are left."""
    labels = host.split(".")
    if len(labels) > 4 or not all(_NUMBER.fullmatch(label) for label in labels):
        return None
    try:
        *first, last = (_number(label) for label in labels)
    except ValueError:
        return None
    if any(value > 255 for value in first) or last >= 256 ** (4 - len(first)):
        return None
    whole = sum(value << 8 * (3 - place) for place, value in enumerate(first)) + last
    return str(ipaddress.IPv4Address(whole))


def _number(label: str) -> int:
    if len(label) > 20:  # no 32 bits need as many digits, and Python counts them slowly
        raise ValueError(label)
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    return int(label, 8 if label.startswith("0") else 10)


def without_dots(path: str) -> str:
    """``/a/./b/../c`` -> ``/a/c``: the steps that a browser takes before it asks."""
    if "/." not in path:
        return path
    kept: list[str] = []
    steps = path.split("/")[1:]
    for step in steps:
        if step == "..":
            del kept[-1:]
        elif step != ".":
            kept.append(step)
    if steps[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
