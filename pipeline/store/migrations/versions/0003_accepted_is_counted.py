"""A run counts what it accepted, apart from the jobs, so that a job that vanished is missed

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("runs", sa.Column("accepted", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE runs SET accepted = (SELECT count(*) FROM jobs WHERE jobs.run_id = runs.id)")


def downgrade() -> None:
    with op.batch_alter_table("runs") as batch_op:
        batch_op.drop_column("accepted")
