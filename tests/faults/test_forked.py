"""A process that is forked is one like any other: what the fault tests kill is real."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psutil
import pytest

from tests.forked import Forked, ran

PROGRAM = """
import os, sys, time
print(os.getpid(), os.getpgrp(), os.getcwd(), os.environ.get("GIVEN"), "PATH" in os.environ)
print(sys.argv[1:], __name__, file=sys.stderr)
sys.stdout.flush()
if sys.argv[1] == "stay":
    time.sleep(60)
sys.exit(7)
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "told_program.py").write_text(PROGRAM)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_it_has_its_own_group_directory_environment_arguments_outputs_and_code(place: Path) -> None:
    done = ran("told_program", "go", environment={"GIVEN": "this"}, directory=place)
    pid, group, directory, given, path = done.stdout.split()
    assert pid == group != str(os.getpid())
    assert (directory, given, path) == (str(place), "this", "False")
    assert done.stderr.split("\n") == ["['go'] __main__", ""]
    assert done.returncode == 7


def test_it_may_have_children_by_fork_as_any_process(place: Path) -> None:
    program = "from multiprocessing import Process\np = Process(target=print, args=('child',))\n"
    (place / "parent_program.py").write_text(f"{program}p.start()\np.join()\n")
    assert ran("parent_program", environment={}, directory=place).stdout == "child\n"


def test_kill_9_ends_it_and_it_can_be_started_again(place: Path) -> None:
    output = place / "output"
    process = Forked("told_program", ["stay"], os.environ, output, place / "errors")
    for _ in range(2):
        process.start()
        assert process.poll() is None
        assert psutil.Process(process.pid).is_running()
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL
        assert not psutil.pid_exists(process.pid)


def test_stopping_it_asks_first(place: Path) -> None:
    process = Forked("told_program", ["stay"], os.environ, place / "output")
    process.start()
    assert process.stop(30) == -signal.SIGTERM
