"""The hot path: complete articles to rows, with everything on, on either database.

    python -m benchmarks.store [--articles 1000] [--db sqlite|postgres] [--batch 1 100]
                               [--writers 1 2] [--json]

An article is one of about 400 words with every kind of part (``invented`` of the store's tests);
half of its names are new to the database. Timed, as the store stage does it: fingerprint, then in
one transaction per batch the article, its revision and parts, its sketch, its words for search and
its event; then the look for near copies of whatever has not looked yet. What comes before
(accepting the URL, the fetch) is not. Each writer is a process that has just been started, with
articles of its own; SQLite lets one write at a time.

CPU is ours (user + system of all writers) and, apart from it, that of the PostgreSQL server; in
ms an article. Rows are those of every table that the store stage writes.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import func, select

from benchmarks.storm import database
from pipeline.dedup import fingerprint, judge
from pipeline.store.articles import save_articles
from pipeline.store.duplicates import Looked, look, merge, not_compared
from pipeline.store.engine import Connection, Engine, open_engine
from pipeline.store.items import ToStore
from pipeline.store.tables import metadata
from pipeline.store.transactions import transact
from tests.store.articles_fixture import NOW, invented, ready

WARM_UP = 20
TOGETHER = 500
"""Articles made ready in one transaction."""
COMPARE_AT_ONCE = 100
"""As in the store stage."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=1000, help="of each writer")
    parser.add_argument("--db", choices=("sqlite", "postgres"), action="append")
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 100])
    parser.add_argument("--writers", type=int, nargs="+", default=[1])
    parser.add_argument("--json", action="store_true", help="only the JSON line")
    arguments = parser.parse_args()
    found = [
        measured
        for kind in arguments.db or ["sqlite", "postgres"]
        for measured in measure(kind, arguments.articles, arguments.batch, arguments.writers)
    ]
    if not arguments.json:
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; CPU in ms an article")
        print(" ".join(f"{name:>16}" for name in found[0]))
        for one in found:
            print(" ".join(f"{value:>16}" for value in one.values()))
    print(json.dumps(found))


def measure(
    kind: str, number: int, batches: Sequence[int], writers: Sequence[int]
) -> Iterator[dict[str, Any]]:
    """One database, each size of batch and each number of writers after the other."""
    with tempfile.TemporaryDirectory() as directory, database(kind, Path(directory)) as (url, _):
        engine = open_engine(url)
        for batch in batches:
            for many in writers:
                yield {"db": kind, "batch": batch, "writers": many} | together(
                    engine, url, many, number, batch
                )
        engine.dispose()


def together(engine: Engine, url: str, writers: int, number: int, batch: int) -> dict[str, Any]:
    """``writers`` processes, each with ``number`` articles, from the moment that all are ready."""
    spawn = multiprocessing.get_context("spawn")
    begin, told = spawn.Barrier(writers + 1), spawn.Queue()
    children = [
        spawn.Process(
            target=write, args=(url, f"{batch}-{writers}-{n}", number, batch, begin, told)
        )
        for n in range(writers)
    ]
    for child in children:
        child.start()
    begin.wait()
    rows_before, processes = rows(engine), server(engine)
    server_before, started = cpu_of(processes), time.monotonic()
    begin.wait()
    spent = [told.get() for _ in children]
    seconds, server_cpu = time.monotonic() - started, cpu_of(processes) - server_before
    begin.wait()
    for child in children:
        child.join()
    every = writers * number
    written = rows(engine) - rows_before
    return {
        "articles_per_s": round(every / seconds),
        "rows_per_s": round(written / seconds),
        "rows_per_article": round(written / every, 1),
        "save_cpu_ms": round(1000 * sum(saving for saving, _ in spent) / every, 2),
        "compare_cpu_ms": round(1000 * sum(comparing for _, comparing in spent) / every, 2),
        "server_cpu_ms": round(1000 * server_cpu / every, 2),
    }


def write(url: str, name: str, number: int, batch: int, begin: Any, told: Any) -> None:
    """One writer: makes its articles ready, waits for the others, writes, tells its CPU."""
    engine = open_engine(url)
    save(engine, prepared(engine, WARM_UP, f"{name}-warm"), 10)
    items = prepared(engine, number, name)
    begin.wait()
    begin.wait()
    told.put(save(engine, items, batch))
    begin.wait()  # its connection's process is still asked for its CPU
    engine.dispose()


def prepared(engine: Engine, number: int, name: str) -> list[ToStore]:
    """Articles whose URLs are accepted and fetched."""
    chance = random.Random(name)
    made = [invented(f"https://site-{n % 20}.example/{name}/{n}", chance) for n in range(number)]
    return [
        item
        for start in range(0, number, TOGETHER)
        for item in transact(
            engine,
            lambda c, some=made[start : start + TOGETHER]: ready(c, some),  # type: ignore[misc]
        )
    ]


def save(engine: Engine, items: list[ToStore], batch: int) -> tuple[float, float]:
    """What the store stage does; our CPU seconds of saving and of comparing."""
    saving = comparing = 0.0
    for start in range(0, len(items), batch):
        chunk, before = items[start : start + batch], time.process_time()
        chunk = [replace(i, fingerprint=fingerprint(i.article.body_text)) for i in chunk]
        transact(engine, lambda c, chunk=chunk: save_articles(c, chunk, NOW))  # type: ignore[misc]
        between = time.process_time()
        found = transact(engine, looks, read_only=True)
        if found:
            transact(engine, lambda c, found=found: merge(c, found, NOW))  # type: ignore[misc]
        saving, comparing = saving + between - before, comparing + time.process_time() - between
    return saving, comparing


def looks(connection: Connection) -> list[Looked]:
    waiting = not_compared(connection, COMPARE_AT_ONCE)
    return look(connection, waiting, judge) if waiting else []


def rows(engine: Engine) -> int:
    with engine.begin() as connection:
        counted = [select(func.count()).select_from(table) for table in metadata.sorted_tables]
        return sum(connection.execute(one).scalar_one() for one in counted)


def server(engine: Engine) -> list[psutil.Process]:
    """The processes of the PostgreSQL server; none for SQLite, which works in ours."""
    if engine.dialect.name == "sqlite":
        return []
    with engine.begin() as connection:
        pid = connection.execute(select(func.pg_backend_pid())).scalar_one()
    head = psutil.Process(pid).parent()
    return [] if head is None else [head, *head.children()]


def cpu_of(processes: Sequence[psutil.Process]) -> float:
    # A worker of autovacuum may have come and gone.
    return sum(sum(one.cpu_times()[:2]) for one in processes if one.is_running())


if __name__ == "__main__":
    main()
