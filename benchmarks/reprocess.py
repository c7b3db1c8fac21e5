"""Stored pages read again by the real chain: how many a second, and at what cost beside parsing.

    python -m benchmarks.reprocess [--articles 300] [--db sqlite|postgres] [--pages DIR] [--json]

Pages (those of DIR, over and over, each at an address of its own; without it stories that we
invent) are stored by the chain. Then all are handed to it once more as ``copydesk reprocess``
does: a dispatcher, a cpu worker of two processes, a store worker, one broker. No site is asked, so
there is no pace to keep. The same version reads them, so each comes out as it was (unchanged):
the usual end, and the one at which nothing is written but the job's.

    bare      parse, enrich and fingerprint of the same pages in this process, and of it parse
    chain     ``reprocess``; CPU is user + system of all processes of ours
    dry run   ``reprocess --dry-run`` in two processes

CPU in ms a page; the PostgreSQL server's own is not in it. The last line is JSON.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.desk import desk
from benchmarks.engine import cpu_of
from pipeline.dedup import fingerprint
from pipeline.enrich import enrich, warm_up
from pipeline.errors import Outcome
from pipeline.fetch import page_from_bytes
from pipeline.models import FetchedPage
from pipeline.parse import parse, refuse
from pipeline.store.engine import Connection
from pipeline.store.ledger.rereading import WhichArticles
from pipeline.store.ledger.runs import open_run
from pipeline.store.ledger.stored_pages import StoredPage, accept_pages
from pipeline.store.raw_pages import RawPages
from pipeline.store.tables.ledger import jobs
from pipeline.store.transactions import transact
from tests.faults.desk import Desk
from tests.faults.site import story
from workers.reading_trial import try_again
from workers.rereading import accept_again
from workers.wiring import Services, utc_now

NAMES = ("cpu", "store", "dispatcher")
HOSTS = 20
PROCESSES = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--db", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--pages", type=Path, help="a directory of *.html or *.html.gz")
    parser.add_argument("--json", action="store_true", help="only the JSON line")
    given = parser.parse_args()
    pages = [page for page in _pages(given.articles, given.pages) if _is_article(page)]
    result = {"db": given.db, "pages": len(pages)} | bare(pages) | measure(given.db, pages)
    if not given.json:
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        for name, value in result.items():
            print(f"{name:>24} {value}")
    print(json.dumps(result))


def bare(pages: list[FetchedPage]) -> dict[str, float]:
    warm_up()
    parsing = rest = 0.0
    for page in pages:
        begun = time.process_time()
        parsed = parse(page)
        between = time.process_time()
        fingerprint(enrich(parsed).body_text)
        parsing += between - begun
        rest += time.process_time() - between
    return {
        "bare_parse_ms": round(1000 * parsing / len(pages), 2),
        "bare_ms": round(1000 * (parsing + rest) / len(pages), 2),
    }


def measure(kind: str, pages: list[FetchedPage]) -> dict[str, float]:
    with desk(kind, NAMES, cpu_concurrency=PROCESSES) as ours:
        services = Services(ours.settings, ours.engine, RawPages(ours.settings.raw_pages_dir))
        _wait(ours, _hand_in(services, pages))
        before = {name: cpu_of(ours, name) for name in NAMES}
        begun, own = time.monotonic(), time.process_time()
        run = accept_again(services, WhichArticles())
        accepted = time.process_time() - own
        _wait(ours, run.id)
        seconds = time.monotonic() - begun
        used = {name: cpu_of(ours, name) - before[name] for name in NAMES}
        ended = ours.ask(lambda c: _outcomes(c, run.id))
        if set(ended) - {"unchanged", "duplicate"}:
            raise AssertionError(f"read by the same version, pages ended as {ended}")
        trial = _dry_run(services)
    per_page = {f"{name}_ms": round(1000 * cpu / len(pages), 2) for name, cpu in used.items()}
    total = sum(used.values()) + accepted
    return {
        "chain_pages_per_s": round(len(pages) / seconds, 1),
        "chain_ms": round(1000 * total / len(pages), 2),
        **per_page,
        **trial,
    }


def _dry_run(services: Services) -> dict[str, float]:
    begun, before = time.monotonic(), _children_cpu()
    found = try_again(services, WhichArticles(), processes=PROCESSES).outcomes
    seconds = time.monotonic() - begun
    return {
        "dry_run_pages_per_s": round(found.total() / seconds, 1),
        "dry_run_ms": round(1000 * (_children_cpu() - before) / found.total(), 2),
    }


def _children_cpu() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _pages(number: int, directory: Path | None) -> Iterator[FetchedPage]:
    bodies = [_body(path) for path in sorted(directory.rglob("*.html*"))] if directory else []
    for n in range(number):
        path = f"/story/{n}"
        body = bodies[n % len(bodies)] if bodies else story(path)
        yield page_from_bytes(f"https://h{n % HOSTS}.example{path}", body, content_type="text/html")


def _body(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def _is_article(page: FetchedPage) -> bool:
    try:
        refuse(parse(page))
    except Outcome:
        return False
    return True


def _hand_in(services: Services, pages: list[FetchedPage]) -> int:
    def work(connection: Connection) -> int:
        run = open_run(connection, "ingest", utc_now())
        given = [StoredPage(p.url, p, services.raw_pages.put(p.body)) for p in pages]
        accept_pages(
            connection,
            run.id,
            given,
            utc_now(),
            host_interval_seconds=0,
            source_of=lambda _: None,
        )
        return run.id

    return transact(services.engine, work, patience_seconds=30)


def _wait(ours: Desk, run_id: int) -> None:
    pending = select(func.count()).where(jobs.c.run_id == run_id, jobs.c.outcome.is_(None))

    def done() -> bool:
        time.sleep(0.1)
        return not ours.ask(lambda c: c.execute(pending).scalar_one())

    ours.until(done, 900)


def _outcomes(connection: Connection, run_id: int) -> dict[str, int]:
    counted = select(jobs.c.outcome, func.count()).where(jobs.c.run_id == run_id)
    return {row[0]: row[1] for row in connection.execute(counted.group_by(jobs.c.outcome))}


if __name__ == "__main__":
    main()
