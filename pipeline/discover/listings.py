"""Read what lists articles: RSS, RDF, Atom, JSON Feed, sitemaps. The document's kind is seen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from lxml import etree

from pipeline.discover.bounded import inner_text, local_name, parse_xml, unpack
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
_DATES = ("publication_date", "pubdate", "published", "date", "issued", "updated", "lastmod")
"""Names that carry a date, the one nearest to publication first."""


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
    for element in entry.iter(etree.Element):
        name = local_name(element)
        if element.getparent() is entry or name in ("publication_date", "title"):
            if name == "link" and element.get("href"):
                if element.get("rel", "alternate") == "alternate":
                    values.setdefault("link", element.get("href", ""))
            elif name == "guid" and element.get("isPermaLink", "true").lower() != "true":
                continue
            elif text := inner_text(element):
                values.setdefault(name, text)
    url = values.get("loc") or values.get("link") or values.get("guid") or ""
    date = next((values[name] for name in _DATES if name in values), "")
    found.add(url, values.get("title", ""), read_hint_date(date))


def _json_feed(body: bytes, base_url: str, headers: Iterable[tuple[str, str]]) -> Listing:
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
    for line in body.decode("utf-8-sig", "replace").splitlines():
        # The protocol wants whole addresses, so other words are no relative ones.
        if not found.full and line.strip().startswith(("http://", "https://")):
            found.add(line)
    return found.listing("sitemap_text")
