"""Store: the draft to normalized rows, in the transaction that ends the job; then its copies."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.dedup import fingerprint, judge
from pipeline.models import EnrichedArticle
from pipeline.store.articles import save_articles
from pipeline.store.drafts import load_draft
from pipeline.store.duplicates import Looked, look, merge, not_compared
from pipeline.store.engine import Connection
from pipeline.store.fetches import origin_of
from pipeline.store.items import Saved, ToStore
from pipeline.store.ledger.claims import Claim, hold
from pipeline.store.ledger.ends import End, end_held
from pipeline.store.ledger.rechecks import Young, plan, plan_restored, sooner
from pipeline.store.transactions import transact
from workers.stages.step import Done, Step
from workers.wiring import DATABASE_PATIENCE_SECONDS, Services

COMPARE_AT_ONCE = 100


class StoreStep(Step[ToStore]):
    def work(self, services: Services, held: Claim) -> ToStore:
        def read(connection: Connection) -> ToStore:
            if held.fetch_id is None:
                raise LookupError(f"job {held.job_id} stands at store without a fetch")
            article = load_draft(connection, held.job_id, EnrichedArticle)
            origin = origin_of(connection, held.fetch_id)
            return ToStore(
                job_id=held.job_id,
                url_id=held.url_id,
                fetch_id=held.fetch_id,
                article=article,
                fingerprint=fingerprint(article.body_text),
                fetched_at=origin.fetched_at,
                reread=origin.job_id != held.job_id,
                over_wire=origin.over_wire,
            )

        return transact(
            services.engine,
            read,
            read_only=True,
            atomic=False,
            patience_seconds=DATABASE_PATIENCE_SECONDS,
        )

    def write(
        self, connection: Connection, services: Services, done: Sequence[Done[ToStore]]
    ) -> None:
        now = services.now()
        hold(connection, [one.claim for one in done])
        saved = save_articles(connection, [one.output for one in done], now)
        ends = [_end_of(one.claim, result) for one, result in zip(done, saved, strict=True)]
        end_held(connection, ends, now)
        _look_again(connection, services, done, saved)

    def after(self, services: Services) -> None:
        """Compare what was just committed, and what a crash left uncompared."""

        def looks(connection: Connection) -> list[Looked]:
            waiting = not_compared(connection, COMPARE_AT_ONCE)
            return look(connection, waiting, judge) if waiting else []

        patience = DATABASE_PATIENCE_SECONDS
        found = transact(services.engine, looks, read_only=True, patience_seconds=patience)
        if found:
            now = services.now()
            transact(services.engine, lambda c: merge(c, found, now), patience_seconds=patience)


def _end_of(held: Claim, saved: Saved) -> End:
    stored = saved.stored
    reason = "same_text" if stored.outcome == "duplicate" else None
    return End(held, stored.outcome, reason, stored.duplicate_of, saved.article_id)


def _look_again(
    connection: Connection,
    services: Services,
    done: Sequence[Done[ToStore]],
    saved: Sequence[Saved],
) -> None:
    """Plan when articles that are new, have changed or are back, are asked for again."""
    ages, now = services.settings.recheck_ages, services.now()
    # A page that was handed in may lie in an archive; nobody asked for visits to its site.
    ours = [(d.output, s) for d, s in zip(done, saved, strict=True) if d.output.over_wire]
    new = [
        Young(result.article_id, item.article.published_at, item.fetched_at)
        for item, result in ours
        if result.is_new_text and result.stored.revision == 1
    ]
    revised = [r.article_id for i, r in ours if r.stored.outcome == "revised" and not i.reread]
    if ages:
        plan(connection, new, ages)
        plan_restored(connection, [r.article_id for _, r in ours if r.restored], ages, now)
        if revised:
            sooner(connection, revised, ages, now)
