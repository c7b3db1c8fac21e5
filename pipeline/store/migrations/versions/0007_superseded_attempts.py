"""An attempt may say that a copy of its own message had taken the job over

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BEFORE = "'try_later', 'dropped', 'quarantined', 'error', 'crashed', 'lease_lost'"


def upgrade() -> None:
    _allow(f"{BEFORE}, 'superseded'")


def downgrade() -> None:
    op.execute("DELETE FROM attempts WHERE result = 'superseded'")
    _allow(BEFORE)


def _allow(results: str) -> None:
    with op.batch_alter_table("attempts") as batch_op:
        batch_op.drop_constraint(op.f("ck_attempts_result"), type_="check")
        batch_op.create_check_constraint(op.f("ck_attempts_result"), f"result IN ({results})")
