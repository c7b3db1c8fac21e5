"""The order of the stages, written down once, and the message that carries it."""

from __future__ import annotations

from collections.abc import Sequence

from celery import Celery, chain

STAGES = ("fetch", "parse", "enrich", "store")
"""The chain, in order. Each is a Celery task of the same name on a queue of the same name."""

ROLES: dict[str, tuple[str, ...]] = {
    "fetch": ("fetch",),
    "cpu": ("parse", "enrich"),
    "store": ("store",),
    "all": STAGES,
}
"""Which stages' queues a worker of each role consumes."""


def task_name(stage: str) -> str:
    """The Celery name of a stage's task."""
    return f"copydesk.{stage}"


def send_chain(app: Celery, job_ids: Sequence[int], message: str, first: str = "fetch") -> None:
    """Send the rest of the chain, starting at ``first``, for jobs marked with ``message``.

    Signatures are immutable and carry ids only, so a message stays under 2 KB however large the
    page is. ``app`` must know the tasks (:func:`workers.tasks.register`). Raises kombu's
    ``OperationalError`` when the broker cannot be reached.
    """
    rest = STAGES[STAGES.index(first) :]
    signatures = [
        app.signature(
            task_name(stage),
            args=(list(job_ids), message),
            immutable=True,
            options={"queue": stage, "task_id": f"{message}.{stage}"},
        )
        for stage in rest
    ]
    if len(signatures) == 1:
        signatures[0].apply_async()
    else:
        chain(*signatures).apply_async()
