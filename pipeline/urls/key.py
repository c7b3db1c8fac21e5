"""Which page an address means: a lossy key, equal for every spelling of the same page.

The key is compared and hashed, never fetched. It is built by ``STEPS``, in order, each a small
rule on the parts of the address; :func:`explain_url_key` says which of them did something.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import resources
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode

from pipeline.urls.domains import is_public_suffix
from pipeline.urls.read import ascii_host, read, without_dots
from pipeline.urls.unwrap import unwrap

MAX_CHARS = 8192
"""Longer text is its own key: twice what may be fetched, and the rules stay quick."""
MAX_ROUNDS = 100
"""Each round takes something off or is the last. Real addresses need two; redirectors nested as
deep as the characters allow need a dozen."""
DEFAULT_PORTS = (None, 80, 443)

TRACKING_NAMES = frozenset(
    line
    for line in resources.files(__package__).joinpath("tracking_names.txt").read_text().split("\n")
    if line and not line.startswith("#")
)
TRACKING_PREFIXES = ("utm_", "utm-", "at_campaign", "mtm_", "pk_", "piwik_", "hsa_", "ga_", "fb_")
SESSION_NAMES = frozenset(
    ("phpsessid", "jsessionid", "sid", "sessionid", "session_id", "aspsessionid", "cfid", "cftoken")
)
AMP_NAMES = frozenset(("amp", "outputtype", "amp_js_v", "amp_gsa", "usqp", "_amp", "isamp"))
WORD_IF_TRACKING = frozenset(("ref", "referrer", "referer", "source", "src", "from", "via"))
"""Names that say where a reader came from, unless their value is an id of the page."""

INDEX_FILE = re.compile(r"/(?:index|default)\.(?:html?|php\d?|aspx?|jsp|cfm)$", re.I)
AMP_PATH = re.compile(r"(?:/amp|\.amp|/amp\.html|\.amp\.html)/?$", re.I)
HOST_PREFIX = re.compile(r"^(?:www\d?|m|mobile|mobil|amp|touch|wap)\.(?=[^.]+\.[^.]+)")
_NOT_UTF8 = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class _Address:
    host: str
    port: str
    """``:8080``; empty for the ports of the web."""
    path: str
    query: tuple[tuple[str, str], ...]
    route: str
    """A client-side route (``#!/story/1``): the only fragment that names a page."""

    def __str__(self) -> str:
        text = self.host + self.port + self.path
        if self.query:
            text += "?" + urlencode(self.query, errors="surrogateescape")
        return text + self.route


def url_key(url: str) -> str:
    """The identity key of a URL. Total (any text has one) and idempotent.

    Text without a host that could be asked is its own key.
    """
    for _ in range(MAX_ROUNDS):
        key = _round(url)
        if key == url:
            break
        url = key
    return url


def _round(url: str) -> str:
    """All steps once. A rule may lay open what an earlier one removes (an index file behind an
    AMP suffix), so rounds are repeated until nothing changes."""
    if len(url) > MAX_CHARS:
        return url
    url = unwrap(url)
    address = _read(url)
    if address is None:
        return url
    for _name, step in STEPS:
        address = step(address)
    return str(address)


def explain_url_key(url: str) -> list[tuple[str, str]]:
    """``(step, key after it)`` for each step that changed something, in order; the last key is
    the one that :func:`url_key` returns. ``read`` drops scheme, user, port and fragment."""
    said: list[tuple[str, str]] = []
    for _ in range(MAX_ROUNDS):
        before, key = url, url
        for name, after in _explained_round(url):
            if after != key:
                said.append((name, after))
                key = after
        url = key
        if url == before:
            break
    return said


def _explained_round(url: str) -> Iterator[tuple[str, str]]:
    if len(url) > MAX_CHARS:
        return
    url = unwrap(url)
    yield "unwrap", url
    address = _read(url)
    if address is not None:
        yield "read", str(address)
        for name, step in STEPS:
            address = step(address)
            yield name, str(address)


# ------------------------------------------------------------------ reading
def _read(url: str) -> _Address | None:
    """None when there is no host that could be asked."""
    parts = read(url)
    host = ascii_host(parts.host)
    if host is None or not any(map(str.isalnum, host)):
        return None
    port = "" if parts.port in DEFAULT_PORTS else f":{parts.port}"
    # Bytes that are no UTF-8 are kept: in an old encoding they are the name of the page.
    fields = parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")
    query = tuple((_nfc(name), _nfc(value)) for name, value in fields)
    route = "#" + parts.fragment if parts.fragment.startswith("!") else ""
    return _Address(host, port, parts.path, query, route)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


# ------------------------------------------------------------------ the steps
def _host(address: _Address) -> _Address:
    host = address.host
    # "m.co.uk" is a site of its own, not the mobile one of "co.uk".
    while (bare := HOST_PREFIX.sub("", host)) != host and not is_public_suffix(bare):
        host = bare
    return replace(address, host=host)


def _escapes(address: _Address) -> _Address:
    path = _nfc(unquote_to_bytes(address.path).decode("utf-8", "surrogateescape"))
    # What would read as another part of the address stays escaped, or the key of a key differs.
    for character in "%?#\\":
        path = path.replace(character, f"%{ord(character):02X}")
    path = _NOT_UTF8.sub(lambda match: f"%{ord(match.group()) - 0xDC00:02X}", path)
    path = re.sub(r"[\x00-\x20\x7f]+", lambda m: "%20" * bool(m.group().strip("\t\r\n")), path)
    return replace(address, path=path)


def _dots(address: _Address) -> _Address:
    return replace(address, path=without_dots(address.path))


def _slashes(address: _Address) -> _Address:
    return replace(address, path=re.sub(r"/{2,}", "/", address.path).rstrip("/"))


def _session(address: _Address) -> _Address:
    path = re.sub(r";(?:jsessionid|phpsessid|sid)=[^/;]*", "", address.path, flags=re.I)
    return replace(address, path=path)


def _amp(address: _Address) -> _Address:
    path = address.path
    while (bare := AMP_PATH.sub("", path)) != path:
        path = bare
    path = re.sub(r"^/amp/(?=.)", "/", path, flags=re.I)
    query = tuple(
        (name, value)
        for name, value in address.query
        if name.lower() not in AMP_NAMES or not re.fullmatch(r"|amp|1|true|yes|[\d.]+", value, re.I)
    )
    return replace(address, path=path, query=query)


def _index(address: _Address) -> _Address:
    return replace(address, path=INDEX_FILE.sub("", address.path))


def _tracking(address: _Address) -> _Address:
    kept = tuple((name, value) for name, value in address.query if not _tracks(name, value))
    return replace(address, query=kept)


def _tracks(name: str, value: str) -> bool:
    name = name.lower()
    if name in TRACKING_NAMES or name in SESSION_NAMES or name.startswith(TRACKING_PREFIXES):
        return True
    if name in WORD_IF_TRACKING:
        return re.search(r"\d{3}", value) is None
    return False


def _print(address: _Address) -> _Address:
    kept = tuple(
        (name, value)
        for name, value in address.query
        if not (name.lower() in ("print", "printable", "printview") and len(value) < 5)
    )
    return replace(address, query=kept)


def _order(address: _Address) -> _Address:
    return replace(address, query=tuple(sorted(set(address.query))))


STEPS: tuple[tuple[str, Callable[[_Address], _Address]], ...] = (
    ("host", _host),
    ("escapes", _escapes),
    ("dots", _dots),
    ("session", _session),
    ("slashes", _slashes),
    ("amp", _amp),
    ("index", _index),
    ("slashes again", _slashes),
    ("tracking", _tracking),
    ("print", _print),
    ("order", _order),
)
"""Every rule, in the order in which it is applied."""
