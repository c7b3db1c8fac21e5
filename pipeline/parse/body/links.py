"""Links inside the story, and the address of an article's next page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from lxml.html import HtmlElement

from pipeline.models import Link
from pipeline.parse.body.layout import Layout
from pipeline.urls import absolute

_MAX_LINKS = 500
_PAGE_OF = re.compile(r"(?:[/.].*|[-_,]?[a-z]*[-_]?\d{1,3}(?:[/.].*)?)?", re.IGNORECASE)
"""What an address has behind the article's own: a part below it, or a number."""
_IN_FRAGMENT = "!$&'()*+,;=:@/?%-._~"  # RFC 3986 section 3.5; "%" because escapes are kept


def story_links(layout: Layout, story: list[bool], base_url: str) -> tuple[Link, ...]:
    """Links of the story's runs, in page order, addresses absolute."""
    links: list[Link] = []
    for run, taken in zip(layout.runs, story, strict=True):
        for href, text in run.links if taken else ():
            url = _address(href, base_url) if href and not href.startswith("#") else None
            if url and len(links) < _MAX_LINKS:
                links.append(Link(url=url, text=text))
    return tuple(links)


def _address(href: str, base_url: str) -> str | None:
    """The address with the place on that page, which a request would not name."""
    url = absolute(base_url, href)
    place = href.partition("#")[2].strip() if "#" in href else ""
    return f"{url}#{quote(place, safe=_IN_FRAGMENT)}" if url and place else url


def next_page(elements: Iterable[HtmlElement], base_url: str) -> str | None:
    """The next page of this article by a ``rel=next``; the next *article* is not meant.

    Only an address below this page's own path, or the same path with another query, is a page
    of the same article.
    """
    try:
        own = urlsplit(base_url)
        for element in elements:
            if element.get("rel") != "next":
                continue
            url = absolute(base_url, element.get("href") or "")
            if not url or url == base_url:
                continue
            other = urlsplit(url)
            stem = own.path.rstrip("/").removesuffix(".html")
            below = other.netloc == own.netloc and stem and other.path.startswith(stem)
            # "/pier-two" begins as "/pier" does, and is another article.
            if below and _PAGE_OF.fullmatch(other.path, len(stem)):
                return url
    except ValueError:
        return None
    return None
