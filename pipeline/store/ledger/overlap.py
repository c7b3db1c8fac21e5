"""Whether two polls of a list overlap: if not, articles may have come and gone between them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from pipeline.store.ledger.notices import clear_notice, raise_notice
from pipeline.store.ledger.polls import PolledList
from pipeline.store.tables.lists import lists, polls

KEPT = 1_000
"""Entries of a list, from its top, that are remembered until the next poll."""
WIDTH = 8
"""Bytes of a key's hash that are kept: two of 50,000 agree by chance once in ten billion polls."""


def note_overlap(
    connection: Connection,
    polled: PolledList,
    keys: Sequence[bytes],
    now: datetime,
    *,
    new: Collection[bytes],
    skipped: int = 0,
) -> bool:
    """Remember what the list names now; whether it is a gap that nothing is left of what it named
    before. An empty list shows nothing and changes nothing. ``skipped``: entries known from
    before without their keys. Where the last entry, the oldest, is not among the ``new``, it is no
    gap when its hub told of news since: those between were told then."""
    if not keys:
        return False
    before = _keys_in(polled.last_keys or b"")
    gap = bool(before) and not skipped and before.isdisjoint(key[:WIDTH] for key in keys)
    gap = gap and not (keys[-1] not in new and _was_pushed(connection, polled))
    kept = b"".join(key[:WIDTH] for key in keys[:KEPT])
    if kept != polled.last_keys:
        connection.execute(update(lists).where(lists.c.id == polled.list_id).values(last_keys=kept))
    if gap:
        told = f"of {len(before)} entries of the poll before none is left among {len(keys)}"
        raise_notice(connection, polled.source_id, "gap", polled.url, told, now)
    elif before:
        clear_notice(connection, polled.source_id, "gap", polled.url, now)
    return gap


def _was_pushed(connection: Connection, polled: PolledList) -> bool:
    """Whether its hub told of news since the list was last read."""
    listed = (polls.c.list_id == polled.list_id) & (polls.c.outcome == "listed")
    read = select(func.max(polls.c.id)).where(listed, ~polls.c.pushed).scalar_subquery()
    told = select(polls.c.id).where(listed, polls.c.pushed, polls.c.id > func.coalesce(read, 0))
    return connection.execute(told.limit(1)).first() is not None


def note_portion(
    connection: Connection, polled: PolledList, read: bytes | None, left_over: int
) -> None:
    """Remember what was dealt with. With entries left over the list is due at once, unless they
    grow no fewer: one that spells its addresses anew each time waits for its next time."""
    due = left_over if not polled.left_over or left_over < polled.left_over else 0
    if (read, due) != (polled.read_entries, polled.left_over):
        of_list = update(lists).where(lists.c.id == polled.list_id)
        connection.execute(of_list.values(read_entries=read, left_over=due))


def _keys_in(kept: bytes) -> set[bytes]:
    return {kept[i : i + WIDTH] for i in range(0, len(kept), WIDTH)}
