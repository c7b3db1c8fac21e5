"""Every hub has a secret to sign with

A hub without one is asked again at once, with one: nothing that it sent has counted. Its list is
polled meanwhile as if no hub pushed it.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

subscriptions = sa.table(
    "subscriptions",
    *(sa.column(name) for name in ("id", "secret", "state", "asked_at", "failures")),
    *(sa.column(name, sa.DateTime(timezone=True)) for name in ("next_ask_at", "lease_until")),
)


def upgrade() -> None:
    connection, now = op.get_bind(), datetime.now(UTC)
    s = subscriptions.c
    for one in connection.execute(sa.select(s.id).where(s.secret.is_(None))).scalars().all():
        anew = {
            "secret": secrets.token_hex(32),
            "state": "wanted",
            "asked_at": None,
            "next_ask_at": now,
            "failures": 0,
            "lease_until": None,
        }
        connection.execute(sa.update(subscriptions).where(s.id == one).values(anew))
    with op.batch_alter_table("subscriptions") as batch:
        batch.alter_column("secret", existing_type=sa.Text(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("subscriptions") as batch:
        batch.alter_column("secret", existing_type=sa.Text(), nullable=True)
