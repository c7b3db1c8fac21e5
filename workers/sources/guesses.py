"""What a site's pages make of a source: its name, its publisher, its language, its time zone.

What a page says is taken only where it is what the key may be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.models import FetchedPage, ParsedArticle, SourceProfile
from pipeline.parse import parse
from pipeline.sources import SourceError, describe
from pipeline.urls import host_of, registrable_domain

_ZONE = re.compile(
    r"time_?zone(?:_?(?:string|name))?[\"']?\s*[:=]\s*[\"']?([A-Z]\w+/[\w/+-]+)", re.I
)
_ZONE_IN_WORDPRESS = re.compile(
    r"[\"']timezone[\"']\s*:\s*\{[^{}]*[\"']string[\"']\s*:\s*[\"']([\w/\\]+)"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the site offers: ``feed``, ``sitemap`` or ``page``, and how much it lists."""

    kind: str
    url: str
    entries: int
    title: str = ""
    articles: tuple[str, ...] = ()
    """The first addresses that it lists."""
    hub: str | None = None
    """Where a feed says that its news are pushed (WebSub)."""


def profile_of(
    name: str | None,
    home: str,
    page: FetchedPage | None,
    findings: Sequence[Finding],
    sample: ParsedArticle | None,
) -> SourceProfile:
    """The source that these findings make. Raises ``SourceError`` for a name that is none."""
    front = parse(page) if page is not None else None
    host = host_of(home).removeprefix("www.")
    values = {
        "name": name or host.strip("[]").replace(":", "-"),
        "home": home,
        "domains": [host],
        "feeds": [f.url for f in findings if f.kind == "feed"],
        "sitemaps": [f.url for f in findings if f.kind == "sitemap"],
        "pages": [f.url for f in findings if f.kind == "page"],
    }
    profile = describe(values, home).profile
    guesses = {
        "publisher": _publisher(registrable_domain(host), sample, front),
        "language": _said("language", front, sample),
        "timezone": _zone_of(page),
    }
    for key, value in guesses.items():
        if value:
            try:
                checked = describe({"name": "x", key: value}, home).profile
            except SourceError:
                continue  # what the page says of itself is no such thing
            profile = replace(profile, **{key: getattr(checked, key)})
    return profile


def _said(field: str, *articles: ParsedArticle | None) -> str | None:
    return next((value for a in articles if a and (value := getattr(a, field))), None)


def _publisher(domain: str, *articles: ParsedArticle | None) -> str | None:
    """The name that a page gives its publisher; its domain is what parsing says without one."""
    names = (article.publisher for article in articles if article)
    return next((name for name in names if name and name != domain), None)


def _zone_of(page: FetchedPage | None) -> str | None:
    """The time zone that the page's own scripts name."""
    if page is None:
        return None
    match = _ZONE_IN_WORDPRESS.search(page.text) or _ZONE.search(page.text)
    return match.group(1).replace("\\", "") if match else None
