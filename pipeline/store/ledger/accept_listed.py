"""Accepting what a list names: addresses that nobody ever gave us before, and nothing else.

Two lists may name the same new address at the same moment. Whoever writes its row of ``urls``
first accepts it; the other finds it known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, or_, select, update

from pipeline.store.dialect import insert
from pipeline.store.ledger.accept import BATCH, Candidate, add_hosts
from pipeline.store.tables.ledger import jobs, runs, urls


@dataclass(frozen=True, slots=True)
class Listed:
    """An address as a list names it, with what the list says of the article. ``list_kind`` is the
    document's (rss, urlset, page, ...); ``has_time`` that ``published_at`` is more than a day."""

    candidate: Candidate
    list_kind: str
    title: str = ""
    published_at: datetime | None = None
    has_time: bool = False
    changed_at: datetime | None = None
    priority: int = 0


def known_keys(connection: Connection, keys: Sequence[bytes]) -> set[bytes]:
    """Those keys of which an article was accepted, or is known under another address."""
    found: set[bytes] = set()
    for start in range(0, len(keys), BATCH):
        some = urls.c.key_hash.in_(list(keys[start : start + BATCH]))
        rows = connection.execute(select(urls.c.key_hash).where(some, _KNOWN)).scalars()
        found.update(bytes(key) for key in rows)
    return found


_KNOWN = or_(
    urls.c.article_id.is_not(None),
    exists().where(jobs.c.url_id == urls.c.id, jobs.c.kind == "article"),
)


def accept_listed(
    connection: Connection,
    run_id: int,
    list_id: int,
    listed: Sequence[Listed],
    now: datetime,
    *,
    host_interval_seconds: float,
    source_of: Callable[[str], int | None],
) -> int:
    """Make a job of each address that is new; how many were. Each key at most once in ``listed``,
    none a refusal."""
    url_ids = _new_url_ids(connection, [one.candidate for one in listed], now)
    fresh = [one for one in listed if one.candidate.key_hash in url_ids]
    add_hosts(connection, [one.candidate for one in fresh], now, host_interval_seconds)
    accepted = 0
    for start in range(0, len(fresh), BATCH):
        rows = [
            {
                "url_id": url_ids[one.candidate.key_hash],
                "run_id": run_id,
                "source_id": source_of(one.candidate.host),
                "list_id": list_id,
                "url": one.candidate.url,
                "host": one.candidate.host,
                "hint_title": one.title or None,
                "hint_kind": one.list_kind,
                "hint_published_at": one.published_at,
                "hint_has_time": one.has_time,
                "hint_changed_at": one.changed_at,
                "state": "waiting",
                "priority": one.priority,
                "next_at": now,
                "accepted_at": now,
            }
            for one in fresh[start : start + BATCH]
        ]
        statement = insert(connection, jobs).on_conflict_do_nothing().returning(jobs.c.id)
        accepted += len(connection.execute(statement, rows).all())
    if accepted:
        more = update(runs).where(runs.c.id == run_id)
        connection.execute(more.values(accepted=runs.c.accepted + accepted))
    return accepted


def _new_url_ids(
    connection: Connection, candidates: Iterable[Candidate], now: datetime
) -> dict[bytes, int]:
    """Ids of the rows of ``urls`` that are ours to accept, by key."""
    rows = {
        c.key_hash: {"key_hash": c.key_hash, "url": c.url, "host": c.host, "first_seen_at": now}
        for c in candidates
    }
    keys = sorted(rows)  # in one order through all batches, so that two writers cannot deadlock
    found: dict[bytes, int] = {}
    for start in range(0, len(keys), BATCH):
        some = keys[start : start + BATCH]
        statement = insert(connection, urls).on_conflict_do_nothing(index_elements=["key_hash"])
        returning = statement.returning(urls.c.key_hash, urls.c.id)
        made = connection.execute(returning, [rows[key] for key in some])
        found |= {bytes(row.key_hash): row.id for row in made}
        old = [key for key in some if key not in found]
        if old:  # seen as a list, say, and never as an article
            unknown = select(urls.c.key_hash, urls.c.id).where(urls.c.key_hash.in_(old), ~_KNOWN)
            found |= {bytes(row.key_hash): row.id for row in connection.execute(unknown)}
    return found
