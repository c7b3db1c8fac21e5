"""Sources: what is known of each before a page is opened, kept as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from pipeline.codec import from_json, to_json
from pipeline.models import SourceProfile
from pipeline.store.dialect import insert
from pipeline.store.ledger.lists import sync_lists
from pipeline.store.tables.ledger import sources
from pipeline.urls import host_of, registrable_domain


def save_source(connection: Connection, profile: SourceProfile, now: datetime) -> int:
    """Add the source of that name or replace its profile; its row id. Its lists follow.

    Raises ``Drop("bad_url")`` for a list that cannot be asked for.
    """
    text = to_json(profile).decode()
    statement = insert(connection, sources).values(
        name=profile.name, profile=text, created_at=now, updated_at=now
    )
    statement = statement.on_conflict_do_update(
        index_elements=["name"], set_={"profile": text, "updated_at": now}
    )
    row_id: int = connection.execute(statement.returning(sources.c.id)).scalar_one()
    sync_lists(connection, row_id, profile, now)
    return row_id


def find_source(connection: Connection, name: str) -> int | None:
    """The row id of the source of that name, or None."""
    return connection.execute(
        select(sources.c.id).where(sources.c.name == name)
    ).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Standing:
    """A source by name: whether its lists may be polled, and if not, why."""

    source_id: int
    name: str
    hindrance: str | None
    """``paused``, ``disabled`` or ``removed``."""


def standings(connection: Connection) -> dict[str, Standing]:
    """Every source by its name."""
    return {
        row.name: Standing(row.id, row.name, _hindrance(row))
        for row in connection.execute(select(sources).order_by(sources.c.name))
    }


def _hindrance(row: Row[Any]) -> str | None:
    if row.removed_at is not None:
        return "removed"
    if row.paused_at is not None:
        return "paused"
    return "disabled" if row.disabled_at is not None else None


def source_profile(connection: Connection, source_id: int | None) -> SourceProfile | None:
    """The profile of that source, or None."""
    if source_id is None:
        return None
    found = connection.execute(select(sources.c.profile).where(sources.c.id == source_id))
    text = found.scalar_one_or_none()
    return None if text is None else from_json(SourceProfile, text)


def source_finder(connection: Connection) -> Callable[[str], int | None]:
    """A function from a host to the source that names it, or the nearest domain above it."""
    by_domain = {
        domain: row.id
        for row in connection.execute(
            select(sources.c.id, sources.c.profile).where(sources.c.removed_at.is_(None))
        )
        for domain in from_json(SourceProfile, row.profile).domains
    }

    def find(host: str) -> int | None:
        labels = host.split(".")
        parents = (".".join(labels[i:]) for i in range(len(labels)))
        return next((by_domain[domain] for domain in parents if domain in by_domain), None)

    return find


def finder_for_list(
    connection: Connection, source_id: int, list_url: str
) -> Callable[[str], int | None]:
    """As :func:`source_finder`, for what a list of this source names: its own domains first, then
    those of others, then the list's site. What is known of a source (its headers, its zone) is
    for its own pages alone, so that of another site gets none."""
    find = source_finder(connection)
    profile = source_profile(connection, source_id)
    site = registrable_domain(host_of(list_url))

    def find_or_own(host: str) -> int | None:
        if profile is not None and profile.is_own(host):
            return source_id
        found = find(host)
        return source_id if found is None and registrable_domain(host) == site else found

    return find_or_own
