"""Copies of a text in the database: exact ones while storing, near ones right after.

Near copies are found without a race by publishing before looking: the keys of an article are
committed with it, and only then, in a transaction of its own, it looks for others. Of two copies
stored at the same time at least one sees the other. Clusters merge to the least article id under
one lock, so whoever merges comes to the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, tuple_, update

from pipeline.models import Fingerprint, Judgement
from pipeline.store import events
from pipeline.store.dialect import insert
from pipeline.store.fingerprints import candidates, stored_fingerprints
from pipeline.store.tables.articles import articles
from pipeline.store.tables.duplicates import clusters, dup_edges

Judge = Callable[[Fingerprint, Fingerprint, bool], Judgement | None]

LEAST_EXACT_TOKENS = 10
"""A text shorter than this may be the same by chance ("Read more on our site")."""
CLUSTER_LOCK = 0x636F7079_636C7573  # "copyclus"


@dataclass(frozen=True, slots=True)
class Looked:
    """What one article's text, at that revision, turned out to be related to."""

    article_id: int
    revision: int
    related: tuple[tuple[int, Judgement], ...]


def exact_copies(
    connection: Connection, wanted: Sequence[Fingerprint]
) -> dict[bytes, tuple[int, str]]:
    """The oldest article with each text, by content hash: ``(row id, public id)``."""
    hashes = [f.content_hash for f in wanted if f.tokens >= LEAST_EXACT_TOKENS]
    if not hashes:
        return {}
    oldest = (
        select(func.min(articles.c.id))
        .where(articles.c.content_hash.in_(hashes))
        .group_by(articles.c.content_hash)
    )
    statement = select(articles.c.content_hash, articles.c.id, articles.c.public_id).where(
        articles.c.id.in_(oldest)
    )
    return {bytes(r.content_hash): (r.id, r.public_id) for r in connection.execute(statement)}


def not_compared(connection: Connection, limit: int) -> list[int]:
    """Articles whose keys are published and that have not looked for others yet."""
    statement = select(articles.c.id).where(articles.c.compared_at.is_(None))
    return list(connection.execute(statement.order_by(articles.c.id).limit(limit)).scalars())


def cluster(connection: Connection, article_ids: Sequence[int], judge: Judge, now: datetime) -> int:
    """Look for copies of committed articles and merge clusters; how many articles moved.

    Must run in a later transaction than the one that published the keys.
    """
    return merge(connection, look(connection, article_ids, judge), now)


def look(connection: Connection, article_ids: Sequence[int], judge: Judge) -> list[Looked]:
    """What these articles are copies of. Only reads, so that no writer waits for it."""
    known = stored_fingerprints(connection, article_ids)
    near = candidates(connection, list(known.values()))
    found = []
    for article_id, mine in sorted(known.items()):
        others = near.get(article_id, [])
        theirs = stored_fingerprints(connection, others) if others else {}
        judged = [
            (other, judge(mine.fingerprint, it.fingerprint, it.publisher_id == mine.publisher_id))
            for other, it in sorted(theirs.items())
        ]
        related = tuple((other, verdict) for other, verdict in judged if verdict is not None)
        found.append(Looked(article_id, mine.revision, related))
    return found


def merge(connection: Connection, found: Sequence[Looked], now: datetime) -> int:
    """Write down what a look found; how many articles moved to another cluster.

    An article that was revised since is left to be compared again. Locks are taken in one order,
    so that writers wait for each other and never deadlock: clusters, articles, events.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(CLUSTER_LOCK)))
    looked = [(one.article_id, one.revision) for one in found]
    done = update(articles).where(tuple_(articles.c.id, articles.c.revision).in_(looked))
    still = set(connection.execute(done.values(compared_at=now).returning(articles.c.id)).scalars())
    changes: dict[int, events.Change] = {}
    for one in found:
        if one.article_id not in still:
            continue
        for other_id, judged in one.related:
            _add_edge(connection, one.article_id, other_id, judged)
        copies = [other_id for other_id, judged in one.related if judged.relation == "copy"]
        if copies:
            changes |= _merge(connection, [one.article_id, *copies])
    events.append(connection, list(changes.values()), now)
    return len(changes)


def _add_edge(connection: Connection, one: int, other: int, judged: Judgement) -> None:
    statement = insert(connection, dup_edges).values(
        a_id=min(one, other),
        b_id=max(one, other),
        relation=judged.relation,
        jaccard=judged.jaccard,
        containment=judged.containment,
    )
    connection.execute(statement.on_conflict_do_nothing())


def _merge(connection: Connection, ids: Sequence[int]) -> dict[int, events.Change]:
    """Put these articles and their clusters into one, that of the least id; what moved, by id."""
    current = connection.execute(
        select(articles.c.id, articles.c.cluster_id).where(articles.c.id.in_(ids))
    ).all()
    roots = {row.cluster_id or row.id for row in current}
    members = connection.execute(
        select(articles.c.id, articles.c.cluster_id, articles.c.revision)
        .where(articles.c.cluster_id.in_(roots) | articles.c.id.in_([*ids, *roots]))
        .order_by(articles.c.id)
    ).all()
    root = members[0].id
    moving = [row for row in members if row.cluster_id != root]
    if not moving:
        return {}
    connection.execute(
        update(articles).where(articles.c.id.in_([r.id for r in moving])).values(cluster_id=root)
    )
    connection.execute(delete(clusters).where(clusters.c.id.in_(roots - {root})))
    statement = insert(connection, clusters).values(
        id=root, representative_id=_representative(connection, root)
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={"representative_id": statement.excluded.representative_id},
        )
    )
    return {row.id: events.Change("clustered", row.id, row.revision) for row in moving}


def _representative(connection: Connection, cluster_id: int) -> int:
    """The earliest of a cluster, then the longest, then the first stored."""
    earliest = func.coalesce(articles.c.published_at, articles.c.first_seen_at)
    statement = (
        select(articles.c.id)
        .where(articles.c.cluster_id == cluster_id)
        .order_by(earliest, articles.c.word_count.desc(), articles.c.id)
        .limit(1)
    )
    found: int = connection.execute(statement).scalar_one()
    return found
