"""What a page's JSON-LD says of the article: candidates per field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.parse.candidate import Candidate
from pipeline.parse.document import Document
from pipeline.parse.structured import Node, types_of
from pipeline.parse.words import clean, fold, likeness

_PAGE_TYPES = (
    *("WebPage", "ItemPage", "VideoObject", "Recipe", "Event", "PodcastEpisode"),
    *("ImageGallery", "MediaGallery"),
)
_ORGANIZATIONS = ("Organization", "NewsMediaOrganization", "Corporation", "NGO", "WebSite", "Brand")
_MAX_ITEMS = 100
RawAuthor = tuple[str, str | None, bool]
"""Name as written, job title, and whether the page calls it an organization."""


def is_article(node: Node) -> bool:
    """Whether the node calls itself an article of some kind."""
    return any(
        kind.endswith(("Article", "Posting", "Report", "Review")) or kind == "ReportageNewsArticle"
        for kind in types_of(node)
    )


def article_nodes(document: Document) -> list[Node]:
    """The nodes that describe this page's article, the best first."""
    title = clean(_first_meta(document, "og:title")) or _title_text(document)
    own = _bare(document.final_url)
    scored = []
    for index, node in enumerate(document.structured):
        score = _weight(node, title, own)
        if score > 0:
            scored.append((-score, index, node))
    return [node for _, _, node in sorted(scored, key=lambda item: item[:2])]


def _weight(node: Node, title: str, own: str) -> float:
    if is_article(node):
        score = 4.0
    elif any(kind in _PAGE_TYPES for kind in types_of(node)):
        score = 1.0
    else:
        return 0.0
    score += sum(bool(node.get(key)) for key in ("headline", "datePublished", "author"))
    headline = clean(node.get("headline") or node.get("name"))
    if headline and title:
        score += 3 * likeness(headline, title)
    url = node.get("url") or node.get("mainEntityOfPage") or node.get("@id")
    if isinstance(url, dict):
        url = url.get("@id") or url.get("url")
    if isinstance(url, str) and _bare(url) == own:
        score += 2
    return score


def _bare(url: str) -> str:
    """An address without what may differ between two spellings of it on one page. Not the URL
    key, which costs a hundred times as much."""
    return url.partition("#")[0].rpartition("://")[2].removeprefix("www.").rstrip("/")


def _first_meta(document: Document, name: str) -> str:
    return next(iter(document.meta.get(name, ())), "")


def _title_text(document: Document) -> str:
    return next((clean(t.text) for t in document.landmarks.get("title", ()) if t.text), "")


def values(nodes: list[Node], *names: str) -> Iterator[Candidate[str]]:
    """The strings that the nodes give for a property: the best node's first."""
    for rank, node in enumerate(nodes[:4]):
        for name in names:
            for text in strings(node.get(name)):
                yield Candidate(clean(text), f"json-ld:{name}", text, 0.9 - 0.15 * rank)


def strings(value: Any) -> list[str]:
    """The texts in a value of any shape: strings, numbers, names of objects, lists of those."""
    found: list[str] = []
    for item in value[:_MAX_ITEMS] if isinstance(value, list) else (value,):
        if isinstance(item, dict):
            item = item.get("name") or item.get("@value") or item.get("url")
        if isinstance(item, (str, int, float)) and not isinstance(item, bool) and clean(str(item)):
            found.append(str(item))
    return found


def authors(node: Node) -> list[RawAuthor]:
    """The node's authors as it lists them, unchecked."""
    people: list[RawAuthor] = []
    listed = node.get("author") or node.get("creator") or node.get("authors")
    for item in listed[:_MAX_ITEMS] if isinstance(listed, list) else (listed,):
        if isinstance(item, str):
            people.append((item, None, False))
        elif isinstance(item, dict):
            organization = any(kind in _ORGANIZATIONS for kind in types_of(item))
            role = next(iter(strings(item.get("jobTitle"))), None)
            people.extend((name, role, organization) for name in _names_of(item))
    return people


def _names_of(item: Node) -> list[str]:
    name = item.get("name")
    if name is None and item.get("familyName"):
        parts = (item.get("givenName"), item.get("familyName"))
        name = " ".join(part for part in parts if isinstance(part, str))
    return strings(name)


def publisher_names(document: Document) -> list[str]:
    """Names of the publisher or of the web site, as the page's nodes give them."""
    names: dict[str, str] = {}
    for node in document.structured[:50]:
        found = strings(node.get("publisher"))
        if any(kind in _ORGANIZATIONS for kind in types_of(node)):
            found += strings(node.get("name"))
        for name in found:
            if not name.startswith("http"):
                names.setdefault(fold(name), clean(name))
    return list(names.values())


def image_urls(nodes: list[Node]) -> Iterator[Candidate[str]]:
    """Addresses of the nodes' images, as written."""
    for rank, node in enumerate(nodes[:4]):
        for name in ("image", "primaryImageOfPage", "thumbnailUrl"):
            for url in _image_urls(node.get(name)):
                confidence = (0.8 if name == "image" else 0.5) - 0.1 * rank
                yield Candidate(url, f"json-ld:{name}", url, confidence)


def _image_urls(value: Any) -> list[str]:
    urls = []
    for item in value[:_MAX_ITEMS] if isinstance(value, list) else (value,):
        if isinstance(item, dict):
            item = item.get("url") or item.get("contentUrl") or item.get("@id")
            item = item[0] if isinstance(item, list) and item else item
        if isinstance(item, str) and item.strip():
            urls.append(item.strip())
    return urls


def is_free(node: Node) -> bool | None:
    """``isAccessibleForFree`` of the node, or None when it says nothing."""
    value = node.get("isAccessibleForFree")
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    return {"true": True, "false": False}.get(text.rpartition("/")[2])
