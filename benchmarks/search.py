"""Search over many articles: what the index costs to write, and how long questions take.

    python -m benchmarks.search [--articles 100000] [--db sqlite|postgres]

Articles have 400 words by Zipf's law out of 60,000; a question is asked 40 times, each time with
other words of its kind, a first page of 20 with snippets. Times in ms.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.storm import database
from pipeline.models import EnrichedArticle
from pipeline.search import parse_query
from pipeline.store.bulk import insert_rows
from pipeline.store.engine import Connection, Engine, open_engine
from pipeline.store.filters import Filters
from pipeline.store.search_index import index_articles, words_of
from pipeline.store.searching import search
from pipeline.store.tables import articles as t
from pipeline.store.tables.events import events
from pipeline.store.tables.ledger import jobs, runs, urls
from pipeline.store.tables.pages import fetches
from pipeline.store.transactions import transact

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BATCH, WORDS, VOCABULARY = 500, 400, 60_000
dice = random.Random(1)
vocabulary = [f"{''.join(dice.choices('aeioulnrstkm', k=7))}{n}" for n in range(VOCABULARY)]
weights = list(itertools.accumulate(1 / (n + 2) for n in range(VOCABULARY)))


def text(words: int) -> str:
    return " ".join(dice.choices(vocabulary, cum_weights=weights, k=words))


def fill(engine: Engine, number: int) -> Iterator[float]:
    """Store articles without their parts; the seconds that indexing each batch took."""
    run = {"id": 1, "public_id": "r", "kind": "ingest", "created_at": NOW}
    transact(engine, lambda c: insert_rows(c, runs, [run]))
    publishers = [{"id": n, "domain": f"p{n}.example", "name": f"P{n}"} for n in range(1, 201)]
    transact(engine, lambda c: insert_rows(c, t.publishers, publishers))
    for begin in range(1, number + 1, BATCH):
        ids = range(begin, begin + BATCH)
        yield transact(engine, lambda c, ids=ids: _batch(c, ids))  # type: ignore[misc]


def _batch(connection: Connection, ids: range) -> float:
    made = [(n, text(9), text(WORDS), NOW - timedelta(minutes=n)) for n in ids]
    where = [{"id": n, "url": f"https://p.example/{n}", "host": "p.example"} for n in ids]
    keys = [w | {"key_hash": w["id"].to_bytes(32, "big"), "first_seen_at": NOW} for w in where]
    insert_rows(connection, urls, keys)
    job = {"run_id": 1, "state": "ended", "outcome": "stored", "next_at": NOW, "ended_at": NOW}
    accepted = [w | job | {"url_id": w["id"], "accepted_at": NOW} for w in where]
    insert_rows(connection, jobs, accepted)
    fetch = dict.fromkeys(("redirects", "headers"), "[]") | {
        "status": 200, "charset": "utf-8", "charset_from": "header", "replacement_ratio": 0.0,
        "wire_bytes": 0, "elapsed_seconds": 0.0, "fetched_at": NOW, "url": "", "final_url": "",
    }  # fmt: skip
    insert_rows(connection, fetches, [fetch | {"id": n, "job_id": n, "url_id": n} for n in ids])
    article = {
        "revision": 1, "access": "open", "article_type": "news", "word_count": WORDS,
        "reading_minutes": 2, "evidence": "{}", "published_zone": "known", "language": "en",
    }  # fmt: skip
    rows = [
        article | {
            "id": n, "public_id": str(n), "publisher_id": n % 200 + 1, "url": str(n),
            "headline": head, "body_text": body, "content_hash": n.to_bytes(32, "big"),
            "published_at": at, "first_seen_at": at, "last_seen_at": at, "change_seq": n,
        }
        for n, head, body, at in made
    ]  # fmt: skip
    insert_rows(connection, t.articles, rows)
    revision = {
        "revision": 1,
        "kind": "first",
        "extractor": "x",
        "document": b"",
        "created_at": NOW,
    }
    revisions = [
        revision | {
            "id": n, "article_id": n, "job_id": n, "fetch_id": n,
            "content_hash": n.to_bytes(32, "big"),
        }
        for n in ids
    ]  # fmt: skip
    insert_rows(connection, t.article_revisions, revisions)
    stored = {"kind": "stored", "revision": 1, "at": NOW}
    insert_rows(connection, events, [stored | {"seq": n, "article_id": n} for n in ids])
    changed = [
        (n, EnrichedArticle(url="", final_url="", headline=head, body_text=body))
        for n, head, body, _ in made
    ]
    began = time.perf_counter()
    index_articles(connection, {one: words_of(a) for one, a in changed})
    return time.perf_counter() - began


def word(low: int, high: int) -> str:
    return vocabulary[dice.randrange(low, high)]


QUESTIONS: dict[str, Callable[[], tuple[str, Filters]]] = {
    "a rare word": lambda: (word(20_000, 60_000), Filters()),
    "two usual words": lambda: (f"{word(200, 2000)} {word(200, 2000)}", Filters()),
    "the most frequent word": lambda: (vocabulary[0], Filters()),
    "a phrase of frequent words": lambda: (f'"{word(0, 10)} {word(0, 10)}"', Filters()),
    "a prefix of three letters": lambda: (word(2000, 60_000)[:3] + "*", Filters()),
    "a usual word of one publisher": lambda: (word(20, 200), Filters(publisher="p7.example")),
    "a usual word of one day": lambda: (word(20, 200), Filters(since=NOW - timedelta(days=1))),
    "no word, one publisher": lambda: ("", Filters(publisher="p7.example")),
}


def ask(engine: Engine) -> None:
    for name, make in QUESTIONS.items():
        took, hits = [], []
        for _ in range(40):
            asked, filters = make()
            query = parse_query(asked)
            began = time.perf_counter()
            found = transact(
                engine,
                lambda c, q=query, f=filters: search(c, q, f),
                read_only=True,  # type: ignore[misc]
            )
            took.append((time.perf_counter() - began) * 1000)
            hits.append(len(found.hits))
        worst = sorted(took)[-2]
        print(
            f"{name:32} {statistics.median(took):9.1f} {worst:9.1f}   {statistics.mean(hits):5.1f}"
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=100_000)
    options.add_argument("--db", choices=("sqlite", "postgres"), default="sqlite")
    chosen: Any = options.parse_args()
    with TemporaryDirectory() as place, database(chosen.db, Path(place)) as (url, _):
        engine = open_engine(url)
        spent = list(fill(engine, chosen.articles))
        first, last = spent[: len(spent) // 10 or 1], spent[-(len(spent) // 10 or 1) :]
        each = [statistics.mean(part) / BATCH * 1000 for part in (first, last)]
        print(f"indexing an article: {each[0]:.2f} ms at first, {each[1]:.2f} at the end")
        if chosen.db == "postgres":
            with engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.exec_driver_sql("VACUUM ANALYZE")
        print(f"{'question':32} {'median':>9} {'39th of 40':>9}   hits")
        ask(engine)
        engine.dispose()


if __name__ == "__main__":
    main()
