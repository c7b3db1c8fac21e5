"""What the engine itself costs: CPU an article with stages that do nothing, beside bare Celery.

    python -m benchmarks.engine [--articles 1000] [--db sqlite|postgres]

Measured in one run, on the same machine, with the same pool and Celery settings:

    bare      a chain of four Celery tasks that do nothing, an article a chain, nothing durable
    single    our engine, one id a message: dispatcher, four stages, every step in the ledger
    chunks    our engine as it runs under a backlog: fetched pages wait at parse, 25 a message

CPU is user + system of every process of ours (sender or dispatcher, workers, pool), in ms an
article; the PostgreSQL server's own is not in it. Last, what Redis holds for 100,000 accepted
URLs. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from contextlib import AbstractContextManager

import psutil
import redis
from celery import chain
from sqlalchemy import func, select, update

from benchmarks.desk import desk
from benchmarks.engine_process import bare_app
from pipeline.store.engine import Connection
from pipeline.store.ledger.accept import accept
from pipeline.store.ledger.dispatch import in_flight
from pipeline.store.ledger.runs import open_run
from pipeline.store.tables.ledger import jobs
from pipeline.store.transactions import transact
from tests.faults.desk import Desk
from workers.chain import CHAINS, STAGES, task_name
from workers.wiring import utc_now

HOSTS = 200
WARM_UP = 50
BACKLOG_URLS = 100_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--db", choices=("sqlite", "postgres"), default="sqlite")
    arguments = parser.parse_args()
    bare = bare_chain(arguments.articles)
    print(f"bare Celery chain {bare} ms an article", flush=True)
    single = engine("single", arguments.articles, arguments.db)
    print(f"one id a message {single}", flush=True)
    chunks = engine("chunks", arguments.articles, arguments.db)
    print(f"chunks {chunks}", flush=True)
    result = {
        "articles": arguments.articles,
        "db": arguments.db,
        "bare_ms": bare,
        "single_ms": single["cpu_ms"],
        "single_times_bare": round(single["cpu_ms"] / bare, 2),
        "chunks_ms": chunks["cpu_ms"],
        "single": single,
        "chunks": chunks,
        "redis_mb_for_100000_urls": redis_memory(),
    }
    print(json.dumps(result))
    return 0


def bare_chain(articles: int) -> float:
    """CPU-ms of a chain of four empty Celery tasks, sending included."""
    with at_work("bare", "sqlite", ("all",), BareDesk) as bare:
        app = bare_app(bare.settings)

        def send(number: int) -> None:
            for n in range(number):
                tasks = [app.tasks[task_name(s)].si([n], f"bench-{n}") for s in CHAINS["article"]]
                chain(*tasks).apply_async()
            bare.until(lambda: drained(bare.broker), 600)

        send(WARM_UP)
        before, sender = cpu_seconds(bare), time.process_time()
        send(articles)
        used = cpu_seconds(bare) - before + time.process_time() - sender
    return round(1000 * used / articles, 2)


def engine(mode: str, articles: int, db: str) -> dict[str, float]:
    """CPU-ms an article, of it the dispatcher's, and articles a second."""
    with at_work(mode, db, ("all", "dispatcher")) as ours:
        work_off(ours, mode, WARM_UP)
        before = {name: cpu_of(ours, name) for name in ours.names}
        begun = time.monotonic()
        work_off(ours, mode, articles)
        seconds = time.monotonic() - begun
        used = {name: cpu_of(ours, name) - before[name] for name in ours.names}
    per_article = {name: round(1000 * value / articles, 2) for name, value in used.items()}
    return {
        "cpu_ms": round(sum(per_article.values()), 2),
        "dispatcher_ms": per_article["dispatcher"],
        "articles_a_second": round(articles / seconds, 1),
    }


def work_off(ours: Desk, mode: str, number: int) -> None:
    """Accept so many URLs and wait until all have ended."""

    def give(connection: Connection) -> int:
        run = open_run(connection, "ingest", utc_now())
        texts = [f"https://h{n % HOSTS}.example/{run.id}/{n}" for n in range(number)]
        accept(connection, run.id, texts, utc_now(), host_interval_seconds=0)
        if mode == "chunks":
            connection.execute(update(jobs).where(jobs.c.run_id == run.id).values(stage="parse"))
        return run.id

    run_id = transact(ours.engine, give, patience_seconds=30)
    pending = select(func.count()).where(jobs.c.run_id == run_id, jobs.c.outcome.is_(None))

    def done() -> bool:
        time.sleep(0.2)
        return not ours.ask(lambda c: c.execute(pending).scalar_one())

    ours.until(done, 900)


def redis_memory() -> float:
    """Megabytes that Redis grows by for 100,000 accepted URLs of which none is worked on."""
    with at_work("single", "sqlite", ("dispatcher",)) as ours:
        before = int(ours.broker.info("memory")["used_memory"])
        run = transact(ours.engine, lambda c: open_run(c, "ingest", utc_now()))
        urls = [f"https://h{n % HOSTS}.example/story/{n}" for n in range(BACKLOG_URLS)]
        for start in range(0, len(urls), 1000):
            batch = urls[start : start + 1000]
            transact(
                ours.engine,
                lambda c, b=batch: accept(c, run.id, b, utc_now(), host_interval_seconds=0),
                patience_seconds=30,
            )
        full = ours.settings.window * 9 // 10  # hosts with k under way get no more
        ours.until(lambda: transact(ours.engine, in_flight).total() >= min(full, HOSTS), 120)
        time.sleep(2)
        grown = int(ours.broker.info("memory")["used_memory"]) - before
    return round(grown / 2**20, 2)


class BareDesk(Desk):
    """Celery alone: it has no ledger to beat in, so its pool tells that it is there."""

    def all_beat(self) -> bool:
        return len(self.family("all")) > 2


def at_work(
    mode: str, db: str, names: tuple[str, ...], kind: type[Desk] = Desk
) -> AbstractContextManager[Desk]:
    """Processes of a mode, two that compute, and hosts that need no rest."""
    os.environ["ENGINE_MODE"] = mode
    return desk(
        db,
        names,
        kind=kind,
        module="benchmarks.engine_process",
        cpu_concurrency=2,
        host_interval_seconds=0.0,
        host_max_in_flight=50,
        dispatch_interval_seconds=0.05,
        worker_max_tasks=1_000_000,
    )


def cpu_seconds(ours: Desk) -> float:
    return sum(cpu_of(ours, name) for name in ours.names)


def cpu_of(ours: Desk, name: str) -> float:
    """User and system seconds of a process and its pool, of those that ended too."""
    first, *pool = ours.family(name)
    total = first.cpu_times()
    ended = total.children_user + total.children_system
    return ended + sum(p.cpu_times().user + p.cpu_times().system for p in (first, *pool))


def drained(broker: redis.Redis) -> bool:
    time.sleep(0.2)
    return not any(broker.llen(queue) for queue in STAGES) and not broker.hlen("unacked")


if __name__ == "__main__":
    psutil.Process().nice(10)
    sys.exit(main())
