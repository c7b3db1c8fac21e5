"""The change feed: one row a change of an article, in the order of the commits; its readers."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    Table,
    Text,
)

from pipeline.store.tables.metadata import metadata, one_of
from pipeline.store.types import CleanText, RowId, UtcTime

EVENT_KINDS = ("stored", "revised", "clustered", "withdrawn", "restored")

events = Table(
    "events",
    metadata,
    Column("seq", RowId, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("article_id", RowId, ForeignKey("articles.id"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    CheckConstraint(one_of("kind", EVENT_KINDS), name="kind"),
    ForeignKeyConstraint(
        ["article_id", "revision"], ["article_revisions.article_id", "article_revisions.revision"]
    ),
    sqlite_autoincrement=True,  # a sequence number is never given twice
)

consumers = Table(
    "consumers",
    metadata,
    Column("name", CleanText(200), primary_key=True),
    # No foreign key: a cursor may stand before the first change, or at a number never given.
    Column("seq", RowId, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("moved_at", UtcTime, nullable=False),
    CheckConstraint("seq >= 0", name="seq"),
)
