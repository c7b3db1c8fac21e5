"""What near copies are found by, and what was found."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from pipeline.store.tables.articles import article_key
from pipeline.store.tables.metadata import metadata, one_of
from pipeline.store.types import CleanText, RowId, UtcTime

fingerprints = Table(
    "fingerprints",
    metadata,
    article_key(primary_key=True),
    Column("hashes", LargeBinary, nullable=False),  # 8 bytes each, big-endian, ascending
    Column("shingles", Integer, nullable=False),
    Column("tokens", Integer, nullable=False),
    Column("figures", CleanText(), nullable=False),  # words with digits, space between
)

dup_keys = Table(
    "dup_keys",
    metadata,
    Column("key", BigInteger, nullable=False),
    article_key(),
    Column("first_seen_at", UtcTime, nullable=False),  # of the article: bounds the look
    PrimaryKeyConstraint("key", "article_id"),
    Index("ix_dup_keys_article_id", "article_id"),
)

dup_edges = Table(
    "dup_edges",
    metadata,
    Column("a_id", RowId, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("b_id", RowId, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("relation", Text, nullable=False),
    Column("jaccard", Float, nullable=False),
    Column("containment", Float, nullable=False),
    PrimaryKeyConstraint("a_id", "b_id"),
    CheckConstraint("a_id < b_id", name="ordered"),
    CheckConstraint(one_of("relation", ("copy", "excerpt")), name="relation"),
    Index("ix_dup_edges_b_id", "b_id"),
)

clusters = Table(
    "clusters",
    metadata,
    # The least id of its articles, so that whoever merges two clusters comes to the same one.
    Column("id", RowId, ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    Column("representative_id", RowId, ForeignKey("articles.id"), nullable=False),
)
