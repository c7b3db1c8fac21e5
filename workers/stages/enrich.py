"""Enrich: the draft to an EnrichedArticle, kept as the job's draft."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.enrich import enrich
from pipeline.models import EnrichedArticle, ParsedArticle
from pipeline.store.drafts import load_draft, save_drafts
from pipeline.store.engine import Connection
from pipeline.store.ledger.claims import Claim, move_on
from pipeline.store.transactions import transact
from workers.stages.step import Done, Step
from workers.wiring import DATABASE_PATIENCE_SECONDS, Services


class EnrichStep(Step[EnrichedArticle]):
    def work(self, services: Services, held: Claim) -> EnrichedArticle:
        def read(connection: Connection) -> ParsedArticle:
            return load_draft(connection, held.job_id, ParsedArticle)

        return enrich(
            transact(
                services.engine,
                read,
                read_only=True,
                atomic=False,
                patience_seconds=DATABASE_PATIENCE_SECONDS,
            )
        )

    def write(
        self, connection: Connection, services: Services, done: Sequence[Done[EnrichedArticle]]
    ) -> None:
        move_on(connection, [one.claim for one in done], services.now())
        save_drafts(connection, {one.claim.job_id: one.output for one in done})

    def promises(self, done: Sequence[Done[EnrichedArticle]]) -> bool:
        return False  # it can be made again from the page
