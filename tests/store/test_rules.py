"""What the design relies on is refused by the database itself, whoever breaks it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from pipeline.dedup import judge
from pipeline.store.duplicates import cluster
from pipeline.store.transactions import transact
from tests.store.articles_fixture import NOW
from tests.store.test_articles import save

BROKEN: dict[str, tuple[str, dict[str, Any]]] = {
    "a revision of an article that was never written": ("UPDATE articles SET revision = 2", {}),
    "the newest revision goes": ("DELETE FROM article_revisions WHERE article_id = 1", {}),
    "an article's newest change is none of the feed": ("UPDATE articles SET change_seq = 99", {}),
    "a change goes that is an article's newest": ("DELETE FROM events", {}),
    "a change of a revision that there is not": (
        "INSERT INTO events (kind, article_id, revision, at) VALUES ('revised', 1, 7, :now)",
        {"now": NOW},
    ),
    "a change of a kind that nobody knows": ("UPDATE events SET kind = 'other'", {}),
    "an article in a cluster that there is not": (
        "UPDATE articles SET cluster_id = 3 WHERE id = 3",
        {},
    ),
    "a representative from outside of the cluster": (
        "UPDATE clusters SET representative_id = 3",
        {},
    ),
    "a representative that leaves its cluster": (
        "UPDATE articles SET cluster_id = NULL WHERE id = (SELECT representative_id FROM clusters)",
        {},
    ),
    "two revisions of one number": (
        "UPDATE article_revisions SET article_id = 1 WHERE article_id = 2",
        {},
    ),
    "a first revision that is not number 1": (
        "UPDATE article_revisions SET kind = 'edit' WHERE article_id = 1",
        {},
    ),
    "an author before the first": ("UPDATE article_authors SET position = 0", {}),
    "an image before the first": ("UPDATE article_images SET position = 0", {}),
    "a link before the first": ("UPDATE links SET position = 0", {}),
    "a citation that ends before it starts": ('UPDATE citations SET "end" = start - 1', {}),
    "a quote before the text": ("UPDATE quotes SET start = -1", {}),
    "a mention that ends before it starts": ('UPDATE mentions SET "end" = start - 1', {}),
    "an author of two names that are one": (
        "INSERT INTO authors (publisher_id, name, name_key)"
        " SELECT publisher_id, name, name_key FROM authors",
        {},
    ),
    "half a hash of an address": ("UPDATE urls SET key_hash = :hash", {"hash": b"short"}),
    "half a hash of a text": ("UPDATE articles SET content_hash = :hash", {"hash": b"short"}),
    "half a sketch": ("UPDATE fingerprints SET hashes = :hash", {"hash": b"short"}),
    "more overlap than all": ("UPDATE dup_edges SET jaccard = 1.01", {}),
    "a pair of copies the wrong way round": ("UPDATE dup_edges SET a_id = 2, b_id = 1", {}),
    "fewer words than none": ("UPDATE articles SET word_count = -1", {}),
    "a time that is not said to be of a zone": ("UPDATE articles SET published_zone = NULL", {}),
    "a withdrawal without a reason": ("UPDATE articles SET withdrawn_at = :now", {"now": NOW}),
    "an end without an outcome": ("UPDATE jobs SET outcome = NULL", {}),
    "work without a lease": (
        "UPDATE jobs SET state = 'running', outcome = NULL, ended_at = NULL, message = NULL",
        {},
    ),
    "a drop without a reason": ("UPDATE jobs SET outcome = 'dropped', reason = NULL", {}),
    "a part without its article": ("UPDATE links SET article_id = 99", {}),
    "a cursor before the beginning": (
        "INSERT INTO consumers VALUES ('early', -1, :now, :now)",
        {"now": NOW},
    ),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_the_database_refuses(engine: Engine, rule: str) -> None:
    ids = [save(engine, f"https://post.example/{number}").article_id for number in (1, 2)]
    alone = save(engine, "https://post.example/3", body_text="A story of its own. " * 30)
    transact(engine, lambda c: cluster(c, [*ids, alone.article_id], judge, NOW))
    statement, values = BROKEN[rule]
    with pytest.raises(IntegrityError), engine.begin() as connection:
        assert connection.execute(text(statement), values).rowcount, "it met no row"


def test_a_sequence_number_is_never_given_twice_on_sqlite(sqlite_url: str) -> None:
    """Also when the newest are gone: the table keeps AUTOINCREMENT through its migrations."""
    from pipeline.store.engine import open_engine

    engine = open_engine(sqlite_url)
    with engine.begin() as connection:
        [made] = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = 'events'"
        ).scalars()
    engine.dispose()
    assert "AUTOINCREMENT" in made
