"""Articles for tests of the store, and the job and fetch that each needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from pipeline.dedup import fingerprint
from pipeline.models import (
    Author,
    Citation,
    EnrichedArticle,
    EnricherRun,
    Entity,
    Evidence,
    FetchedPage,
    Image,
    Link,
    Mention,
    Quote,
)
from pipeline.store.articles import ToStore
from pipeline.store.fetches import record_fetch
from pipeline.store.ledger.accept import accept
from pipeline.store.ledger.runs import open_run
from pipeline.store.raw_pages import RawPage

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

BODY = (
    "The harbour council voted on Tuesday to rebuild the northern pier before winter sets in.\n\n"
    "Engineers told the council that the old piles had rotted below the water line, and that "
    "waiting another year would double the price of the work.\n\n"
    "Fishermen, who moor there from October on, were promised a temporary berth at the dry dock."
)


def article(url: str, **changes: object) -> EnrichedArticle:
    """A complete article; every kind of part is there."""
    whole = EnrichedArticle(
        url=url,
        final_url=url,
        publisher="Harbour Post",
        headline="Council votes to rebuild the pier",
        authors=(Author("Ines Calder", "By Ines Calder"), Author("Tom Reed", "Tom Reed", "photo")),
        published_at=datetime(2026, 2, 28, 9, 30, tzinfo=UTC),
        published_precision="minute",
        published_zone="known",
        published_offset_minutes=60,
        published_raw="28 February 2026, 10:30",
        language="en",
        section="Local",
        tags=("harbour", "council"),
        body_text=BODY,
        images=(Image("https://img.example/pier.jpg", "The pier", "T. Reed", "lead"),),
        links=(Link("https://other.example/report", "a report"),),
        extractor="copydesk 1",
        evidence={"headline": Evidence(origin="dom:h1", raw="Council votes", confidence=0.9)},
        word_count=60,
        reading_minutes=1,
        entities=(Entity("place", "Harbour", (Mention("harbour", 4, 11),)),),
        citations=(Citation("Other Times", "other.example", "Other Times said.", 0, 17, "said"),),
        quotes=(Quote("before winter", None, 70, 83),),
        topics=("politics",),
        keywords=("pier",),
        enrichers=(EnricherRun("language", 1),),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def to_store(connection: Connection, url: str, **changes: object) -> ToStore:
    """An item ready to store, its URL accepted in a run of its own and its page fetched."""
    run = open_run(connection, "ingest", NOW)
    [live] = accept(connection, run.id, [url], NOW, host_interval_seconds=1.0)
    made = article(url, **changes)
    body = made.body_text.encode("utf-8", "replace")
    page = FetchedPage(url, made.final_url, 200, (("ETag", '"1"'),), body, NOW)
    raw = RawPage(f"{live.job_id:064x}", len(body), len(body))
    fetch_id = record_fetch(connection, live.job_id, live.url_id, page, raw)
    # The job is ended here, so that the same URL can be accepted once more.
    connection.exec_driver_sql(
        "UPDATE jobs SET state='ended', outcome='stored', ended_at=accepted_at "
        f"WHERE id={live.job_id}"
    )
    return ToStore(
        live.job_id, live.url_id, fetch_id, made, fingerprint(made.body_text), page.fetched_at
    )
