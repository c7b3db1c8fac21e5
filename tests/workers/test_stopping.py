"""What makes a worker stop in time hangs on a number inside the pool library."""

from __future__ import annotations

from multiprocessing import SimpleQueue

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
