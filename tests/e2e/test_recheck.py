"""A young article is asked for again by the real stack: changed, not modified, gone."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from pipeline.store.engine import open_engine
from pipeline.store.events import changes_after
from pipeline.store.ledger.accounting import account, faults
from pipeline.store.tables.articles import article_revisions, articles, rechecks
from pipeline.store.tables.ledger import jobs, runs
from tests.e2e.processes import at_work, copydesk, environment
from tests.e2e.test_embedded_stack import QUICK
from tests.faults.site import story
from tests.loopback import HTML, Answer, LoopbackServer

WAIT_SECONDS = 90.0
NOTE = "Correction, 3 March 2026: An earlier version of this article named another bridge."


class OnePage(LoopbackServer):
    """A site with one story; the test says what it answers from now on."""

    def __init__(self) -> None:
        # Of this moment: what was published in spring is not looked at again.
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.body = story("/story/1").replace(b"2026-02-25T07:15:00Z", now.encode())
        self.gone = False
        self.answers: Counter[int] = Counter()
        super().__init__()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/story/1"

    def _answer(self, request: BaseHTTPRequestHandler) -> Answer:
        if request.path == "/robots.txt":
            return Answer(404)
        tag = f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'
        answer = Answer(200, self.body, HTML | {"ETag": tag})
        if self.gone:
            answer = Answer(410, b"gone")
        elif request.headers.get("If-None-Match") == tag:
            answer = Answer(304)
        self.answers[answer.status] += 1
        return answer


@pytest.fixture
def site() -> Iterator[OnePage]:
    with OnePage() as page:
        yield page


def until(true: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + WAIT_SECONDS
    while not true():
        assert time.monotonic() < give_up_at
        time.sleep(0.1)


def test_a_young_article_is_looked_at_until_it_is_gone(place: Path, site: OnePage) -> None:
    ages = ",".join(f"{seconds}s" for seconds in range(1, 200))
    env = environment(**QUICK, recheck_after=ages)
    engine = open_engine(f"sqlite:///{place}/var/copydesk.db")
    with at_work(place, env) as env:
        ingested = copydesk("ingest", site.url, "--wait", directory=place, env=env)
        assert ingested.returncode == 0, ingested.stderr
        site.body = site.body.replace(b"</article>", f"<p>{NOTE}</p></article>".encode())
        until(lambda: "correction" in column(engine, article_revisions.c.kind))
        until(lambda: "not_modified" in column(engine, jobs.c.reason))
        site.gone = True
        until(lambda: column(engine, articles.c.withdrawn_reason) == ["gone"])
    with engine.begin() as connection:
        newest = connection.execute(
            select(article_revisions).order_by(article_revisions.c.id.desc())
        ).first()
        kinds = [event.kind for event in changes_after(connection, 0)]
        checked = connection.execute(select(runs).where(runs.c.kind == "recheck")).all()
        counted = account(connection)
        assert faults(connection) == []
    assert newest is not None and newest.note == NOTE
    assert kinds == ["stored", "revised", "withdrawn"]
    assert column(engine, rechecks.c.article_id) == []
    assert len(checked) in (1, 2)  # a run a day, and midnight may pass
    assert counted.balances
    assert (counted.stored, counted.revised, counted.dropped) == (1, 1, 1)
    assert site.answers == {200: 2, 304: counted.unchanged, 410: 1}
    engine.dispose()


def column(engine: Engine, wanted: Any) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(wanted)).scalars())
