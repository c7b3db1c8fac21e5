"""Articles between parse and store: kept in the database, never in a message."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import TypeVar

from sqlalchemy import Connection, select

from pipeline.codec import from_json, to_json
from pipeline.models import ParsedArticle
from pipeline.store.dialect import insert
from pipeline.store.tables.ledger import drafts

Article = TypeVar("Article", bound=ParsedArticle)
LEVEL = 1
"""zlib's fastest: a draft lives for seconds, and text shrinks to 40 % all the same."""


def save_drafts(connection: Connection, articles: Mapping[int, ParsedArticle]) -> None:
    """Keep each job's article, in place of what an earlier stage left."""
    rows = [
        {"job_id": job_id, "document": zlib.compress(to_json(article), LEVEL)}
        for job_id, article in articles.items()
    ]
    statement = insert(connection, drafts)
    statement = statement.on_conflict_do_update(
        index_elements=["job_id"], set_={"document": statement.excluded.document}
    )
    connection.execute(statement, rows)


def load_draft(connection: Connection, job_id: int, kind: type[Article]) -> Article:
    """The article that the job's previous stage left. Raises ``LookupError`` when there is none."""
    found = connection.execute(select(drafts.c.document).where(drafts.c.job_id == job_id))
    document = found.scalar_one_or_none()
    if document is None:
        raise LookupError(f"job {job_id} has no draft")
    return from_json(kind, zlib.decompress(document))
