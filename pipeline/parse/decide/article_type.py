"""What kind of page this is, and why we think so."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from pipeline.models import ArticleType
from pipeline.parse.body.entry_times import CALLED_LIVE
from pipeline.parse.decide.context import Context
from pipeline.parse.evidence.visible import visible_text
from pipeline.parse.structured import types_of
from pipeline.parse.words import clean

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
_LABEL_END = re.compile(r"\s*[:|：]\s*|\s[-–—]\s|[】\]]\s*")


_LABEL_WORDS = (
    "opinion|opinions|editorial|op-ed|commentary|comment|viewpoint|kommentar|gastkommentar|"
    "gastbeitrag|kolumne|leitartikel|glosse|meinung|standpunkt|tribune|éditorial|édito|chronique|"
    "opinión|columna|tribuna|opinião|coluna|artigo de opinião|opinione|editoriale|commento|opinie|"
    "column|ledare|krönika|debatt|kronikk|leder|kronik|kolumni|pääkirjoitus|opinia|felieton|"
    "komentarz|komentář|glosa|názor|vélemény|opinii|yorum|мнение|колонка|комментарий|думка|"
    "άποψη|γνώμη|رأي|یادداشت|דעה|טור דעה|社説|社论|社評|评论|评论员文章|사설|칼럼|기고"
)
_LABELS = frozenset(_LABEL_WORDS.split("|"))
"""What stands before a title, or above it, and says that somebody gives an opinion."""
_PICTURE_WORDS = (
    "in pictures|in photos|pictures|photos|photo gallery|gallery|slideshow|in bildern|"
    "bildergalerie|fotostrecke|en images|en photos|diaporama|en imágenes|en fotos|fotogalería|"
    "em imagens|em fotos|galeria de fotos|le foto|fotogallery|in beeld|i bilder|w obiektywie|"
    "galeria|фото|фоторепортаж|в фотографиях|galeri|foto galeri|صور|组图|高清组图|写真特集|포토|화보"
)
_PICTURE_LABELS = frozenset(_PICTURE_WORDS.split("|"))
"""What stands there and says that the page is its pictures, where it has little text."""
_OPINION_BY = re.compile(
    r"\b(?:(?:gast)?kommentar|kolumne|gastbeitrag|leitartikel|glosse|meinungsbeitrag)\s+von\b|"
    r"\b(?:opinion|commentary|column) by\b|\b(?:tribune|chronique|éditorial) (?:par|de)\b|"
    r"\b(?:opinión|columna|tribuna) de\b",
    re.I,
)


def decide_article_type(
    context: Context, section: str | None, body_chars: int, entries: int, label: str = ""
) -> tuple[ArticleType, str | None]:
    """The type, and the evidence for it in a few words (None for plain news). ``entries`` are the
    body's pieces that have a time of their own, ``label`` is the line above the headline."""
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
    named = _by_form(context, section, body_chars) or _by_title(context, body_chars, entries)
    above = label.strip(" :|/").lower()
    if not named and above in _LABELS:
        named = "opinion", f"label:{above}"
    return named or _by_og_type(context, body_chars) or ("news", None)


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


def _by_title(context: Context, body_chars: int, entries: int) -> tuple[ArticleType, str] | None:
    """The form that the title's first words, its byline, or its word for a live blog name."""
    titles = [clean(text) for text in context.document.meta.get("og:title", ())[:1]]
    titles += [clean(title.text) for title in context.document.landmarks.get("title", ())[:1]]
    if headline := context.evidence.get("headline"):
        titles.append(headline.raw)
    publisher = context.evidence.get("publisher")
    site = publisher.raw.lower() if publisher else ""  # some are called Tribune or Column
    for title in titles:
        first = _LABEL_END.split(title, maxsplit=1)[0].strip(" [【").lower()
        if first in _LABELS and len(first) < len(title.strip()) and not site.endswith(first):
            return "opinion", f"title:{first}"
        if first in _PICTURE_LABELS and body_chars < _SHORT_CHARS and len(first) < len(title):
            return "gallery", f"title:{first}"
        if entries and (live := CALLED_LIVE.search(title)):
            return "live", f"title:{live.group().lower()}, {entries} entries"
    byline = context.evidence.get("authors")
    if byline and (said := _OPINION_BY.search(byline.raw)):
        return "opinion", f"byline:{said.group().lower()}"
    return None


def _by_og_type(context: Context, body_chars: int) -> tuple[ArticleType, str] | None:
    kinds = [kind.lower() for kind in context.document.meta.get("og:type", ())]
    if body_chars < _SHORT_CHARS and (kind := next((k for k in kinds if k[:5] == "video"), None)):
        return "video", f"meta:og:type={kind}"
    return None


def _linked_headlines(context: Context) -> int:
    """Links whose text is as long as a headline: menus and footers have shorter ones."""
    texts = (visible_text(link) for link in context.document.root.iter("a"))
    return sum(1 for text in texts if len(text) >= _HEADLINE_CHARS)


def _og_article(context: Context) -> bool:
    return any(kind.lower() == "article" for kind in context.document.meta.get("og:type", ()))


def _has_article(kinds: list[str]) -> bool:
    return any(kind.endswith(("Article", "Posting")) for kind in kinds)
