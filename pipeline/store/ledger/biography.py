"""One URL's whole life: seen where and when, each fetch, each attempt, why waiting, which row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, false, func, select

from pipeline.store.ledger.accept import key_hash
from pipeline.store.tables.articles import articles, rechecks
from pipeline.store.tables.ledger import attempts, hosts, jobs, runs, sources, urls
from pipeline.store.tables.lists import lists, polls
from pipeline.store.tables.pages import fetches
from pipeline.urls import host_of, url_key


def biography(connection: Connection, url: str) -> dict[str, Any] | None:
    """Everything the ledger knows of a URL (any spelling), as plain values; None if never seen.

    Keys: ``url``, ``url_key``, ``host``, ``first_seen_at``, ``article`` (public id, headline,
    revision, ``next_check``), ``turn`` (the host's next), ``jobs`` (newest first, each with
    ``fetches`` and ``attempts``).
    """
    found = connection.execute(
        select(
            urls,
            articles.c.public_id,
            articles.c.headline,
            articles.c.revision,
            rechecks.c.due_at.label("next_check"),
        )
        .select_from(
            urls.outerjoin(articles, articles.c.id == urls.c.article_id).outerjoin(
                rechecks, rechecks.c.article_id == articles.c.id
            )
        )
        .where(urls.c.key_hash == key_hash(url))
    ).one_or_none()
    if found is None:
        return None
    return {
        "url": found.url,
        "url_key": url_key(url),
        "host": found.host,
        "first_seen_at": found.first_seen_at,
        "article": None
        if found.public_id is None
        else {
            "id": found.public_id,
            "headline": found.headline,
            "revision": found.revision,
            "next_check": found.next_check,
        },
        "turn": _turn(connection, host_of(url)),
        "jobs": _jobs(connection, found.id),
    }


def _turn(connection: Connection, host: str) -> dict[str, Any] | None:
    columns = (hosts.c.next_turn_at, hosts.c.interval_seconds, hosts.c.blocked_until)
    row = connection.execute(select(*columns).where(hosts.c.host == host)).one_or_none()
    return None if row is None else dict(row._mapping)


def _jobs(connection: Connection, url_id: int) -> list[dict[str, Any]]:
    statement = (
        select(
            jobs.c.id,
            runs.c.public_id.label("run"),
            sources.c.name.label("source"),
            jobs.c.url,
            jobs.c.stage,
            jobs.c.state,
            jobs.c.attempts,
            jobs.c.next_at,
            jobs.c.lease_until,
            jobs.c.outcome,
            jobs.c.reason,
            jobs.c.detail,
            jobs.c.accepted_at,
            jobs.c.ended_at,
            lists.c.url.label("named_by"),
            jobs.c.hint_title.label("named_title"),
            jobs.c.hint_published_at.label("named_date"),
            func.coalesce(polls.c.pushed, false()).label("pushed"),
            jobs.c.hint_changed_at.label("named_change"),
        )
        .select_from(
            jobs.join(runs, runs.c.id == jobs.c.run_id)
            .outerjoin(sources, sources.c.id == jobs.c.source_id)
            .outerjoin(lists, lists.c.id == jobs.c.list_id)
            .outerjoin(polls, polls.c.job_id == jobs.c.id)
        )
        .where(jobs.c.url_id == url_id)
        .order_by(jobs.c.id.desc())
    )
    return [
        dict(row._mapping)
        | {"fetches": fetches_of(connection, row.id), "attempts": attempts_of(connection, row.id)}
        for row in connection.execute(statement).all()
    ]


def fetches_of(connection: Connection, job_id: int) -> list[dict[str, Any]]:
    """Every answer to a fetch of the job, oldest first."""
    statement = (
        select(
            fetches.c.fetched_at,
            fetches.c.status,
            fetches.c.final_url,
            fetches.c.charset,
            fetches.c.wire_bytes,
            fetches.c.elapsed_seconds,
            fetches.c.raw_sha256,
        )
        .where(fetches.c.job_id == job_id)
        .order_by(fetches.c.id)
    )
    return [dict(row._mapping) for row in connection.execute(statement)]


def attempts_of(connection: Connection, job_id: int) -> list[dict[str, Any]]:
    """Every attempt at the job that did not simply move it on, oldest first."""
    statement = (
        select(
            attempts.c.at,
            attempts.c.stage,
            attempts.c.attempt,
            attempts.c.result,
            attempts.c.reason,
            attempts.c.detail,
        )
        .where(attempts.c.job_id == job_id)
        .order_by(attempts.c.id)
    )
    return [dict(row._mapping) for row in connection.execute(statement)]
