"""Accepting URLs: the moment from which nothing may vanish.

Every line given becomes exactly one job. What cannot be worked on (no URL, another spelling of
one in the same run, already on its way) ends at once with its reason, so that the account of a
run always adds up to the number of lines given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, case, or_, select, update

from pipeline.errors import Drop
from pipeline.store.dialect import insert
from pipeline.store.ledger.pace import Pace, paces
from pipeline.store.tables.ledger import hosts, jobs, runs, urls
from pipeline.urls import host_of, normalize_url, url_key

BATCH = 500
"""URLs per statement: well under SQLite's limit of 32,766 bound values."""

LONGEST_LINE = 16_384
"""Characters of a line; twice what servers take as a request line (8,190 in Apache's default)."""


@dataclass(frozen=True, slots=True)
class Live:
    """A job that has just begun, for the text given at ``index``."""

    job_id: int
    url_id: int
    index: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """One line as given, what it is as a URL, and its identity."""

    text: str
    url: str
    key_hash: bytes
    host: str
    refusal: Drop | None = None


@lru_cache(maxsize=2**12)  # a batch asks for each of its addresses several times
def key_hash(url: str) -> bytes:
    """SHA-256 of the URL's identity key: what ``urls.key_hash`` holds."""
    return hashlib.sha256(url_key(url).encode("utf-8", "surrogatepass")).digest()


def accept(
    connection: Connection,
    run_id: int,
    texts: Sequence[str],
    now: datetime,
    *,
    host_interval_seconds: float,
    source_of: Callable[[str], int | None] = lambda host: None,
    priority: int = 0,
    repeats: bool = False,
) -> list[Live]:
    """Make one job of every text; those that are now to be worked on.

    ``source_of`` names the source of a host; ``repeats`` says that the run may ask for a URL
    again that it asked for before. Safe against another acceptance of the same URLs
    at the same time: the database allows one live job per URL.
    """
    live: list[Live] = []
    # Counted apart from the jobs: only so can the account miss one.
    more = update(runs).where(runs.c.id == run_id).values(accepted=runs.c.accepted + len(texts))
    connection.execute(more)
    for start in range(0, len(texts), BATCH):
        candidates = [read_line(text) for text in texts[start : start + BATCH]]
        url_ids = url_ids_of(connection, candidates, now)
        add_hosts(connection, candidates, now, host_interval_seconds)
        seen = set() if repeats else _already_in_run(connection, run_id, url_ids.values())
        rows, ended, index_of = [], [], {}
        for index, candidate in enumerate(candidates, start):
            url_id = url_ids[candidate.key_hash]
            row = _row(candidate, url_id, run_id, now, priority, source_of(candidate.host))
            if candidate.refusal:
                ended.append(_end(row, "dropped", candidate.refusal))
            elif url_id in seen:
                ended.append(_end(row, "duplicate", Drop("same_url")))
            else:
                seen.add(url_id)
                index_of[url_id] = index
                rows.append(row)
        started, taken = _start(connection, rows)
        live += [Live(job_id, url_id, index_of[url_id]) for job_id, url_id in started]
        ended += [_end(row, "duplicate", Drop("in_flight")) for row in taken]
        if ended:
            connection.execute(jobs.insert(), ended)
    return live


def read_line(text: str) -> Candidate:
    """What a line is; a refusal when it is no URL. Total."""
    if len(text) > LONGEST_LINE:
        cut = f"{text[:500]}… ({len(text)} characters)"
        return Candidate(cut, cut, key_hash(cut), "", Drop("bad_url", f"{len(text)} characters"))
    try:
        url = normalize_url(text)
    except Drop as refusal:
        return Candidate(text, text, key_hash(text), "", refusal)
    return Candidate(text, url, key_hash(url), host_of(url))


def url_ids_of(
    connection: Connection, candidates: Sequence[Candidate], now: datetime
) -> dict[bytes, int]:
    """Rows of ``urls`` for every key, new or old. Sorted, so that two writers cannot deadlock."""
    new = {
        c.key_hash: {"key_hash": c.key_hash, "url": c.url, "host": c.host, "first_seen_at": now}
        for c in candidates
    }
    statement = insert(connection, urls).on_conflict_do_nothing(index_elements=["key_hash"])
    connection.execute(statement, [new[key] for key in sorted(new)])
    found = select(urls.c.key_hash, urls.c.id).where(urls.c.key_hash.in_(list(new)))
    return {bytes(row.key_hash): row.id for row in connection.execute(found)}


def add_hosts(
    connection: Connection, candidates: Iterable[Candidate], now: datetime, interval: float
) -> None:
    """Rows of ``hosts`` for those that are new, at the pace of their source or else at ours.

    What a source asks of a host that is known already holds from now on; a shorter interval comes
    by itself, a step with each page that the host serves.
    """
    names = sorted({c.host for c in candidates if c.refusal is None})
    if not names:
        return
    paced = paces(connection, names)
    statement = insert(connection, hosts).on_conflict_do_nothing(index_elements=["host"])
    rows = [_host(name, now, interval, paced.get(name, Pace())) for name in names]
    connection.execute(statement, rows)
    for row in rows:
        if row["host"] in paced:
            most, longer = row["max_in_flight"], row["interval_seconds"]
            slower = hosts.c.interval_seconds < longer
            other = or_(hosts.c.max_in_flight.is_distinct_from(most), slower)
            known = update(hosts).where(hosts.c.host == row["host"], other)
            interval_seconds = case((slower, longer), else_=hosts.c.interval_seconds)
            connection.execute(known.values(max_in_flight=most, interval_seconds=interval_seconds))


def _host(name: str, now: datetime, interval: float, pace: Pace) -> dict[str, Any]:
    of_source = pace.interval_seconds
    return {
        "host": name,
        "next_turn_at": now,
        "interval_seconds": interval if of_source is None else of_source,
        "max_in_flight": pace.max_in_flight,
    }


def _already_in_run(connection: Connection, run_id: int, url_ids: Iterable[int]) -> set[int]:
    wanted = select(jobs.c.url_id).where(jobs.c.run_id == run_id, jobs.c.url_id.in_(list(url_ids)))
    return set(connection.execute(wanted).scalars())


def _row(
    candidate: Candidate,
    url_id: int,
    run_id: int,
    now: datetime,
    priority: int,
    source_id: int | None,
) -> dict[str, Any]:
    return {
        "url_id": url_id,
        "run_id": run_id,
        "source_id": source_id,
        "url": candidate.url,
        "host": candidate.host,
        "state": "waiting",
        "priority": priority,
        "next_at": now,
        "accepted_at": now,
    }


def _end(row: dict[str, Any], outcome: str, why: Drop) -> dict[str, Any]:
    return row | {
        "state": "ended",
        "outcome": outcome,
        "reason": why.reason,
        "detail": why.detail or None,
        "ended_at": row["accepted_at"],
    }


def _start(
    connection: Connection, rows: Sequence[dict[str, Any]]
) -> tuple[list[tuple[int, int]], list[dict[str, Any]]]:
    """Insert live jobs as ``(job id, url id)``; rows whose URL has one already come second."""
    if not rows:
        return [], []
    statement = insert(connection, jobs).on_conflict_do_nothing()
    started = connection.execute(statement.returning(jobs.c.id, jobs.c.url_id), list(rows)).all()
    taken = {row.url_id for row in started}
    refused = [row for row in rows if row["url_id"] not in taken]
    return [(row.id, row.url_id) for row in started], refused
