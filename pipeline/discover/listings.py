"""Read what lists articles: RSS, RDF, Atom, JSON Feed, sitemaps. The document's kind is seen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from pipeline.discover.bounded import (
    MAX_JSON_VALUES,
    inner_text,
    local_name,
    parse_xml,
    unpack,
)
from pipeline.discover.found import Collector, Listing, Undiscoverable
from pipeline.discover.hint_dates import read_hint_date
from pipeline.discover.hubs import feed_links, header_links, json_links, push_of

_KINDS = {
    "rss": "rss",
    "rdf": "rdf",
    "feed": "atom",
    "urlset": "urlset",
    "sitemapindex": "sitemap_index",
}
_PERIODS = {
    "hourly": 3_600.0,
    "daily": 86_400.0,
    "weekly": 604_800.0,
    "monthly": 2_592_000.0,
    "yearly": 31_536_000.0,
}
_ENTRIES = ("item", "entry", "url", "sitemap")
_DATES = (
    "publication_date",
    "pubdate",
    "published",
    "date",
    "issued",
    "created",
    "updated",
    "modified",
    "lastmod",
)
"""Names that carry a date, the one nearest to publication first."""
# The protocol wants whole addresses, so other words are no relative ones.
_ADDRESS_LINE = re.compile(rb"(?:\A|(?<=[\r\n]))(?:\xef\xbb\xbf)?[ \t]*(https?://[^\r\n]*)", re.I)
_READ = frozenset(("loc", "link", "guid", "id", "title", *_DATES))


def read_listing(body: bytes, base_url: str, headers: Iterable[tuple[str, str]] = ()) -> Listing:
    """The entries of a feed or sitemap; addresses are made absolute on ``base_url``. The headers
    it came with may name a hub.

    The entries of a sitemap_index are sitemaps, not articles.
    Raises :class:`Undiscoverable` and nothing else.
    """
    plain = unpack(body)
    start = plain[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{"):
        return _json_feed(plain, base_url, headers)
    if start.startswith((b"http://", b"https://")):
        return _text(plain, base_url)
    root = parse_xml(plain)
    kind = _KINDS.get(local_name(root))
    if kind is None:
        raise Undiscoverable("unknown_format")
    found = Collector(base_url)
    for element in root.iter(etree.Element):
        if local_name(element) in _ENTRIES and not found.full:
            _add(found, element)
    push = push_of(base_url, (*header_links(headers), *feed_links(root)))
    return found.listing(kind, _pace_seconds(root), push)


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


def _add(found: Collector, entry: etree._Element) -> None:
    values: dict[str, str] = {}
    for element in _said_of(entry):
        name = local_name(element)
        if name == "link" and element.get("href"):
            # Atom allows the relation to be written as its registered address.
            if element.get("rel", "alternate").lower().rpartition("/")[2] == "alternate":
                values.setdefault("link", _on_its_base(element, element.get("href", "")))
        elif name == "guid" and element.get("isPermaLink", "true").lower() != "true":
            continue
        elif name in _READ and (text := inner_text(element)):
            text = _on_its_base(element, text) if name == "link" else text
            values.setdefault(name, text)
    named = values.get("id", "")  # Atom: often the page's own address, as a guid is
    url = values.get("loc") or values.get("link") or values.get("guid") or ""
    if not url and named.lower().startswith(("http://", "https://")):
        url = named
    date = next((values[name] for name in _DATES if name in values), "")
    found.add(url, values.get("title", ""), read_hint_date(date))


def _said_of(entry: etree._Element) -> list[etree._Element]:
    """What speaks of the entry, its own vocabulary first.

    So media:title or the title of a source does not stand in for the headline.
    """
    own = _vocabulary(entry)
    children = list(entry.iterchildren(etree.Element))
    children.sort(key=lambda element: _vocabulary(element) != own)
    news = [child for child in children if local_name(child) == "news"]
    within = [element for child in news for element in child.iterchildren(etree.Element)]
    return children + within


def _vocabulary(element: etree._Element) -> str:
    """The namespace, or the prefix where a document forgot to declare it."""
    tag = str(element.tag)
    return tag.rpartition("}")[0] or tag.rpartition(":")[0]


def _on_its_base(element: etree._Element, address: str) -> str:
    """The address on the element's xml:base, which may itself be relative to the document."""
    if not element.base:
        return address
    try:
        return urljoin(element.base, address.strip())
    except ValueError:
        return address


def _json_feed(body: bytes, base_url: str, headers: Iterable[tuple[str, str]]) -> Listing:
    if len(body) > MAX_JSON_VALUES and sum(map(body.count, (b",", b"[", b"{"))) > MAX_JSON_VALUES:
        raise Undiscoverable("too_large")
    try:
        feed: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Undiscoverable("not_json") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise Undiscoverable("unknown_format")
    found = Collector(base_url)
    for item in items:
        if isinstance(item, dict) and not found.full:
            url, title, date = (
                value if isinstance(value, str) else ""
                for value in (
                    item.get("url") or item.get("external_url"),
                    item.get("title"),
                    item.get("date_published"),
                )
            )
            found.add(url, title, read_hint_date(date))
    push = push_of(base_url, (*header_links(headers), *json_links(feed)))
    return found.listing("json_feed", push=push)


def _text(body: bytes, base_url: str) -> Listing:
    found = Collector(base_url)
    for line in _ADDRESS_LINE.finditer(body):
        if found.full:
            break
        found.add(line[1].decode("utf-8", "replace"))
    return found.listing("sitemap_text")
