"""Saving articles: what is new, what changed, what is a copy; and every part as rows."""

from __future__ import annotations

import json
import zlib
from datetime import timedelta

import pytest
from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    Float,
    LargeBinary,
    MetaData,
    Table,
    func,
    select,
)
from sqlalchemy.event import listen
from sqlalchemy.exc import IntegrityError

from pipeline.codec import from_json
from pipeline.models import Author, EnrichedArticle
from pipeline.store.articles import save_articles
from pipeline.store.bulk import insert_rows
from pipeline.store.events import changes_after
from pipeline.store.items import Saved, ToStore
from pipeline.store.tables import articles as t
from pipeline.store.tables.ledger import urls
from pipeline.store.transactions import transact
from pipeline.store.types import CleanText, UtcTime
from pipeline.store.withdrawals import withdraw
from tests.store.articles_fixture import BODY, NOW, article, to_store

URL = "https://www.harbourpost.example/local/pier"


def save(engine: Engine, url: str = URL, **changes: object) -> Saved:
    def work(connection):  # type: ignore[no-untyped-def]
        return save_articles(connection, [to_store(connection, url, **changes)], NOW)

    [saved] = transact(engine, work)
    return saved


def count(engine: Engine, table: object) -> int:
    with engine.begin() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def test_a_new_article_is_stored_with_every_part(engine: Engine) -> None:
    saved = save(engine)
    assert (saved.stored.outcome, saved.stored.revision) == ("stored", 1)
    parts = (t.articles, t.article_revisions, t.article_images, t.links, t.citations, t.quotes)
    assert [count(engine, table) for table in parts] == [1] * len(parts)
    assert (count(engine, t.article_authors), count(engine, t.article_tags)) == (2, 4)
    assert (count(engine, t.mentions), count(engine, t.enricher_runs)) == (1, 1)
    with engine.begin() as connection:
        row = connection.execute(select(t.articles)).one()
    assert row.published_at == article(URL).published_at
    assert row.public_id == saved.stored.article_id


def test_a_revision_keeps_the_whole_article_as_its_document(engine: Engine) -> None:
    save(engine)
    with engine.begin() as connection:
        document = connection.execute(select(t.article_revisions.c.document)).scalar_one()
    assert from_json(EnrichedArticle, zlib.decompress(document)) == article(URL)


def test_the_same_text_again_is_unchanged_and_seen_later(engine: Engine) -> None:
    first, again = save(engine), save(engine)
    assert again.stored.outcome == "unchanged"
    assert again.stored.article_id == first.stored.article_id
    assert count(engine, t.article_revisions) == 1


def test_other_text_at_the_same_address_is_a_revision_that_says_what_changed(
    engine: Engine,
) -> None:
    first = save(engine)
    later = save(engine, body_text=BODY + "\n\nA second vote follows in May.", headline="Pier vote")
    assert (later.stored.outcome, later.stored.revision) == ("revised", 2)
    assert later.article_id == first.article_id
    with engine.begin() as connection:
        newest = connection.execute(
            select(t.article_revisions).where(t.article_revisions.c.revision == 2)
        ).one()
        kinds = [event.kind for event in changes_after(connection, 0)]
    changes = json.loads(newest.changes)
    assert (changes["paragraphs_added"], changes["paragraphs_removed"]) == (1, 0)
    assert changes["fields"]["headline"] == ["Council votes to rebuild the pier", "Pier vote"]
    assert kinds == ["stored", "revised"]
    assert newest.kind == "edit"


def test_a_revision_replaces_the_parts_of_the_one_before(engine: Engine) -> None:
    save(engine)
    save(engine, authors=(Author("Mara Lind", "Mara Lind"),), body_text="Other words entirely.")
    assert count(engine, t.article_authors) == 1
    assert count(engine, t.authors) == 3


def test_two_spellings_of_one_address_are_one_article(engine: Engine) -> None:
    first = save(engine)
    again = save(engine, "https://harbourpost.example/local/pier/?utm_source=mail")
    assert again.article_id == first.article_id
    assert again.stored.outcome == "unchanged"


def test_an_address_that_redirects_to_a_known_article_is_a_duplicate_of_it(engine: Engine) -> None:
    first = save(engine)
    again = save(engine, "https://harbourpost.example/s/12", final_url=URL)
    assert (again.stored.outcome, again.stored.duplicate_of) == (
        "duplicate",
        first.stored.article_id,
    )
    third = save(engine, "https://harbourpost.example/s/12", final_url=URL, body_text="New text.")
    assert (third.stored.outcome, third.article_id) == ("revised", first.article_id)


def test_a_canonical_address_at_another_site_is_not_believed(engine: Engine) -> None:
    first = save(engine)
    other = save(engine, "https://thief.example/pier", canonical_url=URL, body_text="Stolen name.")
    assert other.stored.outcome == "stored"
    assert other.article_id != first.article_id


def test_the_same_text_at_another_publisher_is_stored_as_a_duplicate(engine: Engine) -> None:
    first = save(engine)
    copy = save(engine, "https://coast.example/a/77", headline="Pier to be rebuilt")
    assert (copy.stored.outcome, copy.stored.duplicate_of) == (
        "duplicate",
        first.stored.article_id,
    )
    assert count(engine, t.articles) == 2


def test_copies_within_one_batch_are_seen(engine: Engine) -> None:
    def work(connection):  # type: ignore[no-untyped-def]
        items = [
            to_store(connection, URL),
            to_store(connection, "https://coast.example/a/77"),
            to_store(connection, "https://harbourpost.example/s/1", final_url=URL),
        ]
        return save_articles(connection, items, NOW)

    outcomes = [saved.stored.outcome for saved in transact(engine, work)]
    assert outcomes == ["stored", "duplicate", "duplicate"]
    assert count(engine, t.articles) == 2


def test_a_batch_takes_its_places_in_the_feed_after_everything_else(engine: Engine) -> None:
    written: list[str] = []

    def work(connection):  # type: ignore[no-untyped-def]
        items = [
            to_store(connection, URL),
            to_store(connection, "https://coast.example/a/77"),
            to_store(
                connection, "https://harbourpost.example/s/1", final_url=URL, body_text=BODY[:90]
            ),
        ]
        listen(connection, "before_cursor_execute", lambda *call: written.append(call[2]))
        return save_articles(connection, items, NOW)

    saved = transact(engine, work)
    assert [one.stored.outcome for one in saved] == ["stored", "duplicate", "revised"]
    with engine.begin() as connection:
        feed = [(one.seq, one.revision) for one in changes_after(connection, 0)]
    assert feed == [(one.stored.event_seq, one.stored.revision) for one in saved]
    begun = next(n for n, one in enumerate(written) if "advisory" in one or "events" in one)
    then = [one for one in written[begun + 1 :] if one.startswith(("INSERT", "UPDATE"))]
    assert begun > 0 and all("events" in one or "change_seq" in one for one in then)


def test_a_job_cannot_write_two_revisions(engine: Engine) -> None:
    items: list[ToStore] = []

    def work(connection):  # type: ignore[no-untyped-def]
        items.append(to_store(connection, URL))
        save_articles(connection, items, NOW)

    transact(engine, work)
    twice = article(URL, body_text="The text of another delivery of the same message.")
    with pytest.raises(IntegrityError), engine.begin() as connection:
        from dataclasses import replace

        from pipeline.dedup import fingerprint

        item = replace(items[0], article=twice, fingerprint=fingerprint(twice.body_text))
        save_articles(connection, [item], NOW)
    assert count(engine, t.article_revisions) == 1


def test_a_withdrawn_article_keeps_everything_and_comes_back_as_a_revision(engine: Engine) -> None:
    save(engine)
    with engine.begin() as connection:
        url_id = connection.execute(select(urls.c.id)).scalar_one()
        assert withdraw(connection, url_id, "gone", NOW + timedelta(days=1))
        assert not withdraw(connection, url_id, "gone", NOW + timedelta(days=2))
        row = connection.execute(select(t.articles)).one()
        assert (row.withdrawn_reason, row.body_text) == ("gone", BODY)
    save(engine, body_text="It is back with other words.")
    with engine.begin() as connection:
        assert connection.execute(select(t.articles.c.withdrawn_at)).scalar_one() is None
        kinds = [event.kind for event in changes_after(connection, 0)]
    assert kinds == ["stored", "withdrawn", "revised"]


@pytest.mark.parametrize(
    "changes",
    [
        {"headline": "a\x00b\ud800c", "body_text": "nul \x00 and a lone \udfff surrogate"},
        {"headline": "h" * 50_000, "section": "s" * 5_000},
        {"body_text": "w " * 500_000},
        {"authors": tuple(Author(f"Writer {n}", f"Writer {n}") for n in range(5_000))},
        {"tags": tuple(f"tag {n}" for n in range(5_000))},
        {"headline": None, "publisher": None, "language": None, "authors": ()},
        {"published_at": None, "published_zone": None, "published_precision": None},
        {"links": (), "images": (), "entities": (), "citations": (), "quotes": ()},
        {"tags": ("Ä", "ä", "A\u0308"), "authors": (Author("X", "X"), Author("x", "x"))},
    ],
    ids=["nul", "long", "body", "authors", "tags", "bare", "no date", "no parts", "same names"],
)
def test_hostile_text_is_stored_alike_on_both_databases(
    engine: Engine, changes: dict[str, object]
) -> None:
    assert save(engine, **changes).stored.outcome == "stored"
    with engine.begin() as connection:
        row = connection.execute(select(t.articles)).one()
    assert "\x00" not in row.body_text + (row.headline or "")
    assert len(row.headline or "") <= 1000
    assert count(engine, t.article_authors) <= 500


def test_rows_copied_in_bulk_hold_what_rows_inserted_one_by_one_hold(engine: Engine) -> None:
    rows: list[dict[str, object]] = [
        {
            "a": "tab\tback\\slash\nline",
            "b": None,
            "c": b"\x00\xff\\x",
            "d": NOW,
            "e": -7,
            "f": 0.5,
        },
        {"a": "\\N", "b": "nul \x00, lone \ud800", "c": b"", "d": None, "e": 2**62, "f": 1e-300},
    ]
    columns = (CleanText(), CleanText(12), LargeBinary(), UtcTime(), BigInteger(), Float())
    metadata = MetaData()
    bulk, single = (
        Table(name, metadata, *map(Column, "abcdef", columns)) for name in ("bulk", "single")
    )
    metadata.create_all(engine)
    with engine.begin() as connection:
        insert_rows(connection, bulk, rows)
        for row in rows:
            connection.execute(single.insert().values(row))
        found = [connection.execute(select(table)).all() for table in (bulk, single)]
    assert found[0] == found[1]
    assert found[0][1].b == "nul \ufffd, lone "


def test_a_broken_rule_in_a_bulk_is_the_error_that_callers_know(engine: Engine) -> None:
    row = {"article_id": 99, "position": 1, "author_id": 1, "name_raw": "", "role": None}
    with engine.connect() as connection, pytest.raises(IntegrityError), connection.begin():
        insert_rows(connection, t.article_authors, [row])
    with engine.begin() as connection:  # the connection is as good as new
        insert_rows(connection, t.publishers, [{"domain": "a.example", "name": "A"}])
