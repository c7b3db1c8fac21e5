"""The values that travel through the pipeline, each named for how far an article has come.

``FetchRequest -> FetchedPage -> ParsedArticle -> EnrichedArticle -> Stored``

Every value is a frozen dataclass: it can be compared, put into a test from a file, and sent
through :mod:`pipeline.codec` to JSON and back without loss. Times are aware and in UTC.
This module knows nothing of HTTP, HTML, databases or queues.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Literal

from msgspec import Struct
from msgspec import field as renamed

ARTICLE_VERSION = 1
"""Version of the article's JSON. Names are fixed; fields are only ever added."""

CharsetOrigin = Literal["bom", "header", "meta", "guess", "default"]
Precision = Literal["instant", "minute", "day", "month", "year"]
Zone = Literal["known", "source", "unknown"]
Access = Literal["open", "metered", "paywalled", "unknown"]
ArticleType = Literal["news", "opinion", "live", "gallery", "video", "listing", "not_an_article"]
StoryBlock = Literal["paragraph", "heading", "list", "quote", "table", "embed"]
ForeignBlock = Literal[
    "subheadline", "caption", "promo", "teaser", "bio", "byline", "credit", "comment", "newsletter"
]
BlockType = Literal[StoryBlock, ForeignBlock]
STORY_BLOCKS: frozenset[str] = frozenset(("paragraph", "heading", "list", "quote", "table"))
"""Block types whose text makes up ``body_text`` (an embed is part of the story without text)."""


# ------------------------------------------------------------------ what a source says of itself
SELECTABLE_FIELDS = (
    "headline",
    "subheadline",
    "authors",
    "published_at",
    "modified_at",
    "section",
    "tags",
    "images",
    "body_text",
)
"""Fields of :class:`ParsedArticle` that a source may name a CSS selector for."""


@dataclass(frozen=True, slots=True)
class SelectorRule:
    """A CSS selector for one field of one source, kept with its end date when the site changes.

    ``field`` is one of :data:`SELECTABLE_FIELDS` (``body_text`` selects the story's container);
    ``attribute`` reads an attribute instead of the text; ``since``/``until`` bound, inclusively,
    the publication days of the pages it applies to.
    """

    field: str
    css: str
    attribute: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class SourceProfile:
    """What is known about a source before one of its pages is opened."""

    name: str
    publisher: str | None = None
    domains: tuple[str, ...] = ()
    timezone: str | None = None
    """IANA name; gives a zone to times that the page prints without one."""
    language: str | None = None
    selectors: tuple[SelectorRule, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    home: str | None = None
    """The page at which to look for feeds and sitemaps."""
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    """Section pages whose links are followed."""
    poll_seconds: float | None = None
    """A fixed time between two polls of each list; null: as its arrivals suggest."""
    interval_seconds: float | None = None
    """Least time between two requests to one of its hosts; null: the setting."""
    max_in_flight: int | None = None
    """Most requests on their way to one of its hosts; null: the setting."""
    max_bytes: int | None = None
    """Most bytes of one page, on the wire and decoded; null: the settings."""
    deadline_seconds: float | None = None
    """Whole time for one page; null: the setting."""
    ports: tuple[int, ...] = ()
    """Ports beside 80 and 443 at which its own domains may be asked."""

    def is_own(self, host: str) -> bool:
        """Whether the host is one of its domains or lies below one."""
        return any(host == domain or host.endswith("." + domain) for domain in self.domains)


# ------------------------------------------------------------------ fetch
@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One page to get. ``etag`` and ``last_modified`` make the request conditional."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    source: SourceProfile | None = None
    purpose: Literal["page", "list"] = "page"
    """A list (feed, sitemap) may be of other types, gzipped and larger than a page."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What the page's owner says about its use, in headers and markup."""

    robots: tuple[str, ...] = ()
    """Directives of X-Robots-Tag and meta robots that mean everybody or us, in lower case."""
    tdm_reserved: bool | None = None
    """Whether text and data mining is reserved (TDM Reservation Protocol); null when unsaid."""
    tdm_policy_url: str | None = None
    licence_urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListHint:
    """What the list that named an article says of it, before its page is read."""

    list_kind: str
    """Of the document: rss, rdf, atom, json_feed, urlset, page."""
    title: str = ""
    published_at: datetime | None = None
    """Never the date of a mere change, as a sitemap's lastmod is."""
    has_time: bool = False
    """Whether it is an instant; else a day, in the zone that the list had in mind."""


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """A page as the server sent it: bytes, headers, final address, time. Testable from a file.

    ``body`` is decoded from transfer and content encodings, not from its charset. ``status`` 304
    means the conditional request found nothing new and ``body`` is empty.
    """

    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime
    charset: str = "utf-8"
    """Name of the Python codec that decodes ``body``."""
    charset_from: CharsetOrigin = "default"
    replacement_ratio: float = 0.0
    """Share of U+FFFD among the decoded characters, 0 to 1."""
    redirects: tuple[str, ...] = ()
    """Every address asked before ``final_url``, in order."""
    wire_bytes: int = 0
    elapsed_seconds: float = 0.0
    rights: Rights = Rights()
    crawl_delay_seconds: float | None = None
    """The pause between two requests that the host's robots.txt asks of us."""

    def header(self, name: str) -> str | None:
        """The first header of that name, case-insensitive, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def media_type(self) -> str:
        """The lower-case media type without parameters, ``""`` when the server named none."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """``body`` decoded with ``charset``; undecodable bytes become U+FFFD."""
        return self.body.decode(self.charset, errors="replace")


# ------------------------------------------------------------------ parse
class Evidence(Struct, frozen=True):
    """Where a field's value came from.

    The only value here that is not a dataclass: its published JSON name ``from`` is a Python
    keyword, and msgspec renames fields of its own structs only.
    """

    origin: str = renamed(name="from")
    """For example ``json-ld:datePublished``, ``meta:og:title``, ``dom:h1``, ``text:byline``."""
    raw: str = ""
    """The value as the page has it, cut at 500 characters."""
    confidence: float = 0.0
    """0 to 1, comparable within one field only."""
    others: tuple[Evidence, ...] = ()
    """Losing candidates, best first."""


@dataclass(frozen=True, slots=True)
class Author:
    """A person (or agency) the page names as author; ``name_raw`` is the page's own wording."""

    name: str
    name_raw: str
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the page's text in page order.

    ``start`` and ``end`` are character offsets into ``body_text`` for the story's blocks and null
    for foreign pieces, which are kept as data and are no part of the body. ``at`` is the time of
    a live blog's entry.
    """

    type: BlockType
    text: str
    start: int | None = None
    end: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Image:
    url: str
    caption: str | None = None
    credit: str | None = None
    role: Literal["lead", "inline"] = "inline"


@dataclass(frozen=True, slots=True)
class Link:
    """A link inside the story's blocks; ``url`` is absolute."""

    url: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedArticle:
    """What the page says, before anything is added to it. JSON names are these names.

    ``published_at`` with ``published_zone == "unknown"`` is the page's wall clock read as UTC.
    ``limits`` names every parse limit that cut something (never hidden).
    """

    version: int = ARTICLE_VERSION
    url: str
    final_url: str
    canonical_url: str | None = None
    amp_url: str | None = None
    publisher: str | None = None
    headline: str | None = None
    subheadline: str | None = None
    authors: tuple[Author, ...] = ()
    published_at: datetime | None = None
    published_precision: Precision | None = None
    published_zone: Zone | None = None
    published_offset_minutes: int | None = None
    """The page's (or source's) offset from UTC at that time; null when the zone is unknown."""
    published_raw: str | None = None
    modified_at: datetime | None = None
    language: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    access: Access = "unknown"
    missing: str | None = None
    """What of a paywalled story is not on the page, in words; null when all of it seems there."""
    article_type: ArticleType = "news"
    article_type_reason: str | None = None
    body_text: str = ""
    """The story's blocks joined by a blank line."""
    blocks: tuple[Block, ...] = ()
    images: tuple[Image, ...] = ()
    links: tuple[Link, ...] = ()
    remarks: tuple[str, ...] = ()
    """Texts that the markup sets apart as said of the page itself: corrections, editors' notes."""
    next_page_url: str | None = None
    limits: tuple[str, ...] = ()
    extractor: str = ""
    """Name and version of the extractor, for reprocessing what an older one made."""
    evidence: dict[str, Evidence] = field(default_factory=dict)


# ------------------------------------------------------------------ enrich
@dataclass(frozen=True, slots=True)
class Mention:
    """One occurrence in ``body_text``, by character offsets."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Entity:
    type: Literal["person", "organization", "place", "other"]
    name: str
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """Another outlet that the story leans on, in the sentence that says so."""

    outlet: str
    domain: str | None
    sentence: str
    start: int
    end: int
    cue: str
    """The words that make it a citation ("reported"), or ``link``."""


@dataclass(frozen=True, slots=True)
class Quote:
    text: str
    speaker: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Notice:
    """What the page says of its own later changes, in its words."""

    kind: Literal["correction", "clarification", "update"]
    text: str


@dataclass(frozen=True, slots=True)
class EnricherRun:
    """Which enricher ran over the article, and whether it failed."""

    name: str
    version: int
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrichedArticle(ParsedArticle):
    """The parsed article with what we worked out from it."""

    word_count: int = 0
    reading_minutes: int = 0
    entities: tuple[Entity, ...] = ()
    citations: tuple[Citation, ...] = ()
    quotes: tuple[Quote, ...] = ()
    topics: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    enrichers: tuple[EnricherRun, ...] = ()


# ------------------------------------------------------------------ duplicates
@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of a text to find its copies; made by ``pipeline.dedup.fingerprint``.

    ``hashes`` are the smallest 63-bit hashes of the text's shingles, ascending; ``shingles`` and
    ``tokens`` count the whole text; ``figures`` are the words with digits in them.
    """

    content_hash: bytes
    hashes: tuple[int, ...]
    shingles: int
    tokens: int
    figures: frozenset[str]

    KEY_COUNT: ClassVar[int] = 16
    """Hashes that are indexed: two texts that share half of their shingles miss each other in
    0.5^16 of all cases."""

    @property
    def keys(self) -> tuple[int, ...]:
        """The hashes to look others up by."""
        return self.hashes[: self.KEY_COUNT]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Two texts found to be related, and the overlap (0 to 1) that says so."""

    relation: Literal["copy", "excerpt"]
    jaccard: float
    containment: float


# ------------------------------------------------------------------ store
StoreOutcome = Literal["stored", "revised", "unchanged", "duplicate"]


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of the article in the database."""

    outcome: StoreOutcome
    article_id: str
    """Public UUIDv7 of the article (of the representative's copy itself when a duplicate)."""
    revision: int
    duplicate_of: str | None = None
    event_seq: int | None = None
