"""What of an article is more than its columns and tables hold, by name: a cut is never silent.

The names are those of the readers' views: ``headline`` is cut short, ``authors`` has more rows
than are kept, ``authors.name_raw`` is cut short in at least one row; ``page:max_nodes`` is a limit
of parsing; ``search`` (added where the words are taken apart) says that the index has not all of
them. The revision's document keeps all that parsing left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Table

from pipeline.models import EnrichedArticle, Entity, Mention
from pipeline.store.tables import articles as t
from pipeline.store.types import CleanText, clean_text

MOST_PARTS = 500
"""Rows of one kind that one article may have: what lies beyond is a defect of the page or an
attack."""
MOST_MENTIONS = 5_000
MOST_GROWTH = 3
"""Characters that one may become in NFC at most (Unicode Standard Annex 15, section 9)."""


def cuts(article: EnrichedArticle) -> list[str]:
    """The names of what does not fit, sorted; empty for nearly every article."""
    found = {f"page:{limit}" for limit in article.limits if ":" not in limit}
    found.update(_cut_fields(t.articles, (article,)))
    for name, tables, items in _parts(article):
        if len(items) > MOST_PARTS:
            found.add(name)
        for table in tables:
            found.update(f"{name}.{field}" for field in _cut_fields(table, items[:MOST_PARTS]))
    for names in (article.tags, article.topics, article.keywords):
        if len(names) > MOST_PARTS:
            found.add("tags")
        if any(_is_cut(name, _limits(t.tags)["name"]) for name in names[:MOST_PARTS]):
            found.add("tags.name")
    if sum(len(entity.mentions) for entity in article.entities) > MOST_MENTIONS:
        found.add("entities")
    mentions = [mention for _, mention in kept_mentions(article)]
    found.update(f"entities.{field}" for field in _cut_fields(t.mentions, mentions))
    return sorted(found)


def kept_mentions(article: EnrichedArticle) -> Iterator[tuple[Entity, Mention]]:
    """Those mentions of an article that get a row."""
    every = (
        (entity, mention) for entity in article.entities[:MOST_PARTS] for mention in entity.mentions
    )
    return islice(every, MOST_MENTIONS)


def _parts(
    article: EnrichedArticle,
) -> tuple[tuple[str, tuple[Table, ...], Sequence[Any]], ...]:
    return (
        ("authors", (t.article_authors, t.authors), article.authors),
        ("images", (t.article_images,), article.images),
        ("links", (t.links,), article.links),
        ("citations", (t.citations,), article.citations),
        ("quotes", (t.quotes,), article.quotes),
        ("entities", (t.entities,), article.entities),
    )


def _cut_fields(table: Table, items: Sequence[object]) -> Iterator[str]:
    """Those fields, named like their columns, of which some item has more than a column holds."""
    if not items:
        return
    for field, most in _limits(table).items():
        values = [getattr(item, field, None) or "" for item in items]
        longest = max(map(len, values))
        if longest * MOST_GROWTH > most and any(_is_cut(value, most) for value in values):
            yield field


@cache
def _limits(table: Table) -> dict[str, int]:
    """Characters that each bounded text column holds."""
    return {
        column.name: column.type.max_chars
        for column in table.columns
        if isinstance(column.type, CleanText) and column.type.max_chars is not None
    }


def _is_cut(value: str | None, most: int) -> bool:
    if value is None or len(value) * MOST_GROWTH <= most:
        return False
    return len(clean_text(value)) > most
