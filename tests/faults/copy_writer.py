"""A process that stores its share of many copies, comparing after each batch as a worker does.

python -m tests.faults.copy_writer DATABASE_URL SHARE OF

It writes a line for each batch. Started again it begins at its beginning, so that everything
before comes a second time.
"""

from __future__ import annotations

import random
import sys

from sqlalchemy import Connection, update

from pipeline.dedup import fingerprint, judge
from pipeline.models import FetchedPage
from pipeline.store.articles import save_articles
from pipeline.store.duplicates import look, merge, not_compared
from pipeline.store.engine import Engine, open_engine
from pipeline.store.fetches import record_fetch
from pipeline.store.items import ToStore
from pipeline.store.ledger.accept import accept
from pipeline.store.ledger.runs import open_run
from pipeline.store.tables.ledger import jobs
from pipeline.store.transactions import transact
from tests.store.articles_fixture import NOW, article
from tests.store.test_clusters import edited, story

STORIES, COPIES, BATCH = 120, 4, 8
PATIENCE_SECONDS = 60.0


def work_of(share: int, of: int) -> list[tuple[int, int]]:
    """``(story, copy)`` pairs in an order of their own; the same for every call."""
    pairs = [(number, copy) for number in range(STORIES) for copy in range(COPIES)]
    random.Random(5).shuffle(pairs)
    mine = pairs[share::of]
    return mine + random.Random(share).sample(mine, len(mine) // 10)  # redelivered


def store(engine: Engine, batch: list[tuple[int, int]]) -> None:
    items = transact(engine, lambda c: accepted(c, batch), patience_seconds=PATIENCE_SECONDS)
    transact(engine, lambda c: save_articles(c, items, NOW), patience_seconds=PATIENCE_SECONDS)


def accepted(connection: Connection, batch: list[tuple[int, int]]) -> list[ToStore]:
    """The copies as items to store, of a run of their own; one answer serves for all."""
    run = open_run(connection, "ingest", NOW)
    urls = [f"https://site{copy}.example/{number}" for number, copy in batch]
    live = accept(connection, run.id, urls, NOW, host_interval_seconds=1.0)
    page = FetchedPage(urls[0], urls[0], 200, (), b"", NOW)
    fetch_id = record_fetch(connection, live[0].job_id, live[0].url_id, page, None)
    # Ended here, so that the same address can be accepted once more.
    ended = {"state": "ended", "outcome": "stored", "ended_at": NOW}
    connection.execute(update(jobs).where(jobs.c.run_id == run.id).values(ended))
    items = []
    for one in live:
        number, copy = batch[one.index]
        made = article(urls[one.index], body_text=edited(story(1000 + number), copy))
        text = fingerprint(made.body_text)
        items.append(ToStore(one.job_id, one.url_id, fetch_id, made, text, NOW))
    return items


def compare(engine: Engine) -> None:
    found = transact(
        engine,
        lambda c: look(c, not_compared(c, 100), judge),
        read_only=True,
        patience_seconds=PATIENCE_SECONDS,
    )
    transact(engine, lambda c: merge(c, found, NOW), patience_seconds=PATIENCE_SECONDS)


def main(url: str, share: int, of: int) -> None:
    engine, work = open_engine(url), work_of(share, of)
    for start in range(0, len(work), BATCH):
        store(engine, sorted(set(work[start : start + BATCH])))
        compare(engine)
        sys.stdout.write(f"{start}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
