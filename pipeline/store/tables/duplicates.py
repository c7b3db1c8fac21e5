"""What near copies are found by, and what was found."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from pipeline.store.tables.articles import article_key
from pipeline.store.tables.metadata import AT_COMMIT, metadata, one_of
from pipeline.store.types import CleanText, RowId

fingerprints = Table(
    "fingerprints",
    metadata,
    article_key(primary_key=True),
    # when it was published or first seen, counted like date.toordinal: bounds the look
    Column("day", Integer, nullable=False),
    Column("hashes", LargeBinary, nullable=False),  # 8 bytes each, big-endian, ascending
    Column("shingles", Integer, nullable=False),
    Column("tokens", Integer, nullable=False),
    Column("figures", CleanText(), nullable=False),  # words with digits, space between
    CheckConstraint("shingles >= 0 AND tokens >= 0", name="counts"),
    CheckConstraint("length(hashes) % 8 = 0", name="hashes"),
)

# Made from the fingerprints and no truth of its own: no foreign key, and the rows are the index.
dup_keys = Table(
    "dup_keys",
    metadata,
    Column("key", BigInteger, nullable=False),
    Column("day", Integer, nullable=False),  # of the article's fingerprint
    Column("article_id", RowId, nullable=False),
    PrimaryKeyConstraint("key", "day", "article_id"),
    sqlite_with_rowid=False,
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
    CheckConstraint("jaccard >= 0 AND jaccard <= 1", name="jaccard"),
    CheckConstraint("containment >= 0 AND containment <= 1", name="containment"),
    CheckConstraint(one_of("relation", ("copy", "excerpt")), name="relation"),
    Index("ix_dup_edges_b_id", "b_id"),
)

clusters = Table(
    "clusters",
    metadata,
    # The least id of its articles, so that whoever merges two clusters comes to the same one.
    Column("id", RowId, ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    Column("representative_id", RowId, nullable=False),
    ForeignKeyConstraint(  # the representative is one of the cluster
        ["id", "representative_id"], ["articles.cluster_id", "articles.id"], **AT_COMMIT
    ),
)
