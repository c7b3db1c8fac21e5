"""A whole desk for the fault tests: server, workers, dispatcher, and the questions asked after.

Times are short so that a test takes seconds; their order is the one that real settings have.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import IO, TypeVar

import psutil
import redis
from sqlalchemy import Connection, Engine, func, select

from config.settings import PREFIX, Settings
from pipeline.store.engine import open_engine
from pipeline.store.ledger.accept import accept
from pipeline.store.ledger.accounting import Account, account
from pipeline.store.ledger.runs import open_run
from pipeline.store.tables.articles import article_revisions, articles
from pipeline.store.tables.events import events
from pipeline.store.tables.ledger import drafts, jobs
from pipeline.store.transactions import transact
from tests.forked import Forked
from workers.chain import STAGES
from workers.embedded.children import Child
from workers.embedded.valkey import EmbeddedServer
from workers.wiring import utc_now

ROLES = ("fetch", "cpu", "store", "dispatcher")
WEB_MODULE = "tests.faults.web_process"
READY_SECONDS = 120.0
Answer = TypeVar("Answer")


def short_settings(
    directory: Path, database_url: str, broker_url: str, **other: object
) -> Settings:
    """Seconds where real settings have minutes."""
    values: dict[str, object] = {
        "database_url": database_url,
        "broker_url": broker_url,
        "data_dir": str(directory / "data"),
        "contact": "https://desk.example/bot",
        "fetch_allowed_networks": ("127.0.0.0/8",),
        "fetch_concurrency": 8,
        "fetch_deadline_seconds": 4.0,
        "cpu_concurrency": 2,
        "parse_max_seconds": 2.0,
        "host_interval_seconds": 0.0,
        "host_max_in_flight": 4,
        "window": 80,
        "dispatch_interval_seconds": 0.05,
        "task_limit_seconds": 5,
        "lease_seconds": 7,
        "stop_grace_seconds": 11,
        "visibility_timeout_seconds": 12,
        "lost_after_seconds": 1.5,
        "max_attempts": 3,
        "retry_base_seconds": 0.3,
        "retry_cap_seconds": 2.0,
        "heartbeat_seconds": 0.5,
        "worker_max_memory_mb": 400,
    }
    return Settings(**(values | other))  # type: ignore[arg-type]


@dataclass
class Counts:
    """What a run came to. ``doubled`` counts rows beyond one an article."""

    account: Account
    ends: dict[str, tuple[str | None, str | None]]
    articles: int
    doubled: int
    drafts_left: int


@dataclass
class Desk:
    """Processes that are started again when they die, as any supervisor does."""

    directory: Path
    settings: Settings
    server: EmbeddedServer
    module: str = "tests.faults.process"
    names: tuple[str, ...] = ROLES
    """The processes: a role each, or ROLE-N for another of it."""
    children: dict[str, Child | Forked] = field(default_factory=dict)
    logs: list[IO[bytes]] = field(default_factory=list)

    def start(self) -> None:
        """Server, every role, and the first heartbeat of each."""
        self.faults.mkdir(parents=True, exist_ok=True)
        self.server.start()
        for name in self.names:
            self._add(name)
        self.until(self.all_beat, READY_SECONDS)

    def _add(self, name: str) -> None:
        role = name.partition("-")[0]
        module = WEB_MODULE if role == "web" else self.module
        self.children[name] = self._child(name, [module, role], self.directory / f"{name}.log")
        self.children[name].start()

    def _child(self, name: str, words: list[str], path: Path) -> Child | Forked:
        log = path.open("ab")
        self.logs.append(log)
        return Child(name, [sys.executable, "-m", *words], self._environment(), log)

    @contextmanager
    def with_one_more(self, name: str) -> Iterator[None]:
        """One more process at work for a while."""
        before = self.names
        self.names = (*before, name)
        self._add(name)
        try:
            self.until(self.all_beat, READY_SECONDS)
            yield
        finally:
            self.names = before
            self.children.pop(name).stop(self.settings.stop_grace_seconds)

    def stop(self) -> list[str]:
        """End everything; the command lines of what was left all the same."""
        seen = [process for name in self.names for process in self.family(name)]
        for child in self.children.values():
            child.ask_to_stop()
        for child in self.children.values():
            child.stop(self.settings.stop_grace_seconds)
        self.server.stop()
        for log in self.logs:
            log.close()
        self.engine.dispose()
        _, left = psutil.wait_procs(seen, timeout=5)
        return [str(process) for process in left]

    @property
    def faults(self) -> Path:
        """Where the files lie that make faults strike."""
        return self.directory / "faults"

    @property
    def engine(self) -> Engine:
        """Our own look at the database."""
        if "_engine" not in self.__dict__:
            self.__dict__["_engine"] = open_engine(self.settings.database_url)
        engine: Engine = self.__dict__["_engine"]
        return engine

    @property
    def broker(self) -> redis.Redis:
        """Our own look at the broker."""
        return redis.Redis(unix_socket_path=str(self.server.socket_path))

    def ask(self, question: Callable[[Connection], Answer]) -> Answer:
        """An answer of the database, waited for."""
        return transact(self.engine, question, patience_seconds=30)

    # ---- work
    def give(self, urls: Sequence[str]) -> int:
        """Accept these URLs; the run's id."""

        def work(connection: Connection) -> int:
            run = open_run(connection, "ingest", utc_now())
            interval = self.settings.host_interval_seconds
            accept(connection, run.id, urls, utc_now(), host_interval_seconds=interval)
            return run.id

        return transact(self.engine, work, patience_seconds=30)

    def ended(self, run_id: int) -> int:
        """How many jobs of a run have ended."""
        counted = select(func.count()).where(jobs.c.run_id == run_id, jobs.c.outcome.is_not(None))
        return int(self.ask(lambda c: c.execute(counted).scalar_one()))

    def until(self, true: Callable[[], bool], seconds: float) -> None:
        """Wait, and start again what has died meanwhile."""
        give_up_at = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < give_up_at, f"not within {seconds} s; see {self.directory}"
            self.revive()
            time.sleep(0.1)

    def until_ended(self, run_id: int, number: int, seconds: float = 60.0) -> None:
        """Wait until so many jobs of the run have ended."""
        self.until(lambda: self.ended(run_id) >= number, seconds)

    def rest(self, seconds: float) -> None:
        """Let the desk work on for a while."""
        end = time.monotonic() + seconds
        self.until(lambda: time.monotonic() >= end, seconds + 10)

    def revive(self) -> None:
        """Start again what died."""
        if self.server.child is not None and self.server.child.poll() is not None:
            self.server.start()
        for child in self.children.values():
            if child.poll() is not None:
                child.start()

    # ---- faults
    def family(self, role: str) -> list[psutil.Process]:
        """A role's process and its pool, the process first."""
        try:
            first = psutil.Process(self.children[role].pid)
            return [first, *first.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def signal(self, role: str, number: signal.Signals, *, pool: bool = False) -> None:
        """Send a signal to a role's process, or with ``pool`` to its pool as well."""
        for process in self.family(role) if pool else self.family(role)[:1]:
            process.send_signal(number)

    def kill_pool_child(self, role: str) -> None:
        """kill -9 of one process of the pool."""
        self.until(lambda: len(self.family(role)) > 1, READY_SECONDS)
        self.family(role)[-1].kill()

    def kill_server(self, *, with_data: bool) -> None:
        """kill -9 of the broker's server; with its data, when asked."""
        child = self.server.child
        assert child is not None
        os.kill(child.pid, signal.SIGKILL)
        child.stop(1)
        if with_data:
            for path in self.server.socket_path.parent.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.server.start()

    def send_all_twice(self) -> int:
        """Every message that stands in a queue once more; how many."""
        doubled = 0
        for queue in STAGES:
            for message in self.broker.lrange(queue, 0, -1):
                doubled += bool(self.broker.lpush(queue, message))
        return doubled

    # ---- questions
    def all_beat(self) -> bool:
        """Whether every role has said that it lives."""
        from pipeline.store.ledger.heartbeats import known_workers

        found = transact(self.engine, known_workers, patience_seconds=30)
        return {worker.role for worker in found} >= {n.partition("-")[0] for n in self.names}

    def count(self, run_id: int) -> Counts:
        """What became of a run, looked at from every side."""

        def read(connection: Connection) -> Counts:
            rows = connection.execute(
                select(jobs.c.url, jobs.c.outcome, jobs.c.reason).where(jobs.c.run_id == run_id)
            ).all()
            ours = jobs.c.run_id == run_id
            stored = select(articles.c.id).join(
                article_revisions, article_revisions.c.article_id == articles.c.id
            )
            stored = stored.join(jobs, jobs.c.id == article_revisions.c.job_id).where(ours)
            ids = list(connection.execute(stored).scalars())
            happened = select(func.count()).where(
                events.c.article_id.in_(ids), events.c.kind.in_(("stored", "revised"))
            )
            left = select(func.count()).select_from(drafts.join(jobs)).where(ours)
            return Counts(
                account(connection, run_id=run_id),
                {row.url: (row.outcome, row.reason) for row in rows},
                len(set(ids)),
                len(ids)
                - len(set(ids))
                + connection.execute(happened).scalar_one()
                - len(set(ids)),
                connection.execute(left).scalar_one(),
            )

        return transact(self.engine, read, read_only=True, patience_seconds=30)

    def _environment(self) -> dict[str, str]:
        environment = {"FAULTS": str(self.faults), "PYTHONPATH": str(Path.cwd())}
        for setting in fields(Settings):
            value = getattr(self.settings, setting.name)
            text = ",".join(value) if isinstance(value, tuple) else str(value)
            environment[PREFIX + setting.name.upper()] = text
        return environment


class ForkedDesk(Desk):
    """The same processes, there at once: a test that kills them need not wait for imports."""

    def _child(self, name: str, words: list[str], path: Path) -> Forked:
        return Forked(words[0], words[1:], os.environ | self._environment(), path)
