"""Revisions know more reasons, articles who read them last, young articles when to be looked at

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "rechecks",
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("until", _TIME, nullable=False),
        sa.CheckConstraint("step >= 0", name=op.f("ck_rechecks_step")),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name=op.f("fk_rechecks_article_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_rechecks")),
    )
    op.create_index(op.f("ix_rechecks_due_at"), "rechecks", ["due_at"])
    op.add_column("articles", sa.Column("extractor", sa.Text(), nullable=False, server_default=""))
    op.execute(
        "UPDATE articles SET extractor = (SELECT v.extractor FROM article_revisions v"
        " WHERE v.article_id = articles.id AND v.revision = articles.revision)"
    )
    op.add_column("article_revisions", sa.Column("note", sa.Text(), nullable=True))
    _kinds("article_revisions", "'first', 'edit', 'correction', 'metadata', 'extractor'")
    _kinds("events", "'stored', 'revised', 'clustered', 'withdrawn', 'restored'")
    _kinds("runs", "'ingest', 'demo', 'crawl', 'recheck', 'reprocess'")


def downgrade() -> None:
    op.execute("UPDATE runs SET kind = 'ingest' WHERE kind IN ('recheck', 'reprocess')")
    op.execute("UPDATE events SET kind = 'revised' WHERE kind = 'restored'")
    op.execute(
        "UPDATE article_revisions SET kind = 'edit' WHERE kind IN ('correction', 'metadata')"
    )
    _kinds("runs", "'ingest', 'demo', 'crawl'")
    _kinds("events", "'stored', 'revised', 'clustered', 'withdrawn'")
    _kinds("article_revisions", "'first', 'edit', 'extractor'")
    with op.batch_alter_table("article_revisions") as revisions:
        revisions.drop_column("note")
    with op.batch_alter_table("articles") as articles:
        articles.drop_column("extractor")
    op.drop_table("rechecks")


def _kinds(table: str, words: str) -> None:
    # A number of the feed must never be given twice, so the copy keeps counting on, too.
    keep = {"sqlite_autoincrement": True} if table == "events" else {}
    with op.batch_alter_table(table, table_kwargs=keep) as changed:
        changed.drop_constraint(op.f(f"ck_{table}_kind"), type_="check")
        changed.create_check_constraint(op.f(f"ck_{table}_kind"), f"kind IN ({words})")
