"""Health is work being done: a worker that lives and takes nothing is found out."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from pipeline.store.ledger.accept import accept
from pipeline.store.ledger.claims import claim, move_on
from pipeline.store.ledger.runs import open_run
from pipeline.store.transactions import transact
from tests.faults.desk import Desk, ForkedDesk, short_settings
from tests.marking import mark_queued
from workers import health
from workers.app import make_app
from workers.broker import messages_held
from workers.chain import send_chain
from workers.embedded.valkey import EmbeddedServer
from workers.tasks import register
from workers.wiring import Services, bootstrap, utc_now


@pytest.fixture
def deaf(sqlite_template: Path, tmp_path: Path) -> Iterator[Desk]:
    """A store worker that hears nothing, alone with a broker and a database."""
    shutil.copyfile(sqlite_template, tmp_path / "copydesk.db")
    server = EmbeddedServer(tmp_path / "valkey")
    url = f"sqlite:///{tmp_path / 'copydesk.db'}"
    settings = short_settings(tmp_path, url, server.broker_url)
    desk = ForkedDesk(tmp_path, settings, server, module="tests.faults.deaf", names=("store",))
    desk.start()
    yield desk
    assert desk.stop() == []


def send_a_job(desk: Desk, services: Services) -> None:
    """A job that stands before the store stage, its message in the broker."""

    def work(connection: Connection) -> int:
        now = utc_now()
        run = open_run(connection, "ingest", now)
        texts = ["https://post.example/1"]
        [live] = accept(connection, run.id, texts, now, host_interval_seconds=0)
        mark_queued(connection, [live.job_id], "m", now)
        for stage in ("fetch", "parse", "enrich"):
            move_on(
                connection,
                claim(connection, [live.job_id], stage, "m", now, 60, most_takeovers=5),
                now,
            )
        return live.job_id

    job_id = transact(services.engine, work)
    app = make_app(desk.settings)
    register(app, lambda: services)
    send_chain(app, [job_id], "m", ("store",))
    assert messages_held(app) == {"m"}


def test_a_connected_worker_that_consumes_nothing_is_unhealthy_soon(deaf: Desk) -> None:
    services = bootstrap(deaf.settings)
    assert health.check(services, "store").healthy, "there is nothing to do"
    begun = time.monotonic()
    send_a_job(deaf, services)
    assert health.check(services, "store").healthy, "it may be about to"
    deaf.until(lambda: not health.check(services, "store", this_host=True).healthy, 60)
    took = time.monotonic() - begun
    found = health.check(services, "store")
    services.close()
    assert "nothing moves" in found.problems[0]
    stuck_after = health.stuck_after(deaf.settings).total_seconds()
    assert stuck_after <= took <= stuck_after + 3


def test_with_real_settings_deafness_shows_within_two_minutes() -> None:
    from config.settings import Settings

    assert health.stuck_after(Settings()).total_seconds() <= 120 - Settings().heartbeat_seconds
