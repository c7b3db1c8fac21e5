"""Who consumes which stage, and the message that carries a chain of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from celery import Celery

from pipeline.store.tables.ledger import CHAINS, STAGES

# The order stands beside the tables, whose checks name the stages. Each is a Celery task of the
# same name on a queue of the same name.
__all__ = ["CHAINS", "STAGES"]

ROLES: dict[str, tuple[str, ...]] = {
    "fetch": ("fetch",),
    "cpu": ("parse", "enrich", "discover"),
    "store": ("store",),
    "all": STAGES,
}
"""Which stages' queues a worker of each role consumes."""

APART = tuple(role for role in ROLES if role != "all")
"""The roles between which the stages are shared out."""

PUBLIC_QUEUE = "copydesk"
"""Where other programs send (:mod:`workers.public_tasks`). The stages' queues are private."""

ASK_HUB = "copydesk.ask_hub"
"""The one task that is no stage of a job (:mod:`workers.hubs`); fetch workers take it."""

TAKES_CALLS = ("store", "all")
"""Roles that consume it. Accepting writes to the database and asks nobody, as storing does."""


def task_name(stage: str) -> str:
    """The Celery name of a stage's task."""
    return f"copydesk.{stage}"


CHUNK = {"parse": 25, "enrich": 25, "store": 100}
"""Most jobs in one message. A fetch goes alone: it waits for its host, not for us. Beyond 25 an
article's share of the engine hardly falls; store takes more, because its cost is the commit."""

BACKLOG = 50
"""From so many jobs beyond fetch on, chains end early, so that their jobs gather in chunks."""


def rest_of(kind: str, first: str, *, backlog: bool) -> tuple[str, ...]:
    """The stages of a chain for jobs of this kind that starts at ``first``.

    Without a backlog it runs to the end. With one an article's ends where jobs are to gather:
    before parse, and before store, whose batches are larger. Lists are few and feed the rest.
    """
    rest = CHAINS[kind][CHAINS[kind].index(first) :]
    if not backlog or kind == "list":
        return rest
    together = next(
        stages for stages in (("fetch",), ("parse", "enrich"), ("store",)) if first in stages
    )
    return tuple(stage for stage in rest if stage in together)


def send_chain(
    app: Celery, job_ids: Sequence[int], message: str, stages: Sequence[str] = CHAINS["article"]
) -> None:
    """Send a chain of these stages for jobs that are marked with ``message``.

    The message carries ids only, so it stays under 2 KB however large the page is. ``app`` must
    know the tasks (:func:`workers.tasks.register`). Raises kombu's ``OperationalError`` when the
    broker cannot be reached.
    """
    # The message that Celery's own chain() of immutable signatures would send, made of its own
    # parts. Its way there (a signature a task, routes, options, a result) takes half as much again.
    first, *rest = stages
    args = (list(job_ids), message)
    task = app.tasks[task_name(first)]
    made = app.amqp.create_task_message(
        f"{message}.{first}",
        task.name,
        args,
        time_limit=task.time_limit,
        chain=[_following(stage, job_ids, message) for stage in reversed(rest)] or None,
        argsrepr=repr(args),
        kwargsrepr="{}",
        ignore_result=True,
    )
    with app.producer_or_acquire() as producer:
        app.amqp.send_task_message(producer, task.name, made, queue=first)


def stages_after(chain: Sequence[Mapping[str, Any]] | None) -> tuple[str, ...]:
    """The stages that a task of a chain, as its request has it, is to send next."""
    return tuple(task["options"]["queue"] for task in reversed(chain or ()))


def _following(stage: str, job_ids: Sequence[int], message: str) -> dict[str, Any]:
    """A task of the chain as Celery writes it; the next is the last of a message's list."""
    return {
        "task": task_name(stage),
        "args": [list(job_ids), message],
        "kwargs": {},
        "options": {"queue": stage, "task_id": f"{message}.{stage}"},
        "subtask_type": None,
        "immutable": True,
    }
