"""Waiting for a run to end, by asking the ledger."""

from __future__ import annotations

import time
from collections.abc import Callable

from pipeline.store.engine import Connection
from pipeline.store.ledger.accounting import Account, account
from pipeline.store.ledger.crawls import lists_pending
from pipeline.store.transactions import transact
from workers.wiring import Services

POLL_SECONDS = 0.3


class WaitTimedOut(Exception):
    """The run had not ended in time. ``account`` is how far it had come. ``is_left`` says that the
    workers who were at work on it stop with whoever waited."""

    is_left = False

    def __init__(self, reached: Account, lists: int = 0) -> None:
        unread = f", and {lists} lists are still to be read" if lists else ""
        super().__init__(f"{reached.pending} of {reached.accepted} are still pending{unread}")
        self.account = reached


def run_account(services: Services, run_id: int) -> Account:
    """The account of a run as it stands."""
    return transact(services.engine, lambda c: account(c, run_id=run_id), read_only=True)


def how_far(services: Services, run_id: int) -> tuple[int, Account]:
    """How many of a run's lists are still to be read, and its account. It has ended when nothing
    of both is pending."""

    def read(connection: Connection) -> tuple[int, Account]:
        # Lists first: what they accept is committed with their end.
        return lists_pending(connection, run_id), account(connection, run_id=run_id)

    return transact(services.engine, read, read_only=True)


def wait_for_run(
    services: Services,
    run_id: int,
    timeout_seconds: float | None = None,
    on_progress: Callable[[Account], None] = lambda account: None,
) -> Account:
    """The run's account once nothing of it is pending. Raises :class:`WaitTimedOut`."""
    give_up_at = None if timeout_seconds is None else time.monotonic() + timeout_seconds
    while True:
        lists, reached = how_far(services, run_id)
        on_progress(reached)
        if not reached.pending and not lists:
            return reached
        if give_up_at is not None and time.monotonic() >= give_up_at:
            raise WaitTimedOut(reached, lists)
        time.sleep(POLL_SECONDS)
