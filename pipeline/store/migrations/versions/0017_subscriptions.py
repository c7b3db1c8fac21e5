"""Lists whose hub pushes their news, and which polls were such pushes

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        "polls",
        sa.Column("pushed", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("list_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False, server_default="wanted"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("named_at", TIME, nullable=False),
        sa.Column("asked_at", TIME, nullable=True),
        sa.Column("next_ask_at", TIME, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("hinted_at", TIME, nullable=True),
        sa.Column("last_push_at", TIME, nullable=True),
        sa.Column("pushes", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("ignored_pushes", sa.Integer(), nullable=False, server_default="0"),
        sa.CheckConstraint(
            "state IN ('wanted', 'pending', 'active', 'refused')",
            name=op.f("ck_subscriptions_state"),
        ),
        sa.CheckConstraint(
            "state <> 'active' OR lease_until IS NOT NULL",
            name=op.f("ck_subscriptions_active_has_lease"),
        ),
        sa.ForeignKeyConstraint(["list_id"], ["lists.id"], name=op.f("fk_subscriptions_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("list_id", name=op.f("uq_subscriptions_list_id")),
        sa.UniqueConstraint("token", name=op.f("uq_subscriptions_token")),
        comment="Lists whose hub is asked to push their news (W3C WebSub).",
    )
    op.create_index("ix_subscriptions_next_ask_at", "subscriptions", ["next_ask_at"])


def downgrade() -> None:
    op.drop_index("ix_subscriptions_next_ask_at", "subscriptions")
    op.drop_table("subscriptions")
    with op.batch_alter_table("polls") as batch_op:
        batch_op.drop_column("pushed")
