"""The change feed: a reader who remembers one number misses nothing and sees nothing twice."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from pipeline.store.engine import open_engine
from pipeline.store.events import Change, append, articles_after, changes_after, last_seq
from pipeline.store.tables.articles import articles
from pipeline.store.tables.events import events
from pipeline.store.transactions import transact
from tests.store.articles_fixture import NOW
from tests.store.test_articles import save

WRITERS = 8
COMMITS = 40
Write = Callable[[Connection, int], list[int]]
Read = Callable[[Connection, int], list[int]]


def articles_of(engine: Engine) -> list[int]:
    """The ids of one article for each writer."""
    return [
        save(engine, f"https://post.example/{n}", body_text=f"Story {n}. " * 30).article_id
        for n in range(WRITERS)
    ]


def follow(engine: Engine, write: Write, read: Read) -> tuple[list[int], set[int]]:
    """What a reader saw by its cursor, and what eight writers committed, in their own threads."""
    committed: list[int] = []
    lock, all_written = threading.Lock(), threading.Event()

    def writer(number: int) -> None:
        chance = random.Random(number)
        for _ in range(COMMITS):

            def work(connection: Connection) -> list[int]:
                seqs = write(connection, number)
                time.sleep(chance.random() * 0.006)  # the commit comes later than the number
                return seqs

            seqs = transact(engine, work, patience_seconds=60)
            with lock:
                committed.extend(seqs)

    seen: list[int] = []

    def reader() -> None:
        cursor = 0
        while True:
            last_look = all_written.is_set()
            new = transact(engine, lambda c, after=cursor: read(c, after), read_only=True)
            seen.extend(new)
            cursor = max([cursor, *new])
            if last_look and not new:
                return

    following = threading.Thread(target=reader)
    writers = [threading.Thread(target=writer, args=(n,)) for n in range(WRITERS)]
    for thread in (following, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    all_written.set()
    following.join()
    return seen, set(committed)


def test_a_reader_by_cursor_ends_with_exactly_what_eight_writers_committed(
    engine: Engine,
) -> None:
    ids = articles_of(engine)
    before = transact(engine, last_seq, read_only=True)

    def write(connection: Connection, number: int) -> list[int]:
        return append(connection, [Change("revised", ids[number], 1)], NOW)

    def read(connection: Connection, after: int) -> list[int]:
        return [event.seq for event in changes_after(connection, max(after, before), limit=7)]

    seen, committed = follow(engine, write, read)
    assert len(committed) == WRITERS * COMMITS
    assert sorted(committed) == seen, "each once, in order, none missed"


def test_a_compact_reader_ends_at_the_newest_change_of_every_article(engine: Engine) -> None:
    """Two writers an article; the reader skips what was superseded and misses no article."""
    ids = articles_of(engine)
    before = transact(engine, last_seq, read_only=True)

    def write(connection: Connection, number: int) -> list[int]:
        return append(connection, [Change("revised", ids[number // 2], 1)], NOW)

    def read(connection: Connection, after: int) -> list[int]:
        return [event.seq for event in articles_after(connection, max(after, before), limit=3)]

    seen, committed = follow(engine, write, read)
    with engine.begin() as connection:
        newest = set(connection.execute(select(articles.c.change_seq)).scalars())
    written = {seq for seq in newest if seq > before}
    assert len(written) == WRITERS // 2
    assert seen == sorted(set(seen)), "a place in the feed never goes back"
    assert written <= set(seen) <= committed


def test_the_same_reader_misses_rows_of_a_table_with_a_plain_serial_id(postgres_url: str) -> None:
    """Why the lock is there: this is the test above without it."""
    engine = open_engine(postgres_url)
    serial = Table("serial_events", MetaData(), Column("seq", Integer, primary_key=True))
    serial.create(engine)

    def write(connection: Connection, number: int) -> list[int]:
        return list(connection.execute(insert(serial).returning(serial.c.seq)).scalars())

    def read(connection: Connection, after: int) -> list[int]:
        statement = select(serial.c.seq).where(serial.c.seq > after).order_by(serial.c.seq)
        return list(connection.execute(statement).scalars())

    seen, committed = follow(engine, write, read)
    engine.dispose()
    assert len(committed) == WRITERS * COMMITS
    assert set(seen) < committed, "a serial id in the order of inserts loses rows"


def test_a_batch_of_changes_gets_consecutive_numbers_in_its_own_order(engine: Engine) -> None:
    ids = articles_of(engine)[:3]
    kinds = ("revised", "clustered", "withdrawn")

    def work(connection: Connection) -> list[int]:
        changes = [Change(kind, one, 1) for kind, one in zip(kinds, ids, strict=True)]
        return append(connection, changes, NOW)

    seqs = transact(engine, work)
    assert seqs == list(range(seqs[0], seqs[0] + 3))
    found = transact(engine, lambda c: changes_after(c, seqs[0] - 1), read_only=True)
    assert [event.kind for event in found] == list(kinds)


def test_a_transaction_that_fails_leaves_no_event(engine: Engine) -> None:
    ids = articles_of(engine)
    before = transact(engine, last_seq, read_only=True)

    def work(connection: Connection) -> None:
        append(connection, [Change("revised", ids[0], 1)], NOW)
        raise LookupError("after the insert")

    with pytest.raises(LookupError):
        transact(engine, work)
    assert transact(engine, last_seq, read_only=True) == before


def test_an_articles_change_seq_is_its_newest_event(engine: Engine) -> None:
    ids = articles_of(engine)
    with engine.begin() as connection:
        newest = dict(
            connection.execute(
                select(events.c.article_id, func.max(events.c.seq)).group_by(events.c.article_id)
            ).fetchall()  # type: ignore[arg-type]
        )
        stamped = dict(
            connection.execute(
                select(articles.c.id, articles.c.change_seq).where(articles.c.id.in_(ids))
            ).fetchall()  # type: ignore[arg-type]
        )
    assert stamped == {one: newest[one] for one in ids}


def test_a_number_is_never_given_twice_even_when_the_newest_change_is_gone(engine: Engine) -> None:
    article_id = save(engine, "https://post.example/1").article_id
    newest = transact(engine, lambda c: append(c, [Change("restored", article_id, 1)], NOW))[0]
    with engine.begin() as connection:
        connection.execute(update(articles).values(change_seq=newest - 1))
        connection.execute(delete(events).where(events.c.seq == newest))
    assert transact(engine, lambda c: append(c, [Change("restored", article_id, 1)], NOW)) > [
        newest
    ]
