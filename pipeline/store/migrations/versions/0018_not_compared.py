"""Articles that have not looked for near copies are found without reading all

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    waiting = sa.text("compared_at IS NULL")
    op.create_index(
        "ix_articles_not_compared",
        "articles",
        ["id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def downgrade() -> None:
    op.drop_index("ix_articles_not_compared", "articles")
