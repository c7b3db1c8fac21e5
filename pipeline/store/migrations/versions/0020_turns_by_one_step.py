"""The next job of a host is one step in an index

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

WAITS_AT_FETCH = sa.text("state = 'waiting' AND stage = 'fetch'")


def upgrade() -> None:
    _replace("ix_jobs_host_due", "ix_jobs_turn", [sa.text("priority DESC")])


def downgrade() -> None:
    _replace("ix_jobs_turn", "ix_jobs_host_due", ["priority"])


def _replace(old: str, new: str, middle: list[str | sa.TextClause]) -> None:
    op.create_index(
        new,
        "jobs",
        ["host", *middle, "next_at"],
        sqlite_where=WAITS_AT_FETCH,
        postgresql_where=WAITS_AT_FETCH,
    )
    op.drop_index(old, table_name="jobs")
