"""A step's rights on a job: claim it, then move it on or let it wait (its end: ``ends.py``).

A claim is one UPDATE that takes a lease for the message which the dispatcher sent; any other
message finds nothing to do. Every write after it repeats the claim's facts in its WHERE
(compare-and-set), so a worker that was stopped past its lease changes nothing. ``attempt``
is the fencing token: it grows with every claim of the stage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, or_, update

from pipeline.store.prepared import Among, Prepared
from pipeline.store.tables.ledger import CHAINS, jobs
from pipeline.store.types import UtcTime


class ClaimLost(Exception):
    """A claim does not hold any more: what its transaction wrote is to be undone."""


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
    followed: bool = field(default=True, kw_only=True)
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
        "at_stage": stage,
        "by_message": message,
        "until": now + timedelta(seconds=lease_seconds),
    }
    if len(job_ids) == 1:
        rows = _CLAIM_ONE.rows(connection, given | {"job_id": job_ids[0]})
    else:
        rows = sorted(_CLAIM.rows(connection, given | {"job_ids": list(job_ids)}))
    return [Claim(*row, followed=followed) for row in rows]


def _claiming(which: ColumnElement[bool]) -> Prepared:
    takes_over = or_(
        jobs.c.attempts < bindparam("most"),
        jobs.c.lease_until <= bindparam("now", type_=UtcTime),
    )
    may = or_(jobs.c.state == "queued", (jobs.c.state == "running") & takes_over)
    of_message = jobs.c.message == bindparam("by_message")
    at_stage = jobs.c.stage == bindparam("at_stage")
    return Prepared(
        update(jobs)
        .where(which, at_stage, of_message, may)
        .values(
            state="running",
            attempts=jobs.c.attempts + 1,
            lease_until=bindparam("until", type_=UtcTime),
        )
        .returning(
            # In the order of Claim's fields.
            jobs.c.id,
            jobs.c.url_id,
            jobs.c.run_id,
            jobs.c.source_id,
            jobs.c.url,
            jobs.c.host,
            jobs.c.stage,
            jobs.c.attempts,
            jobs.c.message,
            jobs.c.fetch_id,
            jobs.c.kind,
        )
    )


_CLAIM = _claiming(Among(jobs.c.id, "job_ids"))
_CLAIM_ONE = _claiming(jobs.c.id == bindparam("job_id"))
_AS_CLAIMED = (
    (jobs.c.attempts == bindparam("held_attempt"))
    & (jobs.c.stage == bindparam("held_stage"))
    & (jobs.c.message == bindparam("held_message"))
    & (jobs.c.state == "running")
)
_MINE = (jobs.c.id == bindparam("held_id")) & _AS_CLAIMED
_OURS = Among(jobs.c.id, "held_ids") & _AS_CLAIMED


def _facts(claims: Sequence[Claim]) -> dict[str, Any]:
    """What every write repeats of its claims; they are of one message."""
    first = claims[0]
    ids = {"held_ids": [held.job_id for held in claims]}
    return ({"held_id": first.job_id} if len(claims) == 1 else ids) | {
        # Jobs go together at their first attempt only, so all have the same one.
        "held_attempt": first.attempt,
        "held_stage": first.stage,
        "held_message": first.message,
    }


@cache
def _setting(names: tuple[str, ...], one: bool) -> Prepared:
    """An UPDATE of these columns where one claim still holds, or several of one attempt."""
    values = {name: bindparam(f"new_{name}", type_=jobs.c[name].type) for name in names}
    return Prepared(update(jobs).where(_MINE if one else _OURS).values(values))


def set_where_held(connection: Connection, held: Claim, values: dict[str, Any]) -> bool:
    """Set columns of the job where the claim still holds; whether it did."""
    new = {f"new_{name}": value for name, value in values.items()}
    return _setting(tuple(values), True).changed(connection, _facts([held]) | new) == 1


_LOCK_ONE = Prepared(update(jobs).where(_MINE).values(lease_until=jobs.c.lease_until))
_LOCK = Prepared(update(jobs).where(_OURS).values(lease_until=jobs.c.lease_until))


def still_mine(connection: Connection, claims: Sequence[Claim]) -> list[Claim]:
    """Lock and return those claims that still hold. The rows stay locked until the transaction
    ends, so what is checked here is true at commit."""
    return [c for c in claims if _LOCK_ONE.changed(connection, _facts([c])) == 1]


def hold(connection: Connection, claims: Sequence[Claim]) -> None:
    """Lock the claims of one message, before writing what others would see of a worker that came
    late, or wait for. Raises :class:`ClaimLost` unless all of them hold."""
    lock = _LOCK_ONE if len(claims) == 1 else _LOCK
    require_all(lock.changed(connection, _facts(claims)), len(claims))


def move_on(connection: Connection, claims: Sequence[Claim], now: datetime, **values: Any) -> None:
    """To the next stage, all claims of one message; checks them and locks their rows, so nothing
    need be asked before. Raises :class:`ClaimLost` unless all of them hold.

    The chain sends the next stage's message itself; where it ends here, the jobs wait for the
    dispatcher, which gathers many of them in one message.
    """
    chain = CHAINS[claims[0].kind]
    following = chain[chain.index(claims[0].stage) + 1]
    if claims[0].followed:
        values |= {"state": "queued", "queued_at": now}
    else:
        values |= {"state": "waiting", "next_at": now, "message": None}
    values |= {"stage": following, "attempts": 0}
    values |= {"lease_until": None, "reason": None, "detail": None}
    given = _facts(claims) | {f"new_{name}": value for name, value in values.items()}
    moved = _setting(tuple(values), len(claims) == 1).changed(connection, given)
    require_all(moved, len(claims))


def require_all(held: int, asked: int) -> None:
    """Raises :class:`ClaimLost` when fewer claims hold than a statement was given."""
    if held != asked:
        raise ClaimLost(f"{asked - held} of {asked} claims do not hold any more")


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
    return set_where_held(connection, held, values)
