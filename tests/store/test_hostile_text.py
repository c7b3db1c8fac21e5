"""What a page can do to a database: stored the same on both, and every cut on record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from pipeline.dedup import fingerprint
from pipeline.enrich import enrich
from pipeline.models import (
    Author,
    Citation,
    Entity,
    Evidence,
    FetchedPage,
    Image,
    Link,
    Mention,
    ParsedArticle,
    Quote,
)
from pipeline.parse import parse
from pipeline.store.articles import save_articles
from pipeline.store.engine import open_engine
from pipeline.store.transactions import transact
from pipeline.store.views import VIEWS_V1, view_name
from tests.store.articles_fixture import NOW, to_store

URL = "https://www.harbourpost.example/local/pier"
LONG_URL = "https://www.harbourpost.example/" + "p" * 3000
WORDS = [f"word{number}" for number in range(100_000)]
EVIL = "nul \x00, lone \ud83d and \udc00, tab\t, back\\slash \\N, quote ' \", e\u0301, \u202ebidi"

CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "evil characters everywhere": (
        {
            "headline": EVIL,
            "subheadline": EVIL,
            "publisher": EVIL,
            "section": EVIL,
            "published_raw": EVIL,
            "body_text": f"{EVIL} " * 20,
            "authors": (Author(EVIL, EVIL, EVIL), Author("\x00", "\udc00", "\x00")),
            "tags": (EVIL, EVIL.upper(), "\x00"),
            "keywords": (EVIL,),
            "images": (Image(f"https://img.example/\x00{EVIL}", EVIL, EVIL, "lead"),),
            "links": (Link(f"https://other.example/{EVIL}", EVIL),),
            "citations": (Citation(EVIL, EVIL, EVIL, 0, 3, EVIL),),
            "quotes": (Quote(EVIL, EVIL, 0, 3),),
            "entities": (Entity("person", EVIL, (Mention(EVIL, 0, 3),)),),
            "evidence": {EVIL: Evidence(origin=EVIL, raw=EVIL, confidence=0.5)},
            "extractor": EVIL,
        },
        [],
    ),
    "100,000 distinct words": ({"body_text": " ".join(WORDS)}, ["search"]),
    "a word said 250 times": ({"body_text": "quay " * 250}, []),
    "a word said 251 times": ({"body_text": "quay " * 251}, ["search"]),
    "URLs of 3,000 characters": (
        {
            "final_url": LONG_URL,
            "canonical_url": LONG_URL,
            "images": (Image(LONG_URL, None, None, "lead"), Image(LONG_URL + "p" * 2000)),
            "links": (Link(LONG_URL, "a link"),),
        },
        ["images.url"],
    ),
    "dates at the ends of time": (
        {
            "published_at": datetime.min.replace(tzinfo=UTC),
            "modified_at": datetime.max.replace(tzinfo=UTC),
        },
        [],
    ),
    "5,000 authors, and as many of everything else": (
        {
            "authors": tuple(Author(f"Author {n}", f"By {n}") for n in range(5000)),
            "tags": tuple(WORDS[:5000]),
            "keywords": tuple(WORDS[:5000]),
            "images": tuple(Image(f"https://img.example/{n}") for n in range(5000)),
            "links": tuple(Link(f"https://other.example/{n}", "") for n in range(5000)),
            "citations": (Citation("Other", None, "It said.", 0, 8, "said"),) * 5000,
            "quotes": (Quote("so", None, 0, 2),) * 5000,
            "entities": (
                *(Entity("place", f"Town {n}", (Mention("Town", n, n + 4),)) for n in range(600)),
            ),
        },
        ["authors", "citations", "entities", "images", "links", "quotes", "search", "tags"],
    ),
    "a place that is named 9,000 times": (
        {
            "entities": (
                Entity("place", "Town", tuple(Mention("Town", n, n + 4) for n in range(9000))),
            )
        },
        ["entities"],
    ),
    "names without an end": (
        {
            "headline": "h" * 5000,
            "section": "s" * 201,
            "authors": (Author("n" * 301, "r" * 501),),
            "tags": ("t" * 301,),
            "images": (Image("https://img.example/1", "c" * 4001, "k" * 501),),
            "quotes": (Quote("q" * 8001, "s" * 301, 0, 3),),
            "entities": (Entity("place", "e" * 301, (Mention("m" * 301, 0, 3),)),),
        },
        [
            "authors.name",
            "authors.name_raw",
            "entities.name",
            "entities.text",
            "headline",
            "images.caption",
            "images.credit",
            "quotes.speaker",
            "quotes.text",
            "section",
            "tags.name",
        ],
    ),
    "characters that grow when they are normalized": (
        {"section": "\u0958" * 150, "language": "e\u0301" * 35},
        ["section"],
    ),
    "a page that parsing cut": (
        {"limits": ("max_nodes", "selector_missed:headline")},
        ["page:max_nodes"],
    ),
}


@pytest.fixture
def engines(sqlite_url: str, postgres_url: str) -> Iterator[list[Engine]]:
    engines = [open_engine(url) for url in (sqlite_url, postgres_url)]
    yield engines
    for engine in engines:
        engine.dispose()


def published(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every view, times and truth values as text, the article's id left out."""
    with engine.begin() as connection:
        found = {
            view: connection.exec_driver_sql(f"SELECT * FROM {view_name(connection, view)}").all()
            for view in VIEWS_V1
        }
    [row] = found["articles"]
    return {
        view: sorted((tuple(plain(v, row.article_id) for v in one) for one in rows), key=repr)
        for view, rows in found.items()
    }


def plain(value: Any, article_id: str) -> Any:
    if value == article_id:
        return "the article"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}".rjust(26, "0")
    return int(value) if isinstance(value, bool) else value


def store(engines: list[Engine], **changes: Any) -> dict[str, list[tuple[Any, ...]]]:
    """The views' rows of the article, which are the same on both databases."""

    def work(connection: Connection) -> None:
        save_articles(connection, [to_store(connection, URL, **changes)], NOW)

    for engine in engines:
        transact(engine, work)
    on_sqlite, on_postgres = (published(engine) for engine in engines)
    for view in VIEWS_V1:
        assert on_sqlite[view] == on_postgres[view], view
    return on_sqlite


def truncated(engine: Engine) -> list[str]:
    with engine.begin() as connection:
        name = view_name(connection, "articles")
        [found] = connection.exec_driver_sql(f"SELECT truncated FROM {name}").scalars()
    return json.loads(found) if found is not None else []


@pytest.mark.parametrize("case", CASES)
def test_hostile_text_is_stored_alike_on_both_databases_and_its_cuts_are_named(
    engines: list[Engine], case: str
) -> None:
    changes, cut = CASES[case]
    store(engines, **changes)
    assert [truncated(engine) for engine in engines] == [cut, cut]


def test_a_body_of_10_mb_is_kept_whole(engines: list[Engine]) -> None:
    body = f"{'long' * 25} " * 100_000
    assert body in store(engines, body_text=body)["articles"][0]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("0000-01-01T00:00:00Z", None),
        ("10000-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-05:00", None),
        ("0001-01-01T00:00:00+05:00", None),
        ("2026-02-28T10:30:00+01:00", "2026-02-28 09:30:00.000000"),
    ],
)
def test_a_date_that_no_calendar_here_holds_is_left_out_and_its_article_kept(
    engines: list[Engine], written: str, kept: str | None
) -> None:
    story = "The harbour council voted on Tuesday to rebuild the northern pier. " * 8
    data = json.dumps({"@type": "NewsArticle", "headline": "Pier", "datePublished": written})
    html = (
        f"<html><head><title>Pier</title><script type='application/ld+json'>{data}</script></head>"
        f"<body><article><h1>Pier</h1><p>{story}</p><p>{story}</p></article></body></html>"
    )
    page = FetchedPage(URL, URL, 200, (("Content-Type", "text/html"),), html.encode(), NOW)
    parsed: ParsedArticle = parse(page)

    def work(connection: Connection) -> None:
        item = to_store(connection, URL)
        article = enrich(parsed)
        made = replace(item, article=article, fingerprint=fingerprint(article.body_text))
        save_articles(connection, [made], NOW)

    for engine in engines:
        transact(engine, work)
    on_sqlite, on_postgres = (published(engine) for engine in engines)
    assert on_sqlite == on_postgres
    with engines[0].begin() as connection:
        found = connection.exec_driver_sql("SELECT published_at FROM v1_articles").scalar_one()
    assert found == kept
