"""Fingerprints as rows: what is kept of each article's text, and the keys that lead to it.

The key table is an index that we keep ourselves: it can be made again from the fingerprints, so
it has no foreign key, whose check would cost more than the row.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from operator import itemgetter
from sys import byteorder
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, bindparam, delete, func, select, union_all

from pipeline.models import Fingerprint
from pipeline.store.bulk import insert_rows
from pipeline.store.tables.articles import articles
from pipeline.store.tables.duplicates import dup_keys, fingerprints

if TYPE_CHECKING:
    from pipeline.store.articles import ToStore

LOOK_BACK_DAYS = 7
"""How far apart two copies may lie: resends come within days, and a week keeps templated reports
of other weeks out."""
MOST_CANDIDATES = 50
MOST_PER_KEY = 50
"""Articles looked at for one key. A key that more have is a sentence of the house, or of a story
with hundreds of copies, which are one cluster already: the first of them lead to it."""
NO_KEY = -1
"""Keys are not negative."""


@dataclass(frozen=True, slots=True)
class Known:
    """An article's text as it can be found and judged."""

    article_id: int
    revision: int
    publisher_id: int
    day: int
    fingerprint: Fingerprint


def day_of(published_at: datetime | None, seen_at: datetime) -> int:
    """The day by which copies are near each other: when the article was published, or first seen
    where that is not known or not possible. So an archive finds its copies whenever it comes in,
    and its weekly reports stay weeks apart."""
    return min(published_at or seen_at, seen_at).astimezone(UTC).toordinal()


def add_fingerprints(
    connection: Connection, stored: Sequence[tuple[int, ToStore]], known: Container[int]
) -> None:
    """Publish what these articles can be found by; for a known article in place of what an older
    revision had."""
    if revised := [one for one, _ in stored if one in known]:
        _forget(connection, revised)
    made = [
        (article_id, day_of(item.article.published_at, item.fetched_at), item.fingerprint)
        for article_id, item in stored
    ]
    sketches = [
        {
            "article_id": article_id,
            "day": day,
            "hashes": _pack(f.hashes),
            "shingles": f.shingles,
            "tokens": f.tokens,
            "figures": " ".join(sorted(f.figures)),
        }
        for article_id, day, f in made
    ]
    insert_rows(connection, fingerprints, sketches)
    keys = [
        {"key": key, "day": day, "article_id": article_id}
        for article_id, day, f in made
        for key in f.keys
    ]
    # In the order of the table: neighbours are written together.
    keys.sort(key=itemgetter("key", "article_id"))
    insert_rows(connection, dup_keys, keys)


def _forget(connection: Connection, article_ids: Collection[int]) -> None:
    old = stored_fingerprints(connection, article_ids).values()
    keys = [
        {"of_key": key, "of_day": one.day, "of_article": one.article_id}
        for one in old
        for key in one.fingerprint.keys
    ]
    if keys:
        row = dup_keys.c.key == bindparam("of_key")
        row &= dup_keys.c.day == bindparam("of_day")
        row &= dup_keys.c.article_id == bindparam("of_article")
        connection.execute(delete(dup_keys).where(row), keys)
    connection.execute(delete(fingerprints).where(fingerprints.c.article_id.in_(article_ids)))


def stored_fingerprints(connection: Connection, ids: Collection[int]) -> dict[int, Known]:
    """What is known of each of these articles' texts now."""
    rows = connection.execute(_STORED, {"ids": list(ids)})
    return {
        row.article_id: Known(
            row.article_id,
            row.revision,
            row.publisher_id,
            row.day,
            Fingerprint(
                bytes(row.content_hash),
                _unpack(row.hashes),
                row.shingles,
                row.tokens,
                frozenset(row.figures.split()),
            ),
        )
        for row in rows
    }


_STORED = (
    select(fingerprints, articles.c.content_hash, articles.c.publisher_id, articles.c.revision)
    .join(articles, articles.c.id == fingerprints.c.article_id)
    .where(fingerprints.c.article_id.in_(bindparam("ids", expanding=True)))
)


def candidates(connection: Connection, known: Known) -> list[int]:
    """Articles of about the same day that share keys with this one, those with most first."""
    keys = known.fingerprint.keys
    given = {f"key_{place}": key for place, key in enumerate(keys)}
    given |= {f"key_{place}": NO_KEY for place in range(len(keys), Fingerprint.KEY_COUNT)}
    given |= {"own": known.article_id}
    given |= {"first": known.day - LOOK_BACK_DAYS, "last": known.day + LOOK_BACK_DAYS}
    return list(connection.execute(_candidates(), given).scalars())


@cache
def _candidates() -> Select[Any]:
    def of(place: int) -> Select[Any]:
        near = (dup_keys.c.key == bindparam(f"key_{place}")) & dup_keys.c.day.between(
            bindparam("first"), bindparam("last")
        )
        found = select(dup_keys.c.article_id).where(near)
        found = found.order_by(dup_keys.c.day, dup_keys.c.article_id).limit(MOST_PER_KEY)
        return select(found.subquery().c.article_id)

    shared = union_all(*(of(place) for place in range(Fingerprint.KEY_COUNT))).subquery()
    return (
        select(shared.c.article_id)
        .where(shared.c.article_id != bindparam("own"))
        .group_by(shared.c.article_id)
        .order_by(func.count().desc(), shared.c.article_id)
        .limit(MOST_CANDIDATES)
    )


def _pack(hashes: Sequence[int]) -> bytes:
    packed = array("Q", hashes)
    if byteorder == "little":
        packed.byteswap()
    return packed.tobytes()


def _unpack(data: bytes) -> tuple[int, ...]:
    packed = array("Q", bytes(data))
    if byteorder == "little":
        packed.byteswap()
    return tuple(packed)
