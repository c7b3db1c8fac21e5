"""What the design relies on is refused by the database when it is broken

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

from typing import Any

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_SPAN = 'start >= 0 AND "end" >= start'
CHECKS: dict[str, dict[str, str]] = {
    "article_authors": {"position": "position >= 1"},
    "article_images": {"position": "position >= 1"},
    "links": {"position": "position >= 1"},
    "citations": {"position": "position >= 1", "span": _SPAN},
    "quotes": {"position": "position >= 1", "span": _SPAN},
    "mentions": {"span": _SPAN},
    "articles": {"counts": "word_count >= 0 AND reading_minutes >= 0"},
    "article_revisions": {"revision": "revision >= 1", "content_hash": "length(content_hash) = 32"},
    "events": {},
    "fingerprints": {
        "counts": "shingles >= 0 AND tokens >= 0",
        "hashes": "length(hashes) % 8 = 0",
    },
    "dup_edges": {
        "jaccard": "jaccard >= 0 AND jaccard <= 1",
        "containment": "containment >= 0 AND containment <= 1",
    },
    "clusters": {},
    "urls": {"key_hash": "length(key_hash) = 32"},
}
_LATER: Any = {"deferrable": True, "initially": "DEFERRED"}


def upgrade() -> None:
    op.drop_index("ix_articles_cluster_id", "articles")
    for table, checks in CHECKS.items():
        with op.batch_alter_table(table, table_kwargs=_kept(table)) as batch:
            for name, text in checks.items():
                batch.create_check_constraint(op.f(f"ck_{table}_{name}"), text)
            if table == "articles":
                batch.drop_constraint(op.f("fk_articles_cluster_id"), type_="foreignkey")
                batch.create_unique_constraint(
                    op.f("uq_articles_cluster_id_id"), ["cluster_id", "id"]
                )
            if table == "clusters":
                batch.drop_constraint(op.f("fk_clusters_representative_id"), type_="foreignkey")
    _foreign_keys(create=True)


def downgrade() -> None:
    _foreign_keys(create=False)
    for table, checks in CHECKS.items():
        with op.batch_alter_table(table, table_kwargs=_kept(table)) as batch:
            for name in checks:
                batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            if table == "articles":
                batch.drop_constraint(op.f("uq_articles_cluster_id_id"), type_="unique")
                batch.create_foreign_key(
                    op.f("fk_articles_cluster_id"), "articles", ["cluster_id"], ["id"]
                )
            if table == "clusters":
                name = op.f("fk_clusters_representative_id")
                batch.create_foreign_key(name, "articles", ["representative_id"], ["id"])
    op.create_index("ix_articles_cluster_id", "articles", ["cluster_id"])


KEYS: tuple[tuple[str, str, list[str], list[str], Any], ...] = (
    ("events", "article_revisions", ["article_id", "revision"], ["article_id", "revision"], {}),
    ("articles", "article_revisions", ["id", "revision"], ["article_id", "revision"], _LATER),
    ("articles", "events", ["change_seq"], ["seq"], _LATER),
    ("articles", "clusters", ["cluster_id"], ["id"], _LATER),
    ("clusters", "articles", ["id", "representative_id"], ["cluster_id", "id"], _LATER),
)


def _foreign_keys(*, create: bool) -> None:
    """Those between tables that name each other; checked at the commit where the rows of both
    are written in one transaction."""
    for table in ("events", "articles", "clusters"):
        with op.batch_alter_table(table, table_kwargs=_kept(table)) as batch:
            for source, target, columns, referred, when in KEYS:
                name = op.f(f"fk_{source}_{'_'.join(columns)}")
                if source == table and create:
                    batch.create_foreign_key(name, target, columns, referred, **when)
                elif source == table:
                    batch.drop_constraint(name, type_="foreignkey")


def _kept(table: str) -> dict[str, Any]:
    return {"sqlite_autoincrement": True} if table == "events" else {}
