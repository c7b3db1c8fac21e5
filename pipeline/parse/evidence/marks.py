"""Elements whose class, id, item property or relation says what they hold, found in one walk.

A mark is a hint, not a value: the modules beside this one read the texts. The words below are
what page makers of many languages put into class names; no site's name belongs here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from lxml.html import HtmlElement

from pipeline.parse.document import Document


class Role:
    """What a class name hints at; bits, for several may hold. Plain numbers: an ``IntFlag`` makes
    an object of every ``&``, 4 ms a page."""

    BYLINE = 1
    DATE = 2
    TAGS = 4
    SECTION = 8
    KICKER = 16
    SUBHEADLINE = 32
    HEADLINE = 64
    FOREIGN = 128
    BIOGRAPHY = 256
    CREDIT = 512


_WORDS = {
    Role.BYLINE: r"by-?_?line|authors?|auteurs?|autore?s?|autorin|verfasser|redakteur|writer|"
    r"journalist|reporter|columnist|creator|contributors?|firma|yazar|kirjoittaja|skribent|"
    r"forfatter|dateline-author",
    Role.DATE: r"dates?|date-?time|published?|pub-?date|datum|fecha|data|timestamp|time-?stamp|"
    r"posted(?:-on)?|publish(?:ed)?-?(?:date|time|on)|dateline|tarih|zeit|time|updated|article-?info|"
    r"meta|post-?meta|entry-?meta|article-?meta|byline",
    Role.TAGS: r"tags?|tag-?(?:list|links?|cloud|s)|keywords?|topics?|schlagworte?|etiquetas?|"
    r"themen|temas",
    Role.SECTION: r"breadcrumbs?|section-?(?:name|label|title)|categor(?:y|ies|ia)|rubri[ck]|ressort",
    Role.KICKER: r"kicker|over-?line|eyebrow|dachzeile|roofline|antetitulo|volanta|spitzmarke|"
    r"topline|overhead|surtitre|occhiello|label|pre-?title|headline-?intro|category|supertitle",
    Role.SUBHEADLINE: r"sub-?(?:head(?:line|ing)?|titles?|titulo)|standfirst|dek|deck|strapline|"
    r"subtitulo|bajada|entradilla|sottotitolo|chapo|ingress|vorspann|perex|summary|lead|teaser-?text",
    Role.HEADLINE: r"head-?line|(?:article|post|entry|story|news|page)-?(?:title|headline|heading)|"
    r"titulo|titel|titolo|titre",
    Role.FOREIGN: r"related|recommend(?:ed|ations?)|recirc|teasers?|sidebar|aside|footer|nav(?:bar|"
    r"igation)?|menu|comments?|most-?(?:read|popular)|trending|promo|newsletter|widget|carousel|"
    r"more-?(?:news|stories|from)|read-?(?:more|next)|outbrain|taboola|popular|latest|card|"
    r"suggested|social|share|masthead|site-?header|advert(?:isement)?|sponsored|quote",
    Role.BIOGRAPHY: r"bio|biography|author-?(?:bio|box|description|desc|about|info-?text)|"
    r"about-?(?:the-?)?author",
    Role.CREDIT: r"credits?|caption|photo(?:grapher)?|image|copyright|figcaption|foto|bild|source",
}
_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|__+|--+|[_\s:./]")
_PATTERNS = {
    role: re.compile(rf"(?:^|-|\s)(?:{words})(?=$|-|\s)") for role, words in _WORDS.items()
}
_LISTED = Role.BYLINE | Role.DATE | Role.TAGS | Role.SUBHEADLINE | Role.HEADLINE | Role.SECTION
_MAX_ELEMENTS = 200_000
_MAX_MARKS = 400
MAX_CLASS_CHARS = 300


@dataclass(slots=True)
class Marks:
    """Marked elements in page order; ``order`` gives the place of any marked one and of headings."""

    bylines: list[HtmlElement] = field(default_factory=list)
    dates: list[HtmlElement] = field(default_factory=list)
    tags: list[HtmlElement] = field(default_factory=list)
    subheadlines: list[HtmlElement] = field(default_factory=list)
    headlines: list[HtmlElement] = field(default_factory=list)
    sections: list[HtmlElement] = field(default_factory=list)
    author_links: list[HtmlElement] = field(default_factory=list)
    items: dict[str, list[HtmlElement]] = field(default_factory=dict)
    """Elements by each of their item properties."""
    order: dict[HtmlElement, int] = field(default_factory=dict)


def find_marks(document: Document) -> Marks:
    """The marked elements of the page's body."""
    marks = Marks()
    body = document.root.find("body")
    start = document.root if body is None else body
    for place, element in enumerate(islice(start.iter(), _MAX_ELEMENTS)):
        attributes = element.attrib
        if not attributes:
            if element.tag in _HEADINGS:
                marks.order[element] = place
            continue
        if _mark(marks, element) or element.tag in _HEADINGS:
            marks.order[element] = place
    return marks


_HEADINGS = frozenset(("h1", "h2", "time"))


def _mark(marks: Marks, element: HtmlElement) -> bool:
    marked = False
    names = element.get("class")
    roles = roles_of(names) & _LISTED if names else 0
    if roles:
        for role, found in (
            (Role.BYLINE, marks.bylines),
            (Role.DATE, marks.dates),
            (Role.TAGS, marks.tags),
            (Role.SUBHEADLINE, marks.subheadlines),
            (Role.HEADLINE, marks.headlines),
            (Role.SECTION, marks.sections),
        ):
            if roles & role and len(found) < _MAX_MARKS:
                found.append(element)
                marked = True
    item = element.get("itemprop")
    if item:
        for name in item.lower().split():
            marks.items.setdefault(name, []).append(element)
        marked = True
    relation = element.get("rel")
    if relation and "author" in relation.lower().split() and element.tag == "a":
        marks.author_links.append(element)
        marked = True
    return marked


@lru_cache(maxsize=65_536)
def roles_of(names: str) -> int:
    """The roles (as bits) that a class attribute hints at."""
    text = _BOUNDARY.sub("-", names[:MAX_CLASS_CHARS]).lower()
    spaced = " ".join(_BOUNDARY.sub("-", name) for name in names[:MAX_CLASS_CHARS].split()).lower()
    bits = 0
    for role, pattern in _PATTERNS.items():
        if pattern.search(spaced) or pattern.search(text):
            bits |= role
    return bits


def roles_above(element: HtmlElement, levels: int = 12) -> int:
    """The roles that the element's ancestors hint at, and FOREIGN for those tags that mean it."""
    bits = 0
    for ancestor in islice(element.iterancestors(), levels):
        if ancestor.tag in ("body", "html"):
            break
        if ancestor.tag in ("aside", "footer", "nav", "figure"):
            bits |= Role.CREDIT if ancestor.tag == "figure" else Role.FOREIGN
        names = ancestor.get("class")
        if names:
            bits |= roles_of(names)
    return bits


def has_role(element: HtmlElement, role: int) -> bool:
    """Whether the element's own class hints at the role."""
    return bool(roles_of(element.get("class") or "") & role)
