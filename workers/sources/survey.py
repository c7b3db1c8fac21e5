"""A survey of a site: from its address to the profile of a source, by what the site itself offers.

Feeds and sitemaps are those that the page and robots.txt name, each looked into; the usual places
are asked only where the page names no feed. Section pages are those that the page links to and that
list articles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from pipeline.discover.found import Entry, Listing, Undiscoverable
from pipeline.discover.likeness import article_like, text_length
from pipeline.discover.listings import read_listing
from pipeline.discover.page_links import find_offers, links_of
from pipeline.models import FetchedPage, ParsedArticle, SourceProfile
from pipeline.parse import parse
from pipeline.urls import absolute, normalize_url
from workers.sources.asking import Asker
from workers.sources.guesses import Finding, profile_of

FEED_KINDS = ("rss", "rdf", "atom", "json_feed")
USUAL_FEEDS = ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json")
"""Where content systems put a feed: asked one after the other until one is there."""
MOST_FEEDS = 10
MOST_SITEMAPS = 5
MOST_SECTIONS = 10
MOST_CANDIDATES = 20
"""Section pages looked at, so that a survey stays a matter of a minute."""
LEAST_ARTICLES = 3
"""Article links from which on a page counts as a section."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found, and the source that it makes. ``sample`` is one article, as it is read."""

    profile: SourceProfile
    findings: tuple[Finding, ...]
    sample: ParsedArticle | None
    problems: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in which articles could be found."""
        return not self.findings


class NothingThere(Exception):
    """The address itself could not be had."""


def survey(asker: Asker, url: str, name: str | None = None) -> Survey:
    """Look at a site. Raises ``Drop("bad_url")`` and :class:`NothingThere`; whatever else fails is
    among the problems."""
    url = normalize_url(url)
    page = asker.page(url)
    given = None
    if page is None:
        given = _as_list(asker, url)
        page = asker.page(urljoin(url, "/")) if given else None
        if page is None and given is None:
            raise NothingThere(str(asker.last_refusal(url)))
    elif found := _read_as_list(page):
        given, page = found, asker.page(urljoin(url, "/"))
    findings = [given] if given else []
    home = page.final_url if page else urljoin(url, "/")
    if page is not None:
        findings += [f for f in _feeds(asker, page) if f.url not in {g.url for g in findings}]
        findings += [f for f in _sitemaps(asker, page) if f.url not in {g.url for g in findings}]
        findings += _sections(asker, page)
    sample = _sample(asker, findings)
    profile = profile_of(name, home, page, findings, sample)
    problems = [str(one) for one in asker.refused if not _is_guess(one.url, findings)]
    return Survey(profile, tuple(findings), sample, tuple(problems))


# ------------------------------------------------------------------ feeds and sitemaps
def _feeds(asker: Asker, page: FetchedPage) -> list[Finding]:
    offered = [
        entry for entry in find_offers(page.body, page.final_url).feeds if not _is_talk(entry)
    ]
    found = [
        finding
        for entry in offered[:MOST_FEEDS]
        if (finding := _list(asker, entry.url, FEED_KINDS, "feed", entry.title))
    ]
    if found:
        return found
    usual = (urljoin(page.final_url, path) for path in USUAL_FEEDS)
    first = next((f for url in usual if (f := _list(asker, url, FEED_KINDS, "feed"))), None)
    return [first] if first else []


def _is_talk(entry: Entry) -> bool:
    """Whether a feed is of comments, by the address that content systems give them."""
    return "/comments/" in urlsplit(entry.url).path


def _sitemaps(asker: Asker, page: FetchedPage) -> list[Finding]:
    named = [entry.url for entry in find_offers(page.body, page.final_url).sitemaps]
    robots = asker.page(urljoin(page.final_url, "/robots.txt"))
    if robots is not None:
        named += _sitemap_lines(robots)
    places = list(dict.fromkeys(named)) or [urljoin(page.final_url, "/sitemap.xml")]
    # Those of news first: they are short, and name what is new.
    places.sort(key=lambda url: "news" not in urlsplit(url).path.lower())
    kinds = ("urlset", "sitemap_index", "sitemap_text")
    return [f for url in places[:MOST_SITEMAPS] if (f := _list(asker, url, kinds, "sitemap"))]


def _sitemap_lines(robots: FetchedPage) -> Iterator[str]:
    for line in robots.text.splitlines():
        key, colon, value = line.partition(" #")[0].partition(":")
        if colon and key.strip().lower() == "sitemap" and value.strip():
            named = absolute(robots.final_url, value)
            if named is not None:
                yield named


def _list(
    asker: Asker, url: str, kinds: tuple[str, ...], kind: str, title: str = ""
) -> Finding | None:
    listing = asker.listing(url)
    if listing is None or listing.kind not in kinds or not listing.entries:
        return None
    return _finding(kind, url, listing, title)


def _finding(kind: str, url: str, listing: Listing, title: str = "") -> Finding:
    first = () if listing.kind == "sitemap_index" else listing.entries[:5]
    hub = listing.push.hub if listing.push else None
    return Finding(kind, url, len(listing.entries), title, tuple(entry.url for entry in first), hub)


def _as_list(asker: Asker, url: str) -> Finding | None:
    listing = asker.listing(url)
    return None if listing is None else _finding(_kind_of(listing), url, listing)


def _read_as_list(page: FetchedPage) -> Finding | None:
    """The list that was given instead of a page."""
    try:
        listing = read_listing(page.body, page.final_url, page.headers)
    except Undiscoverable:
        return None
    return _finding(_kind_of(listing), page.final_url, listing) if listing.entries else None


def _kind_of(listing: Listing) -> str:
    return "feed" if listing.kind in FEED_KINDS else "sitemap"


# ------------------------------------------------------------------ sections
def _sections(asker: Asker, page: FetchedPage) -> list[Finding]:
    links, _ = links_of(page.body, page.final_url, page.charset)
    taken = article_like(links)
    articles = [link.url for link, is_article in zip(links, taken, strict=True) if is_article]
    candidates = [
        link.url
        for link, is_article in zip(links, taken, strict=True)
        if not is_article and 0 < text_length(link.text) <= 3 and _may_be_section(link.url)
    ]
    # First those below which the page's own articles stand.
    candidates.sort(key=lambda url: -sum(a.startswith(url.rstrip("/") + "/") for a in articles))
    found: list[Finding] = []
    before = len(asker.refused)
    for url in candidates[:MOST_CANDIDATES]:
        section = asker.page(url)
        if section is None or section.final_url.rstrip("/") == page.final_url.rstrip("/"):
            continue
        own, _ = links_of(section.body, section.final_url, section.charset)
        listed = [link for link, yes in zip(own, article_like(own), strict=True) if yes]
        if len(listed) >= LEAST_ARTICLES:
            first = tuple(link.url for link in listed[:5])
            found.append(Finding("page", url, len(listed), articles=first))
        if len(found) == MOST_SECTIONS:
            break
    del asker.refused[before:]  # a menu's dead link is no fault of the source
    return found


def _may_be_section(url: str) -> bool:
    parts = urlsplit(url)
    segments = [part for part in parts.path.split("/") if part]
    return 1 <= len(segments) <= 2 and not parts.query and "." not in segments[-1]


# ------------------------------------------------------------------ one article
def _sample(asker: Asker, findings: Iterable[Finding]) -> ParsedArticle | None:
    """The first listed page that is an article."""
    places = [url for finding in findings for url in finding.articles[:2]]
    for url in list(dict.fromkeys(places))[:3]:
        page = asker.page(url)
        if page is not None:
            article = parse(page, asker.source)
            if article.body_text and article.article_type not in ("listing", "not_an_article"):
                return article
    return None


def _is_guess(url: str, findings: list[Finding]) -> bool:
    """Whether the address was only tried, so that its absence is no problem of the site's."""
    path = urlsplit(url).path
    return path in (*USUAL_FEEDS, "/sitemap.xml", "/robots.txt") and not any(
        finding.url == url for finding in findings
    )
