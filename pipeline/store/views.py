"""What readers see: views with a version. Columns are only ever added to a version.

On PostgreSQL they stand in the schema ``news_v1`` (``news_v1.articles``); SQLite has no schemas,
so there their names begin with ``v1_`` (``v1_articles``). A reader joins them by ``article_id``,
the public id.
"""

from __future__ import annotations

from sqlalchemy import Connection

VIEWS_V1: dict[str, str] = {
    "articles": """
        SELECT a.public_id AS article_id, a.url, a.canonical_url, p.domain AS publisher_domain,
               p.name AS publisher, a.revision, a.headline, a.subheadline, a.body_text,
               a.language, a.section, a.access, a.article_type, a.published_at,
               a.published_precision, a.published_zone, a.published_offset_minutes,
               a.published_raw, a.modified_at, a.word_count, a.reading_minutes,
               c.public_id AS cluster_id, r.public_id AS representative_id,
               a.first_seen_at, a.last_seen_at, a.withdrawn_at, a.withdrawn_reason, a.change_seq,
               a.evidence, a.extractor, a.truncated
        FROM articles a
        JOIN publishers p ON p.id = a.publisher_id
        LEFT JOIN articles c ON c.id = a.cluster_id
        LEFT JOIN clusters k ON k.id = a.cluster_id
        LEFT JOIN articles r ON r.id = k.representative_id""",
    "revisions": """
        SELECT a.public_id AS article_id, v.revision, v.kind, v.headline, v.extractor, v.changes,
               v.created_at, v.note
        FROM article_revisions v JOIN articles a ON a.id = v.article_id""",
    "authors": """
        SELECT a.public_id AS article_id, x.position, n.name, x.name_raw, x.role
        FROM article_authors x
        JOIN articles a ON a.id = x.article_id JOIN authors n ON n.id = x.author_id""",
    "images": """
        SELECT a.public_id AS article_id, x.position, x.url, x.caption, x.credit, x.role
        FROM article_images x JOIN articles a ON a.id = x.article_id""",
    "tags": """
        SELECT a.public_id AS article_id, t.kind, t.name
        FROM article_tags x
        JOIN articles a ON a.id = x.article_id JOIN tags t ON t.id = x.tag_id""",
    "links": """
        SELECT a.public_id AS article_id, x.position, x.url, x.domain, x.text
        FROM links x JOIN articles a ON a.id = x.article_id""",
    "citations": """
        SELECT a.public_id AS article_id, x.position, x.outlet, x.domain, x.sentence,
               x.start AS start_offset,
               x."end" AS end_offset, x.cue
        FROM citations x JOIN articles a ON a.id = x.article_id""",
    "quotes": """
        SELECT a.public_id AS article_id, x.position, x.text, x.speaker, x.start AS start_offset,
               x."end" AS end_offset
        FROM quotes x JOIN articles a ON a.id = x.article_id""",
    "entities": """
        SELECT a.public_id AS article_id, e.type, e.name, m.text, m.start AS start_offset,
               m."end" AS end_offset
        FROM mentions m
        JOIN articles a ON a.id = m.article_id JOIN entities e ON e.id = m.entity_id""",
    "copies": """
        SELECT a.public_id AS article_id, b.public_id AS other_id, x.relation, x.jaccard,
               x.containment
        FROM dup_edges x JOIN articles a ON a.id = x.a_id JOIN articles b ON b.id = x.b_id""",
    "rights": """
        SELECT a.public_id AS article_id, f.fetched_at, f.robots AS robots_directives,
               f.tdm_reserved, f.tdm_policy_url, f.licence_urls
        FROM articles a
        JOIN fetches f ON f.id = (
            SELECT max(x.id) FROM urls u JOIN fetches x ON x.url_id = u.id
            WHERE u.article_id = a.id AND x.raw_sha256 IS NOT NULL)""",
    "changes": """
        SELECT v.seq, v.kind, a.public_id AS article_id, v.revision, v.at
        FROM events v JOIN articles a ON a.id = v.article_id""",
}
"""Name and SELECT of every view of version 1."""


def create_views(connection: Connection) -> None:
    """Make the views of version 1, after the last migration.

    PostgreSQL replaces a view in place, so that grants on it and readers' own views over it
    survive; it allows that only while columns are added at the end of the list.
    """
    on_postgres = connection.dialect.name == "postgresql"
    if on_postgres:
        connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS news_v1")
    create = "CREATE OR REPLACE VIEW" if on_postgres else "CREATE VIEW"
    for name, query in VIEWS_V1.items():
        connection.exec_driver_sql(f"{create} {view_name(connection, name)} AS {query}")


def drop_views(connection: Connection) -> None:
    """Take the views away, so that the tables that they name can change.

    On PostgreSQL readers' grants go with them.
    """
    for name in reversed(VIEWS_V1):
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {view_name(connection, name)}")


def view_name(connection: Connection, name: str) -> str:
    """``news_v1.articles`` on PostgreSQL, ``v1_articles`` on SQLite."""
    return f"news_v1.{name}" if connection.dialect.name == "postgresql" else f"v1_{name}"
