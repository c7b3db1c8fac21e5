"""The ledger: what was accepted, where each item stands, how it ended. The truth of the engine.

A message in the broker is only a hint that a row here may be worked on.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    false,
    literal_column,
    text,
)

from pipeline.store.tables.metadata import metadata, one_of
from pipeline.store.types import CleanText, RowId, UtcTime

CHAINS = {"article": ("fetch", "parse", "enrich", "store"), "list": ("fetch", "discover")}
"""The stages of each kind of job, in order."""
STAGES = (*CHAINS["article"], "discover")
STATES = ("waiting", "queued", "running", "ended")
OUTCOMES = ("stored", "revised", "unchanged", "duplicate", "dropped", "dead")
"""How an article's job ends: what the account adds up."""
LISTED = "listed"
"""How a list's job ends well. If not, it ends as unchanged, dropped or dead."""
RUN_KINDS = ("ingest", "demo", "crawl", "recheck", "reprocess")
RESULTS = (
    "try_later",
    "dropped",
    "quarantined",
    "error",
    "crashed",
    "lease_lost",
    "superseded",
)
DETAIL_CHARS = 2000
"""Of what a job's end or wait says beside its reason."""

sources = Table(
    "sources",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("name", CleanText(200), nullable=False, unique=True),
    Column("profile", Text, nullable=False),  # SourceProfile as JSON
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("origin", Text, nullable=False, server_default="database"),  # who keeps the profile
    Column("paused_at", UtcTime),  # by a person
    Column("disabled_at", UtcTime),  # by the system
    Column("disabled_reason", Text),
    Column("removed_at", UtcTime),
    CheckConstraint("(disabled_at IS NULL) = (disabled_reason IS NULL)", name="disabled_whole"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("public_id", Text, nullable=False, unique=True),  # UUIDv7
    Column("run_key", CleanText(500), unique=True),  # the caller's idempotency key
    Column("kind", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("accepted", Integer, nullable=False, server_default="0"),  # lines given, ever
    Column("all_accepted_at", UtcTime),  # null: a trigger was cut off, its retry goes on
    Column("request_digest", LargeBinary(32)),  # what the key's first trigger asked for
    CheckConstraint(one_of("kind", RUN_KINDS), name="kind"),
)

urls = Table(
    "urls",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("key_hash", LargeBinary(32), nullable=False, unique=True),  # SHA-256 of url_key
    Column("url", CleanText(), nullable=False),  # as first accepted
    Column("host", CleanText(255), nullable=False),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("article_id", RowId, ForeignKey("articles.id"), index=True),
    # nobody saw it there: a page at another address calls this one its own
    Column("article_claimed", Boolean(), nullable=False, server_default=false()),
    CheckConstraint("length(key_hash) = 32", name="key_hash"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("url_id", RowId, ForeignKey("urls.id"), nullable=False, index=True),
    Column("run_id", RowId, ForeignKey("runs.id"), nullable=False),
    Column("source_id", RowId, ForeignKey("sources.id"), index=True),
    Column("kind", Text, nullable=False, server_default="article"),
    Column("url", CleanText(), nullable=False),  # this spelling is fetched
    Column("host", CleanText(255), nullable=False),
    Column("stage", Text, nullable=False, server_default="fetch"),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("priority", Integer, nullable=False, server_default="0"),  # higher goes first
    Column("attempts", Integer, nullable=False, server_default="0"),  # claims of this stage
    Column("next_at", UtcTime, nullable=False),
    Column("queued_at", UtcTime),
    Column("lease_until", UtcTime),
    Column("message", Text),  # the one chain in the broker that may work on this job
    Column("fetch_id", RowId, ForeignKey("fetches.id", use_alter=True), index=True),
    Column("outcome", Text),
    Column("reason", Text),  # of the end, or of the wait
    Column("detail", CleanText(DETAIL_CHARS)),
    Column("article_id", RowId, ForeignKey("articles.id"), index=True),
    # The list that is polled, or the one that named the article and what it said of it.
    Column("list_id", RowId, ForeignKey("lists.id", use_alter=True)),
    Column("hint_title", CleanText(1000)),
    Column("hint_published_at", UtcTime),
    Column("hint_kind", Text),  # of the document: rss, urlset, ...; null: its dates may be changes
    Column("hint_has_time", Boolean, nullable=False, server_default=false()),
    Column("hint_changed_at", UtcTime),
    Column("accepted_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    CheckConstraint(one_of("stage", STAGES), name="stage"),
    CheckConstraint(one_of("state", STATES), name="state"),
    CheckConstraint(one_of("kind", tuple(CHAINS)), name="kind"),
    CheckConstraint(f"outcome IS NULL OR {one_of('outcome', (*OUTCOMES, LISTED))}", name="outcome"),
    CheckConstraint(
        "(state = 'ended') = (outcome IS NOT NULL) AND (state = 'ended') = (ended_at IS NOT NULL)",
        name="ended_has_outcome",
    ),
    CheckConstraint(
        "state <> 'running' OR (lease_until IS NOT NULL AND message IS NOT NULL)",
        name="running_has_lease",
    ),
    CheckConstraint(
        "outcome NOT IN ('dropped', 'dead') OR reason IS NOT NULL", name="named_reason"
    ),
    Index("ix_jobs_run_outcome", "run_id", "outcome"),
    Index("ix_jobs_accepted_at", "accepted_at"),
    # One live job per URL: two runs that accept the same page cannot both work on it. A section
    # page may be polled as a list while somebody has it ingested.
    Index(
        "uq_jobs_live_url",
        "url_id",
        "kind",
        unique=True,
        sqlite_where=text("outcome IS NULL"),
        postgresql_where=text("outcome IS NULL"),
    ),
    Index(
        "ix_jobs_due",
        "stage",
        "next_at",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    Index(
        "ix_jobs_turn",
        "host",
        text("priority DESC"),
        "next_at",
        sqlite_where=text("state = 'waiting' AND stage = 'fetch'"),
        postgresql_where=text("state = 'waiting' AND stage = 'fetch'"),
    ),
    Index(
        "ix_jobs_in_flight",
        "host",
        "stage",
        sqlite_where=text("state IN ('queued', 'running')"),
        postgresql_where=text("state IN ('queued', 'running')"),
    ),
    Index(
        "ix_jobs_dead",
        "ended_at",
        sqlite_where=text("outcome = 'dead'"),
        postgresql_where=text("outcome = 'dead'"),
    ),
)


def in_state(*states: str) -> ColumnElement[bool]:
    """A condition on ``jobs.state`` that is spelt in the statement instead of bound.

    A planner sees only so that a partial index holds what is asked for. SQLite wants the words
    of the index itself: ``in_state("queued", "running")`` leads to ``ix_jobs_in_flight``, and
    what is asked of only one of the two is added to it.
    """
    spelt: list[ColumnElement[str]] = [literal_column(f"'{state}'") for state in states]
    return jobs.c.state == spelt[0] if len(spelt) == 1 else jobs.c.state.in_(spelt)


def at_stage(stage: str) -> ColumnElement[bool]:
    """A condition on ``jobs.stage``, spelt for the same reason."""
    return jobs.c.stage == literal_column(f"'{stage}'")


IN_FLIGHT = in_state("queued", "running")
WAITING = in_state("waiting")
AT_FETCH = at_stage("fetch")
DEAD = jobs.c.outcome == literal_column("'dead'")

drafts = Table(
    "drafts",
    metadata,
    Column("job_id", RowId, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    # zlib over the JSON of the Parsed- or EnrichedArticle, gone when the job ends
    Column("document", LargeBinary, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("job_id", RowId, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("stage", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("result", Text, nullable=False),
    Column("reason", Text),
    Column("detail", CleanText(8000)),
    CheckConstraint(one_of("result", RESULTS), name="result"),
    comment="One row per attempt that did not simply move its job on.",
)

hosts = Table(
    "hosts",
    metadata,
    Column("host", CleanText(255), primary_key=True),
    Column("next_turn_at", UtcTime, nullable=False),
    Column("interval_seconds", Float, nullable=False),
    Column("blocked_until", UtcTime),  # the host asked for it: Retry-After
    Column("ask_at", UtcTime),  # from when a worker's next request is on time
    Column("max_in_flight", Integer),  # of the source that it belongs to; null: the setting
    CheckConstraint("interval_seconds >= 0", name="interval"),
)

workers = Table(
    "workers",
    metadata,
    Column("name", Text, primary_key=True),  # role@hostname:pid
    Column("role", Text, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("heartbeat_at", UtcTime, nullable=False),
    Column("progressed_at", UtcTime),
    Column("done", Integer, nullable=False, server_default="0"),
)
