"""The change feed while everything that writes or reads it is killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.engine import make_url

from pipeline.store.consumers import cursor_of
from pipeline.store.tables.articles import articles
from pipeline.store.tables.events import events
from pipeline.store.transactions import transact
from tests.e2e.processes import command, environment
from tests.faults.conftest import administer
from tests.forked import Forked
from tests.store.test_articles import save

WRITERS = 3
KILLS = 4
ROOT = Path(__file__).parent.parent.parent


class Running:
    """A process whose standard output goes to a file."""

    def __init__(self, words: tuple[str, ...], output: Path, env: dict[str, str]) -> None:
        self.output = output
        output.touch()
        errors = output.with_suffix(".errors")
        self.process = Forked(words[0], words[1:], env, output, errors, directory=ROOT)
        self.process.start()

    def lines(self) -> list[str]:
        """Whole lines so far; a kill may leave a piece of one."""
        return self.output.read_text("utf-8").split("\n")[:-1]

    def end(self, number: signal.Signals = signal.SIGKILL) -> int | None:
        if self.process.poll() is None:
            os.kill(self.process.pid, number)
        return self.process.wait(30)


@pytest.fixture
def start(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts a reader (``copydesk ...``) or a writer (by name); kills what is left at the end."""
    started: list[Running] = []

    def call(*words: str, writer: str | None = None) -> Running:
        line = ("workers.cli.main", *words)
        if writer is not None:
            line = ("tests.faults.article_writer", database_url, writer)
        running = Running(
            line, tmp_path / f"output-{len(started)}", environment(database_url=database_url)
        )
        started.append(running)
        return running

    yield call
    for running in started:
        running.end()


def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    give_up_at = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up_at, "it did not come about"
        time.sleep(0.05)


def seen(*readers: Running) -> list[int]:
    return [json.loads(line)["seq"] for reader in readers for line in reader.lines()]


def committed(engine: Engine) -> list[int]:
    with engine.begin() as connection:
        return list(connection.execute(select(events.c.seq).order_by(events.c.seq)).scalars())


def nothing_open(engine: Engine) -> bool:
    """Whether no transaction but ours is open. What a writer asked of PostgreSQL before it was
    killed may still be committed after its death; a file that it locked is free at once."""
    if engine.dialect.name != "postgresql":
        return True
    others = "datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
    with engine.begin() as connection:
        found = connection.execute(text(f"SELECT count(*) FROM pg_stat_activity WHERE {others}"))
        return found.scalar_one() == 0


@contextmanager
def database_away(url: str, server_url: str) -> Iterator[None]:
    """PostgreSQL ends every connection and takes no new one. A SQLite file does not go away."""
    name = make_url(url).database
    if not url.startswith("postgresql"):
        yield
        return
    kick = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    administer(server_url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false", kick)
    time.sleep(1.0)
    administer(server_url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    yield


def test_a_reader_ends_with_exactly_what_writers_killed_at_random_committed(
    start: Callable[..., Running], engine: Engine, database_url: str, postgres_server_url: str
) -> None:
    chance = random.Random(7)
    follow = ("changes", "--follow", "--json", "--consumer")
    reader, doomed = start(*follow, "steady"), [start(*follow, "doomed")]
    writers = [start(writer=f"writer-{n}") for n in range(WRITERS)]
    for number in range(KILLS):
        victim = chance.choice(writers[-WRITERS:])
        until(lambda one=victim: len(one.lines()) > chance.randrange(6))  # type: ignore[misc]
        assert victim.end() == -signal.SIGKILL
        writers.remove(victim)
        writers.append(start(writer=f"later-{number}"))
        if number == KILLS // 2:
            until(lambda: bool(doomed[0].lines()))
            doomed[0].end()
            doomed.append(start(*follow, "doomed"))
            # Who finds no database at its start ends at once: both are to be at it when it goes.
            until(lambda: bool(reader.lines() and doomed[-1].lines()))
            with database_away(database_url, postgres_server_url):
                pass
    reported = {int(line) for writer in writers for line in writer.lines()}
    for writer in writers:
        writer.end()
    until(lambda: nothing_open(engine))
    stored = committed(engine)
    until(lambda: seen(reader)[-1:] == stored[-1:] == seen(doomed[-1])[-1:])
    assert reader.end(signal.SIGTERM) == 143
    assert seen(reader) == stored, "each once, in order, none missed, none that was not committed"
    assert reported <= set(stored), "what a writer was told is committed is there"
    assert set(seen(*doomed)) == set(stored), "killed and started again, it missed nothing"
    assert transact(engine, lambda c: cursor_of(c, "steady")) == stored[-1]
    with engine.begin() as connection:
        ids = set(connection.execute(select(articles.c.public_id)).scalars())
    assert {json.loads(line)["article_id"] for line in reader.lines()} == ids


def test_a_reader_that_waits_ends_when_its_pipe_is_closed_or_it_is_interrupted(
    engine: Engine,
) -> None:
    save(engine)
    line = command("changes", "--follow", "--json")
    with ExitStack() as stack:
        piped, interrupted = (
            stack.enter_context(
                subprocess.Popen(
                    line,
                    cwd=ROOT,
                    env=environment(database_url=str(engine.url.render_as_string(False))),
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(2)
        )
        stack.callback(piped.kill)
        stack.callback(interrupted.kill)
        for one in (piped, interrupted):
            assert one.stdout is not None
            assert json.loads(one.stdout.readline())["seq"] == 1
        piped.stdout.close()  # type: ignore[union-attr]
        interrupted.send_signal(signal.SIGINT)
        assert piped.wait(30) == 0
        assert interrupted.wait(30) == 130
        assert [one.stderr.read() for one in (piped, interrupted)] == ["", ""]  # type: ignore[union-attr]
