"""Articles for tests of the store, and the job and fetch that each needs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from pipeline.dedup import fingerprint
from pipeline.models import (
    Author,
    Block,
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
from pipeline.store.fetches import record_fetch
from pipeline.store.items import ToStore
from pipeline.store.ledger.accept import accept
from pipeline.store.ledger.runs import open_run
from pipeline.store.raw_pages import RawPage

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SYLLABLES = tuple(
    "ka lo mi ren tas ver dun ost bri gal hem nor pel qui sal tor und wes yar zin".split()  # noqa: SIM905
)
KNOWN_NAMES = 300

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


def invented(url: str, chance: random.Random) -> EnrichedArticle:
    """A complete article of the usual size, of invented words: 400 of them, 2 authors, 2 images, 8
    links, 16 tags, topics and keywords, 30 mentions of 15 entities, 1 citation and 3 quotes. Half
    of the names are those of others."""
    word = _words(chance)
    paragraphs = [" ".join(word() for _ in range(50)).capitalize() + "." for _ in range(8)]
    names = [_name(chance) for _ in range(15)]
    kinds = ("person", "place", "organization")
    enrichers = ("language", "entities", "citations", "quotes", "topics", "keywords", "length")
    return article(
        url,
        canonical_url=url,
        headline=" ".join(word() for _ in range(9)),
        subheadline=" ".join(word() for _ in range(15)),
        authors=tuple(Author(n, f"By {n}") for n in (_name(chance), _name(chance))),
        tags=tuple(_name(chance) for _ in range(5)),
        body_text="\n\n".join(paragraphs),
        blocks=tuple(_blocks(paragraphs)),
        images=tuple(Image(f"{url}/{n}.jpg", word() * 9, word()) for n in range(2)),
        links=tuple(Link(f"https://site-{n}.example/{word()}", word()) for n in range(8)),
        evidence={f"field_{n}": Evidence("json-ld:x", word() * 5, 0.9) for n in range(10)},
        word_count=400,
        reading_minutes=2,
        entities=tuple(
            Entity(
                kinds[i % 3],  # type: ignore[arg-type]
                name,
                tuple(Mention(name, 40 * i + 3 * k, 40 * i + 3 * k + 9) for k in (0, 1)),
            )
            for i, name in enumerate(names)
        ),
        citations=(Citation("Other Times", "other.example", paragraphs[1], 0, 30, "reported"),),
        quotes=tuple(Quote(paragraphs[n][:80], names[n], n, n + 80) for n in range(3)),
        topics=("politics", "economy", "weather"),
        keywords=tuple(word() for _ in range(8)),
        enrichers=tuple(EnricherRun(name, 1) for name in enrichers),
    )


def _blocks(paragraphs: Sequence[str]) -> Iterator[Block]:
    at = 0
    for text in paragraphs:
        yield Block("paragraph", text, at, at + len(text))
        at += len(text) + 2


def _words(chance: random.Random) -> Callable[[], str]:
    return lambda: "".join(chance.choices(SYLLABLES, k=chance.randint(1, 3)))


def _name(chance: random.Random) -> str:
    """Half of them seen before."""
    top = KNOWN_NAMES if chance.random() < 0.5 else 10_000_000
    number = chance.randrange(top)
    return f"{SYLLABLES[number % 20].title()} {SYLLABLES[number // 20 % 20].title()}son {number}"


def ready(connection: Connection, articles: Sequence[EnrichedArticle]) -> list[ToStore]:
    """Articles ready to store: their URLs accepted in a run of their own, their pages fetched."""
    run = open_run(connection, "ingest", NOW)
    urls = [one.url for one in articles]
    jobs = accept(connection, run.id, urls, NOW, host_interval_seconds=1.0)
    items = []
    for made, job in zip(articles, jobs, strict=True):
        body = made.body_text.encode("utf-8", "replace")
        page = FetchedPage(made.url, made.final_url, 200, (("ETag", '"1"'),), body, NOW)
        raw = RawPage(f"{job.job_id:064x}", len(body), len(body))
        fetch_id = record_fetch(connection, job.job_id, job.url_id, page, raw)
        items.append(
            ToStore(job.job_id, job.url_id, fetch_id, made, fingerprint(made.body_text), NOW)
        )
    return items


def to_store(connection: Connection, url: str, **changes: object) -> ToStore:
    """An item ready to store, the only one of its run."""
    [item] = ready(connection, [article(url, **changes)])
    # The job is ended here, so that the same URL can be accepted once more.
    connection.exec_driver_sql(
        "UPDATE jobs SET state='ended', outcome='stored', ended_at=accepted_at "
        f"WHERE id={item.job_id}"
    )
    return item
