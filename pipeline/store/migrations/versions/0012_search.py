"""The full-text index of the articles' newest revisions

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What it holds is made by the code: `copydesk db reindex` fills it for older articles.
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_documents"
            " USING fts5 (title, body, content = '', tokenize = 'ascii')"
        )
        return
    op.execute(
        "CREATE TABLE search_documents ("
        " article_id BIGINT CONSTRAINT pk_search_documents PRIMARY KEY"
        " CONSTRAINT fk_search_documents_article_id REFERENCES articles (id) ON DELETE CASCADE,"
        " terms TSVECTOR NOT NULL)"
    )
    op.execute("CREATE INDEX ix_search_documents_terms ON search_documents USING gin (terms)")


def downgrade() -> None:
    op.execute("DROP TABLE search_documents")
