"""Pages that end the process which parses them: they die with a reason, nobody with them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from pipeline.store.fetches import load_page
from pipeline.store.raw_pages import RawPages
from pipeline.store.tables.ledger import jobs
from tests.faults.desk import Desk
from tests.faults.site import Site

KINDS = {
    "segfault": {"crashed"},
    "loop": {"crashed"},
    "memory": {"bug", "crashed"},  # the limit on memory is met, or on a slow machine that on time
    "bug": {"bug"},
}
"""What the page does to its process, and the reason it is dead for."""
STORIES = 80


@pytest.fixture(scope="module")
def fed(desk: Desk, site: Site) -> int:
    """A run with a page of each kind of poison among enough stories to travel in chunks."""
    urls = [site.url(n) for n in range(STORIES)]
    for number, kind in enumerate(KINDS):
        urls.insert(10 + number * 17, site.url(10_000 + number, kind))
    run_id = desk.give(urls)
    desk.until_ended(run_id, len(urls), seconds=120)
    return run_id


@pytest.mark.parametrize("kind", KINDS)
def test_a_poison_page_is_dead_with_its_reason_after_a_bounded_number_of_claims(
    desk: Desk, fed: int, kind: str
) -> None:
    ends = [end for url, end in desk.count(fed).ends.items() if f"/{kind}/" in url]
    [(outcome, reason)] = ends
    assert outcome == "dead" and reason in KINDS[kind]


def test_poison_takes_no_neighbour_with_it(desk: Desk, fed: int) -> None:
    counts = desk.count(fed)
    assert {end for url, end in counts.ends.items() if "/story/" in url} == {("stored", None)}
    assert (counts.articles, counts.doubled) == (STORIES, 0)
    assert counts.account.balances and counts.account.dead == len(KINDS)


def test_the_page_that_killed_its_process_is_kept(desk: Desk, fed: int) -> None:
    dead = select(jobs.c.fetch_id).where(jobs.c.run_id == fed, jobs.c.outcome == "dead")
    pages = RawPages(desk.settings.raw_pages_dir)
    with desk.engine.connect() as connection:
        kept = [load_page(connection, pages, i) for i in connection.execute(dead).scalars()]
    assert len(kept) == len(KINDS)
    assert all(b"<article>" in page.body for page in kept)
