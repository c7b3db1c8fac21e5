"""Where a source's articles are found: its lists, each look at one, and what seems wrong."""

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
    UniqueConstraint,
    text,
)

from pipeline.store.tables.metadata import metadata, one_of
from pipeline.store.types import CleanText, RowId, UtcTime

LIST_KINDS = ("feed", "sitemap", "page")
FOUND_BY = ("profile", "index")
POLL_OUTCOMES = ("listed", "unchanged", "failed", "under_way")
NOTICE_KINDS = ("gap", "silent", "stale", "coverage", "disabled")
SUBSCRIPTION_STATES = ("wanted", "pending", "active", "refused")

lists = Table(
    "lists",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("source_id", RowId, ForeignKey("sources.id"), nullable=False),
    Column("url_id", RowId, ForeignKey("urls.id"), nullable=False),
    Column("url", CleanText(), nullable=False),
    Column("kind", Text, nullable=False),
    Column("found_by", Text, nullable=False),
    Column("parent_id", RowId, ForeignKey("lists.id")),  # the sitemap index that names it
    Column("depth", Integer, nullable=False, server_default="0"),  # indexes above it
    Column("created_at", UtcTime, nullable=False),
    Column("next_due", UtcTime),  # null: its index says when
    Column("interval_seconds", Float, nullable=False),
    Column("job_id", RowId, ForeignKey("jobs.id"), unique=True),  # the poll under way
    Column("failures", Integer, nullable=False, server_default="0"),  # polls in a row
    Column("last_polled_at", UtcTime),
    Column("last_listed_at", UtcTime),  # answered, with entries or as unchanged
    Column("last_new_at", UtcTime),
    Column("last_keys", LargeBinary),  # of the first entries then: 8 bytes of each key's hash
    Column("read_entries", LargeBinary),  # of a long list: 8 bytes of each address dealt with
    Column("left_over", Integer, nullable=False, server_default="0"),  # unread at the last poll
    Column("disabled_at", UtcTime),  # by the system
    Column("disabled_reason", Text),
    Column("removed_at", UtcTime),  # the profile or the index no longer names it
    UniqueConstraint("source_id", "url_id"),
    CheckConstraint(one_of("kind", LIST_KINDS), name="kind"),
    CheckConstraint(one_of("found_by", FOUND_BY), name="found_by"),
    CheckConstraint("interval_seconds > 0", name="interval"),
    CheckConstraint("(disabled_at IS NULL) = (disabled_reason IS NULL)", name="disabled_whole"),
    Index(
        "ix_lists_due",
        "next_due",
        sqlite_where=text("job_id IS NULL AND disabled_at IS NULL AND removed_at IS NULL"),
        postgresql_where=text("job_id IS NULL AND disabled_at IS NULL AND removed_at IS NULL"),
    ),
)

polls = Table(
    "polls",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("list_id", RowId, ForeignKey("lists.id"), nullable=False),
    Column("run_id", RowId, ForeignKey("runs.id"), nullable=False, index=True),
    Column("job_id", RowId, ForeignKey("jobs.id"), unique=True),  # null: another run polls it
    Column("opened_at", UtcTime, nullable=False),
    Column("at", UtcTime),  # when it ended
    Column("outcome", Text),  # null: under way
    Column("reason", Text),
    Column("entries", Integer, nullable=False, server_default="0"),
    Column("fresh", Integer, nullable=False, server_default="0"),  # accepted as new
    Column("already_seen", Integer, nullable=False, server_default="0"),
    Column("left_out", Integer, nullable=False, server_default="0"),  # no URL, or too old
    Column("left_over", Integer, nullable=False, server_default="0"),  # for the next poll
    Column("gap", Boolean, nullable=False, server_default=text("false")),
    Column("wait_seconds", Float),  # the server asks to come back no sooner
    Column("pace_seconds", Float),  # how often the list says that it changes
    Column("pushed", Boolean, nullable=False, server_default=text("false")),  # by its hub
    CheckConstraint(f"outcome IS NULL OR {one_of('outcome', POLL_OUTCOMES)}", name="outcome"),
    CheckConstraint("(outcome IS NULL) = (at IS NULL)", name="ended_whole"),
    CheckConstraint("outcome <> 'failed' OR reason IS NOT NULL", name="named_reason"),
    Index("ix_polls_list_id_at", "list_id", "at"),
    Index("ix_polls_at", "at"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("list_id", RowId, ForeignKey("lists.id"), nullable=False, unique=True),
    Column("hub", CleanText(), nullable=False),
    Column("topic", CleanText(), nullable=False),  # what the hub calls the list
    Column("token", Text, nullable=False, unique=True),  # the last part of our callback's address
    Column("secret", Text, nullable=False),  # what the hub signs with
    Column("state", Text, nullable=False, server_default="wanted"),
    Column("reason", CleanText(500)),  # of the hub's refusal, or why it could not be asked
    Column("named_at", UtcTime, nullable=False),  # since when the list names this hub
    Column("asked_at", UtcTime),
    Column("next_ask_at", UtcTime, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),  # requests without answer
    Column("lease_until", UtcTime),
    Column("hinted_at", UtcTime),  # the list is to be polled because of a push
    Column("last_push_at", UtcTime),
    Column("pushes", Integer, nullable=False, server_default="0"),
    Column("ignored_pushes", Integer, nullable=False, server_default="0"),  # wrongly signed
    CheckConstraint(one_of("state", SUBSCRIPTION_STATES), name="state"),
    CheckConstraint("state <> 'active' OR lease_until IS NOT NULL", name="active_has_lease"),
    Index("ix_subscriptions_next_ask_at", "next_ask_at"),
    comment="Lists whose hub is asked to push their news (W3C WebSub).",
)

source_notices = Table(
    "source_notices",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("source_id", RowId, ForeignKey("sources.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("about", CleanText(), nullable=False, server_default=""),  # the list's URL, if one
    Column("raised_at", UtcTime, nullable=False),
    Column("detail", CleanText(2000), nullable=False),
    Column("cleared_at", UtcTime),
    CheckConstraint(one_of("kind", NOTICE_KINDS), name="kind"),
    # A notice stands once until it is cleared.
    Index(
        "uq_source_notices_standing",
        "source_id",
        "kind",
        "about",
        unique=True,
        sqlite_where=text("cleared_at IS NULL"),
        postgresql_where=text("cleared_at IS NULL"),
    ),
)
