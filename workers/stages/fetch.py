"""Fetch: the job's URL to a raw page on disk and a row that says how it was got."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.fetch.answers import fresh_seconds
from pipeline.models import FetchedPage, FetchRequest, SourceProfile
from pipeline.store.engine import Connection
from pipeline.store.fetches import list_validators, record_fetch, validators
from pipeline.store.ledger.claims import Claim, hold, move_on
from pipeline.store.ledger.ends import end
from pipeline.store.ledger.polls import note_listing, polled_list
from pipeline.store.ledger.rechecks import plan_restored
from pipeline.store.ledger.sources import source_profile
from pipeline.store.ledger.turns import served
from pipeline.store.raw_pages import RawPage
from pipeline.store.transactions import transact
from pipeline.store.withdrawals import found_again
from workers.stages.step import Done, Step
from workers.wiring import DATABASE_PATIENCE_SECONDS, Services

NOT_MODIFIED = 304
LONGEST_CRAWL_DELAY_SECONDS = 300.0
"""A crawl-delay beyond is taken as this: who wants no visits at all says Disallow."""


@dataclass(frozen=True, slots=True)
class Fetched:
    page: FetchedPage
    raw: RawPage | None
    interval_seconds: float
    """Least time between two requests to the host: its source's or ours."""


class FetchStep(Step[Fetched]):
    def work(self, services: Services, held: Claim) -> Fetched:
        request = transact(
            services.engine,
            lambda c: _request(c, held),
            read_only=True,
            atomic=False,
            patience_seconds=DATABASE_PATIENCE_SECONDS,
        )
        page = services.client.fetch(request)
        interval = _interval_seconds(services, request.source, held.host)
        if page.status == NOT_MODIFIED:
            return Fetched(page, None, interval)
        # On disk before the row that names it: a crash leaves a page nobody asks for, never a
        # row without its page.
        return Fetched(page, services.raw_pages.put(page.body), interval)

    def write(
        self, connection: Connection, services: Services, done: Sequence[Done[Fetched]]
    ) -> None:
        for one in done:
            now = services.now()
            fetch_id = record_fetch(
                connection, one.claim.job_id, one.claim.url_id, one.output.page, one.output.raw
            )
            if one.claim.kind == "list":
                wait = fresh_seconds(one.output.page.headers)
                note_listing(connection, one.claim.job_id, wait_seconds=wait)
            if one.output.raw is None:
                _unchanged(connection, services, one.claim, one.output.page.final_url)
            else:
                move_on(connection, [one.claim], now, fetch_id=fetch_id)
            served(connection, one.claim.host, _floor_seconds(one.output))

    def promises(self, done: Sequence[Done[Fetched]]) -> bool:
        # A page can be asked for again; that it has not changed ends its job.
        return any(one.output.raw is None for one in done)


def _unchanged(connection: Connection, services: Services, held: Claim, answered: str) -> None:
    now, seen = services.now(), None
    hold(connection, [held])
    if held.kind == "article":
        seen = found_again(connection, held.url_id, answered, now)
    if seen is not None and seen.restored:
        plan_restored(connection, [seen.article_id], services.settings.recheck_ages, now)
    found = None if seen is None else seen.article_id
    end(connection, held, "unchanged", now, reason="not_modified", article_id=found)


def _interval_seconds(services: Services, source: SourceProfile | None, host: str) -> float:
    """The pace is the source's at its own domains; elsewhere, and where it names none, ours."""
    of_source = source.interval_seconds if source is not None else None
    if source is None or of_source is None or not source.is_own(host):
        return services.settings.host_interval_seconds
    return of_source


def _floor_seconds(fetched: Fetched) -> float:
    """The least time between two requests, or what the host's robots.txt asks for, if longer."""
    asked = min(fetched.page.crawl_delay_seconds or 0.0, LONGEST_CRAWL_DELAY_SECONDS)
    return max(fetched.interval_seconds, asked)


def _request(connection: Connection, held: Claim) -> FetchRequest:
    if held.kind == "list":
        known = list_validators(connection, held.url_id)
        is_page = polled_list(connection, held.job_id).kind == "page"
    else:
        known, is_page = validators(connection, held.url_id), True
    return FetchRequest(
        purpose="page" if is_page else "list",
        url=held.url,
        etag=known.etag if known else None,
        last_modified=known.last_modified if known else None,
        source=source_profile(connection, held.source_id),
    )
