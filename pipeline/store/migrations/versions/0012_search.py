"""The full-text index of the articles' newest revisions

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What they hold is made by the code: `copydesk db reindex` fills them for older articles.
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "search_documents",
        sa.Column("id", row_id, autoincrement=False, nullable=False),
        sa.Column("article_id", row_id, nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["id"], ["article_revisions.id"], name="fk_search_documents_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name="fk_search_documents_article_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_search_documents"),
        sa.UniqueConstraint("article_id", name="uq_search_documents_article_id"),
    )
    if is_sqlite:
        op.execute(
            "CREATE VIRTUAL TABLE search_terms"
            " USING fts5 (title, body, content = '', tokenize = 'ascii')"
        )
        return
    op.execute(
        "CREATE TABLE search_terms ("
        " document_id BIGINT CONSTRAINT pk_search_terms PRIMARY KEY CONSTRAINT"
        " fk_search_terms_document_id REFERENCES search_documents (id) ON DELETE CASCADE,"
        " terms TSVECTOR NOT NULL)"
        " WITH (toast_tuple_target = 128)"  # vectors apart, so that counting matches reads little
    )
    op.execute("CREATE INDEX ix_search_terms_terms ON search_terms USING gin (terms)")


def downgrade() -> None:
    op.execute("DROP TABLE search_terms")
    op.drop_table("search_documents")
