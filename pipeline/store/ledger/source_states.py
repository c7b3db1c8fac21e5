"""What people do to a source: keep it, pause it, resume it, remove it; and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, func, select, update

from pipeline.codec import from_json
from pipeline.models import SourceProfile
from pipeline.store.ledger.lists import enable_lists
from pipeline.store.ledger.sources import save_source
from pipeline.store.ledger.subscriptions import is_leased, state_at
from pipeline.store.tables.ledger import jobs, sources
from pipeline.store.tables.lists import lists, subscriptions


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A source and how it stands. ``state`` is active, paused (by a person), disabled (by the
    system, which says why) or removed."""

    source_id: int
    profile: SourceProfile
    origin: str
    state: str
    reason: str | None
    since: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class KnownList:
    """One list of a source, and what its polls came to."""

    kind: str
    url: str
    next_due: datetime | None
    last_listed_at: datetime | None
    last_new_at: datetime | None
    failures: int
    disabled_reason: str | None
    hub: str | None
    """Whom the list names to push its news."""
    push: str | None
    """How it stands with the hub: ``wanted``, ``pending``, ``active`` or ``refused``."""
    push_reason: str | None
    pushed_until: datetime | None
    last_push_at: datetime | None


def keep_source(
    connection: Connection, profile: SourceProfile, origin: str, now: datetime, *, paused: bool
) -> int:
    """Add a source or replace its profile; one that was removed is there again. A source that is
    known stays paused or not as it was, unless it is to be ``paused``."""
    source_id = save_source(connection, profile, now)
    paused_at = func.coalesce(sources.c.paused_at, now) if paused else sources.c.paused_at
    connection.execute(
        update(sources)
        .where(sources.c.id == source_id)
        .values(origin=origin, removed_at=None, paused_at=paused_at)
    )
    return source_id


def pause_source(connection: Connection, source_id: int, now: datetime) -> None:
    """No list of it is polled until a person resumes it; what was accepted goes on."""
    statement = update(sources).where(sources.c.id == source_id)
    connection.execute(
        statement.values(paused_at=func.coalesce(sources.c.paused_at, now), updated_at=now)
    )


def resume_source(connection: Connection, source_id: int, now: datetime) -> None:
    """Its lists are polled again, also where the system had given them up."""
    statement = update(sources).where(sources.c.id == source_id)
    connection.execute(statement.values(paused_at=None, updated_at=now))
    enable_lists(connection, source_id, now)


def remove_source(connection: Connection, source_id: int, now: datetime) -> None:
    """It is polled no more and belongs to no host; its articles and its history stay."""
    statement = update(sources).where(sources.c.id == source_id)
    connection.execute(
        statement.values(removed_at=func.coalesce(sources.c.removed_at, now), updated_at=now)
    )


def restore_source(connection: Connection, source_id: int, now: datetime) -> None:
    """One that was removed is there again."""
    there = (sources.c.id == source_id) & sources.c.removed_at.is_not(None)
    connection.execute(update(sources).where(there).values(removed_at=None, updated_at=now))


def known_sources(connection: Connection, *, removed: bool = False) -> list[KnownSource]:
    """Every source by name; those that were removed only when asked for."""
    statement = select(sources).order_by(sources.c.name)
    if not removed:
        statement = statement.where(sources.c.removed_at.is_(None))
    return [_known(row) for row in connection.execute(statement)]


def known_source(connection: Connection, name: str) -> KnownSource | None:
    """The source of that name, removed or not."""
    row = connection.execute(select(sources).where(sources.c.name == name)).one_or_none()
    return None if row is None else _known(row)


def known_lists(connection: Connection, source_id: int, now: datetime) -> list[KnownList]:
    """The lists of a source that it names, or that its sitemap indexes do."""
    s = subscriptions.c
    of_source = (lists.c.source_id == source_id) & lists.c.removed_at.is_(None)
    statement = (
        select(
            lists.c.kind,
            lists.c.url,
            lists.c.next_due,
            lists.c.last_listed_at,
            lists.c.last_new_at,
            lists.c.failures,
            lists.c.disabled_reason,
            s.hub,
            state_at(now).label("push"),
            s.reason.label("push_reason"),
            case((is_leased(now), s.lease_until)).label("pushed_until"),
            s.last_push_at,
        )
        .outerjoin(subscriptions, s.list_id == lists.c.id)
        .where(of_source)
        .order_by(lists.c.id)
    )
    return [KnownList(**row._mapping) for row in connection.execute(statement)]


def outcomes_of(connection: Connection, source_id: int) -> dict[str, int]:
    """How many of the source's articles ended how; ``pending`` are under way."""
    outcome = case((jobs.c.outcome.is_(None), "pending"), else_=jobs.c.outcome)
    statement = (
        select(outcome.label("outcome"), func.count().label("number"))
        .where(jobs.c.source_id == source_id, jobs.c.kind == "article")
        .group_by(outcome)
    )
    return {row.outcome: row.number for row in connection.execute(statement)}


def active_lists(connection: Connection, source_ids: Sequence[int]) -> dict[int, int]:
    """How many lists each source has that may be polled."""
    statement = (
        select(lists.c.source_id, func.count().label("number"))
        .where(
            lists.c.source_id.in_(list(source_ids)),
            lists.c.removed_at.is_(None),
            lists.c.disabled_at.is_(None),
        )
        .group_by(lists.c.source_id)
    )
    return {row.source_id: row.number for row in connection.execute(statement)}


def _known(row: Row[Any]) -> KnownSource:
    states = (
        ("removed", row.removed_at, None),
        ("paused", row.paused_at, None),
        ("disabled", row.disabled_at, row.disabled_reason),
    )
    state, since, reason = next((s for s in states if s[1] is not None), ("active", None, None))
    return KnownSource(
        source_id=row.id,
        profile=from_json(SourceProfile, row.profile),
        origin=row.origin,
        state=state,
        reason=reason,
        since=since,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
