"""What a list says of an article: told always, evidence only where it may be."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

from sqlalchemy import select, update

from pipeline.models import ListHint
from pipeline.store.ledger.biography import biography
from pipeline.store.ledger.hints import list_hint
from pipeline.store.ledger.rereading import WhichArticles
from pipeline.store.tables.articles import articles
from pipeline.store.tables.ledger import jobs
from pipeline.store.tables.lists import lists
from pipeline.store.tables.pages import fetches
from tests.faults.site import story
from tests.marking import mark_queued
from tests.workers.lists_site import ListsSite
from tests.workers.polling import poll, save
from workers.rereading import accept_again
from workers.run import run_step
from workers.wiring import Services


def test_what_the_list_says_dates_an_article_whose_page_does_not_also_when_it_is_read_again(
    services: Services, site: ListsSite
) -> None:
    page = re.sub(rb"<meta property='article:published_time'[^>]*>", b"", story("/plain"))
    item = f"<item><link>{site.put('/plain', page, content_type='text/html')}</link>"
    item += "<title>T</title><pubDate>Sun, 01 Mar 2026 08:30:00 GMT</pubDate></item>"
    body = f"<rss><channel>{item}</channel></rss>".encode()
    save(services, feeds=(site.put("/feed", body),))
    poll(services)
    with services.engine.begin() as connection:
        [job] = connection.execute(select(jobs).where(jobs.c.kind == "article")).all()
        mark_queued(connection, [job.id], "a", services.now())
    for stage in ("fetch", "parse", "enrich", "store"):
        run_step(services, stage, [job.id], "a")
    at = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    with services.engine.begin() as connection:
        article = connection.execute(select(articles)).one()
        assert (article.published_at, article.published_precision) == (at, "instant")
        assert json.loads(article.evidence)["published_at"]["from"] == "list:rss"
    run = accept_again(services, WhichArticles())
    with services.engine.begin() as connection:
        again = select(jobs.c.id).where(jobs.c.run_id == run.id)
        job_id = connection.execute(again).scalar_one()
        mark_queued(connection, [job_id], "b", services.now())
    for stage in ("parse", "enrich", "store"):
        run_step(services, stage, [job_id], "b")
    with services.engine.begin() as connection:
        outcome = select(jobs.c.outcome).where(jobs.c.id == job_id)
        assert connection.execute(outcome).scalar_one() == "unchanged"


def test_what_a_list_says_of_a_page_of_another_site_is_told_and_is_no_evidence(
    services: Services, site: ListsSite
) -> None:
    save(services, feeds=(site.feed("/feed", range(1)),))
    poll(services)
    with services.engine.begin() as connection:
        [job] = connection.execute(select(jobs).where(jobs.c.kind == "article")).all()
        mark_queued(connection, [job.id], "a", services.now())
    run_step(services, "fetch", [job.id], "a")

    def titles(list_url: str, page_url: str) -> str | None:
        with services.engine.begin() as connection:
            fetch_id = connection.execute(select(jobs.c.fetch_id).where(jobs.c.id == job.id))
            connection.execute(update(lists).values(url=list_url))
            connection.execute(update(fetches).values(final_url=page_url))
            hint = list_hint(connection, fetch_id.scalar_one())
            told = biography(connection, job.url)
        assert told is not None
        assert told["jobs"][0]["named_title"] == "Story 0"
        return hint.title if hint else None

    page = "https://www.example.co.uk/story"
    assert titles("https://feeds.example.co.uk/rss", page) == "Story 0"
    assert titles("https://feeds.other.co.uk/rss", page) is None
    assert titles("https://feeds.example.co.uk/rss", "https://www.example.org/") is None


def test_the_time_of_a_pages_last_change_is_kept_and_dates_no_article(
    services: Services, site: ListsSite
) -> None:
    loc = site.url("/story/1")
    entry = f"<url><loc>{loc}</loc><lastmod>2026-03-02T10:00:00Z</lastmod></url>"
    save(services, sitemaps=(site.put("/map.xml", f"<urlset>{entry}</urlset>".encode()),))
    poll(services)
    with services.engine.begin() as connection:
        [job] = connection.execute(select(jobs).where(jobs.c.url == loc)).all()
        mark_queued(connection, [job.id], "a", services.now())
    assert (job.hint_kind, job.hint_published_at, job.hint_has_time) == ("urlset", None, False)
    assert job.hint_changed_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    run_step(services, "fetch", [job.id], "a")
    with services.engine.begin() as connection:
        fetch_id = connection.execute(select(jobs.c.fetch_id).where(jobs.c.id == job.id))
        assert list_hint(connection, fetch_id.scalar_one()) == ListHint("urlset")
        told = biography(connection, loc)
    assert told is not None
    assert told["jobs"][0]["named_change"] == job.hint_changed_at
