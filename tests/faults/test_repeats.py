"""kill -9 of those who learn what a host repeats: each article is counted once, or not at all."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from pipeline.store.tables.articles import articles
from tests.faults.conftest import at_work
from tests.faults.desk import Desk
from tests.faults.repeats import memories, miscounted
from tests.faults.site import HOSTS, OATH, Site

PAGES = 28
"""Of one host; so few that all of them are learned from."""
HELD = (4, 15)
"""Which of them are written and not committed when their worker is killed."""
NAMES = ("fetch", "cpu", "cpu-2", "store", "dispatcher")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A desk with two workers that parse, and learn what each host repeats."""
    quick = {"cpu_concurrency": 1, "host_max_in_flight": PAGES}
    with at_work(request, NAMES, learn_repeats=True, **quick) as desk:
        yield desk


def test_killing_workers_that_learn_of_one_host_at_once_counts_no_article_twice(
    desk: Desk, site: Site
) -> None:
    numbers = range(0, PAGES * HOSTS, HOSTS)
    urls = [site.url(n, "held" if n // HOSTS in HELD else "sworn") for n in numbers]
    run_id = desk.give(urls)
    for killed in range(len(HELD)):
        desk.until(lambda: len(list(desk.faults.glob("paused-*"))) > killed, 60)  # noqa: B023
        for worker in ("cpu", "cpu-2"):
            desk.signal(worker, signal.SIGKILL, pool=True)
        desk.send_all_twice()
    desk.until_ended(run_id, PAGES, 90)

    counts = desk.count(run_id)
    assert counts.account.balances and counts.account.stored == PAGES, counts.account.reasons
    assert (counts.articles, counts.doubled, counts.drafts_left) == (PAGES, 0, 0)
    assert desk.ask(miscounted) == {}
    [learned] = desk.ask(memories).values()
    if desk.engine.dialect.name == "sqlite":
        assert learned.articles == PAGES, "nobody passes a row that another has in hand"
    else:
        assert 0 < learned.articles <= PAGES
    bodies = desk.ask(lambda c: c.execute(select(articles.c.body_text)).scalars().all())
    with_oath = [body for body in bodies if OATH in body]
    assert 0 < len(with_oath) < PAGES, "the oath was learned, and before that it was story"
