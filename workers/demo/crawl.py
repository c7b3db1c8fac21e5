"""The demo's crawl: the real stack on the demo site, twice, and whether all came out as it must."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from config.settings import EMBEDDED, Settings
from pipeline.models import SourceProfile
from pipeline.store import schema
from pipeline.store.engine import Connection
from pipeline.store.ledger.accounting import Account, account
from pipeline.store.ledger.biography import biography
from pipeline.store.ledger.crawls import poll_counts
from pipeline.store.ledger.runs import Run
from pipeline.store.ledger.sources import save_source
from pipeline.store.reading import newest_articles
from pipeline.store.transactions import transact
from workers.crawl import start_crawl
from workers.demo.pages import Page
from workers.demo.server import DemoSite
from workers.embedded.borrowed import borrowed_stack
from workers.embedded.stack import AlreadyRunning, is_running
from workers.intake import Line, accept_lines
from workers.waiting import wait_for_run
from workers.wiring import Services, bootstrap

WAIT_SECONDS = 300.0
"""For a part of the crawl, which takes some seconds where nothing else is at work."""
FOLLOWED = "wire"
"""The publisher whose articles are found by its feed and its sitemap; of the others addresses are
handed in."""
NO_URL = "harbour post front page"
"""A line that is no URL at all: it too must end with its reason."""


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo's tables show. ``surprises`` says which page did not end as it must."""

    articles: list[dict[str, Any]]
    account: Account
    surprises: list[str]


def demo_settings(settings: Settings) -> Settings:
    """Settings for the demo: its own directory, loopback allowed, short waits."""
    directory = Path(settings.data_dir) / "demo"
    return replace(
        settings,
        data_dir=str(directory),
        database_url=f"sqlite:///{directory / 'copydesk.db'}",
        broker_url=EMBEDDED,
        contact="https://demo.invalid/contact",
        fetch_allowed_networks=("127.0.0.0/8",),
        fetch_concurrency=8,
        cpu_concurrency=2,
        host_interval_seconds=0.05,
        host_max_in_flight=4,
        dispatch_interval_seconds=0.05,
        retry_base_seconds=0.5,
        heartbeat_seconds=2.0,
        recheck_after=(),  # the site is gone when the demo ends
    )


def crawl(
    settings: Settings, say: Callable[[str], None], on_progress: Callable[[Account], None]
) -> DemoResult:
    """Crawl the demo site from nothing; the data stays in the directory of ``settings``."""
    with _fresh_services(settings) as services, DemoSite() as site:
        _add_sources(services, site)
        # Before the dispatcher is up, whose schedule finds the same lists due.
        polling = start_crawl(services, [FOLLOWED])
        say("starting the server, the workers and the dispatcher")
        with borrowed_stack(services) as stack:

            def watch(counted: Account) -> None:
                on_progress(counted)
                if stack is not None:
                    stack.revive()

            wait_for_run(services, polling.id, WAIT_SECONDS, watch)
            told, surprises = _found(services, polling, site)
            say(told)
            first = [page for page in site.pages if not page.second and not _is_followed(page)]
            urls = [site.url(page) for page in first] + site.spellings() + [NO_URL]
            say(f"crawling {len(urls)} addresses of the other publishers")
            _ingest(services, urls, watch)
            again = [site.url(page) for page in site.pages if page.path in AGAIN or page.second]
            say("crawling again: one page was corrected, others lead to what is known")
            surprises += _surprises(services, [p for p in site.pages if not p.second], site)
            _ingest(services, again, watch)
            surprises += _surprises(services, [p for p in site.pages if p.second], site)
            surprises += _surprises_again(services, site)
        counted = transact(services.engine, account, read_only=True)
        found = transact(services.engine, lambda c: newest_articles(c, 100), read_only=True)
    if not counted.balances:
        surprises.append("the account does not balance")
    return DemoResult(found[::-1], counted, surprises)


AGAIN = {
    "/politics/school-budget": "revised",
    "/local/northern-pier": "unchanged",
    "/bakers-strike": "unchanged",
}
"""Pages that are fetched a second time, and how that must end."""


@contextmanager
def _fresh_services(settings: Settings) -> Iterator[Services]:
    if is_running(Path(settings.data_dir)):
        raise AlreadyRunning(f"another demo is running on {settings.data_dir}")
    shutil.rmtree(settings.data_dir, ignore_errors=True)
    services = bootstrap(settings)
    schema.upgrade(services.engine)
    try:
        yield services
    finally:
        services.close()


def _add_sources(services: Services, site: DemoSite) -> None:
    """One publisher prints times without a zone; its source profile knows where it lives. Of
    another the feed and the sitemap are followed."""
    host = site.base_urls["gazette"].split("//")[1].split(":")[0]
    profile = SourceProfile(
        "gazette", publisher="The Gazette", domains=(host,), timezone="Europe/Berlin"
    )
    base = site.base_urls[FOLLOWED]
    followed = SourceProfile(
        FOLLOWED, feeds=(f"{base}/feed.xml",), sitemaps=(f"{base}/sitemap.xml",)
    )

    def save(connection: Connection) -> None:
        for one in (profile, followed):
            save_source(connection, one, services.now())

    transact(services.engine, save)


def _is_followed(page: Page) -> bool:
    return page.host == FOLLOWED and page.listed


def _found(services: Services, polling: Run, site: DemoSite) -> tuple[str, list[str]]:
    """What the followed publisher's lists gave, in words, and whether that is what they name."""
    counted = transact(services.engine, lambda c: poll_counts(c, polling.id), read_only=True)
    told = (
        f"feed and sitemap of one publisher: {counted.entries} entries, "
        f"{counted.fresh} new articles"
    )
    wanted = sum(_is_followed(page) for page in site.pages)
    as_wanted = (counted.listed, counted.entries, counted.fresh) == (2, 2 * wanted, wanted)
    return told, [] if as_wanted else [f"lists of {FOLLOWED}: {counted}"]


def _ingest(services: Services, urls: list[str], watch: Callable[[Account], None]) -> None:
    run = accept_lines(services, [Line(url) for url in urls], kind="demo")
    wait_for_run(services, run.id, WAIT_SECONDS, watch)


def _surprises(services: Services, pages: list[Page], site: DemoSite) -> list[str]:
    found = []
    for page in pages:
        ended = _last_end(services, site.url(page))
        if ended != (page.outcome, page.reason) and (page.reason or ended[0] != page.outcome):
            found.append(f"{page.path}: {ended}, not {(page.outcome, page.reason)}")
    return found


def _surprises_again(services: Services, site: DemoSite) -> list[str]:
    ends = {page.path: _last_end(services, site.url(page))[0] for page in site.pages}
    return [
        f"{path} again: {ends[path]}, not {wanted}"
        for path, wanted in AGAIN.items()
        if ends[path] != wanted
    ]


def _last_end(services: Services, url: str) -> tuple[str | None, str | None]:
    """How the newest job for exactly this spelling ended."""
    told = transact(services.engine, lambda c: biography(c, url), read_only=True)
    jobs = [job for job in (told or {"jobs": []})["jobs"] if job["url"] == url]
    return (jobs[0]["outcome"], jobs[0]["reason"]) if jobs else (None, None)
