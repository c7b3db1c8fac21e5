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
from pipeline.store.ledger.claims import Claim, ClaimLost, claim, still_mine, wait
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

    def work(connection: Connection) -> list[Claim]:
        held = claim(
            connection,
            job_ids,
            stage,
            message,
            services.now(),
            settings.lease_seconds,
            followed=followed,
            most_takeovers=settings.max_attempts,
        )
        if stage == "fetch":
            held = [one for one in held if _may_ask(connection, services, one)]
        return held

    # A claim that a power cut takes back was of a worker that it ended. It is one statement; with
    # its host's turn it is two that stand and fall together.
    held = _transact(services, work, flush=False, atomic=stage == "fetch")
    first = [one for one in held if one.attempt == 1]
    if len(held) > 1 and len(first) < len(held):
        # The last attempt did not come back: it goes alone now.
        _hand_back(services, [one for one in held if one.attempt > 1])
        return first
    return [one for one in held if one.attempt <= settings.max_attempts or _lives(services, one)]


def _lives(services: Services, held: Claim) -> bool:
    """Whether a job that was claimed too often was not the death of its workers; else it ends."""

    def work(connection: Connection) -> bool:
        crashes = held.attempt - 1 - tries_noted(connection, held)  # never came back
        if crashes >= services.settings.max_attempts:
            outcomes.give_up(connection, held, crashes, services.now())
        return crashes < services.settings.max_attempts

    return _transact(services, work)


def _may_ask(connection: Connection, services: Services, held: Claim) -> bool:
    """Whether the host may be asked at this moment; if not, the job waits, uncounted."""
    later = ask(connection, held.host, services.now())
    if later is not None:
        wait(connection, held, later, reason="host_busy", counts=False)
    return later is None


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

    def work(connection: Connection) -> None:
        step.write(connection, services, done)

    try:
        _transact(services, work, flush=step.promises(done))
        return len(done)
    except DatabaseUnavailable:
        raise
    except ClaimLost:
        mine = _still_mine(services, done)
        return _write_together(services, step, mine) if mine else 0
    except Exception as error:
        if len(done) == 1:
            _settle(services, done[0].claim, error)
            return 0
        return sum(_write_together(services, step, [one]) for one in done)


def _still_mine(services: Services, done: list[Done[Any]]) -> list[Done[Any]]:
    """Those whose claims still hold, fewer than all; the others are noted as taken over."""

    def work(connection: Connection) -> set[int]:
        held = {c.job_id for c in still_mine(connection, [one.claim for one in done])}
        lost = [one.claim for one in done if one.claim.job_id not in held]
        note_superseded(connection, lost, services.now())
        return held

    held = _transact(services, work)
    if len(held) == len(done):
        raise AssertionError("claims that were lost hold again")
    return [one for one in done if one.claim.job_id in held]


def _hand_back(services: Services, held: Sequence[Claim]) -> None:
    """Let those that are still claimed wait, uncounted: they were not tried."""

    def work(connection: Connection) -> None:
        for one in held:
            wait(connection, one, services.now(), counts=False)

    _transact(services, work)


def _settle(services: Services, held: Claim, error: Exception) -> None:
    _transact(services, lambda c: outcomes.settle(c, services, held, error))


def _transact(
    services: Services,
    work: Callable[[Connection], Result],
    *,
    flush: bool = True,
    atomic: bool = True,
) -> Result:
    patience = DATABASE_PATIENCE_SECONDS
    return transact(services.engine, work, patience_seconds=patience, flush=flush, atomic=atomic)
