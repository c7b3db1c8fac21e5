"""Young articles: when each is looked at again, and by whom."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select, update

from pipeline.store.ledger.biography import biography
from pipeline.store.ledger.rechecks import Young, due_checks, plan, plan_restored, sooner, take
from pipeline.store.tables.articles import articles, rechecks
from pipeline.store.tables.ledger import urls
from pipeline.store.transactions import transact
from pipeline.store.withdrawals import SeenAgain, found_again
from tests.store.articles_fixture import NOW
from tests.store.test_articles import save
from tests.store.test_revisions import gone

AGES = tuple(timedelta(hours=hours) for hours in (1, 3, 12, 24))


def planned(engine: Engine, published_at: datetime | None = None) -> int:
    saved = save(engine)
    transact(engine, lambda c: plan(c, [Young(saved.article_id, published_at, NOW)], AGES))
    return saved.article_id


def check(engine: Engine, now: datetime) -> int:
    """Take what is due; how many."""
    checks = transact(engine, lambda c: due_checks(c, now, 10), read_only=True)
    return len(transact(engine, lambda c: take(c, checks, AGES, now)))


def next_check(engine: Engine) -> datetime | None:
    with engine.begin() as connection:
        return connection.execute(select(rechecks.c.due_at)).scalar_one_or_none()


def test_an_article_is_looked_at_ever_later_and_then_no_more(engine: Engine) -> None:
    planned(engine)
    for hours in (1, 3, 12, 24):
        due = NOW + timedelta(hours=hours)
        assert next_check(engine) == due
        assert check(engine, due - timedelta(seconds=1)) == 0
        assert check(engine, due) == 1
    assert next_check(engine) is None


@pytest.mark.parametrize(("age_hours", "due_hours"), [(0, 1), (2, 3), (13, 24), (24, None)])
def test_how_young_an_article_is_counts_from_its_publication(
    engine: Engine, age_hours: int, due_hours: int | None
) -> None:
    born = NOW - timedelta(hours=age_hours)
    planned(engine, born)
    assert next_check(engine) == (due_hours and born + timedelta(hours=due_hours))


def test_a_publication_time_in_the_future_makes_nobody_younger(engine: Engine) -> None:
    planned(engine, NOW + timedelta(days=365))
    assert next_check(engine) == NOW + timedelta(hours=1)


def test_an_article_that_changed_is_looked_at_sooner_but_not_for_ever(engine: Engine) -> None:
    article_id = planned(engine)
    assert [check(engine, NOW + timedelta(hours=h)) for h in (1, 3, 12)] == [1, 1, 1]
    now, looks = NOW + timedelta(hours=12), 0
    transact(engine, lambda c: sooner(c, [article_id], AGES, now))
    assert next_check(engine) == now + timedelta(hours=2)  # not 12
    while (due := next_check(engine)) is not None:
        assert check(engine, due) == 1
        looks += 1
        transact(engine, lambda c, now=due: sooner(c, [article_id], AGES, now))  # type: ignore[misc]
    assert looks < 30


def test_a_urls_biography_says_when_its_article_is_looked_at_again(engine: Engine) -> None:
    planned(engine)
    url = "https://www.harbourpost.example/local/pier"
    for due in (NOW + timedelta(hours=1), NOW + timedelta(hours=3)):
        told = transact(engine, lambda c: biography(c, url), read_only=True)
        assert told is not None and told["article"]["next_check"] == due
        check(engine, due)


def test_dispatchers_that_look_at_once_take_each_check_once(engine: Engine) -> None:
    planned(engine)
    now = NOW + timedelta(hours=1)
    checks = transact(engine, lambda c: due_checks(c, now, 10), read_only=True)
    with ThreadPoolExecutor(2) as pool:
        work = lambda c: len(take(c, checks, AGES, now))  # noqa: E731
        taken = list(pool.map(lambda _: transact(engine, work, patience_seconds=5), range(2)))
    assert sorted(taken) == [0, 1]


def test_a_withdrawn_article_is_left_alone(engine: Engine) -> None:
    planned(engine)
    assert gone(engine, "https://www.harbourpost.example/local/pier")
    with engine.begin() as connection:
        assert connection.execute(select(func.count()).select_from(rechecks)).scalar_one() == 0


@pytest.mark.parametrize(("hours_later", "due_hours"), [(2, 3), (13, 24), (25, None)])
def test_an_article_that_is_back_is_looked_at_again_as_long_as_it_is_young(
    engine: Engine, hours_later: int, due_hours: int | None
) -> None:
    article_id = planned(engine)
    url = "https://www.harbourpost.example/local/pier"
    assert gone(engine, url)
    now = NOW + timedelta(hours=hours_later)
    with engine.begin() as connection:
        connection.execute(update(articles).values(published_at=NOW))
        url_id = connection.execute(select(urls.c.id).where(urls.c.url == url)).scalar_one()
        assert found_again(connection, url_id, url, now) == SeenAgain(article_id, restored=True)
        assert found_again(connection, url_id, url, now) == SeenAgain(article_id, restored=False)
        plan_restored(connection, [article_id], AGES, now)
    assert next_check(engine) == (due_hours and NOW + timedelta(hours=due_hours))


def test_a_page_that_brings_a_withdrawn_article_back_says_so(engine: Engine) -> None:
    first = save(engine)
    assert gone(engine, "https://www.harbourpost.example/local/pier")
    assert save(engine).restored
    again = save(engine)
    assert (again.article_id, again.restored) == (first.article_id, False)
    assert gone(engine, "https://www.harbourpost.example/local/pier")
    assert save(engine, body_text="The harbour council has changed its mind about it all.").restored
