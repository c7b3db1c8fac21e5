"""The hot path: complete articles to rows, with everything on, on either database.

    python -m benchmarks.store [--articles 1000] [--db sqlite|postgres] [--batch 1 100] [--json]

An article here is one of about 400 words with 2 authors, 2 images, 8 links, 16 tags, topics and
keywords, 30 mentions of 15 entities, 1 citation and 3 quotes; half of the names are new to the
database. Timed, as the store stage does it: fingerprint, then in one transaction per batch the
article, its revision and parts, its sketch and its event; then the look for near copies. What
comes before (accepting the URL, the fetch) is not.

CPU is ours (user + system of this process) and, apart from it, that of the PostgreSQL server;
in ms an article. Rows are those of every table that the store stage writes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import func, select

from benchmarks.storm import database
from pipeline.dedup import fingerprint, judge
from pipeline.models import (
    Author,
    Block,
    Citation,
    EnrichedArticle,
    EnricherRun,
    Entity,
    Evidence,
    FetchedPage,
    Image,
    Link,
    Mention,
    Quote,
)
from pipeline.store.articles import ToStore, save_articles
from pipeline.store.duplicates import cluster
from pipeline.store.engine import Connection, Engine, open_engine
from pipeline.store.fetches import record_fetch
from pipeline.store.ledger.accept import accept
from pipeline.store.ledger.runs import open_run
from pipeline.store.raw_pages import RawPage
from pipeline.store.tables import metadata
from pipeline.store.transactions import transact

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SYLLABLES = tuple(
    "ka lo mi ren tas ver dun ost bri gal hem nor pel qui sal tor und wes yar zin".split()  # noqa: SIM905
)
KNOWN_NAMES = 300
ENRICHERS = ("language", "entities", "citations", "quotes", "topics", "keywords", "length")
WARM_UP = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--db", choices=("sqlite", "postgres"), action="append")
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 100])
    parser.add_argument("--json", action="store_true", help="only the JSON line")
    arguments = parser.parse_args()
    found = [
        measured
        for kind in arguments.db or ["sqlite", "postgres"]
        for measured in measure(kind, arguments.articles, arguments.batch)
    ]
    if not arguments.json:
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; CPU in ms an article")
        print(" ".join(f"{name:>16}" for name in found[0]))
        for one in found:
            print(" ".join(f"{value:>16}" for value in one.values()))
    print(json.dumps(found))


def measure(kind: str, number: int, batches: Sequence[int]) -> Iterator[dict[str, Any]]:
    """One database, each size of batch after the other."""
    with tempfile.TemporaryDirectory() as directory, database(kind, Path(directory)) as (url, _):
        engine = open_engine(url)
        save(engine, prepared(engine, WARM_UP, "warm"), 10)
        for batch in batches:
            items = prepared(engine, number, f"batch-{batch}")
            rows_before = rows(engine)
            processes = server(engine)
            started, server_before = time.perf_counter(), cpu_of(processes)
            save_cpu, compare_cpu = save(engine, items, batch)
            seconds = time.perf_counter() - started
            written = rows(engine) - rows_before
            yield {
                "db": kind,
                "batch": batch,
                "articles_per_s": round(number / seconds),
                "rows_per_s": round(written / seconds),
                "rows_per_article": round(written / number, 1),
                "save_cpu_ms": round(1000 * save_cpu / number, 2),
                "compare_cpu_ms": round(1000 * compare_cpu / number, 2),
                "server_cpu_ms": round(1000 * (cpu_of(processes) - server_before) / number, 2),
            }
        engine.dispose()


def save(engine: Engine, items: list[ToStore], batch: int) -> tuple[float, float]:
    """What the store stage does; our CPU seconds of saving and of comparing."""
    saving = comparing = 0.0
    for start in range(0, len(items), batch):
        chunk, before = items[start : start + batch], time.process_time()
        chunk = [replace(i, fingerprint=fingerprint(i.article.body_text)) for i in chunk]
        saved = transact(engine, lambda c, chunk=chunk: save_articles(c, chunk, NOW))  # type: ignore[misc]
        between = time.process_time()
        ids = [one.article_id for one in saved]
        transact(engine, lambda c, ids=ids: cluster(c, ids, judge, NOW))  # type: ignore[misc]
        saving, comparing = saving + between - before, comparing + time.process_time() - between
    return saving, comparing


def prepared(engine: Engine, number: int, name: str) -> list[ToStore]:
    """Articles whose URLs are accepted and fetched."""
    chance = random.Random(name)
    urls = [f"https://site-{n % 20}.example/{name}/{n}" for n in range(number)]

    def work(connection: Connection) -> list[ToStore]:
        run = open_run(connection, "ingest", NOW)
        live = accept(connection, run.id, urls, NOW, host_interval_seconds=1.0)
        items = []
        for url, job in zip(urls, live, strict=True):
            page = FetchedPage(url, url, 200, (), b"", NOW)
            raw = RawPage(f"{job.job_id:064x}", 1, 1)
            fetch_id = record_fetch(connection, job.job_id, job.url_id, page, raw)
            made = article(url, chance)
            items.append(ToStore(job.job_id, job.url_id, fetch_id, made, fingerprint(""), NOW))
        return items

    return transact(engine, work)


def article(url: str, chance: random.Random) -> EnrichedArticle:
    """A story of invented words, with every kind of part."""
    word = _words(chance)
    paragraphs = [" ".join(word() for _ in range(50)).capitalize() + "." for _ in range(8)]
    body = "\n\n".join(paragraphs)
    blocks, at = [], 0
    for text in paragraphs:
        blocks.append(Block("paragraph", text, at, at + len(text)))
        at += len(text) + 2
    names = [_name(chance) for _ in range(15)]
    mentions = [
        [Mention(name, 40 * i + 3 * k, 40 * i + 3 * k + 9) for k in (0, 1)]
        for i, name in enumerate(names)
    ]
    kinds = ("person", "place", "organization")
    return EnrichedArticle(
        url=url,
        final_url=url,
        canonical_url=url,
        publisher="The Gazette",
        headline=" ".join(word() for _ in range(9)),
        subheadline=" ".join(word() for _ in range(15)),
        authors=tuple(Author(n, f"By {n}") for n in (_name(chance), _name(chance))),
        published_at=NOW,
        published_precision="minute",
        published_zone="known",
        language="en",
        tags=tuple(_name(chance) for _ in range(5)),
        body_text=body,
        blocks=tuple(blocks),
        images=tuple(Image(f"{url}/{n}.jpg", word() * 9, word()) for n in range(2)),
        links=tuple(Link(f"https://site-{n}.example/{word()}", word()) for n in range(8)),
        extractor="benchmark 1",
        evidence={f"field_{n}": Evidence("json-ld:x", word() * 5, 0.9) for n in range(10)},
        word_count=400,
        reading_minutes=2,
        entities=tuple(
            Entity(kinds[i % 3], name, tuple(mentions[i]))  # type: ignore[arg-type]
            for i, name in enumerate(names)
        ),
        citations=(Citation("Other Times", "other.example", paragraphs[1], 0, 30, "reported"),),
        quotes=tuple(Quote(paragraphs[n][:80], names[n], n, n + 80) for n in range(3)),
        topics=("politics", "economy", "weather"),
        keywords=tuple(word() for _ in range(8)),
        enrichers=tuple(EnricherRun(name, 1) for name in ENRICHERS),
    )


def _words(chance: random.Random) -> Callable[[], str]:
    return lambda: "".join(chance.choices(SYLLABLES, k=chance.randint(1, 3)))


def _name(chance: random.Random) -> str:
    """Half of them seen before."""
    top = KNOWN_NAMES if chance.random() < 0.5 else 10_000_000
    number = chance.randrange(top)
    return f"{SYLLABLES[number % 20].title()} {SYLLABLES[number // 20 % 20].title()}son {number}"


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
    return sum(sum(one.cpu_times()[:2]) for one in processes)


if __name__ == "__main__":
    main()
