"""What a home or section page names: its feeds, its sitemaps, and links that look like articles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree, html

from pipeline.discover.found import (
    MAX_ENTRIES,
    MAX_TITLE_CHARS,
    Collector,
    Entry,
    Listing,
    absolute_url,
)
from pipeline.discover.hubs import head_links, header_links, push_of
from pipeline.discover.likeness import Found, article_like

MAX_PAGE_BYTES = 5 * 1024 * 1024
"""Bytes of a page that are read; the rest is left."""
_FEED_TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
)
_FURNITURE = frozenset(("nav", "header", "footer", "menu", "form"))
_PLACE_LEVELS = 3
_LEVELS = 12


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


def find_article_links(
    page: bytes, url: str, charset: str | None = None, headers: Iterable[tuple[str, str]] = ()
) -> Listing:
    """Links of the same site that look like articles' (:mod:`pipeline.discover.likeness`), in page
    order, each address once with its longest words; kind ``page``. The headers it came with may
    name a hub, as its head may. Never raises.

    ``charset`` is the codec of the page where it is known; else the page's own word counts.
    """
    root = _tree(page, charset)
    base = _base(root, url)
    links, cut = _links(root, url, base)
    kept = [link for link, taken in zip(links, article_like(links), strict=True) if taken]
    push = push_of(url, header_links(headers), head_links(root, base))
    entries = tuple(Entry(link.url, link.text) for link in kept)
    return Listing("page", entries, cut, push=push)


def links_of(page: bytes, url: str, charset: str | None = None) -> tuple[list[Found], bool]:
    """The page's links to other pages of its site, each address once with the longest words that
    it has there, and whether there were more than are read. Never raises."""
    root = _tree(page, charset)
    return _links(root, url, _base(root, url))


def _links(root: etree._Element, url: str, base: str) -> tuple[list[Found], bool]:
    site = _site_of(url)
    links: dict[str, Found] = {}
    for element in root.iter("a"):
        address = absolute_url(base, (element.get("href") or "").partition("#")[0])
        if address is None or _site_of(address) != site or _is_home(address):
            continue
        if _bare(address) == _bare(url):
            continue
        if address not in links and len(links) >= MAX_ENTRIES:
            return list(links.values()), True
        text = _words(element)
        known = links.get(address)
        if known is None or len(text) > len(known.text):
            links[address] = _found(element, address, text)
    return list(links.values()), False


def _found(link: etree._Element, address: str, text: str) -> Found:
    place, in_furniture = [], False
    for depth, element in enumerate(link.iterancestors()):
        if depth < _PLACE_LEVELS:
            place.append(f"{element.tag}.{element.get('class', '')[:60]}")
        in_furniture = in_furniture or element.tag in _FURNITURE
        if depth >= _LEVELS:
            break
    return Found(address, text, " ".join(place), in_furniture)


def _words(link: etree._Element) -> str:
    """The words of a link, or what stands for a picture in it."""
    shown = "".join(map(str, link.itertext()))[: 4 * MAX_TITLE_CHARS]
    text = " ".join(shown.split()) or link.get("title") or link.get("aria-label") or ""
    return " ".join(text.split())[:MAX_TITLE_CHARS]


def _site_of(url: str) -> str:
    host = urlsplit(url).netloc.lower()
    return host.removeprefix("www.").removeprefix("m.")


def _bare(url: str) -> str:
    return url.partition("#")[0].rstrip("/")


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return not parts.path.strip("/") and not parts.query


def _tree(page: bytes, charset: str | None = None) -> etree._Element:
    page = page[:MAX_PAGE_BYTES]
    encoding = None
    if charset is not None:
        try:
            page, encoding = page.decode(charset, "replace").encode("utf-8", "replace"), "utf-8"
        except LookupError:
            encoding = None
    parser = html.HTMLParser(recover=True, no_network=True, huge_tree=False, encoding=encoding)
    try:
        return html.document_fromstring(page, parser=parser)
    except (etree.LxmlError, ValueError, LookupError, AssertionError):
        return html.document_fromstring("<html><body></body></html>")


def _base(root: etree._Element, url: str) -> str:
    found = Collector(url)
    for element in root.iter("base"):
        found.add(element.get("href", ""))
    entries = found.listing("base").entries
    return entries[0].url if entries else url
