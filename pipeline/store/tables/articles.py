"""What readers are after: articles, their revisions, and everything that belongs to one."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from pipeline.store.tables.metadata import metadata, one_of
from pipeline.store.types import CleanText, RowId, UtcTime

PRECISIONS = ("instant", "minute", "day", "month", "year")
ZONES = ("known", "source", "unknown")
ACCESSES = ("open", "metered", "paywalled", "unknown")
TYPES = ("news", "opinion", "live", "gallery", "video", "listing", "not_an_article")
KINDS = ("first", "edit", "correction", "metadata", "extractor")


def article_key(*, primary_key: bool = False) -> Column[int]:
    """The column that ties a row to its article and goes with it."""
    return Column(
        "article_id",
        RowId,
        ForeignKey("articles.id", ondelete="CASCADE"),
        nullable=False,
        primary_key=primary_key,
    )


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
    Column("cluster_id", RowId, ForeignKey("articles.id"), index=True),  # the cluster's least id
    Column("compared_at", UtcTime),  # null until looked at for near copies
    Column("first_seen_at", UtcTime, nullable=False),
    Column("last_seen_at", UtcTime, nullable=False),
    Column("withdrawn_at", UtcTime),
    Column("withdrawn_reason", Text),
    Column("change_seq", RowId, nullable=False, server_default="0", index=True),
    CheckConstraint("revision >= 1", name="revision"),
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
