"""Turns of hosts: who may be asked now, who asked for a pause, how a pause is forgiven.

Two looks, because a message may wait in the broker between them: the dispatcher takes a turn
when it sends a fetch, the worker asks once more when it begins it. Both are compare-and-set on
the row of the host, so any number of each may run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import CTE, Connection, bindparam, case, func, or_, select, update

from pipeline.store.given import TEXT, TIME, as_given, with_given
from pipeline.store.prepared import Prepared
from pipeline.store.tables.ledger import AT_FETCH, IN_FLIGHT, WAITING, hosts, jobs
from pipeline.store.types import UtcTime

LEAST_GAP = 0.9
"""Part of a host's interval that always lies between two turns, however late the first came."""
EARLY = 0.5
"""Part of an interval by which a request may come before its time: messages are not punctual.
The mean rate stays one an interval, and n intervals see at most n + 1 + EARLY requests."""
LEAST_SLOWED_SECONDS = 0.1
"""From what interval on a host is slowed down that had none worth the name."""
FORGIVENESS = 0.9
"""What is left of a slowed host's interval after each page that it served."""


@dataclass(frozen=True, slots=True)
class Due:
    """A job that may be sent now, starting at ``stage``."""

    job_id: int
    stage: str
    attempts: int
    again_at: datetime | None = None
    """When the host may be asked once more; None beyond the fetch stage."""
    kind: str = "article"


@dataclass(frozen=True, slots=True)
class Turn:
    """A host whose turn has come, and the job that may have it."""

    host: str
    planned: datetime
    following: datetime
    due: Due


_OF_HOST = hosts.c.host == bindparam("of_host")
_HOST = Prepared(
    select(hosts.c.blocked_until, hosts.c.ask_at, hosts.c.interval_seconds).where(_OF_HOST)
)
_ASK = update(hosts).where(_OF_HOST).values(ask_at=bindparam("following", type_=UtcTime))
_ASK_FIRST = Prepared(_ASK.where(hosts.c.ask_at.is_(None)))
_ASK_NEXT = Prepared(_ASK.where(hosts.c.ask_at == bindparam("planned", type_=UtcTime)))
_SERVED = Prepared(
    update(hosts)
    .where(_OF_HOST, hosts.c.interval_seconds != bindparam("floor"))
    .values(
        interval_seconds=case(
            (hosts.c.interval_seconds * FORGIVENESS < bindparam("floor"), bindparam("floor")),
            else_=hosts.c.interval_seconds * FORGIVENESS,
        )
    )
)


def due_turns(
    connection: Connection, now: datetime, room: int, host_max_in_flight: int
) -> list[Turn]:
    """Hosts whose turn has come and the fetch job that each may do, at most one a host.
    ``host_max_in_flight`` is for hosts whose source does not say how many it bears.

    The next turn is counted from the planned one, so that passes which come a little late do not
    slow a host down; but never less than ``LEAST_GAP`` of the interval lies between two turns,
    so that a long pause does not end in a burst.
    """
    given = {"now": now, "most_in_flight": host_max_in_flight, "room": room}
    turns = []
    for host, planned, seconds, job_id, attempts, kind in _hosts_in_turn().rows(connection, given):
        interval = timedelta(seconds=seconds)
        following = max(planned + interval, now + LEAST_GAP * interval)
        turns.append(
            Turn(host, planned, following, Due(job_id, "fetch", attempts, following, kind))
        )
    return turns


def take_turns(connection: Connection, turns: Sequence[Turn], now: datetime) -> list[Due]:
    """Take those of these turns that nobody else has taken since they were read, and of hosts
    that have not asked for a pause since; their jobs."""
    at = as_given(now)
    # In one order, or two dispatchers would wait for each other.
    rows = sorted((t.host, as_given(t.planned), as_given(t.following), at) for t in turns)
    ours = {host for (host,) in with_given(connection, _TAKE_TURN, _TURN, rows)}
    return [turn.due for turn in turns if turn.host in ours]


_TURN = {"host": TEXT, "planned": TIME, "following": TIME, "now": TIME}
_TAKE_TURN = """
    UPDATE hosts SET next_turn_at = given.following
    FROM {given}
    WHERE hosts.host = given.host AND hosts.next_turn_at = given.planned
        AND (hosts.blocked_until IS NULL OR hosts.blocked_until <= given.now)
    RETURNING hosts.host
"""


def _hosts_waited_for() -> CTE:
    """The hosts that fetches wait for: one step in ix_jobs_turn a host, however many jobs each has
    and however many hosts are known."""
    least = select(func.min(jobs.c.host).label("host")).where(AT_FETCH, WAITING)
    waited_for = least.cte("waited_for", recursive=True)
    following = least.where(jobs.c.host > waited_for.c.host).correlate(waited_for)
    return waited_for.union_all(
        select(following.scalar_subquery()).where(waited_for.c.host.is_not(None))
    )


@cache
def _hosts_in_turn() -> Prepared:
    now = bindparam("now", type_=UtcTime)
    not_blocked = hosts.c.blocked_until.is_(None) | (hosts.c.blocked_until <= now)
    waited_for = _hosts_waited_for()
    # One step in ix_jobs_turn: the highest priority, and the oldest of it.
    waiting = (
        select(jobs.c.id)
        .where(jobs.c.host == hosts.c.host, AT_FETCH, WAITING, jobs.c.next_at <= now)
        .order_by(jobs.c.priority.desc(), jobs.c.next_at)
        .limit(1)
        .correlate(hosts)
        .scalar_subquery()
    )
    # Spelt out, or both databases would ask again for every place that names the job.
    candidates = (
        select(
            hosts.c.host,
            hosts.c.next_turn_at,
            hosts.c.interval_seconds,
            hosts.c.max_in_flight,
            waiting.label("job_id"),
        )
        .where(hosts.c.host.in_(select(waited_for.c.host)))
        .where(hosts.c.next_turn_at <= now, not_blocked)
        .cte("candidates")
        .prefix_with("MATERIALIZED")
    )
    busy = (
        select(func.count())
        .where(jobs.c.host == candidates.c.host, AT_FETCH, IN_FLIGHT)
        .correlate(candidates)
        .scalar_subquery()
    )
    most = func.coalesce(candidates.c.max_in_flight, bindparam("most_in_flight"))
    return Prepared(
        select(
            candidates.c.host,
            candidates.c.next_turn_at,
            candidates.c.interval_seconds,
            candidates.c.job_id,
            jobs.c.attempts,
            jobs.c.kind,
        )
        .join(jobs, jobs.c.id == candidates.c.job_id)
        .where(busy < most)
        .order_by(candidates.c.next_turn_at)
        .limit(bindparam("room"))
    )


def ask(connection: Connection, host: str, now: datetime) -> datetime | None:
    """None when this worker may ask the host at this moment, and the moment is taken; else when
    to try again.

    The second look: messages that lay in the broker while no worker was there arrive together,
    and a host may have asked for a pause since they were sent.
    """
    found = _HOST.rows(connection, {"of_host": host})
    if not found:
        return None
    blocked_until, ask_at, seconds = found[0]
    if blocked_until is not None and blocked_until > now:
        blocked: datetime = blocked_until
        return blocked
    interval = timedelta(seconds=seconds)
    if not interval:
        return None
    on_time: datetime = ask_at or now
    # A time further off than one interval was written by a clock that has been set back since.
    if now + EARLY * interval < on_time <= now + 2 * interval:
        return on_time
    following = (max(on_time, now) if on_time <= now + 2 * interval else now) + interval
    take = _ASK_FIRST if ask_at is None else _ASK_NEXT
    if take.changed(connection, {"of_host": host, "planned": ask_at, "following": following}):
        return None
    return now + interval  # another worker took it in this very moment


def block_host(connection: Connection, host: str, until: datetime) -> None:
    """Nobody asks this host before ``until``; a longer block stays."""
    statement = (
        update(hosts)
        .where(hosts.c.host == host)
        .where(or_(hosts.c.blocked_until.is_(None), hosts.c.blocked_until < until))
        .values(blocked_until=until)
    )
    connection.execute(statement)


def slow_down(connection: Connection, host: str, factor: float, cap_seconds: float) -> None:
    """The host asked for less: its interval grows by ``factor``, up to the cap."""
    slower = hosts.c.interval_seconds * factor
    least = LEAST_SLOWED_SECONDS * factor
    statement = (
        update(hosts)
        .where(hosts.c.host == host, hosts.c.interval_seconds < cap_seconds)
        .values(
            interval_seconds=case(
                (slower > cap_seconds, cap_seconds), (slower < least, least), else_=slower
            )
        )
    )
    connection.execute(statement)


def served(connection: Connection, host: str, floor_seconds: float) -> None:
    """The host served a page: its interval returns a step towards ``floor_seconds``, the longer
    of our own least interval and the crawl-delay that its robots.txt asks for."""
    _SERVED.changed(connection, {"of_host": host, "floor": floor_seconds})
