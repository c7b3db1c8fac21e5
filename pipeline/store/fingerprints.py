"""Fingerprints as rows: what is kept of each article's text, and the keys that lead to it.

The key table is an index that we keep ourselves: it can be made again from the fingerprints, so
it has no foreign key, whose check would cost more than the row.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from sys import byteorder

from sqlalchemy import Connection, bindparam, delete, select

from pipeline.models import Fingerprint
from pipeline.store.bulk import insert_rows
from pipeline.store.given import NUMBER, with_given
from pipeline.store.items import ToStore
from pipeline.store.tables.articles import articles
from pipeline.store.tables.duplicates import dup_keys, fingerprints

LOOK_BACK_DAYS = 7
"""How far apart two copies may lie: resends come within days, and a week keeps templated reports
of other weeks out."""
MOST_CANDIDATES = 50
MOST_PER_KEY = 50
"""Articles looked at for one key. A key that more have is a sentence of the house, or of a story
with hundreds of copies, which are one cluster already: the first of them lead to it."""


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


def candidates(connection: Connection, looking: Sequence[Known]) -> dict[int, list[int]]:
    """For each of these, articles of about the same day that share keys with it, those with most
    first; an article that has none is not named."""
    asked = [
        (one.article_id, key, one.day - LOOK_BACK_DAYS, one.day + LOOK_BACK_DAYS)
        for one in looking
        for key in one.fingerprint.keys
    ]
    columns = dict.fromkeys(("own", "wanted", "first_day", "last_day"), NUMBER)
    found: dict[int, list[int]] = {}
    for own, other in with_given(connection, _candidates(connection.dialect.name), columns, asked):
        found.setdefault(own, []).append(other)
    return found


def _candidates(database: str) -> str:
    of_key = (
        "SELECT article_id FROM dup_keys WHERE key = given.wanted"
        " AND day BETWEEN given.first_day AND given.last_day"
        f" ORDER BY day, article_id LIMIT {MOST_PER_KEY}"
    )
    # SQLite has no LATERAL: there the list of each key is one value, taken apart again.
    shared = {
        "sqlite": "SELECT own, value AS other FROM (SELECT own,"
        f" (SELECT json_group_array(article_id) FROM ({of_key})) AS found FROM {{given}})"
        ", json_each(found)",
        "postgresql": "SELECT own, k.article_id AS other FROM {given}"
        f" CROSS JOIN LATERAL ({of_key}) k",
    }
    return (
        "SELECT own, other FROM (SELECT own, other, row_number() OVER"
        " (PARTITION BY own ORDER BY count(*) DESC, other) AS place"
        f" FROM ({shared[database]}) AS shared WHERE other <> own GROUP BY own, other) AS ranked"
        f" WHERE place <= {MOST_CANDIDATES} ORDER BY own, place"
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
