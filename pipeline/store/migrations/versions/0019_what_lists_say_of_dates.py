"""What kind of document named an article, and whether its date is a publication's or a change's

Of jobs that are there it is not known: their ``hint_kind`` stays null, and their date no evidence.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("hint_kind", sa.Text(), nullable=True))
    op.add_column(
        "jobs",
        sa.Column("hint_has_time", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.add_column("jobs", sa.Column("hint_changed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in ("hint_changed_at", "hint_has_time", "hint_kind"):
        op.drop_column("jobs", name)
