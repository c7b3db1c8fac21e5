"""What a page's ``<meta>`` elements say: names per field, in order of trust."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.parse.candidate import Candidate
from pipeline.parse.document import Document
from pipeline.parse.words import clean


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


HEADLINE = _names(
    """
    og:title twitter:title sailthru.title parsely-title dc.title dcterms.title title
    headline cxenseparse:title citation_title
    """
)
AUTHOR = _names(
    """
    author article:author_name article:author byl parsely-author sailthru.author dc.creator
    dcterms.creator dc.contributor citation_author cxenseparse:author cse_author authors
    twitter:data1:author og:author og:article:author article:authors
    """
)
PUBLISHED = _names(
    """
    article:published_time og:published_time og:article:published_time datepublished
    article:published article:publication_date parsely-pub-date cxenseparse:recs:publishtime
    cxenseparse:publishtime sailthru.date dc.date.issued dcterms.issued dcterms.created
    dc.date.created dc.date dc.date.x-metadatadate datepublished_iso pubdate publishdate
    publish-date publish_date publication_date publicationdate published_time published-date
    published_date displaydate dcterms.date article_date_original originalpublicationdate
    originalpublishdate article.published article.created release_date date_published
    iso-8601-publish-date rnews:datepublished og:pubdate og:publish_date citation_date
    citation_publication_date ptime pdate cxenseparse:recs:articlepublishtime created
    article:created_time datecreated sort_date content_create_date creation_date date
    timestamp
    """
)
MODIFIED = _names(
    """
    article:modified_time og:updated_time article:modified datemodified dcterms.modified
    dc.date.modified last-modified lastmod modified_time og:modified_time article:updated
    article.updated revised updated utime cxenseparse:lastmodified
    """
)
SECTION = _names(
    """
    article:section parsely-section cxenseparse:category og:section section
    dc.subject.section category articlesection sailthru.section cxsection prism.section
    """
)
TAGS = _names(
    """
    news_keywords keywords article:tag parsely-tags sailthru.tags dc.subject dcterms.subject
    og:article:tag cxenseparse:keywords tags citation_keywords
    """
)
IMAGE = _names(
    """
    og:image og:image:secure_url og:image:url twitter:image twitter:image:src
    sailthru.image.full parsely-image-url image thumbnail
    """
)
PUBLISHER = _names(
    """
    og:site_name application-name apple-mobile-web-app-title dc.publisher dcterms.publisher
    publisher al:ios:app_name al:android:app_name twitter:app:name:iphone copyright
    """
)


def values(
    document: Document, names: tuple[str, ...], top: float = 0.8, step: float = 0.004
) -> Iterator[Candidate[str]]:
    """The contents of the named elements, cleaned, ever less trusted."""
    for rank, name in enumerate(names):
        for raw in document.meta.get(name, ()):
            text = clean(raw)
            if text:
                yield Candidate(text, f"meta:{name}", raw, top - step * rank)
