"""`copydesk reprocess` with the real stack: announced, cut off by kill -9, finished, once."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import func, select

from pipeline.models import SourceProfile
from pipeline.store.engine import open_engine
from pipeline.store.ledger.accounting import faults
from pipeline.store.ledger.sources import save_source
from pipeline.store.tables.articles import article_revisions
from pipeline.store.tables.ledger import runs
from tests.e2e.processes import copydesk, descendants, environment, left_of, started
from tests.e2e.test_embedded_stack import QUICK
from tests.faults.site import Site, story
from tests.workers.desk import open_desk, store_pages
from workers.wiring import utc_now

PAGES = 16
WAIT_SECONDS = 120.0
SHORT = {
    "fetch_deadline_seconds": 5,
    "parse_max_seconds": 5,
    "task_limit_seconds": 10,
    "lease_seconds": 12,
    "lost_after_seconds": 2,
    "stop_grace_seconds": 15,
    "visibility_timeout_seconds": 16,
}
"""What the dead stack had in hand comes back within seconds."""


def test_reading_again_survives_its_own_death_and_asks_nobody(place: Path) -> None:
    with Site() as site:
        _reprocess(place, site)
        assert site.asked == {}


def _reprocess(directory: Path, site: Site) -> None:
    database = f"sqlite:///{directory}/var/copydesk.db"
    env = environment(**QUICK, **SHORT)
    desk = open_desk(database, directory / "var")
    stories = {site.url(n): story(f"/story/{n}").decode() for n in range(PAGES)}
    without_zone = {url: page.replace("07:15:00Z", "07:15:00") for url, page in stories.items()}
    store_pages(desk, directory / "pages", without_zone)
    desk.close()
    engine = open_engine(database)
    with engine.begin() as connection:
        domains = tuple(f"127.0.0.{n}" for n in range(2, 10))
        profile = SourceProfile("port", domains=domains, timezone="Europe/Berlin")
        save_source(connection, profile, utc_now())

    announced = _run(directory, env, "reprocess", "--source", "port", "--dry-run", "--json")
    assert (announced["pages"], announced["revised"]) == (PAGES, PAGES)
    changed = {field["field"]: field["changed"] for field in announced["fields"]}
    assert changed == {"published_at": PAGES, "published_zone": PAGES}

    arguments = ("reprocess", "--source", "port", "--run-key", "zones", "--wait", "--json")
    again = (
        select(func.count())
        .select_from(article_revisions)
        .where(article_revisions.c.kind == "extractor")
    )
    with started(*arguments, directory=directory, env=env) as cut_off:
        give_up_at = time.monotonic() + WAIT_SECONDS
        while not _ask(engine, select(func.count()).select_from(runs).where(runs.c.id > 1)):
            assert time.monotonic() < give_up_at and cut_off.poll() is None
            time.sleep(0.05)
        family = [psutil.Process(cut_off.pid), *descendants(cut_off.pid)]
        cut_off.kill()
        assert left_of(family[1:]) == []
    ended = _run(directory, env, *arguments)
    assert (ended["accepted"], ended["revised"], ended["balances"]) == (PAGES, PAGES, True)
    assert _ask(engine, again) == PAGES
    assert _run(directory, env, *arguments)["run"] == ended["run"]
    shown = _run(directory, env, "reprocess", "--dry-run", "--json")
    assert (shown["revised"], shown["unchanged"]) == (0, PAGES)
    with engine.begin() as connection:
        assert faults(connection) == []
    engine.dispose()


def _run(directory: Path, env: dict[str, str], *arguments: str) -> Any:
    done = copydesk(*arguments, directory=directory, env=env)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def _ask(engine: Any, question: Any) -> int:
    with engine.connect() as connection:
        return int(connection.execute(question).scalar_one())
