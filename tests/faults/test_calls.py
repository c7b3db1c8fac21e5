"""A call of another program survives the worker that has it in hand."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import redis
from celery import Celery

from config.settings import Settings
from pipeline.store.engine import open_engine
from pipeline.store.ledger.accounting import Account, account, faults
from pipeline.store.transactions import transact
from tests.e2e.processes import environment, started
from tests.faults.desk import short_settings
from workers.embedded.valkey import EmbeddedServer

URLS = [f"https://h{n % 40}.example/{n}" for n in range(4_000)]


@contextmanager
def store_worker(settings: Settings, directory: Path) -> Iterator[int]:
    """A store worker; its process id."""
    values = {}
    for setting in fields(Settings):
        value = getattr(settings, setting.name)
        values[setting.name] = ",".join(value) if isinstance(value, tuple) else value
    values["log_level"] = "WARNING"
    with started(
        "worker", "--role", "store", directory=directory, env=environment(**values)
    ) as worker:
        yield worker.pid


def held(server: EmbeddedServer) -> tuple[int, int]:
    """Calls that the broker holds: waiting, and given out without being taken off."""
    with redis.Redis(unix_socket_path=str(server.socket_path)) as broker:
        return int(broker.llen("copydesk")), int(broker.hlen("unacked"))


def test_a_worker_that_is_killed_in_the_middle_of_a_call_loses_and_doubles_nothing(
    sqlite_url: str, tmp_path: Path
) -> None:
    server = EmbeddedServer(tmp_path / "valkey")
    server.start()
    settings = short_settings(
        tmp_path, sqlite_url, server.broker_url, task_limit_seconds=10, lease_seconds=13
    )
    engine = open_engine(sqlite_url)

    def counted() -> Account:
        return transact(engine, account, read_only=True, patience_seconds=10)

    caller = Celery(broker=server.broker_url, backend=server.broker_url, set_as_current=False)
    kwargs = {"v": 1, "run_key": "half way", "urls": URLS}
    with store_worker(settings, tmp_path) as pid:
        sent = caller.send_task("copydesk.ingest", kwargs=kwargs, queue="copydesk")
        give_up_at = time.monotonic() + 60
        while not counted().accepted:
            assert time.monotonic() < give_up_at
            time.sleep(0.01)
        os.kill(pid, signal.SIGKILL)
    half = counted().accepted
    assert 0 < half < len(URLS)
    with store_worker(settings, tmp_path):
        run = sent.get(timeout=90)  # the broker gives the message out again
        asked = caller.send_task("copydesk.status", kwargs={"v": 1, "run": run}, queue="copydesk")
        assert asked.get(timeout=60)["accepted"] == len(URLS)
        # A reply is there a moment before its message is taken off the broker.
        give_up_at = time.monotonic() + 30
        while held(server) != (0, 0):
            assert time.monotonic() < give_up_at, "a call that was answered comes again and again"
            time.sleep(0.05)
    assert counted().accepted == len(URLS)
    assert transact(engine, faults, read_only=True) == []
    caller.close()
    engine.dispose()
    server.stop()
