"""Which processes a test has started, and whether any of them is left."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.forked import Forked, ran
from workers.chain import APART
from workers.embedded.valkey import EmbeddedServer

GONE_SECONDS = 15.0
STOP_SECONDS = 120.0
ROOT = str(Path(__file__).parent.parent.parent)


def environment(**settings: object) -> dict[str, str]:
    """The environment of a fresh machine, with these settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("COPYDESK_")}
    return clean | {f"COPYDESK_{name.upper()}": str(value) for name, value in settings.items()}


def command(*arguments: str) -> list[str]:
    """``copydesk`` as this interpreter has it."""
    return [sys.executable, "-m", "workers.cli.main", *arguments]


def copydesk(
    *arguments: str, directory: Path, env: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """``copydesk ARGUMENTS`` to its end: what it started itself is started the long way."""
    own = {**env, "PYTHONPATH": ROOT}
    return ran("workers.cli.main", *arguments, environment=own, directory=directory)


@contextmanager
def started(
    *arguments: str, directory: Path, env: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """``copydesk ARGUMENTS`` in the background, with all it started killed at the end."""
    process = subprocess.Popen(
        command(*arguments),
        cwd=directory,
        env={**env, "PYTHONPATH": ROOT},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    seen = [psutil.Process(process.pid)]
    try:
        yield process
    finally:
        for child in [*seen, *descendants(process.pid)]:
            if child.is_running():
                child.kill()
        process.communicate()


@contextmanager
def at_work(directory: Path, env: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """What ``copydesk up`` starts, there at once, for tests that are about its work and not about
    its life; the environment in which commands find it."""
    server = EmbeddedServer(directory / "valkey")
    server.start()
    found = {**env, "COPYDESK_BROKER_URL": server.broker_url}
    lines = [*(("worker", "--role", role) for role in APART), ("dispatcher",)]
    children = [
        Forked("workers.cli.main", line, found, directory / "stack.log", directory=directory)
        for line in lines
    ]
    try:
        for child in children:
            child.start()
        yield found
    finally:
        for child in children:
            child.ask_to_stop()
        codes = [child.stop(STOP_SECONDS) for child in children]
        server.stop()
    assert codes == [0] * len(lines), (directory / "stack.log").read_text("utf-8")


def descendants(pid: int) -> list[psutil.Process]:
    """Children, children's children and so on of a process that is alive."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def wait_for_descendants(pid: int, wanted: tuple[str, ...]) -> list[psutil.Process]:
    """All descendants, once each of the words stands in some descendant's command line."""
    give_up_at = time.monotonic() + 120
    while time.monotonic() < give_up_at:
        found = descendants(pid)
        lines = [" ".join(line_of(child)) for child in found]
        if all(any(word in line for line in lines) for word in wanted):
            return found
        time.sleep(0.1)
    raise AssertionError(f"no {wanted} among {lines}")


def line_of(process: psutil.Process) -> list[str]:
    """The command line, empty when the process is gone."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def left_of(processes: list[psutil.Process]) -> list[str]:
    """The command lines of those that still live after a while."""
    _, alive = psutil.wait_procs(processes, timeout=GONE_SECONDS)
    return [
        " ".join(line_of(process))
        for process in alive
        if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    ]
