"""What the memories of hosts must hold when every page of theirs ends in one oath."""

from __future__ import annotations

from sqlalchemy import Connection, select

from pipeline.models import Block
from pipeline.repeated import Repeated, from_bytes, times_seen
from pipeline.store.tables.pages import host_repeats
from tests.faults.site import OATH

_OATH = Block("paragraph", OATH, 0, len(OATH))


def memories(connection: Connection) -> dict[str, Repeated]:
    """What is remembered of each host."""
    rows = connection.execute(select(host_repeats.c.host, host_repeats.c.seen))
    return {row.host: from_bytes(bytes(row.seen)) for row in rows}


def miscounted(connection: Connection) -> dict[str, Repeated]:
    """Memories that hold an article twice, or in part. What all articles end in must be counted as
    often as there are articles, what is one's own once, and no article known by one name twice."""
    return {host: memory for host, memory in memories(connection).items() if not _is_right(memory)}


def _is_right(memory: Repeated) -> bool:
    of_oath = times_seen(_OATH, memory.counts)
    own = sorted(memory.counts.values())[:-1]
    return (
        memory.articles == of_oath > 0
        and set(own) <= {1}
        and len(memory.names) == len(set(memory.names))
    )
