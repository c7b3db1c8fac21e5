"""What a host's articles repeat is learned once an article, in the step that parses it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from config.settings import Settings
from pipeline.fetch import page_from_bytes
from pipeline.repeated import Repeated, from_bytes
from pipeline.store.dialect import insert
from pipeline.store.engine import open_engine
from pipeline.store.host_repeats import Taught, forget_repeats, learn, recall
from pipeline.store.ids import new_id
from pipeline.store.ledger.dispatch import due_beyond_fetch
from pipeline.store.ledger.rereading import WhichArticles
from pipeline.store.ledger.runs import open_run
from pipeline.store.ledger.sources import source_finder
from pipeline.store.ledger.stored_pages import StoredPage, accept_pages
from pipeline.store.raw_pages import RawPages
from pipeline.store.tables.articles import article_revisions, articles
from pipeline.store.tables.ledger import jobs
from pipeline.store.tables.pages import host_repeats
from pipeline.store.transactions import transact
from tests.marking import mark_queued
from tests.parse.test_repeated_blocks import OATH, page
from tests.unit.test_repeated import FURNITURE, article, lesson, paragraph, times
from workers.reading_trial import try_again
from workers.rereading import accept_again
from workers.run import run_step
from workers.wiring import Services

HOST = "paper.example"
MORE = f"<p>{OATH}</p>"


@pytest.fixture
def services(engine: Engine, tmp_path: Path) -> Services:
    settings = Settings(
        database_url=engine.url.render_as_string(hide_password=False),
        data_dir=str(tmp_path),
        learn_repeats=True,
    )
    return Services(settings, engine, RawPages(tmp_path / "raw"))


def ingest(services: Services, pages: dict[str, bytes]) -> None:
    """Hand in these pages (address, bytes) one after another, each through the whole chain."""
    for url, html in pages.items():
        accept(services, {url: html})
        work_off(services)


def accept(services: Services, pages: dict[str, bytes]) -> list[int]:
    """Hand in these pages at once; their jobs, which wait at parse."""

    def work(connection: Any) -> list[int]:
        run = open_run(connection, "ingest", services.now())
        given = []
        for url, html in pages.items():
            fetched = page_from_bytes(url, html, content_type="text/html")
            given.append(StoredPage(url, fetched, services.raw_pages.put(fetched.body)))
        find = source_finder(connection)
        accept_pages(
            connection, run.id, given, services.now(), host_interval_seconds=1, source_of=find
        )
        return list(connection.execute(select(jobs.c.id).where(jobs.c.run_id == run.id)).scalars())

    return transact(services.engine, work)


def work_off(services: Services) -> None:
    while due := waiting(services):
        stage, message = due[0].stage, new_id()
        ids = [job.job_id for job in due if job.stage == stage]
        queue(services, ids, message)
        run_step(services, stage, ids, message, followed=False)


def waiting(services: Services) -> Sequence[Any]:
    def find(connection: Any) -> Sequence[Any]:
        return due_beyond_fetch(connection, services.now(), 100)

    return transact(services.engine, find, read_only=True)


def queue(services: Services, ids: list[int], message: str) -> None:
    transact(services.engine, lambda c: mark_queued(c, ids, message, services.now()))


def address(number: int) -> str:
    return f"https://{HOST}/story/{number}"


def bodies(services: Services) -> list[str]:
    with services.engine.connect() as connection:
        return list(
            connection.execute(select(articles.c.body_text).order_by(articles.c.id)).scalars()
        )


def memory(services: Services, host: str = HOST) -> Repeated | None:
    with services.engine.connect() as connection:
        found = select(host_repeats.c.seen).where(host_repeats.c.host == host)
        kept = connection.execute(found).scalar_one_or_none()
    return None if kept is None else from_bytes(bytes(kept))


def seen(services: Services) -> int:
    host = memory(services)
    return 0 if host is None else host.articles


def test_furniture_that_survives_on_a_sites_first_pages_is_gone_from_the_fourth(
    services: Services,
) -> None:
    ingest(services, {address(n): page(n, MORE) for n in range(5)})
    assert [OATH in body for body in bodies(services)] == [True, True, True, False, False]
    with services.engine.connect() as connection:
        evidence = select(articles.c.evidence).order_by(articles.c.id.desc()).limit(1)
        assert '"repeated:4"' in connection.execute(evidence).scalar_one()


def test_without_the_setting_nothing_is_learned_and_nothing_set_apart(services: Services) -> None:
    off = replace(services, settings=replace(services.settings, learn_repeats=False))
    ingest(off, {address(n): page(n, MORE) for n in range(5)})
    assert [OATH in body for body in bodies(off)] == [True] * 5
    assert memory(off) is None


def test_a_host_learns_of_its_own_pages_alone(services: Services) -> None:
    others = {f"https://other.example/story/{n}": page(n, MORE) for n in range(4)}
    ingest(services, {**others, address(9): page(9, MORE)})
    assert OATH in bodies(services)[-1]
    assert (seen(services), memory(services, "other.example").articles) == (1, 4)  # type: ignore[union-attr]


def test_a_parse_that_is_delivered_again_counts_once(services: Services) -> None:
    ingest(services, {address(0): page(0, MORE)})

    [job] = accept(services, {address(1): page(1, MORE)})
    queue(services, [job], "m")
    for _ in range(3):
        run_step(services, "parse", [job], "m", followed=False)
    work_off(services)
    assert seen(services) == 2


def test_a_chunk_of_one_host_is_learned_whole(services: Services) -> None:
    accept(services, {address(n): page(n, MORE) for n in range(6)})
    work_off(services)
    assert seen(services) == 6


def test_reading_pages_again_uses_what_was_learned_and_counts_nothing_twice(
    services: Services,
) -> None:
    ingest(services, {address(n): page(n, MORE) for n in range(4)})
    before = memory(services)
    announced = try_again(services, WhichArticles(), processes=1)
    assert announced.outcomes == {"revised": 3, "unchanged": 1}
    accept_again(services, WhichArticles())
    work_off(services)
    assert [OATH in body for body in bodies(services)] == [False] * 4
    assert memory(services) == before
    with services.engine.connect() as connection:
        kinds = select(article_revisions.c.kind).where(article_revisions.c.revision > 1)
        assert set(connection.execute(kinds).scalars()) == {"extractor"}


@pytest.mark.parametrize("bytes_differ", [False, True])
def test_a_page_fetched_again_is_no_revision_because_more_is_known_of_its_host(
    services: Services, bytes_differ: bool
) -> None:
    ingest(services, {address(n): page(n, MORE) for n in range(4)})
    again = page(0, MORE) + (b"<!-- printed anew -->" if bytes_differ else b"")
    ingest(services, {address(0): again})
    with services.engine.connect() as connection:
        ends = connection.execute(select(jobs.c.outcome).order_by(jobs.c.id)).scalars().all()
    assert ends[-1] == "unchanged"
    assert OATH in bodies(services)[0]
    assert seen(services) == 4


def test_an_edit_of_the_publishers_is_a_revision_all_the_same(services: Services) -> None:
    ingest(services, {address(n): page(n, MORE) for n in range(4)})
    edited = "<p>On Monday the council took it all back, and nobody could say what for.</p>"
    ingest(services, {address(0): page(0, edited + MORE)})
    body = bodies(services)[0]
    assert "took it all back" in body
    assert OATH not in body
    with services.engine.connect() as connection:
        kinds = select(article_revisions.c.kind).where(article_revisions.c.revision == 2)
        assert connection.execute(kinds).scalars().all() == ["edit"]


def taught(number: int, host: str = HOST, *, is_new: bool = False) -> Taught:
    return Taught(host, lesson(number, article(number, FURNITURE)), is_new)


def test_two_that_learn_a_new_host_at_once_leave_one_row(services: Services) -> None:
    now = services.now()
    for number in range(2):
        given = [taught(number, is_new=True)]
        transact(services.engine, lambda c, given=given: learn(c, given, now))  # type: ignore[misc]
    assert seen(services) == 2


def test_a_host_in_another_parsers_hand_is_skipped_and_not_waited_for(
    postgres_url: str, tmp_path: Path
) -> None:
    engine = open_engine(postgres_url)
    services = Services(Settings(), engine, RawPages(tmp_path))
    now = services.now()
    transact(engine, lambda c: learn(c, [taught(0, is_new=True)], now))
    with engine.begin() as first, engine.begin() as second:
        learn(first, [taught(1), taught(1, "two.example", is_new=True)], now)
        second.exec_driver_sql("SET LOCAL lock_timeout = '1s'")
        learn(second, [taught(2)], now)
    host = memory(services)
    assert host is not None
    assert (host.articles, times(host, paragraph(FURNITURE))) == (2, 0)
    engine.dispose()


def test_a_row_that_cannot_be_read_is_as_none(services: Services) -> None:
    ingest(services, {address(0): page(0, MORE)})
    row = {"host": HOST, "seen": b"\xff", "learned_at": services.now()}
    with services.engine.begin() as connection:
        new = insert(connection, host_repeats).values(row)
        connection.execute(new.on_conflict_do_update(index_elements=["host"], set_=row))
        assert recall(connection, HOST, 1).repeated == Repeated()
    ingest(services, {address(1): page(1, MORE)})
    assert seen(services) == 1


def test_hosts_of_which_nothing_was_learned_for_long_are_forgotten(services: Services) -> None:
    then = services.now()
    transact(services.engine, lambda c: learn(c, [taught(0, is_new=True)], then))
    transact(services.engine, lambda c: forget_repeats(c, then))
    assert seen(services) == 1
    transact(services.engine, lambda c: forget_repeats(c, then + timedelta(seconds=1)))
    assert memory(services) is None
