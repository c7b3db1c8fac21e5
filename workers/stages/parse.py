"""Parse: the raw page to a ParsedArticle, kept as the job's draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.models import FetchedPage, ListHint, ParsedArticle, SourceProfile
from pipeline.parse import parse, refuse
from pipeline.parse.limits import ParseLimits
from pipeline.repeated import lesson
from pipeline.store.drafts import save_drafts
from pipeline.store.engine import Connection
from pipeline.store.fetches import load_page
from pipeline.store.host_repeats import Recalled, Taught, learn, recall
from pipeline.store.ledger.claims import Claim, move_on
from pipeline.store.ledger.hints import list_hint
from pipeline.store.ledger.rereading import StoredReading
from pipeline.store.ledger.sources import source_profile
from pipeline.store.transactions import transact
from workers.stages.step import Done, Step
from workers.wiring import DATABASE_PATIENCE_SECONDS, Services


@dataclass(frozen=True, slots=True)
class Given:
    """What an article is read from: the page, and what is known beside it."""

    page: FetchedPage
    source: SourceProfile | None
    hint: ListHint | None
    recalled: Recalled | None
    """Null where nothing is to be learned from a host's other articles."""


@dataclass(frozen=True, slots=True)
class Read:
    article: ParsedArticle
    taught: Taught | None


def given_for(connection: Connection, services: Services, job: Claim | StoredReading) -> Given:
    """What is known for reading the page that a job fetched, or that is to be read again."""
    page = load_page(connection, services.raw_pages, job.fetch_id)
    source = source_profile(connection, job.source_id)
    recalled = None
    if services.settings.learn_repeats:
        recalled = recall(connection, job.host, job.url_id)
    return Given(page, source, list_hint(connection, job.fetch_id), recalled)


def read_page(services: Services, given: Given) -> ParsedArticle:
    """The article of a page. Raises ``Drop`` when it holds none."""
    limits = ParseLimits(max_seconds=services.settings.parse_max_seconds)
    repeated = given.recalled.repeated if given.recalled else None
    article = parse(given.page, given.source, limits, given.hint, repeated)
    refuse(article)
    return article


class ParseStep(Step[Read]):
    def work(self, services: Services, held: Claim) -> Read:
        given = transact(
            services.engine,
            lambda c: given_for(c, services, held),
            read_only=True,
            patience_seconds=DATABASE_PATIENCE_SECONDS,
        )
        article = read_page(services, given)
        return Read(article, _taught(held, article, given.recalled))

    def write(self, connection: Connection, services: Services, done: Sequence[Done[Read]]) -> None:
        move_on(connection, [one.claim for one in done], services.now())
        save_drafts(connection, {one.claim.job_id: one.output.article for one in done})
        # Last, so that a host's row is held for as short a time as can be.
        learn(connection, [t for one in done if (t := one.output.taught)], services.now())

    def promises(self, done: Sequence[Done[Read]]) -> bool:
        return False  # it can be made again from the page


def _taught(held: Claim, article: ParsedArticle, recalled: Recalled | None) -> Taught | None:
    """What the article teaches of its host: at its first reading, and not of every one."""
    if recalled is None or recalled.has_article or not recalled.repeated.wants(held.url_id):
        return None
    return Taught(held.host, lesson(held.url_id, article), not recalled.repeated.articles)
