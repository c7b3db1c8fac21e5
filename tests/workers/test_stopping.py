"""How a worker stops, and what it leaves, hangs on values inside the pool libraries."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from multiprocessing import SimpleQueue
from pathlib import Path

import pytest
from billiard import pool

from workers.worker import FAREWELL_TRIES


class UnreadAnswers:
    """A counter of answers read by the main process, which has stopped reading."""

    def __init__(self) -> None:
        self.looks = 0

    @property
    def value(self) -> int:
        self.looks += 1
        return 0


def test_a_pool_process_gives_up_on_unread_answers_after_as_many_looks_as_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool, "GUARANTEE_MESSAGE_CONSUMPTION_RETRY_LIMIT", FAREWELL_TRIES)
    monkeypatch.setattr(pool, "GUARANTEE_MESSAGE_CONSUMPTION_RETRY_INTERVAL", 0)
    answers = UnreadAnswers()
    child = pool.Worker(SimpleQueue(), SimpleQueue(), on_ready_counter=answers)
    assert not child._ensure_messages_consumed(completed=1)
    assert answers.looks == FAREWELL_TRIES


_KILLED_WITH_A_POOL = """
import os, signal, billiard
from workers.worker import leave_no_directory_behind
leave_no_directory_behind()
number = billiard.Value("i")
number.value += 1
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_worker_that_is_killed_leaves_nothing_in_the_temporary_directory(tmp_path: Path) -> None:
    place = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", _KILLED_WITH_A_POOL], env=place)
    assert done.returncode == -signal.SIGKILL
    assert list(tmp_path.iterdir()) == []
