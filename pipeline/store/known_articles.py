"""What is stored of articles that come again: enough to say whether anything changed."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from pipeline.codec import from_json
from pipeline.models import EnrichedArticle
from pipeline.store.tables.articles import article_revisions, articles
from pipeline.store.tables.pages import fetches


def known_articles(connection: Connection, ids: Iterable[int | None]) -> dict[int, Row[Any]]:
    """Rows of ``articles``, by id, with ``fetch_id`` and ``document`` of the newest revision."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    newest = (article_revisions.c.article_id == articles.c.id) & (
        article_revisions.c.revision == articles.c.revision
    )
    statement = (
        select(articles, article_revisions.c.fetch_id, article_revisions.c.document)
        .join(article_revisions, newest)
        .where(articles.c.id.in_(wanted))
    )
    return {row.id: row for row in connection.execute(statement)}


@dataclass(frozen=True, slots=True)
class Known:
    """An article as its newest revision has it."""

    article: EnrichedArticle
    content_hash: bytes


def known_article(connection: Connection, article_id: int) -> Known:
    """That article. Raises ``LookupError`` when it is not there."""
    row = known_articles(connection, [article_id]).get(article_id)
    if row is None:
        raise LookupError(f"there is no article {article_id}")
    document = zlib.decompress(row.document)
    return Known(from_json(EnrichedArticle, document), bytes(row.content_hash))


def same_bytes(connection: Connection, old_fetch_id: int, new_fetch_id: int) -> bool:
    """Whether two fetches brought the same bytes."""
    fetched = fetches.c.id.in_((old_fetch_id, new_fetch_id))
    found = connection.execute(select(fetches.c.raw_sha256).where(fetched)).scalars().all()
    return len(set(found)) == 1
