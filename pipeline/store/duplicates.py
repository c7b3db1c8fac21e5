"""Copies of a text in the database: exact ones while storing, near ones right after.

Near copies are found without a race by publishing before looking: the keys of an article are
committed with it, and only then, in a transaction of its own, it looks for others. Of two copies
stored at the same time at least one sees the other. Clusters merge to the least article id under
one lock, so whoever merges comes to the same result.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Container, Sequence
from datetime import datetime, timedelta
from sys import byteorder

from sqlalchemy import Connection, bindparam, delete, func, select, update

from pipeline.models import Fingerprint, Judgement
from pipeline.store import events
from pipeline.store.bulk import insert_rows
from pipeline.store.dialect import insert
from pipeline.store.tables.articles import articles
from pipeline.store.tables.duplicates import clusters, dup_edges, dup_keys, fingerprints

Judge = Callable[[Fingerprint, Fingerprint, bool], Judgement | None]

LOOK_BACK = timedelta(days=7)
"""How far apart two copies may have been seen first: resends come within days, and a week keeps
templated reports of other weeks out."""
MOST_CANDIDATES = 50
LEAST_EXACT_TOKENS = 10
"""A text shorter than this may be the same by chance ("Read more on our site")."""
CLUSTER_LOCK = 0x636F7079_636C7573  # "copyclus"

_CANDIDATES = (
    select(dup_keys.c.article_id)
    .where(
        dup_keys.c.key.in_(
            select(dup_keys.c.key).where(dup_keys.c.article_id == bindparam("looking"))
        ),
        dup_keys.c.article_id != bindparam("looking"),
        dup_keys.c.first_seen_at >= bindparam("since"),
    )
    .group_by(dup_keys.c.article_id)
    .order_by(func.count().desc(), dup_keys.c.article_id)
    .limit(MOST_CANDIDATES)
)


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


def add_fingerprints(
    connection: Connection,
    made: Sequence[tuple[int, Fingerprint]],
    known: Container[int],
    now: datetime,
) -> None:
    """Publish what these articles can be found by; for a known article in place of what an older
    revision had."""
    if revised := [one for one, _ in made if one in known]:
        for table in (dup_keys, fingerprints):
            connection.execute(delete(table).where(table.c.article_id.in_(revised)))
    sketches = [
        {
            "article_id": article_id,
            "hashes": _pack(f.hashes),
            "shingles": f.shingles,
            "tokens": f.tokens,
            "figures": " ".join(sorted(f.figures)),
        }
        for article_id, f in made
    ]
    insert_rows(connection, fingerprints, sketches)
    keys = [
        {"key": key, "article_id": article_id, "first_seen_at": now}
        for article_id, f in made
        for key in f.keys
    ]
    insert_rows(connection, dup_keys, keys)


def not_compared(connection: Connection, limit: int) -> list[int]:
    """Articles whose keys are published and that have not looked for others yet."""
    statement = select(articles.c.id).where(articles.c.compared_at.is_(None))
    return list(connection.execute(statement.order_by(articles.c.id).limit(limit)).scalars())


def cluster(connection: Connection, article_ids: Sequence[int], judge: Judge, now: datetime) -> int:
    """Look for copies of committed articles and merge clusters; how many articles moved.

    Must run in a later transaction than the one that published the keys. Locks are taken in one
    order, so that writers wait for each other and never deadlock: clusters, articles, events.
    """
    found = {one: _related(connection, one, judge, now) for one in article_ids}
    changes: dict[int, events.Change] = {}
    if any(found.values()) and connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(CLUSTER_LOCK)))
    for article_id, related in found.items():
        for other_id, judged in related:
            _add_edge(connection, article_id, other_id, judged)
        copies = [other_id for other_id, judged in related if judged.relation == "copy"]
        if copies:
            changes |= _merge(connection, [article_id, *copies])
    done = update(articles).where(articles.c.id.in_(list(article_ids))).values(compared_at=now)
    connection.execute(done)
    events.append(connection, list(changes.values()), now)
    return len(changes)


def _related(
    connection: Connection, article_id: int, judge: Judge, now: datetime
) -> list[tuple[int, Judgement]]:
    asked = {"looking": article_id, "since": now - LOOK_BACK}
    others = list(connection.execute(_CANDIDATES, asked).scalars())
    if not others:
        return []
    loaded = stored_fingerprints(connection, [article_id, *others])
    mine, my_publisher = loaded[article_id]
    judged = (
        (other, judge(mine, loaded[other][0], loaded[other][1] == my_publisher)) for other in others
    )
    return [(other, found) for other, found in judged if found is not None]


def stored_fingerprints(
    connection: Connection, ids: Collection[int]
) -> dict[int, tuple[Fingerprint, int]]:
    """Of each of these articles the fingerprint of its text now, and its publisher's row id."""
    statement = (
        select(fingerprints, articles.c.content_hash, articles.c.publisher_id)
        .join(articles, articles.c.id == fingerprints.c.article_id)
        .where(fingerprints.c.article_id.in_(ids))
    )
    return {
        row.article_id: (
            Fingerprint(
                bytes(row.content_hash),
                _unpack(row.hashes),
                row.shingles,
                row.tokens,
                frozenset(row.figures.split()),
            ),
            row.publisher_id,
        )
        for row in connection.execute(statement)
    }


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


def _pack(hashes: Sequence[int]) -> bytes:
    packed = array("Q", hashes)
    if byteorder == "little":
        packed.byteswap()
    return packed.tobytes()


def _unpack(data: bytes) -> tuple[int, ...]:
    packed = array("Q", bytes(data))
    if byteorder == "little":
        packed.byteswap()
    return tuple(packed)
