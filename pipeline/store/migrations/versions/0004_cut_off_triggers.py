"""A run knows whether all its lines were accepted, so that a trigger that was cut off can go on

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("runs", sa.Column("all_accepted_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE runs SET all_accepted_at = created_at")


def downgrade() -> None:
    with op.batch_alter_table("runs") as batch_op:
        batch_op.drop_column("all_accepted_at")
