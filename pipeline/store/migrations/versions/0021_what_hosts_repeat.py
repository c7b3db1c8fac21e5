"""Which blocks a host's articles repeat

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipeline.store.types import CleanText, UtcTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "host_repeats",
        sa.Column("host", CleanText(255), nullable=False),
        sa.Column("learned_at", UtcTime(), nullable=False),
        sa.Column("seen", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_host_repeats")),
        comment="Which blocks a host's articles repeat: furniture that no single page gives away.",
    )


def downgrade() -> None:
    op.drop_table("host_repeats")
