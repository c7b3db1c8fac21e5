"""``python -m tests.faults.web_process``: the web process, whose answers to hubs can be held.

held_answers    while the file is there, hubs get no answer to what has been written;
                ``unanswered`` says that one waits
"""

from __future__ import annotations

import time

from config.logging import set_up_logging
from config.settings import load
from tests.faults import FAULTS
from workers.web import server
from workers.web.exchange import Answer, Call
from workers.web.websub import Websub


class HeldWebsub(Websub):
    """Writes what comes, and answers once it may."""

    def confirm(self, call: Call) -> Answer:
        return held(super().confirm(call))

    def push(self, call: Call) -> Answer:
        return held(super().push(call))


def held(answer: Answer) -> Answer:
    """The answer, when the file is gone."""
    while (FAULTS / "held_answers").exists():
        (FAULTS / "unanswered").touch()
        time.sleep(0.02)
    return answer


if __name__ == "__main__":
    settings = load().settings
    set_up_logging(settings.log_level, settings.log_format)
    server.Websub = HeldWebsub  # type: ignore[misc]
    server.run_web(settings)
