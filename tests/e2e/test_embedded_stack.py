"""The embedded stack lives and dies with the command that started it."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.e2e.processes import (
    copydesk,
    environment,
    left_of,
    line_of,
    started,
    wait_for_descendants,
)
from workers.demo.server import DemoSite

PARTS = ("valkey-server", "--role fetch", "--role cpu", "--role store", "main dispatcher")
QUICK = {
    "contact": "https://desk.example",
    "fetch_allowed_networks": "127.0.0.0/8",
    "fetch_concurrency": 4,
    "cpu_concurrency": 1,
    "host_interval_seconds": 0.05,
    "dispatch_interval_seconds": 0.05,
    "heartbeat_seconds": 1,
    "log_level": "WARNING",
}


def healthy(directory: Path, env: dict[str, str]) -> bool:
    """Whether `copydesk health` says so, asked until it does."""
    give_up_at = time.monotonic() + 120
    while time.monotonic() < give_up_at:
        if copydesk("health", directory=directory, env=env).returncode == 0:
            return True
        time.sleep(0.2)
    return False


@dataclass(frozen=True)
class Up:
    """A stack that runs, and where."""

    process: subprocess.Popen[str]
    directory: Path
    env: dict[str, str]

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return copydesk(*arguments, directory=self.directory, env=self.env)


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One stack for the tests that leave it alive, and for the one that stops it, which is last."""
    directory, env = tmp_path_factory.mktemp("up"), environment(**QUICK)
    with started("up", directory=directory, env=env) as process:
        yield Up(process, directory, env)


def test_up_says_so_when_every_role_is_at_work(up: Up) -> None:
    assert up.process.stderr is not None
    told = [up.process.stderr.readline()]
    while not told[-1].startswith("up, on sqlite:///"):
        told.append(up.process.stderr.readline())
        assert told[-1], told
    assert "starting the workers" in told[0]
    # Root is told of by a line of ours for each worker, not by ten of Celery's.
    assert [line for line in told[1:-1] if "runs as root" not in line] == []
    assert up("health").returncode == 0


def test_a_second_stack_on_the_same_data_is_refused(up: Up) -> None:
    wait_for_descendants(up.process.pid, ("valkey-server", "main dispatcher"))
    second = up("up")
    assert second.returncode == 4
    assert "another stack is running" in second.stderr
    assert up.process.poll() is None, "the first one goes on"


def test_a_child_that_dies_is_started_again_and_the_work_goes_on(up: Up) -> None:
    children = wait_for_descendants(up.process.pid, PARTS)
    first = {p.pid for p in children if "--role" in " ".join(line_of(p))}
    for child in children:
        if any(part in " ".join(line_of(child)) for part in ("--role", "valkey-server")):
            child.kill()
    with DemoSite() as site:
        page = next(page for page in site.pages if page.path == "/local/northern-pier")
        done = up("ingest", site.url(page), "--wait", "--timeout", "110", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["stored"] == 1
    assert not first & {p.pid for p in wait_for_descendants(up.process.pid, PARTS)}


def test_ctrl_c_stops_the_stack_warmly_and_leaves_no_process(up: Up) -> None:
    children = wait_for_descendants(up.process.pid, PARTS)
    assert healthy(up.directory, up.env)
    up.process.send_signal(signal.SIGINT)
    _, err = up.process.communicate(timeout=60)
    assert up.process.returncode == 0, err
    assert left_of(children) == []
    assert "Traceback" not in err
    assert list(up.directory.rglob("*.sock")) == []


def test_kill_9_of_the_parent_takes_every_child_and_grandchild_with_it(place: Path) -> None:
    env = environment(**QUICK)
    with started("up", directory=place, env=env) as up:
        wait_for_descendants(up.pid, PARTS)
        assert healthy(place, env)  # by now the pools have forked
        children = psutil.Process(up.pid).children(recursive=True)
        assert len(children) > len(PARTS), "the pools' processes are among them"
        up.kill()
        up.wait()
        assert left_of(children) == []


def test_who_stops_waiting_with_a_stack_of_their_own_is_told_what_goes_on_and_how(
    place: Path,
) -> None:
    env = environment(**QUICK)
    words = ("ingest", "http://127.0.0.1:1/a", "--wait", "--timeout", "30")
    late = copydesk(*words, directory=place, env=env)
    assert late.returncode == 6, late.stderr
    assert "none has come up yet" not in late.stderr, "nobody was missing"
    assert "http://127.0.0.1:1/a: waiting at fetch, not before" in late.stderr
    assert "connection_failed" in late.stderr
    assert late.stderr.endswith(
        "1 of 1 are still pending; nothing is lost; `copydesk up` goes on with them\n"
    )


def test_ingest_wait_brings_its_own_stack_and_takes_it_away_again(place: Path) -> None:
    env = environment(**QUICK)
    before = {process.pid for process in psutil.process_iter()}
    with DemoSite() as site:
        urls = [site.url(page) for page in site.pages if page.path in ("/local/lost", "/s/7731")]
        done = copydesk(
            "ingest", *urls, "--wait", "--timeout", "90", "--json", directory=place, env=env
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1, "one JSON line, as a scheduler takes it"
    counted = json.loads(done.stdout)
    assert (counted["accepted"], counted["pending"]) == (2, 0)
    assert counted["stored"] == 1, "a redirect leads to its article"
    ours = [
        " ".join(line_of(process))
        for process in psutil.process_iter()
        if process.pid not in before and str(place) in " ".join(line_of(process))
    ]
    assert ours == []
