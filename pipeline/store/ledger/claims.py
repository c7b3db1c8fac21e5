"""A step's rights on a job: claim it, then move it on, let it wait, or end it.

A claim is one UPDATE that takes a lease for the message which the dispatcher sent; any other
message finds nothing to do. Every write after it repeats the claim's facts in its WHERE
(compare-and-set), so a worker that was stopped past its lease changes nothing. ``attempt``
is the fencing token: it grows with every claim of the stage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, or_, tuple_, update
from sqlalchemy.sql.dml import ReturningUpdate

from pipeline.store.ledger.polls import end_poll
from pipeline.store.tables.ledger import CHAINS, drafts, jobs
from pipeline.store.types import UtcTime


@dataclass(frozen=True, slots=True)
class Claim:
    """One job in the hands of one step."""

    job_id: int
    url_id: int
    run_id: int
    source_id: int | None
    url: str
    host: str
    stage: str
    attempt: int
    message: str
    fetch_id: int | None
    kind: str = "article"
    followed: bool = True
    """Whether the chain has a message for the next stage; if not, the job waits there."""


def claim(
    connection: Connection,
    job_ids: Sequence[int],
    stage: str,
    message: str,
    now: datetime,
    lease_seconds: float,
    *,
    followed: bool = True,
    most_takeovers: int,
) -> list[Claim]:
    """Those of ``job_ids`` that this message may work on now, oldest first.

    A redelivery of the same message takes over its own lease: its worker died, as far as the
    broker knows. From ``most_takeovers`` attempts on it waits for the lease to end instead, so
    that a message which was delivered many times cannot use up a job's attempts while one of
    them is at work. Counts one attempt each.
    """
    given = {
        "now": now,
        "most": most_takeovers,
        "job_ids": list(job_ids),
        "at_stage": stage,
        "by_message": message,
        "until": now + timedelta(seconds=lease_seconds),
    }
    rows = connection.execute(_CLAIM, given)
    claimed = (Claim(**row._mapping, followed=followed) for row in rows)
    return sorted(claimed, key=lambda held: held.job_id)


# Statements of every step are made once: making one costs more than SQLite takes to run it.
_CLAIM = (
    update(jobs)
    .where(
        jobs.c.id.in_(bindparam("job_ids", expanding=True)),
        jobs.c.stage == bindparam("at_stage"),
        jobs.c.message == bindparam("by_message"),
        jobs.c.state.in_(("queued", "running")),
        or_(
            jobs.c.state == "queued",
            jobs.c.attempts < bindparam("most"),
            jobs.c.lease_until <= bindparam("now", type_=UtcTime),
        ),
    )
    .values(
        state="running", attempts=jobs.c.attempts + 1, lease_until=bindparam("until", type_=UtcTime)
    )
    .returning(
        jobs.c.id.label("job_id"),
        jobs.c.url_id,
        jobs.c.run_id,
        jobs.c.source_id,
        jobs.c.url,
        jobs.c.host,
        jobs.c.stage,
        jobs.c.attempts.label("attempt"),
        jobs.c.message,
        jobs.c.fetch_id,
        jobs.c.kind,
    )
)
_MINE = (
    (jobs.c.id == bindparam("held_id"))
    & (jobs.c.attempts == bindparam("held_attempt"))
    & (jobs.c.stage == bindparam("held_stage"))
    & (jobs.c.message == bindparam("held_message"))
    & (jobs.c.state == "running")
)
_LOCK = update(jobs).where(_MINE).values(lease_until=jobs.c.lease_until).returning(jobs.c.id)


def _facts(held: Claim) -> dict[str, Any]:
    """What every write repeats of its claim."""
    return {
        "held_id": held.job_id,
        "held_attempt": held.attempt,
        "held_stage": held.stage,
        "held_message": held.message,
    }


@cache
def _setting(names: tuple[str, ...]) -> ReturningUpdate[tuple[int]]:
    """An UPDATE of these columns where one claim still holds."""
    values = {name: bindparam(f"new_{name}", type_=jobs.c[name].type) for name in names}
    return update(jobs).where(_MINE).values(values).returning(jobs.c.id)


def _set(connection: Connection, held: Claim, values: dict[str, Any]) -> bool:
    """Set columns of the job where the claim still holds; whether it did."""
    statement = _setting(tuple(values))
    new = {f"new_{name}": value for name, value in values.items()}
    return connection.execute(statement, _facts(held) | new).first() is not None


def _all_mine(claims: Sequence[Claim]) -> ColumnElement[bool]:
    """Several claims of one message, held still."""
    first = claims[0]
    held = jobs.c.stage == first.stage
    held &= jobs.c.state == "running"
    held &= jobs.c.message == first.message
    pairs = [(c.job_id, c.attempt) for c in claims]
    return held & tuple_(jobs.c.id, jobs.c.attempts).in_(pairs)


def still_mine(connection: Connection, claims: Sequence[Claim]) -> list[Claim]:
    """Lock and return those claims that still hold; call it before writing any output.

    The rows stay locked until the transaction ends, so what is checked here is true at commit.
    """
    if not claims:
        return []
    if len(claims) == 1:
        locked = connection.execute(_LOCK, _facts(claims[0])).first()
        return [] if locked is None else list(claims)
    statement = update(jobs).where(_all_mine(claims)).values(lease_until=jobs.c.lease_until)
    held = set(connection.execute(statement.returning(jobs.c.id)).scalars())
    return [c for c in claims if c.job_id in held]


def move_on(
    connection: Connection, claims: Sequence[Claim], now: datetime, **values: Any
) -> list[int]:
    """To the next stage; the ids that really moved.

    The chain sends the next stage's message itself; where it ends here, the jobs wait for the
    dispatcher, which gathers many of them in one message.
    """
    if not claims:
        return []
    chain = CHAINS[claims[0].kind]
    following = chain[chain.index(claims[0].stage) + 1]
    if claims[0].followed:
        values |= {"state": "queued", "queued_at": now}
    else:
        values |= {"state": "waiting", "next_at": now, "message": None}
    values |= {"stage": following, "attempts": 0}
    values |= {"lease_until": None, "reason": None, "detail": None}
    if len(claims) == 1:
        return [claims[0].job_id] if _set(connection, claims[0], values) else []
    statement = update(jobs).where(_all_mine(claims)).values(**values)
    return list(connection.execute(statement.returning(jobs.c.id)).scalars())


def end(
    connection: Connection,
    held: Claim,
    outcome: str,
    now: datetime,
    *,
    reason: str | None = None,
    detail: str | None = None,
    article_id: int | None = None,
) -> bool:
    """The one end of a job; False when the claim no longer holds and nothing was written. With a
    list's job ends its poll.

    The draft of a dead job is kept: it is the input that someone will want to see.
    """
    values = {
        "state": "ended",
        "outcome": outcome,
        "reason": reason,
        "detail": detail,
        "article_id": article_id,
        "ended_at": now,
        "lease_until": None,
        "message": None,
    }
    ended = _set(connection, held, values)
    if ended and outcome != "dead" and held.stage in ("enrich", "store"):
        connection.execute(delete(drafts).where(drafts.c.job_id == held.job_id))
    if ended and held.kind == "list":
        end_poll(connection, held.job_id, outcome, reason, now)
    return ended


def wait(
    connection: Connection,
    held: Claim,
    next_at: datetime,
    *,
    reason: str | None = None,
    detail: str | None = None,
    counts: bool = True,
) -> bool:
    """Back to waiting until ``next_at``. ``counts=False`` gives the attempt back: the step did
    not really try (it was stopped, the database was away)."""
    values = {
        "state": "waiting",
        "next_at": next_at,
        "reason": reason,
        "detail": detail,
        "attempts": held.attempt - (0 if counts else 1),
        "lease_until": None,
        "message": None,
    }
    return _set(connection, held, values)
