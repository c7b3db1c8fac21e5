"""`copydesk run` with real processes: a site whose lists change between crawls, exact counts."""

from __future__ import annotations

import gzip
import json
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from pipeline.models import SourceProfile
from pipeline.store.engine import open_engine
from pipeline.store.ledger.sources import save_source
from pipeline.store.tables.lists import lists
from tests.e2e.processes import at_work, copydesk, environment
from tests.e2e.test_embedded_stack import QUICK
from tests.workers.lists_site import ListsSite
from workers.wiring import utc_now


@pytest.fixture
def site() -> Iterator[ListsSite]:
    with ListsSite() as site:
        yield site


class Desk:
    """A directory with a source in its database, and the command line on it."""

    def __init__(self, directory: Path, **settings: object) -> None:
        self.directory = directory
        self.environment = environment(**QUICK, host_max_in_flight=8, **settings)

    def save(self, **profile: Any) -> None:
        """The source with these lists, none of them due for the schedule."""
        engine = open_engine(f"sqlite:///{self.directory}/var/copydesk.db")
        with engine.begin() as connection:
            save_source(connection, SourceProfile(**({"name": "paper"} | profile)), utc_now())
            later = utc_now() + timedelta(hours=1)
            connection.execute(update(lists).values(next_due=later))
        engine.dispose()

    def __call__(self, *arguments: str) -> Ran:
        done = copydesk(*arguments, directory=self.directory, env=self.environment)
        assert "Traceback" not in done.stderr, done.stderr
        return Ran(done)


class Ran:
    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code, self.err = done.returncode, done.stderr
        self.out = done.stdout

    @property
    def summary(self) -> Any:
        return json.loads(self.out.splitlines()[-1])


def lists_of(summary: Any) -> tuple[int, ...]:
    """Listed, unchanged, failed, entries, fresh, already seen, gaps."""
    names = ("listed", "unchanged", "failed", "entries", "fresh", "already_seen", "gaps")
    return tuple(summary["lists"][name] for name in names)


WAIT = ("--wait", "--timeout", "120", "--json")


def test_crawls_store_what_is_new_and_count_it_exactly(place: Path, site: ListsSite) -> None:
    desk = Desk(place)
    feed = site.feed("/feed", range(4))
    site.sitemap("/a.xml", range(3, 7))
    packed = gzip.compress(site.documents["/a.xml"].body)
    index = site.index("/index.xml", ["/a.xml.gz", "/index.xml"])
    site.put("/a.xml.gz", packed, content_type="application/gzip")
    broken = site.put("/broken", b"<html><body>Not a feed any more.</body></html>")
    desk.save(feeds=(feed, broken), sitemaps=(index,))
    with at_work(place, desk.environment) as desk.environment:
        first = desk("run", "paper", "--run-key", "k1", *WAIT)
        assert first.code == 3, "the broken feed is told"
        assert lists_of(first.summary) == (3, 0, 1, 10, 7, 1, 0)
        assert first.summary["stored"] == first.summary["accepted"] == 7
        [failure] = first.summary["lists"]["failures"]
        assert failure == {"source": "paper", "url": broken, "reason": "not_a_list"}
        again = desk("run", "paper", "--run-key", "k1", *WAIT)
        assert again.summary == first.summary, "the same key crawls nothing twice"

        quiet = desk("run", "paper", *WAIT, "--fail-on-nothing-new")
        assert quiet.code == 3
        assert lists_of(quiet.summary) == (0, 3, 1, 0, 0, 0, 0)

        desk.save(feeds=(feed,))
        assert desk("run", "paper", *WAIT, "--fail-on-nothing-new").code == 99
        site.feed("/feed", range(50, 54))
        rolled = desk("run", "--all", *WAIT)
        assert rolled.code == 0
        assert lists_of(rolled.summary) == (1, 0, 0, 4, 4, 0, 1)
        assert rolled.summary["stored"] == 4
    assert desk("account", "--check").code == 0
    assert desk("run", "nobody").code == 2
    told = desk("runs", "--kind", "crawl", "--json").summary
    assert rolled.summary in told
