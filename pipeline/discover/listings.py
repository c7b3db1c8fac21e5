"""Read what lists articles: RSS, RDF, Atom, JSON Feed, sitemaps. The document's kind is seen."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from pipeline.discover.bounded import inner_text, local_name, parse_xml, unpack
from pipeline.discover.decoding import in_utf8
from pipeline.discover.entries import ENTRIES, add_entry
from pipeline.discover.found import Collector, Listing, Undiscoverable
from pipeline.discover.hubs import feed_links, header_links, push_of
from pipeline.discover.json_feed import read_json_feed

_KINDS = {
    "rss": "rss",
    "channel": "rss",  # RSS 1.1
    "rdf": "rdf",
    "feed": "atom",
    "urlset": "urlset",
    "sitemapindex": "sitemap_index",
}
_SITEMAPS = {"urlset": "url", "sitemap_index": "sitemap"}
_PERIODS = {
    "hourly": 3_600.0,
    "daily": 86_400.0,
    "weekly": 604_800.0,
    "monthly": 2_592_000.0,
    "yearly": 31_536_000.0,
}
# The protocol wants whole addresses, so other words are no relative ones.
_ADDRESS_LINE = re.compile(rb"(?:\A(?:\xef\xbb\xbf)?|(?<=[\r\n]))[ \t]*(https?://[^\s]+)", re.I)


def read_listing(body: bytes, base_url: str, headers: Iterable[tuple[str, str]] = ()) -> Listing:
    """The entries of a feed or sitemap; addresses are made absolute on ``base_url``. The headers
    it came with may name a hub.

    The entries of a sitemap_index are sitemaps, not articles.
    Raises :class:`Undiscoverable` and nothing else.
    """
    plain = unpack(body)
    start = plain[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{"):
        return read_json_feed(plain, base_url, headers)
    if b"<" not in plain[:1024] and _ADDRESS_LINE.search(plain, 0, 4096):
        return _text(plain, base_url)
    headers = list(headers)
    root = parse_xml(plain, _content_type(headers))
    kind = _KINDS.get(local_name(root))
    if kind is None:
        raise Undiscoverable("unknown_format")
    kind, names = _what_is_in(root, kind)
    found = Collector(base_url)
    listed = (element for element in root.iter(etree.Element) if local_name(element) in names)
    for element in found.within_reason(listed):
        add_entry(found, element)
    push = push_of(base_url, header_links(headers), feed_links(root))
    return found.listing(kind, _pace_seconds(root), push)


def _what_is_in(root: etree._Element, kind: str) -> tuple[str, tuple[str, ...]]:
    """The kind, and the names of its entries. A sitemap goes by what it holds: some are called an
    index and hold pages, or the other way round."""
    if kind not in _SITEMAPS:
        return kind, ENTRIES
    held = {local_name(child) for child in root.iterchildren(etree.Element)}
    if _SITEMAPS[kind] not in held:
        kind = next((other for other, name in _SITEMAPS.items() if name in held), kind)
    return kind, (_SITEMAPS[kind],)


def _content_type(headers: Iterable[tuple[str, str]]) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _pace_seconds(root: etree._Element) -> float | None:
    """RSS 2.0 ``ttl`` is minutes; RSS 1.0's syndication module counts updates a period."""
    said: dict[str, str] = {}
    for channel in (root, *root.iterchildren("{*}channel")):
        for element in channel.iterchildren(etree.Element):
            name = local_name(element)
            if name in ("ttl", "updateperiod", "updatefrequency"):
                said.setdefault(name, inner_text(element)[:20])
    if (minutes := _whole_number(said.get("ttl"))) is not None:
        return 60.0 * minutes
    period = _PERIODS.get(said.get("updateperiod", "").lower())
    return period / (_whole_number(said.get("updatefrequency")) or 1) if period else None


def _whole_number(text: str | None) -> int | None:
    """A positive number of at most six figures."""
    number = re.fullmatch(r"[0-9]{1,6}", (text or "").strip())
    return int(number.group()) or None if number else None


def _text(body: bytes, base_url: str) -> Listing:
    found = Collector(base_url)
    for line in found.within_reason(_ADDRESS_LINE.finditer(in_utf8(body) or body)):
        found.add(line[1].decode("utf-8", "replace"))
    return found.listing("sitemap_text")
