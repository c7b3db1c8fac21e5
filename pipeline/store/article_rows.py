"""An article's own row and the rows of its parts. A new revision replaces the parts."""

from __future__ import annotations

import json
from collections.abc import Container, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, update

from pipeline.models import EnrichedArticle, Fingerprint
from pipeline.search.terms import Document
from pipeline.store import names
from pipeline.store.bulk import insert_rows
from pipeline.store.cuts import MOST_PARTS, cuts, kept_mentions
from pipeline.store.tables import articles as t
from pipeline.store.types import clean_text
from pipeline.urls import host_of, registrable_domain

PARTS = (
    t.article_authors,
    t.article_images,
    t.article_tags,
    t.links,
    t.citations,
    t.quotes,
    t.mentions,
    t.enricher_runs,
)


def article_row(
    article: EnrichedArticle, fingerprint: Fingerprint, publisher_id: int, words: Document
) -> dict[str, Any]:
    """The columns of ``articles`` that follow from the article itself."""
    cut = cuts(article) + (["search"] if words.is_cut else [])
    return {
        "publisher_id": publisher_id,
        "url": article.final_url,
        "canonical_url": article.canonical_url,
        "headline": article.headline,
        "subheadline": article.subheadline,
        "body_text": article.body_text,
        "language": article.language,
        "section": article.section,
        "access": article.access,
        "article_type": article.article_type,
        "published_at": article.published_at,
        "published_precision": article.published_precision,
        "published_zone": article.published_zone if article.published_at else None,
        "published_offset_minutes": article.published_offset_minutes,
        "published_raw": article.published_raw,
        "modified_at": article.modified_at,
        "word_count": article.word_count,
        "reading_minutes": article.reading_minutes,
        "evidence": _evidence(article),
        "truncated": json.dumps(sorted(cut)) if cut else None,
        "content_hash": fingerprint.content_hash,
        "extractor": article.extractor,
    }


def _evidence(article: EnrichedArticle) -> str:
    """Of each field the candidate that won; the losers stay in the revision's document."""
    won = {
        clean_text(field): {
            "from": clean_text(found.origin),  # before JSON hides a NUL from CleanText as \\u0000
            "raw": clean_text(found.raw),
            "confidence": found.confidence,
        }
        for field, found in article.evidence.items()
    }
    return json.dumps(won, ensure_ascii=False)


def write_parts(
    connection: Connection,
    changed: Sequence[tuple[int, EnrichedArticle]],
    known: Container[int],
) -> None:
    """Write the parts of these articles (row id, article), kind by kind; for a known article in
    place of what an older revision had."""
    if revised := [one for one, _ in changed if one in known]:
        for table in PARTS:
            connection.execute(delete(table).where(table.c.article_id.in_(revised)))
    insert_rows(connection, t.article_images, [r for i, a in changed for r in _images(i, a)])
    insert_rows(connection, t.links, [r for i, a in changed for r in _links(i, a)])
    insert_rows(connection, t.citations, [r for i, a in changed for r in _citations(i, a)])
    insert_rows(connection, t.quotes, [r for i, a in changed for r in _quotes(i, a)])
    insert_rows(connection, t.enricher_runs, [r for i, a in changed for r in _enrichers(i, a)])
    _write_authors(connection, changed)
    _write_tags(connection, changed)
    _write_mentions(connection, changed)


def confirm_reading(connection: Connection, article_id: int, article: EnrichedArticle) -> None:
    """Say that this version read the article too and came to the same; no revision follows."""
    row = update(t.articles).where(t.articles.c.id == article_id)
    connection.execute(row.values(extractor=article.extractor))
    runs = t.enricher_runs
    connection.execute(delete(runs).where(runs.c.article_id == article_id))
    insert_rows(connection, runs, _enrichers(article_id, article))


def _images(article_id: int, article: EnrichedArticle) -> list[dict[str, Any]]:
    return [
        {
            "article_id": article_id,
            "position": position,
            "url": image.url,
            "caption": image.caption,
            "credit": image.credit,
            "role": image.role,
        }
        for position, image in enumerate(article.images[:MOST_PARTS], 1)
    ]


def _links(article_id: int, article: EnrichedArticle) -> list[dict[str, Any]]:
    return [
        {
            "article_id": article_id,
            "position": position,
            "url": link.url,
            "domain": registrable_domain(host_of(link.url)),
            "text": link.text,
        }
        for position, link in enumerate(article.links[:MOST_PARTS], 1)
    ]


def _citations(article_id: int, article: EnrichedArticle) -> list[dict[str, Any]]:
    return [
        {
            "article_id": article_id,
            "position": position,
            "outlet": citation.outlet,
            "domain": citation.domain,
            "sentence": citation.sentence,
            "start": citation.start,
            "end": citation.end,
            "cue": citation.cue,
        }
        for position, citation in enumerate(article.citations[:MOST_PARTS], 1)
    ]


def _quotes(article_id: int, article: EnrichedArticle) -> list[dict[str, Any]]:
    return [
        {
            "article_id": article_id,
            "position": position,
            "text": quote.text,
            "speaker": quote.speaker,
            "start": quote.start,
            "end": quote.end,
        }
        for position, quote in enumerate(article.quotes[:MOST_PARTS], 1)
    ]


def _enrichers(article_id: int, article: EnrichedArticle) -> list[dict[str, Any]]:
    return [
        {"article_id": article_id, "name": run.name, "version": run.version, "error": run.error}
        for run in article.enrichers
    ]


def _write_authors(connection: Connection, changed: Sequence[tuple[int, EnrichedArticle]]) -> None:
    ids = [article_id for article_id, _ in changed]
    of = select(t.articles.c.id, t.articles.c.publisher_id).where(t.articles.c.id.in_(ids))
    publisher_of = {row.id: row.publisher_id for row in connection.execute(of)}
    named = [
        (article_id, position, author)
        for article_id, article in changed
        for position, author in enumerate(article.authors[:MOST_PARTS], 1)
    ]
    found = names.author_ids(connection, ((publisher_of[i], a.name) for i, _, a in named))
    insert_rows(
        connection,
        t.article_authors,
        [
            {
                "article_id": article_id,
                "position": position,
                "author_id": found[publisher_of[article_id], names.name_key(author.name)],
                "name_raw": author.name_raw,
                "role": author.role,
            }
            for article_id, position, author in named
        ],
    )


def _write_tags(connection: Connection, changed: Sequence[tuple[int, EnrichedArticle]]) -> None:
    named = [
        (article_id, kind, name)
        for article_id, article in changed
        for kind, given in (
            ("tag", article.tags),
            ("topic", article.topics),
            ("keyword", article.keywords),
        )
        for name in given[:MOST_PARTS]
    ]
    found = names.tag_ids(connection, ((kind, name) for _, kind, name in named))
    pairs = dict.fromkeys((i, found[kind, names.name_key(name)]) for i, kind, name in named)
    insert_rows(connection, t.article_tags, [{"article_id": i, "tag_id": tag} for i, tag in pairs])


def _write_mentions(connection: Connection, changed: Sequence[tuple[int, EnrichedArticle]]) -> None:
    named = [
        (article_id, entity, mention)
        for article_id, article in changed
        for entity, mention in kept_mentions(article)
    ]
    # An entity has several mentions; what it is called is looked up once.
    entities = {id(entity): entity for _, entity, _ in named}.values()
    found = names.entity_ids(connection, ((entity.type, entity.name) for entity in entities))
    ids = {id(e): found[e.type, names.name_key(e.name)] for e in entities}
    rows = {
        (article_id, ids[id(entity)], mention.start): mention
        for article_id, entity, mention in named
    }
    insert_rows(
        connection,
        t.mentions,
        [
            {
                "article_id": article_id,
                "entity_id": entity_id,
                "start": start,
                "end": mention.end,
                "text": mention.text,
            }
            for (article_id, entity_id, start), mention in rows.items()
        ],
    )
