"""``python -m benchmarks.engine_process ROLE``: a worker or dispatcher whose stages do nothing.

``ENGINE_MODE`` says how: ``bare`` (four Celery tasks that do nothing, no ledger), ``single`` (our
engine, one id a message), ``chunks`` (our engine as it is), ``fetch`` (only fetch does something,
and what was fetched stays where it is).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from config.settings import Settings, load
from pipeline.store.engine import Connection
from pipeline.store.ledger.claims import Claim, hold, move_on
from pipeline.store.ledger.ends import End, end_held
from workers import chain, dispatcher, stages, taking, worker
from workers.app import make_app
from workers.stages.step import Done, Step
from workers.wiring import Services


class Nothing(Step[None]):
    """No work, no output: what is left is the engine. Commits as the real step does."""

    def work(self, services: Services, held: Claim) -> None:
        return None

    def write(self, connection: Connection, services: Services, done: Sequence[Done[None]]) -> None:
        claims = [one.claim for one in done]
        if claims[0].stage != "store":
            move_on(connection, claims, services.now())
            return
        hold(connection, claims)
        end_held(connection, [End(held, "unchanged") for held in claims], services.now())

    def promises(self, done: Sequence[Done[None]]) -> bool:
        return done[0].claim.stage == "store"


def bare_app(settings: Settings):  # type: ignore[no-untyped-def] # Celery has no types
    """Four tasks that do nothing, on the queues of the stages, with our settings."""
    app = make_app(settings)
    for stage in chain.STAGES:

        def nothing(ids: list[int], message: str) -> None:
            """Nothing."""

        app.task(name=chain.task_name(stage))(nothing)
    return app


def bare_worker(settings: Settings) -> int:
    pool, concurrency = worker.pool_of(settings, "all")
    started = bare_app(settings).Worker(
        queues=list(chain.STAGES), pool=pool, concurrency=concurrency, without_gossip=True,
        without_mingle=True, loglevel="WARNING", optimization="fair", quiet=True,
    )  # fmt: skip
    started.start()
    return int(started.exitcode or 0)


def main(role: str) -> int:
    settings, mode = load().settings, os.environ["ENGINE_MODE"]
    if mode == "bare":
        return bare_worker(settings)
    if mode == "fetch":
        taking.BACKLOG = 0
        taking.due_beyond_fetch = lambda connection, now, room: []
    else:
        stages.STEPS.update(dict.fromkeys(chain.STAGES, Nothing()))
    if mode == "single":
        taking.BACKLOG = sys.maxsize
        taking.CHUNK = dict.fromkeys(chain.STAGES, 1)
    if role == "dispatcher":
        dispatcher.run_dispatcher(settings)
        return 0
    return worker.run_worker(settings, role)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
