"""Lists of many thousand entries are read in portions, each entry once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from pipeline.discover import portions
from pipeline.discover.found import Entry
from pipeline.store.ledger.crawls import poll_counts
from pipeline.store.ledger.gauges import gauges
from pipeline.store.tables.ledger import jobs
from tests.workers.lists_site import ListsSite
from tests.workers.polling import accepted, found, poll, save, work_off
from workers.crawl import crawl_due
from workers.wiring import Services


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_fifty_thousand_entries_are_read_in_portions_and_the_next_one_is_not(
    services: Services, site: ListsSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "MOST_UNREAD", 2_000)
    save(services, sitemaps=(site.sitemap("/all.xml", range(50_001)),))
    run = poll(services)
    assert found(services, run) == {"/all.xml": ("listed", None, 50_000, 3_000, 0, False)}
    assert accepted(services, run) == 3_000
    with services.engine.begin() as connection:
        assert poll_counts(connection, run).left_over == 47_000
        assert gauges(connection, services.now()).entries_left_over == 47_000


def test_a_list_longer_than_a_portion_is_due_at_once_until_each_entry_is_accepted_once(
    services: Services, site: ListsSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "MOST_UNREAD", 300)
    save(services, sitemaps=(site.sitemap("/all.xml", range(1_700)),), poll_seconds=3600)
    assert [listed(services) for _ in range(4)] == [
        (1_300, 0, 400),
        (300, 1_300, 100),  # asked without the validators: "unchanged" would leave them unread
        (100, 1_600, 0),
        None,
    ]
    site.sitemap("/all.xml", range(1_690, 5, -1))  # read from its end: nothing is new, no gap
    run = poll(services)
    assert found(services, run) == {"/all.xml": ("listed", None, 1_685, 0, 1_685, False)}
    with services.engine.begin() as connection:
        assert connection.execute(select(func.count()).select_from(jobs)).scalar_one() == 1_704


def test_the_newest_entries_of_a_long_sitemap_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "MOST_UNREAD", 2)
    day = datetime(2026, 3, 1, tzinfo=UTC)
    dated = [Entry(f"https://a.example/{n}", "", day + timedelta(days=n)) for n in range(1_005)]
    first = portions.portion(dated, None)
    assert [entry.url for entry in first.entries[-2:]] == [
        "https://a.example/1003",
        "https://a.example/1004",
    ]
    rest = portions.portion(dated, first.read)
    assert (first.left_over, rest.skipped, rest.left_over) == (3, 2, 1)


def test_a_long_list_that_spells_its_addresses_anew_each_time_is_not_read_without_end(
    services: Services, site: ListsSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "MOST_UNREAD", 100)
    save(services, sitemaps=(site.url("/all.xml"),), poll_seconds=3600)
    polled = []
    for n in range(4):
        site.sitemap("/all.xml", [f"{i}?utm_source={n}" for i in range(1_300)])
        polled.append(listed(services))
    assert polled == [(1_100, 0, 200), (0, 1_100, 200), None, None]


def listed(services: Services) -> tuple[int, int, int] | None:
    """Poll what is due; how many entries were fresh, already seen, left over, if anything was."""
    run = crawl_due(services)
    if run is None:
        return None
    work_off(services)
    with services.engine.begin() as connection:
        counted = poll_counts(connection, run.id)
    return counted.fresh, counted.already_seen, counted.left_over
