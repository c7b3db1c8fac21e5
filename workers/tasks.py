"""The Celery tasks, one a stage. Each knows ids and a message, and calls one function.

That function is imported on the first call: the dispatcher registers the tasks too, to send
them, and has no use for parsers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celery import Celery

from workers.chain import STAGES, task_name
from workers.wiring import Services


def register(app: Celery, services: Callable[[], Services]) -> None:
    """Give ``app`` the task of every stage; ``services`` answers per process."""
    for stage in STAGES:
        app.task(name=task_name(stage), bind=True)(_task(stage, services))


def _task(stage: str, services: Callable[[], Services]) -> Callable[..., None]:
    def run(self: Any, job_ids: list[int], message: str) -> None:
        from workers.run import run_step

        followed = bool(self.request.chain)
        moved = run_step(services(), stage, job_ids, message, followed=followed)
        if not moved:
            # Nothing is left for the rest of the chain; not sending it saves its messages. If
            # it were sent all the same, each would find no job of its own and end.
            self.request.chain = None

    run.__name__ = stage
    return run
