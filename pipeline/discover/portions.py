"""Long lists in portions: which entries of one were dealt with, and which are this poll's.

A sitemap may name 50,000 addresses, nearly all of them those of yesterday. They are told by a
short hash of the address as it stands there, long before one is normalized or looked up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from pipeline.discover.found import Entry

FIRST = 1_000
"""Entries that are looked at in every poll."""
MOST_UNREAD = 10_000
"""Entries below the first :data:`FIRST` that one poll deals with: about three seconds of work."""
WIDTH = 8
"""Bytes of an address's hash."""


@dataclass(frozen=True, slots=True)
class Portion:
    """What one poll deals with. ``read`` remembers all that is dealt with after it, ``skipped``
    is how many entries were before it, ``left_over`` how many are not."""

    entries: tuple[Entry, ...]
    read: bytes | None
    skipped: int
    left_over: int


def portion(entries: Sequence[Entry], read_before: bytes | None) -> Portion:
    """The first entries always, for they show whether the list rolled over; of the others the
    newest that were not dealt with, those without a date behind them in the list's order."""
    if len(entries) <= FIRST:
        return Portion(tuple(entries), None, 0, 0)
    before = _marks(read_before or b"")
    marks = [blake2b(entry.url.encode(), digest_size=WIDTH).digest() for entry in entries]
    unread = [i for i in range(FIRST, len(entries)) if marks[i] not in before]
    if len(unread) > MOST_UNREAD:
        unread.sort(key=lambda i: _age(entries[i]))
    mine = {*range(FIRST), *unread[:MOST_UNREAD]}
    later = set(unread[MOST_UNREAD:])
    return Portion(
        entries=tuple(entries[i] for i in sorted(mine)),
        read=b"".join(mark for i, mark in enumerate(marks) if i not in later),
        skipped=len(entries) - len(mine) - len(later),
        left_over=len(later),
    )


def _marks(kept: bytes) -> set[bytes]:
    return {kept[i : i + WIDTH] for i in range(0, len(kept), WIDTH)}


def _age(entry: Entry) -> float:
    return -entry.dated.timestamp() if entry.dated else float("inf")
