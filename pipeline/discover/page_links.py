"""What a home or section page names: its feeds, its sitemaps, and links that look like articles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree, html

from pipeline.discover.found import Collector, Entry, Listing

MAX_PAGE_BYTES = 5 * 1024 * 1024
"""Bytes of a page that are read; the rest is left."""
_FEED_TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
)
_DATED = re.compile(r"/(?:19|20)\d{2}[/-]?(?:0[1-9]|1[0-2])(?:[/-]|\d)")
_NUMBERED = re.compile(r"\d{5,}")


@dataclass(frozen=True, slots=True)
class Offers:
    """What a page offers to those who look for its articles."""

    feeds: tuple[Entry, ...] = ()
    sitemaps: tuple[Entry, ...] = ()


def find_offers(page: bytes, url: str) -> Offers:
    """The feeds and sitemaps that the page's ``<link>`` elements name. Never raises."""
    root = _tree(page)
    base = _base(root, url)
    feeds, sitemaps = Collector(base), Collector(base)
    for link in root.iter("link"):
        relations = link.get("rel", "").lower().split()
        kind = link.get("type", "").partition(";")[0].strip().lower()
        if "alternate" in relations and kind in _FEED_TYPES:
            feeds.add(link.get("href", ""), link.get("title", ""))
        elif "sitemap" in relations:
            sitemaps.add(link.get("href", ""))
    return Offers(feeds.listing("feeds").entries, sitemaps.listing("sitemaps").entries)


def find_article_links(page: bytes, url: str) -> Listing:
    """Links of the same host whose address looks like an article's; kind ``page``. Never raises.

    The looks: a date in the path, a number of five figures or more, or a last part of four words
    or more joined by hyphens or underscores.
    """
    root = _tree(page)
    found = Collector(_base(root, url))
    host = urlsplit(url).hostname
    for link in root.iter("a"):
        found.add(link.get("href", "").partition("#")[0], "".join(map(str, link.itertext())))
    listing = found.listing("page")
    kept = tuple(entry for entry in listing.entries if _is_article_like(entry.url, host))
    return Listing("page", kept, listing.cut)


def _is_article_like(url: str, host: str | None) -> bool:
    parts = urlsplit(url)
    last = parts.path.rstrip("/").rpartition("/")[2]
    slug = len([word for word in re.split(r"[-_]", last) if word]) >= 4
    return parts.hostname == host and bool(
        slug or _DATED.search(parts.path) or _NUMBERED.search(last)
    )


def _tree(page: bytes) -> etree._Element:
    parser = html.HTMLParser(recover=True, no_network=True, huge_tree=False)
    try:
        return html.document_fromstring(page[:MAX_PAGE_BYTES], parser=parser)
    except (etree.LxmlError, ValueError, LookupError, AssertionError):
        return html.document_fromstring("<html><body></body></html>")


def _base(root: etree._Element, url: str) -> str:
    found = Collector(url)
    for element in root.iter("base"):
        found.add(element.get("href", ""))
    entries = found.listing("base").entries
    return entries[0].url if entries else url
