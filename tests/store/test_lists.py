"""A source's lists follow its profile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from pipeline.errors import Drop
from pipeline.models import SourceProfile
from pipeline.store.ledger.lists import enable_lists
from pipeline.store.ledger.sources import save_source
from pipeline.store.tables.lists import lists

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEED = "https://paper.example/feed.xml"
SITEMAP = "https://paper.example/sitemap.xml"


def save(engine: Engine, now: datetime = NOW, **profile: Any) -> int:
    with engine.begin() as connection:
        return save_source(connection, SourceProfile("paper", **profile), now)


def kept(engine: Engine) -> dict[str, tuple[str, bool, datetime]]:
    """Kind, whether it is removed, and next due, by URL."""
    with engine.begin() as connection:
        rows = connection.execute(select(lists)).all()
    return {row.url: (row.kind, row.removed_at is not None, row.next_due) for row in rows}


def test_what_a_profile_names_is_due_at_once_and_what_it_no_longer_names_is_removed(
    engine: Engine,
) -> None:
    save(engine, feeds=(FEED, FEED + "#top"), sitemaps=(SITEMAP,))
    assert kept(engine) == {FEED: ("feed", False, NOW), SITEMAP: ("sitemap", False, NOW)}
    later = NOW + timedelta(hours=1)
    save(engine, later, feeds=(FEED,))
    assert kept(engine) == {FEED: ("feed", False, NOW), SITEMAP: ("sitemap", True, NOW)}
    save(engine, later, feeds=(FEED,), sitemaps=(SITEMAP,))
    assert kept(engine)[SITEMAP] == ("sitemap", False, later)


def test_a_source_without_lists_has_its_home_page_read(engine: Engine) -> None:
    save(engine, home="https://paper.example/")
    assert kept(engine) == {"https://paper.example/": ("page", False, NOW)}


def test_a_list_that_is_no_url_is_refused_by_name(engine: Engine) -> None:
    with pytest.raises(Drop, match="bad_url"):
        save(engine, feeds=("ftp://paper.example/feed",))


def test_a_fixed_interval_holds_from_the_moment_it_is_set(engine: Engine) -> None:
    save(engine, feeds=(FEED,))
    save(engine, feeds=(FEED,), poll_seconds=60.0)
    assert kept(engine)[FEED] == ("feed", False, NOW + timedelta(seconds=60))


def test_what_the_system_disabled_comes_back_by_a_persons_word(engine: Engine) -> None:
    source_id = save(engine, feeds=(FEED,))
    with engine.begin() as connection:
        connection.execute(update(lists).values(disabled_at=NOW, disabled_reason="gone"))
        enable_lists(connection, source_id, NOW + timedelta(hours=2))
    assert kept(engine)[FEED] == ("feed", False, NOW + timedelta(hours=2))
