"""What readers are after: articles and their revisions; :mod:`.parts` has what belongs to one."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from pipeline.store.tables.metadata import AT_COMMIT, article_key, metadata, one_of
from pipeline.store.tables.parts import (
    article_authors,
    article_images,
    article_tags,
    authors,
    citations,
    enricher_runs,
    entities,
    links,
    mentions,
    quotes,
    tags,
)
from pipeline.store.types import CleanText, RowId, UtcTime

__all__ = [
    "ACCESSES",
    "KINDS",
    "PRECISIONS",
    "TYPES",
    "ZONES",
    "article_authors",
    "article_images",
    "article_key",
    "article_revisions",
    "article_tags",
    "articles",
    "authors",
    "citations",
    "enricher_runs",
    "entities",
    "links",
    "mentions",
    "publishers",
    "quotes",
    "rechecks",
    "tags",
]

PRECISIONS = ("instant", "minute", "day", "month", "year")
ZONES = ("known", "source", "unknown")
ACCESSES = ("open", "metered", "paywalled", "unknown")
TYPES = ("news", "opinion", "live", "gallery", "video", "listing", "not_an_article")
KINDS = ("first", "edit", "correction", "metadata", "extractor")


publishers = Table(
    "publishers",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("domain", CleanText(255), nullable=False, unique=True),  # registrable domain
    Column("name", CleanText(300), nullable=False),
)

articles = Table(
    "articles",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("public_id", Text, nullable=False, unique=True),  # UUIDv7
    Column("publisher_id", RowId, ForeignKey("publishers.id"), nullable=False, index=True),
    Column("url", CleanText(), nullable=False),
    Column("canonical_url", CleanText()),
    Column("revision", Integer, nullable=False),
    Column("headline", CleanText(1000)),
    Column("subheadline", CleanText(4000)),
    Column("body_text", CleanText(), nullable=False),
    Column("language", CleanText(35)),
    Column("section", CleanText(200)),
    Column("access", Text, nullable=False),
    Column("article_type", Text, nullable=False),
    Column("published_at", UtcTime, index=True),
    Column("published_precision", Text),
    Column("published_zone", Text),
    Column("published_offset_minutes", Integer),
    Column("published_raw", CleanText(500)),
    Column("modified_at", UtcTime),
    Column("word_count", Integer, nullable=False),
    Column("reading_minutes", Integer, nullable=False),
    Column("evidence", CleanText(), nullable=False),  # JSON: where each field came from
    Column("truncated", Text),  # JSON list: what is more than we keep; null: nothing
    Column("content_hash", LargeBinary(32), nullable=False, index=True),
    Column("extractor", CleanText(100), nullable=False, server_default=""),  # read it last
    Column("cluster_id", RowId),  # the cluster's least id
    Column("compared_at", UtcTime),  # null until looked at for near copies
    Column("first_seen_at", UtcTime, nullable=False),
    Column("last_seen_at", UtcTime, nullable=False),
    Column("withdrawn_at", UtcTime),
    Column("withdrawn_reason", Text),
    Column("change_seq", RowId, nullable=False, server_default="0", index=True),
    # Checked at the commit: these tables name each other, and one transaction writes them all.
    ForeignKeyConstraint(
        ["id", "revision"],
        ["article_revisions.article_id", "article_revisions.revision"],
        **AT_COMMIT,
    ),
    ForeignKeyConstraint(["change_seq"], ["events.seq"], **AT_COMMIT),
    ForeignKeyConstraint(["cluster_id"], ["clusters.id"], **AT_COMMIT),
    UniqueConstraint("cluster_id", "id"),
    Index(
        "ix_articles_not_compared",
        "id",
        sqlite_where=text("compared_at IS NULL"),
        postgresql_where=text("compared_at IS NULL"),
    ),
    CheckConstraint("revision >= 1", name="revision"),
    CheckConstraint("word_count >= 0 AND reading_minutes >= 0", name="counts"),
    CheckConstraint("length(content_hash) = 32", name="content_hash"),
    CheckConstraint(one_of("access", ACCESSES), name="access"),
    CheckConstraint(one_of("article_type", TYPES), name="article_type"),
    CheckConstraint(
        f"published_precision IS NULL OR {one_of('published_precision', PRECISIONS)}",
        name="published_precision",
    ),
    CheckConstraint(
        f"published_zone IS NULL OR {one_of('published_zone', ZONES)}", name="published_zone"
    ),
    CheckConstraint("(published_at IS NULL) = (published_zone IS NULL)", name="published_whole"),
    CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_whole"),
)

article_revisions = Table(
    "article_revisions",
    metadata,
    Column("id", RowId, primary_key=True),
    article_key(),
    Column("revision", Integer, nullable=False),
    # One job writes at most one revision, whatever is delivered twice.
    Column("job_id", RowId, ForeignKey("jobs.id"), nullable=False, unique=True),
    Column("fetch_id", RowId, ForeignKey("fetches.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("headline", CleanText(1000)),
    Column("content_hash", LargeBinary(32), nullable=False),
    Column("extractor", CleanText(100), nullable=False),
    Column("changes", Text),  # JSON: what differs from the revision before
    Column("note", CleanText(2000)),  # the page's own words about the change
    Column("document", LargeBinary, nullable=False),  # zlib over the article's JSON, version 1
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("article_id", "revision"),
    CheckConstraint(one_of("kind", KINDS), name="kind"),
    CheckConstraint("(kind = 'first') = (revision = 1)", name="first_is_one"),
    CheckConstraint("revision >= 1", name="revision"),
    CheckConstraint("length(content_hash) = 32", name="content_hash"),
)

rechecks = Table(
    "rechecks",
    metadata,
    article_key(primary_key=True),  # of an article that is still young; the row goes with its age
    Column("step", Integer, nullable=False),  # how many of the schedule's checks are behind it
    Column("due_at", UtcTime, nullable=False, index=True),
    Column("until", UtcTime, nullable=False),  # when it is young no more
    CheckConstraint("step >= 0", name="step"),
)
