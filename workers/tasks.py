"""The Celery tasks, one a stage, and one that asks hubs. Each knows ids and calls one function.

That function is imported on the first call: the dispatcher registers the tasks too, to send
them, and has no use for parsers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celery import Celery

from workers.chain import ASK_HUB, STAGES, send_chain, stages_after, task_name
from workers.wiring import Services


def register(app: Celery, services: Callable[[], Services]) -> None:
    """Give ``app``, and no other app, these tasks; ``services`` answers per process."""
    for stage in STAGES:
        app.task(name=task_name(stage), bind=True, shared=False)(_task(stage, services))
    app.task(name=ASK_HUB, shared=False)(_ask_hub(services))


def _task(stage: str, services: Callable[[], Services]) -> Callable[..., None]:
    def run(self: Any, job_ids: list[int], message: str) -> None:
        from workers.run import run_step

        # Sent from here: the same message, which costs Celery half as much again.
        rest, self.request.chain = stages_after(self.request.chain), None
        moved = run_step(services(), stage, job_ids, message, followed=bool(rest))
        # With nothing moved on, each message of the rest would find no job of its own and end.
        if moved and rest:
            send_chain(self.app, job_ids, message, rest)

    run.__name__ = stage
    return run


def _ask_hub(services: Callable[[], Services]) -> Callable[..., None]:
    def ask_hub(subscription_id: int, asked_at: str) -> None:
        from workers import hubs

        hubs.ask_hub(services(), subscription_id, asked_at)

    return ask_hub
