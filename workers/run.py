"""One step of the chain: claim, work, write. All stages go through here.

    claim   one UPDATE takes the lease for this message; whoever else holds it has nothing to do
    work    the stage's function on values, outside any transaction
    write   one transaction: output, and the stage moves where the claim still holds

A worker may die between any two lines. Before the write nothing has happened; after it the
job stands at its next stage and the same message finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pipeline.store.engine import Connection
from pipeline.store.ledger.claims import Claim, claim, still_mine
from pipeline.store.transactions import DatabaseUnavailable, transact
from workers import outcomes
from workers.stages import STEPS, Done, Step
from workers.wiring import DATABASE_PATIENCE_SECONDS, Services

Result = TypeVar("Result")


def run_step(services: Services, stage: str, job_ids: Sequence[int], message: str) -> int:
    """Run one stage for the jobs that this message may work on; how many moved on or ended well.

    Raises :class:`pipeline.store.transactions.DatabaseUnavailable` when the database stays away:
    then nothing was written and the lease runs out by itself.
    """
    step = STEPS[stage]
    done: list[Done[Any]] = []
    for held in _claim(services, stage, job_ids, message):
        if held.attempt > services.settings.max_attempts:
            _give_up(services, held)
            continue
        try:
            done.append(Done(held, step.work(services, held)))
        except DatabaseUnavailable:
            raise
        except Exception as error:
            _settle(services, held, error)
    written = _write(services, step, done)
    if written:
        step.after(services)
    return written


def _claim(services: Services, stage: str, job_ids: Sequence[int], message: str) -> list[Claim]:
    lease = services.settings.lease_seconds
    return _transact(services, lambda c: claim(c, job_ids, stage, message, services.now(), lease))


def _write(services: Services, step: Step[Any], done: list[Done[Any]]) -> int:
    """Write the outputs together; when one spoils the batch, each alone, so that it dies alone."""
    if not done:
        return 0
    try:
        return _transact(services, lambda c: _write_held(c, services, step, done))
    except DatabaseUnavailable:
        raise
    except Exception as error:
        if len(done) == 1:
            _settle(services, done[0].claim, error)
            return 0
        return sum(_write(services, step, [one]) for one in done)


def _write_held(
    connection: Connection, services: Services, step: Step[Any], done: list[Done[Any]]
) -> int:
    held = {c.job_id for c in still_mine(connection, [one.claim for one in done])}
    mine = [one for one in done if one.claim.job_id in held]
    if mine:
        step.write(connection, services, mine)
    return len(mine)


def _give_up(services: Services, held: Claim) -> None:
    _transact(services, lambda c: outcomes.give_up(c, held, services.now()))


def _settle(services: Services, held: Claim, error: Exception) -> None:
    _transact(services, lambda c: outcomes.settle(c, services, held, error))


def _transact(services: Services, work: Callable[[Connection], Result]) -> Result:
    return transact(services.engine, work, patience_seconds=DATABASE_PATIENCE_SECONDS)
