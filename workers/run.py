"""One step of the chain: claim, work, write. All stages go through here.

    claim   one UPDATE takes the lease for this message; whoever else holds it has nothing to do
    work    the stage's function on values, outside any transaction
    write   one transaction: output, and the stage moves where the claim still holds

A worker may die between any two lines. Before the write nothing has happened; after it the
job stands at its next stage and the same message finds nothing to do.

Several jobs in one message are a saving, never a common fate: what was tried before is handed
back to go alone, and a chunk that takes long hands back what it has not begun.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pipeline.store.engine import Connection
from pipeline.store.ledger.attempts import note_superseded, tries_noted
from pipeline.store.ledger.claims import Claim, claim, still_mine, wait
from pipeline.store.ledger.turns import ask
from pipeline.store.transactions import DatabaseFull, DatabaseUnavailable, transact
from workers import outcomes
from workers.stages import STEPS, Done, Step
from workers.wiring import DATABASE_PATIENCE_SECONDS, Services

log = logging.getLogger(__name__)
Result = TypeVar("Result")

CHUNK_SHARE = 0.3
"""Part of a task's time limit in which a chunk begins new work. What was begun last, and the
write, have the rest."""


def run_step(
    services: Services, stage: str, job_ids: Sequence[int], message: str, *, followed: bool = True
) -> int:
    """Run one stage for the jobs that this message may work on; how many moved on or ended well.

    ``followed`` says whether the message's chain goes on after this stage. Raises
    :class:`pipeline.store.transactions.DatabaseUnavailable` when the database stays away: then
    nothing was written and the lease runs out by itself.
    """
    step = STEPS[stage]
    begun = time.monotonic()
    enough = CHUNK_SHARE * services.settings.task_limit_seconds
    done: list[Done[Any]] = []
    held = _claim(services, stage, job_ids, message, followed)
    if not held:
        # Its worker may have died between the write and what comes after it.
        _after(services, stage)
        return 0
    try:
        for index, one in enumerate(held):
            if index and time.monotonic() - begun > enough:
                _hand_back(services, held[index:])
                break
            _work(services, step, one, done)
        return _write(services, step, done)
    except DatabaseFull as error:
        log.error("no room left in the database: %s", error)
        detail = f"the database: {error}"
        _transact(services, lambda c: outcomes.no_room(c, services, held, detail))
        return 0
    except DatabaseUnavailable:
        # It may be back by now; an attempt that it cost is not the job's.
        _hand_back(services, held)
        raise


def _claim(
    services: Services, stage: str, job_ids: Sequence[int], message: str, followed: bool
) -> list[Claim]:
    """The claims to work on. Others wait again, or are given up, at once."""
    settings = services.settings
    most = settings.max_attempts

    def work(connection: Connection) -> tuple[list[Claim], dict[int, int]]:
        now = services.now()
        lease = settings.lease_seconds
        held = claim(
            connection,
            job_ids,
            stage,
            message,
            now,
            lease,
            followed=followed,
            most_takeovers=most,
        )
        if stage == "fetch":
            held = [one for one in held if _may_ask(connection, services, one)]
        if len(held) > 1:
            for one in held:
                if one.attempt > 1:  # the last attempt did not come back: it goes alone now
                    wait(connection, one, now, counts=False)
            held = [one for one in held if one.attempt == 1]
        crashes = {one.job_id: _crashes(connection, one) for one in held if one.attempt > most}
        return held, {job_id: times for job_id, times in crashes.items() if times >= most}

    # A claim that a power cut takes back was of a worker that it ended. The end of a job is a
    # promise, so it is a transaction of its own.
    held, crashed = _transact(services, work, flush=False)
    if crashed:
        given_up = [one for one in held if one.job_id in crashed]
        _transact(services, lambda c: _give_up(c, services, given_up, crashed))
    return [one for one in held if one.job_id not in crashed]


def _may_ask(connection: Connection, services: Services, held: Claim) -> bool:
    """Whether the host may be asked at this moment; if not, the job waits, uncounted."""
    later = ask(connection, held.host, services.now())
    if later is not None:
        wait(connection, held, later, reason="host_busy", counts=False)
    return later is None


def _crashes(connection: Connection, held: Claim) -> int:
    """How many attempts at this stage never came back."""
    return held.attempt - 1 - tries_noted(connection, held)


def _give_up(
    connection: Connection, services: Services, held: Sequence[Claim], crashes: dict[int, int]
) -> None:
    for one in held:
        outcomes.give_up(connection, one, crashes[one.job_id], services.now())


def _work(services: Services, step: Step[Any], held: Claim, done: list[Done[Any]]) -> None:
    try:
        done.append(Done(held, step.work(services, held)))
    except DatabaseUnavailable:
        raise
    except MemoryError as error:
        # What the step had piled up hangs on its frames; writing this down needs memory too.
        traceback.clear_frames(error.__traceback__)
        _settle(services, held, error)
    except Exception as error:
        _settle(services, held, error)


def _write(services: Services, step: Step[Any], done: list[Done[Any]]) -> int:
    if not done:
        return 0
    written = _write_together(services, step, done)
    if written:
        _after(services, done[0].claim.stage)
    return written


def _after(services: Services, stage: str) -> None:
    try:
        STEPS[stage].after(services)
    except Exception:  # the jobs are written; what is left here is found again later
        log.exception("after %s", stage)


def _write_together(services: Services, step: Step[Any], done: list[Done[Any]]) -> int:
    """Write the outputs together; when one spoils the batch, each alone, so that it dies alone."""
    try:
        return _transact(
            services, lambda c: _write_held(c, services, step, done), flush=step.promises(done)
        )
    except DatabaseUnavailable:
        raise
    except Exception as error:
        if len(done) == 1:
            _settle(services, done[0].claim, error)
            return 0
        return sum(_write_together(services, step, [one]) for one in done)


def _write_held(
    connection: Connection, services: Services, step: Step[Any], done: list[Done[Any]]
) -> int:
    held = {c.job_id for c in still_mine(connection, [one.claim for one in done])}
    mine = [one for one in done if one.claim.job_id in held]
    lost = [one.claim for one in done if one.claim.job_id not in held]
    note_superseded(connection, lost, services.now())
    if mine:
        step.write(connection, services, mine)
    return len(mine)


def _hand_back(services: Services, held: Sequence[Claim]) -> None:
    """Let those that are still claimed wait, uncounted: they were not tried."""

    def work(connection: Connection) -> None:
        for one in held:
            wait(connection, one, services.now(), counts=False)

    _transact(services, work)


def _settle(services: Services, held: Claim, error: Exception) -> None:
    _transact(services, lambda c: outcomes.settle(c, services, held, error))


def _transact(
    services: Services, work: Callable[[Connection], Result], *, flush: bool = True
) -> Result:
    patience = DATABASE_PATIENCE_SECONDS
    return transact(services.engine, work, patience_seconds=patience, flush=flush)
