"""Parse: the raw page to a ParsedArticle, kept as the job's draft."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.models import FetchedPage, ListHint, ParsedArticle, SourceProfile
from pipeline.parse import parse, refuse
from pipeline.parse.limits import ParseLimits
from pipeline.store.drafts import save_drafts
from pipeline.store.engine import Connection
from pipeline.store.fetches import load_page
from pipeline.store.ledger.claims import Claim, move_on
from pipeline.store.ledger.hints import list_hint
from pipeline.store.ledger.sources import source_profile
from pipeline.store.transactions import transact
from workers.stages.step import Done, Step
from workers.wiring import DATABASE_PATIENCE_SECONDS, Services


class ParseStep(Step[ParsedArticle]):
    def work(self, services: Services, held: Claim) -> ParsedArticle:
        def read(
            connection: Connection,
        ) -> tuple[FetchedPage, SourceProfile | None, ListHint | None]:
            page = load_page(connection, services.raw_pages, held.fetch_id)
            source = source_profile(connection, held.source_id)
            return page, source, list_hint(connection, held.fetch_id)

        page, source, hint = transact(
            services.engine, read, read_only=True, patience_seconds=DATABASE_PATIENCE_SECONDS
        )
        limits = ParseLimits(max_seconds=services.settings.parse_max_seconds)
        article = parse(page, source, limits, hint)
        refuse(article)
        return article

    def write(
        self, connection: Connection, services: Services, done: Sequence[Done[ParsedArticle]]
    ) -> None:
        save_drafts(connection, {one.claim.job_id: one.output for one in done})
        move_on(connection, [one.claim for one in done], services.now())

    def promises(self, done: Sequence[Done[ParsedArticle]]) -> bool:
        return False  # it can be made again from the page
