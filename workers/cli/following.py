"""Following a run from a command: wait for its end, say what came of it, or who is missing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from workers.cli import exit_codes
from workers.cli.failure import Failure
from workers.cli.output import note, progress_bar, write_json
from workers.cli.tables import account_line, print_account

if TYPE_CHECKING:
    from config.settings import Settings
    from pipeline.store.ledger.accounting import Account
    from pipeline.store.ledger.runs import Run
    from workers.wiring import Services

TOLD_EVERY_SECONDS = 30.0
"""How often somebody who waits without a terminal is told how far it is."""
MOST_AWAITED = 5


def require_contact(settings: Settings) -> None:
    """The open web is asked for pages only by somebody who can be reached. Ends with 4."""
    if not settings.contact and not settings.fetch_allowed_networks:
        raise Failure(
            "set COPYDESK_CONTACT to a URL or e-mail where site owners can reach you; it is sent "
            "with every request",
            exit_codes.CONFIGURATION,
        )


def as_it_stands(services: Services, run_id: int) -> Account:
    """The account of a run now."""
    from workers.waiting import run_account

    return run_account(services, run_id)


def wait_for(services: Services, run_id: int, timeout: float) -> Account:
    """The account of a run once it has ended, with a stack of our own if nobody else works.

    Raises :class:`workers.waiting.WaitTimedOut` after ``timeout`` seconds; 0 waits for ever.
    """
    from workers.embedded.borrowed import borrowed_stack
    from workers.waiting import WaitTimedOut, how_far, wait_for_run

    unread, reached = how_far(services, run_id)
    if not reached.pending and not unread:
        return reached  # a key that was used before: no stack is started for it
    with borrowed_stack(services) as stack, progress_bar() as bar:
        if stack is not None:
            note("no stack is running: workers are started for this command alone")
        task = bar.add_task("articles", total=None) if bar else None
        told_at = time.monotonic()

        def show(counted: Account) -> None:
            nonlocal told_at
            if stack is not None:
                stack.revive()
            done = counted.accepted - counted.pending
            if bar is not None and task is not None:
                bar.update(task, total=counted.accepted, completed=done)
            elif time.monotonic() - told_at >= TOLD_EVERY_SECONDS:
                told_at = time.monotonic()
                note(f"{done} of {counted.accepted} have ended")

        try:
            return wait_for_run(services, run_id, timeout or None, show)
        except WaitTimedOut as late:
            late.is_left = stack is not None
            # Before our own stop: those who stop sign off.
            _note_who_is_missing(services)
            _note_what_is_awaited(services, run_id)
            raise
        except (KeyboardInterrupt, SystemExit):
            more = "; `copydesk up` goes on with it" if stack is not None else ", and goes on"
            note(f"stopped waiting: what was accepted is kept{more}")
            raise


def _note_who_is_missing(services: Services) -> None:
    """Say which workers are not there: the usual reason why a run does not end."""
    from workers.health import check

    for role in ("fetch", "cpu", "store", "dispatcher"):
        for problem in check(services, role).problems:
            note(f"{role}: {problem}")


def _note_what_is_awaited(services: Services, run_id: int) -> None:
    """Say what of the run takes longest, and why: the other usual reason."""
    from pipeline.store.ledger.backlog import longest_awaited
    from pipeline.store.transactions import transact

    for job in transact(
        services.engine, lambda c: longest_awaited(c, run_id, MOST_AWAITED), read_only=True
    ):
        due = f", not before {job.next_at:%H:%M:%S} UTC" if job.state == "waiting" else ""
        because = f": {job.reason}" if job.reason else ""
        note(f"{job.url}: {job.state} at {job.stage}{due}{because}")


def report(
    services: Services,
    run: Run,
    counted: Account,
    as_json: bool,
    more: dict[str, Any] | None = None,
) -> None:
    """The account, for a person or as the last line for a scheduler; ``more`` stands in that."""
    if as_json:
        from workers.reports import run_values

        write_json({**run_values(services, run), **(more or {})})
    else:
        print_account(counted)
        note(account_line(counted))
    under_way = sum(number for _, reason, number in counted.reasons if reason == "in_flight")
    if under_way:
        note(
            f"{under_way} of them were on their way already, in an earlier run that is not waited "
            "for here; `copydesk status` says how far it is, `copydesk up` goes on with it"
        )
