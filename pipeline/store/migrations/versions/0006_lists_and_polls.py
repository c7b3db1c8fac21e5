"""Lists, their polls, notices about sources; a job may be the poll of a list

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.operations.base import BatchOperations

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STANDING = sa.text("job_id IS NULL AND disabled_at IS NULL AND removed_at IS NULL")
_OPEN = sa.text("cleared_at IS NULL")
_LIVE = sa.text("outcome IS NULL")
_ENDS = "'stored', 'revised', 'unchanged', 'duplicate', 'dropped', 'dead'"
_WHOLE = "(disabled_at IS NULL) = (disabled_reason IS NULL)"
_OLD = {
    "ck_jobs_stage": "stage IN ('fetch', 'parse', 'enrich', 'store')",
    "ck_jobs_outcome": f"outcome IS NULL OR outcome IN ({_ENDS})",
}
_NEW = {
    "ck_jobs_stage": "stage IN ('fetch', 'parse', 'enrich', 'store', 'discover')",
    "ck_jobs_outcome": f"outcome IS NULL OR outcome IN ({_ENDS}, 'listed')",
}


def upgrade() -> None:
    _create_lists()
    _create_polls()
    _create_notices()
    with op.batch_alter_table("sources") as sources:
        sources.add_column(
            sa.Column("origin", sa.Text(), nullable=False, server_default="database")
        )
        for name in ("paused_at", "disabled_at", "removed_at"):
            sources.add_column(sa.Column(name, _TIME))
        sources.add_column(sa.Column("disabled_reason", sa.Text()))
        sources.create_check_constraint(op.f("ck_sources_disabled_whole"), _WHOLE)
    _run_kinds("'ingest', 'demo', 'crawl'")
    op.drop_index("uq_jobs_live_url", table_name="jobs")
    with op.batch_alter_table("jobs") as jobs:
        jobs.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="article"))
        jobs.add_column(sa.Column("list_id", _ID))
        jobs.add_column(sa.Column("hint_title", sa.Text()))
        jobs.add_column(sa.Column("hint_published_at", _TIME))
        jobs.create_foreign_key(op.f("fk_jobs_list_id"), "lists", ["list_id"], ["id"])
        jobs.create_check_constraint(op.f("ck_jobs_kind"), "kind IN ('article', 'list')")
        _replace_checks(jobs, _NEW)
    _live_index(["url_id", "kind"])


def downgrade() -> None:
    op.drop_index("uq_jobs_live_url", table_name="jobs")
    op.execute("UPDATE lists SET job_id = NULL")
    op.execute("UPDATE jobs SET list_id = NULL")
    op.drop_table("source_notices")
    op.drop_table("polls")
    for table in ("attempts", "drafts"):
        op.execute(f"DELETE FROM {table} WHERE job_id IN {_LIST_JOBS}")
    op.execute(f"UPDATE jobs SET fetch_id = NULL WHERE id IN {_LIST_JOBS}")
    op.execute(f"DELETE FROM fetches WHERE job_id IN {_LIST_JOBS}")
    op.execute("DELETE FROM jobs WHERE kind = 'list'")
    with op.batch_alter_table("jobs") as jobs:
        _replace_checks(jobs, _OLD)
        jobs.drop_constraint(op.f("ck_jobs_kind"), type_="check")
        jobs.drop_constraint(op.f("fk_jobs_list_id"), type_="foreignkey")
        for name in ("kind", "list_id", "hint_title", "hint_published_at"):
            jobs.drop_column(name)
    _live_index(["url_id"])
    op.drop_table("lists")
    op.execute("UPDATE runs SET kind = 'ingest' WHERE kind = 'crawl'")
    _run_kinds("'ingest', 'demo'")
    with op.batch_alter_table("sources") as sources:
        sources.drop_constraint(op.f("ck_sources_disabled_whole"), type_="check")
        for name in ("origin", "paused_at", "disabled_at", "disabled_reason", "removed_at"):
            sources.drop_column(name)


_LIST_JOBS = "(SELECT id FROM jobs WHERE kind = 'list')"


def _create_lists() -> None:
    op.create_table(
        "lists",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("source_id", _ID, sa.ForeignKey("sources.id"), nullable=False),
        sa.Column("url_id", _ID, sa.ForeignKey("urls.id"), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("found_by", sa.Text(), nullable=False),
        sa.Column("parent_id", _ID, sa.ForeignKey("lists.id")),
        sa.Column("depth", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("next_due", _TIME),
        sa.Column("interval_seconds", sa.Float(), nullable=False),
        sa.Column("job_id", _ID, sa.ForeignKey("jobs.id")),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("last_polled_at", _TIME),
        sa.Column("last_listed_at", _TIME),
        sa.Column("last_new_at", _TIME),
        sa.Column("last_keys", sa.LargeBinary()),
        sa.Column("disabled_at", _TIME),
        sa.Column("disabled_reason", sa.Text()),
        sa.Column("removed_at", _TIME),
        sa.UniqueConstraint("source_id", "url_id", name=op.f("uq_lists_source_id_url_id")),
        sa.UniqueConstraint("job_id", name=op.f("uq_lists_job_id")),
        sa.CheckConstraint("kind IN ('feed', 'sitemap', 'page')", name=op.f("ck_lists_kind")),
        sa.CheckConstraint("found_by IN ('profile', 'index')", name=op.f("ck_lists_found_by")),
        sa.CheckConstraint("interval_seconds > 0", name=op.f("ck_lists_interval")),
        sa.CheckConstraint(_WHOLE, name=op.f("ck_lists_disabled_whole")),
    )
    op.create_index(
        "ix_lists_due", "lists", ["next_due"], sqlite_where=_STANDING, postgresql_where=_STANDING
    )


def _create_polls() -> None:
    op.create_table(
        "polls",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("list_id", _ID, sa.ForeignKey("lists.id"), nullable=False),
        sa.Column("run_id", _ID, sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("job_id", _ID, sa.ForeignKey("jobs.id")),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("at", _TIME),
        sa.Column("outcome", sa.Text()),
        sa.Column("reason", sa.Text()),
        *(
            sa.Column(name, sa.Integer(), nullable=False, server_default="0")
            for name in ("entries", "fresh", "already_seen", "left_out")
        ),
        sa.Column("gap", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("wait_seconds", sa.Float()),
        sa.Column("pace_seconds", sa.Float()),
        sa.UniqueConstraint("job_id", name=op.f("uq_polls_job_id")),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('listed', 'unchanged', 'failed', 'under_way')",
            name=op.f("ck_polls_outcome"),
        ),
        sa.CheckConstraint("(outcome IS NULL) = (at IS NULL)", name=op.f("ck_polls_ended_whole")),
        sa.CheckConstraint(
            "outcome <> 'failed' OR reason IS NOT NULL", name=op.f("ck_polls_named_reason")
        ),
    )
    op.create_index("ix_polls_list_id_at", "polls", ["list_id", "at"])
    op.create_index("ix_polls_at", "polls", ["at"])
    op.create_index("ix_polls_run_id", "polls", ["run_id"])


def _create_notices() -> None:
    op.create_table(
        "source_notices",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("source_id", _ID, sa.ForeignKey("sources.id"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False, server_default=""),
        sa.Column("raised_at", _TIME, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("cleared_at", _TIME),
        sa.CheckConstraint(
            "kind IN ('gap', 'silent', 'stale', 'coverage', 'disabled')",
            name=op.f("ck_source_notices_kind"),
        ),
    )
    op.create_index(
        "uq_source_notices_standing",
        "source_notices",
        ["source_id", "kind", "about"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def _replace_checks(jobs: BatchOperations, new: dict[str, str]) -> None:
    for name, text in new.items():
        jobs.drop_constraint(op.f(name), type_="check")
        jobs.create_check_constraint(op.f(name), text)


def _run_kinds(words: str) -> None:
    with op.batch_alter_table("runs") as runs:
        runs.drop_constraint(op.f("ck_runs_kind"), type_="check")
        runs.create_check_constraint(op.f("ck_runs_kind"), f"kind IN ({words})")


def _live_index(columns: list[str]) -> None:
    op.create_index(
        "uq_jobs_live_url", "jobs", columns, unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE
    )
