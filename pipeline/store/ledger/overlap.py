"""Whether two polls of a list overlap: if not, articles may have come and gone between them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, update

from pipeline.store.ledger.notices import clear_notice, raise_notice
from pipeline.store.ledger.polls import PolledList
from pipeline.store.tables.lists import lists

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
    skipped: int = 0,
) -> bool:
    """Remember what the list names now; whether it is a gap that nothing is left of what it named
    before. An empty list shows nothing and changes nothing. ``skipped``: entries known from
    before without their keys."""
    if not keys:
        return False
    before = set(_in_order(polled.last_keys or b""))
    gap = bool(before) and not skipped and before.isdisjoint(key[:WIDTH] for key in keys)
    _keep(connection, polled, keys)
    if gap:
        told = f"of {len(before)} entries of the poll before none is left among {len(keys)}"
        raise_notice(connection, polled.source_id, "gap", polled.url, told, now)
    elif before:
        clear_notice(connection, polled.source_id, "gap", polled.url, now)
    return gap


def note_pushed(connection: Connection, polled: PolledList, keys: Sequence[bytes]) -> None:
    """Remember what the list's hub told, beside what the list named: news that roll over between
    two polls are no gap when they were pushed."""
    told = [key[:WIDTH] for key in keys]
    known = set(told)
    before = [key for key in _in_order(polled.last_keys or b"") if key not in known]
    _keep(connection, polled, [*told, *before])


def note_portion(
    connection: Connection, polled: PolledList, read: bytes | None, left_over: int
) -> None:
    """Remember what was dealt with. With entries left over the list is due at once, unless they
    grow no fewer: one that spells its addresses anew each time waits for its next time."""
    due = left_over if not polled.left_over or left_over < polled.left_over else 0
    if (read, due) != (polled.read_entries, polled.left_over):
        of_list = update(lists).where(lists.c.id == polled.list_id)
        connection.execute(of_list.values(read_entries=read, left_over=due))


def _keep(connection: Connection, polled: PolledList, keys: Sequence[bytes]) -> None:
    kept = b"".join(key[:WIDTH] for key in keys[:KEPT])
    if kept != polled.last_keys:
        connection.execute(update(lists).where(lists.c.id == polled.list_id).values(last_keys=kept))


def _in_order(kept: bytes) -> list[bytes]:
    return [kept[i : i + WIDTH] for i in range(0, len(kept), WIDTH)]
