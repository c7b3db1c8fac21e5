"""Stored pages read again: tried in this machine's processes, or handed to the chain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pipeline.store.engine import Connection
from pipeline.store.ledger.rereading import (
    StoredReading,
    WhichArticles,
    accept_readings,
    readings,
)
from pipeline.store.ledger.runs import (
    Run,
    accepted_so_far,
    all_accepted,
    open_run,
    request_digest,
)
from pipeline.store.ledger.sources import source_finder
from pipeline.store.transactions import transact
from workers.wiring import Services

BATCH = 500
"""Articles per transaction: a crash in the middle has accepted whole batches."""


def batches(services: Services, which: WhichArticles) -> Iterator[list[StoredReading]]:
    """The newest pages of the articles that fit, batch by batch, oldest article first."""
    after: int | None = 0
    while after is not None:

        def read(
            connection: Connection, start: int = after
        ) -> tuple[list[StoredReading], int | None]:
            return readings(connection, which, start, BATCH, source_finder(connection))

        found, after = transact(services.engine, read, read_only=True)
        yield found


def accept_again(
    services: Services,
    which: WhichArticles,
    asked: Sequence[str] = (),
    *,
    run_key: str | None = None,
    on_progress: Callable[[int], None] = lambda accepted: None,
) -> Run:
    """A run with one job for each page that is to be read again.

    A key seen before goes on where its trigger was cut off: pages that the run has are left out.
    ``asked`` is the choice as it was typed ("7d"), by which the key's request is known again.
    Raises :class:`pipeline.store.ledger.runs.KeyReused` when the key stood for another choice.
    """
    digest = request_digest("reprocess", asked)
    run = transact(
        services.engine,
        lambda c: open_run(c, "reprocess", services.now(), run_key, digest),
    )
    if run.is_whole:
        return run
    accepted = 0
    for found in batches(services, which):
        # Before the transaction: the disk may be slow. One that vanishes later ends as dead.
        lost = {
            one.fetch_id
            for one in found
            if one.pruned_at is None and not services.raw_pages.path_of(one.raw_sha256).exists()
        }

        def work(
            connection: Connection,
            found: list[StoredReading] = found,
            lost: set[int] = lost,
        ) -> int:
            accepted_so_far(connection, run.id)  # holds the run against another trigger
            return accept_readings(connection, run.id, found, lost, services.now())

        accepted += transact(services.engine, work)
        on_progress(accepted)
    transact(services.engine, lambda c: all_accepted(c, run.id, services.now()))
    return run
