"""What was fetched: one row an answer, one row a distinct body."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
)

from pipeline.store.tables.metadata import metadata
from pipeline.store.types import CleanText, RowId, UtcTime

raw_pages = Table(
    "raw_pages",
    metadata,
    Column("sha256", Text, primary_key=True),  # hex; also the file's name on disk
    Column("size", Integer, nullable=False),  # bytes as served, decoded
    Column("stored_size", Integer, nullable=False),  # bytes on disk, compressed
    Column("first_seen_at", UtcTime, nullable=False),
    CheckConstraint("length(sha256) = 64", name="sha256"),
)

fetches = Table(
    "fetches",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("job_id", RowId, ForeignKey("jobs.id"), nullable=False, index=True),
    Column("url_id", RowId, ForeignKey("urls.id"), nullable=False),
    Column("url", CleanText(), nullable=False),
    Column("final_url", CleanText(), nullable=False),
    Column("redirects", Text, nullable=False),  # JSON list
    Column("status", Integer, nullable=False),
    Column("headers", CleanText(100_000), nullable=False),  # JSON list of pairs
    Column("etag", CleanText(1000)),
    Column("last_modified", CleanText(200)),
    Column("charset", Text, nullable=False),
    Column("charset_from", Text, nullable=False),
    Column("replacement_ratio", Float, nullable=False),
    Column("wire_bytes", Integer, nullable=False),
    Column("elapsed_seconds", Float, nullable=False),
    Column("raw_sha256", Text, ForeignKey("raw_pages.sha256"), index=True),  # null: 304
    Column("fetched_at", UtcTime, nullable=False),
    Index("ix_fetches_url_id_id", "url_id", "id"),
)
