"""Discover: a list's bytes to the articles it names; new ones are accepted where the poll ends.

One transaction accepts what is new, writes what the poll found and ends its job: a poll that is
delivered twice, or dies anywhere before, accepts each address once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from pipeline.discover.found import Entry, Listing, Push, Undiscoverable
from pipeline.discover.listings import read_listing
from pipeline.discover.page_links import find_article_links
from pipeline.discover.portions import portion
from pipeline.errors import Drop, Quarantine
from pipeline.models import FetchedPage
from pipeline.store.engine import Connection
from pipeline.store.fetches import load_page
from pipeline.store.ledger.accept import Candidate, read_line
from pipeline.store.ledger.accept_listed import Listed, accept_listed, known_keys
from pipeline.store.ledger.claims import Claim, hold
from pipeline.store.ledger.ends import end
from pipeline.store.ledger.indexes import Child, adopt
from pipeline.store.ledger.overlap import note_overlap, note_portion
from pipeline.store.ledger.polls import (
    PolledList,
    claim_these,
    note_listing,
    open_polls,
    polled_list,
)
from pipeline.store.ledger.sources import finder_for_list
from pipeline.store.ledger.subscriptions import note_hub, note_no_hub
from pipeline.store.transactions import transact
from workers.stages.step import Done, Step
from workers.wiring import DATABASE_PATIENCE_SECONDS, Services

Result = TypeVar("Result")
MOST_CHILDREN = 1_000
"""Sitemaps of one index that are lists of ours: those that changed last."""
FRESH_FOR = timedelta(days=2)
"""What its list dates as older waits behind the news of its host."""
_REASONS = {"too_large": "too_large", "bad_gzip": "bad_gzip", "entities": "entities"}
"""Reasons of :class:`Undiscoverable` that are reasons of their own; the rest is no list."""


@dataclass(frozen=True, slots=True)
class Discovered:
    """What a list names, each address once. ``unknown`` are those that were new when looked at;
    ``read``, ``skipped`` and ``left_over`` as in :class:`Portion`."""

    is_index: bool
    entries: int
    candidates: tuple[Candidate, ...]
    unknown: tuple[Listed, ...]
    children: tuple[Child, ...]
    left_out: int
    pace_seconds: float | None = None
    read: bytes | None = None
    skipped: int = 0
    left_over: int = 0
    push: Push | None = None


class DiscoverStep(Step[Discovered]):
    def work(self, services: Services, held: Claim) -> Discovered:
        def read(connection: Connection) -> tuple[FetchedPage, PolledList]:
            polled = polled_list(connection, held.job_id)
            try:
                return load_page(connection, services.raw_pages, held.fetch_id), polled
            except Quarantine as error:
                if polled.pushed:  # the list itself is asked for instead
                    raise Drop(error.reason, error.detail) from error
                raise

        page, polled = _read_only(services, read)
        listing = _listing(page, polled)
        if listing.kind == "sitemap_index":
            if (
                polled.pushed
            ):  # its children are what the whole index says, and a push may be a part
                raise Drop("not_a_list", "an index of sitemaps that was pushed")
            return _index(services, listing)
        return _articles(services, listing, polled.read_entries)

    def write(
        self, connection: Connection, services: Services, done: Sequence[Done[Discovered]]
    ) -> None:
        hold(connection, [one.claim for one in done])
        for one in done:
            held, found = one.claim, one.output
            polled = polled_list(connection, held.job_id)
            if found.is_index:
                _write_index(connection, services, held, polled, found)
            else:
                _write_articles(connection, services, held, polled, found)
            end(connection, held, "listed", services.now())


def _listing(page: FetchedPage, polled: PolledList) -> Listing:
    try:
        if polled.kind == "page":
            return find_article_links(page.body, page.final_url, page.charset, page.headers)
        return read_listing(page.body, page.final_url, page.headers)
    except Undiscoverable as error:
        reason = _REASONS.get(error.reason, "not_a_list")
        raise Drop(reason, "" if reason == error.reason else str(error)) from error


def _articles(services: Services, listing: Listing, read_before: bytes | None) -> Discovered:
    oldest = _oldest(services)
    young = [entry for entry in listing.entries if not _is_older(entry, oldest)]
    mine = portion(young, read_before)
    named: dict[bytes, Listed] = {}
    for entry in mine.entries:
        candidate = read_line(entry.url)
        if candidate.refusal is None and candidate.key_hash not in named:
            named[candidate.key_hash] = _listed(services, candidate, entry, listing.kind)
    known = _read_only(services, lambda c: known_keys(c, list(named)))
    return Discovered(
        is_index=False,
        entries=len(listing.entries),
        candidates=tuple(one.candidate for one in named.values()),
        unknown=tuple(one for key, one in named.items() if key not in known),
        children=(),
        left_out=len(listing.entries) - len(young) + len(mine.entries) - len(named),
        pace_seconds=listing.pace_seconds,
        read=mine.read,
        skipped=mine.skipped,
        left_over=mine.left_over,
        push=listing.push,
    )


def _listed(services: Services, candidate: Candidate, entry: Entry, kind: str) -> Listed:
    old = entry.dated is not None and entry.dated < services.now() - FRESH_FOR
    is_change = entry.date_says == "change"
    return Listed(
        candidate,
        kind,
        entry.title,
        published_at=None if is_change else entry.dated,
        has_time=entry.dated is not None and entry.date_says == "instant",
        changed_at=entry.dated if is_change else None,
        priority=-1 if old else 0,
    )


def _index(services: Services, listing: Listing) -> Discovered:
    oldest = _oldest(services)
    children: dict[bytes, Child] = {}
    # Those without a date stay in the index's order, behind those with one.
    dated_first = sorted(listing.entries, key=lambda entry: -(entry.dated or _LONG_AGO).timestamp())
    for entry in dated_first:
        candidate = read_line(entry.url)
        wanted = candidate.refusal is None and not _is_older(entry, oldest)
        if wanted and len(children) < MOST_CHILDREN:
            children.setdefault(candidate.key_hash, Child(candidate, entry.dated))
    return Discovered(
        is_index=True,
        entries=len(listing.entries),
        candidates=(),
        unknown=(),
        children=tuple(children.values()),
        left_out=len(listing.entries) - len(children),
    )


_LONG_AGO = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _oldest(services: Services) -> datetime | None:
    """What is dated before it is left out; None without such a setting."""
    days = services.settings.discover_max_age_days
    return services.now() - timedelta(days=days) if days else None


def _is_older(entry: Entry, oldest: datetime | None) -> bool:
    return oldest is not None and entry.dated is not None and entry.dated < oldest


def _write_articles(
    connection: Connection, services: Services, held: Claim, polled: PolledList, found: Discovered
) -> None:
    now = services.now()
    fresh = 0
    if found.unknown:
        fresh = accept_listed(
            connection,
            held.run_id,
            polled.list_id,
            found.unknown,
            now,
            host_interval_seconds=services.settings.host_interval_seconds,
            source_of=finder_for_list(connection, polled.source_id, polled.url),
        )
    gap = False
    keys = [candidate.key_hash for candidate in found.candidates]
    if not polled.pushed:  # a push may hold what is new alone, and says nothing of the list
        new = {one.candidate.key_hash for one in found.unknown}
        gap = note_overlap(connection, polled, keys, now, new=new, skipped=found.skipped)
        note_portion(connection, polled, found.read, found.left_over)
        _note_hub(connection, services, polled, found.push)
    note_listing(
        connection,
        held.job_id,
        entries=found.entries,
        fresh=fresh,
        already_seen=found.skipped + len(found.candidates) - fresh,
        left_out=found.left_out,
        left_over=found.left_over,
        gap=gap,
        pace_seconds=found.pace_seconds,
    )


def _note_hub(
    connection: Connection, services: Services, polled: PolledList, push: Push | None
) -> None:
    now, interval = services.now(), services.settings.host_interval_seconds
    if push is None:
        note_no_hub(connection, polled.list_id, now)
    else:
        of_list = polled.list_id, polled.url
        note_hub(connection, *of_list, push.hub, push.topic, now, host_interval_seconds=interval)


def _write_index(
    connection: Connection, services: Services, held: Claim, polled: PolledList, found: Discovered
) -> None:
    now = services.now()
    wanted = adopt(connection, polled.list_id, polled.source_id, polled.depth, found.children, now)
    open_polls(
        connection,
        held.run_id,
        claim_these(connection, wanted),
        now,
        host_interval_seconds=services.settings.host_interval_seconds,
    )
    note_listing(connection, held.job_id, entries=found.entries, left_out=found.left_out)


def _read_only(services: Services, work: Callable[[Connection], Result]) -> Result:
    return transact(
        services.engine, work, read_only=True, patience_seconds=DATABASE_PATIENCE_SECONDS
    )
