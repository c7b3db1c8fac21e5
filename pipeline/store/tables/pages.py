"""What was fetched: one row an answer, one row a distinct body, one row a robots.txt."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
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
    Column("last_used_at", UtcTime),  # fetched again, or put to work again; null: never
    Column("pruned_at", UtcTime),  # the file is deleted; the hash stays
    CheckConstraint("length(sha256) = 64", name="sha256"),
    Index(
        "ix_raw_pages_kept",
        "last_used_at",
        sqlite_where=text("pruned_at IS NULL"),
        postgresql_where=text("pruned_at IS NULL"),
    ),
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
    # What the page's owner says about its use; null where nothing is said.
    Column("robots", CleanText(2000)),  # directives, ", " between them
    Column("tdm_reserved", Boolean),
    Column("tdm_policy_url", CleanText()),
    Column("licence_urls", CleanText()),  # a blank between them
    Index("ix_fetches_url_id_id", "url_id", "id"),
)

robots_files = Table(
    "robots_files",
    metadata,
    Column("origin", CleanText(300), primary_key=True),  # scheme, host and port
    # Of the answer: the rules as text, or why they could not be read; null while it is asked for.
    Column("text", LargeBinary),  # UTF-8, byte by byte as it was read
    Column("reason", Text),
    Column("detail", CleanText(2000)),
    Column("asked_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),  # or until when others wait for the answer
    CheckConstraint("text IS NULL OR reason IS NULL", name="one_answer"),
    comment="What each host's robots.txt said, so that many workers ask for it once.",
)

host_repeats = Table(
    "host_repeats",
    metadata,
    Column("host", CleanText(255), primary_key=True),
    Column("learned_at", UtcTime, nullable=False),
    Column("seen", LargeBinary, nullable=False),  # pipeline.repeated.Repeated, at most 5 kB
    comment="Which blocks a host's articles repeat: furniture that no single page gives away.",
)
