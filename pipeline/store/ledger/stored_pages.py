"""Accepting pages that were fetched elsewhere: their jobs begin at the parse stage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, update

from pipeline.errors import Drop
from pipeline.models import FetchedPage
from pipeline.store.fetches import record_fetch
from pipeline.store.ledger.accept import accept
from pipeline.store.raw_pages import RawPage
from pipeline.store.tables.ledger import jobs


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page with the address it came from, its body on disk; or why it is no page."""

    url: str
    page: FetchedPage | None = None
    raw: RawPage | None = None
    refusal: Drop | None = None


def accept_pages(
    connection: Connection,
    run_id: int,
    pages: Sequence[StoredPage],
    now: datetime,
    *,
    host_interval_seconds: float,
    source_of: Callable[[str], int | None] = lambda host: None,
) -> None:
    """Make one job of every page, its fetch already done or refused."""
    live = accept(
        connection,
        run_id,
        [given.url for given in pages],
        now,
        host_interval_seconds=host_interval_seconds,
        source_of=source_of,
    )
    for job in live:
        given = pages[job.index]
        row = update(jobs).where(jobs.c.id == job.job_id)
        if given.page is None or given.raw is None:
            why = given.refusal or Drop("empty")
            row = row.values(
                state="ended",
                outcome="dropped",
                reason=why.reason,
                detail=why.detail or None,
                ended_at=now,
            )
        else:
            fetch_id = record_fetch(connection, job.job_id, job.url_id, given.page, given.raw)
            row = row.values(stage="parse", fetch_id=fetch_id)
        connection.execute(row)
