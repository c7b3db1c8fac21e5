"""What belongs to an article and goes with it, a table a kind; and the names that many share."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from pipeline.store.tables.metadata import article_key, metadata, one_of
from pipeline.store.types import CleanText, RowId

SPAN = 'start >= 0 AND "end" >= start'
"""Offsets in ``body_text``."""

authors = Table(
    "authors",
    metadata,
    Column("id", RowId, primary_key=True),
    # Of one publisher: two outlets' "John Smith" are not known to be one person.
    Column("publisher_id", RowId, ForeignKey("publishers.id"), nullable=False),
    Column("name", CleanText(300), nullable=False),
    Column("name_key", CleanText(300), nullable=False),
    UniqueConstraint("publisher_id", "name_key"),
)

article_authors = Table(
    "article_authors",
    metadata,
    article_key(),
    Column("position", Integer, nullable=False),
    Column("author_id", RowId, ForeignKey("authors.id"), nullable=False, index=True),
    Column("name_raw", CleanText(500), nullable=False),
    Column("role", CleanText(100)),
    PrimaryKeyConstraint("article_id", "position"),
    CheckConstraint("position >= 1", name="position"),
)

article_images = Table(
    "article_images",
    metadata,
    article_key(),
    Column("position", Integer, nullable=False),
    Column("url", CleanText(4096), nullable=False),
    Column("caption", CleanText(4000)),
    Column("credit", CleanText(500)),
    Column("role", Text, nullable=False),
    PrimaryKeyConstraint("article_id", "position"),
    CheckConstraint(one_of("role", ("lead", "inline")), name="role"),
    CheckConstraint("position >= 1", name="position"),
)

tags = Table(
    "tags",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", CleanText(300), nullable=False),
    Column("name_key", CleanText(300), nullable=False),
    UniqueConstraint("kind", "name_key"),
    CheckConstraint(one_of("kind", ("tag", "topic", "keyword")), name="kind"),
)

article_tags = Table(
    "article_tags",
    metadata,
    article_key(),
    Column("tag_id", RowId, ForeignKey("tags.id"), nullable=False, index=True),
    PrimaryKeyConstraint("article_id", "tag_id"),
)

links = Table(
    "links",
    metadata,
    article_key(),
    Column("position", Integer, nullable=False),
    Column("url", CleanText(4096), nullable=False),
    Column("domain", CleanText(255), nullable=False, index=True),
    Column("text", CleanText(1000), nullable=False),
    PrimaryKeyConstraint("article_id", "position"),
    CheckConstraint("position >= 1", name="position"),
)

citations = Table(
    "citations",
    metadata,
    article_key(),
    Column("position", Integer, nullable=False),
    Column("outlet", CleanText(300), nullable=False, index=True),
    Column("domain", CleanText(255)),
    Column("sentence", CleanText(4000), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("cue", CleanText(200), nullable=False),
    PrimaryKeyConstraint("article_id", "position"),
    CheckConstraint("position >= 1", name="position"),
    CheckConstraint(SPAN, name="span"),
)

quotes = Table(
    "quotes",
    metadata,
    article_key(),
    Column("position", Integer, nullable=False),
    Column("text", CleanText(8000), nullable=False),
    Column("speaker", CleanText(300)),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    PrimaryKeyConstraint("article_id", "position"),
    CheckConstraint("position >= 1", name="position"),
    CheckConstraint(SPAN, name="span"),
)

entities = Table(
    "entities",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("type", Text, nullable=False),
    Column("name", CleanText(300), nullable=False),
    Column("name_key", CleanText(300), nullable=False),
    UniqueConstraint("type", "name_key"),
    CheckConstraint(one_of("type", ("person", "organization", "place", "other")), name="type"),
)

mentions = Table(
    "mentions",
    metadata,
    article_key(),
    Column("entity_id", RowId, ForeignKey("entities.id"), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("text", CleanText(300), nullable=False),
    PrimaryKeyConstraint("article_id", "entity_id", "start"),
    Index("ix_mentions_entity_id", "entity_id"),
    CheckConstraint(SPAN, name="span"),
)

enricher_runs = Table(
    "enricher_runs",
    metadata,
    article_key(),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("error", CleanText(2000)),
    PrimaryKeyConstraint("article_id", "name"),
)
