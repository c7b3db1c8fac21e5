"""The pace that a source sets for its hosts: least interval, most requests at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from pipeline.codec import from_json
from pipeline.store.tables.ledger import sources


@dataclass(frozen=True, slots=True)
class Pace:
    """A part of a source's profile: what it says of its hosts. None is the setting's."""

    domains: tuple[str, ...] = ()
    interval_seconds: float | None = None
    max_in_flight: int | None = None


def paces(connection: Connection, hosts: Iterable[str]) -> dict[str, Pace]:
    """The pace of each host that belongs to a source, by the nearest domain that one names."""
    profiles = connection.execute(
        select(sources.c.profile).where(sources.c.removed_at.is_(None))
    ).scalars()
    by_domain = {
        domain: pace
        for text in profiles
        for pace in [from_json(Pace, text)]
        for domain in pace.domains
    }
    if not by_domain:
        return {}
    found: dict[str, Pace] = {}
    for host in hosts:
        labels = host.split(".")
        above = (".".join(labels[i:]) for i in range(len(labels)))
        pace = next((by_domain[domain] for domain in above if domain in by_domain), None)
        if pace is not None:
            found[host] = pace
    return found
