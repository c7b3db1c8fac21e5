"""Sources: what is known of each before a page is opened, kept as data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, select

from pipeline.codec import from_json, to_json
from pipeline.models import SourceProfile
from pipeline.store.dialect import insert
from pipeline.store.ledger.lists import sync_lists
from pipeline.store.tables.ledger import sources


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
        for row in connection.execute(select(sources.c.id, sources.c.profile))
        for domain in from_json(SourceProfile, row.profile).domains
    }

    def find(host: str) -> int | None:
        labels = host.split(".")
        parents = (".".join(labels[i:]) for i in range(len(labels)))
        return next((by_domain[domain] for domain in parents if domain in by_domain), None)

    return find
