"""Copies are looked for by the day of their publication; the keys are one index

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_DATED = "coalesce(a.published_at, a.first_seen_at), a.first_seen_at"
_DAY = {
    "sqlite": f"CAST(julianday(min({_DATED})) - 1721424.5 AS INTEGER)",
    "postgresql": f"(least({_DATED}) AT TIME ZONE 'UTC')::date - DATE '0001-01-01' + 1",
}


def upgrade() -> None:
    op.add_column("fingerprints", sa.Column("day", sa.Integer()))
    day = _DAY[op.get_bind().dialect.name]
    op.execute(
        f"UPDATE fingerprints SET day = (SELECT {day} FROM articles a"
        " WHERE a.id = fingerprints.article_id)"
    )
    with op.batch_alter_table("fingerprints") as fingerprints:
        fingerprints.alter_column("day", existing_type=sa.Integer(), nullable=False)
    op.execute("CREATE TABLE dup_keys_before AS SELECT key, article_id FROM dup_keys")
    op.drop_table("dup_keys")
    op.create_table(
        "dup_keys",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("article_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("key", "day", "article_id", name=op.f("pk_dup_keys")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO dup_keys (key, day, article_id) SELECT k.key, f.day, k.article_id"
        " FROM dup_keys_before k JOIN fingerprints f ON f.article_id = k.article_id"
    )
    op.drop_table("dup_keys_before")


def downgrade() -> None:
    op.execute("CREATE TABLE dup_keys_before AS SELECT key, article_id FROM dup_keys")
    op.drop_table("dup_keys")
    op.create_table(
        "dup_keys",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name=op.f("fk_dup_keys_article_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", "article_id", name=op.f("pk_dup_keys")),
    )
    op.execute(
        "INSERT INTO dup_keys (key, article_id, first_seen_at)"
        " SELECT k.key, k.article_id, a.first_seen_at"
        " FROM dup_keys_before k JOIN articles a ON a.id = k.article_id"
    )
    op.drop_table("dup_keys_before")
    op.create_index("ix_dup_keys_article_id", "dup_keys", ["article_id"])
    with op.batch_alter_table("fingerprints") as fingerprints:
        fingerprints.drop_column("day")
