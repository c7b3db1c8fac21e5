"""Hubs: where a feed says that its news are pushed (W3C WebSub, section 4). Reads, asks nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

from pipeline.discover.bounded import local_name
from pipeline.discover.found import Push, absolute_url

MOST_HEADER_CHARS = 8_192
"""Of one Link header that are read."""

_LINK = re.compile(
    r"""<([^<>]*)>((?:\s*;\s*[a-z0-9*_-]+(?:\s*=\s*(?:"[^"]*"|[^\s;,"]*))?)*)""", re.IGNORECASE
)
_PARAMETER = re.compile(
    r""";\s*([a-z0-9*_-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s;,"]*)))?""", re.IGNORECASE
)
_WHOLE_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)

Link = tuple[str, str]
"""A relation in lower case, and the address as it is written."""


def push_of(base_url: str, *places: Iterable[Link]) -> Push | None:
    """A hub with the topic to subscribe to; None without a hub. What is named in one place goes
    before what is in the next.

    Of several hubs one is enough, for each of them tells everything: the first with TLS, else the
    first. A feed that does not name itself is known to its hub by the address it was had from.
    """
    hub = topic = None
    for links in map(tuple, places):
        named = (absolute_url(base_url, target) for relation, target in links if relation == "hub")
        hub = hub or max(filter(None, named), key=_has_tls, default=None)
        itself = (target for relation, target in links if relation == "self")
        topic = topic or next(filter(None, (_as_written(base_url, one) for one in itself)), None)
    return Push(hub, topic or base_url) if hub else None


def _has_tls(url: str) -> bool:
    return url.startswith("https:")


def _as_written(base_url: str, target: str) -> str | None:
    """An address of the publisher's, vetted, but spelled as it stands there: hubs compare topics
    letter by letter with what the publisher tells them."""
    vetted, written = absolute_url(base_url, target), target.strip()
    is_whole = _WHOLE_ADDRESS.fullmatch(written) is not None and written.isprintable()
    return written if vetted and is_whole else vetted


def header_links(headers: Iterable[tuple[str, str]]) -> Iterator[Link]:
    """The links of ``Link`` headers. They go before what the document says."""
    for name, value in headers:
        if name.lower() != "link":
            continue
        for found in _LINK.finditer(value[:MOST_HEADER_CHARS]):
            # Of several rel the first counts, and one may name several relations (RFC 8288).
            named = (one for one in _PARAMETER.finditer(found[2]) if one[1].lower() == "rel")
            if rel := next(named, None):
                yield from ((one, found[1]) for one in (rel[2] or rel[3] or "").lower().split())


def feed_links(root: etree._Element) -> Iterator[Link]:
    """The links of an XML feed as a whole: of Atom's feed, of RSS's and RDF's channel."""
    for parent in (root, *root.iterchildren("{*}channel")):
        for element in parent.iterchildren(etree.Element):
            if local_name(element) == "link" and (target := element.get("href")):
                for relation in element.get("rel", "alternate").lower().split():
                    yield relation, target


def head_links(page: etree._Element, base_url: str) -> Iterator[Link]:
    """The links of an HTML page's head. Those of its body may be anybody's (section 4)."""
    for element in page.iterfind("head/link"):
        target = _as_written(base_url, element.get("href", ""))
        for relation in element.get("rel", "").lower().split():
            yield relation, target or ""


def json_links(feed: dict[str, Any]) -> Iterator[Link]:
    """What a JSON Feed says of hubs that speak WebSub, and of itself."""
    hubs = feed.get("hubs")
    for hub in hubs if isinstance(hubs, list) else ():
        if isinstance(hub, dict) and str(hub.get("type")).lower() == "websub":
            yield "hub", str(hub.get("url") or "")
    yield "self", str(feed.get("feed_url") or "")
