"""What owners say about use, which raw pages are kept, one robots.txt for all workers, pace

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("hosts", sa.Column("max_in_flight", sa.Integer(), nullable=True))
    op.add_column("fetches", sa.Column("robots", sa.Text(), nullable=True))
    op.add_column("fetches", sa.Column("tdm_reserved", sa.Boolean(), nullable=True))
    op.add_column("fetches", sa.Column("tdm_policy_url", sa.Text(), nullable=True))
    op.add_column("fetches", sa.Column("licence_urls", sa.Text(), nullable=True))
    op.add_column("raw_pages", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("raw_pages", sa.Column("pruned_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE raw_pages SET last_used_at = coalesce((SELECT max(f.fetched_at) FROM fetches f "
        "WHERE f.raw_sha256 = raw_pages.sha256), first_seen_at)"
    )
    op.create_index(
        "ix_raw_pages_kept",
        "raw_pages",
        ["last_used_at"],
        sqlite_where=sa.text("pruned_at IS NULL"),
        postgresql_where=sa.text("pruned_at IS NULL"),
    )
    op.create_table(
        "robots_files",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "text IS NULL OR reason IS NULL", name=op.f("ck_robots_files_one_answer")
        ),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_robots_files")),
        comment="What each host's robots.txt said, so that many workers ask for it once.",
    )


def downgrade() -> None:
    op.drop_table("robots_files")
    op.drop_index("ix_raw_pages_kept", "raw_pages")
    for table, column in (
        ("raw_pages", "pruned_at"),
        ("raw_pages", "last_used_at"),
        ("fetches", "licence_urls"),
        ("fetches", "tdm_policy_url"),
        ("fetches", "tdm_reserved"),
        ("fetches", "robots"),
        ("hosts", "max_in_flight"),
    ):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(column)
