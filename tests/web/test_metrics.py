"""Metrics: they parse, they are documented, they tell the truth, and their number is bounded."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, update

from pipeline.store.ledger.heartbeats import beat
from pipeline.store.tables.ledger import hosts, jobs
from pipeline.store.transactions import transact
from tests.web.conftest import Web
from workers.app import make_app
from workers.chain import PUBLIC_QUEUE
from workers.web import watch
from workers.web.metrics import METRICS

ROOT = Path(__file__).parent.parent.parent
Serve = Callable[..., Web]
LINE = re.compile(r'(\w+)(?:\{(\w+="(?:[^"\\\n]|\\["\\n])*"(?:,\w+="[^"\n]*")*)\})? (\S+)')


@pytest.fixture(autouse=True)
def never_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "FRESH_SECONDS", 0.0)


def scrape(web: Web) -> dict[str, float]:
    """Every sample by name and labels; fails on a line that Prometheus would not read."""
    got = web.ask("GET", "/metrics")
    assert got.status == 200
    assert got.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    found: dict[str, float] = {}
    typed: set[str] = set()
    for line in got.body.decode().splitlines():
        if line.startswith("# TYPE "):
            name, kind = line.split()[2:]
            assert (name not in typed, kind) == (True, METRICS[name][0])
            typed.add(name)
        elif not line.startswith("# HELP "):
            sample = LINE.fullmatch(line)
            assert sample, line
            assert sample[1] in typed, "its type stands before it"
            key = f"{sample[1]}{{{sample[2]}}}" if sample[2] else sample[1]
            assert key not in found, "told twice"
            found[key] = float(sample[3])
    return found


def test_the_books_add_up_and_a_row_that_vanished_shows(web: Web) -> None:
    urls = [f"https://post.example/{n}" for n in range(4)]
    web.start("k", {"urls": [*urls, "no url", urls[0]]})
    found = scrape(web)
    assert found["copydesk_accepted_total"] == 6
    assert found["copydesk_pending"] == 4
    assert found['copydesk_ended_total{outcome="dropped",reason="bad_url"}'] == 1
    assert found['copydesk_ended_total{outcome="duplicate",reason="same_url"}'] == 1
    assert found['copydesk_jobs{stage="fetch",state="waiting"}'] == 4
    assert (found["copydesk_imbalance"], found["copydesk_runs_total"]) == (0, 1)

    def lose(connection: Connection) -> None:
        connection.execute(delete(jobs).where(jobs.c.url == urls[0], jobs.c.outcome.is_(None)))

    transact(web.services.engine, lose)
    assert scrape(web)["copydesk_imbalance"] == 1


def test_what_waits_ages_and_who_works_is_seen(web: Web) -> None:
    web.start("k", {"urls": ["https://post.example/1"]})
    now = datetime.now(UTC)

    def arrange(connection: Connection) -> None:
        connection.execute(update(jobs).values(next_at=now - timedelta(hours=1)))
        connection.execute(update(hosts).values(blocked_until=now + timedelta(hours=1)))
        beat(connection, "fetch@here:1", "fetch", now, 3)

    transact(web.services.engine, arrange)
    found = scrape(web)
    assert 3600 <= found['copydesk_overdue_seconds{stage="fetch"}'] < 3700
    assert found['copydesk_overdue_seconds{stage="parse"}'] == 0
    assert (found["copydesk_hosts"], found["copydesk_hosts_blocked"]) == (1, 1)
    assert found['copydesk_workers{role="fetch"}'] == 1
    assert found['copydesk_healthy{role="fetch"}'] == 1
    assert found['copydesk_healthy{role="store"}'] == 0
    progress = found['copydesk_last_progress_timestamp_seconds{role="fetch"}']
    assert progress == pytest.approx(now.timestamp(), abs=1)


def test_the_number_of_series_does_not_grow_with_what_is_crawled(quick_web: Web) -> None:
    quick_web.start("k", {"urls": ["https://one.example/", "no url"]})
    before = set(scrape(quick_web))
    quick_web.start("k2", {"urls": [f"https://h{n}.example/{n}" for n in range(300)]})

    def invent(connection: Connection) -> None:
        ended = {"state": "ended", "outcome": "dropped", "ended_at": datetime.now(UTC)}
        connection.execute(
            update(jobs).where(jobs.c.outcome.is_(None)).values(reason="host-made", **ended)
        )

    transact(quick_web.services.engine, invent)
    found = scrape(quick_web)
    assert set(found) - before == {'copydesk_ended_total{outcome="dropped",reason="other"}'}
    assert found['copydesk_ended_total{outcome="dropped",reason="other"}'] == 301


def test_the_brokers_queues_are_counted_and_a_broker_that_is_away_is_a_figure(
    serve: Serve, sqlite_url: str, broker_url: str
) -> None:
    web = serve(database_url=sqlite_url, broker_url=broker_url)
    app = make_app(web.services.settings)
    app.send_task("copydesk.ingest", kwargs={"v": 1}, queue=PUBLIC_QUEUE)
    found = scrape(web)
    assert found["copydesk_broker_up"] == 1
    assert found['copydesk_queue_messages{queue="copydesk"}'] == 1
    assert found['copydesk_queue_messages{queue="parse"}'] == 0
    assert found["copydesk_unacknowledged_messages"] == 0
    assert found["copydesk_broker_memory_bytes"] > 0
    away = serve(database_url=sqlite_url, broker_url="redis://127.0.0.1:1/0")
    assert scrape(away)["copydesk_broker_up"] == 0


def test_every_metric_is_told_and_documented(
    serve: Serve, sqlite_url: str, broker_url: str
) -> None:
    web = serve(database_url=sqlite_url, broker_url=broker_url)
    transact(web.services.engine, lambda c: beat(c, "fetch@here:1", "fetch", datetime.now(UTC), 1))
    from pipeline.store.consumers import add_consumer

    transact(web.services.engine, lambda c: add_consumer(c, 'a "b"\\\n', 0, datetime.now(UTC)))
    told = {key.partition("{")[0] for key in scrape(web)}
    assert told == set(METRICS)
    documented = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(copydesk_\w+)[^|]*` \| (\w+) \|", documented, re.M))
    assert rows == {name: kind for name, (kind, _) in METRICS.items()}
