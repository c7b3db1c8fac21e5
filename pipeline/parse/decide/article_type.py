"""What kind of page this is, and why we think so."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

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


_FORMS: tuple[tuple[ArticleType, str], ...] = (
    (
        "opinion",
        "opinion opinions opinionen op-ed commentisfree commentary editorial editorials viewpoint viewpoints "
        "columnists columns meinung kommentar kommentare kolumne kolumnen leitartikel glosse gastbeitrag "
        "opinión columnas columnistas editoriales tribuna tribunas tribune tribunes idees idées opiniao "
        "opinião colunas colunistas opinioni commenti editoriali opinie columnisten ledare debatt kronika "
        "kronikk kronikker meninger debat opinia opinie felietony komentáře komentare názory nazory "
        "мнения мнение колонки yazarlar γνώμες απόψεις 社説 社论 评论 사설 칼럼 오피니언 آراء راي",
    ),
    ("live", "live liveblog live-blog liveblogs liveticker live-updates en-direct en-vivo ao-vivo"),
)
_SHORT_FORMS: tuple[tuple[ArticleType, str], ...] = (
    (
        "gallery",
        "gallery galleries photo-gallery photos-gallery fotostrecke fotostrecken bildergalerie "
        "bildergalerien bildstrecke diaporama diaporamas fotogaleria fotogallery fotogalerie slideshow",
    ),
    ("video", "video videos watch mediathek videothek wideo vidéo vídeo vídeos"),
)
"""Sections and parts of an address that name a form; the second only where there is little text."""
_SHORT_CHARS = 800


def decide_article_type(
    context: Context, section: str | None, body_chars: int
) -> tuple[ArticleType, str | None]:
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
    return _by_form(context, section, body_chars) or ("news", None)


def _by_form(
    context: Context, section: str | None, body_chars: int
) -> tuple[ArticleType, str] | None:
    """The form that the section or a part of the address names."""
    parts = unquote(urlsplit(context.document.final_url).path).lower().split("/")[:-1]
    named = (section or "").strip().lower()
    for form, words in (*_FORMS, *(_SHORT_FORMS if body_chars < _SHORT_CHARS else ())):
        known = words.split()
        if named in known:
            return form, f"section:{named}"
        if found := next((part for part in parts if part in known), None):
            return form, f"url:/{found}/"
    return None


def _linked_headlines(context: Context) -> int:
    """Links whose text is as long as a headline: menus and footers have shorter ones."""
    texts = (visible_text(link) for link in context.document.root.iter("a"))
    return sum(1 for text in texts if len(text) >= _HEADLINE_CHARS)


def _og_article(context: Context) -> bool:
    return any(kind.lower() == "article" for kind in context.document.meta.get("og:type", ()))


def _has_article(kinds: list[str]) -> bool:
    return any(kind.endswith(("Article", "Posting")) for kind in kinds)
