"""What a look for copies costs among a million articles: p50 and p99 on either database.

    python -m benchmarks.dedup_scale [--articles 1000000] [--looks 2000] [--db sqlite|postgres]

The table of keys is filled with so many articles of random keys, spread over ``--days`` days, as
fast as the database takes them. A part of them is what makes a real table hard: a tenth carries
one of twenty keys of a house text, so that the commonest key stands at thousands of articles a
week, and one story has 2,000 copies. Then articles are looked up as the store does it: the keys
of one article to the articles near its day that share most of them (``candidates``); every
tenth asked for is a new copy, every tenth has keys of a house text. ``p99_cpu_ms`` is the CPU of
this process alone: all of a look on SQLite, its Python on PostgreSQL; on a machine that others
keep busy it says more than the clock. The last line is JSON.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text

from benchmarks.storm import database
from pipeline.models import Fingerprint
from pipeline.store.bulk import insert_rows
from pipeline.store.engine import open_engine
from pipeline.store.fingerprints import Known, candidates
from pipeline.store.tables.duplicates import dup_keys
from pipeline.store.transactions import transact

KEYS = Fingerprint.KEY_COUNT
FIRST_DAY = 730_000
BATCH = 500_000
HOUSE_KEYS = tuple(range(1, 21))
STORY_KEYS = tuple(range(1000, 1000 + KEYS))
STORY_COPIES = 2000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--looks", type=int, default=2000)
    parser.add_argument("--db", choices=("sqlite", "postgres"), default="sqlite")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="copydesk-keys-") as name,
        database(given.db, Path(name)) as (url, _),
    ):
        engine = open_engine(url)
        result = measure(engine, given.articles, given.days, given.looks)
        engine.dispose()
    print(json.dumps({"db": given.db, "articles": given.articles, "days": given.days} | result))
    return int(result["p99_ms"] >= 10)


def keys_of(article_id: int, articles: int) -> tuple[int, ...]:
    """The keys of an article; the same for every call."""
    if article_id % (articles // STORY_COPIES) == 0:
        return STORY_KEYS
    chance = random.Random(article_id)
    keys = [chance.getrandbits(62) + 2**62 for _ in range(KEYS)]
    if article_id % 10 == 1:
        keys[0] = chance.choice(HOUSE_KEYS)
    return tuple(keys)


def day_of(article_id: int, articles: int, days: int) -> int:
    return FIRST_DAY + article_id * days // articles


def rows(articles: int, days: int) -> Iterator[dict[str, int]]:
    for article_id in range(1, articles + 1):
        day = day_of(article_id, articles, days)
        for key in keys_of(article_id, articles):
            yield {"key": key, "day": day, "article_id": article_id}


def measure(engine: Engine, articles: int, days: int, looks: int) -> dict[str, Any]:
    begun = time.monotonic()
    source = rows(articles, days)
    # In the order of the table, a large piece at a time: a tree that is filled at random is
    # written many times over, which is not what is measured here.
    while batch := list(itertools.islice(source, BATCH)):
        batch.sort(key=lambda row: row["key"])
        transact(engine, lambda c, b=batch: insert_rows(c, dup_keys, b))
        print(f"{batch[-1]['article_id']} articles", file=sys.stderr, flush=True)
    built = time.monotonic() - begun
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE dup_keys"))
    chance = random.Random(7)
    times, busy = [], []
    for number in range(looks + 50):
        known = asked(number, chance, articles, days)
        started, used = time.perf_counter(), time.thread_time()
        found = transact(engine, lambda c, k=known: candidates(c, [k]), read_only=True)
        if number >= 50:  # the first ones warm up
            times.append(1000 * (time.perf_counter() - started))
            busy.append(1000 * (time.thread_time() - used))
        if number % 10 == 0 and not found:
            raise AssertionError("a copy was not found")
    times.sort()
    busy.sort()
    return {
        "p50_ms": round(times[len(times) // 2], 2),
        "p99_ms": round(times[len(times) * 99 // 100], 2),
        "most_ms": round(times[-1], 2),
        "p99_cpu_ms": round(busy[len(busy) * 99 // 100], 2),
        "build_seconds": round(built),
        "size_mb": round(transact(engine, size, read_only=True) / 2**20),
    }


def asked(number: int, chance: random.Random, articles: int, days: int) -> Known:
    """An article that is not in the table: a copy of one, one with a house text, or a stranger."""
    like = chance.randrange(1, articles)
    keys = [chance.getrandbits(62) + 2**62 for _ in range(KEYS)]
    if number % 10 == 0:
        keys[: KEYS * 2 // 3] = keys_of(like, articles)[: KEYS * 2 // 3]
    elif number % 10 == 1:
        keys[:3] = chance.sample(HOUSE_KEYS, 3)
    elif number % 100 == 2:
        keys = list(STORY_KEYS)
    text_of = Fingerprint(b"", tuple(keys), 1000, 1000, frozenset())
    return Known(articles + 1, 1, 1, day_of(like, articles, days), text_of)


def size(connection: Connection) -> int:
    """Bytes of the table with its index."""
    asks = {
        "sqlite": "SELECT sum(pgsize) FROM dbstat WHERE name = 'dup_keys'",
        "postgresql": "SELECT pg_total_relation_size('dup_keys')",
    }
    try:
        return int(connection.execute(text(asks[connection.dialect.name])).scalar_one())
    except Exception:  # a SQLite without dbstat: the file is hardly anything else
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        return int(pages) * int(connection.execute(text("PRAGMA page_size")).scalar_one())


if __name__ == "__main__":
    sys.exit(main())
