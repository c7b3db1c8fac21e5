"""What kind of page this is, and why we think so."""

from __future__ import annotations

from pipeline.models import ArticleType
from pipeline.parse.decide.context import Context
from pipeline.parse.evidence.visible import visible_text
from pipeline.parse.structured import types_of

_NO_ARTICLE_CHARS = 120
_LISTED_HEADLINES = 10
_HEADLINE_CHARS = 20
_BY_TYPE: dict[str, ArticleType] = {
    "LiveBlogPosting": "live",
    "OpinionNewsArticle": "opinion",
    "ImageGallery": "gallery",
    "MediaGallery": "gallery",
    "CollectionPage": "listing",
    "SearchResultsPage": "listing",
    "ProfilePage": "not_an_article",
    "ContactPage": "not_an_article",
    "AboutPage": "not_an_article",
    "FAQPage": "not_an_article",
}


def decide_article_type(context: Context, body_chars: int) -> tuple[ArticleType, str | None]:
    """The type, and the evidence for it in a few words (None for plain news)."""
    kinds = [kind for node in context.document.structured[:50] for kind in types_of(node)]
    for kind in kinds:
        found = _BY_TYPE.get(kind)
        if found and not (found in ("listing", "not_an_article") and _has_article(kinds)):
            return found, f"json-ld:@type={kind}"
    if body_chars < _NO_ARTICLE_CHARS and "VideoObject" in kinds:
        return "video", "json-ld:@type=VideoObject"
    if body_chars < _NO_ARTICLE_CHARS and not _has_article(kinds) and not _og_article(context):
        headlines = _linked_headlines(context)
        if headlines >= _LISTED_HEADLINES:
            return "listing", f"dom:a: {headlines} linked headlines and no story"
    return "news", None


def _linked_headlines(context: Context) -> int:
    """Links whose text is as long as a headline: menus and footers have shorter ones."""
    texts = (visible_text(link) for link in context.document.root.iter("a"))
    return sum(1 for text in texts if len(text) >= _HEADLINE_CHARS)


def _og_article(context: Context) -> bool:
    return any(kind.lower() == "article" for kind in context.document.meta.get("og:type", ()))


def _has_article(kinds: list[str]) -> bool:
    return any(kind.endswith(("Article", "Posting")) for kind in kinds)
